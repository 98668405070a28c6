//! Memory that keeps its content over a reset of the machine, with the contract's block in it, twice.
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

use hotvcpu_contract::persistent::block_length;
use hotvcpu_contract::{Contract, MAX_SLOTS};

use crate::el2::sysreg::read;

const COPY: usize = block_length(MAX_SLOTS).next_multiple_of(16);

/// The two copies. The linker script keeps `.noinit` out of what the firmware zeroes.
struct NoInit(UnsafeCell<MaybeUninit<[[u8; COPY]; 2]>>);

// SAFETY: it is touched only by `Store`, of which there is one, behind the monitor's lock.
unsafe impl Sync for NoInit {}

#[unsafe(link_section = ".noinit")]
static MEMORY: NoInit = NoInit(UnsafeCell::new(MaybeUninit::uninit()));

/// The way to the two copies.
#[derive(Debug)]
pub struct Store {
    sequence: u64,
}

impl Store {
    /// Puts back what an earlier start of this power-on has saved, if anything.
    ///
    /// # Safety
    /// There is no other `Store`.
    pub unsafe fn open(contract: &mut Contract) -> Self {
        let now = counter();
        let newest = (0..2)
            .filter_map(|copy| contract.read_saved(&read_copy(copy), now))
            .max_by_key(|saved| saved.sequence);
        if let Some(saved) = &newest {
            contract.restore(saved);
        }
        Self {
            sequence: newest.map_or(0, |saved| saved.sequence),
        }
    }

    /// Saves what has to survive. The older copy is overwritten.
    pub fn save(&mut self, contract: &Contract) {
        self.sequence += 1;
        let block = contract.save(self.sequence, counter());
        let copy = MEMORY.0.get().cast::<[u8; COPY]>();
        let length = block.len().min(COPY);
        // SAFETY: one of the two copies, of `COPY` bytes; nothing refers to it.
        unsafe {
            let copy = copy.add((self.sequence % 2) as usize).cast::<u8>();
            copy.copy_from_nonoverlapping(block.as_ptr(), length);
        }
    }
}

/// What is in a copy; at power-on that may be anything. It is read byte by byte as what it is, memory: the compiler
/// must not conclude anything from nobody having written it.
fn read_copy(copy: usize) -> Vec<u8> {
    let start = MEMORY.0.get().cast::<u8>();
    // SAFETY: `copy` is 0 or 1, so every byte is within the static; a volatile read takes what is in RAM.
    let byte = |index| unsafe { start.add(copy * COPY + index).read_volatile() };
    (0..COPY).map(byte).collect()
}

/// The machine's counter, which runs on over a reset.
fn counter() -> u64 {
    read!("CNTPCT_EL0")
}
