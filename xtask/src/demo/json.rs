//! What `--json` writes: a report for programs, one entry for every CPU that came or went.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// The name and version of this form; the number grows when a reader would have to change.
const SCHEMA: &str = "hotvcpu-demo/1";

/// A demonstration.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    arch: String,
    machine: String,
    /// QEMU's version.
    qemu: String,
    /// From power-on until the guest's doorbells were armed, in ms.
    pub guest_ready_ms: f64,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Whether all of it succeeded, the shutdown included.
    pub ok: bool,
}

/// One CPU added or removed.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Which of the two.
    pub action: Action,
    /// The CPU's slot.
    pub cpu: u32,
    /// Whether it succeeded.
    pub ok: bool,
    /// When each phase was over, in µs since the request.
    pub phases_us: BTreeMap<String, u64>,
    /// When the operation was over, in µs since the request.
    pub total_us: u64,
}

/// What can be done with a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is added.
    Add,
    /// It is removed.
    Remove,
}

impl Report {
    /// A report in which nothing has happened yet.
    pub fn new(arch: &str, machine: &str, qemu: &str) -> Self {
        Self {
            schema: SCHEMA,
            arch: arch.to_owned(),
            machine: machine.to_owned(),
            qemu: qemu.to_owned(),
            guest_ready_ms: 0.0,
            steps: Vec::new(),
            ok: false,
        }
    }

    /// Writes it to `path`.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Step {
    /// A step that failed before anything could be measured.
    pub fn failed(action: Action, cpu: u32) -> Self {
        Self {
            action,
            cpu,
            ok: false,
            phases_us: BTreeMap::new(),
            total_us: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_form_is_the_documented_one() {
        let mut report = Report::new("x86_64", "q35", "10.0.2");
        report.guest_ready_ms = 151.5;
        report.steps.push(Step {
            action: Action::Add,
            cpu: 3,
            ok: true,
            phases_us: BTreeMap::from([("online".to_owned(), 2100)]),
            total_us: 2400,
        });
        report.steps.push(Step::failed(Action::Remove, 4));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("demo.json");
        report.write(&path).expect("writable");
        let read: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        let expected = json!({
            "schema": "hotvcpu-demo/1", "arch": "x86_64", "machine": "q35", "qemu": "10.0.2",
            "guest_ready_ms": 151.5,
            "steps": [
                {"action": "add", "cpu": 3, "ok": true, "phases_us": {"online": 2100}, "total_us": 2400},
                {"action": "remove", "cpu": 4, "ok": false, "phases_us": {}, "total_us": 0},
            ],
            "ok": false,
        });
        assert_eq!(read, expected);
    }
}
