//! Accesses to the holes that the monitor fills.
use hotvcpu_contract::registers;

use crate::abort::Access;
use crate::distributor;
use crate::el2::faults;
use crate::el2::gic::{read_mmio, write_mmio};
use crate::el2::shared::{self, Shared};
use crate::el2::sysreg::read;
use crate::el2::vectors::Frame;
use crate::stage2::PAGE;

/// The GED's selector and the CPU registers, where hosts with CPU hotplug have them.
pub const GED_SELECTOR: u64 = 0x0908_0000;
/// The register block.
pub const CPU_REGISTERS: u64 = 0x090C_0000;

/// What fills a hole.
#[derive(Clone, Copy)]
enum Window {
    Ged(u64),
    Cpus(u64),
    Distributor(u64),
}

impl Window {
    /// The window at a guest physical address, and the offset into it.
    fn at(address: u64, distributor: u64) -> Option<Self> {
        let offset =
            |base: u64, length: u64| address.checked_sub(base).filter(|offset| *offset < length);
        let ged = offset(GED_SELECTOR, PAGE).map(Self::Ged);
        let cpus = offset(CPU_REGISTERS, PAGE).map(Self::Cpus);
        let gic = offset(distributor, distributor::LENGTH).map(Self::Distributor);
        ged.or(cpus).or(gic)
    }
}

/// A data abort: an access to a window is carried out, anything else is a fault.
pub fn data_abort(frame: &mut Frame, syndrome: u64) {
    let address = faulting_address();
    let done = Access::decode(syndrome).and_then(|access| {
        shared::with(|shared| {
            let window = Window::at(address, shared.distributor.start)?;
            // Register 31 is the zero register: it reads as zero, and a load into it is lost.
            let value = frame.registers.get(access.register).copied().unwrap_or(0);
            if access.write {
                shared.guest_writes(window, access.bytes, value & access.mask());
            } else {
                let loaded = access.loaded(shared.guest_reads(window, access.bytes));
                if let Some(register) = frame.registers.get_mut(access.register) {
                    *register = loaded;
                }
            }
            Some(())
        })?
    });
    match done {
        Some(()) => frame.pc += 4,
        None => faults::external_abort(frame, syndrome),
    }
}

/// The guest physical address of a stage 2 fault: the page is in HPFAR_EL2, the place in it in FAR_EL2.
pub fn faulting_address() -> u64 {
    let page = (read!("HPFAR_EL2") >> 4 & ((1 << 40) - 1)) << 12;
    page | read!("FAR_EL2") & (PAGE - 1)
}

impl Shared {
    fn guest_reads(&mut self, window: Window, bytes: u8) -> u64 {
        match window {
            // QEMU's own device is behind the selector: the power button is its.
            Window::Ged(offset) => {
                // SAFETY: the page of a device of this machine; the guest reads it through us.
                let real = unsafe { read_mmio(GED_SELECTOR + offset, bytes) };
                let ours = if offset == 0 {
                    self.contract.take_ged()
                } else {
                    0
                };
                real | u64::from(ours)
            }
            Window::Cpus(offset) => u64::from(self.contract.read(offset)),
            Window::Distributor(offset) => self.gic.guest_read(offset, bytes),
        }
    }

    fn guest_writes(&mut self, window: Window, bytes: u8, value: u64) {
        match window {
            // SAFETY: as in `guest_reads`.
            Window::Ged(offset) => unsafe { write_mmio(GED_SELECTOR + offset, bytes, value) },
            Window::Cpus(offset) if offset < registers::LENGTH => {
                if let Some(effect) = self.contract.write(offset, value as u32) {
                    self.effect(effect);
                }
            }
            Window::Cpus(_) => {}
            Window::Distributor(offset) => self.gic.guest_write(offset, bytes, value),
        }
    }
}
