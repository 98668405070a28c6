//! What QEMU's native hosts would refuse, in their words, before the monitor is asked.
//!
//! The monitor refuses by itself what concerns its own state. Here is what it cannot know (the
//! machine's topology, QEMU's words for it), and what has to be known at once: a stopped machine's
//! monitor does not run, and QEMU answers all the same.

use std::collections::BTreeMap;

use hotvcpu_wire::control::{MAX_ID, is_valid_id};
use serde_json::{Map, Value};

use super::Generation;
use super::model::{Layout, Plugged, SlotNames};
use crate::qmp::Failure;

/// What names a slot, from the largest unit down; in the order in which a native host tells them.
const LEVELS: [&str; 4] = ["socket-id", "cluster-id", "core-id", "thread-id"];

/// CPUs of a cluster of the interrupt controller: 16 in the lowest affinity level.
const CPUS_PER_AFF1: u32 = 16;

/// A `device_add` of a CPU that can be asked of the monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Add {
    pub slot: u32,
    pub id: Option<String>,
}

/// A refusal of class GenericError.
pub(super) fn refused(desc: impl Into<String>) -> Failure {
    Failure {
        class: "GenericError".to_owned(),
        desc: desc.into(),
    }
}

/// Whether a `device_add` with this driver is one of a CPU.
pub(super) fn is_cpu(arguments: &Value) -> bool {
    let driver = arguments.get("driver").and_then(Value::as_str);
    driver.is_some_and(|driver| driver.ends_with("-arm-cpu"))
}

/// Checks a `device_add` of a CPU; `taken` is what is plugged and what is being plugged.
pub(super) fn add(
    arguments: &Value,
    generation: Generation,
    layout: &Layout,
    taken: &BTreeMap<u32, Plugged>,
) -> Result<Add, Failure> {
    let empty = Map::new();
    let arguments = arguments.as_object().unwrap_or(&empty);
    let type_name = &layout.type_name;
    if arguments.get("driver").and_then(Value::as_str) != Some(type_name) {
        let desc = format!("Invalid CPU type, expected cpu type: '{type_name}'");
        return Err(refused(desc));
    }
    let id = arguments.get("id").map(|id| checked_id(id, taken));
    let id = id.transpose()?;
    let slot = find_slot(arguments, generation, layout)?;
    if taken.contains_key(&slot) {
        return Err(refused(exists(slot, layout)));
    }
    Ok(Add { slot, id })
}

fn checked_id(id: &Value, taken: &BTreeMap<u32, Plugged>) -> Result<String, Failure> {
    let id = id.as_str().unwrap_or_default();
    if !is_valid_id(id) {
        let desc = format!(
            "Parameter 'id' expects an identifier (of {MAX_ID} characters at most, for a vCPU of this machine)"
        );
        return Err(refused(desc));
    }
    duplicate(id, taken).map_or(Ok(id.to_owned()), Err)
}

/// The refusal of an id that a CPU has.
pub(super) fn duplicate(id: &str, taken: &BTreeMap<u32, Plugged>) -> Option<Failure> {
    let is_taken = taken.values().any(|cpu| cpu.id() == Some(id));
    is_taken.then(|| duplicate_id(id))
}

/// Refuses the id of one of QEMU's own devices; `others` is its list of their objects (`qom-list`).
pub(super) fn not_among(others: &Value, add: Add) -> Result<Add, Failure> {
    let mut names = others
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|other| other.get("name")?.as_str());
    match &add.id {
        Some(id) if names.any(|name| name == id) => Err(duplicate_id(id)),
        _ => Ok(add),
    }
}

fn duplicate_id(id: &str) -> Failure {
    refused(format!("Duplicate device ID '{id}'"))
}

fn find_slot(
    arguments: &Map<String, Value>,
    generation: Generation,
    layout: &Layout,
) -> Result<u32, Failure> {
    let known =
        |key: &str| LEVELS.contains(&key) || matches!(key, "driver" | "id" | "node-id" | "bus");
    if let Some(unknown) = arguments.keys().find(|key| !known(key)) {
        let desc = format!("Property '{}.{unknown}' not found", layout.type_name);
        return Err(refused(desc));
    }
    let mut named = Vec::new();
    for level in LEVELS {
        if let Some(number) = place(arguments, level, generation, layout)? {
            named.push((level, number));
        }
    }
    let is_meant = |slot: &SlotNames| {
        let same = |(level, wanted): &(&str, u64)| {
            slot.props.get(*level).and_then(number) == Some(*wanted)
        };
        named.iter().all(same)
    };
    let found = (0..).zip(&layout.slots).find(|(_, slot)| is_meant(slot));
    let Some((slot, names)) = found else {
        return Err(refused("there is no CPU slot with these properties"));
    };
    let node = names.props.get("node-id").and_then(number);
    match (arguments.get("node-id").and_then(number), node) {
        (Some(given), Some(own)) if given != own => {
            Err(refused(format!("invalid node-id, must be {own}")))
        }
        _ => Ok(slot),
    }
}

/// The place that the arguments name in one level; `None` where this machine has no such level.
fn place(
    arguments: &Map<String, Value>,
    level: &str,
    generation: Generation,
    layout: &Layout,
) -> Result<Option<u64>, Failure> {
    let places = layout.slots.iter().map(|slot| slot.props.get(level));
    let Some(highest) = places.filter_map(|place| number(place?)).max() else {
        return Ok(None);
    };
    let Some(given) = arguments.get(level) else {
        return Err(refused(format!("CPU {level} is not set")));
    };
    if let Some(number) = number(given).filter(|number| *number <= highest) {
        return Ok(Some(number));
    }
    let given = given.as_str().map_or(given.to_string(), str::to_owned);
    Err(refused(match generation {
        Generation::Old => format!("Invalid CPU {level}: {given} must be in range 0:{highest}"),
        Generation::New | Generation::Rfc => {
            format!("Invalid {level} {given} specified, correct range 0:{highest}")
        }
    }))
}

/// QEMU takes a number also as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn exists(slot: u32, layout: &Layout) -> String {
    let names = usize::try_from(slot)
        .ok()
        .and_then(|slot| layout.slots.get(slot));
    let level = |level| {
        names
            .and_then(|names| number(names.props.get(level)?))
            .unwrap_or(0)
    };
    let [socket, cluster, core, thread] = LEVELS.map(level);
    let affinity = ((slot / CPUS_PER_AFF1) << 8) | (slot % CPUS_PER_AFF1);
    format!("cpu(id{slot}={socket}:{cluster}:{core}:{thread}) with arch-id {affinity} exist")
}

/// Which CPU a `device_del` names, by its id or its QOM path; `None`: none of ours.
pub(super) fn target(
    id: &str,
    layout: &Layout,
    taken: &BTreeMap<u32, Plugged>,
) -> Option<(u32, Plugged)> {
    let names = |slot: u32| layout.slots.get(usize::try_from(slot).ok()?);
    let is_meant = |slot: u32, cpu: &Plugged| match cpu.qom_path(slot) {
        Some(path) => cpu.id() == Some(id) || path == id,
        None => names(slot).is_some_and(|names| names.qom_path == id),
    };
    let mut cpus = taken.iter();
    let (slot, cpu) = cpus.find(|(slot, cpu)| is_meant(**slot, cpu))?;
    Some((*slot, cpu.clone()))
}

/// Whether this host removes that CPU.
pub(super) fn removal(
    generation: Generation,
    cpu: &Plugged,
    type_name: &str,
) -> Result<(), Failure> {
    if !generation.removes() {
        let desc = format!("device unplug request for unsupported device type: {type_name}");
        return Err(refused(desc));
    }
    if *cpu == Plugged::Boot {
        return Err(refused("Hot-unplug of cold-booted CPU not supported!"));
    }
    Ok(())
}
