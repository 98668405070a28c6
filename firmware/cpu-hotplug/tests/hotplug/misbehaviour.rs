//! A guest that does what it should not, on request; and its limits.

use hotvcpu_acpi_events::simulator::Effect;
use hotvcpu_cpu_hotplug::{Misbehaviour, State, UnknownMisbehaviour};

use crate::guest::Call;
use crate::rig::{Rig, ost};

fn misbehaving(list: &str) -> Rig {
    let misbehave: Misbehaviour = list.parse().expect("a valid list");
    Rig::boot_with("x86_64-q35-10.0-1of8", |policy| {
        policy.misbehave = misbehave
    })
}

#[test]
fn refuse_eject() {
    let mut rig = misbehaving("refuse-eject");
    rig.add(2);
    rig.forget();
    rig.unplug(2);
    assert_eq!(rig.records(), ["2 notify 0x3", "2 refused", "2 ost 3 0x82"]);
    assert_eq!(rig.state(2), State::Online);
    assert_eq!(rig.calls(), []);
}

#[test]
fn no_ost() {
    let mut rig = misbehaving("no-ost");
    rig.add(2);
    rig.unplug(2);
    rig.drained(2);
    assert_eq!(rig.effects(), [Effect::Ejected(2)]);
    assert!(!rig.records().iter().any(|record| record.contains("ost")));
}

#[test]
fn never_eject() {
    let mut rig = misbehaving("never-eject");
    rig.add(2);
    rig.forget();
    rig.unplug(2);
    rig.drained(2);
    assert_eq!(rig.effects(), [ost(2, 3, 0x84)]);
    assert_eq!(rig.state(2), State::Off);
    rig.plug(2);
    rig.hello(2);
    assert_eq!(rig.state(2), State::Online, "the host may change its mind");
}

#[test]
fn fail_start() {
    let mut rig = misbehaving("fail-start");
    rig.plug(2);
    assert_eq!(rig.calls(), []);
    assert_eq!(rig.effects(), [ost(2, 1, 0x81)]);
    assert_eq!(rig.state(2), State::Failed);
}

#[test]
fn the_list_is_checked() {
    let both: Misbehaviour = "no-ost,never-eject,".parse().expect("a valid list");
    assert!(both.no_ost && both.never_eject && !both.refuse_eject && !both.fail_start);
    assert_eq!("".parse(), Ok(Misbehaviour::default()));
    let unknown = "no-ost,explode".parse::<Misbehaviour>();
    assert_eq!(unknown, Err(UnknownMisbehaviour("explode".into())));
}

#[test]
fn more_cpus_than_the_guest_can_have_are_refused_one_by_one() {
    let mut rig = Rig::boot_with("x86_64-q35-10.0-1of8", |policy| policy.max_cpus = 3);
    for cpu in [5, 6, 7] {
        rig.host.machine.plug(cpu);
    }
    rig.ring();
    assert_eq!(rig.calls(), [Call::Start(5), Call::Start(6)]);
    assert!(rig.last_text().starts_with("CPU 7:"), "{}", rig.last_text());
    assert_eq!(rig.effects(), [ost(7, 1, 0x82)]);
    assert_eq!(rig.state(7), State::Enabled);
    rig.hello(5);
    rig.hello(6);
    // Once another one has left there is room.
    rig.unplug(5);
    rig.drained(5);
    rig.add(7);
    assert_eq!(rig.hotplug.online(), 3);
    // And one that was refused can be taken back by the host.
    rig.plug(1);
    rig.forget();
    rig.unplug(1);
    assert_eq!(
        rig.effects(),
        [ost(1, 3, 0x84), Effect::Ejected(1), ost(1, 3, 0)]
    );
}
