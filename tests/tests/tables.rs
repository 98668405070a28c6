//! Tables that QEMU would never give: captured ones of another host, damaged, in the place of QEMU's own.
//!
//! With `acpi=off` QEMU leaves the names of the three files free, and takes them from the command line. The tables are
//! those of a virt machine whose hotplug is off, so that nothing in them needs a device that the stock machine lacks.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use hotvcpu::Guest;
use hotvcpu_tests::board::{guest_flat_aarch64, guest_image_aarch64, rom};
use hotvcpu_tests::{PATIENCE, VIRT_STOCK, console, qemu_aarch64, raw_qemu::RawQemu};

/// The length of a command in the loader's script.
const COMMAND: usize = 128;

/// Types of entries in the MADT (ACPI 6.5, 5.2.12); the last one has no meaning.
const LOCAL_APIC: u8 = 0;
const GICC: u8 = 0xB;
const GICR: u8 = 0xE;
const UNKNOWN: u8 = 0x7F;

/// The three files, under the names that fw_cfg has for them.
struct Files {
    tables: Vec<u8>,
    rsdp: Vec<u8>,
    script: Vec<u8>,
}

/// The folder of a captured machine.
fn folder(machine: &str) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    workspace.join("../shared/tables").join(machine)
}

impl Files {
    /// As they were captured.
    fn captured() -> Self {
        let folder = folder("aarch64-new-hotplug-off");
        let read = |name: &str| std::fs::read(folder.join(name)).expect("it was captured");
        Self {
            tables: read("etc_acpi_tables"),
            rsdp: read("etc_acpi_rsdp"),
            script: read("etc_table-loader"),
        }
    }

    /// Makes entries of one type in the MADT those of another. The script computes the checksum.
    fn retype_madt_entries(&mut self, from: u8, to: u8) {
        let madt = self.tables.windows(4).position(|it| it == b"APIC");
        let madt = &mut self.tables[madt.expect("there is a MADT")..];
        let length = u32::from_le_bytes(madt[4..8].try_into().expect("four bytes")) as usize;
        let mut at = 44;
        while at < length {
            if madt[at] == from {
                madt[at] = to;
            }
            at += usize::from(madt[at + 1]);
        }
    }

    /// What the console says when the guest is started with them; the machine powers off by itself.
    fn console(&self) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let items = self.items(folder.path());
        let items = items.iter().flat_map(|it| ["-fw_cfg", it]);
        console_of("virt,gic-version=3,acpi=off", items)
    }

    /// The files in `folder`, as QEMU's option `-fw_cfg` takes them.
    fn items(&self, folder: &Path) -> [String; 3] {
        let item = |name: &str, content: &[u8]| {
            let path = folder.join(name.replace('/', "_"));
            std::fs::write(&path, content).expect("it is written");
            format!("name={name},file={}", path.display())
        };
        [
            item("etc/acpi/tables", &self.tables),
            item("etc/acpi/rsdp", &self.rsdp),
            item("etc/table-loader", &self.script),
        ]
    }
}

/// What the console says when the guest is started on this machine and ends as soon as it is ready.
fn console_of<'a>(machine: &'a str, further: impl IntoIterator<Item = &'a str>) -> String {
    let mut arguments: Vec<OsString> = vec!["-bios".into(), rom().into()];
    arguments.extend(["-kernel".into(), guest_image_aarch64().into()]);
    let words = ["-append", "workload=paused exit_when_ready", "-M", machine];
    let words = words
        .into_iter()
        .chain(["-cpu", "cortex-a57", "-smp", "2", "-m", "64"]);
    arguments.extend(words.chain(further).map(OsString::from));
    let mut machine = RawQemu::start(&qemu_aarch64(), &arguments);
    let status = machine.await_end();
    assert!(status.success(), "{status}: {}", machine.console());
    machine.console()
}

#[test]
fn the_tables_of_another_host_are_used_as_they_are() {
    let console = Files::captured().console();
    assert!(console.contains("2 of 2 CPUs online"), "{console}");
    assert!(console.contains("generation: none: "), "{console}");
}

#[test]
fn a_corrupt_loader_script_ends_with_a_message() {
    let captured = Files::captured();
    let count = captured.script.len() / COMMAND;
    let mut unknown = captured.script.clone();
    unknown[3 * COMMAND] = 0x77;
    let mut alignment = captured.script.clone();
    // ALLOCATE: a name of 56 bytes, then the alignment.
    alignment[60] = 3;
    let cut_off = captured.script[..count / 2 * COMMAND + 50].to_vec();
    for script in [unknown, alignment, cut_off] {
        let console = Files {
            script,
            ..Files::captured()
        }
        .console();
        assert!(console.contains("etc/table-loader"), "{console}");
        assert!(
            !console.contains("online"),
            "the guest was started: {console}"
        );
    }
}

#[test]
fn a_kernel_that_runs_a_corrupt_script_itself_says_so_and_goes_on() {
    let mut files = Files::captured();
    // ADD_POINTER: two names of 56 bytes, then the offset of the pointer.
    let pointers = files.script.chunks_exact_mut(COMMAND);
    let mut pointers = pointers.filter(|command| command[0] == 2);
    pointers.next().expect("it links tables")[116..120].fill(0xFF);
    let folder = tempfile::tempdir().expect("a folder");
    let mut arguments: Vec<OsString> = vec!["-kernel".into(), guest_flat_aarch64().into()];
    let machine = ["-M", "virt,gic-version=3,acpi=off", "-cpu", "cortex-a57"];
    arguments.extend(machine.map(OsString::from));
    for item in files.items(folder.path()) {
        arguments.extend(["-fw_cfg".into(), item.into()]);
    }
    let mut machine = RawQemu::start(&qemu_aarch64(), &arguments);
    machine.await_text("etc/table-loader, command");
    machine.await_text("0xffffffff are out of etc/acpi/");
    machine.await_text("CPUs can neither come nor go");
}

#[test]
fn a_madt_without_redistributors_is_reported_and_the_guest_goes_on() {
    let mut files = Files::captured();
    files.retype_madt_entries(GICR, UNKNOWN);
    let console = files.console();
    assert!(console.contains("GIC redistributor"), "{console}");
    assert!(console.contains("1 of 2 CPUs online"), "{console}");
}

#[test]
fn tables_of_another_architecture_leave_the_guest_without_cpus_to_add() {
    let mut files = Files::captured();
    files.retype_madt_entries(GICC, LOCAL_APIC);
    let console = files.console();
    // Not even the boot CPU is known; no CPU of the table has a name that this machine understands.
    assert!(console.contains("0 of 2 CPUs online"), "{console}");
    assert!(!console.contains("generation: "), "{console}");
}

/// The tables name a register block that this machine lacks: each access to it ends in an external abort.
#[test]
fn a_register_block_that_nobody_has_is_reported_and_the_guest_goes_on() {
    for (name, generation) in [
        ("aarch64-new-2of8", "new (openEuler): "),
        ("aarch64-old-2of8", "old: "),
        ("aarch64-rfc5-2of8", "new (upstream): "),
    ] {
        let folder = folder(name);
        let item = |of: &str, file: &str| {
            let file = folder.join(file);
            format!("name={of},file={}", file.display())
        };
        let items = [
            item("etc/acpi/tables", "etc_acpi_tables"),
            item("etc/acpi/rsdp", "etc_acpi_rsdp"),
            item("etc/table-loader", "etc_table-loader"),
        ];
        let items = items.iter().flat_map(|it| ["-fw_cfg", it]);
        let arguments = ["-machine", "acpi=off"].into_iter().chain(items);
        let config = VIRT_STOCK.config(2, 2, "workload=paused exit_when_ready");
        let mut guest = Guest::start(config.extra_args(arguments)).expect("QEMU starts");
        let ready = guest.wait_ready(PATIENCE).expect("the guest goes on");
        assert_eq!(ready.cpus_online, 1, "{name}: only the boot CPU is sure");
        let said = console(&guest);
        assert!(said.contains(generation), "{name}: {said}");
        let failed = guest
            .records()
            .filter_map(|it| it.record.text.clone())
            .find(|text| text.contains("nothing answers at this address"));
        let failed = failed.unwrap_or_else(|| panic!("{name}: nothing is said: {said}"));
        assert!(failed.contains("_STA"), "{name}: {failed}");
        let status = guest
            .wait_exit(PATIENCE)
            .expect("it ends as it was told to");
        assert!(status.success(), "{status}");
    }
}

#[test]
fn gicv2_is_reported_and_the_guest_goes_on() {
    let console = console_of("virt,gic-version=2", []);
    assert!(console.contains("hotplug needs GICv3"), "{console}");
    assert!(console.contains("1 of 2 CPUs online"), "{console}");
}
