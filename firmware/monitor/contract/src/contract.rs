//! The slots, and what the operator may do with them.
use alloc::vec::Vec;

use crate::generation::Generation;
use crate::refusal::Refusal;
use crate::slot::{Content, DeviceId, Origin, Slot};

/// The bit of the GED's selector that means: look at the CPUs.
pub const GED_CPU: u32 = 1 << 3;

/// The most slots that there can be: as many as QEMU's `virt` has.
pub const MAX_SLOTS: usize = 512;

/// The host side of CPU hotplug.
///
/// The guest reaches it through [`Contract::read`] and [`Contract::write`] (the register block),
/// [`Contract::take_ged`] and [`Contract::psci`]; the operator through [`Contract::plug`] and [`Contract::unplug`].
#[derive(Clone, Debug)]
pub struct Contract {
    pub(crate) generation: Generation,
    pub(crate) slots: Vec<Slot>,
    pub(crate) cold_booted: u32,
    pub(crate) selector: u32,
    pub(crate) command: u8,
    ged: u32,
}

/// Slots that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// None, or more than [`MAX_SLOTS`].
    #[error("{0} CPU slots: 1 to {MAX_SLOTS} are possible")]
    SlotCount(usize),
    /// More plugged CPUs than slots, or none.
    #[error("vcpus={plugged}: there are {slots} CPU slots (-smp)")]
    PluggedCount {
        /// CPUs asked for.
        plugged: u32,
        /// Slots that there are.
        slots: usize,
    },
}

impl Contract {
    /// Slots with these MPIDRs (affinity fields only), of which the first `plugged` have their CPU.
    ///
    /// # Errors
    /// If there are too many or too few of either.
    pub fn new(
        generation: Generation,
        mpidrs: impl IntoIterator<Item = u64>,
        plugged: u32,
    ) -> Result<Self, ContractError> {
        let slots: Vec<Slot> = (0..)
            .zip(mpidrs)
            .map(|(index, mpidr): (u32, u64)| Slot::new(mpidr, index < plugged))
            .collect();
        if slots.is_empty() || slots.len() > MAX_SLOTS {
            return Err(ContractError::SlotCount(slots.len()));
        }
        if plugged == 0 || plugged as usize > slots.len() {
            let slots = slots.len();
            return Err(ContractError::PluggedCount { plugged, slots });
        }
        Ok(Self {
            generation,
            slots,
            cold_booted: plugged,
            selector: 0,
            command: 0,
            ged: 0,
        })
    }

    /// The generation that is played.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// How many slots there are.
    pub fn slot_count(&self) -> u32 {
        // At most `MAX_SLOTS`.
        self.slots.len() as u32
    }

    /// CPUs that were plugged at power-on.
    pub fn cold_booted(&self) -> u32 {
        self.cold_booted
    }

    /// The MPIDR of a slot.
    pub fn mpidr(&self, slot: u32) -> Option<u64> {
        Some(self.slots.get(slot as usize)?.mpidr)
    }

    /// The slot with this MPIDR; only the affinity fields count.
    pub fn slot_of(&self, mpidr: u64) -> Option<u32> {
        let position = self.slots.iter().position(|slot| slot.mpidr == mpidr)?;
        u32::try_from(position).ok()
    }

    /// The CPU in a slot, if it is plugged.
    pub fn plugged(&self, slot: u32) -> Option<Origin> {
        self.slots.get(slot as usize)?.plugged()
    }

    /// Whether an event waits for the guest.
    pub fn has_events(&self) -> bool {
        self.slots.iter().any(Slot::has_event)
    }

    /// The GED's selector as the guest reads it; reading clears it.
    pub fn take_ged(&mut self) -> u32 {
        core::mem::take(&mut self.ged)
    }

    /// Adds a CPU and rings: the caller raises the GED's interrupt.
    ///
    /// # Errors
    /// As QEMU refuses, and in its order: the id is looked at before the slot.
    pub fn plug(&mut self, slot: u32, id: Option<DeviceId>) -> Result<(), Refusal> {
        if let Some(id) = id.filter(|id| self.find(id).is_some()) {
            return Err(Refusal::DuplicateId(id.into()));
        }
        let place = self.slot_mut(slot)?;
        if place.occupied().is_some() {
            let mpidr = place.mpidr;
            return Err(Refusal::Exists { slot, mpidr });
        }
        place.content = Content::Plugged(Origin::HotAdded(id));
        place.insert_event = true;
        self.ged |= GED_CPU;
        Ok(())
    }

    /// Asks the guest to give back the CPU with this id, and rings; returns its slot. Asking twice is allowed, as it
    /// is on QEMU: the guest is asked again.
    ///
    /// # Errors
    /// As QEMU refuses.
    pub fn unplug(&mut self, id: &DeviceId) -> Result<u32, Refusal> {
        let slot = self.find(id).ok_or(Refusal::NotFound((*id).into()))?;
        self.unplug_slot(slot)
    }

    /// The same for the CPU in a slot, which may have no id.
    ///
    /// # Errors
    /// As QEMU refuses.
    pub fn unplug_slot(&mut self, slot: u32) -> Result<u32, Refusal> {
        let can_unplug = self.generation.can_unplug();
        let place = self.slot_mut(slot)?;
        match place.plugged() {
            None => Err(Refusal::NotFound(alloc::format!("cpu{slot}"))),
            Some(_) if !can_unplug => Err(Refusal::CannotUnplug),
            Some(Origin::ColdBooted) => Err(Refusal::ColdBooted),
            Some(Origin::HotAdded(_)) => {
                place.remove_event = true;
                self.ged |= GED_CPU;
                Ok(slot)
            }
        }
    }

    /// The ejected CPU of this slot is off; returns what it was, for the report. `None` if none was leaving.
    pub fn gone(&mut self, slot: u32) -> Option<Origin> {
        let place = self.slots.get_mut(slot as usize)?;
        let Content::Leaving(origin) = place.content else {
            return None;
        };
        place.content = Content::Free;
        Some(origin)
    }

    /// Whether the CPU of this slot was ejected and has not stopped yet.
    pub fn is_leaving(&self, slot: u32) -> bool {
        let slot = self.slots.get(slot as usize);
        slot.is_some_and(|slot| matches!(slot.content, Content::Leaving(_)))
    }

    fn find(&self, id: &DeviceId) -> Option<u32> {
        let has_id =
            |slot: &Slot| slot.occupied().and_then(|origin| origin.id()).as_ref() == Some(id);
        let position = self.slots.iter().position(has_id)?;
        u32::try_from(position).ok()
    }

    fn slot_mut(&mut self, slot: u32) -> Result<&mut Slot, Refusal> {
        let refusal = Refusal::OutOfRange {
            generation: self.generation,
            slot,
            slots: self.slot_count(),
        };
        self.slots.get_mut(slot as usize).ok_or(refusal)
    }
}
