//! The figures to reach, and whether they were.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// The name and version of what `--json` writes.
const SCHEMA: &str = "hotvcpu-bench/1";

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// No more than the target.
    AtMost,
    /// No less than the target.
    AtLeast,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The result.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// What it should reach, or not exceed; a figure that only informs has none.
    pub target: Option<f64>,
    /// Which of the two.
    pub aim: Option<Aim>,
    /// Whether it does, if there is a target.
    pub met: Option<bool>,
}

impl Figure {
    /// A result that should not exceed its target.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str, target: f64) -> Self {
        Self {
            target: Some(target),
            aim: Some(Aim::AtMost),
            met: Some(value <= target),
            ..Self::plain(name, value, unit)
        }
    }

    /// A result that should reach its target.
    pub fn at_least(name: impl Into<String>, value: f64, unit: &'static str, target: f64) -> Self {
        Self {
            target: Some(target),
            aim: Some(Aim::AtLeast),
            met: Some(value >= target),
            ..Self::plain(name, value, unit)
        }
    }

    /// A result without a target.
    pub fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            target: None,
            aim: None,
            met: None,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, value, unit, ..
        } = self;
        write!(f, "{name:<48} {value:>9.2} ")?;
        let (Some(target), Some(aim), Some(met)) = (self.target, self.aim, self.met) else {
            return f.write_str(unit);
        };
        let sign = match aim {
            Aim::AtMost => "<=",
            Aim::AtLeast => ">=",
        };
        let verdict = if met { "met" } else { "MISSED" };
        write!(f, "{unit:<4} target {sign} {target:>6} {unit:<4} {verdict}")
    }
}

/// All that a bench found.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    /// The guest's architecture, if there was a guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// QEMU's version, if one took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qemu: Option<String>,
    /// The accelerator, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accel: Option<String>,
    /// How often each measurement was repeated.
    pub runs: u32,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What could not be measured, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cannot: BTreeMap<String, String>,
    /// The median of each phase, in µs since the request, by what was done.
    pub phases_us: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

impl Report {
    /// A report without figures yet.
    pub fn new(runs: u32) -> Self {
        Self {
            schema: SCHEMA,
            arch: None,
            qemu: None,
            accel: None,
            runs,
            figures: Vec::new(),
            cannot: BTreeMap::new(),
            phases_us: BTreeMap::new(),
        }
    }

    /// Writes it to `path`.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_on_its_target_meets_it() {
        assert_eq!(Figure::new("x", 2.0, "ms", 2.0).met, Some(true));
        assert_eq!(Figure::at_least("x", 2.0, "x", 2.0).met, Some(true));
    }

    #[test]
    fn a_missed_target_says_so() {
        for missed in [
            Figure::new("x", 2.1, "ms", 2.0),
            Figure::at_least("x", 1.9, "x", 2.0),
        ] {
            assert_eq!(missed.met, Some(false));
            assert!(missed.to_string().ends_with("MISSED"));
        }
    }

    #[test]
    fn a_figure_without_target_has_no_verdict() {
        let text = Figure::plain("x", 2.0, "us").to_string();
        assert!(!text.contains("target"), "{text}");
    }
}
