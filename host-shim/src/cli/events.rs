//! `events`: everything that happens in a domain, as it happens.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use hotvcpu::domain;
use hotvcpu::guest_log::printable;
use hotvcpu::ops::Ending;
use hotvcpu::qmp::Event;
use hotvcpu::stream::Incoming;
use hotvcpu::{Error, GuestRecord, LogProblem};
use serde_json::json;

use super::arguments::Events;
use super::output::{Finish, Output};
use super::target::Target;

/// A wait needs an end, and this one has none of its own: after this long it is begun again.
const ROUND: Duration = Duration::from_secs(3600);

pub fn follow(target: &Target, arguments: &Events, output: &mut Output) -> Finish {
    let mut follow = match target {
        Target::Domain(folder) => folder.follow()?,
        Target::External { .. } if arguments.history => {
            return Err(Error::Usage(
                "--history is about a guest's records, and of a QEMU behind --attach there are none; leave it out"
                    .to_owned(),
            )
            .into());
        }
        Target::External { qmp, .. } => domain::follow(qmp)?,
    };
    let mut shows_records = arguments.history;
    if !output.is_json() && std::io::stderr().is_terminal() {
        eprintln!("following; Ctrl-C ends it");
    }
    loop {
        match follow.next(Instant::now() + ROUND) {
            Some(Incoming::CaughtUp) => shows_records = true,
            Some(Incoming::Guest(record)) if shows_records => guest(&record, output)?,
            Some(Incoming::LogProblem(found)) if shows_records => problem(&found, output)?,
            Some(Incoming::Qmp(event)) => qmp(&event, output)?,
            Some(Incoming::QemuExited(_)) if follow.finish() => {}
            Some(Incoming::QemuExited(_) | Incoming::LogEnded) => {
                output.object(&json!({"source": "host", "event": "ended"}))?;
                return output.line("host   QEMU has ended");
            }
            Some(Incoming::QmpClosed { .. }) if target.domain().is_none() => {
                output.object(&json!({"source": "host", "event": "ended"}))?;
                return output.line("host   QEMU has ended, or has closed this monitor");
            }
            Some(_) | None => {}
        }
    }
}

fn guest(received: &GuestRecord, output: &mut Output) -> Finish {
    let record = &received.record;
    output.object(&json!({"source": "guest", "record": record}))?;
    let mut line = format!(
        "guest  {:>12.6} {:12}",
        record.t_ns as f64 / 1e9,
        record.phase.to_string()
    );
    if let Some(cpu) = record.cpu {
        line.push_str(&format!(" cpu {cpu}"));
    }
    if let Some(id) = record.hw_id {
        line.push_str(&format!(" id {id}"));
    }
    if let Some(event) = record.event {
        line.push_str(&format!(" event {event}"));
    }
    if let Some(value) = record.value {
        line.push_str(&format!(" value {value:#x}"));
    }
    if let Some(text) = &record.text {
        line.push_str(&format!(" {}", printable(text)));
    }
    output.line(line.trim_end())
}

fn qmp(event: &Event, output: &mut Output) -> Finish {
    let (name, data) = (&event.name, &event.data);
    output.object(
        &json!({"source": "qmp", "event": name, "data": data, "timestamp_us": event.timestamp_us}),
    )?;
    let data = if data.is_null() {
        String::new()
    } else {
        printable(&data.to_string())
    };
    output.line(format!("qmp    {name} {data}").trim_end())?;
    match Ending::of(event) {
        None => Ok(()),
        Some(ending) => {
            let mut told = json!(ending);
            told["source"] = "host".into();
            output.object(&told)?;
            output.line(&format!("host   {ending}"))
        }
    }
}

fn problem(found: &LogProblem, output: &mut Output) -> Finish {
    output.object(&json!({"source": "host", "warning": found}))?;
    output.line(&format!("host   warning: {found}"))
}
