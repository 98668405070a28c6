//! The numbers of vCPUs that fill whole cores, as far as this machine can reach them.

use crate::plan::{self, Order};
use crate::slots::Slot;

/// Where a machine can go from where it is.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'m> {
    slots: &'m [Slot],
    order: &'m Order,
}

impl<'m> Steps<'m> {
    /// Of a machine with these slots.
    pub fn of(slots: &'m [Slot], order: &'m Order) -> Self {
        Self { slots, order }
    }

    /// vCPUs that are there.
    pub fn present(&self) -> u32 {
        let present = self.slots.iter().filter(|slot| slot.present()).count();
        u32::try_from(present).unwrap_or(u32::MAX)
    }

    /// The least whole number from `least` to `most`.
    pub fn at_least(&self, least: u32, most: u32) -> Option<u32> {
        let least = least.max(self.fixed());
        (least..=self.bounded(most)).find(|number| self.is_whole(*number))
    }

    /// The greatest whole number from `least` to `most`.
    pub fn at_most(&self, least: u32, most: u32) -> Option<u32> {
        let least = least.max(self.fixed());
        (least..=self.bounded(most))
            .rev()
            .find(|number| self.is_whole(*number))
    }

    fn is_whole(&self, number: u32) -> bool {
        plan::is_whole(self.slots, number, self.order)
    }

    /// vCPUs that cannot go: fewer there will never be.
    fn fixed(&self) -> u32 {
        let stays = |slot: &&Slot| slot.present() && !plan::removable(slot);
        let fixed = self.slots.iter().filter(stays).count();
        u32::try_from(fixed).unwrap_or(u32::MAX)
    }

    fn bounded(&self, most: u32) -> u32 {
        most.min(u32::try_from(self.slots.len()).unwrap_or(u32::MAX))
    }
}
