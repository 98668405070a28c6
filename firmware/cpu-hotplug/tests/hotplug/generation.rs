//! Which generation each captured machine speaks, and what becomes of a guest that is told to be of the other.

use hotvcpu_acpi_events::simulator::{Captured, MACHINES};
use hotvcpu_cpu_hotplug::{Evidence, Family, Finding, Generation, State, detect_generation};

use crate::rig::{Rig, ost, policy};

/// The type of a GICC entry, and where its flags are in it (ACPI 6.5, 5.2.12.14).
const GICC: u8 = 0xB;
const FLAGS: usize = 12;

const ENABLED: u8 = 1;
const ONLINE_CAPABLE: u8 = 8;

fn detect(captured: &Captured) -> Option<Finding> {
    detect_generation(&captured.madt(), &captured.boot().aml)
}

fn generation(captured: &Captured) -> Generation {
    detect(captured).expect("an ARM machine").generation
}

/// The machine in `folder` with the flags of each GICC as `change` makes them, given its position.
fn with_flags(folder: &str, change: impl Fn(usize, u8) -> u8) -> Captured {
    let mut captured = Captured::open(folder);
    let madt = &mut captured.madt;
    let (mut at, mut position) = (44, 0);
    while at < madt.len() {
        if madt[at] == GICC {
            madt[at + FLAGS] = change(position, madt[at + FLAGS]);
            position += 1;
        }
        at += usize::from(madt[at + 1]);
    }
    seal(madt);
    captured
}

/// Makes the checksum right again.
fn seal(table: &mut [u8]) {
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table[9] = table[9].wrapping_sub(sum);
}

#[test]
fn every_captured_machine_is_told_apart() {
    use Generation as G;
    for machine in MACHINES {
        let expected = match machine.folder {
            "aarch64-virt-10.0-ged-memory" | "aarch64-new-hotplug-off" => Some(G::None),
            "aarch64-rfc5-2of8" => Some(G::NewUpstream),
            folder if folder.starts_with("aarch64-old") => Some(G::Old),
            folder if folder.starts_with("aarch64-new") => Some(G::NewOpenEuler),
            _ => None,
        };
        let found = detect(&Captured::open(machine.folder));
        let found = found.map(|finding| finding.generation);
        assert_eq!(found, expected, "{}", machine.folder);
    }
}

#[test]
fn the_deciding_evidence_is_named() {
    let evidence = |folder| detect(&Captured::open(folder)).expect("ARM").evidence;
    assert_eq!(evidence("aarch64-old-2of8"), [Evidence::NeitherFlag(2)]);
    assert_eq!(evidence("aarch64-old-4of4"), [Evidence::CarriedIdentity]);
    assert_eq!(
        evidence("aarch64-new-2of8"),
        [Evidence::OnlineCapable(2), Evidence::ScanAtCpus]
    );
    assert_eq!(
        evidence("aarch64-new-4of4"),
        [Evidence::PresentBit, Evidence::ScanAtCpus]
    );
    assert_eq!(
        evidence("aarch64-rfc5-2of8"),
        [
            Evidence::OnlineCapable(1),
            Evidence::ScanAtGed("\\_SB.GED".into())
        ]
    );
}

#[test]
fn a_host_whose_hotplug_is_off_has_none_although_evt_names_the_scan() {
    let captured = Captured::open("aarch64-new-hotplug-off");
    assert!(
        captured.boot().aml.find("\\_SB.GED._EVT").is_some(),
        "the trap is there"
    );
    let finding = detect(&captured).expect("an ARM machine");
    assert_eq!(
        finding.to_string(),
        "none: the namespace has no \\_SB.CPUS and no \\_SB.PRES, whatever _EVT may call"
    );
    // Not even a MADT that speaks of hotplug makes it one.
    let capable = with_flags("aarch64-new-hotplug-off", |_, _| ONLINE_CAPABLE);
    assert_eq!(generation(&capable), Generation::None);
}

#[test]
fn a_madt_with_every_cpu_enabled_leaves_it_to_the_namespace() {
    for (folder, expected) in [
        ("aarch64-old-2of8", Generation::Old),
        ("aarch64-old-numa", Generation::Old),
        ("aarch64-new-2of8", Generation::NewOpenEuler),
        ("aarch64-new-clusters", Generation::NewOpenEuler),
        ("aarch64-rfc5-2of8", Generation::NewUpstream),
    ] {
        let full = with_flags(folder, |_, _| ENABLED);
        assert_eq!(generation(&full), expected, "{folder}");
    }
}

#[test]
fn one_marked_slot_decides() {
    let last = |flags: u8| move |position, _| if position == 3 { flags } else { ENABLED };
    for folder in ["aarch64-old-4of4", "aarch64-new-4of4"] {
        let old = with_flags(folder, last(0));
        assert_eq!(generation(&old), Generation::Old, "{folder}");
        let new = with_flags(folder, last(ONLINE_CAPABLE));
        assert_eq!(generation(&new), Generation::NewOpenEuler, "{folder}");
    }
}

#[test]
fn a_madt_cut_short_is_read_as_far_as_it_goes() {
    let mut captured = Captured::open("aarch64-new-2of8");
    let first = (0..captured.madt.len())
        .find(|at| captured.madt[*at..].starts_with(&[GICC, 80]))
        .expect("it has a GICC");
    // The second GICC gets a length that cannot be; nothing behind it is reached.
    captured.madt[first + 80 + 1] = 1;
    seal(&mut captured.madt);
    let finding = detect(&captured).expect("the first GICC is read");
    assert_eq!(finding.evidence[0], Evidence::PresentBit);
}

#[test]
fn only_the_host_s_own_generation_can_be_forced() {
    use Generation as G;
    for host in [G::None, G::Old, G::NewOpenEuler, G::NewUpstream] {
        for forced in [Family::Old, Family::New] {
            let fits = host.family() == Some(forced);
            assert_eq!(host.accepts(forced).is_ok(), fits, "{forced} on {host}");
        }
    }
    let text = |host: G, forced| host.accepts(forced).expect_err("it differs").to_string();
    let old = text(G::NewUpstream, Family::Old);
    assert!(old.starts_with("generation=old: ") && old.contains("_MAT"));
    let new = text(G::Old, Family::New);
    assert!(new.starts_with("generation=new: ") && new.contains("online capable"));
    assert!(text(G::None, Family::New).contains("no CPU hotplug"));
}

#[test]
fn generations_have_the_names_of_the_command_line() {
    assert_eq!("old".parse(), Ok(Family::Old));
    assert_eq!("new".parse(), Ok(Family::New));
    let error = "newest".parse::<Family>().expect_err("no generation");
    assert!(error.to_string().contains("generation=newest"), "{error}");
}

#[test]
fn a_guest_of_the_wrong_generation_finds_no_identity_and_goes_on() {
    for (folder, forced) in [
        ("aarch64-new-2of8", Family::Old),
        ("aarch64-rfc5-2of8", Family::Old),
        ("aarch64-old-2of8", Family::New),
    ] {
        let mut rig = Rig::boot(folder);
        rig.hotplug.act_as(forced);
        rig.plug(3);
        assert_eq!(rig.state(3), State::Failed, "{folder}");
        assert_eq!(rig.effects(), [ost(3, 1, 1)], "{folder}");
        let text = rig.last_text();
        assert!(text.contains(&format!("the {forced} generation")), "{text}");
    }
}

#[test]
fn a_guest_of_the_right_generation_misses_nothing() {
    for (folder, forced) in [
        ("aarch64-old-2of8", Family::Old),
        ("aarch64-new-2of8", Family::New),
        ("aarch64-rfc5-2of8", Family::New),
    ] {
        let captured = Captured::open(folder);
        let mut rig = Rig::build(&captured, policy(&captured));
        rig.hotplug.act_as(forced);
        rig.scan();
        rig.hello(1);
        rig.add(5);
        assert_eq!(rig.effects(), [ost(5, 1, 0)], "{folder}");
    }
}
