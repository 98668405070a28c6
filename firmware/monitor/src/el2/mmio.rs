//! Accesses to the holes that the monitor fills.
use crate::abort::Access;
use crate::el2::faults;
use crate::el2::gic::{read_mmio, write_mmio};
use crate::el2::shared::{self, Shared};
use crate::el2::sysreg::read;
use crate::el2::vectors::Frame;
use crate::stage2::PAGE;
use crate::window::{GED_SELECTOR, Window};

/// A data abort: an access to a window is carried out, anything else is a fault.
pub fn data_abort(frame: &mut Frame, syndrome: u64) {
    let address = faulting_address();
    // Where AArch32 code goes on depends on more than its program counter.
    let access = Access::decode(syndrome).filter(|_| !frame.is_aarch32());
    let done = access.and_then(|access| {
        shared::with(|shared| {
            let window = Window::at(address, access.bytes, shared.distributor.start)?;
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
            Window::Ged => {
                let played = u64::from(self.contract.take_ged());
                if !self.has_ged {
                    return played;
                }
                // SAFETY: a register of a device of this machine, and of this width; the guest reads it through us.
                played | unsafe { read_mmio(GED_SELECTOR, bytes) }
            }
            Window::Cpus(offset) => u64::from(self.contract.read(offset)),
            Window::Distributor(offset) => self.gic.guest_read(offset, bytes),
        }
    }

    fn guest_writes(&mut self, window: Window, bytes: u8, value: u64) {
        match window {
            Window::Ged if !self.has_ged => {}
            // SAFETY: as in `guest_reads`.
            Window::Ged => unsafe { write_mmio(GED_SELECTOR, bytes, value) },
            Window::Cpus(offset) => {
                if let Some(effect) = self.contract.write(offset, value as u32) {
                    self.effect(effect);
                }
            }
            Window::Distributor(offset) => self.gic.guest_write(offset, bytes, value),
        }
    }
}
