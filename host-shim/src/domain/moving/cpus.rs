//! The exact set of a machine's CPUs: noted, built again, compared. Pure.

use std::ffi::OsString;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::definition::CpuList;
use crate::slots::{Origin, Slot};

/// A CPU that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Added {
    slot: u32,
    id: Option<String>,
    #[serde(rename = "type")]
    type_name: String,
    props: Map<String, Value>,
}

/// The CPUs of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCpus {
    /// Slots.
    slots: usize,
    /// Those of the machine's start.
    boot: CpuList,
    added: Vec<Added>,
}

/// How the CPUs of two machines differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    saved_slots: usize,
    slots: usize,
    missing: CpuList,
    extra: CpuList,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.saved_slots != self.slots {
            parts.push(format!(
                "the state has {} slots, the machine {}",
                self.saved_slots, self.slots
            ));
        }
        for (list, what) in [
            (&self.missing, "only in the state"),
            (&self.extra, "only in the machine"),
        ] {
            if !list.is_empty() {
                parts.push(format!("vcpu {list} {what}"));
            }
        }
        f.write_str(&parts.join(", "))
    }
}

impl std::error::Error for Difference {}

impl SavedCpus {
    /// Those of a machine as it is; one without hotplug has none of its own (`slots` is empty).
    pub fn of(slots: &[Slot]) -> Self {
        let mut boot = Vec::new();
        let mut added = Vec::new();
        for slot in slots {
            let id = match slot.origin() {
                None => continue,
                Some(Origin::Boot) => {
                    boot.push(slot.index);
                    continue;
                }
                Some(Origin::Plugged(id)) => Some(id),
                Some(Origin::Anonymous) => None,
            };
            added.push(Added {
                slot: slot.index,
                id,
                type_name: slot.type_name.clone(),
                props: slot.props.clone(),
            });
        }
        Self {
            slots: slots.len(),
            boot: boot.into_iter().collect(),
            added,
        }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.boot.len() + self.added.len()
    }

    /// How many were added.
    pub fn added(&self) -> u32 {
        u32::try_from(self.added.len()).unwrap_or(u32::MAX)
    }

    /// The arguments by which a QEMU has the added ones from its start.
    pub fn arguments(&self) -> Vec<OsString> {
        let argument = |cpu: &Added| {
            let mut text = cpu.type_name.clone();
            if let Some(id) = &cpu.id {
                text.push_str(&format!(",id={id}"));
            }
            for (name, number) in &cpu.props {
                text.push_str(&format!(",{name}={number}"));
            }
            ["-device".into(), OsString::from(text)]
        };
        self.added.iter().flat_map(argument).collect()
    }

    /// Whether `slots` has the same CPUs.
    ///
    /// # Errors
    /// The difference.
    pub fn compare(&self, slots: &[Slot]) -> Result<(), Difference> {
        let here = slots.iter().filter(|slot| slot.present());
        let here: CpuList = here.map(|slot| slot.index).collect();
        let added = self.added.iter().map(|cpu| cpu.slot);
        let saved: CpuList = self.boot.iter().chain(added).collect();
        if saved == here && self.slots == slots.len() {
            return Ok(());
        }
        Err(Difference {
            saved_slots: self.slots,
            slots: slots.len(),
            missing: saved.iter().filter(|slot| !here.contains(*slot)).collect(),
            extra: here.iter().filter(|slot| !saved.contains(*slot)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::tests::machine;

    #[test]
    fn the_other_machine_gets_the_added_ones_by_name() {
        let cpus = SavedCpus::of(&machine(2, 8, &[5]));
        let arguments = cpus.arguments();
        assert_eq!(
            arguments,
            [
                "-device",
                "qemu64-x86_64-cpu,id=vcpu5,core-id=5,socket-id=0,thread-id=0"
            ]
        );
        assert_eq!((cpus.count(), cpus.added()), (3, 1));
        let text = serde_json::to_string(&cpus).expect("written");
        let again: SavedCpus = serde_json::from_str(&text).expect("read");
        assert_eq!(again, cpus);
    }

    #[test]
    fn a_difference_is_told_slot_by_slot() {
        let cpus = SavedCpus::of(&machine(1, 8, &[2, 3]));
        assert_eq!(cpus.compare(&machine(1, 8, &[2, 3])), Ok(()));
        let other = cpus.compare(&machine(1, 4, &[2, 1])).expect_err("others");
        assert_eq!(
            other.to_string(),
            "the state has 8 slots, the machine 4, vcpu 3 only in the state, vcpu 1 only in the machine"
        );
    }
}
