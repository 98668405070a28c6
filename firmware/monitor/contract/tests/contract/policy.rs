//! Registers, refusals and PSCI, value for value as protocols.md has measured them.

use hotvcpu_contract::psci::{DENIED, INVALID_PARAMETERS, NOT_SUPPORTED, Verdict};
use hotvcpu_contract::{DeviceId, Effect, GED_CPU, Generation, Origin};

use crate::rig::contract;

const CPU_ON: u32 = 0xC400_0003;
const FLAGS: u64 = 4;
const COMMAND: u64 = 5;
const DATA: u64 = 8;

fn id(text: &str) -> DeviceId {
    DeviceId::new(text).expect("a valid id")
}

fn flags(contract: &mut hotvcpu_contract::Contract, slot: u32) -> u32 {
    contract.write(0, slot);
    contract.read(FLAGS)
}

#[test]
fn flags_are_those_measured() {
    for (generation, present) in [(Generation::Old, 0), (Generation::New, 0x20)] {
        let mut host = contract(generation, 8, 2);
        assert_eq!(flags(&mut host, 1), present | 0x01, "plugged");
        assert_eq!(flags(&mut host, 2), present, "free");
        host.plug(2, None).expect("the slot is free");
        assert_eq!(flags(&mut host, 2), present | 0x03, "just added");
        assert_eq!(flags(&mut host, 8), 0, "no such slot");
    }
    let mut host = contract(Generation::New, 8, 2);
    host.plug(2, Some(id("a"))).expect("the slot is free");
    host.unplug(&id("a")).expect("it may go");
    assert_eq!(flags(&mut host, 2), 0x27, "removal pending");
    host.write(FLAGS, 2 | 4);
    assert_eq!(host.read(FLAGS), 0x25, "one write clears one event");
    host.write(FLAGS, 4);
    assert_eq!(host.read(FLAGS), 0x21);
}

#[test]
fn the_search_goes_once_around_from_the_selector() {
    let mut host = contract(Generation::New, 8, 1);
    for slot in [2, 6] {
        host.plug(slot, None).expect("the slot is free");
    }
    for (from, found) in [(0, 2), (2, 2), (3, 6), (7, 2)] {
        host.write(0, from);
        host.write(COMMAND, 0);
        assert_eq!(host.read(DATA), found, "from {from}");
    }
    host.write(COMMAND, 9);
    host.write(0, 6);
    assert_eq!(host.read(DATA), 6, "an unknown command is not taken");
    host.write(COMMAND, 3);
    assert_eq!((host.read(DATA), host.read(0)), (6, 0), "the CPU's id");
    host.write(0, 99);
    host.write(COMMAND, 0);
    assert_eq!(host.read(DATA), 0, "an invalid selector swallows commands");
}

#[test]
fn ejects_of_the_first_or_an_absent_cpu_are_ignored() {
    let mut host = contract(Generation::New, 8, 2);
    for slot in [0, 5] {
        host.write(0, slot);
        assert_eq!(host.write(FLAGS, 8), None);
    }
    assert_eq!(host.plugged(0), Some(Origin::ColdBooted));
    host.write(0, 1);
    assert_eq!(host.write(FLAGS, 8), Some(Effect::Ejected { slot: 1 }));
    assert_eq!(host.plugged(1), None, "to the guest it is gone at once");
}

#[test]
fn reading_the_doorbell_clears_it() {
    let mut host = contract(Generation::New, 8, 2);
    assert_eq!(host.take_ged(), 0);
    host.plug(3, None).expect("the slot is free");
    assert_eq!((host.take_ged(), host.take_ged()), (GED_CPU, 0));
}

#[test]
fn refusals_are_in_the_hosts_words() {
    let mut host = contract(Generation::New, 32, 2);
    host.plug(17, Some(id("c17"))).expect("the slot is free");
    let text = |refusal: Result<_, hotvcpu_contract::Refusal>| {
        let refusal = refusal.expect_err("refused");
        (refusal.to_string(), refusal.class())
    };
    let generic = |text: &str| (text.to_string(), 0);
    assert_eq!(
        text(host.plug(17, Some(id("other")))),
        generic("cpu(id17=0:0:17:0) with arch-id 257 exist")
    );
    assert_eq!(
        text(host.plug(17, Some(id("c17")))),
        generic("Duplicate device ID 'c17'")
    );
    assert_eq!(
        text(host.plug(32, None)),
        generic("Invalid core-id 32 specified, correct range 0:31")
    );
    assert_eq!(
        text(host.unplug(&id("zz")).map(drop)),
        ("Device 'zz' not found".into(), 1)
    );
    assert_eq!(
        text(host.unplug_slot(1).map(drop)),
        generic("Hot-unplug of cold-booted CPU not supported!")
    );
    assert_eq!(host.unplug(&id("c17")), Ok(17));
    assert_eq!(host.unplug(&id("c17")), Ok(17), "QEMU lets one ask twice");

    let mut old = contract(Generation::Old, 8, 2);
    old.plug(4, Some(id("x"))).expect("the slot is free");
    assert_eq!(
        text(old.unplug(&id("x")).map(drop)),
        generic("device unplug request for unsupported device type")
    );
    assert_eq!(
        text(old.plug(8, None)),
        generic("Invalid CPU core-id: 8 must be in range 0:7")
    );
}

#[test]
fn psci_knows_what_is_plugged() {
    let on =
        |host: &hotvcpu_contract::Contract, target| host.psci(CPU_ON, [target, 0x4020_0000, 7]);
    for (generation, absent, version) in [
        (Generation::Old, INVALID_PARAMETERS, 2),
        (Generation::New, DENIED, 0x1_0001),
        (Generation::Rfc, DENIED, 0x1_0001),
    ] {
        let mut host = contract(generation, 32, 2);
        assert_eq!(on(&host, 2), Verdict::Answer(absent), "{generation}");
        assert_eq!(on(&host, 0x300), Verdict::Answer(INVALID_PARAMETERS));
        assert_eq!(on(&host, 1 << 31), Verdict::Answer(INVALID_PARAMETERS));
        host.plug(17, None).expect("the slot is free");
        let started = Verdict::CpuOn {
            slot: 17,
            entry: 0x4020_0000,
            context: 7,
        };
        assert_eq!(on(&host, 0x101), started, "slot 17 is 1.1");
        assert_eq!(host.psci(0x8400_0000, [0; 3]), Verdict::Answer(version));
        assert_eq!(
            host.psci(CPU_ON, [0x101, 0x4020_0002, 0]),
            Verdict::Answer(INVALID_PARAMETERS)
        );
    }
}

#[test]
fn psci_functions_have_their_forms() {
    let old = contract(Generation::Old, 8, 2);
    let new = contract(Generation::New, 8, 2);
    let not_supported = Verdict::Answer(NOT_SUPPORTED);
    assert_eq!(old.psci(0x8400_000A, [0x8400_0003, 0, 0]), not_supported);
    assert_eq!(new.psci(0x8400_000A, [0x8400_0003, 0, 0]), Verdict::Pass);
    assert_eq!(
        new.psci(0xC400_0000, [0; 3]),
        not_supported,
        "no 64-bit form"
    );
    assert_eq!(new.psci(0x8600_0000, [0; 3]), not_supported, "not PSCI");
    assert_eq!(new.psci(0x8400_0002, [0; 3]), Verdict::CpuOff);
    assert_eq!(new.psci(0x8400_0009, [0; 3]), Verdict::MachineEnds);
    let narrow = new.psci(0x8400_0003, [0xFFFF_FFFF_0000_0001, 0x1_4020_0000, 1 << 32]);
    let expected = Verdict::CpuOn {
        slot: 1,
        entry: 0x4020_0000,
        context: 0,
    };
    assert_eq!(narrow, expected, "the 32-bit form sees 32 bits");
    let info = |host: &hotvcpu_contract::Contract, target| host.psci(0xC400_0004, [target, 0, 0]);
    assert_eq!(info(&new, 1), Verdict::Pass);
    assert_eq!(info(&new, 2), Verdict::Answer(1), "off");
    assert_eq!(info(&old, 2), Verdict::Answer(INVALID_PARAMETERS));
}

#[test]
fn slots_that_cannot_be_are_refused() {
    use hotvcpu_contract::{Contract, ContractError};
    let new = |slots: u64, plugged| Contract::new(Generation::New, 0..slots, plugged).map(drop);
    assert_eq!(new(0, 0), Err(ContractError::SlotCount(0)));
    assert_eq!(new(513, 1), Err(ContractError::SlotCount(513)));
    let count = |plugged| Err(ContractError::PluggedCount { plugged, slots: 4 });
    assert_eq!(new(4, 5), count(5));
    assert_eq!(new(4, 0), count(0));
}
