//! A queue with buffers of its own, each lent to the device and taken back as a whole.
//!
//! What the device says is checked: a token that was not given out, and a length beyond the buffer.

use alloc::boxed::Box;

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

/// A queue of `COUNT` buffers of `BYTES` each.
pub(crate) struct Lane<const COUNT: usize, const BYTES: usize> {
    number: u16,
    direction: Direction,
    queue: VirtQueue<IdentityMapped, COUNT>,
    buffers: [Buffer<BYTES>; COUNT],
}

struct Buffer<const BYTES: usize> {
    bytes: Box<[u8; BYTES]>,
    /// Its bytes in use and its token, while the device has it.
    lent: Option<(usize, u16)>,
}

impl<const COUNT: usize, const BYTES: usize> Lane<COUNT, BYTES> {
    /// Sets up the device's queue `number`. `None`: it has none such, or memory is out.
    pub fn new(transport: &mut impl Transport, number: u16, direction: Direction) -> Option<Self> {
        let queue = VirtQueue::new(transport, number, false, false).ok()?;
        let buffer = || Buffer {
            bytes: Box::new([0; BYTES]),
            lent: None,
        };
        Some(Self {
            number,
            direction,
            queue,
            buffers: core::array::from_fn(|_| buffer()),
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
        if self.direction == Direction::FromDevice {
            self.give(place, BYTES, transport);
        }
    }

    /// Lends the device all that it can have.
    pub fn lend_all(&mut self, transport: &mut impl Transport) {
        for place in 0..COUNT {
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
        if self.queue.should_notify() {
            transport.notify(self.number);
        }
        true
    }

    /// Takes back the next buffer that the device is done with: which, and how many bytes it says that it wrote.
    pub fn take_back(&mut self) -> Option<(usize, usize)> {
        let token = self.queue.peek_used()?;
        let is_it = |buffer: &Buffer<BYTES>| buffer.lent.is_some_and(|(_, lent)| lent == token);
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
