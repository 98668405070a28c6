//! What our way to a change costs beyond the change itself: the same requests by a minimal client, and by the library.
//!
//! The minimal client writes a line and reads lines until the end of the operation is among them; it checks nothing, and has
//! looked up beforehand what the slot is called. The library asks for slots and state, refuses what would go wrong, collects the
//! guest's records, and makes sure of the end. Both work on one QEMU by turns, so that the machine's moods meet both alike. The
//! ratio of medians is what counts; the host's part alone shows on a machine that is stopped, where no guest answers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hotvcpu::{Guest, Operation, Slot};
use serde_json::{Value, json};

use super::figures::Figure;
use super::stats::median;
use crate::guest::Prepared;
use crate::process;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Slots of each machine: as many CPUs can be made in its life.
const SLOTS: u32 = 64;

/// What the library may take of the minimal client's time where nobody answers: there the difference is its own work.
const TARGET: f64 = 1.3;

/// The operation that this is about.
const ALONE: &str = "add, nobody answers";

/// The slot that is filled and freed while a guest answers.
const SLOT: u32 = 1;

/// Times in µs, by operation: the library's, and the minimal client's.
type Times = BTreeMap<&'static str, (Vec<f64>, Vec<f64>)>;

/// Measures everything.
pub fn measure(prepared: &Prepared, runs: u32) -> Result<Vec<Figure>> {
    let mut times = Times::new();
    while count(&times, ALONE) < runs as usize {
        stopped(prepared, &mut times)?;
    }
    while count(&times, "add") < runs as usize {
        answered(prepared, &mut times)?;
    }
    let mut figures = Vec::new();
    for (operation, (ours, minimal)) in &times {
        let (ours, minimal) = (
            median(ours).context("no run")?,
            median(minimal).context("no run")?,
        );
        let ratio = ours / minimal;
        let name = |whose| format!("{operation}: {whose}");
        figures.push(Figure::plain(
            name("minimal client"),
            minimal / 1000.0,
            "ms",
        ));
        figures.push(Figure::plain(name("library"), ours / 1000.0, "ms"));
        let name = name("library against it");
        figures.push(match *operation {
            ALONE => Figure::new(name, ratio, "x", TARGET),
            _ => Figure::plain(name, ratio, "x"),
        });
    }
    Ok(figures)
}

fn count(times: &Times, operation: &str) -> usize {
    times.get(operation).map_or(0, |(ours, _)| ours.len())
}

/// Adds to a machine that is stopped: what is measured ends with QEMU's reply.
fn stopped(prepared: &Prepared, times: &mut Times) -> Result<()> {
    let mut guest = Guest::start(prepared.config(1, SLOTS).paused(true))?;
    let slots = guest.slots()?;
    let mut minimal = Minimal::connect(&guest.qmp_events_socket())?;
    for pair in 0..(SLOTS - 2) / 2 {
        let (mine, other) = (1 + 2 * pair, 2 + 2 * pair);
        let (ours, _) = timed(|| Ok(guest.add(&[mine], LIMIT)?))?;
        let (theirs, ()) = timed(|| minimal.run("device_add", &add_arguments(&slots, other)?))?;
        guest.poll();
        note(times, ALONE, ours, theirs);
        process::check_interrupted()?;
    }
    Ok(())
}

/// Adds and removals that a guest answers, to their very ends.
fn answered(prepared: &Prepared, times: &mut Times) -> Result<()> {
    let config = prepared.config(1, SLOTS).cmdline("workload=paused");
    let mut guest = Guest::start(config)?;
    guest.wait_ready(LIMIT)?;
    let slots = guest.slots()?;
    let mut minimal = Minimal::connect(&guest.qmp_events_socket())?;
    let arguments = add_arguments(&slots, SLOT)?;
    for _ in 0..(SLOTS - 2) / 2 {
        let (our_add, done) = timed(|| Ok(guest.add(&[SLOT], LIMIT)?))?;
        insist(&done)?;
        let (our_removal, done) = timed(|| Ok(guest.remove(&[SLOT], LIMIT)?))?;
        insist(&done)?;
        minimal.forget_events()?;
        let (their_add, ()) =
            timed(|| minimal.change("device_add", &arguments, |event| ost(event) == Some((1, 0))))?;
        let id = json!({"id": arguments["id"]});
        let (their_removal, ()) =
            timed(|| minimal.change("device_del", &id, |event| ost(event) == Some((3, 0))))?;
        guest.poll();
        note(times, "add", our_add, their_add);
        note(times, "removal", our_removal, their_removal);
        process::check_interrupted()?;
    }
    Ok(())
}

fn note(times: &mut Times, operation: &'static str, ours: f64, minimal: f64) {
    let of_operation = times.entry(operation).or_default();
    of_operation.0.push(ours);
    of_operation.1.push(minimal);
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let begin = Instant::now();
    let done = work()?;
    Ok((begin.elapsed().as_secs_f64() * 1e6, done))
}

fn insist(operations: &[Operation]) -> Result<()> {
    match operations.iter().find_map(Operation::error) {
        Some(error) => bail!("an operation failed: {error}"),
        None => Ok(()),
    }
}

fn add_arguments(slots: &[Slot], index: u32) -> Result<Value> {
    let slot = slots.get(index as usize).context("no such slot")?;
    Ok(slot.add_arguments(&format!("cpu{index}")))
}

/// Source and status of an `_OST`.
fn ost(event: &Value) -> Option<(u64, u64)> {
    let info = event.get("data")?.get("info")?;
    Some((info.get("source")?.as_u64()?, info.get("status")?.as_u64()?))
}

/// The least that a QMP client can do.
struct Minimal {
    lines: BufReader<UnixStream>,
    line: String,
}

impl Minimal {
    fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(LIMIT))?;
        let lines = BufReader::new(stream);
        let mut minimal = Self {
            lines,
            line: String::new(),
        };
        minimal.next()?;
        minimal.run("qmp_capabilities", &json!({}))?;
        Ok(minimal)
    }

    fn next(&mut self) -> Result<Value> {
        self.line.clear();
        self.lines.read_line(&mut self.line)?;
        Ok(serde_json::from_str(&self.line)?)
    }

    fn send(&mut self, command: &str, arguments: &Value) -> Result<()> {
        let line = format!("{{\"execute\": \"{command}\", \"arguments\": {arguments}}}\n");
        Ok(self.lines.get_mut().write_all(line.as_bytes())?)
    }

    /// Runs a command and awaits its reply.
    fn run(&mut self, command: &str, arguments: &Value) -> Result<()> {
        self.change(command, arguments, |_| true)
    }

    /// Runs a command and awaits its reply and the event that is its end.
    fn change(
        &mut self,
        command: &str,
        arguments: &Value,
        is_end: impl Fn(&Value) -> bool,
    ) -> Result<()> {
        self.send(command, arguments)?;
        let (mut replied, mut ended) = (false, false);
        while !(replied && ended) {
            let message = self.next()?;
            if message.get("error").is_some() {
                bail!("QEMU refused {command}: {message}");
            }
            let is_reply = message.get("return").is_some();
            replied |= is_reply;
            ended |= is_end(&message) || (is_reply && is_end(&Value::Null));
        }
        Ok(())
    }

    /// What came of the library's operations is none of the next one's.
    fn forget_events(&mut self) -> Result<()> {
        self.run("query-version", &json!({}))
    }
}
