//! What another project's test of vCPU hotplug looks like: here it is a program, elsewhere the body of a `#[test]`.
//!
//! ```text
//! cargo xtask build
//! export HOTVCPU_GUEST_X86_64=target/x86_64-unknown-none/guest/hotvcpu-guest
//! cargo run --package hotvcpu --example hotplug_test
//! ```
//!
//! With `virt` as its argument it is about aarch64, and needs `HOTVCPU_GUEST_AARCH64` and `HOTVCPU_ROM_AARCH64`. The QEMU
//! under test is the one that `HOTVCPU_QEMU` (`HOTVCPU_QEMU_AARCH64`) names, else the newest that is found.
#![forbid(unsafe_code)]

use std::time::Duration;

use hotvcpu::{ErrorKind, Guest, GuestConfig, Machine, Phase};
use serde_json::json;

/// Longer than anything takes, also on a busy machine: every wait ends with what it waits for.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let machine: Machine = std::env::args()
        .nth(1)
        .as_deref()
        .unwrap_or("q35")
        .parse()?;
    a_vcpu_comes_and_goes(machine)?;
    the_guest_lets_go_in_the_right_order(machine)?;
    a_guest_that_refuses_keeps_its_vcpu(machine)?;
    Ok(())
}

/// The dozen lines.
fn a_vcpu_comes_and_goes(machine: Machine) -> hotvcpu::Result<()> {
    let mut guest = Guest::start(GuestConfig::reference_guest(machine)?.cpus(1, 4))?;
    for operation in guest.plug(&[1, 2], PATIENCE)? {
        let online = operation.timeline.get("online").unwrap_or_default();
        println!("vCPU {}: online after {online:.1?}", operation.slot);
    }
    guest.unplug(&[2], PATIENCE)?;
    let slots = guest.slots()?;
    let present: Vec<_> = slots.iter().filter(|it| it.present()).collect();
    assert_eq!(present.len(), 2);
    guest.powerdown()?;
    assert!(guest.wait_exit(PATIENCE)?.success());
    Ok(())
}

/// The same from below: the test sends the requests itself, and awaits what the guest says of each phase.
fn the_guest_lets_go_in_the_right_order(machine: Machine) -> hotvcpu::Result<()> {
    let mut guest = Guest::start(GuestConfig::reference_guest(machine)?.cpus(1, 4))?;
    guest.wait_ready(PATIENCE)?;
    let request = guest.slots()?[3].add_arguments("third");
    guest.execute("device_add", request)?;
    guest.await_phase(Phase::Online, Some(3), PATIENCE)?;

    guest.execute("device_del", json!({"id": "third"}))?;
    let off = guest.await_phase(Phase::Off, Some(3), PATIENCE)?;
    let ejected = guest.await_phase(Phase::Eject, Some(3), PATIENCE)?;
    println!(
        "vCPU 3: ejected {} µs after it was off",
        (ejected.record.t_ns - off.record.t_ns) / 1000
    );
    let phases = guest.phases_of(3);
    assert!(phases.contains(&Phase::Drain), "{phases:?}");
    Ok(())
}

/// A guest that says no, by its command line: how the program under test takes it is what such tests are about.
fn a_guest_that_refuses_keeps_its_vcpu(machine: Machine) -> hotvcpu::Result<()> {
    let config = GuestConfig::reference_guest(machine)?.cpus(1, 4);
    let mut guest = Guest::start(config.cmdline("misbehave=refuse-eject"))?;
    guest.plug(&[1], PATIENCE)?;
    let refused = guest.unplug(&[1], PATIENCE);
    let error = refused
        .err()
        .filter(|it| it.kind() == ErrorKind::GuestRefused);
    println!("{}", error.expect("the guest was told to refuse"));
    assert!(guest.slots()?[1].present());
    Ok(())
}
