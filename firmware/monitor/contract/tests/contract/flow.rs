//! CPUs that come and go, from the request to its last report.

use hotvcpu_contract::Generation;
use hotvcpu_cpu_hotplug::{Generation as Found, State, detect_generation};
use hotvcpu_tables::{HardwareId, Madt, Table};

use crate::rig::{Rig, contract, host_madt, mpidr};

fn has(reports: &[String], part: &str) -> bool {
    reports.iter().any(|report| report.contains(part))
}

fn add(rig: &mut Rig, cpu: u32) {
    let reports = rig.request(&format!(
        r#"{{"tag":{cpu},"op":"plug","cpu":{cpu},"id":"hp{cpu}"}}"#
    ));
    assert!(has(&reports, r#""kind":"done""#), "{reports:?}");
    let started = rig.guest.started.pop().expect("the engine starts the CPU");
    assert_eq!(started.id, HardwareId::Mpidr(mpidr(cpu)), "CPU {cpu}");
    rig.hello(cpu);
    assert_eq!(rig.state(cpu), State::Online, "{:?}", rig.guest.failures);
    let reports = rig.reports();
    let ost = format!(r#""kind":"ost","cpu":{cpu},"id":"hp{cpu}","event":1,"value":0"#);
    assert!(has(&reports, &ost), "{reports:?}");
}

#[test]
fn every_generation_adds() {
    for generation in [Generation::Old, Generation::New, Generation::Rfc] {
        let mut rig = Rig::boot(generation, 8, 2);
        for cpu in 2..8 {
            add(&mut rig, cpu);
        }
        assert!(!rig.host.machine.contract.has_events());
    }
}

#[test]
fn the_new_generation_removes_and_adds_again() {
    for generation in [Generation::New, Generation::Rfc] {
        let mut rig = Rig::boot(generation, 8, 2);
        for _ in 0..3 {
            add(&mut rig, 5);
            rig.request(r#"{"tag":9,"op":"unplug","id":"hp5"}"#);
            assert_eq!(rig.guest.draining.pop(), Some(5));
            rig.with(|hotplug, env| hotplug.on_drained(env, 5));
            rig.with(|hotplug, env| hotplug.on_off(env, 5));
            assert_eq!(rig.state(5), State::Ejected, "{:?}", rig.guest.failures);
            let reports = rig.reports();
            let order = ["\"value\":132", "\"kind\":\"deleted\"", "\"value\":0"];
            assert_eq!(reports.len(), order.len(), "{reports:?}");
            for (report, part) in reports.iter().zip(order) {
                assert!(report.contains(part), "{part} in {report}");
            }
        }
    }
}

#[test]
fn a_guest_that_finds_out_finds_this() {
    let expected = [
        (Generation::Old, Found::Old),
        (Generation::New, Found::NewOpenEuler),
        (Generation::Rfc, Found::NewUpstream),
    ];
    for (generation, found) in expected {
        for plugged in [2, 8] {
            let rig = Rig::boot(generation, 8, plugged);
            let contract = contract(generation, 8, plugged);
            let madt = hotvcpu_contract::tables::madt(&host_madt(8), &contract).expect("builds");
            let madt = Madt::parse(Table::parse(&madt).expect("valid")).expect("valid");
            let finding = detect_generation(&madt, &rig.aml).expect("an ARM machine");
            assert_eq!(finding.generation, found, "{plugged} of 8: {finding}");
        }
    }
}

#[test]
fn from_one_to_all_512_in_several_batches() {
    for generation in [Generation::Old, Generation::New] {
        let mut rig = Rig::boot(generation, 512, 1);
        for cpu in 1..512 {
            let line = format!(r#"{{"tag":1,"op":"plug","cpu":{cpu}}}"#);
            rig.host.machine.request(&line);
        }
        rig.ring();
        for cpu in 1..512 {
            rig.hello(cpu);
            assert_eq!(rig.state(cpu), State::Online, "CPU {cpu}");
        }
        assert!(!rig.host.machine.contract.has_events());
    }
}

#[test]
fn one_slot_is_a_machine_too() {
    let mut rig = Rig::boot(Generation::New, 1, 1);
    let reports = rig.request(r#"{"tag":1,"op":"plug","cpu":1}"#);
    assert!(has(
        &reports,
        "Invalid core-id 1 specified, correct range 0:0"
    ));
}

#[test]
fn an_ejected_cpu_that_runs_on_is_deleted_when_it_stops() {
    let mut rig = Rig::boot(Generation::New, 4, 1);
    add(&mut rig, 2);
    rig.host.machine.running_on.push(2);
    rig.request(r#"{"tag":9,"op":"unplug","id":"hp2"}"#);
    rig.with(|hotplug, env| hotplug.on_drained(env, 2));
    rig.with(|hotplug, env| hotplug.on_off(env, 2));
    assert!(!has(&rig.reports(), "deleted"));
    // Meanwhile its slot and its id are taken.
    let again = rig.request(r#"{"tag":10,"op":"plug","cpu":2,"id":"other"}"#);
    assert!(has(&again, "exist"), "{again:?}");
    let host = &mut rig.host.machine;
    assert!(host.contract.is_leaving(2));
    let origin = host.contract.gone(2).expect("it was leaving");
    host.channel.deleted(2, origin);
    assert!(has(
        &rig.reports(),
        r#""kind":"deleted","cpu":2,"id":"hp2""#
    ));
    rig.host.machine.running_on.clear();
    add(&mut rig, 2);
}
