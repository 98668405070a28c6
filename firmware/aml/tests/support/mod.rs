//! What the integration tests share: the captured tables, and a host with a simulated CPU hotplug register block.
#![allow(dead_code)] // Every test binary uses its own part of it.

pub mod acpica;
pub mod conversions;
pub mod machine;
pub mod mutant;
pub mod profiles;

use std::path::PathBuf;

use hotvcpu_aml::{Interpreter, Limits, Value};

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
    interpreter
        .load_table(&dsdt(machine), host)
        .unwrap_or_else(|error| panic!("{machine}: {error}"));
    interpreter
}

/// `Value::Integer`, shorter.
pub fn int(value: u64) -> Value {
    Value::Integer(value)
}
