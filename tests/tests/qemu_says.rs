//! Every text with which QEMU refuses (docs/src/qemu.md, "What QEMU says"), on real QEMUs of both versions: QEMU says it word for word, it
//! is known what to do about it, and the command that a user would give says so.
//!
//! The cases are named after the rows of the table. `hotvcpu` works on the same QEMU over its second monitor (`--attach`).

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use hotvcpu::qmp::{Failure, QmpError};
use hotvcpu::{Error, Guest, qemu_binary, qemu_says};
use hotvcpu_tests::command::Host;
use hotvcpu_tests::qmp::Qmp;
use hotvcpu_tests::{
    Board, MICROVM, Q35, VIRT_STOCK, add, qemu_7_2, qemu_7_2_aarch64, quiet, smi, start,
};
use serde_json::{Value, json};

/// One of QEMU's refusals, and the same wish as a command of ours.
struct Case<'c> {
    /// The row.
    row: &'c str,
    command: &'c str,
    arguments: Value,
    says: &'c str,
    /// The words of a command for the same, its exit code, and what it says; none where no command leads there.
    ours: Option<(&'c str, i32, &'c str)>,
}

/// What a CPU of the machine is called, in this core.
fn cpu(id: &str, core: u32) -> Value {
    json!({"driver": "qemu64-x86_64-cpu", "id": id, "socket-id": 0, "core-id": core, "thread-id": 0})
}

/// The same with something else in place of one of its arguments, or nothing.
fn cpu_but(key: &str, value: Value) -> Value {
    let mut arguments = cpu("c9", 3);
    arguments[key] = value;
    if let Some(object) = arguments.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    arguments
}

/// QEMU's refusal of a command.
fn refused(guest: &mut Guest, command: &str, arguments: Value) -> Failure {
    match guest.execute(command, arguments) {
        Err(Error::Qmp(QmpError::Refused { failure, .. })) => failure,
        other => panic!("{command}: {other:?}"),
    }
}

fn check(host: &Host, guest: &mut Guest, case: &Case) {
    let row = case.row;
    let said = refused(guest, case.command, case.arguments.clone());
    assert_eq!(said.desc, case.says, "{row}");
    let known = qemu_says::explain(&said).unwrap_or_else(|| panic!("{row} is not known"));
    let shown = Error::from(QmpError::Refused {
        command: case.command.to_owned(),
        failure: said,
    });
    let shown = shown.to_string();
    assert!(
        shown.contains(case.says) && shown.contains(known.remedy),
        "{row}: {shown}"
    );
    if let Some((words, code, says)) = case.ours {
        let told = ours(host, guest, words, code);
        assert!(told.contains(says), "{row}: {told}");
    }
}

/// A command of ours on the same QEMU that has to fail with this code.
fn ours(host: &Host, guest: &Guest, words: &str, code: i32) -> String {
    let socket = guest.qmp_events_socket();
    let socket = socket.to_str().expect("UTF-8");
    let words: Vec<&str> = words.split(' ').collect();
    let output = host.run(&[&["--attach", socket], &words[..]].concat());
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    told
}

/// The two versions that the table is about.
fn qemus() -> [PathBuf; 2] {
    let current = qemu_binary::find(None, "x86_64").expect("a QEMU");
    [current.path, qemu_7_2()]
}

fn running(board: Board, qemu: PathBuf) -> Guest {
    start(quiet(board, 1, 4).qemu(qemu))
}

#[test]
fn of_a_machine_that_runs() {
    for qemu in qemus() {
        let host = Host::new();
        let mut guest = running(Q35, qemu);
        add(&mut guest, &[1]);
        let slots = guest.slots().expect("its slots");
        let boot = slots[0].qom_path.clone().expect("the boot CPU");
        let range = |row, key, says| Case {
            row,
            command: "device_add",
            arguments: cpu_but(key, 4.into()),
            says,
            ours: Some(("setvcpu 4 --enable", 4, "not present in live config")),
        };
        let cases = [
            Case {
                row: "slot taken",
                command: "device_add",
                arguments: cpu("c1", 1),
                says: "CPU[1] with APIC ID 1 exists",
                ours: Some(("setvcpu 1 --enable", 4, "already in requested state")),
            },
            Case {
                row: "same id",
                command: "device_add",
                arguments: cpu("vcpu1", 2),
                says: "Duplicate device ID 'vcpu1'",
                ours: None,
            },
            range(
                "out of range: core",
                "core-id",
                "Invalid CPU core-id: 4 must be in range 0:3",
            ),
            range(
                "out of range: socket",
                "socket-id",
                "Invalid CPU socket-id: 4 must be in range 0:0",
            ),
            range(
                "out of range: thread",
                "thread-id",
                "Invalid CPU thread-id: 4 must be in range 0:0",
            ),
            range(
                "out of range: die",
                "die-id",
                "Invalid CPU die-id: 4 must be in range 0:0",
            ),
            Case {
                row: "id missing",
                command: "device_add",
                arguments: cpu_but("core-id", Value::Null),
                says: "CPU core-id is not set",
                ours: None,
            },
            Case {
                row: "wrong model",
                command: "device_add",
                arguments: cpu_but("driver", "qemu32-x86_64-cpu".into()),
                says: "Invalid CPU type, expected cpu type: 'qemu64-x86_64-cpu'",
                ours: None,
            },
            Case {
                row: "del of unknown or already gone",
                command: "device_del",
                arguments: json!({"id": "zz"}),
                says: "Device 'zz' not found",
                ours: Some(("setvcpu 3 --disable", 4, "already in requested state")),
            },
            Case {
                row: "del of the boot CPU",
                command: "device_del",
                arguments: json!({"id": boot}),
                says: "Boot CPU is unpluggable",
                ours: Some(("setvcpu 0 --disable", 4, "the guest boots on it")),
            },
        ];
        for case in &cases {
            check(&host, &mut guest, case);
        }
    }
}

#[test]
fn same_id_is_avoided_by_the_command() {
    let host = Host::new();
    let mut guest = running(Q35, qemus()[0].clone());
    // Somebody else calls the CPU in slot 2 as we would call that in slot 3.
    guest
        .execute("device_add", cpu("vcpu3", 2))
        .expect("QEMU takes it");
    let socket = guest.qmp_events_socket();
    let attach = ["--attach", socket.to_str().expect("UTF-8")];
    host.json(&[&attach[..], &["setvcpu", "3", "--enable"]].concat());
    let ids: Vec<_> = guest
        .slots()
        .expect("its slots")
        .into_iter()
        .filter_map(|slot| slot.qom_path)
        .collect();
    assert_eq!(
        ids[1..],
        ["/machine/peripheral/vcpu3", "/machine/peripheral/vcpu3-2"]
    );
    host.json(&[&attach[..], &["setvcpu", "2-3", "--disable"]].concat());
}

#[test]
fn during_migration() {
    for qemu in qemus() {
        let host = Host::new();
        let mut guest = running(Q35, qemu);
        add(&mut guest, &[1]);
        let mut run = |command: &str, arguments| {
            let done = guest.execute(command, arguments);
            done.unwrap_or_else(|error| panic!("{command}: {error}"));
        };
        // So slow that it does not end.
        run("migrate-set-parameters", json!({"max-bandwidth": 4096}));
        run("migrate", json!({"uri": "exec:cat > /dev/null"}));
        for (command, arguments, says, words) in [
            (
                "device_add",
                cpu("c2", 2),
                "device_add not allowed while migrating",
                "setvcpus 3",
            ),
            (
                "device_del",
                json!({"id": "vcpu1"}),
                "device_del not allowed while migrating",
                "setvcpus 1",
            ),
        ] {
            let case = Case {
                row: "during migration",
                command,
                arguments,
                says,
                ours: Some((words, 4, "being migrated")),
            };
            check(&host, &mut guest, &case);
        }
    }
}

/// A QEMU whose QMP is there before its machine is. Ended when dropped.
struct Preconfig(Child);

impl Drop for Preconfig {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn before_machine_init() {
    for qemu in qemus() {
        let host = Host::new();
        let socket = host.runtime().join("own.sock");
        // It listens before QEMU runs, so that nobody has to wait for it.
        let listener = UnixListener::bind(&socket).expect("a free path");
        let child = Command::new(qemu)
            .args("-M q35 -accel tcg -smp 1,maxcpus=4 -nodefaults -display none".split(' '))
            .args("-preconfig -chardev socket,id=q,fd=0,server=on,wait=off".split(' '))
            .args(["-mon", "chardev=q,mode=control"])
            .stdin(Stdio::from(OwnedFd::from(listener)))
            .stderr(Stdio::null())
            .spawn();
        let _qemu = Preconfig(child.expect("QEMU runs"));
        let says =
            "The command 'device_add' is permitted only after machine initialization has completed";
        let said = Qmp::connect(&socket).ask("device_add", cpu("c1", 1));
        let said = said.expect_err("there is no machine");
        assert_eq!(said.desc, says);
        let known = qemu_says::explain(&said).expect("it is known");
        assert!(known.remedy.contains("x-exit-preconfig"));
        let socket = socket.to_str().expect("UTF-8");
        let told = host.fails(&["--attach", socket, "setvcpus", "2"], 8);
        assert!(told.contains("x-exit-preconfig"), "{told}");
    }
}

#[test]
fn del_before_the_guests_aml_switched() {
    for qemu in qemus() {
        let host = Host::new();
        // Firmware alone: nobody runs the AML, ever.
        let config = quiet(Q35, 1, 4).qemu(qemu).foreign_kernel(true);
        let mut guest = Guest::start(config.paused(true)).expect("QEMU starts");
        guest.execute("device_add", cpu("vcpu1", 1)).expect("taken");
        let says = "acpi: device unplug request for not supported device type: qemu64-x86_64-cpu";
        let case = Case {
            row: "del before the guest's AML switched",
            command: "device_del",
            arguments: json!({"id": "vcpu1"}),
            says,
            // The machine is stopped: that is refused beforehand.
            ours: Some(("setvcpus 1", 4, "hotvcpu resume")),
        };
        check(&host, &mut guest, &case);
    }
}

#[test]
fn del_with_acpi_off() {
    for qemu in qemus() {
        let host = Host::new();
        // Whatever the guest makes of it, the machine stays.
        let config = quiet(Q35, 1, 4).qemu(qemu).foreign_kernel(true);
        let stays = ["-machine", "acpi=off", "-action", "shutdown=pause"];
        let mut guest = Guest::start(config.extra_args(stays)).expect("QEMU starts");
        guest.execute("device_add", cpu("vcpu1", 1)).expect("taken");
        let case = Case {
            row: "del with acpi=off",
            command: "device_del",
            arguments: json!({"id": "vcpu1"}),
            says: "acpi: device unplug request for not supported device type: qemu64-x86_64-cpu",
            ours: Some(("setvcpus 1", 8, "started with acpi=off")),
        };
        check(&host, &mut guest, &case);
    }
}

#[test]
fn smi_broadcast_without_cpu_hotplug_smi() {
    for qemu in qemus() {
        let host = Host::new();
        let qtest = host.runtime().join("qtest.sock");
        let listen = format!("unix:{},server=on,wait=off", qtest.display());
        let config = quiet(Q35, 1, 4).qemu(qemu).paused(true).extra_args([
            "-qtest",
            &listen,
            "-qtest-log",
            "none",
        ]);
        let mut guest = Guest::start(config).expect("QEMU starts");
        smi::negotiate_broadcast_only(&qtest);
        let case = Case {
            row: "SMI broadcast without CPU-hotplug SMI",
            command: "device_add",
            arguments: cpu("c1", 1),
            says: "cpu hotplug with SMI wasn't enabled by firmware",
            ours: Some(("setvcpus 2", 8, "SMI broadcast without CPU hotplug")),
        };
        check(&host, &mut guest, &case);
    }
}

#[test]
fn no_hotplug_machine() {
    let [current, old] = qemus();
    for (qemu, says) in [
        (current, "machine does not support hot-plugging CPUs"),
        (old, "The feature 'query-hotpluggable-cpus' is not enabled"),
    ] {
        let host = Host::new();
        let config = quiet(MICROVM, 1, 1).qemu(qemu);
        let mut guest = start(config);
        let case = Case {
            row: "no hotplug machine",
            command: "query-hotpluggable-cpus",
            arguments: json!({}),
            says,
            ours: Some(("setvcpus 2", 4, "--machine q35 or pc")),
        };
        check(&host, &mut guest, &case);
    }
}

#[test]
fn aarch64_virt_device_add_of_a_cpu() {
    let qemus = [hotvcpu_tests::qemu_aarch64(), qemu_7_2_aarch64()];
    for qemu in qemus {
        let host = Host::new();
        let mut guest = start(quiet(VIRT_STOCK, 1, 2).qemu(qemu));
        let case = Case {
            row: "aarch64 virt device_add of a CPU",
            command: "device_add",
            arguments: json!({"driver": "cortex-a57-arm-cpu", "id": "c1", "core-id": 1}),
            says: "Parameter 'driver' expects a pluggable device type",
            ours: Some(("setvcpus 2", 4, "--firmware ROM")),
        };
        check(&host, &mut guest, &case);
    }
}
