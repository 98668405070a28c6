//! What the guest's traps are, and who answers them.
use crate::abort::{SystemWrite, class, exception_class};
use crate::el2::sysreg::read;
use crate::el2::vectors::Frame;
use crate::el2::{cpu, faults, gic, mmio, psci, shared};

/// A synchronous exception from the guest.
pub fn synchronous(frame: &mut Frame) {
    let syndrome = read!("ESR_EL2");
    match exception_class(syndrome) {
        class::DATA_ABORT => mmio::data_abort(frame, syndrome),
        class::INSTRUCTION_ABORT => faults::external_abort(frame, syndrome),
        class::HVC => frame.registers[0] = psci::guest_call(&frame.registers),
        class::SMC => {
            // A trapped SMC has not been executed: the guest goes on after it.
            frame.pc += 4;
            frame.registers[0] = psci::guest_call(&frame.registers);
        }
        class::SYSTEM_REGISTER => system_register(frame, syndrome),
        _ => faults::undefined(frame, syndrome),
    }
}

fn system_register(frame: &mut Frame, syndrome: u64) {
    match SystemWrite::decode(syndrome) {
        Some(SystemWrite::Sgi1(register)) => {
            // Register 31 is the zero register.
            gic::send_sgi(frame.registers.get(register).copied().unwrap_or(0));
        }
        Some(SystemWrite::SgiOfOtherGroup) => {}
        None => return faults::undefined(frame, syndrome),
    }
    frame.pc += 4;
}

/// Group 0 interrupts: the monitor's.
pub fn fiq() {
    let mut stop = false;
    while let Some(interrupt) = gic::acknowledge() {
        shared::with(|shared| {
            if interrupt == shared.gic.control {
                shared.serve_console();
            } else if interrupt == shared.gic.stop {
                stop |= shared.must_stop(cpu::this_slot());
            } else {
                shared.foreign_interrupt(interrupt, cpu::this_slot());
            }
        });
        gic::end(interrupt);
    }
    if stop {
        let answer = psci::cpu_off();
        panic!("an ejected CPU cannot be turned off: PSCI answers {answer}");
    }
}
