//! Power-on, stops, resets, silence and lies.

use std::time::Duration;

use hotvcpu_wire::control::{Kind, Op, Report, Request};
use serde_json::json;

use super::{Scene, report};
use crate::monitor::outstanding::DEADLINE;
use crate::monitor::{Command, ControlItem, Generation, Model, Output, Question};
use crate::qmp::Failure;

#[test]
fn a_stopped_machine_takes_requests_at_once_and_acts_later() {
    let power_on = Model::at_power_on(Generation::New, 1);
    let mut scene = Scene::new(Some(power_on), false);
    scene.control(ControlItem::CaughtUp);
    scene.add(1, 2, "a");
    assert_eq!(scene.replies.pop(), Some((1, Ok(json!({})))));
    let accepted = Some("/machine/peripheral/a");
    assert_eq!(scene.paths()[2].as_deref(), accepted, "as QEMU shows it");
    scene.now += 10 * DEADLINE;
    assert_eq!(
        scene.translator.deadline(),
        None,
        "a stopped monitor is not late"
    );
    scene.event("RESUME");
    let outputs = scene.translator.expire(scene.now);
    scene.collect(outputs);
    scene.hello("new", 1);
    let plug = scene.requests[0].tag;
    scene.report(Report {
        tag: Some(plug),
        ..report(Kind::Done)
    });
    scene.take();
    assert_eq!(scene.paths()[2].as_deref(), Some("/machine/peripheral/a"));
    assert!(scene.problems.is_empty(), "{:?}", scene.problems);
}

/// A command that comes after one whose add was accepted while the machine was stopped.
fn after_an_accepted_add(running: bool) -> Scene {
    let power_on = Model::at_power_on(Generation::New, 1);
    let mut scene = Scene::new(Some(power_on), running);
    let plug = Request {
        cpu: Some(2),
        id: Some("a".to_owned()),
        ..Request::new(7, Op::Plug)
    };
    scene.translator.restore([plug], scene.now);
    scene
}

#[test]
fn what_was_accepted_is_there_for_the_next_command() {
    let mut scene = after_an_accepted_add(false);
    scene.control(ControlItem::CaughtUp);
    assert_eq!(scene.paths()[2].as_deref(), Some("/machine/peripheral/a"));
    scene.add(1, 2, "b");
    assert!(scene.refusal().contains("exist"));
    scene.add(1, 3, "a");
    assert!(scene.refusal().contains("Duplicate device ID 'a'"));
    assert!(scene.requests.is_empty());
    // The monitor answers after all.
    scene.event("RESUME");
    scene.report(Report {
        tag: Some(7),
        ..report(Kind::Done)
    });
    assert!(!scene.translator.has_accepted());
    assert_eq!(scene.paths()[2].as_deref(), Some("/machine/peripheral/a"));
}

#[test]
fn what_was_accepted_and_lost_is_not_shown_once_the_monitor_runs() {
    for answered in [false, true] {
        let mut scene = after_an_accepted_add(true);
        scene.hello("new", 1);
        if answered {
            let tag = Some(7);
            scene.report(Report {
                tag,
                ..report(Kind::Done)
            });
        }
        scene.control(ControlItem::CaughtUp);
        scene.command(99, "query-hotpluggable-cpus", json!({}));
        if !answered {
            // It is asked before anything is shown.
            assert!(scene.replies.is_empty());
            assert_eq!(scene.requests.last().map(|it| it.op), Some(Op::State));
            scene.take();
        }
        let slots = crate::slots::parse(&scene.reply()).expect("a list of slots");
        assert_eq!(slots[2].present(), answered);
        assert!(!scene.translator.has_accepted());
        assert!(scene.problems.is_empty(), "{:?}", scene.problems);
    }
}

#[test]
fn a_stop_in_the_middle_answers_what_waits() {
    let mut scene = Scene::up("new", 1);
    scene.add(1, 2, "a");
    scene.event("STOP");
    assert_eq!(scene.replies.pop(), Some((1, Ok(json!({})))));
}

#[test]
fn what_is_plugged_survives_a_reset_and_a_request_may_not() {
    let mut scene = Scene::up("new", 1);
    scene.plug(2, "a");
    scene.add(1, 3, "b");
    scene.hello("new", 1);
    let slot = |cpu, id: Option<&str>| Report {
        cpu: Some(cpu),
        id: id.map(str::to_owned),
        ..report(Kind::Slot)
    };
    scene.report(slot(0, None));
    assert_eq!(
        scene.paths()[2].as_deref(),
        Some("/machine/peripheral/a"),
        "still telling"
    );
    scene.report(slot(2, Some("a")));
    let question = scene.requests.last().expect("a question").clone();
    assert_eq!(question.op, Op::State);
    scene.report(Report {
        tag: Some(question.tag),
        ..slot(0, None)
    });
    scene.take();
    assert!(scene.refusal().contains("reset"));
    let paths = scene.paths();
    assert_eq!(paths[2].as_deref(), Some("/machine/peripheral/a"));
    assert_eq!(paths[3], None);
}

#[test]
fn what_others_ask_for_is_followed_and_old_news_are_none() {
    let mut scene = Scene::new(None, true);
    scene.hello("new", 1);
    let foreign = |cpu, id: &str| Report {
        tag: Some(5),
        cpu: Some(cpu),
        id: Some(id.to_owned()),
        ..report(Kind::Done)
    };
    scene.report(foreign(2, "x"));
    scene.report(Report {
        cpu: Some(2),
        event: Some(1),
        value: Some(0),
        ..report(Kind::Ost)
    });
    scene.control(ControlItem::CaughtUp);
    assert!(scene.events.is_empty(), "it happened before");
    assert_eq!(scene.paths()[2].as_deref(), Some("/machine/peripheral/x"));
    scene.report(foreign(3, "y"));
    assert_eq!(scene.paths()[3].as_deref(), Some("/machine/peripheral/y"));
}

#[test]
fn commands_wait_for_the_monitor_but_not_for_ever() {
    let mut scene = Scene::new(None, true);
    scene.command(1, "query-hotpluggable-cpus", json!({}));
    scene.control(ControlItem::CaughtUp);
    assert!(scene.replies.is_empty());
    scene.hello("new", 2);
    assert_eq!(scene.reply().as_array().map(Vec::len), Some(4));

    let mut silent = Scene::new(None, true);
    silent.control(ControlItem::CaughtUp);
    silent.add(1, 2, "a");
    assert_eq!(silent.translator.deadline(), Some(silent.now + DEADLINE));
    let outputs = silent.translator.expire(silent.now + DEADLINE);
    silent.collect(outputs);
    assert!(silent.refusal().contains("did not answer"));

    let mut stopped = Scene::new(None, false);
    stopped.control(ControlItem::CaughtUp);
    for asker in [1, 2] {
        stopped.command(asker, "query-hotpluggable-cpus", json!({}));
        assert!(stopped.refusal().contains("cont"), "{asker}");
    }
}

#[test]
fn a_monitor_that_hangs_costs_its_requests_only() {
    let mut scene = Scene::up("new", 1);
    scene.add(1, 2, "a");
    let outputs = scene
        .translator
        .expire(scene.now + DEADLINE - Duration::from_millis(1));
    scene.collect(outputs);
    assert!(scene.replies.is_empty(), "it has time left");
    scene.now += DEADLINE;
    let outputs = scene.translator.expire(scene.now);
    scene.collect(outputs);
    assert!(scene.refusal().contains("did not answer"));
    assert_eq!(scene.translator.deadline(), None);
    let tag = scene.requests.last().map(|request| request.tag);
    let late = Report {
        tag,
        cpu: Some(2),
        id: Some("a".to_owned()),
        ..report(Kind::Done)
    };
    scene.report(late);
    assert_eq!(
        scene.paths()[2].as_deref(),
        Some("/machine/peripheral/a"),
        "but it was done"
    );
}

#[test]
fn a_channel_that_takes_nothing_is_told_to_the_asker() {
    let mut scene = Scene::up("new", 1);
    scene.add(1, 2, "a");
    let tag = scene.requests.last().expect("a request").tag;
    let outputs = scene.translator.undelivered(tag, "no room");
    scene.collect(outputs);
    assert!(scene.refusal().contains("no room"));
    scene.add(2, 2, "a");
    scene.take();
    assert_eq!(scene.replies.pop(), Some((2, Ok(json!({})))));
}

#[test]
fn lies_are_told_once_and_change_nothing() {
    let mut scene = Scene::up("new", 1);
    let before = scene.paths();
    let about = |kind, cpu| Report {
        cpu: Some(cpu),
        event: Some(1),
        value: Some(0),
        ..report(kind)
    };
    for cpu in [0, 2, 4, u32::MAX] {
        scene.report(about(Kind::Deleted, cpu));
    }
    scene.report(about(Kind::Ost, 4));
    scene.report(report(Kind::Ost));
    scene.report(report(Kind::Error));
    scene.hello("newest", 1);
    scene.hello("new", 0);
    scene.control(ControlItem::Bad("garbage".to_owned()));
    assert_eq!(scene.paths(), before);
    assert_eq!(scene.problems.len(), 1, "{:?}", scene.problems);
    assert!(scene.events.is_empty(), "{:?}", scene.events);
}

#[test]
fn a_qemu_that_does_not_list_its_cpus_is_asked_again() {
    let mut scene = Scene::up("new", 1);
    let command = Command::new("query-hotpluggable-cpus", json!({}));
    let outputs = scene.translator.command(1, command, scene.now);
    let failure = Failure {
        class: "GenericError".to_owned(),
        desc: "preconfig".to_owned(),
    };
    for output in outputs {
        if let Output::Ask(question, _) = output {
            let answered = scene
                .translator
                .answered(question, Err(failure.clone()), scene.now);
            scene.collect(answered);
        }
    }
    assert_eq!(scene.refusal(), "preconfig");
    assert_eq!(scene.paths().len(), 4);
}

#[test]
fn an_error_is_told_to_its_asker_or_to_whoever_is_there() {
    let error = |tag| Report {
        tag,
        text: Some("not a request".to_owned()),
        ..report(Kind::Error)
    };
    let mut scene = Scene::new(None, true);
    scene.hello("new", 1);
    scene.report(error(None));
    scene.control(ControlItem::CaughtUp);
    scene.report(error(Some(5)));
    assert!(scene.problems.is_empty(), "{:?}", scene.problems);
    scene.add(1, 2, "a");
    let tag = scene.requests.last().map(|request| request.tag);
    scene.report(error(tag));
    assert_eq!(scene.refusal(), "not a request");
    scene.report(error(None));
    assert_eq!(scene.problems.len(), 1);
}

#[test]
fn a_qemu_that_does_not_tell_its_state_is_asked_again() {
    let mut scene = Scene::up("new", 1);
    let command = Command::new("query-hotpluggable-cpus", json!({}));
    let failure = Failure {
        class: "GenericError".to_owned(),
        desc: "busy".to_owned(),
    };
    for output in scene.translator.command(1, command, scene.now) {
        if let Output::Ask(question, command) = output {
            if question == Question::Status {
                let answered = scene
                    .translator
                    .answered(question, Err(failure.clone()), scene.now);
                scene.collect(answered);
            } else {
                scene.answer(question, &command);
            }
        }
    }
    assert_eq!(scene.refusal(), "busy");
    assert_eq!(scene.paths().len(), 4);
}
