//! The play itself, from power-on to power-off. Every step goes through the library's front door.

use std::io::Write;
use std::time::Duration;

use hotvcpu_wire::Phase;

use super::report::{Action, Report, Step};
use super::script::Act;
use super::view::{self, Meter};
use super::{DemoError, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::guest::Guest;
use crate::guest_log::GuestRecord;
use crate::ops::Operation;

/// How long the guest has to be ready. A hundred times what it takes.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long a CPU has to come or go.
const STEP_LIMIT: Duration = Duration::from_secs(10);

/// How long the guest has to say how its workload goes, which it does several times a second.
const TALLY_LIMIT: Duration = Duration::from_secs(10);

/// How long the guest has to power off.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// One demonstration, from its heading to its verdict.
pub(super) fn perform(
    stage: &Stage,
    report: &mut Report,
    out: &mut dyn Write,
    interrupted: &dyn Fn() -> bool,
) -> Result<()> {
    view::heading(out, stage)?;
    let outcome = Guest::start(stage.config())
        .and_then(|guest| play(guest, stage.script.acts(), report, out, interrupted));
    view::phases(out, &report.steps)?;
    outcome?;
    let failed = report.steps.iter().filter(|step| !step.ok).count();
    if failed > 0 {
        let of = report.steps.len();
        return Err(DemoError::Steps { failed, of }.into());
    }
    view::line(out, "\nEverything went as it should.\n")
}

fn play(
    mut guest: Guest,
    acts: &[Act],
    report: &mut Report,
    out: &mut dyn Write,
    interrupted: &dyn Fn() -> bool,
) -> Result<()> {
    let ready = guest.wait_ready(READY_LIMIT)?;
    report.guest_ready_ms = ready.since_power_on.as_micros() as f64 / 1000.0;
    view::ready(out, &ready)?;
    view::backend(out, &guest.backend(), generation_found(&guest))?;
    let mut online = 1;
    let mut meter = Meter::default();
    meter.show(out, online, &tally(&mut guest)?.record)?;
    for act in acts {
        if interrupted() {
            return Err(DemoError::Interrupted.into());
        }
        view::announce(out, act.action, act.cpus)?;
        online = perform_act(&mut guest, act, online, report, out)?;
        meter.show(out, online, &tally(&mut guest)?.record)?;
    }
    guest.powerdown()?;
    let status = guest.wait_exit(SHUTDOWN_LIMIT)?;
    if !status.success() {
        return Err(DemoError::Exit(status).into());
    }
    view::line(out, "The guest powered off.")
}

/// Does one thing; returns how many CPUs are online after it.
fn perform_act(
    guest: &mut Guest,
    act: &Act,
    online: u32,
    report: &mut Report,
    out: &mut dyn Write,
) -> Result<u32> {
    let asked = match act.action {
        Action::Add => guest.add(act.cpus, STEP_LIMIT),
        Action::Remove => guest.remove(act.cpus, STEP_LIMIT),
    };
    let refusal = match &asked {
        Err(error) => refusal_of(error),
        Ok(operations) => operations.iter().find_map(|it| refusal_of(it.error()?)),
    };
    if let (true, Some(words)) = (act.refused, refusal) {
        view::refused(out, &words)?;
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
        online = view::operation(out, act.action, operation, online)?;
        let ok = operation.ok() && !act.refused;
        report.steps.push(Step {
            ok,
            ..step(act.action, operation)
        });
    }
    Ok(online)
}

/// The words of a refusal; `None` for any other error.
fn refusal_of(error: &Error) -> Option<String> {
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
    // The first interval to end began before the call.
    guest.await_phase(Phase::Workload, None, TALLY_LIMIT)?;
    guest.await_phase(Phase::Workload, None, TALLY_LIMIT)
}
