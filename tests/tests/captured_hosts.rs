//! The tables of real hosts with CPU hotplug, old generation and new, on a machine that is no such host: their own AML runs
//! in our guest, on our ROM, and the monitor plays the hardware behind it (`tables=host`).

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hotvcpu_tests::board::{guest_image_aarch64, rom};
use hotvcpu_tests::{PATIENCE, qemu_aarch64, raw_qemu::RawQemu};
use rustix::fs::{CWD, FileType, Mode, mknodat};

/// A machine with captured tables.
struct CapturedHost {
    machine: RawQemu,
    requests: PathBuf,
    reports: PathBuf,
    _folder: tempfile::TempDir,
}

impl CapturedHost {
    /// With the tables of `name`, of a host that speaks `generation` and has `boot` of `slots` CPUs.
    fn start(name: &str, generation: &str, boot: u32, slots: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let requests = folder.path().join("control.in");
        let reports = folder.path().join("control.out");
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, &requests, FileType::Fifo, mode, 0).expect("a FIFO is made");
        File::create(&reports).expect("a file is made");
        let mut arguments: Vec<OsString> = vec!["-bios".into(), rom().into()];
        arguments.extend(["-kernel".into(), guest_image_aarch64().into()]);
        let channel = format!("pipe,id=control,path={}/control", folder.path().display());
        let settings =
            format!("tables=host generation={generation} vcpus={boot} control=0xa003e00");
        let settings = format!("name=opt/hotvcpu/monitor,string={settings}");
        let slots = slots.to_string();
        let items = [
            ("etc/acpi/tables", "etc_acpi_tables"),
            ("etc/acpi/rsdp", "etc_acpi_rsdp"),
            ("etc/table-loader", "etc_table-loader"),
        ];
        let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/tables");
        let items = items.map(|(item, file)| {
            let path = tables.join(name).join(file);
            format!("name={item},file={}", path.display())
        });
        // QEMU's own tables are off, so that these have their places.
        let words = [
            "-M",
            "virt,gic-version=3,virtualization=on,acpi=off",
            "-cpu",
            "cortex-a57",
            "-m",
            "64",
            "-smp",
            &slots,
            "-append",
            "workload=paused",
            "-global",
            "virtio-mmio.force-legacy=false",
            "-chardev",
            &channel,
            "-device",
            "virtio-serial-device,id=control-bus,bus=virtio-mmio-bus.31",
            "-device",
            "virtconsole,bus=control-bus.0,chardev=control",
            "-fw_cfg",
            &settings,
        ];
        let items = items.iter().flat_map(|it| ["-fw_cfg", it]);
        arguments.extend(words.into_iter().chain(items).map(OsString::from));
        Self {
            machine: RawQemu::start(&qemu_aarch64(), &arguments),
            requests,
            reports,
            _folder: folder,
        }
    }

    /// Asks the monitor.
    fn ask(&self, request: &str) {
        let mut options = OpenOptions::new();
        let mut channel = options.write(true).open(&self.requests).expect("a FIFO");
        writeln!(channel, "{request}").expect("the monitor reads");
    }

    /// Waits until the guest's console has told of each of these.
    fn says(&mut self, what: &[&str]) {
        for text in what {
            self.machine.await_text(text);
        }
    }

    /// Waits until the monitor has reported this.
    fn reports(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let reports = fs::read_to_string(&self.reports).expect("text");
            if reports.contains(text) {
                return;
            }
            let console = self.machine.console();
            assert!(
                Instant::now() < deadline,
                "no {text} in\n{reports}\n{console}"
            );
            std::thread::yield_now();
        }
    }
}

/// The hosts whose tables were captured with free slots: CPUs come, and on the new generation they go and come again.
fn come_and_go(name: &str, generation: &str, found: &str) {
    let mut host = CapturedHost::start(name, generation, 2, 8);
    host.says(&[found, "2 of 8 CPUs online", "cpu 1 online"]);
    host.ask(r#"{"tag":1,"op":"plug","cpu":5,"id":"five"}"#);
    host.ask(r#"{"tag":2,"op":"plug","cpu":7,"id":"seven"}"#);
    host.says(&["cpu 5 online", "cpu 7 online"]);
    for cpu in [5, 7] {
        host.reports(&format!("\"kind\":\"ost\",\"cpu\":{cpu},"));
    }
    host.ask(r#"{"tag":3,"op":"unplug","id":"five"}"#);
    if generation == "old" {
        host.reports("device unplug request for unsupported device type");
        host.ask(r#"{"tag":4,"op":"plug","cpu":2,"id":"two"}"#);
        host.says(&["cpu 2 online"]);
    } else {
        host.says(&["cpu 5 ejected"]);
        host.reports(r#""kind":"deleted","cpu":5,"id":"five""#);
        host.reports(r#""kind":"ost","cpu":5,"event":3,"value":0"#);
        host.ask(r#"{"tag":4,"op":"plug","cpu":5,"id":"again"}"#);
        host.reports(r#""kind":"ost","cpu":5,"id":"again","event":1,"value":0"#);
    }
    // The host's tables list the monitor's own virtio slots, too; a guest that looks there is told that nobody answers.
    let reports = fs::read_to_string(&host.reports).expect("text");
    let mut errors = reports.lines().filter(|it| it.contains("\"error\""));
    let other = errors.find(|it| !it.contains("the guest read 0xa003"));
    assert_eq!(other, None);
}

#[test]
fn openeuler_s_old_generation() {
    for name in ["aarch64-old-2of8", "aarch64-old-numa"] {
        come_and_go(name, "old", "generation: old: ");
    }
}

#[test]
fn openeuler_s_new_generation() {
    for name in [
        "aarch64-new-2of8",
        "aarch64-new-numa",
        "aarch64-new-clusters",
    ] {
        come_and_go(name, "new", "generation: new (openEuler): ");
    }
}

#[test]
fn the_upstream_form() {
    come_and_go("aarch64-rfc5-2of8", "rfc", "generation: new (upstream): ");
}

#[test]
fn hosts_without_a_free_slot() {
    for (name, generation, found) in [
        ("aarch64-old-4of4", "old", "generation: old: "),
        ("aarch64-new-4of4", "new", "generation: new (openEuler): "),
    ] {
        let mut host = CapturedHost::start(name, generation, 4, 4);
        host.says(&[found, "4 of 4 CPUs online"]);
        host.ask(r#"{"tag":1,"op":"plug","cpu":3,"id":"three"}"#);
        host.reports("exist");
    }
}
