//! `_OST` as QEMU passes it on, and what its numbers mean (ACPI 6.5, 6.3.5).

use serde_json::Value;

/// The source event of a device check (ACPI 6.5, 5.6.6: notification 1).
const DEVICE_CHECK: u64 = 1;
/// The source event of an eject request (notification 3).
const EJECT_REQUEST: u64 = 3;
/// The source event of the ejection's processing, which some systems name instead.
const EJECTION_PROCESSING: u64 = 0x103;
/// Likewise, of the insertion's.
const INSERTION_PROCESSING: u64 = 0x200;

/// Success, for every source.
const SUCCESS: u64 = 0;
/// An ejection is under way; not an end.
const EJECTION_IN_PROGRESS: u64 = 0x84;
/// An insertion is under way; not an end.
const INSERTION_IN_PROGRESS: u64 = 0x80;

/// What one `_OST` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ost {
    /// What the guest answers to.
    pub source: u64,
    /// Its answer.
    pub status: u64,
}

impl Ost {
    /// Reads QMP's ACPI_DEVICE_OST; `None` when it is not about the CPU in `slot`.
    pub(super) fn from_event(data: &Value, slot: u32) -> Option<Self> {
        let info = data.get("info")?;
        let is_cpu = info.get("slot-type")?.as_str()? == "CPU";
        let named: u32 = info.get("slot")?.as_str()?.parse().ok()?;
        if !is_cpu || named != slot {
            return None;
        }
        Some(Self {
            source: info.get("source")?.as_u64()?,
            status: info.get("status")?.as_u64()?,
        })
    }

    /// Whether it answers an insertion.
    pub(super) fn is_insertion(self) -> bool {
        matches!(self.source, DEVICE_CHECK | INSERTION_PROCESSING)
    }

    /// Whether it answers a removal.
    pub(super) fn is_removal(self) -> bool {
        matches!(self.source, EJECT_REQUEST | EJECTION_PROCESSING)
    }

    /// Whether it says that all is done.
    pub(super) fn succeeded(self) -> bool {
        self.status == SUCCESS
    }

    /// Whether it says that the operation goes on: no end.
    pub(super) fn in_progress(self) -> bool {
        self.status
            == match self.is_removal() {
                true => EJECTION_IN_PROGRESS,
                false => INSERTION_IN_PROGRESS,
            }
    }

    /// Whether it says that the operation has failed.
    pub(super) fn failed(self) -> bool {
        !(self.succeeded() || self.in_progress())
    }

    /// The status in the specification's words.
    pub(super) fn meaning(self) -> String {
        let words = match (self.is_removal(), self.status) {
            (_, SUCCESS) => "success",
            (_, 1) => "non-specific failure",
            (_, 2) => "unrecognized notify code",
            (true, 0x80) => "device ejection not supported by the guest",
            (true, 0x81) => "device in use by an application",
            (true, 0x82) => "device busy",
            (true, 0x83) => "ejection dependency busy or not supported",
            (true, EJECTION_IN_PROGRESS) => "ejection in progress",
            (false, INSERTION_IN_PROGRESS) => "insertion in progress",
            (false, 0x81) => "device driver load failure",
            (false, 0x82) => "device insertion not supported by the guest",
            (false, 0x90..=0x9f) => "resources unavailable",
            _ => "unknown status",
        };
        format!("_OST status {:#x}: {words}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(slot: &str, kind: &str, source: u64, status: u64) -> Value {
        json!({"info": {"device": "vcpu1", "slot": slot, "slot-type": kind,
            "source": source, "status": status}})
    }

    #[test]
    fn only_the_slots_own_cpu_events_count() {
        let ost = Ost::from_event(&event("12", "CPU", 3, 0), 12).expect("its own");
        assert!(ost.is_removal() && ost.succeeded() && !ost.failed());
        assert_eq!(Ost::from_event(&event("1", "CPU", 3, 0), 12), None);
        assert_eq!(Ost::from_event(&event("12", "DIMM", 3, 0), 12), None);
        assert_eq!(Ost::from_event(&json!({"info": {"slot": 12}}), 12), None);
    }

    #[test]
    fn in_progress_is_neither_success_nor_failure() {
        let ost = Ost {
            source: 3,
            status: 0x84,
        };
        assert!(!ost.succeeded() && !ost.failed());
        assert!(
            Ost {
                source: 1,
                status: 0x84
            }
            .failed(),
            "it means nothing for an insertion"
        );
        let insertion = Ost {
            source: 1,
            status: 0x80,
        };
        assert!(!insertion.succeeded() && !insertion.failed());
        assert!(
            Ost {
                source: 0x200,
                status: 0x81
            }
            .meaning()
            .contains("load failure")
        );
        assert!(
            Ost {
                source: 3,
                status: 0x81
            }
            .meaning()
            .contains("in use")
        );
    }
}
