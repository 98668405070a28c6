//! The hotplug flow of every captured machine, against a simulated register block.

mod support;

use support::machine::{Machine, Slot};
use support::profiles::{Order, PROFILES, Profile};

const DEVICE_CHECK: u64 = 1;
const EJECT_REQUEST: u64 = 3;

/// Runs `check` on every machine that has a free slot, with one.
fn with_free_slot(check: impl Fn(Profile, usize)) {
    for profile in PROFILES {
        if let Some(slot) = profile.free_slot() {
            check(*profile, slot);
        }
    }
}

#[test]
fn initialisation_switches_the_legacy_register_mode_off() {
    for profile in PROFILES.iter().filter(|profile| profile.legacy) {
        let mut booted = profile.boot();
        assert!(!booted.host.cpus().legacy, "{}", profile.folder);
    }
}

#[test]
fn the_status_of_every_slot_after_boot() {
    for profile in PROFILES {
        let mut booted = profile.boot();
        for slot in 0..profile.slots {
            let expected = if slot < profile.plugged {
                0xF
            } else {
                profile.absent
            };
            assert_eq!(booted.status(slot), expected, "{} {slot}", profile.folder);
        }
    }
}

#[test]
fn a_plugged_cpu_is_notified_once_and_its_event_cleared() {
    with_free_slot(|profile, slot| {
        let mut booted = profile.boot();
        booted.host.cpus().plug(slot);
        let expected = [(booted.cpu(slot), DEVICE_CHECK)];
        assert_eq!(booted.ring(), expected, "{}", profile.folder);
        assert!(!booted.host.cpus().pending(), "{}", profile.folder);
        assert_eq!(booted.status(slot), 0xF, "{}", profile.folder);
        assert_eq!(booted.ring(), [], "{}", profile.folder);
    });
}

#[test]
fn an_unplugged_cpu_is_asked_for_ejected_and_gone() {
    with_free_slot(|profile, slot| {
        let mut booted = profile.boot();
        booted.host.cpus().plug(slot);
        booted.ring();
        booted.host.cpus().unplug(slot);
        let expected = [(booted.cpu(slot), EJECT_REQUEST)];
        assert_eq!(booted.ring(), expected, "{}", profile.folder);
        assert!(!booted.host.cpus().pending(), "{}", profile.folder);
        booted.call(slot, "_EJ0", &[1]).expect("_EJ0");
        assert_eq!(booted.host.cpus().slots[slot].ejected, 1);
        assert_eq!(booted.status(slot), profile.absent, "{}", profile.folder);
    });
}

#[test]
fn ost_reaches_the_slot_it_is_about() {
    with_free_slot(|profile, slot| {
        let mut booted = profile.boot();
        booted.host.cpus().plug(slot);
        booted.ring();
        booted
            .call(slot, "_OST", &[EJECT_REQUEST, 0x84, 0])
            .expect("_OST");
        let expected = Slot {
            enabled: true,
            ost_event: 3,
            ost_status: 0x84,
            ..Slot::default()
        };
        let slots = booted.host.cpus().slots.clone();
        assert_eq!(slots[slot], expected, "{}", profile.folder);
        assert_eq!(slots[0].ost_event, 0, "{}", profile.folder);
    });
}

#[test]
fn mat_names_the_processor_of_its_slot() {
    for profile in PROFILES {
        let mut booted = profile.boot();
        for slot in 0..profile.slots {
            let Some(mat) = booted.call(slot, "_MAT", &[]) else {
                assert!(profile.reports_present, "{}", profile.folder);
                continue;
            };
            let mat = mat.as_buffer().expect("a buffer");
            let uid = match (mat[0], mat.len()) {
                (0, 8) => u32::from(mat[2]),
                (9, 16) => u32::from_le_bytes(mat[12..16].try_into().unwrap()),
                (0xB, 76 | 80) => u32::from_le_bytes(mat[8..12].try_into().unwrap()),
                (0x11, 15) => u32::from_le_bytes(mat[3..7].try_into().unwrap()),
                other => panic!("{}: unknown entry {other:?}", profile.folder),
            };
            assert_eq!(uid, slot as u32, "{}", profile.folder);
        }
    }
}

#[test]
fn all_free_slots_plugged_at_once_are_reported_in_one_scan_in_order() {
    with_free_slot(|profile, first| {
        let mut booted = profile.boot();
        for slot in first..profile.slots {
            booted.host.cpus().plug(slot);
        }
        let expected: Vec<_> = (first..profile.slots)
            .map(|slot| (booted.cpu(slot), DEVICE_CHECK))
            .collect();
        assert_eq!(booted.ring(), expected, "{}", profile.folder);
        assert!(!booted.host.cpus().pending(), "{}", profile.folder);
    });
}

#[test]
fn insert_and_eject_in_one_scan_come_in_the_order_of_their_qemu() {
    with_free_slot(|profile, slot| {
        let (leaving, coming) = (slot, slot + 1);
        let mut booted = profile.boot();
        booted.host.cpus().plug(leaving);
        booted.ring();
        booted.host.cpus().unplug(leaving);
        booted.host.cpus().plug(coming);
        let insert = (booted.cpu(coming), DEVICE_CHECK);
        let eject = (booted.cpu(leaving), EJECT_REQUEST);
        let expected = match profile.order {
            Order::InsertsFirst => [insert, eject],
            Order::EjectsFirst => [eject, insert],
        };
        assert_eq!(booted.ring(), expected, "{}", profile.folder);
        assert!(!booted.host.cpus().pending(), "{}", profile.folder);
    });
}

#[test]
fn a_slot_can_be_used_again_a_hundred_times_without_growing() {
    with_free_slot(|profile, slot| {
        let mut booted = profile.boot();
        let objects = booted.interpreter.object_count();
        for round in 1..=100 {
            booted.host.cpus().plug(slot);
            booted.ring();
            booted.host.cpus().unplug(slot);
            booted.ring();
            booted.call(slot, "_EJ0", &[1]).expect("_EJ0");
            assert_eq!(booted.host.cpus().slots[slot].ejected, round);
        }
        assert_eq!(booted.interpreter.object_count(), objects);
        assert!(booted.interpreter.object_bytes() < 2 << 20);
    });
}

#[test]
fn a_failure_in_the_middle_of_a_scan_leaves_the_next_one_whole() {
    with_free_slot(|profile, slot| {
        let mut booted = profile.boot();
        let objects = booted.interpreter.object_count();
        booted.host.cpus().plug(slot);
        booted.host.fail_access_in = Some(9);
        let path = match profile.doorbell {
            support::profiles::Doorbell::Gpe => "\\_GPE._E02",
            support::profiles::Doorbell::Ged { .. } => "\\_SB.GED._EVT",
        };
        let args: &[_] = match profile.doorbell {
            support::profiles::Doorbell::Gpe => &[],
            support::profiles::Doorbell::Ged { selector, .. } => {
                booted.host.ged = Some((selector, 8));
                &[support::int(41)]
            }
        };
        let error = booted
            .interpreter
            .evaluate_path(path, args, &mut booted.host)
            .expect_err("the access was refused");
        let place = error.location().expect("the place in the AML");
        assert!(
            place.method.as_deref().is_some_and(|m| m.ends_with("CSCN")),
            "{error}"
        );
        assert_eq!(
            booted.interpreter.object_count(),
            objects,
            "{}",
            profile.folder
        );
        booted.host.take_notified();
        let expected = [(booted.cpu(slot), DEVICE_CHECK)];
        assert_eq!(booted.ring(), expected, "{}", profile.folder);
    });
}

#[test]
fn the_power_button_is_notified_through_the_ged() {
    for (folder, selector, gsi) in [
        ("x86_64-microvm-10.0", 0xFEA0_0000, 9),
        ("aarch64-virt-10.0-ged-memory", 0x0908_0000, 41),
        ("aarch64-new-hotplug-off", 0x0908_0000, 41),
    ] {
        let mut host = Machine::with_ged(selector, 2);
        let mut interpreter = support::loaded(folder, &mut host);
        let args = [support::int(gsi)];
        interpreter
            .evaluate_path("\\_SB.GED._EVT", &args, &mut host)
            .unwrap_or_else(|error| panic!("{folder}: {error}"));
        let button = interpreter.find("\\_SB.PWRB").expect("the power button");
        assert_eq!(host.take_notified(), [(button, 0x80)], "{folder}");
    }
}

#[test]
fn a_scan_method_that_does_not_exist_is_an_error_with_its_place() {
    let mut host = Machine::with_ged(0x0908_0000, 8);
    let mut interpreter = support::loaded("aarch64-new-hotplug-off", &mut host);
    let error = interpreter
        .evaluate_path("\\_SB.GED._EVT", &[support::int(41)], &mut host)
        .expect_err("\\_SB.CPUS.CSCN is not there");
    assert!(matches!(error.kind(), hotvcpu_aml::ErrorKind::NotFound(_)));
    let place = error.location().expect("a place");
    assert_eq!(place.method.as_deref(), Some("\\_SB.GED._EVT"));
}
