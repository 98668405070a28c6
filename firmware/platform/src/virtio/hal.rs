//! Memory as a device sees it: all of it identity mapped and coherent.

use alloc::alloc::{Layout, alloc_zeroed};
use core::ptr::NonNull;

use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

/// Virtual addresses are physical ones.
pub(crate) struct IdentityMapped;

// SAFETY: the heap gives memory that is aligned, zeroed and nobody else's; virtual addresses are physical ones.
unsafe impl Hal for IdentityMapped {
    fn dma_alloc(pages: usize, _direction: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let layout = Layout::from_size_align(pages * PAGE_SIZE, PAGE_SIZE);
        let memory = layout
            .ok()
            .filter(|layout| layout.size() > 0)
            .map(|layout| {
                // SAFETY: the layout has a size.
                unsafe { alloc_zeroed(layout) }
            });
        match memory.and_then(NonNull::new) {
            Some(memory) => (memory.as_ptr() as PhysAddr, memory),
            // An address of 0 is this trait's way to say that there is no memory.
            None => (0, NonNull::dangling()),
        }
    }

    unsafe fn dma_dealloc(_address: PhysAddr, memory: NonNull<u8>, pages: usize) -> i32 {
        if let Ok(layout) = Layout::from_size_align(pages * PAGE_SIZE, PAGE_SIZE) {
            // SAFETY: the caller passes what `dma_alloc` gave.
            unsafe { alloc::alloc::dealloc(memory.as_ptr(), layout) };
        }
        0
    }

    unsafe fn mmio_phys_to_virt(address: PhysAddr, _size: usize) -> NonNull<u8> {
        // Only the crate's PCI transports ask, and this guest uses its own.
        NonNull::new(address as *mut u8).unwrap_or(NonNull::dangling())
    }

    unsafe fn share(buffer: NonNull<[u8]>, _direction: BufferDirection) -> PhysAddr {
        buffer.cast::<u8>().as_ptr() as PhysAddr
    }

    unsafe fn unshare(_address: PhysAddr, _buffer: NonNull<[u8]>, _direction: BufferDirection) {}
}
