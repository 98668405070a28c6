//! What a person sees of the demonstration.

use std::io::Write;

use hotvcpu_wire::Record;

use super::report::{Action, Step};
use super::{MAX_CPUS, Stage};
use crate::backend::BackendKind;
use crate::error::{Error, Result};
use crate::guest_log::printable;
use crate::launch::ReadyReport;
use crate::ops::Operation;
use crate::timeline::{milliseconds, phase_table};

/// The length of the bar for what one CPU does, in characters.
const BAR_PER_CPU: f64 = 3.0;

/// The longest bar, in characters: what the guest says is shown, but does not fill the terminal.
const LONGEST_BAR: f64 = 60.0;

/// Shows a line.
pub fn line(out: &mut dyn Write, text: &str) -> Result<()> {
    writeln!(out, "{text}").map_err(Error::io("cannot show the demonstration"))
}

/// What is about to be started.
pub fn heading(out: &mut dyn Write, stage: &Stage) -> Result<()> {
    let (arch, machine) = (stage.script.arch(), stage.script.machine);
    let version = stage.qemu.version;
    let text =
        format!("Starting the {arch} guest on {machine}, QEMU {version}, with 1 CPU of {MAX_CPUS}");
    line(out, &text)?;
    let (accel, reason) = (stage.accel.accel, &stage.accel.reason);
    line(out, &format!("Accelerator: {accel} ({reason})\n"))
}

/// Who plays the host's part, and what the guest makes of it.
pub fn backend(out: &mut dyn Write, kind: &BackendKind, generation: Option<String>) -> Result<()> {
    let Some(generation) = generation else {
        return Ok(());
    };
    let generation = printable(&generation);
    let text = format!("Hotplug: {kind}; the guest found the generation {generation}");
    line(out, &text)
}

/// The host refused what it has to refuse.
pub fn refused(out: &mut dyn Write, words: &str) -> Result<()> {
    let words = printable(words);
    line(
        out,
        &format!("  refused, as hosts of this generation do: {words}"),
    )
}

/// The guest is up.
pub fn ready(out: &mut dyn Write, report: &ReadyReport) -> Result<()> {
    let whole = report.since_power_on.as_secs_f64() * 1000.0;
    let own = report.guest_time.as_secs_f64() * 1000.0;
    let text = format!("Ready {whole:.0} ms after power-on, {own:.0} ms of it the guest's own");
    line(out, &text)
}

/// A step is about to be taken.
pub fn announce(out: &mut dyn Write, action: Action, cpus: &[u32]) -> Result<()> {
    let names: Vec<_> = cpus.iter().map(u32::to_string).collect();
    let (verb, how) = match (action, cpus.len()) {
        (Action::Add, 1) => ("Adding CPU", ""),
        (Action::Add, _) => ("Adding CPUs", ", all at once"),
        (Action::Remove, 1) => ("Removing CPU", ""),
        (Action::Remove, _) => ("Removing CPUs", ", all at once"),
    };
    line(out, &format!("\n{verb} {}{how}", names.join(", ")))
}

/// One operation is over; returns how many CPUs are online after it, of `online` before.
pub fn operation(
    out: &mut dyn Write,
    action: Action,
    operation: &Operation,
    online: u32,
) -> Result<u32> {
    let cpu = operation.slot;
    let total = milliseconds(operation.timeline.total_us());
    if !operation.ok() {
        let reason = operation
            .error()
            .map_or_else(|| "it is still pending".to_owned(), ToString::to_string);
        line(out, &format!("  CPU {cpu}: FAILED: {reason}"))?;
        return Ok(online);
    }
    let (text, after) = match action {
        Action::Add => ("online and acknowledged", online + 1),
        Action::Remove => ("gone", online.saturating_sub(1)),
    };
    line(out, &format!("  CPU {cpu}: {text} after {total} ms"))?;
    Ok(after)
}

/// Shows the workload's rate, against that of the first CPU alone.
#[derive(Debug, Default)]
pub struct Meter {
    alone: Option<u64>,
}

impl Meter {
    /// Shows what the `online` CPUs did in an interval, as its record says. The first call sets the scale.
    pub fn show(
        &mut self,
        out: &mut dyn Write,
        online: u32,
        interval: &Record<String>,
    ) -> Result<()> {
        let rate = self.line(online, interval.value.unwrap_or_default());
        let verdict = interval.text.as_deref();
        let verdict = verdict.unwrap_or("the guest does not say whether it was right");
        line(out, &format!("  {rate}\n  {}", printable(verdict)))
    }

    fn line(&mut self, online: u32, rate: u64) -> String {
        let alone = *self.alone.get_or_insert(rate.max(1));
        let factor = rate as f64 / alone as f64;
        let bar = "█".repeat((factor * BAR_PER_CPU).round().min(LONGEST_BAR) as usize);
        let plural = if online == 1 { "" } else { "s" };
        format!("{online} CPU{plural:1} {rate:>9} numbers/s, {factor:4.1} times one CPU's  {bar}")
    }
}

/// Every operation's phases.
pub fn phases(out: &mut dyn Write, steps: &[Step]) -> Result<()> {
    for (action, title) in [(Action::Add, "Added"), (Action::Remove, "Removed")] {
        let rows = steps.iter().filter(|it| it.action == action);
        let rows: Vec<_> = rows
            .map(|it| (format!("CPU {}", it.cpu), it.phases_us.clone()))
            .collect();
        let table = phase_table(&rows);
        if !table.is_empty() {
            let text = format!("\n{title}, phases in ms since the request:\n{table}");
            line(out, text.trim_end())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_with_the_rate_and_not_with_the_cpus() {
        let bar = |line: &str| line.chars().filter(|&it| it == '█').count();
        let mut meter = Meter::default();
        let one = bar(&meter.line(1, 1000));
        assert_eq!(bar(&meter.line(8, 8000)), 8 * one);
        assert_eq!(bar(&meter.line(8, 1000)), one);
    }

    #[test]
    fn whatever_the_guest_says_fits() {
        let mut meter = Meter::default();
        assert!(meter.line(1, 0).contains("0.0 times"));
        assert!(meter.line(1, u64::MAX).chars().count() < 200);
    }
}
