//! What survives a reset of the machine: which CPUs were hot-added, and their ids.
//!
//! On a host with CPU hotplug of its own the devices live in QEMU and a reset of the machine leaves them alone. The
//! monitor has only the guest's RAM, which keeps its content over a reset, so it writes this block there after every
//! change. Two copies are written in turn, so that a reset in the middle of writing one leaves the other.
//!
//! A block must not be believed when it is not this power-on's. RAM is zero at power-on, unless it is backed by a
//! file that an earlier QEMU used; so beside a magic number and a checksum the block carries the machine's counter
//! at the time of writing. The counter runs on over a reset and begins near zero at power-on: a block that was
//! written later than now is an earlier life's. The generation, the slots and the CPUs at power-on have to be the
//! same too.
//!
//! Not kept, as QEMU does not keep it: requests that the guest has not finished. A CPU that was being added is there
//! after the reset, without an event; a removal is lost and may be asked for again.
use alloc::vec::Vec;

use crate::contract::Contract;
use crate::slot::{Content, DeviceId, Origin};

const MAGIC: &[u8; 8] = b"HOTVCPUp";
/// Magic, checksum, sequence, counter, generation, slots, CPUs at power-on, count.
const HEADER: usize = 8 + 8 + 8 + 8 + 4 * 4;
/// Slot, length of the id, the id.
const ENTRY: usize = 4 + 1 + ID;
const ID: usize = hotvcpu_wire::control::MAX_ID;

/// Room that a block of so many slots may need, in bytes.
pub const fn block_length(slots: usize) -> usize {
    HEADER + ENTRY * slots
}

/// A block that may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Grows by one with every block written since power-on; the newer of two counts.
    pub sequence: u64,
    cpus: Vec<(u32, Option<DeviceId>)>,
}

impl Contract {
    /// The block to write now. `counter` is the machine's counter.
    pub fn save(&self, sequence: u64, counter: u64) -> Vec<u8> {
        let hot_added = (0..)
            .zip(&self.slots)
            .filter_map(|(index, slot)| match slot.plugged() {
                Some(Origin::HotAdded(id)) => Some((index, id)),
                _ => None,
            });
        let mut entries: Vec<u8> = Vec::new();
        let mut count: u32 = 0;
        for (slot, id) in hot_added {
            entries.extend(u32::to_le_bytes(slot));
            let mut name = [0; ID];
            let text = id.as_ref().map_or("", DeviceId::as_str).as_bytes();
            for (place, byte) in name.iter_mut().zip(text) {
                *place = *byte;
            }
            entries.push(text.len() as u8);
            entries.extend(name);
            count += 1;
        }
        let mut rest: Vec<u8> = Vec::with_capacity(HEADER + entries.len());
        rest.extend(sequence.to_le_bytes());
        rest.extend(counter.to_le_bytes());
        for word in self.identity().into_iter().chain([count]) {
            rest.extend(word.to_le_bytes());
        }
        rest.extend(entries);
        let mut block = MAGIC.to_vec();
        block.extend(checksum(&rest).to_le_bytes());
        block.extend(rest);
        block
    }

    /// Reads a block, if it is one of this machine and was written before `now`.
    pub fn read_saved(&self, block: &[u8], now: u64) -> Option<Saved> {
        let mut reader = Reader(block);
        if reader.take::<8>()? != *MAGIC {
            return None;
        }
        let sum = reader.u64()?;
        let covered = reader.0;
        let sequence = reader.u64()?;
        let written = reader.u64()?;
        let identity = [reader.u32()?, reader.u32()?, reader.u32()?];
        let count = reader.u32()?;
        if identity != self.identity() || written > now || count > self.slot_count() {
            return None;
        }
        let length = HEADER - 16 + ENTRY * count as usize;
        if checksum(covered.get(..length)?) != sum {
            return None;
        }
        let mut cpus = Vec::new();
        for _ in 0..count {
            let slot = reader.u32()?;
            let [length] = reader.take::<1>()?;
            let name = reader.take::<ID>()?;
            let name = name.get(..usize::from(length))?;
            cpus.push((slot, DeviceId::new(str::from_utf8(name).ok()?)));
        }
        Some(Saved { sequence, cpus })
    }

    /// Puts the hot-added CPUs back, without events.
    pub fn restore(&mut self, saved: &Saved) {
        for (slot, id) in &saved.cpus {
            if let Some(slot) = self.slots.get_mut(*slot as usize)
                && slot.occupied().is_none()
            {
                slot.content = Content::Plugged(Origin::HotAdded(*id));
            }
        }
    }

    fn identity(&self) -> [u32; 3] {
        [
            self.generation as u32,
            self.slot_count(),
            self.cold_booted(),
        ]
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk()?;
        self.0 = tail;
        Some(*head)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}

/// FNV-1a, 64 bits: it has to tell a torn block from a whole one, not to resist anybody.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}
