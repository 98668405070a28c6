//! The guest's work, summed up from its records.

use hotvcpu_wire::{Phase, Record};

use super::summary::Work;

/// Sums up what a guest was offered and what it did.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkCount {
    work: Option<Work>,
}

impl WorkCount {
    /// Takes a record into account.
    pub fn observe(&mut self, record: &Record<String>) {
        if record.phase == Phase::Boot {
            self.work = None;
        }
    }

    /// The sums since the guest's boot; `None` from a guest that tells of no offers.
    pub fn get(&self) -> Option<Work> {
        self.work
    }
}
