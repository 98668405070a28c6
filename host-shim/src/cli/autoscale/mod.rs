//! `autoscale`: the loop over a domain, its log, and its summary.

mod machine;
mod pace;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use hotvcpu::Error;
use hotvcpu::autoscale::run::{Options, Scaler, Told};
use hotvcpu::autoscale::{Action, AgentSource, Config, Decision, Reason};
use hotvcpu::domain::DomainFolder;
use hotvcpu::guest_log::printable;
use serde::Serialize;

use super::arguments::Autoscale;
use super::output::{Finish, Output};
use pace::Clock;

pub use machine::DomainMachine;

/// How long an agent may take for a sample.
pub const AGENT_PATIENCE: Duration = Duration::from_secs(2);

pub fn run(arguments: &Autoscale, output: &mut Output) -> Finish {
    let folder = DomainFolder::of(&arguments.name)?;
    let config = config(arguments, folder.meta()?.max_vcpus);
    config.check()?;
    let mut log = Log::open(arguments.log.as_deref())?;
    let mut machine = DomainMachine::new(&arguments.name, "autoscale", arguments.timeout)?;
    machine.check_agent(AGENT_PATIENCE)?;
    let mut source = AgentSource::of(&folder, AGENT_PATIENCE)?;
    let options = Options {
        dry_run: arguments.dry_run,
        until_idle: arguments.until_idle,
    };
    let mut scaler = Scaler::new(config, options, &mut source, &mut machine)?;
    let mut clock = Clock::start(arguments.interval, arguments.duration)?;
    introduce(&scaler, arguments, output)?;
    let mut shown = Shown::default();
    let summary = scaler.run(&mut clock, |told| {
        log.write(told)?;
        output.object(told)?;
        shown.tell(told, output)
    })?;
    log.write(&summary)?;
    for note in machine.take_notes() {
        output.note(note);
    }
    output.object(&summary)?;
    output.line(&summary.to_string())
}

fn config(arguments: &Autoscale, slots: u32) -> Config {
    Config {
        min: arguments.min,
        max: arguments.max.unwrap_or(slots),
        target: arguments.target,
        band: arguments.band,
        up_cooldown: arguments.cooldown,
        down_cooldown: arguments.cooldown_down,
        interval: arguments.interval,
        window: arguments.window,
    }
}

fn introduce(scaler: &Scaler, arguments: &Autoscale, output: &mut Output) -> Finish {
    let ((low, high), present) = (scaler.bounds(), scaler.present());
    let (name, target, band) = (&arguments.name, arguments.target, arguments.band);
    let dry = if arguments.dry_run {
        ", as a dry run"
    } else {
        ""
    };
    output.line(&format!(
        "Domain '{name}': {present} vCPUs now, {low} to {high} at a load of {target} % ± {band}{dry}; Ctrl-C ends it"
    ))
}

/// What people have been shown: of decisions that only repeat the last one, nothing.
#[derive(Default)]
struct Shown {
    last: Option<(Action, &'static str)>,
}

impl Shown {
    fn tell(&mut self, told: &Told, output: &mut Output) -> Finish {
        match told {
            Told::Decision(decision) => {
                // It is so after each change.
                if decision.reason == Reason::Measuring && self.last.is_some() {
                    return Ok(());
                }
                let this = (decision.action, decision.reason.name());
                if self.last.replace(this) == Some(this) && decision.action == Action::Hold {
                    return Ok(());
                }
                output.line(&line(decision))
            }
            Told::Change(change) => {
                let text = match &change.error {
                    None => format!("done in {} ms", change.took_ms),
                    Some(error) => printable(error),
                };
                let numbers = format!("{} -> {}", change.before, change.after);
                output.line(&format!("{}  {numbers:9}  {text}", clock(change.t_ms)))
            }
        }
    }
}

fn line(decision: &Decision) -> String {
    let (at, action) = (clock(decision.at_ms), decision.action.to_string());
    format!("{at}  {action:9}  {}", printable(&decision.why()))
}

fn clock(ms: u64) -> String {
    format!("{:>5}.{} s", ms / 1000, ms % 1000 / 100)
}

/// The file of decisions.
struct Log(Option<(File, String)>);

impl Log {
    fn open(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let what = format!("cannot write {}", path.display());
        let file = File::options().create(true).append(true).open(path);
        Ok(Self(Some((file.map_err(Error::io(what.clone()))?, what))))
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let Some((file, what)) = &mut self.0 else {
            return Ok(());
        };
        let line = serde_json::to_string(value).unwrap_or_default() + "\n";
        file.write_all(line.as_bytes())
            .map_err(Error::io(what.clone()))
    }
}
