//! What the integration tests share: the captured tables, and a host with a simulated CPU hotplug register block.
#![allow(dead_code)] // Every test binary uses its own part of it.

pub mod acpica;
pub mod conversions;
pub mod machine;
pub mod mutant;
pub mod profiles;

use std::path::PathBuf;

use hotvcpu_aml::{Error, ErrorKind, Interpreter, Limits, Value};

/// The folder of the captured tables.
pub fn tables() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tables")
}

/// The DSDT of one captured machine.
pub fn dsdt(machine: &str) -> Vec<u8> {
    let path = tables().join(machine).join("DSDT.aml");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all captured machines.
pub fn machines() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(tables())
        .expect("the captured tables stand beside the workspace, in shared/tables")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| tables().join(name).join("DSDT.aml").exists())
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no captured tables found");
    names
}

/// An interpreter with the DSDT of one machine loaded, not initialised.
pub fn loaded(machine: &str, host: &mut machine::Machine) -> Interpreter {
    let mut interpreter = Interpreter::new(Limits::default());
    let report = interpreter
        .load_table(&dsdt(machine), host)
        .unwrap_or_else(|error| panic!("{machine}: {error}"));
    assert_eq!(report.skipped, [], "{machine}");
    interpreter
}

/// `Value::Integer`, shorter.
pub fn int(value: u64) -> Value {
    Value::Integer(value)
}

/// An interpreter with a DSDT of this body, all of which has to take effect.
pub fn with_body(name: &str, body: &str, limits: Limits) -> (Interpreter, machine::Machine) {
    let mut host = machine::Machine::default();
    let mut interpreter = Interpreter::new(limits);
    let report = interpreter
        .load_table(&acpica::compile_body(name, "DSDT", body), &mut host)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(report.skipped, [], "{name}");
    (interpreter, host)
}

/// Evaluates an object without arguments.
pub fn call(
    interpreter: &mut Interpreter,
    host: &mut machine::Machine,
    path: &str,
) -> Result<Value, Error> {
    interpreter.evaluate_path(path, &[], host)
}

/// What goes wrong when an object is evaluated.
pub fn failure(
    interpreter: &mut Interpreter,
    host: &mut machine::Machine,
    path: &str,
) -> ErrorKind {
    call(interpreter, host, path).expect_err(path).kind()
}
