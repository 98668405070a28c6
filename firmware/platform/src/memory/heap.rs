//! The heap: one piece of memory, opened once.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;

use linked_list_allocator::Heap;
use spin::Mutex;

use crate::arch::interrupts::without_interrupts;

const MIB: u64 = 1 << 20;

/// The namespace of a 4096-CPU machine takes about 12 MiB; beyond this a larger heap serves nobody.
const LARGEST: u64 = 96 * MIB;

#[global_allocator]
static HEAP: GuestHeap = GuestHeap(Mutex::new(Heap::empty()));

/// The heap behind a lock that is only taken with interrupts off, so that a handler which allocates (none does)
/// would not deadlock with the code it interrupted.
struct GuestHeap(Mutex<Heap>);

// SAFETY: `Heap` upholds the allocator's contract, and the lock makes it exclusive.
unsafe impl GlobalAlloc for GuestHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let allocate = || {
            self.0
                .lock()
                .allocate_first_fit(layout)
                .map_or(core::ptr::null_mut(), NonNull::as_ptr)
        };
        without_interrupts(allocate)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some(pointer) = NonNull::new(pointer) else {
            return;
        };
        // SAFETY: the caller passes what `alloc` gave, with the same layout.
        without_interrupts(|| unsafe { self.0.lock().deallocate(pointer, layout) });
    }
}

/// Bytes of heap for a guest that has `available` bytes: three eighths, in whole MiB, and never more than anyone needs.
pub fn size_for(available: u64) -> u64 {
    (available * 3 / 8).clamp(MIB, LARGEST) / MIB * MIB
}

/// Bytes of the heap that are in use.
pub fn used() -> u64 {
    without_interrupts(|| HEAP.0.lock().used() as u64)
}

/// Opens the heap over `[start, start + bytes)`, in place of the early one.
pub fn open(start: u64, bytes: u64) {
    // SAFETY: `init` runs once and took these frames for the heap alone; they are mapped writable. Nothing is left in the
    // early heap.
    unsafe { *HEAP.0.lock() = Heap::new(start as *mut u8, bytes as usize) };
}

/// Opens a small heap, for what has to be read before the machine's memory is known. Nothing in it outlives that.
#[cfg(target_arch = "aarch64")]
pub fn open_early() {
    const BYTES: usize = 128 * 1024;
    static mut EARLY: [core::mem::MaybeUninit<u64>; BYTES / 8] =
        [core::mem::MaybeUninit::uninit(); BYTES / 8];
    // SAFETY: called once, at the entry; nothing else names this memory.
    unsafe { *HEAP.0.lock() = Heap::new((&raw mut EARLY).cast(), BYTES) };
}
