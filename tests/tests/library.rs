//! The library as another project's tests use it: the example, run as a program of its own.

use std::path::Path;
use std::process::Command;

use hotvcpu_tests::{library_example, qemu_aarch64};

/// Runs the example on `machine`, with these changes to its environment; what it printed, and how it ended.
fn run(machine: &str, change: impl FnOnce(&mut Command)) -> (String, bool) {
    let mut command = Command::new(library_example());
    command.arg(machine);
    change(&mut command);
    let output = command.output().expect("the example runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (said, output.status.success())
}

#[test]
fn the_example_passes_on_both_architectures() {
    for machine in ["q35", "virt"] {
        let (said, passed) = run(machine, |_| ());
        assert!(passed, "{machine}: {said}");
        for words in ["vCPU 2: online", "vCPU 3: ejected", "refused to let go"] {
            assert!(said.contains(words), "{machine}: no {words:?} in {said}");
        }
    }
}

#[test]
fn without_a_guest_it_says_how_to_get_one() {
    let (said, passed) = run("virt", |command| {
        command.env_remove("HOTVCPU_ROM_AARCH64");
    });
    assert!(!passed, "{said}");
    assert!(said.contains("HOTVCPU_ROM_AARCH64"), "{said}");
}

#[test]
fn with_the_wrong_qemu_it_fails_in_the_words_of_that() {
    // It is a QEMU, and of the other architecture.
    let wrong = qemu_aarch64();
    let (said, passed) = run("q35", |command| {
        command.env("HOTVCPU_QEMU", Path::new(&wrong));
    });
    assert!(!passed, "{said}");
    assert!(
        said.contains("did not start") && said.contains("q35"),
        "{said}"
    );
}
