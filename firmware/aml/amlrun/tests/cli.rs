//! The command as its user sees it: output, exit code, and the namespace of every captured machine.
//!
//! The namespaces are compared with `tests/namespaces/MACHINE.txt`. To accept a change, run the test with
//! `AMLRUN_ACCEPT=1` and look at the difference before committing it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn amlrun(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_amlrun"))
        .args(arguments)
        .output()
        .expect("amlrun starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tables() -> PathBuf {
    here().join("../../../../shared/tables")
}

fn dsdt(machine: &str) -> String {
    let path = tables().join(machine).join("DSDT.aml");
    path.to_str().expect("a readable path").into()
}

#[test]
fn the_namespace_of_every_captured_machine_is_what_it_was() {
    let accept = std::env::var_os("AMLRUN_ACCEPT").is_some();
    let mut compared = 0;
    for entry in std::fs::read_dir(tables()).expect("the captured tables") {
        let path = entry.expect("an entry").path();
        let machine = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if !path.join("DSDT.aml").exists() {
            continue;
        }
        let output = amlrun(&[&dsdt(&machine), "--namespace"]);
        assert!(output.status.success(), "{machine}: {}", stderr(&output));
        let snapshot = here()
            .join("tests/namespaces")
            .join(format!("{machine}.txt"));
        if accept {
            std::fs::write(&snapshot, stdout(&output)).expect("a writable folder");
        }
        let expected = std::fs::read_to_string(&snapshot)
            .unwrap_or_else(|error| panic!("{}: {error}", snapshot.display()));
        assert!(
            stdout(&output) == expected,
            "the namespace of {machine} changed"
        );
        compared += 1;
    }
    assert!(compared > 10, "only {compared} captured machines");
}

#[test]
fn a_method_is_called_with_its_arguments_and_the_result_is_the_last_line() {
    let table = dsdt("x86_64-q35-10.0-1of8");
    let output = amlrun(&[&table, "--call", "\\_SB.CPUS.C003._MAT"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "Buffer [00 08 03 03 01 00 00 00]\n");
    let output = amlrun(&[
        &table,
        "--regions",
        "log",
        "--call",
        "\\_SB.CPUS.COST",
        "2",
        "0x3",
        "0",
        "0",
    ]);
    let text = stdout(&output);
    assert!(
        text.contains("Write SystemIo 0xCD8 Dword 0x00000002"),
        "{text}"
    );
    assert_eq!(text.lines().last(), Some("Uninitialized"));
}

#[test]
fn notifications_are_listed_on_request() {
    let table = dsdt("x86_64-q35-10.0-1of8");
    let arguments = [
        &table,
        "--notify-log",
        "--call",
        "\\_SB.CPUS.CTFY",
        "2",
        "1",
    ];
    let output = amlrun(&arguments.map(|a| a as &str));
    assert_eq!(
        stdout(&output),
        "Notify \\_SB.CPUS.C002 0x1\nUninitialized\n"
    );
}

#[test]
fn a_failure_goes_to_stderr_with_its_place_and_exit_code_1() {
    let table = dsdt("aarch64-new-hotplug-off");
    let output = amlrun(&[&table, "--call", "\\_SB.GED._EVT", "41"]);
    assert!(output.status.success(), "no event is pending");
    let output = amlrun(&[&table, "--call", "\\_SB.GED._EVT"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("takes 1 arguments, 0 were given"));
    let output = amlrun(&[&table, "--call", "\\NONE"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("there is no \\NONE"));
}

#[test]
fn the_place_of_a_failure_is_shown_with_its_bytes() {
    let table = dsdt("x86_64-q35-10.0-1of8");
    // Function 7 of this _DSM indexes its fourth argument, which is to be a package.
    let output = amlrun(&[&table, "--call", "\\_SB.PCI0.PDSM", "1", "2", "7", "4", "5"]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("opcode 0x88 is INDEX"), "{text}");
    assert!(text.contains("[88]"), "{text}");
    let arrow = text.lines().find(|line| line.contains("->"));
    let arrow = arrow.expect("a listing");
    assert!(arrow.contains(">>Index (Arg4"), "{text}");
    assert!(text.contains("in \\_SB.PCI0.PDSM"), "{text}");
}

#[test]
fn what_a_table_lost_is_said_and_the_rest_works() {
    let mut table = b"DSDT\0\0\0\0\x02".to_vec();
    table.resize(36, 0);
    // Scope (NONE) { }, then Name (MAIN, 7)
    table.extend(*b"\x10\x05NONE\x08MAIN\x0A\x07");
    table[4] = table.len() as u8;
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table[9] = 0u8.wrapping_sub(sum);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lossy.aml");
    std::fs::write(&file, table).expect("a writable folder");
    let output = amlrun(&[file.to_str().expect("a readable path")]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "Integer 0x7\n");
    let text = stderr(&output);
    assert!(
        text.contains("passed over: NONE is not in the namespace"),
        "{text}"
    );
    assert!(text.contains("-> 0x0024: >>Scope (NONE)"), "{text}");
}

#[test]
fn what_is_no_table_is_refused() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-table");
    std::fs::write(&file, b"not a table").expect("a writable folder");
    let output = amlrun(&[file.to_str().expect("a readable path")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the table is truncated"));
    let output = amlrun(&["/nonexistent/table.aml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot read"));
}
