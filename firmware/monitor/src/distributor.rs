//! Which bits of the interrupt distributor the guest may not have.
//!
//! The guest drives the distributor itself, through the monitor. A few interrupts are the monitor's own: they must stay
//! in group 0, enabled and where they are routed, whatever the guest writes to the registers that they share with
//! others. So each access comes with a mask of bits that are not the guest's: they read as zero, and keep their value
//! when written. Arm IHI 0069, 12.9 (the GICD register map).

/// Length of the distributor's registers in bytes.
pub const LENGTH: u64 = 0x1_0000;

/// The monitor's own interrupts, at most so many.
pub const OWNED: usize = 2;

/// Control register, and its bit that lets group 0 through.
pub const CONTROL: u64 = 0x0000;
/// GICD_CTLR.EnableGrp0.
pub const ENABLE_GROUP_0: u64 = 1 << 0;
/// Type register.
pub const TYPE: u64 = 0x0004;
/// First of the group registers.
pub const GROUP: u64 = 0x0080;
/// First of the set-enable registers.
pub const SET_ENABLE: u64 = 0x0100;
/// First of the clear-enable registers.
pub const CLEAR_ENABLE: u64 = 0x0180;
/// First of the set-pending registers.
pub const SET_PENDING: u64 = 0x0200;
/// First of the priority registers.
pub const PRIORITY: u64 = 0x0400;
/// First of the routing registers.
pub const ROUTE: u64 = 0x6000;

/// What becomes of a guest's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteRule {
    /// Ones are orders: the protected bits are left out of the value.
    OnesAreOrders,
    /// The value is state: the protected bits keep what they are.
    State,
    /// The register takes an interrupt's number, and the guest may not name one of the monitor's.
    TakesNumber,
}

/// A register file: where it is, how many bits each interrupt has in it, and how it is written.
struct Registers {
    start: u64,
    bits: u64,
    rule: WriteRule,
}

const fn registers(start: u64, bits: u64, rule: WriteRule) -> Registers {
    Registers { start, bits, rule }
}

/// Interrupts that the register files have room for.
const INTERRUPTS: u64 = 1024;

const FILES: [Registers; 12] = [
    registers(GROUP, 1, WriteRule::State),
    registers(SET_ENABLE, 1, WriteRule::OnesAreOrders),
    registers(CLEAR_ENABLE, 1, WriteRule::OnesAreOrders),
    registers(SET_PENDING, 1, WriteRule::OnesAreOrders),
    registers(0x0280, 1, WriteRule::OnesAreOrders),
    registers(0x0300, 1, WriteRule::OnesAreOrders),
    registers(0x0380, 1, WriteRule::OnesAreOrders),
    registers(PRIORITY, 8, WriteRule::State),
    registers(0x0C00, 2, WriteRule::State),
    registers(0x0D00, 1, WriteRule::State),
    registers(0x0E00, 2, WriteRule::State),
    registers(ROUTE, 64, WriteRule::State),
];

/// GICD_SETSPI_NSR, GICD_CLRSPI_NSR, GICD_SETSPI_SR, GICD_CLRSPI_SR.
const MESSAGES: [u64; 4] = [0x0040, 0x0048, 0x0050, 0x0058];

/// The bits of an access of `bytes` at `offset` that belong to `owned` interrupts, and how to treat them.
pub fn protected(offset: u64, bytes: u8, owned: &[u32; OWNED]) -> (u64, WriteRule) {
    let width = 8 * u64::from(bytes);
    let everything = u64::MAX >> (64 - width.clamp(1, 64));
    if offset == CONTROL {
        // Group 0 is the monitor's way in; it stays enabled, and the guest does not see it.
        return (ENABLE_GROUP_0, WriteRule::State);
    }
    if MESSAGES.contains(&offset) {
        return (everything, WriteRule::TakesNumber);
    }
    let file = FILES
        .iter()
        .find(|file| (file.start..file.start + INTERRUPTS * file.bits / 8).contains(&offset));
    let Some(file) = file else {
        return (0, WriteRule::State);
    };
    let first_bit = (offset - file.start) * 8;
    let mut mask = 0;
    for interrupt in owned {
        let start = u64::from(*interrupt) * file.bits;
        for bit in start..start + file.bits {
            if (first_bit..first_bit + width).contains(&bit) {
                mask |= 1 << (bit - first_bit);
            }
        }
    }
    (mask, file.rule)
}

/// What to write to a distributor's register for a guest that writes `value`; `None` for nothing. `current` reads the
/// register.
pub fn filtered_write(
    offset: u64,
    bytes: u8,
    value: u64,
    owned: &[u32; OWNED],
    current: impl FnOnce() -> u64,
) -> Option<u64> {
    match protected(offset, bytes, owned) {
        (_, WriteRule::TakesNumber) => {
            let number = value & 0x3FF;
            let is_owned = owned.iter().any(|own| u64::from(*own) == number);
            (!is_owned).then_some(value)
        }
        (mask, WriteRule::OnesAreOrders) => Some(value & !mask),
        (0, WriteRule::State) => Some(value),
        (mask, WriteRule::State) => Some(value & !mask | current() & mask),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [u32; OWNED] = [79, 287];

    fn write(offset: u64, bytes: u8, value: u64, current: u64) -> Option<u64> {
        filtered_write(offset, bytes, value, &OURS, || current)
    }

    #[test]
    fn our_bits_are_ours_in_every_register() {
        // 79 = 2 * 32 + 15.
        assert_eq!(protected(GROUP + 8, 4, &OURS).0, 1 << 15);
        assert_eq!(protected(SET_ENABLE + 9, 1, &OURS).0, 1 << 7);
        assert_eq!(protected(PRIORITY + 76, 4, &OURS).0, 0xFF00_0000);
        assert_eq!(protected(PRIORITY + 79, 1, &OURS).0, 0xFF);
        assert_eq!(protected(0x0C00 + 16, 4, &OURS).0, 3 << 30);
        assert_eq!(protected(ROUTE + 8 * 287, 8, &OURS).0, u64::MAX);
        assert_eq!(protected(ROUTE + 8 * 287 + 4, 4, &OURS).0, 0xFFFF_FFFF);
        assert_eq!(protected(ROUTE + 8 * 286, 8, &OURS).0, 0);
        assert_eq!(protected(TYPE, 4, &OURS).0, 0);
        assert_eq!(protected(GROUP + 4, 4, &OURS).0, 0);
    }

    #[test]
    fn a_guest_that_sets_up_everything_leaves_us_alone() {
        assert_eq!(write(GROUP + 8, 4, 0xFFFF_FFFF, 0), Some(0xFFFF_7FFF));
        assert_eq!(
            write(CLEAR_ENABLE + 8, 4, 0xFFFF_FFFF, 0x8000),
            Some(0xFFFF_7FFF)
        );
        assert_eq!(write(PRIORITY + 76, 4, 0xA0A0_A0A0, 0), Some(0x00A0_A0A0));
        assert_eq!(write(ROUTE + 8 * 79, 8, 3, 7), Some(7));
        assert_eq!(write(CONTROL, 4, 0, ENABLE_GROUP_0), Some(ENABLE_GROUP_0));
        assert_eq!(write(CONTROL, 4, 0x12, 0x11), Some(0x13));
    }

    #[test]
    fn messages_to_our_interrupts_are_swallowed() {
        assert_eq!(write(0x0040, 4, 79, 0), None);
        assert_eq!(write(0x0040, 4, 80, 0), Some(80));
    }

    #[test]
    fn any_access_has_a_rule() {
        for offset in 0..LENGTH {
            for bytes in [1, 2, 4, 8] {
                protected(offset, bytes, &OURS);
            }
        }
    }
}
