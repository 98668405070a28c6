//! One CPU at EL2: its stack, its registers, and its way down to the guest.
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::arch::global_asm;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use spin::Once;

use crate::el2::sysreg::{dsb, isb, read, write};
use crate::el2::{gic, psci, vectors};
use crate::stage2;

/// A CPU's EL2 stack. The deepest way is a request that is refused: a line, a text and JSON on the stack, which take
/// 2.5 KiB. There is no page to guard it: the firmware's map, whose blocks are larger, is used.
pub const STACK: usize = 16 * 1024;

#[repr(C, align(16))]
struct Stack([u8; STACK]);

/// What one CPU has of its own. TPIDR_EL2 points to it.
#[repr(C)]
struct PerCpu {
    stack_top: u64,
    /// Where the guest wants it to begin, and what the guest wants in its x0.
    entry: AtomicU64,
    context: AtomicU64,
    slot: u64,
    /// A [`Phase`].
    phase: AtomicU8,
    _stack: Box<Stack>,
}

/// What is under way with a CPU that QEMU's PSCI does not know of yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing: it is on or off as QEMU says.
    Settled = 0,
    /// It was told to start, and has not come to the monitor yet. QEMU may still say that it is off; a second CPU_ON
    /// would begin it anew.
    Starting = 1,
    /// It is about to turn itself off, or has. QEMU may for a moment still say that it is on.
    TurningOff = 2,
}

/// What a CPU needs before it can use the firmware's map. It is read with the MMU off.
#[repr(C)]
struct Translation {
    table: AtomicU64,
    control: AtomicU64,
    attributes: AtomicU64,
    system_control: AtomicU64,
}

static CPUS: Once<Vec<PerCpu>> = Once::new();
static STAGE2: AtomicU64 = AtomicU64::new(0);

static TRANSLATION: Translation = Translation {
    table: AtomicU64::new(0),
    control: AtomicU64::new(0),
    attributes: AtomicU64::new(0),
    system_control: AtomicU64::new(0),
};

/// HCR_EL2: stage 2 on (VM), no cache line is invalidated unwritten (SWIO), FIQs to EL2 (FMO), SMC trapped (TSC), EL1 is
/// AArch64 (RW), pointer authentication is EL1's (APK, API).
const HCR: u64 = 1 << 41 | 1 << 40 | 1 << 31 | 1 << 19 | 1 << 3 | 1 << 1 | 1;
/// CPTR_EL2: floating point is not trapped. SVE and SME are, by bits that read as one where there is neither.
const CPTR: u64 = 0x33FF;
/// CNTHCTL_EL2: EL1 may use the physical timer and counter.
const CNTHCTL: u64 = 0b11;
/// SCTLR_EL1 as a CPU comes out of reset: the bits that read as one, everything else off.
const SCTLR_EL1: u64 = 0x30D0_0800;
/// MDCR_EL2.HPMN: event counters that EL1 has; the rest of the register is traps.
const HPMN: u64 = 0x1F;
/// SPSR_EL2: EL1 with its own stack pointer, everything masked.
pub const EL1H_MASKED: u64 = 0x3C5;

/// Makes room for this many CPUs, of which this is the first.
pub fn prepare(count: u32) {
    CPUS.call_once(|| (0..count).map(PerCpu::new).collect());
}

impl PerCpu {
    fn new(slot: u32) -> Self {
        let stack = Box::new(Stack([0; STACK]));
        let base = core::ptr::from_ref(&*stack) as u64;
        Self {
            stack_top: base + STACK as u64,
            entry: AtomicU64::new(0),
            context: AtomicU64::new(0),
            slot: u64::from(slot),
            phase: AtomicU8::new(Phase::Settled as u8),
            _stack: stack,
        }
    }
}

/// The slot of the CPU that runs this.
pub fn this_slot() -> u32 {
    let mine = read!("TPIDR_EL2") as *const PerCpu;
    // SAFETY: each CPU sets the register to its own record before it enters the guest, and records are never freed.
    unsafe { (*mine).slot as u32 }
}

/// Enters the guest on the first CPU, with stage 2 tables at `stage2`.
pub fn enter(stage2: u64, entry: u64, argument: u64) -> ! {
    STAGE2.store(stage2, Ordering::Release);
    let translation = &TRANSLATION;
    translation
        .table
        .store(read!("TTBR0_EL2"), Ordering::Relaxed);
    translation
        .control
        .store(read!("TCR_EL2"), Ordering::Relaxed);
    translation
        .attributes
        .store(read!("MAIR_EL2"), Ordering::Relaxed);
    translation
        .system_control
        .store(read!("SCTLR_EL2"), Ordering::Release);
    clean(translation);
    let mine = CPUS.get().and_then(|cpus| cpus.first());
    let mine = mine.unwrap_or_else(|| unreachable!("prepare() made the first CPU's record"));
    configure(mine);
    // SAFETY: EL2 is configured for the guest; the stack is this CPU's own.
    unsafe { hotvcpu_enter_guest(entry, argument, mine.stack_top) }
}

fn record(slot: u32) -> Option<&'static PerCpu> {
    CPUS.get()?.get(slot as usize)
}

/// Notes what is under way with a CPU.
pub fn set_phase(slot: u32, phase: Phase) {
    if let Some(cpu) = record(slot) {
        cpu.phase.store(phase as u8, Ordering::Release);
    }
}

/// What is under way with a CPU.
pub fn phase(slot: u32) -> Phase {
    let phase = record(slot).map(|cpu| cpu.phase.load(Ordering::Acquire));
    [Phase::Starting, Phase::TurningOff]
        .into_iter()
        .find(|known| phase == Some(*known as u8))
        .unwrap_or(Phase::Settled)
}

/// Starts a CPU at the guest's `entry`. The caller holds the lock and has seen that the CPU is off.
pub fn start(slot: u32, mpidr: u64, entry: u64, context: u64) -> i64 {
    let Some(cpu) = record(slot) else {
        return hotvcpu_contract::psci::INVALID_PARAMETERS;
    };
    cpu.entry.store(entry, Ordering::Relaxed);
    cpu.context.store(context, Ordering::Relaxed);
    set_phase(slot, Phase::Starting);
    clean(cpu);
    let entry = hotvcpu_secondary as *const () as u64;
    let answer = psci::cpu_on(mpidr, entry, core::ptr::from_ref(cpu) as u64);
    if answer != hotvcpu_contract::psci::SUCCESS {
        set_phase(slot, Phase::Settled);
    }
    answer
}

/// Writes an object back to memory, where a CPU without its MMU reads it.
fn clean<T>(object: &T) {
    /// No cache has shorter lines.
    const LINE: usize = 16;
    let start = core::ptr::from_ref(object) as usize & !(LINE - 1);
    let end = core::ptr::from_ref(object) as usize + size_of::<T>();
    for line in (start..end).step_by(LINE) {
        // SAFETY: cache maintenance by address changes no memory.
        unsafe { core::arch::asm!("dc cvac, {}", in(reg) line, options(nostack, preserves_flags)) };
    }
    dsb();
}

/// Sets this CPU up to run the guest.
fn configure(mine: &PerCpu) {
    // SAFETY: these registers govern EL1 and the way back from it; the vectors, the stage 2 tables and this CPU's
    // record are in place.
    unsafe {
        write!("TPIDR_EL2", core::ptr::from_ref(mine) as u64);
        write!("VBAR_EL2", vectors::address());
        write!("VTCR_EL2", stage2::VTCR);
        write!("VTTBR_EL2", STAGE2.load(Ordering::Acquire));
        write!("CPTR_EL2", CPTR);
        write!("HSTR_EL2", 0);
        write!("MDCR_EL2", read!("MDCR_EL2") & HPMN);
        write!("CNTHCTL_EL2", CNTHCTL);
        write!("CNTVOFF_EL2", 0);
        write!("VPIDR_EL2", read!("MIDR_EL1"));
        write!("VMPIDR_EL2", read!("MPIDR_EL1"));
        write!("SCTLR_EL1", SCTLR_EL1);
        write!("HCR_EL2", HCR);
    }
    dsb();
    isb();
    // SAFETY: whatever was cached of EL1's translations is from before.
    unsafe { core::arch::asm!("tlbi alle1", options(nostack, preserves_flags)) };
    dsb();
    isb();
    gic::enable_on_this_cpu();
}

/// A CPU that the guest has started: EL2, with the firmware's map on and its own stack.
extern "C" fn secondary(mine: &'static PerCpu) -> ! {
    configure(mine);
    mine.phase.store(Phase::Settled as u8, Ordering::Release);
    let entry = mine.entry.load(Ordering::Acquire);
    let context = mine.context.load(Ordering::Acquire);
    // SAFETY: EL2 is configured for the guest; the stack is this CPU's own.
    unsafe { hotvcpu_enter_guest(entry, context, mine.stack_top) }
}

unsafe extern "C" {
    /// Where QEMU starts a CPU: EL2, MMU off, x0 = its record.
    fn hotvcpu_secondary();
    /// Goes down to EL1 at `entry` with `argument` in x0, every other register zero; EL2's stack becomes empty.
    fn hotvcpu_enter_guest(entry: u64, argument: u64, stack_top: u64) -> !;
}

global_asm!(
    ".section .text.hotvcpu_secondary, \"ax\"",
    ".global hotvcpu_secondary",
    "hotvcpu_secondary:",
    "adrp x1, {translation}",
    "add x1, x1, :lo12:{translation}",
    "ldp x2, x3, [x1, #{table}]",
    "ldp x4, x5, [x1, #{attributes}]",
    "msr ttbr0_el2, x2",
    "msr tcr_el2, x3",
    "msr mair_el2, x4",
    "isb",
    "tlbi alle2",
    "ic iallu",
    "dsb sy",
    "isb",
    "msr sctlr_el2, x5",
    "isb",
    "ldr x1, [x0, #{stack_top}]",
    "mov sp, x1",
    "mov x29, xzr",
    "mov x30, xzr",
    "b {secondary}",
    ".global hotvcpu_enter_guest",
    "hotvcpu_enter_guest:",
    "mov sp, x2",
    "msr elr_el2, x0",
    "mov x2, #{state}",
    "msr spsr_el2, x2",
    "mov x0, x1",
    ".irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
    "mov x\\n, xzr",
    ".endr",
    ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30",
    "mov x\\n, xzr",
    ".endr",
    "eret",
    "dsb nsh",
    "isb",
    translation = sym TRANSLATION,
    table = const offset_of!(Translation, table),
    attributes = const offset_of!(Translation, attributes),
    stack_top = const offset_of!(PerCpu, stack_top),
    state = const EL1H_MASKED,
    secondary = sym secondary,
);
