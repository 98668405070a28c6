//! A queue with buffers of its own, each lent to the device and taken back as a whole.
//!
//! What the device says is checked: a token that was not given out, and a length beyond the buffer.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{Ordering, fence};

use virtio_drivers::queue::VirtQueue;
use virtio_drivers::transport::Transport;

use super::IdentityMapped;

/// Who writes into the buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The device does.
    FromDevice,
    /// The driver does.
    ToDevice,
}

/// The length of every queue, and so the most buffers of a lane: QEMU's shortest, a console's control queue, has as many.
const LENGTH: usize = 32;

/// A queue with its buffers.
pub(crate) struct Lane {
    number: u16,
    direction: Direction,
    /// In a box, because it is a kilobyte, and stacks on which several of them are moved about are small.
    queue: Box<VirtQueue<IdentityMapped, LENGTH>>,
    buffers: Vec<Buffer>,
}

struct Buffer {
    bytes: Box<[u8]>,
    /// Its bytes in use and its token, while the device has it.
    lent: Option<(usize, u16)>,
}

impl Lane {
    /// Sets up the device's queue `number`, with `count` buffers of `length` bytes. `None`: it has none such, or memory
    /// is out.
    pub fn new(
        transport: &mut impl Transport,
        number: u16,
        direction: Direction,
        (count, length): (usize, usize),
    ) -> Option<Self> {
        let queue = Box::new(VirtQueue::new(transport, number, false, false).ok()?);
        let buffer = || Buffer {
            bytes: vec![0; length].into_boxed_slice(),
            lent: None,
        };
        Some(Self {
            number,
            direction,
            queue,
            buffers: (0..count.min(LENGTH)).map(|_| buffer()).collect(),
        })
    }

    /// A buffer that the device does not have.
    pub fn free(&self) -> Option<usize> {
        self.buffers.iter().position(|buffer| buffer.lent.is_none())
    }

    /// For the event channel of aarch64: whether the device has none of the buffers.
    #[cfg(target_arch = "aarch64")]
    pub fn all_free(&self) -> bool {
        self.buffers.iter().all(|buffer| buffer.lent.is_none())
    }

    /// The bytes of a buffer; none while the device has it.
    pub fn bytes(&self, place: usize) -> &[u8] {
        let buffer = self.buffers.get(place);
        let buffer = buffer.filter(|buffer| buffer.lent.is_none());
        buffer.map_or(&[], |buffer| &buffer.bytes[..])
    }

    /// Lends the device a buffer to write to.
    pub fn lend(&mut self, place: usize, transport: &mut impl Transport) {
        let length = self.bytes(place).len();
        if self.direction == Direction::FromDevice {
            self.give(place, length, transport);
        }
    }

    /// Lends the device all that it can have.
    pub fn lend_all(&mut self, transport: &mut impl Transport) {
        for place in 0..self.buffers.len() {
            self.lend(place, transport);
        }
    }

    /// Copies `piece` into a free buffer and hands it to the device. False: there is none, or the piece is too long.
    pub fn send(&mut self, piece: &[u8], transport: &mut impl Transport) -> bool {
        let Some(place) = self.free() else {
            return false;
        };
        let room = self.buffers[place].bytes.get_mut(..piece.len());
        let Some(room) = room.filter(|_| self.direction == Direction::ToDevice) else {
            return false;
        };
        room.copy_from_slice(piece);
        self.give(place, piece.len(), transport)
    }

    fn give(&mut self, place: usize, length: usize, transport: &mut impl Transport) -> bool {
        let Some(Buffer { bytes, lent }) = self.buffers.get_mut(place) else {
            return false;
        };
        let free = lent.is_none() && length > 0;
        let Some(piece) = bytes.get_mut(..length).filter(|_| free) else {
            return false;
        };
        // SAFETY: the buffer stays where it is and nobody touches it until `take_back` has it, because `lent` says so;
        // whoever drops a lane has reset its device before.
        let token = unsafe {
            match self.direction {
                Direction::ToDevice => self.queue.add(&[piece], &mut []),
                Direction::FromDevice => self.queue.add(&[], &mut [piece]),
            }
        };
        let Ok(token) = token else { return false };
        *lent = Some((length, token));
        // The device may be about to ask for no notifications: either it sees the buffer, or we see that it wants one
        // after all (2.7.13.4.1). Its registers, too, are written after the buffer.
        fence(Ordering::SeqCst);
        if self.queue.should_notify() {
            transport.notify(self.number);
        }
        true
    }

    /// Whether the device is done with a buffer.
    pub fn has_more(&self) -> bool {
        self.queue.can_pop()
    }

    /// Takes back the next buffer that the device is done with: which, and how many bytes it says that it wrote.
    pub fn take_back(&mut self) -> Option<(usize, usize)> {
        let token = self.queue.peek_used()?;
        let is_it = |buffer: &Buffer| buffer.lent.is_some_and(|(_, lent)| lent == token);
        let place = self.buffers.iter().position(is_it)?;
        let Buffer { bytes, lent } = &mut self.buffers[place];
        let (length, _) = (*lent)?;
        let piece = bytes.get_mut(..length)?;
        // SAFETY: this is the very piece that was lent under this token, in the same direction.
        let written = unsafe {
            match self.direction {
                Direction::ToDevice => self.queue.pop_used(token, &[piece], &mut []),
                Direction::FromDevice => self.queue.pop_used(token, &[], &mut [piece]),
            }
        };
        let written = written.ok()? as usize;
        *lent = None;
        Some((place, written.min(length)))
    }

    /// Takes back all that the device is done with.
    pub fn reclaim(&mut self) {
        while self.take_back().is_some() {}
    }
}
