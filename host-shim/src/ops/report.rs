//! From a batch to what the caller gets: outcomes and timelines.

use std::time::{Duration, Instant};

use hotvcpu_wire::Phase;

use super::batch::{Batch, Change};
use super::verdict::{Verdict, ost_of, reached};
use super::{Operation, Outcome};
use crate::error::Error;
use crate::guard::{Direction, Refusal};
use crate::guest_log::{Clock, GuestRecord};
use crate::qmp::{Failure, QmpError};
use crate::timeline::{Builder, Source, Timeline};

impl Batch {
    /// The operations, in the order in which they were asked for. What has not ended has timed out
    /// after `timeout`.
    pub(crate) fn into_operations(self, clock: &Clock, timeout: Duration) -> Vec<Operation> {
        let operation = |change: &Change| Operation {
            slot: change.slot,
            direction: self.direction,
            outcome: self.outcome(change, timeout),
            left_offline: self.direction == Direction::Add && change.evidence.left_offline(),
            timeline: self.timeline(change, clock),
        };
        self.changes.iter().map(operation).collect()
    }

    /// What guest and QEMU both told: the guest's time of an `_OST`, and when QEMU's event about it
    /// came. Only an `_OST` that was said once on each side is sure to be the same.
    pub(crate) fn told_by_both(&self) -> Vec<(u64, Instant)> {
        let mut pairs = Vec::new();
        for evidence in self.changes.iter().map(|change| &change.evidence) {
            for (at, told) in &evidence.osts {
                let mut said = evidence
                    .records
                    .iter()
                    .filter(|record| ost_of(record) == Some(*told));
                let mut same = evidence.osts.iter().filter(|(_, other)| other == told);
                if let (Some(record), None, Some(_), None) =
                    (said.next(), said.next(), same.next(), same.next())
                {
                    pairs.push((record.record.t_ns, *at));
                }
            }
        }
        pairs
    }

    fn outcome(&self, change: &Change, timeout: Duration) -> Outcome {
        let (slot, direction) = (change.slot, self.direction);
        Outcome::Failed(match change.verdict.clone() {
            Verdict::Done(_) => return Outcome::Done,
            Verdict::Pending => return Outcome::Pending,
            Verdict::GuestRefused(reason) => Error::GuestRefused { slot, reason },
            Verdict::GuestFailed(reason) => Error::GuestFailed {
                slot,
                direction,
                reason,
            },
            Verdict::QemuRefused(failure) if only_adds(direction, &failure) => {
                let (index, said) = (slot, failure.desc);
                Refusal::OnlyAdds { index, said }.into()
            }
            Verdict::QemuRefused(failure) => {
                let command = match direction {
                    Direction::Add => format!("device_add of vcpu '{slot}'"),
                    Direction::Remove => format!("device_del of vcpu '{slot}'"),
                };
                Error::Qmp(QmpError::Refused { command, failure })
            }
            Verdict::Waiting => {
                let mut reached = reached(&change.evidence);
                if self.was_reset {
                    reached.push_str(" (the machine was reset meanwhile, which loses requests)");
                }
                Error::Timeout {
                    slot,
                    direction,
                    reached,
                    after: timeout,
                }
            }
        })
    }

    fn timeline(&self, change: &Change, clock: &Clock) -> Timeline {
        let mut builder = Builder::new(change.request);
        let evidence = &change.evidence;
        if let Some((at, _)) = evidence.reply {
            builder.mark("reply", at, Source::Qmp, String::new());
        }
        for record in self
            .doorbell_and_scan(change)
            .into_iter()
            .chain(&evidence.records)
        {
            mark_record(&mut builder, record, clock);
        }
        for (at, ost) in &evidence.osts {
            builder.mark("qmp_ost", *at, Source::Qmp, ost.meaning());
        }
        if let Some(at) = evidence.deleted {
            builder.mark("qmp_deleted", at, Source::Qmp, String::new());
        }
        if let Verdict::Done(at) = change.verdict {
            builder.mark("end", at, Source::Host, String::new());
        }
        builder.build()
    }

    /// The doorbell that led to this CPU's Notify, and the scan that it led to. Neither record
    /// names a CPU, because one doorbell may stand for many.
    fn doorbell_and_scan(&self, change: &Change) -> Vec<&GuestRecord> {
        let notify = change
            .evidence
            .record(Phase::Notify)
            .map(|record| record.record.seq);
        let of = |phase| {
            self.shared
                .iter()
                .filter(move |record| record.record.phase == phase)
        };
        let doorbell = match notify {
            Some(seq) => of(Phase::Doorbell).rfind(|bell| bell.record.seq < seq),
            None => of(Phase::Doorbell).next(),
        };
        let since = doorbell.map_or(0, |bell| bell.record.seq);
        let scan = of(Phase::Scan).find(|scan| scan.record.seq >= since);
        doorbell.into_iter().chain(scan).collect()
    }
}

/// Whether the refusal is that of a host of the old aarch64 generation. The guest's side of a removal is
/// there, so nothing but this refusal tells.
fn only_adds(direction: Direction, failure: &Failure) -> bool {
    let words = "device unplug request for unsupported device type";
    direction == Direction::Remove && failure.desc.starts_with(words)
}

fn mark_record(builder: &mut Builder, record: &GuestRecord, clock: &Clock) {
    let at = clock.host_time(record.record.t_ns).unwrap_or(record.at);
    let ost = ost_of(record);
    let name = match ost {
        Some(ost) if ost.in_progress() => "ost_in_progress".to_owned(),
        _ => record.record.phase.to_string(),
    };
    let detail = ost.map_or_else(|| detail(record), |ost| ost.meaning());
    builder.mark(&name, at, Source::Guest, detail);
}

/// The record's own number and text, as far as they help a reader.
fn detail(record: &GuestRecord) -> String {
    let record = &record.record;
    let number = match (record.phase, record.value) {
        (Phase::Doorbell, Some(gsi)) => Some(format!("GSI {gsi}")),
        (Phase::Notify, Some(1)) => Some("device check".to_owned()),
        (Phase::Notify, Some(3)) => Some("eject request".to_owned()),
        (Phase::Status, Some(status)) => Some(format!("_STA {status:#x}")),
        _ => None,
    };
    let hw_id = record.hw_id.map(|id| format!("id {id}"));
    let text = record.text.as_deref().map(crate::guest_log::printable);
    number
        .into_iter()
        .chain(hw_id)
        .chain(text)
        .collect::<Vec<_>>()
        .join(", ")
}
