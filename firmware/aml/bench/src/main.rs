//! What `cargo xtask bench aml` measures, as one JSON object: a number for each measurement, or a text that says why
//! it could not be made. Times are medians in µs; the ratios are xtask's to form.
//!
//! A package of its own, outside the workspace, because of the competitor among its dependencies.

#[cfg(feature = "acpi-crate")]
mod acpi_crate;
mod acpiexec;
mod asl;
#[path = "../../tests/support/machine.rs"]
#[allow(dead_code)] // The tests use the rest of it.
mod machine;
mod ours;
mod ram;
mod share;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The captured machines, and how many CPU slots they have.
const MACHINES: [(&str, usize); 2] = [("x86_64-q35-10.0-1of8", 8), ("x86_64-q35-10.0-1of288", 288)];

/// Results by name, `WHAT/SLOTS/WHO`.
#[derive(Default)]
struct Results(BTreeMap<String, Value>);

impl Results {
    fn add(&mut self, name: String, result: Result<f64>) {
        let value = match result {
            Ok(value) => json!(value),
            Err(error) => json!(format!("{error:#}")),
        };
        self.0.insert(name, value);
    }
}

/// The captured tables stand beside the workspace.
fn captured(machine: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/tables")
        .join(machine)
        .join("DSDT.aml");
    std::fs::read(&path).with_context(|| format!("no captured table {}", path.display()))
}

/// The median of `values`: of an even number, the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    let last = values
        .len()
        .checked_sub(1)
        .context("nothing was measured")?;
    let middle = [last / 2, last.div_ceil(2)];
    Ok(middle
        .iter()
        .filter_map(|index| values.get(*index))
        .sum::<f64>()
        / 2.0)
}

fn measure(table: &[u8], slots: usize, rounds: usize, results: &mut Results) -> Result<()> {
    let programs = asl::Programs::build(table)?;
    let mut add = |what: &str, who: &str, result| {
        results.add(format!("{what}/{slots}/{who}"), result);
    };
    add("load", "ours", ours::load(table, rounds));
    add(
        "load-operator",
        "ours",
        ours::load_operator(&programs, rounds),
    );
    add(
        "load-operator",
        "acpiexec",
        acpiexec::load_operator(&programs, rounds),
    );
    let ours = ours::calls(&programs, rounds);
    let acpiexec = acpiexec::calls(&programs, rounds);
    for (index, what) in ["_STA", "_E02-none"].into_iter().enumerate() {
        add(what, "ours", asl::call_time(&ours, index));
        add(what, "acpiexec", asl::call_time(&acpiexec, index));
    }
    for (what, pending) in [
        ("_E02-events-none", 0),
        ("_E02-events-one", 1),
        ("_E02-events-all", slots - 1),
    ] {
        add(what, "ours", ours::scan(table, slots, pending, rounds));
    }
    #[cfg(feature = "acpi-crate")]
    {
        add("load", "acpi", acpi_crate::load(table, rounds));
        // Through the API, because the crate fails at the loops (ObjectNotOfExpectedType).
        for (what, method) in [
            ("_STA-api", "\\_SB.CPUS.C001._STA"),
            ("_E02-api", "\\_GPE._E02"),
        ] {
            add(what, "ours", ours::evaluate(table, method, rounds));
            add(what, "acpi", acpi_crate::evaluate(table, method, rounds));
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [rounds, image] = arguments.as_slice() else {
        bail!("usage: hotvcpu-aml-bench ROUNDS GUEST-IMAGE (cargo xtask bench aml does this)");
    };
    let rounds = rounds.parse::<usize>().context("ROUNDS is a number")?;
    let mut results = Results::default();
    results.add("share".into(), share::bytes(&PathBuf::from(image)));
    for (machine, slots) in MACHINES {
        measure(&captured(machine)?, slots, rounds, &mut results)?;
    }
    for slots in [288, 4096] {
        let table = asl::synthetic(slots)?;
        let per_byte = ours::load(&table, rounds).map(|us| us * 1000.0 / table.len() as f64);
        results.add(format!("synthetic/{slots}/ours"), per_byte);
    }
    println!("{}", serde_json::to_string_pretty(&results.0)?);
    Ok(())
}
