//! Starting and parking CPUs: INIT and STARTUP (INIT-SIPI, Intel SDM volume 3, 9.4), and the trampoline.

use core::arch::{asm, global_asm};
use core::sync::atomic::AtomicU32;

use hotvcpu_tables::{Fadt, HardwareId};
use spin::Once;
use x86_64::VirtAddr;
use x86_64::instructions::interrupts as flag;
use x86_64::registers::control::Cr3;
use x86_64::registers::model_specific::GsBase;

use super::{gdt, idt, local_apic};
use crate::cpu::{IN_USE, MAX, SLOTS, StartError};
use crate::memory::{self, CpuStacks, MemoryError, PAGE};

/// A CPU's stacks beside its own: for double faults, which include the overflow of the first, and for NMIs.
pub const EXCEPTION_STACKS: usize = 2;

/// A CPU that does not answer its STARTUP gets a second one.
pub const SECOND_SIGNAL: bool = true;

global_asm!(
    include_str!("trampoline.s"),
    slots = sym SLOTS,
    count = const MAX,
    in_use = const IN_USE,
    enter = sym enter,
);

unsafe extern "C" {
    static trampoline_start: u8;
    static trampoline_cr3: u8;
    static trampoline_end: u8;
    fn park_for_good(state: *mut u32, value: u32) -> !;
}

/// The page number of the installed trampoline.
static TRAMPOLINE: Once<u8> = Once::new();

/// Installs the trampoline.
pub fn init(_fadt: &Fadt) -> Result<(), MemoryError> {
    const FIRST: u64 = 0x8000;
    const LAST: u64 = 0x9_0000;
    let page = memory::usable_page(FIRST, LAST).ok_or(MemoryError::NoLowPage)?;
    memory::with_space(|space| space.install_low_code(page, &trampoline()))?;
    TRAMPOLINE.call_once(|| (page / PAGE) as u8);
    Ok(())
}

/// The trampoline's bytes with this kernel's page tables in their place.
fn trampoline() -> [u8; TRAMPOLINE_ROOM] {
    let start = &raw const trampoline_start as usize;
    let length = &raw const trampoline_end as usize - start;
    let cr3_offset = &raw const trampoline_cr3 as usize - start;
    let mut bytes = [0; TRAMPOLINE_ROOM];
    let length = length.min(TRAMPOLINE_ROOM);
    // SAFETY: both symbols are borders of one piece of read-only data (trampoline.s).
    bytes[..length].copy_from_slice(unsafe {
        core::slice::from_raw_parts(&raw const trampoline_start, length)
    });
    let (root, _) = Cr3::read();
    // Frames are handed out from below 4 GiB, so the root fits the 32 bits that real mode can load.
    let root = root.start_address().as_u64() as u32;
    if let Some(field) = bytes.get_mut(cr3_offset..cr3_offset + 4) {
        field.copy_from_slice(&root.to_le_bytes());
    }
    bytes
}

/// More than the trampoline's size.
const TRAMPOLINE_ROOM: usize = 256;

/// This CPU's APIC ID.
pub fn own_id() -> u64 {
    u64::from(local_apic::id())
}

/// The ID as the tables have it.
pub fn hardware_id(id: u64) -> HardwareId {
    HardwareId::Apic(id as u32)
}

/// The caller's index.
pub fn current() -> usize {
    // The kernel has no thread-local data, so the GS base, which every CPU has of its own, holds the index itself.
    GsBase::read().as_u64() as usize
}

/// Whether the local APIC can address the CPU with this ID.
pub fn check(id: u64) -> Result<(), StartError> {
    let reachable = id <= u64::from(local_apic::highest_id());
    reachable.then_some(()).ok_or(StartError::Unreachable)
}

/// Sends INIT and the first start-up interrupt; `allow` lets the CPU through the trampoline.
///
/// The two follow at once. The 10 ms between them (9.4.4.1) are for processors of the 1990s: later ones, and virtual
/// ones, keep the start-up interrupt until the INIT is done. The second start-up interrupt is [`signal_again`].
pub fn signal(id: u64, _index: usize, allow: impl FnOnce()) -> Result<(), StartError> {
    let page = *TRAMPOLINE.get().ok_or(StartError::NotDelivered)?;
    let reset = local_apic::send_init(id as u32);
    // Not before the INIT: a start-up interrupt of an earlier attempt must not be taken for this one's.
    allow();
    let sent = reset && local_apic::send_startup(id as u32, page);
    sent.then_some(()).ok_or(StartError::NotDelivered)
}

/// Repeats the start-up interrupt.
pub fn signal_again(id: u64) -> bool {
    let page = TRAMPOLINE.get();
    page.is_some_and(|&page| local_apic::send_startup(id as u32, page))
}

/// Resets a CPU that did not answer.
pub fn cancel(id: u64) {
    local_apic::send_init(id as u32);
}

/// A CPU that has parked, or was reset, is as good as off.
pub fn is_off(_id: u64) -> bool {
    true
}

/// Interrupts a CPU.
pub fn wake(id: u64) {
    // Where the APIC does not send, the deadline of what was told will say so.
    local_apic::send_fixed(id as u32, local_apic::WAKE_VECTOR);
}

/// Writes `value`, then halts until an INIT.
pub fn park(state: &AtomicU32, value: u32) -> ! {
    // SAFETY: the state is a static atomic; the aligned 32-bit store of the assembly is atomic on x86.
    unsafe { park_for_good(state.as_ptr(), value) }
}

/// A started CPU's first Rust, on its own stack, interrupts off. Like the entry after it, it takes no lock.
extern "C" fn enter(index: usize) -> ! {
    // SAFETY: the trampoline found this index by the CPU's own APIC ID, and came here on the boot GDT.
    unsafe { gdt::load(index, &CpuStacks::of(index)) };
    GsBase::write(VirtAddr::new(index as u64));
    idt::load();
    local_apic::enable();
    flag::enable();
    crate::cpu::run(index)
}

/// Leaves the boot stack for good and calls `next` on the boot CPU's own stacks.
pub fn run_on_stacks(stacks: &CpuStacks, next: extern "C" fn() -> !) -> ! {
    // SAFETY: the boot CPU, on the boot GDT.
    unsafe { gdt::load(crate::cpu::BOOT_INDEX, stacks) };
    // SAFETY: the top is that of mapped, writable, aligned memory that is this CPU's alone. The call pushes a return
    // address as the ABI expects, and nothing returns to the old stack.
    unsafe {
        asm!(
            "mov rsp, {top}",
            "xor ebp, ebp",
            "call {next}",
            "ud2",
            top = in(reg) stacks.main,
            next = in(reg) next,
            options(noreturn),
        )
    }
}

/// Executes an instruction that does not exist.
pub fn undefined_instruction() -> ! {
    // SAFETY: raises exception 6, whose handler does not return here.
    unsafe { asm!("ud2", options(noreturn)) }
}
