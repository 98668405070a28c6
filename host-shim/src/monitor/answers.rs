//! Answers in QEMU's shapes, made of QEMU's own and of what is plugged.

use serde_json::{Value, json};

use super::model::{Layout, Model, SlotNames};

/// `query-hotpluggable-cpus`: highest first.
pub(super) fn hotpluggable_cpus(layout: &Layout, model: &Model) -> Value {
    let entry = |(slot, names): (u32, &SlotNames)| {
        let mut entry = json!({
            "props": names.props, "vcpus-count": 1, "type": layout.type_name,
        });
        if let Some(cpu) = model.get(slot) {
            let path = cpu.qom_path(slot);
            entry["qom-path"] = path.unwrap_or_else(|| names.qom_path.clone()).into();
        }
        entry
    };
    let mut list: Vec<Value> = (0..).zip(&layout.slots).map(entry).collect();
    list.reverse();
    list.into()
}

/// `query-cpus-fast`: of the CPUs that QEMU has, those that are plugged.
pub(super) fn cpus_fast(theirs: Value, model: &Model) -> Value {
    let Value::Array(cpus) = theirs else {
        return theirs;
    };
    let view = |mut cpu: Value| {
        let slot = u32::try_from(cpu.get("cpu-index")?.as_u64()?).ok()?;
        if let Some(path) = model.get(slot)?.qom_path(slot) {
            cpu["qom-path"] = path.into();
        }
        Some(cpu)
    };
    cpus.into_iter().filter_map(view).collect()
}

/// `query-acpi-ospm-status`: QEMU's own entries (memory), then the slots.
pub(super) fn ospm_status(theirs: Option<Value>, layout: &Layout, model: &Model) -> Value {
    let mut list = match theirs {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let slots = (0..).zip(&layout.slots).map(|(slot, _)| slot);
    list.extend(slots.map(|slot: u32| ost_info(model, slot)));
    list.into()
}

/// One slot's `ACPIOSTInfo`.
pub(super) fn ost_info(model: &Model, slot: u32) -> Value {
    let (source, status) = model.ost(slot);
    let mut info = json!({
        "slot": slot.to_string(), "slot-type": "CPU", "source": source, "status": status,
    });
    if let Some(id) = model.get(slot).and_then(|cpu| cpu.id()) {
        info["device"] = id.into();
    }
    info
}
