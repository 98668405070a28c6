//! Any order of requests, answers, silences and faults: nothing is lost, nothing gets stuck.

use std::collections::BTreeMap;

use hotvcpu_acpi_events::simulator::Effect;
use hotvcpu_cpu_hotplug::{OnlinePolicy, Refused, State};
use proptest::prelude::*;

use crate::rig::{MS, Rig};

#[derive(Clone, Copy, Debug)]
enum Step {
    Plug(u32),
    RequestUnplug(u32),
    Ring,
    Hello(u32),
    Drained(u32),
    Off(u32),
    BringOnline(u32),
    TakeOffline(u32),
    Pass(u64),
    Stick(u32),
    Loosen(u32),
    Fault(u32),
    Repair,
    Scan,
}

fn step() -> impl Strategy<Value = Step> {
    // Few, so that they meet: what is under way with one is what the next step is about.
    let cpu = 0u32..4;
    prop_oneof![
        3 => cpu.clone().prop_map(Step::Plug),
        3 => cpu.clone().prop_map(Step::RequestUnplug),
        4 => Just(Step::Ring),
        4 => cpu.clone().prop_map(Step::Hello),
        4 => cpu.clone().prop_map(Step::Drained),
        2 => cpu.clone().prop_map(Step::Off),
        3 => cpu.clone().prop_map(Step::BringOnline),
        3 => cpu.clone().prop_map(Step::TakeOffline),
        2 => (0u64..6_000).prop_map(Step::Pass),
        1 => cpu.clone().prop_map(Step::Stick),
        1 => cpu.prop_map(Step::Loosen),
        1 => prop::option::weighted(0.3, 0u32..60).prop_map(|after| after.map_or(Step::Repair, Step::Fault)),
        2 => Just(Step::Repair),
        1 => Just(Step::Scan),
    ]
}

fn take(rig: &mut Rig, step: Step) {
    match step {
        // A host adds only what is not there, and asks only for what is.
        Step::Plug(cpu) if !rig.host.machine.cpu_block().is_plugged(cpu) => {
            rig.host.machine.plug(cpu);
        }
        Step::RequestUnplug(cpu) if rig.host.machine.cpu_block().is_plugged(cpu) => {
            rig.host.machine.request_unplug(cpu);
        }
        Step::Plug(_) | Step::RequestUnplug(_) => {}
        Step::Ring => drop(rig.ring()),
        Step::Hello(cpu) => rig.hello(cpu),
        Step::Drained(cpu) => rig.drained(cpu),
        Step::Off(cpu) => rig.off(cpu),
        Step::BringOnline(cpu) => wish(rig, cpu, true),
        Step::TakeOffline(cpu) => wish(rig, cpu, false),
        Step::Pass(ms) => rig.pass(ms * MS),
        Step::Stick(cpu) => drop(rig.guest.stuck.insert(cpu)),
        Step::Loosen(cpu) => drop(rig.guest.stuck.remove(&cpu)),
        Step::Fault(after) => rig.host.machine.fail_after = Some(after),
        Step::Repair => rig.host.machine.fail_after = None,
        Step::Scan => rig.scan(),
    }
}

/// What the guest's user wants is done, or begun, or refused without a change; and the host learns nothing of it.
fn wish(rig: &mut Rig, cpu: u32, online: bool) {
    let (before, told) = (rig.state(cpu), rig.host.machine.effects.len());
    let answer = match online {
        true => rig.bring_online(cpu),
        false => rig.take_offline(cpu),
    };
    let after = rig.state(cpu);
    match answer {
        Ok(()) if online => assert!(
            matches!(after, State::Starting | State::Online),
            "{before} -> {after}"
        ),
        Ok(()) => assert!(
            matches!(after, State::Draining | State::Enabled | State::Failed),
            "{before} -> {after}"
        ),
        Err(Refused::Failed(_)) => assert!(
            matches!(after, State::Failed | State::Absent | State::Disabled),
            "{before} -> {after}"
        ),
        Err(refused) => assert_eq!(before, after, "{refused}"),
    }
    assert_eq!(rig.host.machine.effects.len(), told, "no _EJ0 and no _OST");
}

fn check(rig: &mut Rig, answers: &mut Answers) {
    assert_eq!(rig.state(0), State::Online, "the boot CPU stays");
    let impossible = rig
        .guest
        .texts
        .iter()
        .find(|text| text.contains("cannot take"));
    assert_eq!(impossible, None);
    for effect in rig.effects() {
        if let Effect::Ost {
            cpu,
            event: 3,
            status,
        } = effect
        {
            answers.insert(cpu, status);
        }
        if let Effect::Ejected(cpu) = effect {
            let state = rig.state(cpu);
            assert!(
                matches!(state, State::Ejected | State::Failed),
                "CPU {cpu} is {state}"
            );
            assert!(!rig.guest.may_run.contains(&cpu), "CPU {cpu} may run");
        }
    }
    let waits = rig
        .hotplug
        .cpus()
        .any(|cpu| matches!(cpu.state, State::Starting | State::Draining));
    assert_eq!(
        rig.hotplug.next_deadline().is_some(),
        waits,
        "who waits has a deadline"
    );
}

/// The last answer to an eject request, by CPU.
type Answers = BTreeMap<u32, u32>;

/// Ends all that is under way.
fn end(rig: &mut Rig, answers: &mut Answers) {
    rig.host.machine.fail_after = None;
    rig.guest.stuck.clear();
    for _ in 0..3 {
        rig.ring();
        rig.pass(10_000 * MS);
    }
    check(rig, answers);
    assert_eq!(rig.hotplug.next_deadline(), None, "nothing is under way");
}

/// Brings every CPU online.
fn recover(rig: &mut Rig) {
    rig.forget();
    for cpu in 1..8 {
        if rig.state(cpu) == State::Online {
            continue;
        }
        rig.host.machine.cpu_block().plug(cpu);
        rig.notify(cpu, 1);
        if rig.state(cpu) == State::Enabled {
            rig.bring_online(cpu).expect("it waits for that");
        }
        rig.hello(cpu);
        assert_eq!(rig.state(cpu), State::Online, "{:?}", rig.guest.texts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_order(
        folder in prop::sample::select(vec!["x86_64-q35-10.0-1of8", "x86_64-pc-7.2-1of8", "aarch64-new-2of8"]),
        online in prop::sample::select(vec![OnlinePolicy::Auto, OnlinePolicy::Manual]),
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut rig = Rig::boot_with(folder, |policy| policy.online = online);
        let mut answers = Answers::new();
        // A fault may hit `_OST` itself.
        let faults = steps.iter().any(|step| matches!(step, Step::Fault(_)));
        for step in steps {
            take(&mut rig, step);
            check(&mut rig, &mut answers);
        }
        end(&mut rig, &mut answers);
        let open = answers.iter().find(|(_, status)| **status == 0x84);
        prop_assert!(faults || open.is_none(), "no last answer: {open:?}");
        recover(&mut rig);
    }
}
