//! `cargo xtask demo`: CPUs come and go, and a person sees it.
//!
//! The guest runs a workload in which every CPU does a fixed amount a second, so that its rate follows the number of
//! CPUs even where the host has fewer, and checks its results, so that a CPU that leaves in the middle of its share
//! would show. Every step goes through the library that the command `hotvcpu` is made of.

mod json;
mod script;
mod view;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use hotvcpu::{ErrorKind, Generation, Guest, GuestRecord, Operation, Phase};

use crate::arch::Arch;
use crate::guest::HostOptions;
use crate::process;
use json::{Action, Report, Step};
use script::{Act, Board, Script};
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

/// What to demonstrate, and on what.
#[derive(Debug, Args)]
pub struct Options {
    /// The guest's architecture; all of them, one after the other, without it
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// The machine
    #[arg(long, value_enum)]
    machine: Option<Board>,
    /// The generation of the hotplug protocol on aarch64: new (without this option), its upstream form rfc, or old, which
    /// knows no removal
    #[arg(long, value_name = "old|new|rfc")]
    generation: Option<Generation>,
    #[command(flatten)]
    host: HostOptions,
    /// Writes what happened to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// `cargo xtask demo`.
///
/// # Errors
/// If it could not be carried out, or any step failed. The JSON file is written in either case, once there is a guest
/// to start.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    let scripts = Script::chosen(options.arch, options.machine, options.generation)?;
    if scripts.len() > 1 && options.host.qemu.is_some() {
        bail!("--qemu names the QEMU of one architecture; say which, with --arch");
    }
    let mut reports = Vec::new();
    let outcome = scripts
        .iter()
        .try_for_each(|script| demonstrate(*script, options, offline, &mut reports));
    let written = match (&options.json, Report::of_all(reports)) {
        (Some(path), Some(report)) => report.write(path),
        _ => Ok(()),
    };
    // What went wrong with a guest comes first.
    outcome.and(written)
}

/// One demonstration, from what it needs to its verdict.
fn demonstrate(
    script: Script,
    options: &Options,
    offline: bool,
    reports: &mut Vec<Report>,
) -> Result<()> {
    let (arch, machine) = (script.arch, script.machine);
    let mut prepared = options.host.prepare("demo", arch, machine, offline)?;
    prepared.generation = script.generation;
    let mut report = Report::new(script, &prepared.qemu.version.to_string());
    view::heading(script, &prepared);
    let config = prepared.config(1, MAX_CPUS).cmdline("workload=paced");
    let outcome = Guest::start(config)
        .map_err(Into::into)
        .and_then(|guest| play(guest, script.acts(), &mut report));
    let failed = report.steps.iter().filter(|step| !step.ok).count();
    report.ok = outcome.is_ok() && failed == 0;
    view::phases(&report.steps);
    let steps = report.steps.len();
    reports.push(report);
    outcome?;
    if failed > 0 {
        bail!("{failed} of {steps} operations did not go as they should");
    }
    println!("\nEverything went as it should.\n");
    Ok(())
}

/// The play itself, from power-on to power-off.
fn play(mut guest: Guest, acts: &[Act], report: &mut Report) -> Result<()> {
    let ready = guest.wait_ready(READY_LIMIT)?;
    report.guest_ready_ms = ready.since_power_on.as_micros() as f64 / 1000.0;
    view::ready(&ready);
    view::backend(&guest.backend(), generation_found(&guest));
    let mut online = 1;
    let mut meter = Meter::default();
    meter.show(online, &tally(&mut guest)?.record);
    for act in acts {
        process::check_interrupted()?;
        view::announce(act.action, act.cpus);
        online = perform(&mut guest, act, online, report)?;
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

/// Does one thing; returns how many CPUs are online after it.
fn perform(guest: &mut Guest, act: &Act, online: u32, report: &mut Report) -> Result<u32> {
    let asked = match act.action {
        Action::Add => guest.add(act.cpus, STEP_LIMIT),
        Action::Remove => guest.remove(act.cpus, STEP_LIMIT),
    };
    let refusal = match &asked {
        Err(error) => refusal_of(error),
        Ok(operations) => operations.iter().find_map(|it| refusal_of(it.error()?)),
    };
    if let (true, Some(words)) = (act.refused, refusal) {
        view::refused(&words);
        let steps = act.cpus.iter().map(|&cpu| Step {
            ok: true,
            refused: Some(words.clone()),
            ..Step::failed(act.action, cpu)
        });
        report.steps.extend(steps);
        return Ok(online);
    }
    // What could not even be asked for is a failed step too.
    let operations = asked.inspect_err(|_| {
        let failed = act.cpus.iter().map(|&cpu| Step::failed(act.action, cpu));
        report.steps.extend(failed);
    })?;
    let mut online = online;
    for operation in &operations {
        online = view::operation(act.action, operation, online);
        let ok = operation.ok() && !act.refused;
        report.steps.push(Step {
            ok,
            ..step(act.action, operation)
        });
    }
    Ok(online)
}

/// The words of a refusal; `None` for any other error.
fn refusal_of(error: &hotvcpu::Error) -> Option<String> {
    (error.kind() == ErrorKind::Refused).then(|| error.to_string())
}

/// What the guest says about the generation of its host.
fn generation_found(guest: &Guest) -> Option<String> {
    let mut records = guest.records();
    let found = records.find(|it| it.record.phase == Phase::Generation)?;
    found.record.text.clone()
}

fn step(action: Action, operation: &Operation) -> Step {
    Step {
        action,
        cpu: operation.slot,
        ok: operation.ok(),
        refused: None,
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
