//! The guest's work, as its records tell of it.

use hotvcpu_wire::{Phase, Record};

use super::summary::Work;

/// Keeps what a guest with a demand of its own was offered and what it did.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkCount {
    work: Option<Work>,
}

impl WorkCount {
    /// Takes a record into account.
    pub fn observe(&mut self, record: &Record<String>) {
        match (record.phase, record.load) {
            (Phase::Boot, _) => self.work = None,
            (_, Some(load)) => {
                self.work = Some(Work {
                    offered_us: load.offered_us,
                    done_us: load.done_us,
                    dropped_us: load.dropped_us,
                });
            }
            _ => {}
        }
    }

    /// The sums since the guest's boot; `None` from a guest that has no demand of its own.
    pub fn get(&self) -> Option<Work> {
        self.work
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotvcpu_wire::Load;

    #[test]
    fn the_last_sums_count_until_a_reset() {
        let mut count = WorkCount::default();
        let mut say = |phase, load| {
            let mut record = Record::new(0, 0, phase);
            record.load = load;
            count.observe(&record);
            count.get().map(|work| work.done_us)
        };
        let done = |done_us| {
            Some(Load {
                offered_us: 9,
                done_us,
                ..Load::default()
            })
        };
        assert_eq!(say(Phase::Workload, None), None);
        assert_eq!(say(Phase::Workload, done(5)), Some(5));
        assert_eq!(say(Phase::Online, None), Some(5));
        assert_eq!(say(Phase::Shutdown, done(7)), Some(7));
        assert_eq!(say(Phase::Boot, None), None);
    }
}
