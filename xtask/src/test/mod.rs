//! `cargo xtask test`: everything that has to hold, from formatting to the scenarios on real QEMUs.
//!
//! A failed step does not end the run: whoever waits for it wants to know everything that is wrong. The last line sums
//! up, always in one form.

mod handed_around;
mod harness;
mod links;
mod soak;
mod steps;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::arch::Arch;
use crate::process;
use crate::setup::{self, Needs};
use steps::{Context, Step};
use tally::Tally;

/// What to test.
#[derive(Debug, Args)]
pub struct Options {
    /// Runs only tests with this in their names, and no step but those that run tests
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Runs only this step (may be given several times)
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<Step>,
    /// Makes the soak a long one: 10,000 times on one boot; runs only it, unless there are --step options
    #[arg(long)]
    soak: bool,
}

/// How often CPUs come and go in the soak, and how often in the long one.
const CYCLES: u32 = 500;
const LONG_CYCLES: u32 = 10_000;

/// `cargo xtask test`.
pub fn command(options: &Options, offline: bool) -> Result<ExitCode> {
    let needs = Needs {
        command: "test",
        guests: &Arch::ALL,
        given: &[],
        offline,
    };
    let programs = setup::ensure(&needs)?;
    let mut context = Context {
        programs: &programs,
        filter: options.filter.as_deref(),
        cycles: if options.soak { LONG_CYCLES } else { CYCLES },
        guests: None,
        failed_tests: Vec::new(),
        skipped: Vec::new(),
    };
    let mut sum = Tally::default();
    let mut failed = Vec::new();
    for step in chosen(options) {
        let tally = take(step, &mut context)?;
        if tally.failed > 0 {
            failed.push(name(step));
        }
        sum += tally;
    }
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
        context
            .failed_tests
            .iter()
            .for_each(|name| println!("  {name}"));
    }
    for reason in &context.skipped {
        println!("skipped {reason}");
    }
    Ok(sum_up(sum, options.filter.as_deref()))
}

/// The last lines, and the exit code: only a run in which something passed is a good one.
fn sum_up(sum: Tally, filter: Option<&str>) -> ExitCode {
    if sum.ignored > 0 {
        println!("{} ignored", sum.ignored);
    }
    if let Some(filter) = filter
        && sum == Tally::default()
    {
        println!("no test has `{filter}` in its name");
    }
    println!("{sum}");
    if sum.failed == 0 && sum.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The steps to take, in their order.
fn chosen(options: &Options) -> Vec<Step> {
    let with_tests = [Step::Unit, Step::Guest, Step::Scenarios, Step::Libvirt];
    let mut named = options.steps.clone();
    if options.soak && named.is_empty() {
        named.push(Step::Soak);
    }
    let of_guests = [Step::Scenarios, Step::Libvirt, Step::Dist, Step::Soak];
    let with_guests = named.iter().any(|it| of_guests.contains(it));
    let wanted = |step: &Step| {
        let by_name = named.is_empty() || named.contains(step);
        let needed = *step == Step::Guest && with_guests;
        let by_filter = options.filter.is_none() || with_tests.contains(step);
        (by_name || needed) && by_filter
    };
    Step::value_variants()
        .iter()
        .copied()
        .filter(wanted)
        .collect()
}

/// Takes one step, and says how it went.
///
/// # Errors
/// Only if xtask was told to stop; a step that fails is in the tally.
fn take(step: Step, context: &mut Context) -> Result<Tally> {
    process::check_interrupted()?;
    let name = name(step);
    println!("== {name}");
    let start = Instant::now();
    let mut tally = steps::run(step, context).unwrap_or_else(|error| {
        println!("{name}: {error:#}");
        Tally::FAILED
    });
    for stray in process::end_strays() {
        println!(
            "{name}: left {} behind (process {}), ended",
            stray.name, stray.pid
        );
        tally += Tally::FAILED;
    }
    if process::interrupted() {
        bail!("interrupted");
    }
    println!(
        "== {name}: {tally}, {:.1} s\n",
        start.elapsed().as_secs_f64()
    );
    Ok(tally)
}

fn name(step: Step) -> String {
    step.to_possible_value()
        .map_or_else(String::new, |it| it.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(filter: Option<&str>, steps: &[Step]) -> Options {
        Options {
            filter: filter.map(str::to_owned),
            steps: steps.to_vec(),
            soak: false,
        }
    }

    #[test]
    fn a_run_without_a_test_is_no_success() {
        for filter in [None, Some("x")] {
            assert_eq!(sum_up(Tally::default(), filter), ExitCode::FAILURE);
            assert_eq!(sum_up(Tally::PASSED, filter), ExitCode::SUCCESS);
        }
    }

    #[test]
    fn by_default_everything_is_tested() {
        assert_eq!(chosen(&options(None, &[])), Step::value_variants());
    }

    #[test]
    fn scenarios_need_the_guest() {
        assert_eq!(
            chosen(&options(None, &[Step::Scenarios])),
            [Step::Guest, Step::Scenarios]
        );
    }

    #[test]
    fn a_long_soak_runs_alone_unless_told_otherwise() {
        let soak = |steps| Options {
            soak: true,
            ..options(None, steps)
        };
        assert_eq!(chosen(&soak(&[])), [Step::Guest, Step::Soak]);
        assert_eq!(chosen(&soak(&[Step::Fmt])), [Step::Fmt]);
    }

    #[test]
    fn a_filter_leaves_what_runs_tests() {
        assert_eq!(
            chosen(&options(Some("x"), &[])),
            [Step::Unit, Step::Guest, Step::Scenarios, Step::Libvirt]
        );
        assert_eq!(chosen(&options(Some("x"), &[Step::Unit])), [Step::Unit]);
    }
}
