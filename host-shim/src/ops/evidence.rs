//! What is known about one change so far.
//!
//! Everything here was said by QEMU or the guest, in whatever number and order: the lists are
//! bounded.

use std::time::Instant;

use hotvcpu_wire::Phase;

use super::ost::Ost;
use crate::guest_log::GuestRecord;
use crate::qmp::{Event, Failure};

/// Records kept of one CPU in one operation. An honest guest writes about fifteen.
const MAX_RECORDS: usize = 256;
/// `_OST`s kept. An honest guest sends two.
const MAX_OSTS: usize = 32;

/// Everything that was seen of one change.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// QEMU's answer to the command.
    pub reply: Option<(Instant, Result<(), Failure>)>,
    /// The guest's records about this CPU.
    pub records: Vec<GuestRecord>,
    /// What the guest's `_OST` told QEMU.
    pub osts: Vec<(Instant, Ost)>,
    /// When DEVICE_DELETED named the CPU, or a part of it.
    pub deleted: Option<Instant>,
    /// When QEMU said that the guest refused (DEVICE_UNPLUG_GUEST_ERROR).
    pub guest_error: Option<Instant>,
    /// When QEMU was seen to have the slot free again.
    pub free: Option<Instant>,
}

impl Evidence {
    /// Takes in an event if it is about the CPU `id` in `slot`; returns whether it was.
    pub fn observe_event(&mut self, event: &Event, id: &str, slot: u32) -> bool {
        match event.name.as_str() {
            "DEVICE_DELETED" if names_cpu(event, id) => {
                self.deleted.get_or_insert(event.at);
                true
            }
            "DEVICE_UNPLUG_GUEST_ERROR" if names_cpu(event, id) => {
                self.guest_error.get_or_insert(event.at);
                true
            }
            "ACPI_DEVICE_OST" => match Ost::from_event(&event.data, slot) {
                Some(ost) => {
                    push_bounded(&mut self.osts, MAX_OSTS, (event.at, ost));
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// Takes in a record about this CPU.
    pub fn observe_record(&mut self, record: &GuestRecord) {
        push_bounded(&mut self.records, MAX_RECORDS, record.clone());
    }

    /// The first record of `phase`.
    pub fn record(&self, phase: Phase) -> Option<&GuestRecord> {
        self.records
            .iter()
            .find(|record| record.record.phase == phase)
    }

    /// Whether the guest has the CPU and does not use it, by its own policy.
    pub fn left_offline(&self) -> bool {
        self.record(Phase::Present).is_some() && self.record(Phase::Online).is_none()
    }

    /// Whether QEMU has taken the request.
    pub fn accepted(&self) -> bool {
        matches!(self.reply, Some((_, Ok(()))))
    }
}

/// Under KVM the event names the device; under TCG only the path of its local APIC arrives.
fn names_cpu(event: &Event, id: &str) -> bool {
    let text = |key| event.data.get(key).and_then(serde_json::Value::as_str);
    let by_path = text("path")
        .and_then(|path| path.strip_prefix("/machine/peripheral/"))
        .and_then(|rest| rest.strip_prefix(id))
        .is_some_and(|rest| matches!(rest, "" | "/lapic"));
    text("device") == Some(id) || by_path
}

fn push_bounded<T>(list: &mut Vec<T>, bound: usize, item: T) {
    if list.len() < bound {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(name: &str, data: Value) -> Event {
        Event {
            name: name.to_owned(),
            data,
            timestamp_us: None,
            at: Instant::now(),
        }
    }

    #[test]
    fn a_deletion_is_known_by_name_or_by_path() {
        for data in [
            json!({"device": "vcpu1", "path": "/machine/peripheral/vcpu1"}),
            json!({"path": "/machine/peripheral/vcpu1"}),
            json!({"path": "/machine/peripheral/vcpu1/lapic"}),
        ] {
            let mut evidence = Evidence::default();
            assert!(evidence.observe_event(&event("DEVICE_DELETED", data), "vcpu1", 1));
            assert!(evidence.deleted.is_some());
        }
    }

    #[test]
    fn another_cpu_with_a_longer_name_is_not_meant() {
        for path in [
            "/machine/peripheral/vcpu10/lapic",
            "/machine/peripheral/vcpu10",
            "/x",
        ] {
            let deletion = event("DEVICE_DELETED", json!({"path": path}));
            assert!(
                !Evidence::default().observe_event(&deletion, "vcpu1", 1),
                "{path}"
            );
        }
    }
}
