//! What is plugged, as the monitor's reports add up to it, and what the slots are called, as QEMU
//! tells.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Generation;

/// No machine has more slots; what reports name beyond it is not believed.
pub(super) const MAX_SLOTS: u32 = 4096;

/// The machine's slots in QEMU's words, ascending. They are the CPUs that QEMU has made, all of them
/// at its start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// The type of all of them, such as `cortex-a57-arm-cpu`.
    pub type_name: String,
    pub slots: Vec<SlotNames>,
}

/// One slot's names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SlotNames {
    /// As `device_add` wants them.
    pub props: Map<String, Value>,
    /// The object that QEMU made at its start.
    pub qom_path: String,
}

impl Layout {
    /// Reads QEMU's `query-cpus-fast`. `None` when it is not what QEMU documents.
    pub fn read(cpus: &Value, type_name: &str) -> Option<Self> {
        let mut slots = BTreeMap::new();
        for cpu in cpus.as_array()? {
            let names = SlotNames {
                props: cpu.get("props")?.as_object()?.clone(),
                qom_path: cpu.get("qom-path")?.as_str()?.to_owned(),
            };
            slots.insert(cpu.get("cpu-index")?.as_u64()?, names);
        }
        let without_holes = (0..).zip(slots.keys()).all(|(index, key)| index == *key);
        let count = slots.len();
        (without_holes && count > 0 && count <= MAX_SLOTS as usize).then(|| Self {
            type_name: type_name.to_owned(),
            slots: slots.into_values().collect(),
        })
    }
}

/// How a plugged CPU came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Plugged {
    /// With the machine.
    Boot,
    /// By `device_add`, with this id.
    Named(String),
    /// By `device_add` without an id.
    Anonymous,
}

impl Plugged {
    pub fn added(id: Option<String>) -> Self {
        id.map_or(Self::Anonymous, Self::Named)
    }

    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Named(id) => Some(id),
            Self::Boot | Self::Anonymous => None,
        }
    }

    /// Where QEMU would have the CPU's object; `None` where it really has it.
    pub fn qom_path(&self, slot: u32) -> Option<String> {
        match self {
            Self::Boot => None,
            Self::Named(id) => Some(format!("/machine/peripheral/{id}")),
            Self::Anonymous => Some(format!("/machine/peripheral-anon/device[{slot}]")),
        }
    }
}

/// A report that cannot be true, in words.
pub(super) type Nonsense = String;

/// What is plugged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub(super) generation: Generation,
    plugged: BTreeMap<u32, Plugged>,
    /// The last `_OST` of each slot: source event and status.
    osts: BTreeMap<u32, (u32, u64)>,
    /// CPUs of the machine's start.
    boot: u32,
    /// What a monitor that is telling its state has named so far.
    telling: Option<BTreeMap<u32, Plugged>>,
}

fn at_boot(boot: u32) -> BTreeMap<u32, Plugged> {
    (0..boot.min(MAX_SLOTS))
        .map(|slot| (slot, Plugged::Boot))
        .collect()
}

impl Model {
    /// A machine as it is switched on, with `boot` CPUs.
    pub fn at_power_on(generation: Generation, boot: u32) -> Self {
        Self {
            generation,
            plugged: at_boot(boot),
            osts: BTreeMap::new(),
            boot,
            telling: None,
        }
    }

    /// The monitor has started, and tells its state. What was plugged counts until it has told.
    pub(super) fn begin_telling(&mut self, generation: Generation, boot: u32) {
        self.generation = generation;
        self.boot = boot;
        self.telling = Some(at_boot(boot));
    }

    /// The monitor tells of a slot.
    pub(super) fn tell(&mut self, slot: u32, id: Option<String>) {
        if let Some(told) = &mut self.telling
            && slot >= self.boot
        {
            told.insert(slot, Plugged::added(id));
        }
    }

    /// The monitor has told its state, if it was at it.
    pub(super) fn end_telling(&mut self) {
        if let Some(told) = self.telling.take() {
            self.plugged = told;
        }
    }

    pub(super) fn plugged(&self) -> &BTreeMap<u32, Plugged> {
        &self.plugged
    }

    pub(super) fn get(&self, slot: u32) -> Option<&Plugged> {
        self.plugged.get(&slot)
    }

    pub(super) fn ost(&self, slot: u32) -> (u32, u64) {
        self.osts.get(&slot).copied().unwrap_or_default()
    }

    /// A CPU was added. One that is there stays what it is.
    pub(super) fn plug(&mut self, slot: u32, id: Option<String>) {
        self.plugged.entry(slot).or_insert(Plugged::added(id));
    }

    /// The guest has ejected a CPU; returns what it was.
    pub(super) fn unplug(&mut self, slot: u32) -> Result<Plugged, Nonsense> {
        match self.plugged.get(&slot) {
            None => Err(format!("CPU {slot} was deleted, which was not plugged")),
            Some(Plugged::Boot) => Err(format!("CPU {slot} was deleted, which booted")),
            Some(_) => Ok(self.plugged.remove(&slot).unwrap_or(Plugged::Anonymous)),
        }
    }

    /// The guest evaluated `_OST`.
    pub(super) fn set_ost(&mut self, slot: u32, event: u32, status: u64) {
        self.osts.insert(slot, (event, status));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_layout_is_qemus_list_in_order_and_without_holes() {
        let cpu = |index: u64| {
            json!({"cpu-index": index, "qom-path": format!("/machine/unattached/device[{index}]"),
                "props": {"core-id": index}, "thread-id": 7, "target": "aarch64"})
        };
        let layout = Layout::read(&json!([cpu(1), cpu(0)]), "t").expect("both");
        assert_eq!(layout.slots[1].props["core-id"], 1);
        for wrong in [json!([]), json!([cpu(0), cpu(2)]), json!({}), json!([{}])] {
            assert_eq!(Layout::read(&wrong, "t"), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_plugged_counts_until_the_monitor_has_told_its_state() {
        let mut model = Model::at_power_on(Generation::New, 1);
        model.plug(2, Some("a".to_owned()));
        model.begin_telling(Generation::New, 1);
        model.tell(0, None);
        model.tell(3, None);
        assert_eq!(model.plugged().len(), 2, "the old state");
        model.end_telling();
        let slots: Vec<_> = model.plugged().iter().collect();
        assert_eq!(slots, [(&0, &Plugged::Boot), (&3, &Plugged::Anonymous)]);
    }
}
