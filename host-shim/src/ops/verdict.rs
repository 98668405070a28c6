//! Has the change ended, and how? A pure function of the evidence.
//!
//! An add has ended when the guest says that the CPU takes work, or that it has it and leaves it
//! offline, which is the guest's own policy. `_OST` success alone is enough
//! only for a guest that keeps no event file: some report success for a CPU that they never use. A
//! removal has ended when QEMU has the slot free again, and nothing less: only then can it be
//! filled again.

use std::time::Instant;

use hotvcpu_wire::Phase;

use super::Evidence;
use super::batch::Presence;
use super::ost::Ost;
use crate::guard::Direction;
use crate::guest_log::{GuestRecord, printable};
use crate::qmp::Failure;

/// Where a change stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not ended.
    Waiting,
    /// Ended well, at this time.
    Done(Instant),
    /// Taken by QEMU while the guest cannot answer.
    Pending,
    /// QEMU refused the command.
    QemuRefused(Failure),
    /// The guest refused, in these words.
    GuestRefused(String),
    /// The guest failed, in these words.
    GuestFailed(String),
}

/// Judges one change.
pub(crate) fn judge(direction: Direction, presence: Presence, evidence: &Evidence) -> Verdict {
    if let Some((_, Err(failure))) = &evidence.reply {
        return Verdict::QemuRefused(failure.clone());
    }
    match direction {
        Direction::Add => judge_add(presence, evidence),
        Direction::Remove => judge_removal(evidence),
    }
}

fn judge_add(presence: Presence, evidence: &Evidence) -> Verdict {
    if let Some(online) = evidence.record(Phase::Online) {
        return Verdict::Done(online.at);
    }
    if let Some(present) = evidence.record(Phase::Present) {
        return Verdict::Done(present.at);
    }
    let failed_ost = evidence
        .osts
        .iter()
        .find(|(_, ost)| ost.is_insertion() && ost.failed());
    let failed_record = evidence
        .record(Phase::Failed)
        .or(evidence.record(Phase::Refused));
    if failed_ost.is_some() || failed_record.is_some() {
        return Verdict::GuestFailed(reason(failed_record, failed_ost));
    }
    let succeeded = evidence
        .osts
        .iter()
        .find(|(_, ost)| ost.is_insertion() && ost.succeeded());
    match (presence, succeeded) {
        (Presence::Silent, Some((at, _))) => Verdict::Done(*at),
        (Presence::NotYet, None) if evidence.accepted() => Verdict::Pending,
        _ => Verdict::Waiting,
    }
}

fn judge_removal(evidence: &Evidence) -> Verdict {
    if let Some(at) = evidence.free {
        return Verdict::Done(at);
    }
    let failed_ost = evidence
        .osts
        .iter()
        .find(|(_, ost)| ost.is_removal() && ost.failed());
    if let Some(refused) = evidence.record(Phase::Refused) {
        return Verdict::GuestRefused(reason(Some(refused), failed_ost));
    }
    if let Some(failed) = evidence.record(Phase::Failed) {
        return Verdict::GuestFailed(reason(Some(failed), failed_ost));
    }
    if failed_ost.is_some() || evidence.guest_error.is_some() {
        return Verdict::GuestRefused(reason(None, failed_ost));
    }
    Verdict::Waiting
}

/// The guest's own words, and what it told QEMU.
fn reason(record: Option<&GuestRecord>, ost: Option<&(Instant, Ost)>) -> String {
    let words = record
        .and_then(|record| record.record.text.as_deref())
        .map(printable);
    match (words, ost.map(|(_, ost)| ost.meaning())) {
        (Some(words), Some(status)) => format!("{words} ({status})"),
        (Some(words), None) => words,
        (None, Some(status)) => status,
        (None, None) => "it gave no reason".to_owned(),
    }
}

/// Whether everything that usually follows the end has come, too, so that the timeline is whole.
pub(crate) fn complete(direction: Direction, presence: Presence, evidence: &Evidence) -> bool {
    let is_final = |ost: &Ost| {
        let is_answer = match direction {
            Direction::Add => ost.is_insertion(),
            Direction::Remove => ost.is_removal(),
        };
        is_answer && !ost.in_progress()
    };
    let told_qemu = evidence.osts.iter().any(|(_, ost)| is_final(ost));
    let said_so = evidence
        .records
        .iter()
        .filter_map(ost_of)
        .any(|ost| is_final(&ost));
    // A quick guest has acted before QEMU's reply is here.
    let replied = evidence.reply.is_some();
    replied && told_qemu && (said_so || presence == Presence::Silent)
}

/// A guest's `ost` record in the same form as QEMU's event.
pub(super) fn ost_of(record: &GuestRecord) -> Option<Ost> {
    let record = &record.record;
    if record.phase != Phase::Ost {
        return None;
    }
    Some(Ost {
        source: record.event?.into(),
        status: record.value?,
    })
}

/// How far the change came, in words, for the error of one that did not end.
pub(crate) fn reached(evidence: &Evidence) -> String {
    if !evidence.accepted() {
        return "QEMU has not answered the command".to_owned();
    }
    if let Some(last) = evidence.records.last() {
        return format!(
            "the guest reached `{}` and went no further",
            last.record.phase
        );
    }
    if evidence.deleted.is_some() {
        return "QEMU tells that the device is deleted, yet the slot is still taken".to_owned();
    }
    match evidence.osts.last() {
        Some((_, ost)) => format!(
            "the guest answered with {}, and nothing came after",
            ost.meaning()
        ),
        None => "QEMU took the request, and the guest has not reacted to it".to_owned(),
    }
}
