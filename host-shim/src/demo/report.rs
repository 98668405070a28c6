//! What `--json` writes: a report for programs, one entry for every CPU that came or went.

use std::collections::BTreeMap;

use serde::Serialize;

use super::script::Script;

/// The name and version of this form; the number grows when a reader would have to change.
const SCHEMA: &str = "hotvcpu-demo/1";

/// A demonstration.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    arch: String,
    machine: String,
    /// The generation of the hotplug protocol, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<String>,
    /// QEMU's version.
    qemu: String,
    /// From power-on until the guest's doorbells were armed, in ms.
    pub guest_ready_ms: f64,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Whether all of it went as it should, the shutdown and the further demonstrations included.
    pub ok: bool,
    /// Why this one did not, if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was demonstrated after this, on other architectures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Report>,
}

/// One CPU added or removed.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Which of the two.
    pub action: Action,
    /// The CPU's slot.
    pub cpu: u32,
    /// Whether it went as it should: it succeeded, or it was refused where it has to be.
    pub ok: bool,
    /// The host's words, where it has to refuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
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
    pub fn new(script: Script, qemu: &str) -> Self {
        Self {
            schema: SCHEMA,
            arch: script.arch().to_owned(),
            machine: script.machine.to_string(),
            generation: script.generation.map(|it| it.to_string()),
            qemu: qemu.to_owned(),
            guest_ready_ms: 0.0,
            steps: Vec::new(),
            ok: false,
            error: None,
            further: Vec::new(),
        }
    }

    /// One report of several demonstrations: the first, with the others in it. `None` of nothing.
    pub fn of_all(reports: Vec<Self>) -> Option<Self> {
        let ok = reports.iter().all(|it| it.ok);
        let mut reports = reports.into_iter();
        let first = reports.next()?;
        Some(Self {
            ok,
            further: reports.collect(),
            ..first
        })
    }
}

impl Step {
    /// A step that failed before anything could be measured.
    pub fn failed(action: Action, cpu: u32) -> Self {
        Self {
            action,
            cpu,
            ok: false,
            refused: None,
            phases_us: BTreeMap::new(),
            total_us: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::monitor::Generation;
    use serde_json::{Value, json};

    fn report(machine: Machine, generation: Option<Generation>) -> Report {
        let script = Script {
            machine,
            generation,
        };
        Report::new(script, "10.0.2")
    }

    fn written(report: &Report) -> Value {
        serde_json::to_value(report).expect("serializable")
    }

    #[test]
    fn the_form_is_the_documented_one() {
        let mut report = report(Machine::Q35, None);
        report.guest_ready_ms = 151.5;
        report.steps.push(Step {
            action: Action::Add,
            cpu: 3,
            ok: true,
            refused: None,
            phases_us: BTreeMap::from([("online".to_owned(), 2100)]),
            total_us: 2400,
        });
        report.steps.push(Step::failed(Action::Remove, 4));
        report.error = Some("no luck".to_owned());
        let expected = json!({
            "schema": "hotvcpu-demo/1", "arch": "x86_64", "machine": "q35", "qemu": "10.0.2",
            "guest_ready_ms": 151.5,
            "steps": [
                {"action": "add", "cpu": 3, "ok": true, "phases_us": {"online": 2100}, "total_us": 2400},
                {"action": "remove", "cpu": 4, "ok": false, "phases_us": {}, "total_us": 0},
            ],
            "ok": false,
            "error": "no luck",
        });
        assert_eq!(written(&report), expected);
    }

    #[test]
    fn further_demonstrations_stand_inside_the_first_and_count() {
        let mut x86 = report(Machine::Q35, None);
        x86.ok = true;
        let arm = report(Machine::Virt, Some(Generation::New));
        let whole = Report::of_all(vec![x86, arm]).expect("two reports");
        let whole = written(&whole);
        assert_eq!(whole["arch"], "x86_64");
        assert_eq!(whole["ok"], false, "the second failed");
        assert_eq!(whole["further"][0]["arch"], "aarch64");
        assert_eq!(whole["further"][0]["generation"], "new");
    }
}
