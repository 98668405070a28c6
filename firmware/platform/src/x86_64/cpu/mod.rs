//! CPUs: who am I; start, wake and park another (INIT-SIPI, Intel SDM volume 3, 9.4).
//!
//! A CPU that runs has an index, from 0 (the boot CPU) to below [`MAX`]: its row in a table that the trampoline
//! searches by APIC ID. An index, and the stacks that go with it, belong to one APIC ID from [`start`] until
//! [`release`]. A CPU that did not answer keeps its index: an INIT takes effect when the CPU gets to it, and until
//! then it may run on those stacks.

use core::arch::global_asm;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use spin::{Mutex, Once};
use x86_64::registers::control::Cr3;
use x86_64::registers::model_specific::GsBase;
use x86_64::{VirtAddr, instructions::interrupts as flag};

use super::memory::{self, CpuStacks, MemoryError};
use super::{gdt, interrupts, local_apic};

/// CPUs that can run at once, the boot CPU included.
pub const MAX: usize = 512;

/// The boot CPU's index.
pub const BOOT_INDEX: usize = 0;

const NOBODY: u32 = u32::MAX;

// States of a slot that has an APIC ID.
/// The CPU shall not run; should it start all the same, the trampoline halts it.
const HELD: u32 = 0;
/// The CPU runs, or is being started.
const IN_USE: u32 = 1;
/// The CPU has executed its last instruction.
const PARKED: u32 = 2;

/// One row of the table; its layout is known to `trampoline.s`.
#[repr(C)]
struct Slot {
    /// Whose row it is; [`NOBODY`]'s is free.
    apic_id: AtomicU32,
    state: AtomicU32,
    stack: AtomicU64,
}

const _: () = assert!(size_of::<Slot>() == 16);

static SLOTS: [Slot; MAX] = [const {
    Slot {
        apic_id: AtomicU32::new(NOBODY),
        state: AtomicU32::new(HELD),
        stack: AtomicU64::new(0),
    }
}; MAX];

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

/// What a started CPU runs; see [`init`].
static ENTRY: Once<fn(usize) -> !> = Once::new();
/// The page number of the installed trampoline.
static TRAMPOLINE: Once<u8> = Once::new();
/// Held while a slot changes hands.
static HANDING_OVER: Mutex<()> = Mutex::new(());

/// Why a CPU cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// [`MAX`] CPUs run already.
    TooMany,
    /// The CPU with this APIC ID runs already.
    Running,
    /// The APIC ID cannot be addressed: it needs the x2APIC, which this machine lacks.
    Unreachable,
    /// There is no memory for its stacks.
    Memory(MemoryError),
    /// The local APIC does not send, or [`init`] has failed.
    NotDelivered,
}

/// Prepares for starting CPUs: each will run `entry` with its index. `entry` takes no lock before the starter has
/// heard from it, because [`abandon`] may reset it until then.
///
/// # Errors
/// [`MemoryError`], when there is no page for the trampoline; no CPU can be started then.
pub fn init(entry: fn(usize) -> !) -> Result<(), MemoryError> {
    let own = &SLOTS[BOOT_INDEX];
    own.state.store(IN_USE, Ordering::Relaxed);
    own.apic_id.store(local_apic::id(), Ordering::Release);
    ENTRY.call_once(|| entry);
    let page = memory::low_page()?;
    memory::install_low_code(page, &trampoline())?;
    TRAMPOLINE.call_once(|| (page / memory::PAGE) as u8);
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

/// The boot CPU's APIC ID.
pub fn boot_id() -> u64 {
    u64::from(SLOTS[BOOT_INDEX].apic_id.load(Ordering::Acquire))
}

/// The caller's index.
pub fn current() -> usize {
    // The kernel has no thread-local data, so the GS base, which every CPU has of its own, holds the index itself.
    GsBase::read().as_u64() as usize
}

/// Sends INIT and the first start-up interrupt to the CPU with this APIC ID; returns the index it will have.
/// `prepare` is called with that index before anything is sent.
///
/// The two follow at once. The 10 ms between them (9.4.4.1) are for processors of the 1990s: later ones, and virtual
/// ones, keep the start-up interrupt until the INIT is done. The second start-up interrupt is [`start_again`].
///
/// # Errors
/// [`StartError`]; the CPU will not start then.
pub fn start(hw_id: u64, prepare: impl FnOnce(usize)) -> Result<usize, StartError> {
    let reachable = |apic_id: &u32| *apic_id <= local_apic::highest_id();
    let apic_id = u32::try_from(hw_id).ok().filter(reachable);
    let apic_id = apic_id.ok_or(StartError::Unreachable)?;
    let page = *TRAMPOLINE.get().ok_or(StartError::NotDelivered)?;
    let index = hold_slot(apic_id)?;
    prepare(index);
    let reset = local_apic::send_init(apic_id);
    // Not before the INIT: a start-up interrupt of an earlier attempt must not be taken for this one's.
    SLOTS[index].state.store(IN_USE, Ordering::Release);
    if !reset || !local_apic::send_startup(apic_id, page) {
        abandon(index);
        return Err(StartError::NotDelivered);
    }
    Ok(index)
}

/// The row of this APIC ID if it has one, else a free one; with its stacks mapped.
fn hold_slot(apic_id: u32) -> Result<usize, StartError> {
    let _held = HANDING_OVER.lock();
    let row_of = |id: u32| {
        SLOTS
            .iter()
            .position(|slot| slot.apic_id.load(Ordering::Acquire) == id)
    };
    let index = row_of(apic_id)
        .or_else(|| row_of(NOBODY))
        .ok_or(StartError::TooMany)?;
    let slot = &SLOTS[index];
    if slot.state.load(Ordering::Acquire) == IN_USE {
        return Err(StartError::Running);
    }
    let stacks = memory::map_stacks(index).map_err(StartError::Memory)?;
    slot.state.store(HELD, Ordering::Relaxed);
    slot.stack.store(stacks.main, Ordering::Relaxed);
    slot.apic_id.store(apic_id, Ordering::Release);
    Ok(index)
}

/// Repeats the start-up interrupt, for a CPU that did not answer the first. False: this APIC cannot send.
pub fn start_again(index: usize) -> bool {
    match (apic_id(index), TRAMPOLINE.get()) {
        (Some(apic_id), Some(&page)) => local_apic::send_startup(apic_id, page),
        _ => false,
    }
}

/// Gives up a CPU that did not start: resets it, so that it cannot wake up later. It keeps its index for its next start.
pub fn abandon(index: usize) {
    if let (Some(slot), Some(apic_id)) = (SLOTS.get(index), apic_id(index)) {
        slot.state.store(HELD, Ordering::Release);
        local_apic::send_init(apic_id);
    }
}

/// Frees the index of a CPU if it has parked: then it will not run another instruction until it is started again.
/// False: it has not.
pub fn release(index: usize) -> bool {
    let _held = HANDING_OVER.lock();
    let Some(slot) = SLOTS.get(index) else {
        return false;
    };
    let parked = slot.state.load(Ordering::Acquire) == PARKED;
    if parked {
        slot.state.store(HELD, Ordering::Relaxed);
        slot.apic_id.store(NOBODY, Ordering::Release);
    }
    parked
}

/// Interrupts a CPU so that a halt of it ends.
pub fn wake(index: usize) {
    if let Some(apic_id) = apic_id(index) {
        // Where the APIC does not send, the deadline of what was told will say so.
        local_apic::send_fixed(apic_id, local_apic::WAKE_VECTOR);
    }
}

/// Stops the caller until it is started again.
pub fn park() -> ! {
    let state = SLOTS[current() % MAX].state.as_ptr();
    // SAFETY: the state is a static atomic; the aligned 32-bit store of the assembly is atomic on x86.
    unsafe { park_for_good(state, PARKED) }
}

fn apic_id(index: usize) -> Option<u32> {
    let apic_id = SLOTS.get(index)?.apic_id.load(Ordering::Acquire);
    (apic_id != NOBODY).then_some(apic_id)
}

/// A started CPU's first Rust, on its own stack, interrupts off. Like the entry after it, it takes no lock.
extern "C" fn enter(index: usize) -> ! {
    // SAFETY: the trampoline found this index by the CPU's own APIC ID, and came here on the boot GDT.
    unsafe { gdt::load(index, &CpuStacks::of(index)) };
    GsBase::write(VirtAddr::new(index as u64));
    interrupts::load();
    local_apic::enable();
    flag::enable();
    match ENTRY.get() {
        Some(entry) => entry(index),
        None => super::power::halt(),
    }
}
