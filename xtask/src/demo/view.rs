//! What a person sees of the demonstration.

use hotvcpu::guest_log::printable;
use hotvcpu::{BackendKind, Operation, ReadyReport, Record};

use super::MAX_CPUS;
use super::json::{Action, Step};
use super::script::Script;
use crate::guest::Prepared;
use crate::table::{self, milliseconds};

/// The length of the bar for what one CPU does, in characters.
const BAR_PER_CPU: f64 = 3.0;

/// The longest bar, in characters: what the guest says is shown, but does not fill the terminal.
const LONGEST_BAR: f64 = 60.0;

/// What is about to be started.
pub fn heading(script: Script, prepared: &Prepared) {
    let Script { arch, machine, .. } = script;
    println!(
        "Starting the {arch} guest on {machine}, QEMU {}, with 1 CPU of {MAX_CPUS}",
        prepared.qemu.version
    );
    println!(
        "Accelerator: {} ({})\n",
        prepared.accel, prepared.accel_reason
    );
}

/// Who plays the host's part, and what the guest makes of it.
pub fn backend(kind: &BackendKind, generation: Option<String>) {
    if let Some(generation) = generation {
        println!(
            "Hotplug: {kind}; the guest found the generation {}",
            printable(&generation)
        );
    }
}

/// The host refused what it has to refuse.
pub fn refused(words: &str) {
    println!(
        "  refused, as hosts of this generation do: {}",
        printable(words)
    );
}

/// The guest is up.
pub fn ready(report: &ReadyReport) {
    let whole = report.since_power_on.as_secs_f64() * 1000.0;
    let own = report.guest_time.as_secs_f64() * 1000.0;
    println!("Ready {whole:.0} ms after power-on, {own:.0} ms of it the guest's own");
}

/// A step is about to be taken.
pub fn announce(action: Action, cpus: &[u32]) {
    let names: Vec<_> = cpus.iter().map(u32::to_string).collect();
    let (verb, how) = match (action, cpus.len()) {
        (Action::Add, 1) => ("Adding CPU", ""),
        (Action::Add, _) => ("Adding CPUs", ", all at once"),
        (Action::Remove, 1) => ("Removing CPU", ""),
        (Action::Remove, _) => ("Removing CPUs", ", all at once"),
    };
    println!("\n{verb} {}{how}", names.join(", "));
}

/// One operation is over; returns how many CPUs are online after it, of `online` before.
pub fn operation(action: Action, operation: &Operation, online: u32) -> u32 {
    let cpu = operation.slot;
    let total = milliseconds(operation.timeline.total_us());
    if !operation.ok() {
        let reason = operation
            .error()
            .map_or_else(|| "it is still pending".to_owned(), ToString::to_string);
        println!("  CPU {cpu}: FAILED: {reason}");
        return online;
    }
    match action {
        Action::Add => println!("  CPU {cpu}: online and acknowledged after {total} ms"),
        Action::Remove => println!("  CPU {cpu}: gone after {total} ms"),
    }
    match action {
        Action::Add => online + 1,
        Action::Remove => online.saturating_sub(1),
    }
}

/// Shows the workload's rate, against that of the first CPU alone.
#[derive(Debug, Default)]
pub struct Meter {
    alone: Option<u64>,
}

impl Meter {
    /// Shows what the `online` CPUs did in an interval, as its record says. The first call sets the scale.
    pub fn show(&mut self, online: u32, interval: &Record<String>) {
        println!(
            "  {}",
            self.line(online, interval.value.unwrap_or_default())
        );
        println!(
            "  {}",
            printable(
                interval
                    .text
                    .as_deref()
                    .unwrap_or("the guest does not say whether it was right")
            )
        );
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
pub fn phases(steps: &[Step]) {
    for (action, title) in [(Action::Add, "Added"), (Action::Remove, "Removed")] {
        let rows = steps.iter().filter(|it| it.action == action);
        let rows: Vec<_> = rows
            .map(|it| (format!("CPU {}", it.cpu), it.phases_us.clone()))
            .collect();
        let table = table::phases(&rows);
        if !table.is_empty() {
            print!("\n{title}, phases in ms since the request:\n{table}");
        }
    }
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
