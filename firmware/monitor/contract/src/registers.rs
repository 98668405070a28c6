//! The 12-byte register block, bit for bit as QEMU's `cpu_hotplug` device and its descendants have it.
//!
//! Offsets: 0 selector (write) and upper half of the CPU's id (read); 4 flags; 5 command; 8 data. An access counts by
//! where it begins: the device takes one to four bytes at any of these and ignores every other offset.
use crate::contract::Contract;
use crate::slot::{Content, DeviceId, Slot};

/// Length of the block in bytes.
pub const LENGTH: u64 = 12;

const SELECTOR: u64 = 0;
const FLAGS: u64 = 4;
const COMMAND: u64 = 5;
const DATA: u64 = 8;

const ENABLED: u32 = 1 << 0;
const INSERT: u32 = 1 << 1;
const REMOVE: u32 = 1 << 2;
const EJECT: u32 = 1 << 3;
const FIRMWARE_EJECT: u32 = 1 << 4;
const PRESENT: u32 = 1 << 5;

const NEXT_WITH_EVENT: u8 = 0;
const OST_EVENT: u8 = 1;
const OST_STATUS: u8 = 2;
const CPU_ID: u8 = 3;

/// What the host learns from a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The guest evaluated `_OST`.
    Ost {
        /// The slot.
        slot: u32,
        /// The id of its CPU.
        id: Option<DeviceId>,
        /// Source event (1 insertion, 3 ejection request).
        event: u32,
        /// Status code.
        status: u32,
    },
    /// The guest ejected the CPU of this slot. It is leaving: see that it is off, then call [`Contract::gone`].
    Ejected {
        /// The slot.
        slot: u32,
    },
}

impl Contract {
    /// The guest reads at `offset`.
    pub fn read(&self, offset: u64) -> u32 {
        let Some(slot) = self.slots.get(self.selector as usize) else {
            return 0;
        };
        match (offset, self.command) {
            (FLAGS, _) => self.flags(slot),
            (DATA, NEXT_WITH_EVENT) => self.selector,
            (DATA, CPU_ID) => slot.mpidr as u32,
            (SELECTOR, CPU_ID) => (slot.mpidr >> 32) as u32,
            _ => 0,
        }
    }

    /// The guest writes `value` at `offset`.
    pub fn write(&mut self, offset: u64, value: u32) -> Option<Effect> {
        if offset == SELECTOR {
            self.selector = value;
            return None;
        }
        let selected = self.selector;
        let slot = self.slots.get_mut(selected as usize)?;
        match (offset, self.command) {
            (FLAGS, _) => return write_flags(slot, selected, value),
            (COMMAND, _) => self.set_command(value as u8),
            (DATA, OST_EVENT) => slot.ost_event = value,
            (DATA, OST_STATUS) => {
                return Some(Effect::Ost {
                    slot: selected,
                    id: slot.occupied().and_then(|origin| origin.id()),
                    event: slot.ost_event,
                    status: value,
                });
            }
            _ => {}
        }
        None
    }

    fn flags(&self, slot: &Slot) -> u32 {
        let bit = |on: bool, bit: u32| if on { bit } else { 0 };
        bit(slot.plugged().is_some(), ENABLED)
            | bit(slot.insert_event, INSERT)
            | bit(slot.remove_event, REMOVE)
            | bit(slot.firmware_eject, FIRMWARE_EJECT)
            | bit(self.generation.has_present_bit(), PRESENT)
    }

    /// Commands beyond the known ones are not taken. Command 0 moves the selector to the next CPU with an event, from
    /// the selected one on, once around.
    fn set_command(&mut self, command: u8) {
        if command > CPU_ID {
            return;
        }
        self.command = command;
        if command == NEXT_WITH_EVENT {
            let from = self.selector as usize;
            let around = (from..self.slots.len()).chain(0..from);
            let mut waiting =
                around.filter(|index| self.slots.get(*index).is_some_and(Slot::has_event));
            if let Some(index) = waiting.next() {
                // At most `MAX_SLOTS`.
                self.selector = index as u32;
            }
        }
    }
}

/// One write does one thing, the lowest bit's. Ejecting an absent CPU or the first one is ignored.
fn write_flags(slot: &mut Slot, index: u32, value: u32) -> Option<Effect> {
    let may_leave = index != 0 && slot.plugged().is_some();
    if value & INSERT != 0 {
        slot.insert_event = false;
    } else if value & REMOVE != 0 {
        slot.remove_event = false;
    } else if value & EJECT != 0 && may_leave {
        slot.firmware_eject = false;
        slot.content = Content::Leaving(slot.plugged()?);
        return Some(Effect::Ejected { slot: index });
    } else if value & FIRMWARE_EJECT != 0 && may_leave {
        slot.firmware_eject = !slot.firmware_eject;
    }
    None
}
