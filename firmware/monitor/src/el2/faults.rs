//! The guest's faults: reported to people and to the host, and given to the guest as a machine would.
use alloc::format;

use crate::abort::{Injection, class, exception_class};
use crate::el2::cpu::{self, EL1H_MASKED};
use crate::el2::mmio::faulting_address;
use crate::el2::shared::{self, Shared};
use crate::el2::sysreg::{read, write};
use crate::el2::vectors::Frame;

/// Reports of faults. A guest can fault for ever; what there is to learn is in the first ones.
const REPORTS: u32 = 16;

/// The guest touched what is not there or not its own.
pub fn external_abort(frame: &mut Frame, syndrome: u64) {
    let verb = match exception_class(syndrome) {
        class::INSTRUCTION_ABORT => "executed",
        _ if syndrome & 1 << 6 != 0 => "wrote",
        _ => "read",
    };
    let address = faulting_address();
    let (pc, slot) = (frame.pc, cpu::this_slot());
    let text = format!(
        "the guest {verb} {address:#x}, which is not its own: CPU {slot}, PC {pc:#x}; it gets an external abort"
    );
    shared::with(|shared| shared.report_fault(&text));
    let injection = Injection::external_abort(syndrome, frame.state);
    // SAFETY: FAR_EL1 is the guest's.
    unsafe { write!("FAR_EL1", read!("FAR_EL2")) };
    inject(frame, injection);
}

/// The guest used what the machine does not have.
pub fn undefined(frame: &mut Frame, syndrome: u64) {
    let (pc, slot) = (frame.pc, cpu::this_slot());
    let text = format!(
        "the guest used what this machine does not have (ESR_EL2 {syndrome:#x}): CPU {slot}, PC {pc:#x}; it gets an \
         undefined instruction"
    );
    shared::with(|shared| shared.report_fault(&text));
    inject(frame, Injection::undefined(frame.state));
}

/// Lets the guest go on in its own exception vector.
fn inject(frame: &mut Frame, injection: Injection) {
    // SAFETY: these registers are the guest's: they say where it was and why it is where it goes now.
    unsafe {
        write!("ESR_EL1", injection.syndrome);
        write!("ELR_EL1", frame.pc);
        write!("SPSR_EL1", frame.state);
    }
    frame.pc = read!("VBAR_EL1") + injection.vector;
    frame.state = EL1H_MASKED;
}

impl Shared {
    /// An interrupt that is not the monitor's came to it.
    pub fn foreign_interrupt(&mut self, interrupt: u32, slot: u32) {
        if let Some(mpidr) = self.contract.mpidr(slot) {
            self.gic.silence(interrupt, mpidr);
        }
        let text = format!(
            "the guest has interrupt {interrupt} in group 0, which it does not get: CPU {slot}; it is disabled, put it in \
             group 1"
        );
        self.report_fault(&text);
    }

    fn report_fault(&mut self, text: &str) {
        if self.faults >= REPORTS {
            return;
        }
        self.faults += 1;
        (self.log)(format_args!("monitor: {text}\n"));
        if self.faults == REPORTS {
            (self.log)(format_args!("monitor: further faults are not reported\n"));
        }
        self.channel.error(text);
        self.flush();
    }
}
