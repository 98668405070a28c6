//! The measurements of hotplug as the host sees it.
//!
//! All under multi-threaded TCG with the workload paused: what is measured is the answer to a hotplug, not the
//! competition for the host's CPUs. Each boots guests of its own, because a QEMU counts the CPUs it ever created
//! against its `maxcpus`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hotvcpu::{Guest, GuestConfig, Machine, Operation};

use super::figures::Figure;
use super::stats::{median, phase_medians};
use crate::guest::Prepared;
use crate::process;

/// How long a guest has to be ready.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long one CPU has to come or go.
const STEP_LIMIT: Duration = Duration::from_secs(10);

/// CPUs at the end of the long way up.
const MANY: u32 = 64;

/// CPUs at the end of the longest one, which is beyond what one range of GIC redistributors holds.
const MOST: u32 = 128;

/// When each phase of an operation was over, in µs since the request.
type Phases = BTreeMap<String, u64>;

/// What came of [`add_and_remove`].
pub struct Cycles {
    /// The figures.
    pub figures: Vec<Figure>,
    /// The median of each phase, by what was done.
    pub phases_us: [(&'static str, Phases); 2],
}

/// How long the guest takes from power-on until it is ready, in ms; the firmware's time is in it.
pub fn boot(prepared: &Prepared, runs: u32) -> Result<Figure> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let mut guest = Guest::start(paused(prepared.config(1, 8)))?;
        times.push(guest.wait_ready(READY_LIMIT)?.since_power_on.as_secs_f64() * 1000.0);
        process::check_interrupted()?;
    }
    figure("power-on to guest ready", &times, "ms", 200.0)
}

/// The phase that an addition is measured from, and the figure's name. On x86 QEMU makes the CPU before it answers, which
/// is not the guest's time.
fn start_of_add(prepared: &Prepared) -> (&'static str, &'static str) {
    match prepared.machine {
        Machine::Virt => ("request", "request to online"),
        _ => ("reply", "device_add's reply to online"),
    }
}

/// What adding and removing one CPU takes, over and over again; and the phases of both.
pub fn add_and_remove(prepared: &Prepared, runs: u32) -> Result<Cycles> {
    let (since, name) = start_of_add(prepared);
    let mut guest = start(prepared, runs + 2)?;
    let (mut to_online, mut to_end) = (Vec::new(), Vec::new());
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let add = one(guest.add(&[1], STEP_LIMIT)?)?;
        let time = |name: &str| {
            add.timeline
                .get(name)
                .with_context(|| format!("an added CPU without `{name}`"))
        };
        // QEMU may answer after the guest has acted already: then there was nothing left to wait for.
        to_online.push(time("online")?.saturating_sub(time(since)?).as_secs_f64() * 1000.0);
        added.push(add.timeline.phases_us());
        let remove = one(guest.remove(&[1], STEP_LIMIT)?)?;
        to_end.push(remove.timeline.total_us() as f64 / 1000.0);
        removed.push(remove.timeline.phases_us());
        process::check_interrupted()?;
    }
    Ok(Cycles {
        figures: vec![
            figure(name, &to_online, "ms", 3.0)?,
            figure("device_del to its end", &to_end, "ms", 4.0)?,
        ],
        phases_us: [
            ("add", phase_medians(&added)),
            ("remove", phase_medians(&removed)),
        ],
    })
}

/// What the way from 1 CPU to [`MANY`] takes, one by one, and how the last of them compares to the first.
pub fn many(prepared: &Prepared, runs: u32) -> Result<Vec<Figure>> {
    let (mut totals, mut firsts, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let (total, times) = one_by_one(prepared, MANY)?;
        totals.push(total);
        firsts.extend(times.first());
        lasts.extend(times.last());
    }
    let ratio = median(&lasts)
        .zip(median(&firsts))
        .map(|(last, first)| last / first)
        .context("no run")?;
    Ok(vec![
        figure("1 to 64 CPUs, one by one", &totals, "s", 2.0)?,
        Figure::new("the last of them against the first", ratio, "x", 2.0),
    ])
}

/// What the way from 1 CPU to [`MOST`] takes, one by one.
pub fn most(prepared: &Prepared, runs: u32) -> Result<Figure> {
    let totals: Vec<f64> = (0..runs)
        .map(|_| Ok(one_by_one(prepared, MOST)?.0))
        .collect::<Result<_>>()?;
    let total = median(&totals).context("no run")?;
    Ok(Figure::plain("1 to 128 CPUs, one by one", total, "s"))
}

/// Adds one CPU after the other until there are `count`: the time of all, in s, and of each, in µs.
fn one_by_one(prepared: &Prepared, count: u32) -> Result<(f64, Vec<f64>)> {
    let mut guest = start(prepared, count + 1)?;
    let begin = Instant::now();
    let mut times = Vec::new();
    for cpu in 1..count {
        times.push(one(guest.add(&[cpu], STEP_LIMIT)?)?.timeline.total_us() as f64);
        process::check_interrupted()?;
    }
    Ok((begin.elapsed().as_secs_f64(), times))
}

fn paused(config: GuestConfig) -> GuestConfig {
    config.cmdline("workload=paused")
}

/// A guest that is ready, with one CPU of `maxcpus`.
fn start(prepared: &Prepared, maxcpus: u32) -> Result<Guest> {
    let mut guest = Guest::start(paused(prepared.config(1, maxcpus)))?;
    guest.wait_ready(READY_LIMIT)?;
    Ok(guest)
}

/// The only operation of a request for one CPU, which has to have succeeded.
fn one(operations: Vec<Operation>) -> Result<Operation> {
    let operation = operations
        .into_iter()
        .next()
        .context("no operation for a request")?;
    if !operation.ok() {
        let reason = operation
            .error()
            .map_or_else(|| "it is still pending".to_owned(), ToString::to_string);
        bail!("CPU {}: {reason}", operation.slot);
    }
    Ok(operation)
}

fn figure(name: &'static str, values: &[f64], unit: &'static str, target: f64) -> Result<Figure> {
    Ok(Figure::new(
        name,
        median(values).context("no run")?,
        unit,
        target,
    ))
}
