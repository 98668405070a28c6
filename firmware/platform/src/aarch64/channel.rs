//! Event records leave through a virtio console (virtio 1.2, 5.3) behind virtio-mmio registers (4.2.2).
//!
//! A batch of records is copied into a free buffer and handed to the device, and nobody waits for it: QEMU takes the
//! buffers in its own time. Only when all are with the device, or the machine is about to end, is there a wait, and
//! that has a deadline. Not `virtio-drivers`' own console driver: its send waits for the device without end.

use alloc::alloc::{Layout, alloc_zeroed};
use alloc::boxed::Box;
use core::ptr::NonNull;

use bitflags::bitflags;
use spin::Mutex;
use virtio_drivers::queue::VirtQueue;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, Transport};
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

use super::timer;
use crate::channel::{OpenError, Place};
use crate::memory::is_device_or_firmware;

/// Bytes of a slot's registers.
const SLOT: usize = 0x200;

/// The first port's queue towards the host (5.3.2).
const TRANSMIT: u16 = 1;

const BUFFERS: usize = 8;
const BUFFER_BYTES: usize = 8 * 1024;

/// How long the device may keep all buffers before records are dropped, in ms.
const PATIENCE_MS: u64 = 1_000;

static CONSOLE: Mutex<Option<Console>> = Mutex::new(None);

bitflags! {
    /// The one feature that is asked for: the device follows virtio 1.0 or later.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Features: u64 {
        const VERSION_1 = 1 << 32;
    }
}

struct Console {
    transport: MmioTransport<'static>,
    queue: VirtQueue<IdentityMapped, BUFFERS>,
    buffers: [Buffer; BUFFERS],
    /// The device kept all buffers for too long; until it gives one back, records are dropped.
    stuck: bool,
}

struct Buffer {
    bytes: Box<[u8; BUFFER_BYTES]>,
    /// Its bytes in use and its token, while the device has it.
    lent: Option<(usize, u16)>,
}

// SAFETY: the queue's pointers lead to memory that only this value reaches; it is used under `CONSOLE`'s lock.
unsafe impl Send for Console {}

/// Takes the virtio console at `place` as the event channel.
///
/// # Errors
/// [`OpenError`].
pub fn open(place: Place) -> Result<(), OpenError> {
    let Place::VirtioMmio(address) = place else {
        return Err(OpenError::OtherArchitecture(place));
    };
    let possible = is_device_or_firmware(address, SLOT as u64) && address.is_multiple_of(4);
    let header = NonNull::new(address as *mut VirtIOHeader).filter(|_| possible);
    let header = header.ok_or(OpenError::NoDevice(place))?;
    // SAFETY: the user named this address as a virtio-mmio slot; it is aligned, mapped as device memory and outside of
    // all memory that is Rust's. Nothing else in this guest uses it.
    let transport = unsafe { MmioTransport::new(header, SLOT) };
    let mut transport = transport.map_err(|_| OpenError::NoDevice(place))?;
    if transport.device_type() != DeviceType::Console {
        return Err(OpenError::NoDevice(place));
    }
    let unusable = |why| OpenError::Unusable(place, why);
    if transport.requires_legacy_layout() {
        return Err(unusable(
            "it is a legacy one: start QEMU with -global virtio-mmio.force-legacy=false",
        ));
    }
    transport.begin_init(Features::VERSION_1);
    let queue = VirtQueue::new(&mut transport, TRANSMIT, false, false)
        .map_err(|_| unusable("its queue cannot be set up"))?;
    transport.finish_init();
    let buffer = || Buffer {
        bytes: Box::new([0; BUFFER_BYTES]),
        lent: None,
    };
    *CONSOLE.lock() = Some(Console {
        transport,
        queue,
        buffers: core::array::from_fn(|_| buffer()),
        stuck: false,
    });
    Ok(())
}

/// Sends `bytes`; they are dropped where no channel is open, or the device has taken none for a second.
pub fn write(bytes: &[u8]) {
    if let Some(console) = CONSOLE.lock().as_mut() {
        for piece in bytes.chunks(BUFFER_BYTES) {
            console.send(piece);
        }
    }
}

/// Waits until the host has everything, at most a second; from an exception or a panic too.
pub fn settle() {
    if let Some(mut console) = CONSOLE.try_lock()
        && let Some(console) = console.as_mut()
    {
        wait_until(|| {
            console.reclaim();
            console.buffers.iter().all(|buffer| buffer.lent.is_none())
        });
    }
}

impl Console {
    fn send(&mut self, piece: &[u8]) {
        let Some(place) = self.free_buffer() else {
            return;
        };
        let Buffer { bytes, lent } = &mut self.buffers[place];
        let Some(room) = bytes.get_mut(..piece.len()) else {
            return;
        };
        room.copy_from_slice(piece);
        // SAFETY: the buffer belongs to this static console, and nobody touches it until `reclaim` takes it back.
        let token = unsafe { self.queue.add(&[room], &mut []) };
        if let Ok(token) = token {
            *lent = Some((piece.len(), token));
            if self.queue.should_notify() {
                self.transport.notify(TRANSMIT);
            }
        }
    }

    /// A buffer that the device does not have; `None` if it keeps them all.
    fn free_buffer(&mut self) -> Option<usize> {
        let mut found = None;
        let was_stuck = self.stuck;
        let mut look = || {
            self.reclaim();
            found = self.buffers.iter().position(|buffer| buffer.lent.is_none());
            found.is_some() || was_stuck
        };
        wait_until(&mut look);
        self.stuck = found.is_none();
        found
    }

    /// Takes back what the device is done with.
    fn reclaim(&mut self) {
        while let Some(token) = self.queue.peek_used() {
            let is_it = |buffer: &&mut Buffer| buffer.lent.is_some_and(|(_, lent)| lent == token);
            let Some(buffer) = self.buffers.iter_mut().find(is_it) else {
                return;
            };
            let length = buffer.lent.map_or(0, |(length, _)| length);
            let bytes = &buffer.bytes[..length];
            // SAFETY: this is the very piece that was lent under this token.
            if unsafe { self.queue.pop_used(token, &[bytes], &mut []) }.is_err() {
                return;
            }
            buffer.lent = None;
        }
    }
}

/// Asks `done` until it says yes, or the device's time is over.
fn wait_until(mut done: impl FnMut() -> bool) {
    let end = timer::counter().saturating_add(timer::frequency() / 1_000 * PATIENCE_MS);
    while !done() && timer::counter() < end {
        core::hint::spin_loop();
    }
}

/// Memory as the device sees it: all of it identity mapped and coherent.
struct IdentityMapped;

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
        // Only PCI transports ask.
        NonNull::new(address as *mut u8).unwrap_or(NonNull::dangling())
    }

    unsafe fn share(buffer: NonNull<[u8]>, _direction: BufferDirection) -> PhysAddr {
        buffer.cast::<u8>().as_ptr() as PhysAddr
    }

    unsafe fn unshare(_address: PhysAddr, _buffer: NonNull<[u8]>, _direction: BufferDirection) {}
}
