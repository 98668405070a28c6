//! The places of a machine that a vCPU can take.
//!
//! QEMU's `query-hotpluggable-cpus` lists them highest first, each with the properties that
//! `device_add` wants back word for word. Which properties there are (core-id, cluster-id, die-id,
//! node-id...) depends on machine and version, so they are kept as they came. A slot's index,
//! counted from the list's end, is what virsh numbers, what the guest calls the ACPI processor UID,
//! and what the hotplug register block calls the selector.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

/// No machine has more; a list that names more is wrong.
const MAX_SLOTS: usize = 1 << 16;

/// One slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slot {
    /// Its number, from 0.
    pub index: u32,
    /// The device type that fits, such as `qemu64-x86_64-cpu`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What names the slot to `device_add`, as QEMU gave it.
    pub props: Map<String, Value>,
    /// The CPU's object, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qom_path: Option<String>,
}

/// How a slot's CPU came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// With the machine: `-smp`. It cannot be removed.
    Boot,
    /// By `device_add` with this id, by which it can be removed.
    Plugged(String),
    /// By `device_add` without an id: QEMU has no name for it, so it cannot be removed.
    Anonymous,
}

impl Slot {
    /// Whether there is a CPU in it.
    pub fn present(&self) -> bool {
        self.qom_path.is_some()
    }

    /// Where its CPU came from; `None` when it is free.
    pub fn origin(&self) -> Option<Origin> {
        let path = self.qom_path.as_deref()?;
        Some(match path.strip_prefix("/machine/peripheral/") {
            Some(id) if !id.contains('/') => Origin::Plugged(id.to_owned()),
            _ if path.starts_with("/machine/peripheral-anon/") => Origin::Anonymous,
            _ => Origin::Boot,
        })
    }

    /// The NUMA node that QEMU has it in; `None` on a machine without nodes.
    pub fn node(&self) -> Option<u64> {
        self.props.get("node-id").and_then(Value::as_u64)
    }

    /// The arguments of the `device_add` that fills it with a CPU called `id`.
    pub fn add_arguments(&self, id: &str) -> Value {
        let mut arguments = self.props.clone();
        arguments.insert("driver".to_owned(), self.type_name.clone().into());
        arguments.insert("id".to_owned(), id.into());
        Value::Object(arguments)
    }
}

/// Reads what `query-hotpluggable-cpus` returned: the slots in ascending order.
///
/// # Errors
/// A text that says what the answer lacks.
pub fn parse(answer: &Value) -> Result<Vec<Slot>, String> {
    let list = answer.as_array().ok_or("it is not a list")?;
    if list.len() > MAX_SLOTS {
        return Err(format!(
            "it lists {} slots, more than any machine has",
            list.len()
        ));
    }
    (0u32..)
        .zip(list.iter().rev())
        .map(|(index, entry)| slot(index, entry))
        .collect()
}

fn slot(index: u32, entry: &Value) -> Result<Slot, String> {
    let missing = |key: &str| format!("slot {index} has no {key:?}");
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let props = entry.get("props").and_then(Value::as_object).cloned();
    Ok(Slot {
        index,
        type_name: text("type").ok_or_else(|| missing("type"))?,
        props: props.ok_or_else(|| missing("props"))?,
        qom_path: text("qom-path"),
    })
}

/// A wrong slot list on a command line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a list of vCPUs; write numbers and ranges, as in 1-3,5 or 0-7,^4")]
pub struct BadList(String);

/// Reads virsh's list form: numbers, ranges, and `^` to take one out again. Ascending, no doubles.
///
/// # Errors
/// Anything else, an empty list, or a number beyond any machine's.
pub fn parse_list(text: &str) -> Result<Vec<u32>, BadList> {
    let bad = || BadList(text.to_owned());
    let mut chosen = BTreeSet::new();
    for part in text.split(',').map(str::trim) {
        match part.strip_prefix('^') {
            Some(number) => {
                chosen.remove(&number.parse().map_err(|_| bad())?);
            }
            None => chosen.extend(range(part).ok_or_else(bad)?),
        }
    }
    if chosen.is_empty() {
        return Err(bad());
    }
    Ok(chosen.into_iter().collect())
}

fn range(text: &str) -> Option<std::ops::RangeInclusive<u32>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && (last as usize) < MAX_SLOTS).then_some(first..=last)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// Slots as QEMU 10 gives them for `-smp BOOT,maxcpus=MAXIMUM` with `plugged` added as `vcpuN`.
    pub(crate) fn machine(boot: u32, maximum: u32, plugged: &[u32]) -> Vec<Slot> {
        let entry = |index: u32| {
            let mut entry = json!({
                "type": "qemu64-x86_64-cpu", "vcpus-count": 1,
                "props": {"core-id": index, "thread-id": 0, "socket-id": 0},
            });
            if index < boot {
                entry["qom-path"] = format!("/machine/unattached/device[{index}]").into();
            } else if plugged.contains(&index) {
                entry["qom-path"] = format!("/machine/peripheral/vcpu{index}").into();
            }
            entry
        };
        parse(&(0..maximum).rev().map(entry).collect()).expect("well formed")
    }

    /// The same as QEMU's answer.
    pub(crate) fn answer(slots: &[Slot]) -> Value {
        let entry = |slot: &Slot| {
            let mut entry = json!({"type": slot.type_name, "props": slot.props, "vcpus-count": 1});
            if let Some(path) = &slot.qom_path {
                entry["qom-path"] = path.as_str().into();
            }
            entry
        };
        slots.iter().rev().map(entry).collect()
    }

    #[test]
    fn the_list_is_turned_round_and_origins_are_told_apart() {
        let mut slots = machine(1, 4, &[2]);
        slots[3].qom_path = Some("/machine/peripheral-anon/device[0]".to_owned());
        let origins: Vec<_> = slots.iter().map(Slot::origin).collect();
        let plugged = Some(Origin::Plugged("vcpu2".to_owned()));
        assert_eq!(
            origins,
            [Some(Origin::Boot), None, plugged, Some(Origin::Anonymous)]
        );
        assert_eq!(slots[1].props["core-id"], 1);
    }

    #[test]
    fn device_add_gets_the_properties_word_for_word() {
        let arguments = machine(1, 4, &[])[3].add_arguments("vcpu3");
        let expected = json!({"driver": "qemu64-x86_64-cpu", "id": "vcpu3",
            "core-id": 3, "thread-id": 0, "socket-id": 0});
        assert_eq!(arguments, expected);
    }

    #[test]
    fn captured_answers_of_other_machines_are_read() {
        let tables = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/tables");
        let folders = std::fs::read_dir(&tables).unwrap_or_else(|error| {
            panic!(
                "the captured tables are missing, {}: {error}; they belong beside the checkout, as `shared/tables`",
                tables.display()
            )
        });
        let mut read = 0;
        for folder in folders {
            let file = folder
                .expect("an entry")
                .path()
                .join("query-hotpluggable-cpus.json");
            let Ok(text) = std::fs::read_to_string(&file) else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            let list = answer.get("return").unwrap_or(&answer);
            if list.is_array() {
                let slots = parse(list).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
                assert!(
                    slots[0].present(),
                    "{}: slot 0 is the boot CPU",
                    file.display()
                );
                read += 1;
            }
        }
        assert!(read > 0, "no answer in {}", tables.display());
    }

    #[test]
    fn lists_are_read_as_virsh_reads_them() {
        assert_eq!(parse_list("1-3,5,^2").unwrap(), [1, 3, 5]);
        assert_eq!(parse_list("2,1,2").unwrap(), [1, 2]);
        for bad in ["", "a", "3-1", "1,,2", "^1", "1-99999999", "-1", "1-2-3"] {
            assert!(parse_list(bad).is_err(), "{bad:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn no_list_makes_the_reader_panic(text in "[-0-9,^ a]{0,20}") {
            let _ = parse_list(&text);
        }
    }
}
