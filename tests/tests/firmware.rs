//! The ROM on machines on which no guest can start: a clear message on the console, and, where there is a way to do
//! it, a power-off.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use hotvcpu_tests::board::{guest_image_aarch64, rom};
use hotvcpu_tests::foreign::{CODE, CONSOLE, HANG, HVC, POWER_OFF, PRINT, arm64_image};
use hotvcpu_tests::{qemu_aarch64, raw_qemu::RawQemu};

/// A machine with the ROM, with these options of `-M` and a file for another option.
fn machine(options: &str, further: Option<(&str, &Path)>) -> RawQemu {
    let further = further.map(|(option, file)| (option, file.as_os_str()));
    machine_with(options, further.as_slice())
}

/// The same with any number of other options.
fn machine_with(options: &str, further: &[(&str, &OsStr)]) -> RawQemu {
    let machine = format!("virt{options}");
    let words = ["-M", &machine, "-cpu", "cortex-a57", "-m", "64", "-bios"];
    let mut arguments: Vec<OsString> = words.map(OsString::from).to_vec();
    arguments.push(rom().into());
    for (option, value) in further {
        arguments.extend([option.into(), value.into()]);
    }
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
        says_and_ends(machine(options, None), &["kernel"]);
    }
}

/// A file with this content, as the kernel.
fn with_kernel(content: &[u8], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let kernel = folder.path().join("kernel");
    std::fs::write(&kernel, content).expect("the kernel is written");
    let machine = machine(",gic-version=3", Some(("-kernel", &kernel)));
    says_and_ends(machine, words);
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

/// A kernel that prints its initial RAM disk, and its command line behind it, as the boot information has them.
fn reader() -> Vec<u8> {
    let area = |address: u32, length: u32| {
        // ldr x1, [x0, ADDRESS]; ldr x2, [x0, LENGTH]
        let load = |offset: u32, register: u32| 0xF940_0000 | (offset / 8) << 10 | register;
        [load(address, 1), load(length, 2)]
    };
    let mut code = vec![CONSOLE];
    for (address, length) in [(40, 48), (24, 32)] {
        code.extend(area(address, length));
        code.extend(PRINT);
    }
    code.extend(POWER_OFF);
    code.extend([HVC, HANG]);
    arm64_image(&[(CODE, &code)])
}

#[test]
fn the_kernel_is_given_its_initial_ram_disk_and_its_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let (kernel, disk) = (folder.path().join("kernel"), folder.path().join("disk"));
    std::fs::write(&kernel, reader()).expect("the kernel is written");
    // Some pages, and one that is not full.
    let content = "hotplug ".repeat(1700);
    std::fs::write(&disk, &content).expect("the disk is written");
    for line in ["one  two=2", ""] {
        let mut machine = machine_with(
            ",gic-version=3",
            &[
                ("-kernel", kernel.as_os_str()),
                ("-initrd", disk.as_os_str()),
                ("-append", line.as_ref()),
            ],
        );
        assert!(machine.await_end().success());
        let console = machine.console();
        assert!(
            console.ends_with(&format!("{content}{line}")),
            "no disk and command line: {console}"
        );
    }
}

#[test]
fn an_initial_ram_disk_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    let file = std::fs::File::create(&disk).expect("the disk is made");
    file.set_len(80 << 20).expect("it has 80 MiB");
    let kernel = guest_image_aarch64();
    let options = [
        ("-kernel", kernel.as_os_str()),
        ("-initrd", disk.as_os_str()),
    ];
    let machine = machine_with(",gic-version=3", &options);
    says_and_ends(machine, &["initial RAM disk", "give the machine more"]);
}

#[test]
fn at_el3_the_rom_stops_with_a_message() {
    // There is no PSCI to power off with: with secure=on, QEMU leaves that to the firmware.
    machine(",gic-version=3,secure=on", None).await_text("EL3");
}

#[test]
fn without_fw_cfg_the_rom_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = tree_without_fw_cfg(folder.path());
    let machine = machine(",gic-version=3", Some(("-dtb", &tree)));
    says_and_ends(machine, &["fw_cfg"]);
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
