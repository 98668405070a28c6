//! The last operations on vCPUs, from the guest's records.

use std::collections::{BTreeMap, VecDeque};

use hotvcpu::guest_log::printable;
use hotvcpu::{Phase, Record};
use serde::Serialize;

/// How many are kept.
const KEPT: usize = 32;

/// No machine has more CPUs; a guest that names higher ones is not believed.
const MAX_CPUS: u32 = 1 << 16;

/// `Notify` of an added CPU (ACPI 6.5, 5.6.6).
const DEVICE_CHECK: u64 = 1;
/// `Notify` of a CPU to be removed.
const EJECT_REQUEST: u64 = 3;

/// An operation that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// When, in ms since the guest's boot.
    pub at_ms: u64,
    /// The vCPU.
    pub vcpu: u32,
    /// `add` or `remove`.
    pub action: &'static str,
    /// How.
    pub end: String,
    /// From the guest's first notice to the end, in µs.
    pub took_us: u64,
}

/// Follows the operations.
#[derive(Debug, Default)]
pub struct Operations {
    /// Those under way: when they began, in ns.
    begun: BTreeMap<u32, (&'static str, u64)>,
    ended: VecDeque<Ended>,
}

impl Operations {
    /// Takes a record into account; whether it says that a CPU's state has changed.
    pub fn observe(&mut self, record: &Record<String>) -> bool {
        if record.phase == Phase::Boot {
            self.begun.clear();
            return true;
        }
        let Some(cpu) = record.cpu.filter(|cpu| *cpu < MAX_CPUS) else {
            return false;
        };
        match (record.phase, record.value) {
            (Phase::Notify, Some(DEVICE_CHECK)) => self.begin(cpu, "add", record.t_ns),
            (Phase::Notify, Some(EJECT_REQUEST)) => self.begin(cpu, "remove", record.t_ns),
            (Phase::Online, _) => return self.end(cpu, "online".to_owned(), record.t_ns),
            (Phase::Eject, _) => return self.end(cpu, "ejected".to_owned(), record.t_ns),
            (phase @ (Phase::Failed | Phase::Refused), _) => {
                let why = record.text.as_deref().unwrap_or_default();
                let end = format!("{phase}: {}", printable(why));
                return self.end(cpu, end, record.t_ns);
            }
            _ => {}
        }
        false
    }

    /// The last ones, the latest first.
    pub fn latest(&self) -> Vec<Ended> {
        self.ended.iter().rev().cloned().collect()
    }

    fn begin(&mut self, cpu: u32, action: &'static str, at: u64) {
        self.begun.insert(cpu, (action, at));
    }

    fn end(&mut self, vcpu: u32, end: String, at: u64) -> bool {
        let Some((action, since)) = self.begun.remove(&vcpu) else {
            return true;
        };
        if self.ended.len() == KEPT {
            self.ended.pop_front();
        }
        self.ended.push_back(Ended {
            at_ms: at / 1_000_000,
            vcpu,
            action,
            end,
            took_us: at.saturating_sub(since) / 1000,
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(t_ns: u64, phase: Phase, cpu: u32, value: Option<u64>) -> Record<String> {
        let mut record = Record::new(0, t_ns, phase);
        (record.cpu, record.value) = (Some(cpu), value);
        record
    }

    #[test]
    fn an_operation_is_from_notice_to_end() {
        let mut operations = Operations::default();
        let mut say = |t_ns, phase, value| operations.observe(&record(t_ns, phase, 3, value));
        assert!(!say(1_000_000, Phase::Notify, Some(1)));
        assert!(say(3_500_000, Phase::Online, None));
        assert!(!say(9_000_000, Phase::Notify, Some(3)));
        assert!(say(9_900_000, Phase::Eject, None));
        let latest = operations.latest();
        assert_eq!((latest[0].action, latest[0].took_us), ("remove", 900));
        assert_eq!((latest[1].action, latest[1].took_us), ("add", 2500));
    }

    #[test]
    fn a_guest_cannot_make_it_grow_or_write_to_the_terminal() {
        let mut operations = Operations::default();
        for cpu in 0..100_000 {
            operations.observe(&record(1, Phase::Notify, cpu, Some(1)));
            let mut failed = record(0, Phase::Failed, cpu, None);
            failed.text = Some("\u{1b}[2J".to_owned());
            operations.observe(&failed);
        }
        let latest = operations.latest();
        assert_eq!(latest.len(), KEPT);
        assert!(latest.iter().all(|ended| !ended.end.contains('\u{1b}')));
        assert!(operations.begun.is_empty());
    }
}
