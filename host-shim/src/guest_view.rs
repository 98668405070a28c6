//! What the guest's records add up to: is it ready, and which CPUs does it use?
//!
//! The event file keeps the history, so reading it from its beginning gives the present state;
//! nothing has to be stored anywhere else, but for what had to be let go of a very long file (see
//! [`crate::domain`]). A `boot` record begins anew: the machine was
//! reset.

use std::collections::{BTreeMap, BTreeSet};

use hotvcpu_wire::{Phase, Record};
use serde::{Deserialize, Serialize};

/// No machine has more CPUs; a guest that names higher ones is not believed.
const MAX_CPUS: u32 = 1 << 16;

/// The CPU that enters the kernel is slot 0 on every machine; it is online from the first record on
/// and has none of its own.
const BOOT_CPU: u32 = 0;

/// The guest's state in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestView {
    ready: bool,
    ended: bool,
    online: BTreeSet<u32>,
    /// The NUMA node of each CPU that its tables name one for.
    #[serde(default)]
    nodes: BTreeMap<u32, u64>,
    /// Which generation of aarch64 hotplug it found, and why.
    #[serde(default)]
    generation: Option<String>,
    /// Why it cannot live with what it found.
    #[serde(default)]
    incompatible: Option<String>,
    #[serde(default)]
    offline: BTreeSet<u32>,
}

/// How the guest's complaint begins when it was told to be of another generation than its host; see the guest's command line.
const FORCED: &str = "generation=";

impl GuestView {
    /// Takes a record into account.
    pub fn observe(&mut self, record: &Record<String>) {
        match record.phase {
            Phase::Boot => {
                *self = Self {
                    online: BTreeSet::from([BOOT_CPU]),
                    ..Self::default()
                }
            }
            Phase::Ready => self.ready = true,
            Phase::Shutdown => self.ended = true,
            Phase::Generation => self.generation.clone_from(&record.text),
            Phase::Error if self.generation.is_some() => self.take_complaint(record),
            _ => {}
        }
        let Some(cpu) = record.cpu.filter(|cpu| *cpu < MAX_CPUS) else {
            return;
        };
        match record.phase {
            Phase::Online => {
                self.online.insert(cpu);
                self.offline.remove(&cpu);
            }
            Phase::Off => {
                self.online.remove(&cpu);
            }
            Phase::Identity => match record.value {
                Some(node) => drop(self.nodes.insert(cpu, node)),
                None => drop(self.nodes.remove(&cpu)),
            },
            Phase::Present | Phase::Offline => {
                self.online.remove(&cpu);
                self.offline.insert(cpu);
            }
            Phase::Eject => {
                self.online.remove(&cpu);
                self.offline.remove(&cpu);
            }
            _ => {}
        }
    }

    fn take_complaint(&mut self, record: &Record<String>) {
        let complaint = record.text.as_ref();
        if let Some(complaint) = complaint.filter(|text| text.starts_with(FORCED)) {
            self.incompatible = Some(complaint.clone());
        }
    }

    /// Whether a hotplug request is answered: the doorbells are armed, and the guest is not
    /// powering off.
    pub fn ready(&self) -> bool {
        self.ready && !self.ended
    }

    /// Whether the guest has said that it powers off.
    pub fn shutting_down(&self) -> bool {
        self.ended
    }

    /// The CPUs that take work.
    pub fn online(&self) -> &BTreeSet<u32> {
        &self.online
    }

    /// The NUMA node that the guest has found for each CPU (`_PXM`, else SRAT).
    pub fn nodes(&self) -> &BTreeMap<u32, u64> {
        &self.nodes
    }

    /// The generation of aarch64 hotplug that the guest has found, in its words: `new (upstream): ...`.
    pub fn generation(&self) -> Option<&str> {
        self.generation.as_deref()
    }

    /// Why the guest, as it was started, cannot take CPUs from this host.
    pub fn incompatible(&self) -> Option<&str> {
        self.incompatible.as_deref()
    }

    /// The CPUs that the guest knows and leaves offline, by its policy or its user's wish.
    pub fn offline(&self) -> &BTreeSet<u32> {
        &self.offline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_and_cpus_end_with_a_reset() {
        let mut view = GuestView::default();
        let mut say = |phase, cpu| {
            let mut record = Record::new(0, 0, phase);
            record.cpu = cpu;
            view.observe(&record);
            (view.ready(), view.online().clone())
        };
        assert!(!say(Phase::Boot, None).0);

        assert!(say(Phase::Ready, None).0);
        assert_eq!(say(Phase::Online, Some(3)).1, BTreeSet::from([0, 3]));
        assert_eq!(say(Phase::Eject, Some(3)).1, BTreeSet::from([0]));
        assert_eq!(say(Phase::Boot, None), (false, BTreeSet::from([0])));
        assert_eq!(say(Phase::Online, Some(u32::MAX)).1, BTreeSet::from([0]));
    }

    #[test]
    fn what_the_guest_found_ends_with_a_reset() {
        let mut view = GuestView::default();
        let mut say = |phase, cpu: Option<u32>, value: Option<u64>, text: &str| {
            let mut record = Record::new(0, 0, phase);
            (record.cpu, record.value) = (cpu, value);
            record.text = Some(text.to_owned());
            view.observe(&record);
        };
        say(
            Phase::Error,
            None,
            None,
            "generation=old: this host is none",
        );
        say(Phase::Generation, None, None, "new (upstream): so");
        say(Phase::Error, None, None, "the disk is full");
        say(Phase::Error, None, None, "generation=old: _MAT");
        say(Phase::Identity, Some(2), Some(1), "MADT");
        say(Phase::Identity, Some(3), Some(1), "MADT");
        say(Phase::Identity, Some(3), None, "MADT");
        assert_eq!(view.nodes(), &BTreeMap::from([(2, 1)]));
        assert_eq!(view.generation(), Some("new (upstream): so"));
        assert_eq!(view.incompatible(), Some("generation=old: _MAT"));
        view.observe(&Record::new(0, 0, Phase::Boot));
        assert_eq!((view.generation(), view.incompatible()), (None, None));
        assert!(view.nodes().is_empty());
    }

    #[test]
    fn a_cpu_is_online_or_offline_or_gone() {
        let mut view = GuestView::default();
        let mut say = |phase| {
            let mut record = Record::new(0, 0, phase);
            record.cpu = Some(3);
            view.observe(&record);
            (view.online().contains(&3), view.offline().contains(&3))
        };
        assert_eq!(say(Phase::Present), (false, true));
        assert_eq!(say(Phase::Start), (false, true));
        assert_eq!(say(Phase::Online), (true, false));
        assert_eq!(say(Phase::Drain), (true, false));
        assert_eq!(say(Phase::Off), (false, false));
        assert_eq!(say(Phase::Offline), (false, true));
        assert_eq!(say(Phase::Eject), (false, false));
        assert_eq!(say(Phase::Present), (false, true));
        assert_eq!(say(Phase::Boot), (false, false));
    }

    #[test]
    fn a_view_of_an_earlier_version_is_read() {
        let view: GuestView =
            serde_json::from_str(r#"{"ready":true,"ended":false,"online":[0,3]}"#).unwrap();
        assert!(view.ready() && view.offline().is_empty());
    }
}
