//! CPUs: who am I; start, wake and park another (INIT-SIPI, Intel SDM volume 3, 9.4).
//!
//! A CPU that runs has an index, from 0 (the boot CPU) to [`MAX`]: its row in a table that the trampoline searches by
//! APIC ID. An index belongs to one APIC ID from [`start`] until [`release`].

use core::arch::global_asm;
use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use spin::{Mutex, Once};
use x86_64::registers::control::Cr3;
use x86_64::registers::model_specific::GsBase;
use x86_64::{VirtAddr, instructions::interrupts as flag};

use super::{gdt, interrupts, local_apic, memory};

/// CPUs that can run at once, the boot CPU included.
pub const MAX: usize = 512;

/// The boot CPU's index.
pub const BOOT_INDEX: usize = 0;

const NOBODY: u32 = u32::MAX;

// States of a slot.
const FREE: u32 = 0;
const STARTING: u32 = 1;
const PARKED: u32 = 2;

/// One row of the table; its layout is known to `trampoline.s`.
#[repr(C)]
struct Slot {
    apic_id: AtomicU32,
    state: AtomicU32,
    stack: AtomicU64,
}

const _: () = assert!(size_of::<Slot>() == 16);

static SLOTS: [Slot; MAX] = [const {
    Slot {
        apic_id: AtomicU32::new(NOBODY),
        state: AtomicU32::new(FREE),
        stack: AtomicU64::new(0),
    }
}; MAX];

global_asm!(include_str!("trampoline.s"), slots = sym SLOTS, count = const MAX, enter = sym enter);

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
/// Held while a slot is taken.
static STARTING_ONE: Mutex<()> = Mutex::new(());

/// Why a CPU cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// [`MAX`] CPUs run already.
    TooMany,
    /// The CPU with this APIC ID runs already.
    Running,
    /// The APIC ID cannot be addressed: it needs the x2APIC, which this machine lacks.
    Unreachable {
        /// The APIC ID.
        apic_id: u64,
    },
    /// There is no memory for its stacks.
    Memory(memory::MemoryError),
    /// There is no usable page below 1 MiB for the trampoline.
    NoLowPage,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(
                f,
                "{MAX} CPUs run already, and this guest is built for no more"
            ),
            Self::Running => write!(f, "a CPU with this APIC ID runs already"),
            Self::Unreachable { apic_id } => {
                write!(
                    f,
                    "APIC ID {apic_id:#x} is out of this APIC's reach; start QEMU with -cpu ...,+x2apic"
                )
            }
            Self::Memory(error) => write!(f, "no stack: {error}"),
            Self::NoLowPage => write!(f, "no usable page below 1 MiB for the trampoline"),
        }
    }
}

/// Prepares for starting CPUs: each will run `entry` with its index.
///
/// # Errors
/// [`StartError::NoLowPage`] or [`StartError::Memory`]; no CPU can be started then.
pub fn init(entry: fn(usize) -> !) -> Result<(), StartError> {
    let own = &SLOTS[BOOT_INDEX];
    own.state.store(STARTING, Ordering::Relaxed);
    own.apic_id.store(local_apic::id(), Ordering::Release);
    ENTRY.call_once(|| entry);
    let page = memory::low_page().ok_or(StartError::NoLowPage)?;
    memory::install_low_code(page, &trampoline()).map_err(StartError::Memory)?;
    TRAMPOLINE.call_once(|| (page >> 12) as u8);
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
/// # Errors
/// [`StartError`]; nothing was sent then.
pub fn start(hw_id: u64, prepare: impl FnOnce(usize)) -> Result<usize, StartError> {
    let unreachable = StartError::Unreachable { apic_id: hw_id };
    let apic_id = u32::try_from(hw_id).map_err(|_| unreachable)?;
    if apic_id > local_apic::highest_id() {
        return Err(unreachable);
    }
    let page = *TRAMPOLINE.get().ok_or(StartError::NoLowPage)?;
    let index = take_slot(apic_id)?;
    prepare(index);
    local_apic::send_init(apic_id);
    local_apic::send_startup(apic_id, page);
    Ok(index)
}

fn take_slot(apic_id: u32) -> Result<usize, StartError> {
    let _one = STARTING_ONE.lock();
    if SLOTS
        .iter()
        .any(|slot| slot.apic_id.load(Ordering::Acquire) == apic_id)
    {
        return Err(StartError::Running);
    }
    let free = |slot: &Slot| slot.apic_id.load(Ordering::Acquire) == NOBODY;
    let index = SLOTS.iter().position(free).ok_or(StartError::TooMany)?;
    let stacks = memory::stacks(index).map_err(StartError::Memory)?;
    SLOTS[index].stack.store(stacks.main, Ordering::Relaxed);
    SLOTS[index].state.store(STARTING, Ordering::Relaxed);
    SLOTS[index].apic_id.store(apic_id, Ordering::Release);
    Ok(index)
}

/// Repeats the start-up interrupt, for a CPU that did not answer the first.
pub fn start_again(index: usize) {
    if let (Some(apic_id), Some(&page)) = (apic_id(index), TRAMPOLINE.get()) {
        local_apic::send_startup(apic_id, page);
    }
}

/// Gives up a CPU that did not start: resets it, so that it cannot wake up later, and frees its index.
pub fn abandon(index: usize) {
    if let Some(apic_id) = apic_id(index) {
        local_apic::send_init(apic_id);
    }
    release(index);
}

/// Whether the CPU has parked: it will not run another instruction until it is started again.
pub fn is_parked(index: usize) -> bool {
    SLOTS
        .get(index)
        .is_some_and(|slot| slot.state.load(Ordering::Acquire) == PARKED)
}

/// Frees the index of a CPU that has parked or was reset.
pub fn release(index: usize) {
    if let Some(slot) = SLOTS.get(index) {
        slot.state.store(FREE, Ordering::Relaxed);
        slot.apic_id.store(NOBODY, Ordering::Release);
    }
}

/// Interrupts a CPU so that a halt of it ends.
pub fn wake(index: usize) {
    if let Some(apic_id) = apic_id(index) {
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

/// A started CPU's first Rust, on its own stack, interrupts off.
extern "C" fn enter(index: usize) -> ! {
    let prepared = memory::stacks(index).ok().zip(ENTRY.get());
    let Some((stacks, entry)) = prepared else {
        super::power::halt()
    };
    gdt::load(index, &stacks);
    GsBase::write(VirtAddr::new(index as u64));
    interrupts::load();
    local_apic::enable();
    flag::enable();
    entry(index)
}
