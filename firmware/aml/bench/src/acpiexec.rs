//! ACPICA's `acpiexec`, in its fastest form: without tracking allocations, without initialising devices.
//!
//! Its operation regions are memory, so no CPU hotplug event can be pending there.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::asl::{self, LOAD, LOOPS, Programs};
use crate::median;

/// The median of each loop's time, in 100 ns.
pub fn calls(programs: &Programs, rounds: usize) -> Result<Vec<f64>> {
    let mut by_loop = vec![Vec::new(); LOOPS.len()];
    let tables = [programs.dsdt.as_path(), programs.loops.as_path()];
    for (index, ticks) in evaluate(&tables, &LOOPS.repeat(rounds))?
        .into_iter()
        .enumerate()
    {
        if let Some(times) = by_loop.get_mut(index % LOOPS.len()) {
            times.push(ticks);
        }
    }
    by_loop.into_iter().map(median).collect()
}

/// The median time of the operator `Load`, in µs.
pub fn load_operator(programs: &Programs, rounds: usize) -> Result<f64> {
    let ticks = evaluate(&[&programs.loader], &[LOAD].repeat(rounds))?;
    Ok(median(ticks)? / 10.0)
}

/// Evaluates methods that return an integer, all in one process.
fn evaluate(tables: &[&Path], methods: &[&str]) -> Result<Vec<f64>> {
    let commands: Vec<_> = methods
        .iter()
        .map(|method| format!("execute {method}"))
        .collect();
    let output = Command::new(asl::tool("ACPIEXEC", "acpiexec"))
        .args(["-dt", "-di", "-b", &commands.join(";")])
        .args(tables)
        .stdin(Stdio::null())
        .output()
        .context("cannot start acpiexec: install acpica-tools or run cargo xtask setup")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let integers = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("[Integer] = "));
    let integers: Vec<_> = integers
        .map(|digits| Ok(u64::from_str_radix(digits, 16)? as f64))
        .collect::<Result<_>>()?;
    if integers.len() != methods.len() {
        bail!(
            "acpiexec evaluated {} of {} methods",
            integers.len(),
            methods.len()
        );
    }
    Ok(integers)
}
