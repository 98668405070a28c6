//! Any order of requests, answers, silences and faults: nothing is lost, nothing gets stuck.

use hotvcpu_acpi_events::simulator::Effect;
use hotvcpu_cpu_hotplug::{Hotplug, State};
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
    Pass(u64),
    Stick(u32),
    Loosen(u32),
    Fault(u32),
    Repair,
    Scan,
}

fn step() -> impl Strategy<Value = Step> {
    let cpu = 0u32..8;
    prop_oneof![
        3 => cpu.clone().prop_map(Step::Plug),
        3 => cpu.clone().prop_map(Step::RequestUnplug),
        4 => Just(Step::Ring),
        4 => cpu.clone().prop_map(Step::Hello),
        4 => cpu.clone().prop_map(Step::Drained),
        2 => cpu.clone().prop_map(Step::Off),
        2 => (0u64..6_000).prop_map(Step::Pass),
        1 => cpu.clone().prop_map(Step::Stick),
        1 => cpu.prop_map(Step::Loosen),
        1 => (0u32..60).prop_map(Step::Fault),
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
        Step::Pass(ms) => rig.pass(ms * MS),
        Step::Stick(cpu) => drop(rig.guest.stuck.insert(cpu)),
        Step::Loosen(cpu) => drop(rig.guest.stuck.remove(&cpu)),
        Step::Fault(after) => rig.host.machine.fail_after = Some(after),
        Step::Repair => rig.host.machine.fail_after = None,
        Step::Scan => rig.scan(),
    }
}

fn check(rig: &mut Rig) {
    assert_eq!(rig.state(0), State::Online, "the boot CPU stays");
    let impossible = rig
        .guest
        .texts
        .iter()
        .find(|text| text.contains("cannot take"));
    assert_eq!(impossible, None);
    for effect in rig.effects() {
        if let Effect::Ejected(cpu) = effect {
            let state = rig.state(cpu);
            assert!(
                matches!(state, State::Ejected | State::Failed),
                "CPU {cpu} is {state}"
            );
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

/// Ends all that is under way, and then brings every CPU online.
fn recover(rig: &mut Rig) {
    rig.host.machine.fail_after = None;
    rig.guest.stuck.clear();
    for _ in 0..3 {
        rig.ring();
        rig.pass(10_000 * MS);
    }
    assert_eq!(rig.hotplug.next_deadline(), None, "nothing is under way");
    rig.forget();
    for cpu in 1..8 {
        if rig.state(cpu) == State::Online {
            continue;
        }
        let node = rig
            .aml
            .find(&format!("\\_SB.CPUS.C00{cpu}"))
            .expect("the CPU has an object");
        rig.host.machine.cpu_block().plug(cpu);
        rig.with(|hotplug: &mut Hotplug, env| hotplug.on_notify(env, node, 1));
        rig.hello(cpu);
        assert_eq!(rig.state(cpu), State::Online, "{:?}", rig.guest.texts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_order(
        folder in prop::sample::select(vec!["x86_64-q35-10.0-1of8", "x86_64-pc-7.2-1of8", "aarch64-new-2of8"]),
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut rig = Rig::boot(folder);
        for step in steps {
            take(&mut rig, step);
            check(&mut rig);
        }
        recover(&mut rig);
    }
}
