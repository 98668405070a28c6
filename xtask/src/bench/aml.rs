//! The AML interpreter against others, as ratios of one run, and how much of the guest it is.
//!
//! The measuring is done by a package of its own (`firmware/aml/bench`), because it depends on a competitor, the `acpi`
//! crate, which must not get into this workspace. That crate needs a nightly compiler; without one, and where it or
//! acpiexec cannot do what is to be measured, the report says so and has the other figures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::figures::{Figure, Report};
use crate::arch::Arch;
use crate::cargo::{cargo, workspace};
use crate::setup::{self, Needs, Programs};
use crate::{build, process};

/// The machines of the captured tables, by their CPU slots.
const SLOTS: [u32; 2] = [8, 288];

/// The most that the interpreter's code in the guest may be, in KiB.
const SHARE_KIB: f64 = 160.0;

/// Load time per byte with 4096 CPUs against 288; memory caches make it more than 1, a quadratic cost 14.
const PROPORTION: f64 = 1.5;

/// What is compared: the measurement, the other interpreter, its name in the table, and how many times faster ours
/// should be.
const COMPARISONS: [(&str, &str, &str, Option<f64>); 6] = [
    ("load", "acpi", "load: acpi crate / ours", Some(1.0)),
    (
        "load-operator",
        "acpiexec",
        "Load operator: acpiexec / ours",
        None,
    ),
    ("_STA", "acpiexec", "_STA: acpiexec / ours", Some(5.0)),
    ("_STA-api", "acpi", "_STA: acpi crate / ours", None),
    (
        "_E02-none",
        "acpiexec",
        "_E02, none pending: acpiexec / ours",
        Some(4.0),
    ),
    (
        "_E02-api",
        "acpi",
        "_E02, none pending: acpi crate / ours",
        None,
    ),
];

/// Our own times. CPUs can be pending only here: the others have no register block behind the table.
const OWN: [(&str, &str); 5] = [
    ("load", "load: ours"),
    ("_STA", "_STA: ours"),
    ("_E02-events-none", "_E02, none pending: ours"),
    ("_E02-events-one", "_E02, one pending: ours"),
    ("_E02-events-all", "_E02, all but the first pending: ours"),
];

/// One measurement: a number, or why there is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Measured {
    Value(f64),
    Cannot(String),
}

/// The measurements by name.
struct Measurements(BTreeMap<String, Measured>);

impl Measurements {
    /// That of `name`.
    fn get(&self, name: &str) -> Result<f64, String> {
        match self.0.get(name) {
            Some(Measured::Value(value)) => Ok(*value),
            Some(Measured::Cannot(reason)) => Err(reason.clone()),
            None => {
                Err("not measured without a nightly Rust that builds the acpi crate".to_owned())
            }
        }
    }

    /// How many times the second is the first.
    fn ratio(&self, ours: &str, other: &str) -> Result<f64, String> {
        Ok(self.get(other)? / self.get(ours)?)
    }
}

/// Measures, and prints what was found.
pub fn measure(runs: u32, offline: bool) -> Result<Report> {
    let programs = setup::ensure(&Needs {
        command: "bench aml",
        guests: &[Arch::X86_64],
        given: &[],
        offline,
    })?;
    let guest = build::guest(Arch::X86_64)?;
    let found = run(&programs, runs, &guest.image)?;
    let mut report = Report::new(runs);
    println!("AML, medians of {runs}:");
    for slots in SLOTS {
        compare(&found, slots, &mut report);
    }
    let growth = found.ratio("synthetic/288/ours", "synthetic/4096/ours");
    let growth = growth.map(|ratio| ("x", ratio, PROPORTION));
    let share = found.get("share");
    let share = share.map(|bytes| ("KiB", bytes / 1024.0, SHARE_KIB));
    for (name, result) in [
        ("load time per byte: 4096 CPUs / 288 CPUs", growth),
        ("the interpreter's code in the guest", share),
    ] {
        let figure = result.map(|(unit, value, target)| Figure::new(name, value, unit, target));
        add(&mut report, name.to_owned(), figure);
    }
    Ok(report)
}

/// The figures of one captured table.
fn compare(found: &Measurements, slots: u32, report: &mut Report) {
    for (what, other, title, target) in COMPARISONS {
        let name = format!("{slots} CPUs, {title}");
        let ratio = found.ratio(
            &format!("{what}/{slots}/ours"),
            &format!("{what}/{slots}/{other}"),
        );
        let figure = ratio.map(|ratio| match target {
            Some(target) => Figure::at_least(name.as_str(), ratio, "x", target),
            None => Figure::plain(name.as_str(), ratio, "x"),
        });
        add(report, name, figure);
    }
    for (what, title) in OWN {
        let name = format!("{slots} CPUs, {title}");
        let time = found.get(&format!("{what}/{slots}/ours"));
        let figure = time.map(|time| Figure::plain(name.as_str(), time, "us"));
        add(report, name, figure);
    }
}

fn add(report: &mut Report, name: String, figure: Result<Figure, String>) {
    match figure {
        Ok(figure) => super::add(report, [figure]),
        Err(reason) => {
            println!("  {name:<48}    cannot: {reason}");
            report.cannot.insert(name, reason);
        }
    }
}

/// Builds and runs the package that measures: with the acpi crate if there is a compiler for it.
fn run(programs: &Programs, runs: u32, image: &PathBuf) -> Result<Measurements> {
    let manifest = workspace().join("firmware/aml/bench/Cargo.toml");
    let call = |subcommand: &str, nightly: bool| {
        let mut command = cargo();
        command.args(nightly.then_some("+nightly"));
        command.args([subcommand, "--release", "--locked", "--manifest-path"]);
        command.arg(&manifest);
        command.args(nightly.then_some("--features=acpi-crate"));
        command
    };
    let nightly = process::run(&mut call("build", true)).is_ok();
    process::check_interrupted()?;
    if !nightly {
        eprintln!("The acpi crate is left out: no nightly Rust builds it here");
    }
    let mut bench = call("run", nightly);
    bench.envs(programs.variables());
    bench.arg("--").arg(runs.to_string()).arg(image);
    let text = process::output(&mut bench)?;
    let found = serde_json::from_str(&text).context("the bench of AML printed no JSON object")?;
    Ok(Measurements(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measurements(json: &str) -> Measurements {
        Measurements(serde_json::from_str(json).expect("JSON"))
    }

    #[test]
    fn ratios_say_how_many_times_faster_ours_is() {
        let found = measurements(r#"{"a/ours": 2.0, "a/acpi": 5}"#);
        assert_eq!(found.ratio("a/ours", "a/acpi"), Ok(2.5));
    }

    #[test]
    fn what_cannot_be_measured_keeps_its_reason() {
        let found = measurements(r#"{"a/ours": 2.0, "a/acpi": "it panicked"}"#);
        assert_eq!(
            found.ratio("a/ours", "a/acpi"),
            Err("it panicked".to_owned())
        );
        let mut report = Report::new(1);
        compare(&found, 8, &mut report);
        assert!(report.figures.is_empty());
        assert_eq!(report.cannot.len(), COMPARISONS.len() + OWN.len());
    }
}
