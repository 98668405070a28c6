//! The heap, in two parts: a small one in static RAM, with which the device tree is read; and one at the top of RAM,
//! as big as what is installed needs, once it is known how much RAM there is.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;

use linked_list_allocator::LockedHeap;

use crate::layout;

#[global_allocator]
static HEAP: Heap = Heap {
    early: LockedHeap::empty(),
    late: LockedHeap::empty(),
};

struct Heap {
    early: LockedHeap,
    late: LockedHeap,
}

// SAFETY: each block comes from one of two heaps that keep `GlobalAlloc`'s promises, and goes back to the one whose
// memory it lies in.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let late = self.late.lock().allocate_first_fit(layout);
        let block = late.or_else(|()| self.early.lock().allocate_first_fit(layout));
        block.map_or(null_mut(), |block| block.as_ptr())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let is_early = {
            let early = self.early.lock();
            (early.bottom()..early.top()).contains(&block)
        };
        let heap = if is_early { &self.early } else { &self.late };
        // SAFETY: the caller got the block from `alloc` with this layout, and it came from this heap.
        unsafe { heap.dealloc(block, layout) }
    }
}

/// Opens the first part. Called once, before anything is allocated.
pub fn open() {
    let memory = layout::early_heap();
    // SAFETY: the linker script sets this memory apart for the heap, and this is called once.
    unsafe {
        HEAP.early
            .lock()
            .init(memory.start as *mut u8, memory.len())
    }
}

/// Opens the second part. Called at most once.
pub fn extend(memory: &'static mut [u8]) {
    // SAFETY: the memory is the heap's alone from here on, and this is called once.
    unsafe { HEAP.late.lock().init(memory.as_mut_ptr(), memory.len()) }
}
