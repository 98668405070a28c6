//! The changes of one request, on their way.

use std::time::{Duration, Instant};

use hotvcpu_wire::Phase;
use serde_json::{Value, json};

use super::Evidence;
use super::verdict::{Verdict, complete, judge};
use crate::guard::Direction;
use crate::guest_log::GuestRecord;
use crate::qmp::{CommandId, Event, Reply};
use crate::slots::{self, Origin, Slot};
use crate::stream::Incoming;

/// How long a decided change waits for the records that belong to it. It delays the report, not the
/// times in it.
const SETTLE: Duration = Duration::from_millis(100);

/// Doorbells and scans kept. They name no CPU, so they are kept once for all.
const MAX_SHARED: usize = 1024;

/// Whether the guest can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It keeps an event file and is ready.
    Ready,
    /// It is booting, or the machine is paused.
    NotYet,
    /// It keeps no event file: QEMU's events are all there is.
    Silent,
}

/// One CPU's change.
#[derive(Debug)]
pub(crate) struct Change {
    pub slot: u32,
    /// The device's id.
    pub id: String,
    arguments: Value,
    command: Option<CommandId>,
    pub request: Instant,
    pub evidence: Evidence,
    pub verdict: Verdict,
    decided: Option<Instant>,
}

/// All changes of one request. They have one direction.
#[derive(Debug)]
pub(crate) struct Batch {
    pub direction: Direction,
    pub presence: Presence,
    pub changes: Vec<Change>,
    /// Records that name no CPU: doorbells and scans.
    pub shared: Vec<GuestRecord>,
    /// The machine was reset meanwhile; QEMU then forgets removals.
    pub was_reset: bool,
    query: Option<CommandId>,
    query_again: bool,
}

impl Batch {
    /// The changes of `wanted` slots, in that order. Slots that the machine does not have are left
    /// out; guard has refused them before.
    pub fn new(direction: Direction, presence: Presence, wanted: &[u32], slots: &[Slot]) -> Self {
        let now = Instant::now();
        let changes = wanted
            .iter()
            .filter_map(|index| slots.get(*index as usize))
            .map(|slot| Change::new(direction, slot, id_for(slot, slots), now))
            .collect();
        Self {
            direction,
            presence,
            changes,
            shared: Vec::new(),
            was_reset: false,
            query: None,
            query_again: false,
        }
    }

    /// The command of change number `index`: its name and arguments.
    pub fn command(&self, index: usize) -> Option<(&'static str, Value)> {
        let name = match self.direction {
            Direction::Add => "device_add",
            Direction::Remove => "device_del",
        };
        self.changes
            .get(index)
            .map(|change| (name, change.arguments.clone()))
    }

    /// Change number `index` was sent at `at`.
    pub fn sent(&mut self, index: usize, command: CommandId, at: Instant) {
        if let Some(change) = self.changes.get_mut(index) {
            change.command = Some(command);
            change.request = at;
        }
    }

    /// The slots were asked for with this command.
    pub fn queried(&mut self, command: CommandId) {
        self.query = Some(command);
    }

    /// Takes an item into account. True: ask QEMU for its slots now.
    pub fn feed(&mut self, item: &Incoming) -> bool {
        let hint = match item {
            Incoming::Reply(reply) => self.feed_reply(reply),
            Incoming::Qmp(event) => self.feed_event(event),
            Incoming::Guest(record) => self.feed_record(record),
            Incoming::LogProblem(_)
            | Incoming::CaughtUp
            | Incoming::LogEnded
            | Incoming::Control(_)
            | Incoming::QmpClosed { .. }
            | Incoming::QemuExited(_) => false,
        };
        self.decide();
        self.wants_query(hint)
    }

    /// A second question is not asked before the first is answered: the answer would be the same.
    fn wants_query(&mut self, hint: bool) -> bool {
        self.query_again |= hint && self.direction == Direction::Remove;
        self.query.is_none() && self.is_open() && std::mem::take(&mut self.query_again)
    }

    fn feed_reply(&mut self, reply: &Reply) -> bool {
        let id = reply.id.map(CommandId);
        if id.is_some() && id == self.query {
            self.query = None;
            if let Some(slots) = reply
                .result
                .as_ref()
                .ok()
                .and_then(|list| slots::parse(list).ok())
            {
                self.mark_free(&slots, reply.at);
            }
            return false;
        }
        let sent = self
            .changes
            .iter_mut()
            .find(|change| id.is_some() && change.command == id);
        let Some(change) = sent else { return false };
        let result = reply.result.as_ref().map(|_| ()).map_err(Clone::clone);
        change.evidence.reply = Some((reply.at, result));
        // The guest may have been quicker than the reply: then no further event comes.
        change.evidence.deleted.is_some()
    }

    fn mark_free(&mut self, slots: &[Slot], at: Instant) {
        for change in &mut self.changes {
            let free = slots
                .get(change.slot as usize)
                .is_some_and(|slot| !slot.present());
            if free && change.evidence.accepted() {
                change.evidence.free.get_or_insert(at);
            }
        }
    }

    fn feed_event(&mut self, event: &Event) -> bool {
        self.was_reset |= event.name == "RESET";
        let mut hint = false;
        for change in &mut self.changes {
            hint |= change
                .evidence
                .observe_event(event, &change.id, change.slot);
        }
        hint
    }

    fn feed_record(&mut self, record: &GuestRecord) -> bool {
        if matches!(record.record.phase, Phase::Doorbell | Phase::Scan) {
            if self.shared.len() < MAX_SHARED {
                self.shared.push(record.clone());
            }
            return false;
        }
        let cpu = record.record.cpu;
        let Some(change) = self
            .changes
            .iter_mut()
            .find(|change| cpu == Some(change.slot))
        else {
            return false;
        };
        change.evidence.observe_record(record);
        matches!(record.record.phase, Phase::Eject | Phase::Ost)
    }

    fn decide(&mut self) {
        for change in &mut self.changes {
            let verdict = judge(self.direction, self.presence, &change.evidence);
            if verdict != Verdict::Waiting {
                change.decided.get_or_insert_with(Instant::now);
            }
            change.verdict = verdict;
        }
    }

    /// Until when to wait for the next item; `None` when there is nothing left to wait for.
    pub fn wait_until(&self, deadline: Instant) -> Option<Instant> {
        let mut until = None;
        for change in &self.changes {
            let wish = match (&change.verdict, change.decided) {
                (Verdict::Waiting, _) | (_, None) => Some(deadline),
                (Verdict::Pending | Verdict::QemuRefused(_), _) => None,
                _ if complete(self.direction, self.presence, &change.evidence) => None,
                (_, Some(decided)) => Some(decided + SETTLE),
            };
            until = until.max(wish);
        }
        until.filter(|until| *until > Instant::now())
    }

    /// Whether QEMU has been asked for its slots and has not answered.
    pub fn is_asking(&self) -> bool {
        self.query.is_some()
    }

    /// Whether some change has not ended.
    pub fn is_open(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.verdict == Verdict::Waiting)
    }

    /// What is under way, for the error when the connection breaks.
    pub fn description(&self) -> String {
        let open = self
            .changes
            .iter()
            .filter(|change| change.verdict == Verdict::Waiting);
        let ids: Vec<_> = open.map(|change| change.id.as_str()).collect();
        let name = match self.direction {
            Direction::Add => "device_add",
            Direction::Remove => "device_del",
        };
        format!("{name} of {}", ids.join(", "))
    }
}

impl Change {
    fn new(direction: Direction, slot: &Slot, id: String, now: Instant) -> Self {
        let arguments = match direction {
            Direction::Add => slot.add_arguments(&id),
            Direction::Remove => json!({"id": id}),
        };
        Self {
            slot: slot.index,
            id,
            arguments,
            command: None,
            request: now,
            evidence: Evidence::default(),
            verdict: Verdict::Waiting,
            decided: None,
        }
    }
}

/// The id of the slot's CPU, or one for a CPU that is to come: another client may have given the usual one to a CPU in another slot.
fn id_for(slot: &Slot, slots: &[Slot]) -> String {
    if let Some(Origin::Plugged(id)) = slot.origin() {
        return id;
    }
    let is_taken = |id: &String| {
        let mut origins = slots.iter().filter_map(Slot::origin);
        origins.any(|origin| matches!(origin, Origin::Plugged(other) if other == *id))
    };
    let usual = format!("vcpu{}", slot.index);
    let mut others = (2..=slots.len() + 2).map(|number| format!("{usual}-{number}"));
    match is_taken(&usual) {
        true => others.find(|id| !is_taken(id)).unwrap_or(usual),
        false => usual,
    }
}

#[cfg(test)]
mod tests;
