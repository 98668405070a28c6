//! The CPU hotplug register block of QEMU and its descendants, as a guest sees it.

use std::vec::Vec;

/// Length of the block in bytes.
pub const LENGTH: u64 = 12;

/// What the guest did to the host, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `_OST` reached the host.
    Ost {
        /// The selected CPU.
        cpu: u32,
        /// Source event.
        event: u32,
        /// Status code.
        status: u32,
    },
    /// The CPU was ejected.
    Ejected(u32),
    /// The guest powered the machine off.
    PoweredOff,
}

/// One CPU's state on the host.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    enabled: bool,
    insert_event: bool,
    remove_event: bool,
}

/// The 12 bytes.
#[derive(Clone, Debug)]
pub struct CpuBlock {
    slots: Vec<Slot>,
    selector: u32,
    command: u8,
    ost_event: u32,
    /// Whether the block still is the bitmap of present CPUs that QEMU up to 9.x starts with on x86.
    legacy: bool,
    /// Whether bit 5 says that a CPU is present (the new generation on aarch64).
    has_present_bit: bool,
}

impl CpuBlock {
    /// A block for `slots` CPUs of which the first `plugged` are there.
    pub fn new(slots: u32, plugged: u32, legacy: bool, has_present_bit: bool) -> Self {
        let slot = |index| Slot {
            enabled: index < plugged,
            ..Slot::default()
        };
        let slots = (0..slots).map(slot).collect();
        Self {
            slots,
            selector: 0,
            command: 0,
            ost_event: 0,
            legacy,
            has_present_bit,
        }
    }

    /// The host adds a CPU.
    pub fn plug(&mut self, cpu: u32) {
        let slot = self.slot(cpu);
        slot.enabled = true;
        slot.insert_event = true;
    }

    /// The host asks for a CPU.
    pub fn request_unplug(&mut self, cpu: u32) {
        self.slot(cpu).remove_event = true;
    }

    /// The host takes a CPU without asking.
    pub fn take_away(&mut self, cpu: u32) {
        *self.slot(cpu) = Slot::default();
    }

    /// Whether the CPU is plugged.
    pub fn is_plugged(&self, cpu: u32) -> bool {
        self.slots[cpu as usize].enabled
    }

    /// Whether an event still waits for the guest.
    pub fn has_events(&self) -> bool {
        self.slots
            .iter()
            .any(|slot| slot.insert_event || slot.remove_event)
    }

    fn slot(&mut self, cpu: u32) -> &mut Slot {
        &mut self.slots[cpu as usize]
    }

    /// The guest reads at `offset`.
    pub fn read(&self, offset: u64) -> u64 {
        if self.legacy {
            let present = |bit: u64| {
                let slot = self.slots.get((offset * 8 + bit) as usize);
                u64::from(slot.is_some_and(|slot| slot.enabled)) << bit
            };
            return (0..8).map(present).sum();
        }
        let Some(slot) = self.slots.get(self.selector as usize) else {
            return 0;
        };
        match (offset, self.command) {
            (4, _) => {
                u64::from(slot.enabled)
                    | u64::from(slot.insert_event) << 1
                    | u64::from(slot.remove_event) << 2
                    | u64::from(self.has_present_bit) << 5
            }
            (8, 0) => u64::from(self.selector),
            _ => 0,
        }
    }

    /// The guest writes at `offset`.
    pub fn write(&mut self, offset: u64, value: u64) -> Option<Effect> {
        if self.legacy {
            self.legacy = !(offset == 0 && value == 0);
            return None;
        }
        let value = value as u32;
        if offset == 0 {
            self.selector = value;
            return None;
        }
        let cpu = self.selector;
        let slot = self.slots.get_mut(cpu as usize)?;
        match (offset, self.command) {
            (4, _) if value & 1 << 1 != 0 => slot.insert_event = false,
            (4, _) if value & 1 << 2 != 0 => slot.remove_event = false,
            (4, _) if value & 1 << 3 != 0 && slot.enabled && cpu != 0 => {
                *slot = Slot::default();
                return Some(Effect::Ejected(cpu));
            }
            (5, _) => self.set_command(value as u8),
            (8, 1) => self.ost_event = value,
            (8, 2) => {
                return Some(Effect::Ost {
                    cpu,
                    event: self.ost_event,
                    status: value,
                });
            }
            _ => {}
        }
        None
    }

    /// Command 0 moves the selector to the next CPU with an event, if there is one.
    fn set_command(&mut self, command: u8) {
        self.command = command;
        if command == 0 {
            let count = self.slots.len();
            let from = self.selector as usize;
            let next = (from..from + count)
                .map(|index| index % count)
                .find(|index| {
                    let slot = self.slots[*index];
                    slot.insert_event || slot.remove_event
                });
            self.selector = next.map_or(self.selector, |index| index as u32);
        }
    }
}
