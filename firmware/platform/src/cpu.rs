//! CPUs: who am I; start, wake and park another.
//!
//! A CPU that runs has an index, from 0 (the boot CPU) to below [`MAX`]: its row in a table that its first
//! instructions look at. An index, and the stacks that go with it, belong to one hardware ID from [`start`] until
//! [`release`]. A CPU that did not answer keeps its index: it may yet come to run on those stacks. The signals
//! themselves are the architecture's: INIT and STARTUP, or PSCI.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use hotvcpu_tables::{Fadt, HardwareId};
use spin::{Mutex, Once};

use crate::arch::cpu as arch;
use crate::memory::{self, MemoryError};

pub use crate::arch::cpu::{SECOND_SIGNAL, current};

/// CPUs that can run at once, the boot CPU included.
pub const MAX: usize = 512;

/// The boot CPU's index.
pub const BOOT_INDEX: usize = 0;

const NOBODY: u64 = u64::MAX;

// States of a slot that has an ID.
/// The CPU shall not run; should it start all the same, its first instructions stop it.
const HELD: u32 = 0;
/// The CPU runs, or is being started.
pub(crate) const IN_USE: u32 = 1;
/// The CPU is about to execute its last instruction.
pub(crate) const PARKED: u32 = 2;

/// One row of the table; its layout is known to the assembly that a started CPU runs first.
#[repr(C)]
pub(crate) struct Slot {
    /// Whose row it is; [`NOBODY`]'s is free.
    id: AtomicU64,
    /// The top of its stack.
    stack: AtomicU64,
    state: AtomicU32,
    padding: u32,
}

const _: () = assert!(size_of::<Slot>() == 24);

pub(crate) static SLOTS: [Slot; MAX] = [const {
    Slot {
        id: AtomicU64::new(NOBODY),
        stack: AtomicU64::new(0),
        state: AtomicU32::new(HELD),
        padding: 0,
    }
}; MAX];

/// What a started CPU runs; see [`init`].
static ENTRY: Once<fn(usize) -> !> = Once::new();
/// Held while a slot changes hands.
static HANDING_OVER: Mutex<()> = Mutex::new(());

/// Why a CPU cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartError {
    /// [`MAX`] CPUs run already.
    TooMany,
    /// The CPU with this ID runs already.
    Running,
    /// The interrupt controller cannot address it.
    Unreachable,
    /// There is no memory for its stacks.
    Memory(MemoryError),
    /// The signal was not sent, or [`init`] has failed.
    NotDelivered,
    /// PSCI: DENIED.
    Denied,
    /// PSCI: INVALID_PARAMETERS.
    InvalidParameters,
    /// PSCI: ALREADY_ON.
    AlreadyOn,
    /// PSCI: ON_PENDING.
    OnPending,
    /// PSCI: any other code.
    Firmware(i64),
}

/// Prepares for starting CPUs: each will run `entry` with its index. On x86_64 `entry` takes no lock before the starter
/// has heard from it, because [`abandon`] may reset it until then.
///
/// # Errors
/// [`MemoryError`], when there is no page for a CPU's first code; no CPU can be started then.
pub fn init(entry: fn(usize) -> !, fadt: &Fadt) -> Result<(), MemoryError> {
    let own = &SLOTS[BOOT_INDEX];
    own.state.store(IN_USE, Ordering::Relaxed);
    own.id.store(arch::own_id(), Ordering::Release);
    ENTRY.call_once(|| entry);
    arch::init(fadt)
}

/// The boot CPU's hardware ID.
pub fn boot_id() -> HardwareId {
    arch::hardware_id(SLOTS[BOOT_INDEX].id.load(Ordering::Acquire))
}

/// Tells the CPU with this hardware ID to start; returns the index it will have. `prepare` is called with that index
/// before anything is sent.
///
/// # Errors
/// [`StartError`]; the CPU will not start then.
pub fn start(hw_id: u64, prepare: impl FnOnce(usize)) -> Result<usize, StartError> {
    arch::check(hw_id)?;
    let index = hold_slot(hw_id)?;
    prepare(index);
    let allow = || SLOTS[index].state.store(IN_USE, Ordering::Release);
    if let Err(error) = arch::signal(hw_id, index, allow) {
        abandon(index);
        return Err(error);
    }
    Ok(index)
}

/// The row of this ID if it has one, else a free one; with its stacks mapped.
fn hold_slot(hw_id: u64) -> Result<usize, StartError> {
    let _held = HANDING_OVER.lock();
    let row_of = |id: u64| {
        SLOTS
            .iter()
            .position(|slot| slot.id.load(Ordering::Acquire) == id)
    };
    let index = row_of(hw_id)
        .or_else(|| row_of(NOBODY))
        .ok_or(StartError::TooMany)?;
    let slot = &SLOTS[index];
    if slot.state.load(Ordering::Acquire) == IN_USE {
        return Err(StartError::Running);
    }
    let stacks = memory::map_stacks(index).map_err(StartError::Memory)?;
    slot.state.store(HELD, Ordering::Relaxed);
    slot.stack.store(stacks.main, Ordering::Relaxed);
    slot.id.store(hw_id, Ordering::Release);
    Ok(index)
}

/// Repeats the signal, for a CPU that did not answer the first within [`SECOND_SIGNAL`]. False: it cannot be sent.
pub fn start_again(index: usize) -> bool {
    id(index).is_some_and(arch::signal_again)
}

/// Gives up a CPU that did not start, so that it cannot wake up later. It keeps its index for its next start.
pub fn abandon(index: usize) {
    if let (Some(slot), Some(id)) = (SLOTS.get(index), id(index)) {
        slot.state.store(HELD, Ordering::Release);
        arch::cancel(id);
    }
}

/// Frees the index of a CPU if it has parked: then it will not run another instruction until it is started again.
/// False: it has not.
pub fn release(index: usize) -> bool {
    let _held = HANDING_OVER.lock();
    let (Some(slot), Some(id)) = (SLOTS.get(index), id(index)) else {
        return false;
    };
    let parked = slot.state.load(Ordering::Acquire) == PARKED && arch::is_off(id);
    if parked {
        slot.state.store(HELD, Ordering::Relaxed);
        slot.id.store(NOBODY, Ordering::Release);
    }
    parked
}

/// Whether a CPU that was given up is off by now.
pub fn is_off(hw_id: u64) -> bool {
    arch::is_off(hw_id)
}

/// Interrupts a CPU so that a halt of it ends.
pub fn wake(index: usize) {
    if let Some(id) = id(index) {
        arch::wake(id);
    }
}

/// Stops the caller until it is started again.
pub fn park() -> ! {
    arch::park(&SLOTS[current() % MAX].state, PARKED)
}

fn id(index: usize) -> Option<u64> {
    let id = SLOTS.get(index)?.id.load(Ordering::Acquire);
    (id != NOBODY).then_some(id)
}

/// The second half of a started CPU's way to the kernel: its interrupts are on.
pub(crate) fn run(index: usize) -> ! {
    match ENTRY.get() {
        Some(entry) => entry(index),
        None => crate::power::halt(),
    }
}
