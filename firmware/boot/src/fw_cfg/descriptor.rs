//! What the device is told about a transfer (QEMU docs/specs/fw_cfg.rst, "Guest-side DMA Interface").

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A transfer's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// From the item into memory.
    Read,
    /// From memory into the item.
    Write,
    /// Goes on by so many bytes.
    Skip(u32),
}

/// The descriptor of a transfer, as the device reads it: big-endian. It is made of atomics because the device writes
/// the control word while this code looks at it.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Descriptor {
    control: AtomicU32,
    length: AtomicU32,
    address: AtomicU64,
}

impl Descriptor {
    /// The control word's bit that the device sets when it failed.
    pub const ERROR: u32 = 1 << 0;
    /// The control word's bit for a read.
    pub const READ: u32 = 1 << 1;
    /// The control word's bit for a skip.
    pub const SKIP: u32 = 1 << 2;
    /// The control word's bit that selects the item whose key stands in the upper half.
    pub const SELECT: u32 = 1 << 3;
    /// The control word's bit for a write.
    pub const WRITE: u32 = 1 << 4;

    /// Describes one operation on `buffer`, on the item `key` from its beginning, or else on the item that is current
    /// from where it is.
    ///
    /// The address that the device gets is the buffer's own: the memory must be mapped so that it is the physical one.
    pub(super) fn new(key: Option<u16>, operation: Operation, buffer: &mut [u8]) -> Self {
        let (bit, length) = match operation {
            Operation::Read => (Self::READ, clamp(buffer.len())),
            Operation::Write => (Self::WRITE, clamp(buffer.len())),
            Operation::Skip(count) => (Self::SKIP, count),
        };
        let select = key.map_or(0, |key| (u32::from(key) << 16) | Self::SELECT);
        Self {
            control: AtomicU32::new((bit | select).to_be()),
            length: AtomicU32::new(length.to_be()),
            address: AtomicU64::new((buffer.as_mut_ptr() as u64).to_be()),
        }
    }

    /// The control word: 0 when the transfer is done.
    pub fn control(&self) -> u32 {
        u32::from_be(self.control.load(Ordering::Acquire))
    }

    /// Ends the transfer, as the device does; for devices that are software.
    pub fn finish(&self, control: u32) {
        self.control.store(control.to_be(), Ordering::Release);
    }

    /// The number of bytes to be moved or skipped.
    pub fn length(&self) -> u32 {
        u32::from_be(self.length.load(Ordering::Relaxed))
    }
}

/// Every caller has checked the length against an item's, which has 32 bits.
fn clamp(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
