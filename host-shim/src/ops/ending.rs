//! The end of a removal as one event of QEMU tells it, whoever asked for it and however long ago.
//!
//! For followers of events: what virsh users know as `vcpu-removed` and `device-removal-failed`.
//! Under TCG the deletion names only the path of the CPU's local APIC.

use serde::Serialize;

use super::ost::Ost;
use crate::qmp::Event;

/// How a removal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Ending {
    /// The CPU is gone.
    VcpuRemoved {
        /// The device's id.
        device: String,
    },
    /// The guest said no.
    DeviceRemovalFailed {
        /// The slot.
        vcpu: u32,
        /// The guest's status.
        reason: String,
    },
}

impl Ending {
    /// The ending that `event` tells; most tell none.
    pub fn of(event: &Event) -> Option<Self> {
        let text = |key| event.data.get(key).and_then(serde_json::Value::as_str);
        match event.name.as_str() {
            "DEVICE_DELETED" => {
                let path = text("path").and_then(|path| path.strip_prefix("/machine/peripheral/"));
                // With a device's own event comes none for its APIC.
                let cpu = path.and_then(|path| path.strip_suffix("/lapic"));
                let device = cpu.or_else(|| text("device"))?.to_owned();
                Some(Self::VcpuRemoved { device })
            }
            "ACPI_DEVICE_OST" => {
                let slot = event.data.get("info")?.get("slot")?.as_str()?;
                let vcpu = slot.parse().ok()?;
                let ost = Ost::from_event(&event.data, vcpu)?;
                (ost.is_removal() && ost.failed()).then(|| Self::DeviceRemovalFailed {
                    vcpu,
                    reason: ost.meaning(),
                })
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::VcpuRemoved { device } => write!(f, "vcpu-removed: {device} is gone"),
            Self::DeviceRemovalFailed { vcpu, reason } => {
                write!(f, "device-removal-failed: vcpu {vcpu} stays, {reason}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use serde_json::{Value, json};

    fn ending(name: &str, data: Value) -> Option<Ending> {
        Ending::of(&Event {
            name: name.to_owned(),
            data,
            timestamp_us: None,
            at: Instant::now(),
        })
    }

    #[test]
    fn a_deletion_is_one_under_kvm_and_under_tcg() {
        let device = "vcpu3".to_owned();
        let removed = Some(Ending::VcpuRemoved { device });
        for data in [
            json!({"device": "vcpu3", "path": "/machine/peripheral/vcpu3"}),
            json!({"path": "/machine/peripheral/vcpu3/lapic"}),
        ] {
            assert_eq!(ending("DEVICE_DELETED", data), removed);
        }
        let other = json!({"path": "/machine/unattached/device[3]"});
        assert_eq!(ending("DEVICE_DELETED", other), None);
    }

    #[test]
    fn only_a_refusal_is_an_end() {
        let ost = |status| {
            let info = json!({"slot": "5", "slot-type": "CPU", "source": 3, "status": status});
            ending("ACPI_DEVICE_OST", json!({"info": info}))
        };
        assert_eq!((ost(0), ost(0x84)), (None, None));
        let refused = ost(0x82).expect("an end").to_string();
        assert!(
            refused.contains("vcpu 5") && refused.contains("busy"),
            "{refused}"
        );
    }
}
