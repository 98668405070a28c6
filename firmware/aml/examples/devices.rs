//! Lists the devices of a table: their ids, whether they are there, and what resources they use.
//!
//! ```text
//! cargo run -p hotvcpu-aml --example devices -- DSDT.aml
//! ```
//!
//! There is no hardware here. An access to a register ends the evaluation that wanted it with an error, which is
//! printed in its place, and the next device is looked at.

use std::process::ExitCode;

use hotvcpu_aml::{
    Access, Host, Interpreter, Limits, NodeId, ObjectKind, RegionAccess, RegionError, Value,
    eisa_id, resources,
};

/// A platform on which nothing answers.
struct NoHardware;

impl RegionAccess for NoHardware {
    fn read(&mut self, _: Access) -> Result<u64, RegionError> {
        Err(RegionError::NoDevice)
    }

    fn write(&mut self, _: Access, _: u64) -> Result<(), RegionError> {
        Err(RegionError::NoDevice)
    }
}

impl Host for NoHardware {
    fn notify(&mut self, _: NodeId, _: u64) {}

    fn timer_100ns(&mut self) -> u64 {
        0
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn stall_us(&mut self, _: u64) {}
}

/// A value as a person reads it: EISA ids are numbers in AML (ACPI 6.5, 19.3.4).
fn id(value: &Value) -> String {
    match value {
        Value::Integer(number) => eisa_id(*number as u32).as_str().to_owned(),
        Value::String(text) => text.to_string(),
        _ => "of an unexpected type".to_owned(),
    }
}

/// Evaluates a child of `device` and prints it, if there is one.
fn show(aml: &mut Interpreter, device: NodeId, name: &str, print: impl Fn(&Interpreter, &Value)) {
    let Some(node) = aml.child(device, name) else {
        return;
    };
    match aml.evaluate(node, &[], &mut NoHardware) {
        Ok(value) => print(aml, &value),
        Err(error) => println!("  {name}: {error}"),
    }
}

fn print_resources(value: &Value) {
    for resource in resources::decode(value.as_buffer().unwrap_or_default()) {
        match resource {
            Ok(resource) => println!("  _CRS: {resource:?}"),
            Err(error) => println!("  _CRS: {error}"),
        }
    }
}

/// The devices below the root, in the order of the namespace.
fn devices(aml: &Interpreter) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut pending = vec![aml.root()];
    while let Some(node) = pending.pop() {
        if aml.kind(node) == ObjectKind::Device {
            found.push(node);
        }
        let mut children: Vec<_> = aml.children(node).collect();
        children.reverse();
        pending.append(&mut children);
    }
    found
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: devices TABLE.aml");
        return ExitCode::from(2);
    };
    let table = match std::fs::read(&path) {
        Ok(table) => table,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    };
    let mut aml = Interpreter::new(Limits::default());
    match aml.load_table(&table, &mut NoHardware) {
        Ok(report) => {
            for skipped in &report.skipped {
                eprintln!("passed over: {skipped}");
            }
        }
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    for device in devices(&aml) {
        println!("{}", aml.path(device));
        for name in ["_HID", "_CID"] {
            show(&mut aml, device, name, |_, value| {
                println!("  {name}: {}", id(value));
            });
        }
        for name in ["_UID", "_STA"] {
            show(&mut aml, device, name, |aml, value| {
                println!("  {name}: {}", aml.describe(value));
            });
        }
        show(&mut aml, device, "_CRS", |_, value| print_resources(value));
    }
    ExitCode::SUCCESS
}
