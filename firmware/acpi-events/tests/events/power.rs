//! ACPI mode, power buttons, power-off.

use hotvcpu_acpi_events::simulator::{Captured, Effect, MACHINES};
use hotvcpu_acpi_events::{EventError, PowerOff, PowerOffError};

use crate::rig::Rig;

#[test]
fn a_machine_that_stays_in_legacy_mode_is_given_up_by_a_deadline() {
    let mut rig = Rig::boot(&Captured::open("x86_64-q35-10.0-1of8"));
    rig.host.machine.stays_legacy = true;
    let error = rig
        .doorbells
        .enable(&mut rig.host)
        .expect_err("SCI_EN is never set");
    assert_eq!(error, EventError::NoAcpiMode { deadline_ms: 1_000 });
    assert!((1_000_000_000..1_100_000_000).contains(&rig.host.machine.now_ns));
}

#[test]
fn the_fixed_power_button() {
    for folder in [
        "x86_64-q35-7.2-1of8",
        "x86_64-q35-10.0-1of8",
        "x86_64-pc-10.0-1of8",
    ] {
        let mut rig = Rig::armed(folder);
        rig.host.machine.press_power_button();
        assert!(rig.host.machine.sci_asserted(), "{folder}");
        let service = rig.service(9);
        assert!(service.power_button && service.runs.is_empty(), "{folder}");
        assert!(!rig.host.machine.sci_asserted(), "{folder}");
        assert!(
            !rig.service(9).power_button,
            "{folder}: it was pressed once"
        );
    }
}

#[test]
fn the_power_button_behind_a_ged() {
    for machine in MACHINES
        .iter()
        .filter(|machine| machine.ged_selector.is_some())
    {
        let mut rig = Rig::armed(machine.folder);
        rig.host.machine.press_power_button();
        let gsi = rig.gsi();
        let service = rig.service(gsi);
        assert!(
            !service.power_button && service.runs[0].result.is_ok(),
            "{}",
            machine.folder
        );
        let mut notify = rig.host.notifies.pop().expect("the button is notified");
        assert!(rig.doorbells.is_power_button(&notify), "{}", machine.folder);
        notify.value = 1;
        assert!(
            !rig.doorbells.is_power_button(&notify),
            "{}",
            machine.folder
        );
    }
}

#[test]
fn power_off_by_s5() {
    for captured in Captured::all() {
        let folder = captured.profile.folder;
        let mut rig = Rig::boot(&captured);
        let prepared = PowerOff::prepare(&captured.fadt(), &mut rig.aml, &mut rig.host);
        if folder.starts_with("aarch64") {
            assert_eq!(
                prepared,
                Err(PowerOffError::NoS5),
                "{folder}: PSCI does it there"
            );
            continue;
        }
        let power_off = prepared.unwrap_or_else(|error| panic!("{folder}: {error}"));
        power_off
            .announce(&mut rig.aml, &mut rig.host)
            .expect("there is no _PTS to fail");
        assert_eq!(rig.host.machine.effects, [], "{folder}");
        power_off
            .run(&mut rig.host)
            .expect("the registers can be written");
        assert_eq!(rig.host.machine.effects, [Effect::PoweredOff], "{folder}");
    }
}
