//! QEMU's PSCI, below the monitor. With EL2 it is called by SMC.
use hotvcpu_contract::psci::Verdict;
use smccc::{Call, Smc};

use crate::el2::{cpu, shared};

const CPU_OFF: u32 = 0x8400_0002;
const CPU_ON: u32 = 0xC400_0003;
const AFFINITY_INFO: u32 = 0xC400_0004;

/// AFFINITY_INFO: the CPU is off.
pub const OFF: i64 = 1;
/// AFFINITY_INFO: CPU_ON was called for it, and it is not on yet.
pub const PENDING: i64 = 2;

fn call(function: u32, arguments: [u64; 3]) -> i64 {
    let mut all = [0; 17];
    for (place, argument) in all.iter_mut().zip(arguments) {
        *place = argument;
    }
    let [answer, ..] = Smc::call64(function, all);
    // QEMU gives a 32-bit answer for functions of the 32-bit form.
    i64::from(answer as i32)
}

/// Whether the CPU with this MPIDR runs.
pub fn affinity_info(mpidr: u64) -> i64 {
    call(AFFINITY_INFO, [mpidr, 0, 0])
}

/// Starts a CPU at EL2, at `entry`, with `context` in x0.
pub fn cpu_on(mpidr: u64, entry: u64, context: u64) -> i64 {
    call(CPU_ON, [mpidr, entry, context])
}

/// Turns this CPU off. Returns only if QEMU refuses, with its answer.
pub fn cpu_off() -> i64 {
    call(CPU_OFF, [0; 3])
}

/// Sends what waits to be sent, within reason: the machine is about to end.
fn flush_all() {
    const TRIES: u32 = 1000;
    for _ in 0..TRIES {
        let done = shared::with(|shared| {
            shared.flush();
            shared.channel.is_empty()
        });
        if done != Some(false) {
            return;
        }
    }
}

/// The guest calls PSCI; the return value is for its x0.
pub fn guest_call(registers: &[u64; 31]) -> u64 {
    let [function, first, second, third, ..] = *registers;
    let function = function as u32;
    let arguments = [first, second, third];
    let verdict = shared::with(|shared| shared.psci(function, arguments));
    let answer = match verdict {
        Some(Verdict::Answer(answer)) => answer,
        Some(Verdict::CpuOn {
            slot,
            entry,
            context,
        }) => {
            let answer = shared::with(|shared| shared.cpu_on(slot, entry, context));
            answer.unwrap_or(hotvcpu_contract::psci::NOT_SUPPORTED)
        }
        Some(Verdict::CpuOff) => {
            let slot = cpu::this_slot();
            shared::with(|shared| shared.turns_off(slot));
            let refusal = cpu_off();
            cpu::set_turning_off(slot, false);
            refusal
        }
        Some(Verdict::MachineEnds) => {
            flush_all();
            call(function, arguments)
        }
        Some(Verdict::Pass) => call(function, arguments),
        None => hotvcpu_contract::psci::NOT_SUPPORTED,
    };
    answer as u64
}
