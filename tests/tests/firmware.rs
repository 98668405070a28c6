//! The ROM on machines on which no guest can start: a clear message on the console, and, where there is a way to do
//! it, a power-off.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotvcpu_tests::board::{guest_image_aarch64, rom};
use hotvcpu_tests::{qemu_aarch64, raw_qemu::RawQemu};

/// A machine with the ROM, with these options of `-M` and further arguments.
fn machine(options: &str, further: &[&OsStr]) -> RawQemu {
    let machine = format!("virt{options}");
    let rom = rom();
    let mut arguments: Vec<&OsStr> = vec!["-M".as_ref(), machine.as_ref(), "-cpu".as_ref()];
    arguments.extend(["cortex-a57", "-m", "64", "-bios"].map(OsStr::new));
    arguments.push(rom.as_os_str());
    arguments.extend(further);
    RawQemu::start(&qemu_aarch64(), &arguments)
}

/// The machine says something with each of `words` in it, and powers off.
fn says_and_ends(mut machine: RawQemu, words: &[&str]) {
    let status = machine.await_end();
    let console = machine.console();
    for word in words {
        assert!(console.contains(word), "no `{word}` in:\n{console}");
    }
    assert!(status.success(), "{status}: {console}");
}

#[test]
fn without_a_kernel_the_rom_says_so_and_powers_off() {
    for options in [",gic-version=3", ",gic-version=3,virtualization=on"] {
        says_and_ends(machine(options, &[]), &["kernel"]);
    }
}

/// A file with this content, as the kernel.
fn with_kernel(content: &[u8], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let kernel = folder.path().join("kernel");
    std::fs::write(&kernel, content).expect("the kernel is written");
    let arguments = ["-kernel".as_ref(), kernel.as_os_str()];
    says_and_ends(machine(",gic-version=3", &arguments), words);
}

#[test]
fn a_file_that_is_no_kernel_is_refused() {
    with_kernel(&[0x55; 5000], &["kernel"]);
}

#[test]
fn a_kernel_that_is_cut_off_is_refused() {
    let whole = std::fs::read(guest_image_aarch64()).expect("the guest was built");
    // In the middle of its code, and in the middle of its header.
    for length in [whole.len() / 8, 40] {
        with_kernel(&whole[..length], &["kernel", "truncated"]);
    }
}

#[test]
fn at_el3_the_rom_stops_with_a_message() {
    // There is no PSCI to power off with: with secure=on, QEMU leaves that to the firmware.
    machine(",gic-version=3,secure=on", &[]).await_text("EL3");
}

#[test]
fn without_fw_cfg_the_rom_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = tree_without_fw_cfg(folder.path());
    let arguments = ["-dtb".as_ref(), tree.as_os_str()];
    says_and_ends(machine(",gic-version=3", &arguments), &["fw_cfg"]);
}

/// QEMU's own device tree of the machine, in which fw_cfg has the name of something that nobody knows.
fn tree_without_fw_cfg(folder: &Path) -> PathBuf {
    let dumped = folder.join("tree.dtb");
    let option = format!("virt,gic-version=3,dumpdtb={}", dumped.display());
    let status = Command::new(qemu_aarch64())
        .args(["-M", &option, "-cpu", "cortex-a57", "-m", "64"])
        .args(["-nodefaults", "-display", "none"])
        .arg("-bios")
        .arg(rom())
        .status();
    assert!(status.expect("QEMU runs").success());
    let mut tree = std::fs::read(&dumped).expect("QEMU wrote it");
    let name = b"qemu,fw-cfg-mmio";
    let at = tree.windows(name.len()).position(|it| it == name);
    let at = at.expect("QEMU describes its fw_cfg");
    tree[at..at + 4].copy_from_slice(b"nemo");
    drop_room(&mut tree);
    std::fs::write(&dumped, tree).expect("it is ours");
    dumped
}

/// Cuts off the room for changes that QEMU leaves at a tree's end, and that it doubles when it reads one from a file.
fn drop_room(tree: &mut Vec<u8>) {
    let field = |at: usize| {
        let bytes = tree[at..at + 4].try_into().expect("four bytes");
        u32::from_be_bytes(bytes)
    };
    // Offset and size of the structure, and of the strings (Devicetree Specification 0.4, 5.2).
    let end = (field(8) + field(36)).max(field(12) + field(32));
    tree.truncate(end as usize);
    tree[4..8].copy_from_slice(&end.to_be_bytes());
}
