//! `cargo xtask demo`: CPUs come and go, and a person sees it.
//!
//! The guest runs a workload in which every CPU does a fixed amount a second, so that its rate follows the number of
//! CPUs even where the host has fewer, and checks its results, so that a CPU that leaves in the middle of its share
//! would show. Every step goes through the library that the command `hotvcpu` is made of.

mod json;
mod view;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use hotvcpu::{Guest, GuestRecord, Machine, Operation, Phase};

use crate::process;
use json::{Action, Report, Step};
use view::Meter;

/// CPUs that there are places for. More than are ever added: QEMU 10 aborts on the `maxcpus`-th CPU of its life.
const MAX_CPUS: u32 = 16;

/// How long the guest has to be ready. A hundred times what it takes.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long a CPU has to come or go.
const STEP_LIMIT: Duration = Duration::from_secs(10);

/// How long the guest has to say how its workload goes, which it does several times a second.
const TALLY_LIMIT: Duration = Duration::from_secs(10);

/// How long the guest has to power off.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// What happens, in order: one by one, several at once, away again, and one that has been away.
const STEPS: [(Action, &[u32]); 6] = [
    (Action::Add, &[1]),
    (Action::Add, &[2]),
    (Action::Add, &[3]),
    (Action::Add, &[4, 5, 6, 7]),
    (Action::Remove, &[4, 5, 6, 7]),
    (Action::Add, &[4]),
];

/// What to demonstrate, and on what.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    guest: crate::guest::GuestOptions,
    /// The machine
    #[arg(long, value_enum, default_value_t)]
    machine: Board,
    /// Writes what happened to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// The machines on which CPUs can be added.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Board {
    /// Q35
    #[default]
    Q35,
    /// i440FX
    Pc,
}

impl Board {
    fn machine(self) -> Machine {
        match self {
            Board::Q35 => Machine::Q35,
            Board::Pc => Machine::Pc,
        }
    }
}

/// `cargo xtask demo`.
///
/// # Errors
/// If it could not be carried out, or any step failed. The JSON file is written in either case, once there is a guest
/// to start.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    let machine = options.machine.machine();
    let prepared = options.guest.prepare("demo", machine, offline)?;
    let mut report = Report::new(
        options.guest.arch.name(),
        &machine.to_string(),
        &prepared.qemu.version.to_string(),
    );
    view::heading(options.guest.arch, machine, &prepared);
    let config = prepared.config(1, MAX_CPUS).cmdline("workload=paced");
    let outcome = Guest::start(config)
        .map_err(Into::into)
        .and_then(|guest| play(guest, &mut report));
    report.ok = outcome.is_ok() && report.steps.iter().all(|step| step.ok);
    view::phases(&report.steps);
    let written = options
        .json
        .as_ref()
        .map_or(Ok(()), |path| report.write(path));
    // What went wrong with the guest comes first.
    outcome?;
    written?;
    let failed = report.steps.iter().filter(|step| !step.ok).count();
    if failed > 0 {
        bail!("{failed} of {} operations failed", report.steps.len());
    }
    println!("\nEverything went as it should.");
    Ok(())
}

/// The play itself, from power-on to power-off.
fn play(mut guest: Guest, report: &mut Report) -> Result<()> {
    let ready = guest.wait_ready(READY_LIMIT)?;
    report.guest_ready_ms = ready.since_power_on.as_micros() as f64 / 1000.0;
    view::ready(&ready);
    let mut online = 1;
    let mut meter = Meter::default();
    meter.show(online, &tally(&mut guest)?.record);
    for (action, cpus) in STEPS {
        process::check_interrupted()?;
        view::announce(action, cpus);
        let operations = match action {
            Action::Add => guest.add(cpus, STEP_LIMIT),
            Action::Remove => guest.remove(cpus, STEP_LIMIT),
        };
        // What could not even be asked for is a failed step too.
        let operations = operations.inspect_err(|_| {
            report
                .steps
                .extend(cpus.iter().map(|&cpu| Step::failed(action, cpu)))
        })?;
        for operation in &operations {
            online = view::operation(action, operation, online);
            report.steps.push(step(action, operation));
        }
        meter.show(online, &tally(&mut guest)?.record);
    }
    guest.powerdown()?;
    let status = guest.wait_exit(SHUTDOWN_LIMIT)?;
    if !status.success() {
        bail!("QEMU ended with {status} after the guest's shutdown");
    }
    println!("The guest powered off.");
    Ok(())
}

fn step(action: Action, operation: &Operation) -> Step {
    Step {
        action,
        cpu: operation.slot,
        ok: operation.ok(),
        phases_us: operation.timeline.phases_us(),
        total_us: operation.timeline.total_us(),
    }
}

/// The workload's tally over an interval that began after this call.
///
/// # Errors
/// If the guest does not say it in time.
fn tally(guest: &mut Guest) -> Result<GuestRecord> {
    guest.skip_seen();
    let is_tally = |it: &GuestRecord| it.record.phase == Phase::Workload;
    // The first interval to end began before the call.
    guest.await_record(TALLY_LIMIT, is_tally)?;
    Ok(guest.await_record(TALLY_LIMIT, is_tally)?)
}
