//! The figures to reach, and whether they were.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// The name and version of what `--json` writes.
const SCHEMA: &str = "hotvcpu-bench/1";

/// One figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// The result.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The most it should be.
    pub target: f64,
    /// Whether it is not more.
    pub met: bool,
}

impl Figure {
    /// A result against its target.
    pub fn new(name: &'static str, value: f64, unit: &'static str, target: f64) -> Self {
        Self {
            name,
            value,
            unit,
            target,
            met: value <= target,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.met { "met" } else { "MISSED" };
        let Self {
            name,
            value,
            unit,
            target,
            ..
        } = self;
        write!(
            f,
            "{name:<44} {value:>9.2} {unit:<4} target {target:>6} {unit:<4} {verdict}"
        )
    }
}

/// All that a bench found.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: &'static str,
    /// QEMU's version.
    pub qemu: String,
    /// The accelerator.
    pub accel: String,
    /// How often each measurement was repeated.
    pub runs: u32,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The median of each phase, in µs since the request, by what was done.
    pub phases_us: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

impl Report {
    /// A report without figures yet.
    pub fn new(qemu: String, accel: String, runs: u32) -> Self {
        Self {
            schema: SCHEMA,
            qemu,
            accel,
            runs,
            figures: Vec::new(),
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
        assert!(Figure::new("x", 2.0, "ms", 2.0).met);
        assert!(!Figure::new("x", 2.1, "ms", 2.0).met);
        assert!(
            Figure::new("x", 2.1, "ms", 2.0)
                .to_string()
                .ends_with("MISSED")
        );
    }
}
