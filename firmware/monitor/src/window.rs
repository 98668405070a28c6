//! The holes that the monitor fills, and which accesses to them it carries out.
//!
//! Just those that QEMU's devices take at these places. Anything else would be answered by an external abort there, and
//! must be here: the monitor's own access in the guest's stead would be the one that aborts, and there is no way on
//! from that.
use hotvcpu_contract::registers;

use crate::distributor;

/// The GED's selector and the CPU registers, where hosts with CPU hotplug have them.
pub const GED_SELECTOR: u64 = 0x0908_0000;
/// The register block.
pub const CPU_REGISTERS: u64 = 0x090C_0000;

/// Bytes of the GED's selector, which is read and written as a whole.
const GED_LENGTH: u64 = 4;
/// The widest access that the register block takes, in bytes.
const WIDEST: u64 = 4;

/// What an access reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The GED's selector.
    Ged,
    /// The register block, at this offset.
    Cpus(u64),
    /// The distributor, at this offset.
    Distributor(u64),
}

impl Window {
    /// What an access of `bytes` at a guest physical address reaches, where the distributor is at `distributor`.
    /// `None` if no device takes such an access there.
    pub fn at(address: u64, bytes: u8, distributor: u64) -> Option<Self> {
        let bytes = u64::from(bytes);
        let offset = |base: u64, length: u64| {
            let offset = address.checked_sub(base)?;
            (offset.checked_add(bytes)? <= length).then_some(offset)
        };
        if !address.is_multiple_of(bytes) {
            return None;
        }
        if let Some(offset) = offset(CPU_REGISTERS, registers::LENGTH) {
            return (bytes <= WIDEST).then_some(Self::Cpus(offset));
        }
        if offset(GED_SELECTOR, GED_LENGTH).is_some() {
            return (bytes == GED_LENGTH).then_some(Self::Ged);
        }
        offset(distributor, distributor::LENGTH).map(Self::Distributor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISTRIBUTOR: u64 = 0x0800_0000;

    fn at(address: u64, bytes: u8) -> Option<Window> {
        Window::at(address, bytes, DISTRIBUTOR)
    }

    #[test]
    fn devices_are_reached_as_their_drivers_do() {
        assert_eq!(at(GED_SELECTOR, 4), Some(Window::Ged));
        assert_eq!(at(CPU_REGISTERS, 4), Some(Window::Cpus(0)));
        assert_eq!(at(CPU_REGISTERS + 5, 1), Some(Window::Cpus(5)));
        assert_eq!(at(CPU_REGISTERS + 8, 4), Some(Window::Cpus(8)));
        assert_eq!(at(DISTRIBUTOR, 4), Some(Window::Distributor(0)));
        assert_eq!(
            at(DISTRIBUTOR + 0x6100, 8),
            Some(Window::Distributor(0x6100))
        );
        assert_eq!(
            at(DISTRIBUTOR + 0xFFFF, 1),
            Some(Window::Distributor(0xFFFF))
        );
    }

    #[test]
    fn what_no_device_takes_is_refused() {
        // Other widths than the selector's, and the rest of its page.
        assert_eq!(at(GED_SELECTOR, 1), None);
        assert_eq!(at(GED_SELECTOR, 8), None);
        assert_eq!(at(GED_SELECTOR + 4, 4), None);
        // Beyond the block, across its end, wider than it takes.
        assert_eq!(at(CPU_REGISTERS + 12, 4), None);
        assert_eq!(at(CPU_REGISTERS + 8, 8), None);
        assert_eq!(at(CPU_REGISTERS, 8), None);
        // Not aligned: a guest may reach a device through memory of another type, where that is no fault of its own.
        assert_eq!(at(CPU_REGISTERS + 2, 4), None);
        assert_eq!(at(DISTRIBUTOR + 0x6101, 8), None);
        // The neighbours.
        assert_eq!(at(DISTRIBUTOR - 4, 4), None);
        assert_eq!(at(DISTRIBUTOR + distributor::LENGTH, 4), None);
        assert_eq!(at(u64::MAX, 1), None);
        assert_eq!(at(u64::MAX - 7, 8), None);
    }
}
