//! Every way in which an operation ends, from recorded messages; no QEMU, no sockets.

use hotvcpu_wire::Record;

use super::*;
use crate::error::Error;
use crate::guest_log::Clock;
use crate::ops::{Operation, Outcome};
use crate::qmp::Failure;
use crate::slots::tests::{answer, machine};

const TIMEOUT: Duration = Duration::from_secs(5);

/// A batch whose commands were sent with the ids 10, 11...
fn batch(direction: Direction, presence: Presence, wanted: &[u32]) -> Batch {
    let plugged: &[u32] = if direction == Direction::Remove {
        wanted
    } else {
        &[]
    };
    let mut batch = Batch::new(direction, presence, wanted, &machine(1, 4, plugged));
    for index in 0..wanted.len() {
        batch.sent(index, CommandId(10 + index as u64), Instant::now());
    }
    batch
}

fn reply(id: u64, result: Result<Value, Failure>) -> Incoming {
    Incoming::Reply(Reply {
        id: Some(id),
        result,
        at: Instant::now(),
    })
}

fn accepted(id: u64) -> Incoming {
    reply(id, Ok(json!({})))
}

fn event(name: &str, data: Value) -> Incoming {
    Incoming::Qmp(Event {
        name: name.to_owned(),
        data,
        timestamp_us: None,
        at: Instant::now(),
    })
}

fn ost(slot: u32, source: u64, status: u64) -> Incoming {
    let info =
        json!({"slot": slot.to_string(), "slot-type": "CPU", "source": source, "status": status});
    event("ACPI_DEVICE_OST", json!({"info": info}))
}

fn says(phase: Phase, cpu: u32, text: Option<&str>) -> Incoming {
    let mut record = Record::new(0, 0, phase);
    record.cpu = Some(cpu);
    record.text = text.map(str::to_owned);
    Incoming::Guest(GuestRecord {
        record,
        at: Instant::now(),
    })
}

/// QEMU's list of slots with these live-added.
fn slots_with(plugged: &[u32]) -> Value {
    answer(&machine(1, 4, plugged))
}

fn end(batch: Batch) -> Vec<Operation> {
    batch.into_operations(&Clock::default(), TIMEOUT)
}

#[test]
fn an_add_ends_when_the_guest_says_online() {
    let mut batch = batch(Direction::Add, Presence::Ready, &[1]);
    batch.feed(&accepted(10));
    batch.feed(&ost(1, 1, 0));
    assert!(
        batch.is_open(),
        "_OST success alone is not believed of a guest that speaks"
    );
    batch.feed(&says(Phase::Online, 2, None));
    assert!(batch.is_open(), "another CPU");
    batch.feed(&says(Phase::Online, 1, None));
    assert!(!batch.is_open());
    assert!(end(batch)[0].ok());
}

#[test]
fn an_add_ends_well_when_the_guest_leaves_the_cpu_offline() {
    let mut batch = batch(Direction::Add, Presence::Ready, &[1, 2]);
    batch.feed(&accepted(10));
    batch.feed(&accepted(11));
    batch.feed(&says(Phase::Present, 1, Some("online=manual")));
    batch.feed(&ost(1, 1, 0));
    assert!(batch.is_open(), "the other one");
    batch.feed(&says(Phase::Online, 2, None));
    assert!(!batch.is_open());
    let operations = end(batch);
    assert!(operations[0].ok() && operations[0].left_offline);
    assert!(operations[1].ok() && !operations[1].left_offline);
    let json = json!(operations[0]);
    assert_eq!(
        (&json["outcome"], &json["left_offline"]),
        (&json!("done"), &json!(true))
    );
}

#[test]
fn a_guest_without_records_ends_an_add_with_ost() {
    let mut batch = batch(Direction::Add, Presence::Silent, &[1]);
    batch.feed(&accepted(10));
    batch.feed(&ost(2, 1, 0));
    assert!(batch.is_open(), "another CPU");
    batch.feed(&ost(1, 1, 0));
    assert_eq!(
        batch.wait_until(Instant::now() + TIMEOUT),
        None,
        "nothing is left to wait for"
    );
    assert!(end(batch)[0].ok());
}

#[test]
fn a_failed_add_tells_the_guests_reason() {
    let mut batch = batch(Direction::Add, Presence::Ready, &[3]);
    batch.feed(&accepted(10));
    batch.feed(&says(Phase::Failed, 3, Some("no hello within 100 ms\u{7}")));
    batch.feed(&ost(3, 1, 1));
    let operations = end(batch);
    let text = operations[0].error().expect("failed").to_string();
    assert!(text.contains("no hello within 100 ms\\u{7}"), "{text}");
    assert!(text.contains("non-specific failure"), "{text}");
}

#[test]
fn an_add_before_the_guest_is_ready_is_pending() {
    let mut batch = batch(Direction::Add, Presence::NotYet, &[1]);
    assert!(batch.is_open());
    batch.feed(&accepted(10));
    assert_eq!(batch.wait_until(Instant::now() + TIMEOUT), None);
    assert!(matches!(end(batch)[0].outcome, Outcome::Pending));
}

#[test]
fn qemus_refusal_is_told_in_its_words_and_the_others_go_on() {
    let mut batch = batch(Direction::Add, Presence::Ready, &[1, 2]);
    let failure = Failure {
        class: "GenericError".to_owned(),
        desc: "CPU[1] with APIC ID 1 exists".to_owned(),
    };
    batch.feed(&reply(10, Err(failure)));
    batch.feed(&accepted(11));
    batch.feed(&says(Phase::Online, 2, None));
    let operations = end(batch);
    let text = operations[0].error().expect("refused").to_string();
    assert!(text.contains("CPU[1] with APIC ID 1 exists"), "{text}");
    assert!(operations[1].ok());
}

/// Feeds one signal of a removal's end and expects that QEMU is asked, and that its answer ends the
/// removal.
fn removal_ends_by(signal: Incoming) {
    let mut batch = batch(Direction::Remove, Presence::Silent, &[2]);
    batch.feed(&accepted(10));
    assert!(batch.feed(&signal), "{signal:?} does not make us look");
    batch.queried(CommandId(20));
    batch.feed(&reply(20, Ok(slots_with(&[2]))));
    assert!(batch.is_open(), "the slot is still taken");
    assert!(batch.feed(&signal));
    batch.queried(CommandId(21));
    batch.feed(&reply(21, Ok(slots_with(&[]))));
    assert!(end(batch)[0].ok());
}

#[test]
fn each_signal_of_a_removal_leads_to_its_end() {
    removal_ends_by(event(
        "DEVICE_DELETED",
        json!({"path": "/machine/peripheral/vcpu2/lapic"}),
    ));
    removal_ends_by(event(
        "DEVICE_DELETED",
        json!({"device": "vcpu2", "path": "/x"}),
    ));
    removal_ends_by(ost(2, 3, 0));
    removal_ends_by(says(Phase::Eject, 2, None));
}

#[test]
fn signals_while_qemu_is_asked_lead_to_one_more_question() {
    let mut batch = batch(Direction::Remove, Presence::Ready, &[1, 2]);
    batch.feed(&accepted(10));
    batch.feed(&accepted(11));
    assert!(batch.feed(&ost(1, 3, 0)));
    batch.queried(CommandId(20));
    assert!(!batch.feed(&ost(2, 3, 0)), "one question at a time");
    assert!(
        batch.feed(&reply(20, Ok(slots_with(&[2])))),
        "asked again, because more has come"
    );
    batch.queried(CommandId(21));
    batch.feed(&reply(21, Ok(slots_with(&[]))));
    assert!(end(batch).iter().all(Operation::ok));
}

#[test]
fn an_end_before_the_reply_is_not_missed() {
    let mut batch = batch(Direction::Remove, Presence::Silent, &[1]);
    let deleted = event(
        "DEVICE_DELETED",
        json!({"path": "/machine/peripheral/vcpu1/lapic"}),
    );
    assert!(batch.feed(&deleted));
    batch.queried(CommandId(20));
    assert!(!batch.feed(&accepted(10)), "asked already");
    batch.feed(&reply(20, Ok(slots_with(&[]))));
    assert!(end(batch)[0].ok());
}

#[test]
fn a_refused_removal_ends_at_once_with_the_reason() {
    let mut batch = batch(Direction::Remove, Presence::Ready, &[1]);
    batch.feed(&accepted(10));
    batch.feed(&ost(1, 3, 0x84));
    assert!(batch.is_open(), "in progress is no end");
    batch.feed(&says(Phase::Refused, 1, Some("told to refuse")));
    batch.feed(&ost(1, 3, 0x81));
    let operations = end(batch);
    let error = operations[0].error().expect("refused");
    assert!(
        matches!(error, Error::GuestRefused { slot: 1, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("told to refuse"), "{error}");
}

#[test]
fn a_refusal_without_words_is_known_by_ost_or_by_qemus_event() {
    for signal in [
        ost(1, 3, 0x82),
        event("DEVICE_UNPLUG_GUEST_ERROR", json!({"device": "vcpu1"})),
    ] {
        let mut batch = batch(Direction::Remove, Presence::Silent, &[1]);
        batch.feed(&accepted(10));
        batch.feed(&signal);
        assert!(
            matches!(end(batch)[0].error(), Some(Error::GuestRefused { .. })),
            "{signal:?}"
        );
    }
}

#[test]
fn a_removal_that_does_not_end_says_how_far_it_came() {
    let text = |items: &[Incoming]| {
        let mut batch = batch(Direction::Remove, Presence::Ready, &[1]);
        for item in items {
            batch.feed(item);
        }
        end(batch)[0].error().expect("timed out").to_string()
    };
    assert!(text(&[]).contains("QEMU has not answered"));
    assert!(text(&[accepted(10)]).contains("the guest has not reacted"));
    let drained = [
        accepted(10),
        says(Phase::Drain, 1, None),
        event("RESET", json!({})),
    ];
    assert!(text(&drained).contains("`drain`") && text(&drained).contains("reset"));
    assert!(text(&drained).contains("timed out after 5s"));
}

#[test]
fn a_timeline_shows_both_sides() {
    let mut batch = batch(Direction::Add, Presence::Ready, &[1]);
    let mut doorbell = Record::new(7, 1_000, Phase::Doorbell);
    doorbell.value = Some(9);
    batch.feed(&Incoming::Guest(GuestRecord {
        record: doorbell,
        at: Instant::now(),
    }));
    batch.feed(&accepted(10));
    batch.feed(&says(Phase::Online, 1, None));
    batch.feed(&ost(1, 1, 0));
    let phases = end(batch).remove(0).timeline.phases_us();
    for phase in ["request", "reply", "doorbell", "online", "qmp_ost", "end"] {
        assert!(
            phases.contains_key(phase),
            "{phase} is missing in {phases:?}"
        );
    }
}

#[test]
fn an_id_that_somebody_else_has_taken_is_not_used() {
    let mut slots = machine(1, 4, &[]);
    slots[2].qom_path = Some("/machine/peripheral/vcpu3".to_owned());
    let id = |slots: &[Slot]| {
        let batch = Batch::new(Direction::Add, Presence::Ready, &[3], slots);
        batch.changes[0].id.clone()
    };
    assert_eq!(id(&slots), "vcpu3-2");
    slots[1].qom_path = Some("/machine/peripheral/vcpu3-2".to_owned());
    assert_eq!(id(&slots), "vcpu3-3");
    assert_eq!(id(&machine(1, 4, &[2])), "vcpu3");
}
