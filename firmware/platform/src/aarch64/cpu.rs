//! Starting and parking CPUs: PSCI CPU_ON and CPU_OFF, and the way of a started CPU.

use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering};

use aarch64_cpu::registers::{ID_AA64PFR0_EL1, MPIDR_EL1, Readable, TPIDR_EL1};
use hotvcpu_tables::{Fadt, HardwareId};

use super::{gic, interrupts, psci};
use crate::console;
use crate::cpu::StartError;
use crate::memory::{CpuStacks, MemoryError};

/// A CPU's stacks beside its own: the one that its exceptions run on.
pub const EXCEPTION_STACKS: usize = 1;

/// PSCI starts a CPU or says why not; a second call would only be answered ALREADY_ON.
pub const SECOND_SIGNAL: bool = false;

/// MPIDR_EL1's affinity fields, levels 0 to 3.
const AFFINITY: u64 = 0xFF_00FF_FFFF;

unsafe extern "C" {
    static secondary_entry: u8;
}

/// Takes the way to call firmware from the tables.
pub fn init(fadt: &Fadt) -> Result<(), MemoryError> {
    psci::set_conduit_of(fadt);
    Ok(())
}

/// This CPU's affinity.
pub fn own_id() -> u64 {
    MPIDR_EL1.get() & AFFINITY
}

/// The ID as the tables have it.
pub fn hardware_id(id: u64) -> HardwareId {
    HardwareId::Mpidr(id)
}

/// The caller's index. The kernel has no thread-local data, so the register for it holds the index itself.
pub fn current() -> usize {
    TPIDR_EL1.get() as usize
}

/// Whether this CPU has the system registers of a GICv3 (ID_AA64PFR0_EL1.GIC).
pub fn has_gic_registers() -> bool {
    ID_AA64PFR0_EL1.get() >> 24 & 0xF != 0
}

/// Whether the CPU with this MPIDR can be woken up.
pub fn check(id: u64) -> Result<(), StartError> {
    if !gic::is_there() {
        return Err(StartError::NotDelivered);
    }
    let reachable = id & !AFFINITY == 0 && gic::can_address(id);
    reachable.then_some(()).ok_or(StartError::Unreachable)
}

/// Calls CPU_ON; `allow` lets the CPU through its first code, which knows it by `index`.
pub fn signal(id: u64, index: usize, allow: impl FnOnce()) -> Result<(), StartError> {
    allow();
    // The code is identity mapped, so its address is the physical one that firmware wants.
    psci::cpu_on(id, &raw const secondary_entry as u64, index as u64)
}

/// Never called; see [`SECOND_SIGNAL`].
pub fn signal_again(_id: u64) -> bool {
    false
}

/// Nothing turns off a CPU from outside; one that comes late finds that it shall not run, and turns itself off.
pub fn cancel(_id: u64) {}

/// Whether firmware says that a CPU which parked, or came late, is off.
pub fn is_off(id: u64) -> bool {
    psci::is_off(id)
}

/// Interrupts a CPU.
pub fn wake(id: u64) {
    gic::send_wake(id);
}

/// Writes `value`, then turns the caller off.
pub fn park(state: &AtomicU32, value: u32) -> ! {
    interrupts::mask();
    gic::disable_cpu();
    state.store(value, Ordering::Release);
    psci::cpu_off();
    // Firmware refused. The starter sees that the CPU is not off, and says so at its deadline.
    crate::power::halt()
}

/// A started CPU's first Rust, on its own stack, interrupts off.
pub(super) extern "C" fn enter(index: usize) -> ! {
    if !interrupts::enable_cpu() {
        console::print(format_args!(
            "no GIC redistributor belongs to the CPU with MPIDR {:#x}, or it does not wake up; it turns itself off\n",
            own_id()
        ));
        crate::cpu::park();
    }
    crate::cpu::run(index)
}

/// Leaves the boot stack for good and calls `next` on the boot CPU's own stacks.
pub fn run_on_stacks(stacks: &CpuStacks, next: extern "C" fn() -> !) -> ! {
    // SAFETY: the tops are those of mapped, writable, aligned memory that is this CPU's alone; nothing returns to the
    // old stack.
    unsafe {
        asm!(
            "msr tpidr_el1, xzr",
            "mov sp, {exceptions}",
            "msr spsel, #0",
            "mov sp, {main}",
            "mov x29, xzr",
            "blr {next}",
            "brk #0",
            exceptions = in(reg) stacks.exceptions[0],
            main = in(reg) stacks.main,
            next = in(reg) next,
            options(noreturn),
        )
    }
}

/// Executes an instruction that does not exist.
pub fn undefined_instruction() -> ! {
    // SAFETY: raises an exception whose handler does not return here.
    unsafe { asm!("udf #0", options(noreturn)) }
}
