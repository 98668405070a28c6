//! The monitor that gives stock QEMU its CPU hotplug, asked what nobody should ask.

use std::fs::OpenOptions;
use std::io::Write;

use hotvcpu::{ErrorKind, Generation, Guest, GuestConfig, Phase};
use hotvcpu_tests::board::rom;
use hotvcpu_tests::foreign::{CODE, CONSOLE, HANG, POWER_OFF, SMC, arm64_image, cpu_on};
use hotvcpu_tests::{
    PATIENCE, VIRT, VIRT_OLD, add, await_phase, console, errors, phases_of, present, qemu_aarch64,
    quiet, remove, shut_down, start,
};
use serde_json::json;

/// Writes `bytes` into the channel on which the host speaks to the monitor.
fn write(guest: &Guest, bytes: &[u8]) {
    let files = guest.control_files().expect("the machine has a monitor");
    let mut channel = OpenOptions::new()
        .write(true)
        .open(&files.requests)
        .expect("a pipe");
    channel.write_all(bytes).expect("the monitor reads");
}

/// What the monitor has answered so far.
fn answers(guest: &Guest) -> String {
    let files = guest.control_files().expect("the machine has a monitor");
    let bytes = std::fs::read(&files.reports).expect("a file");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn garbage_is_answered_with_errors_and_costs_nothing() {
    let mut guest = start(quiet(VIRT, 1, 4));
    let long = [&[b'x'; 3000][..], b"\n"].concat();
    // More answers than the monitor keeps for a host that does not read, and a line longer than all of its memory for lines.
    let flood = b"{\"tag\":5,\"op\":\"state\"}\n".repeat(3000);
    let endless = vec![b'y'; 200_000];
    for garbage in [
        &b"\n"[..],
        b"hello\n",
        b"{\"tag\":1,\"op\":\"plug\"}\n",
        b"{\"tag\":2,\"op\":\"explode\",\"cpu\":1}\n",
        b"{\"tag\":3,\"op\":\"plug\",\"cpu\":4294967295}\n",
        b"\xFF\xFE\0\x01\n",
        &long,
        &flood,
        &endless,
        b"\n",
        &[b'\n'; 2000],
        b"{\"tag\":4,\"op\":\"plug\",\"cpu\":1,\"id\":\"half of a li",
        b"\n",
    ] {
        write(&guest, garbage);
    }
    // The channel is in order: when this is answered, all of that is.
    add(&mut guest, &[1]);
    let answers = answers(&guest);
    for kind in ["\"error\"", "\"refused\""] {
        assert!(answers.contains(kind), "no {kind} among:\n{answers}");
    }
    remove(&mut guest, &[1]);
    assert_eq!(present(&mut guest), [0]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

#[test]
fn a_cpu_that_was_there_at_boot_cannot_be_removed() {
    let mut guest = start(quiet(VIRT, 2, 4));
    for cpu in [0, 1] {
        let error = guest.remove(&[cpu], PATIENCE);
        let error = error.expect_err("CPUs present at boot stay");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        // Nor by a host that asks all the same.
        write(
            &guest,
            format!(
                "{{\"tag\":{},\"op\":\"unplug\",\"cpu\":{cpu}}}\n",
                900 + cpu
            )
            .as_bytes(),
        );
    }
    add(&mut guest, &[2]);
    let answers = answers(&guest);
    assert!(answers.contains("cold-booted"), "{answers}");
    assert_eq!(present(&mut guest), [0, 1, 2]);
    let asked = guest.records().any(|it| it.record.phase == Phase::Drain);
    assert!(!asked, "the guest was asked for a CPU that has to stay");
    shut_down(guest);
}

#[test]
fn two_requests_for_one_cpu_in_flight_are_one_answer_and_one_refusal() {
    let mut guest = start(quiet(VIRT, 1, 4));
    let plug =
        |tag: u32| format!("{{\"tag\":{tag},\"op\":\"plug\",\"cpu\":2,\"id\":\"twin{tag}\"}}\n");
    // In one write: the second is there before the guest has heard of the first.
    write(&guest, (plug(701) + &plug(702)).as_bytes());
    await_phase(&mut guest, Phase::Ost, Some(2));
    assert_eq!(present(&mut guest), [0, 2]);
    assert!(answers(&guest).contains("exist"), "{}", answers(&guest));

    let unplug = |tag: u32| format!("{{\"tag\":{tag},\"op\":\"unplug\",\"id\":\"twin701\"}}\n");
    write(&guest, (unplug(703) + &unplug(704)).as_bytes());
    // The slot's freedom comes by the monitor's channel, which is not the guest's.
    let deleted = guest.await_event(PATIENCE, |event| event.name == "DEVICE_DELETED");
    assert_eq!(deleted.expect("it goes").data["device"], "twin701");
    await_phase(&mut guest, Phase::Eject, Some(2));
    let of = |phase| {
        phases_of(&guest, 2)
            .iter()
            .filter(|it| **it == phase)
            .count()
    };
    assert_eq!((of(Phase::Online), of(Phase::Eject)), (1, 1));
    add(&mut guest, &[2]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

#[test]
fn qemu_s_own_words_are_used_for_refusals() {
    let mut guest = start(quiet(VIRT, 1, 4));
    let slot = guest
        .slots()
        .expect("slots")
        .into_iter()
        .find(|it| it.index == 0)
        .expect("the first");
    let mut arguments = slot.props.clone();
    arguments.insert("driver".into(), slot.type_name.clone().into());
    arguments.insert("id".into(), "again".into());
    let taken = guest
        .execute("device_add", arguments.into())
        .expect_err("the slot is taken");
    assert!(taken.to_string().contains("exist"), "{taken}");
    let unknown = guest.execute("device_del", json!({ "id": "nobody" }));
    let unknown = unknown.expect_err("there is no such device");
    assert!(
        unknown.to_string().contains("Device 'nobody' not found"),
        "{unknown}"
    );
    shut_down(guest);
}

#[test]
fn the_old_generation_refuses_a_removal_as_its_hosts_do() {
    let mut guest = start(quiet(VIRT_OLD, 1, 4));
    add(&mut guest, &[1]);
    let refused = guest.execute("device_del", json!({ "id": "vcpu1" }));
    let text = refused.expect_err("refused").to_string();
    assert!(
        text.contains("device unplug request for unsupported device type"),
        "{text}"
    );
    assert_eq!(present(&mut guest), [0, 1]);
    shut_down(guest);
}

/// Where the ROM, and so the monitor, has its static memory.
const MONITOR_MEMORY: u16 = 0x4010;

/// A kernel that reads the monitor's memory. It powers off once it has taken a data abort for that, and hangs otherwise.
fn intruder() -> Vec<u8> {
    let code = [
        0x1000_3E02,                                  // adr x2, 0x800
        0xD518_C002,                                  // msr vbar_el1, x2
        0xD2A0_0000 | u32::from(MONITOR_MEMORY) << 5, // mov x0, MONITOR_MEMORY << 16
        0xF940_0001,                                  // ldr x1, [x0]
        HANG,
    ];
    let [off, call] = POWER_OFF;
    // The vector for synchronous exceptions of the current level.
    let vector = [
        0xD538_5203, // mrs x3, esr_el1
        0xD35A_FC63, // lsr x3, x3, 26
        0xF100_947F, // cmp x3, 0x25: a data abort?
        0x5400_0001, // b.ne .
        off,
        call,
        SMC,
        HANG,
    ];
    arm64_image(&[(CODE, &code), (0x800 + 0x200, &vector)])
}

/// What the console says when this kernel has run above the monitor, on one CPU of two, to its power-off.
fn console_of(kernel: &[u8], generation: Generation) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kernel");
    std::fs::write(&path, kernel).expect("the kernel is written");
    let config = GuestConfig::new(VIRT.machine, path)
        .qemu(qemu_aarch64())
        .firmware(rom())
        .generation(generation)
        .cpus(1, 2)
        .foreign_kernel(true);
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("the kernel powers off");
    assert!(status.success(), "{status}");
    console(&guest)
}

#[test]
fn the_monitor_s_memory_is_not_the_guest_s() {
    let console = console_of(&intruder(), Generation::New);
    assert!(
        console.contains("read 0x40100000, which is not its own"),
        "{console}"
    );
}

#[test]
fn cpu_on_is_answered_as_each_generation_does() {
    // One that is not plugged, one that there is not, itself, and one that is on where no code can be.
    let calls = [
        cpu_on(1, 0),
        cpu_on(2, 0),
        cpu_on(0, 0),
        cpu_on(0, 2),
        // The old generation's and the new one's answer have to be the same the second time.
        cpu_on(1, 0),
    ];
    let mut code = vec![CONSOLE];
    code.extend(calls.as_flattened());
    code.extend(POWER_OFF);
    code.push(SMC);
    let kernel = arm64_image(&[(CODE, &code)]);
    // DENIED is -3, INVALID_PARAMETERS -2, ALREADY_ON -4.
    for (generation, answers) in [
        (Generation::New, "32423"),
        (Generation::Rfc, "32423"),
        (Generation::Old, "22422"),
    ] {
        let console = console_of(&kernel, generation);
        assert!(console.ends_with(answers), "{generation}: {console}");
    }
}

#[test]
fn gicv2_is_refused_with_the_reason() {
    let config = quiet(VIRT, 1, 2).extra_args(["-machine", "gic-version=2"]);
    let error = match Guest::start(config) {
        Err(error) => error.to_string(),
        Ok(mut guest) => {
            let _ = guest.wait_exit(PATIENCE).expect("the ROM powers off");
            guest.console_text().expect("a console")
        }
    };
    assert!(error.contains("GICv3"), "{error}");
}
