//! The control device: a virtio console over MMIO (virtio 1.2, 5.3), driven so that nothing ever waits for it.
//!
//! The published driver's output waits for the device without end, which a monitor cannot do on behalf of a host that
//! may not listen. So this one uses the published transport and queues and keeps one buffer each way under way:
//! whoever has something to send starts it if nothing is being sent, and the device's interrupt starts the next.
use alloc::boxed::Box;
use core::ptr::NonNull;

use virtio_drivers::queue::VirtQueue;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceStatus, DeviceType, Transport};
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

/// The device's registers.
const REGISTERS_LENGTH: usize = 0x200;
/// Port 0's queues.
const RECEIVE: u16 = 0;
const TRANSMIT: u16 = 1;
const QUEUE_SIZE: usize = 2;
const VERSION_1: u64 = 1 << 32;

/// Bytes that are taken from the host at once: some lines. They pass through a CPU's stack.
const INPUT: usize = 512;

/// What is taken from the host at once.
pub type Input = [u8; INPUT];

/// An empty [`Input`].
pub const NO_INPUT: Input = [0; INPUT];

/// Memory for the queues. Physical addresses are virtual ones: the firmware's map is the identity.
struct Memory;

// SAFETY: pages come from the global allocator, zeroed, aligned and not shared; the identity map makes every pointer
// a physical address; and nothing is moved or remapped.
unsafe impl Hal for Memory {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let Ok(layout) = core::alloc::Layout::from_size_align(pages * PAGE_SIZE, PAGE_SIZE) else {
            return (0, NonNull::dangling());
        };
        // SAFETY: the layout is not empty: queues have at least one page.
        let pointer = unsafe { alloc::alloc::alloc_zeroed(layout) };
        match NonNull::new(pointer) {
            Some(pointer) => (pointer.as_ptr() as PhysAddr, pointer),
            // The driver takes address 0 for a failure.
            None => (0, NonNull::dangling()),
        }
    }

    unsafe fn dma_dealloc(_: PhysAddr, address: NonNull<u8>, pages: usize) -> i32 {
        let Ok(layout) = core::alloc::Layout::from_size_align(pages * PAGE_SIZE, PAGE_SIZE) else {
            return -1;
        };
        // SAFETY: the caller gives back what `dma_alloc` gave out for as many pages.
        unsafe { alloc::alloc::dealloc(address.as_ptr(), layout) };
        0
    }

    unsafe fn mmio_phys_to_virt(address: PhysAddr, _: usize) -> NonNull<u8> {
        NonNull::new(address as *mut u8).unwrap_or(NonNull::dangling())
    }

    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        buffer.cast::<u8>().as_ptr() as PhysAddr
    }

    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}

/// The control device.
pub struct Console {
    transport: MmioTransport<'static>,
    receive: VirtQueue<Memory, QUEUE_SIZE>,
    transmit: VirtQueue<Memory, QUEUE_SIZE>,
    input: Box<Input>,
    output: Box<[u8; PAGE_SIZE]>,
    /// The receive buffer's token while the device has it.
    receiving: Option<u16>,
    /// The transmit buffer's token and length while the device has it.
    sending: Option<(u16, usize)>,
}

impl Console {
    /// Takes over the device whose registers are at `address`.
    ///
    /// # Safety
    /// A virtio-mmio slot is at `address`, mapped, and nobody else uses it.
    pub unsafe fn open(address: u64) -> Result<Self, &'static str> {
        let header = NonNull::new(address as *mut VirtIOHeader).ok_or("address 0")?;
        // SAFETY: the caller vouches for the registers, which stay where they are.
        let transport = unsafe { MmioTransport::new(header, REGISTERS_LENGTH) };
        let mut transport = transport.map_err(|_| "no virtio device")?;
        if transport.device_type() != DeviceType::Console {
            return Err("not a console");
        }
        begin(&mut transport)?;
        let no_queue = |_| "no queue";
        let receive = VirtQueue::new(&mut transport, RECEIVE, false, false).map_err(no_queue)?;
        let transmit = VirtQueue::new(&mut transport, TRANSMIT, false, false).map_err(no_queue)?;
        transport.finish_init();
        Ok(Self {
            transport,
            receive,
            transmit,
            input: Box::new(NO_INPUT),
            output: Box::new([0; PAGE_SIZE]),
            receiving: None,
            sending: None,
        })
    }

    /// Takes the interrupt off the line.
    pub fn acknowledge(&mut self) {
        self.transport.ack_interrupt();
    }

    /// Takes what the host has sent, and lets it send more. Returns the length, which is 0 if nothing came.
    pub fn receive(&mut self, into: &mut Input) -> usize {
        let mut length = 0;
        if let Some(token) = self.receiving
            && self.receive.peek_used() == Some(token)
        {
            // SAFETY: the token is that of the one receive buffer, which has not moved since.
            let used = unsafe {
                let buffer = &mut [self.input.as_mut_slice()];
                self.receive.pop_used(token, &[], buffer)
            };
            self.receiving = None;
            length = used.map_or(0, |used| INPUT.min(used as usize));
            *into = *self.input;
        }
        self.listen();
        length
    }

    /// Gives the device the receive buffer, if it does not have it.
    pub fn listen(&mut self) {
        if self.receiving.is_some() {
            return;
        }
        // SAFETY: the buffer is not under way, and stays where it is until the device gives it back.
        let token = unsafe {
            let buffer = &mut [self.input.as_mut_slice()];
            self.receive.add(&[], buffer)
        };
        self.receiving = token.ok();
        self.transport.notify(RECEIVE);
    }

    /// Sends what `fill` gives, as long as the device takes it at once; then leaves the rest to its interrupt.
    /// `fill` writes into the buffer and returns how much.
    pub fn send(&mut self, mut fill: impl FnMut(&mut [u8]) -> usize) {
        while self.finish_sending() {
            let length = fill(self.output.as_mut_slice());
            let Some(filled) = self.output.get(..length).filter(|_| length > 0) else {
                return;
            };
            // SAFETY: the buffer is not under way, and stays where it is until the device gives it back.
            let token = unsafe { self.transmit.add(&[filled], &mut []) };
            self.sending = token.ok().map(|token| (token, length));
            self.transport.notify(TRANSMIT);
        }
    }

    /// Whether nothing is being sent (any more).
    fn finish_sending(&mut self) -> bool {
        let Some((token, length)) = self.sending else {
            return true;
        };
        if self.transmit.peek_used() != Some(token) {
            return false;
        }
        let sent = self.output.get(..length).unwrap_or_default();
        // SAFETY: the token is that of the one transmit buffer, which has not moved since.
        let done = unsafe { self.transmit.pop_used(token, &[sent], &mut []) };
        self.sending = None;
        done.is_ok()
    }
}

/// Initialisation up to the queues (virtio 1.2, 3.1.1): the device has to know version 1, and no more is wanted.
fn begin(transport: &mut MmioTransport<'static>) -> Result<(), &'static str> {
    transport.set_status(DeviceStatus::empty());
    let mut status = DeviceStatus::ACKNOWLEDGE | DeviceStatus::DRIVER;
    transport.set_status(status);
    if transport.read_device_features() & VERSION_1 == 0 {
        return Err("a legacy device");
    }
    transport.write_driver_features(VERSION_1);
    status |= DeviceStatus::FEATURES_OK;
    transport.set_status(status);
    let agreed = transport.get_status().contains(DeviceStatus::FEATURES_OK);
    agreed.then_some(()).ok_or("features refused")
}
