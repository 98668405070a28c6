//! The soak: CPUs come and go on one boot, over and over again.
//!
//! On aarch64, new generation, because there QEMU itself sets no limit: on x86 it dies of its own bugs long before the
//! guest has lost anything. Every cycle has to be complete, on both sides: nothing may be lost on the way from the
//! guest, nothing may be left over, and what guest and QEMU hold in memory may not depend on how often it was done.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use hotvcpu::qmp::Event;
use hotvcpu::{Accel, Generation, Guest, GuestConfig, Machine, Operation, Phase};

use crate::arch::Arch;
use crate::build;
use crate::process;
use crate::setup::Programs;

/// How long a guest has to be ready.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// How long one CPU has to come or go, on a busy machine.
const STEP_LIMIT: Duration = Duration::from_secs(30);

/// The slots that are used in turn.
const SLOTS: [u32; 3] = [1, 2, 3];

/// CPUs that there are places for.
const MAX_CPUS: u32 = 8;

/// What the guest's heap may hold more at the end than after the warm-up, in bytes: the room of a queue that was once
/// longer than before. Less than a byte per cycle of the long soak, so that whatever a cycle leaves behind shows.
const GUEST_SLACK: u64 = 4096;

/// What QEMU may hold more at the end than after the warm-up, in KiB: its allocator's slack, and none of it per cycle.
const QEMU_SLACK_KIB: u64 = 8 << 10;

/// Cycles over which memory is measured. What is held goes up and down with what is under way; the least of a hundred
/// cycles is what does not go away. The first hundred are a warm-up, in which each slot is used and QEMU translates the
/// guest's code.
const WINDOW: u32 = 100;

/// How often a long soak says how it goes, in cycles.
const TOLD_EVERY: u32 = 1000;

/// What is held in memory.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// By the guest's heap, in bytes.
    guest: u64,
    /// By QEMU, in KiB.
    qemu_kib: u64,
}

/// Lets CPUs come and go `cycles` times.
///
/// # Errors
/// If a cycle is not complete, or memory grew.
pub fn run(images: &build::Guest, programs: &Programs, cycles: u32) -> Result<()> {
    let rom = images.rom().context("the soak is for a guest with a ROM")?;
    let config = GuestConfig::new(Machine::Virt, &images.image)
        .firmware(rom)
        .generation(Generation::New)
        .qemu(programs.get(Arch::Aarch64.qemu_variable())?)
        .accel(Accel::TcgMulti)
        .cpus(1, MAX_CPUS)
        .cmdline("workload=paused memory_records");
    let mut guest = Guest::start(config)?;
    guest.wait_ready(READY_LIMIT)?;
    let begin = Instant::now();
    let (mut first, mut window) = (None, Held::MOST);
    for (done, slot) in (1..=cycles).zip(SLOTS.into_iter().cycle()) {
        let held = cycle(&mut guest, slot).with_context(|| format!("cycle {done}, CPU {slot}"))?;
        // The window that is under way at the end stays.
        if done % WINDOW == 1 {
            window = Held::MOST;
        }
        window = window.least(held);
        if done == 2 * WINDOW {
            first = Some(window);
        }
        if done % TOLD_EVERY == 0 {
            println!(
                "{done} cycles, {:.0} s; {window}",
                begin.elapsed().as_secs_f64()
            );
        }
        process::check_interrupted()?;
    }
    nothing_lost(&guest, cycles)?;
    let each_ms = begin.elapsed().as_secs_f64() * 1000.0 / f64::from(cycles);
    println!("{cycles} cycles of add and remove, {each_ms:.2} ms each, no event lost");
    no_growth(first.context("too few cycles to measure memory")?, window)
}

impl Held {
    /// More than anything holds.
    const MOST: Self = Self {
        guest: u64::MAX,
        qemu_kib: u64::MAX,
    };

    fn least(self, other: Self) -> Self {
        Self {
            guest: self.guest.min(other.guest),
            qemu_kib: self.qemu_kib.min(other.qemu_kib),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { guest, qemu_kib } = self;
        write!(f, "guest heap {guest} bytes, QEMU {qemu_kib} KiB")
    }
}

/// Adds a CPU and removes it; what is held after it.
fn cycle(guest: &mut Guest, slot: u32) -> Result<Held> {
    complete(&guest.add(&[slot], STEP_LIMIT)?)?;
    guest.skip_seen();
    complete(&guest.remove(&[slot], STEP_LIMIT)?)?;
    let memory = guest.await_record(STEP_LIMIT, |it| it.record.phase == Phase::Memory)?;
    Ok(Held {
        guest: memory
            .record
            .value
            .context("a memory record without value")?,
        qemu_kib: resident_kib(guest.pid())?,
    })
}

fn complete(operations: &[Operation]) -> Result<()> {
    for operation in operations {
        ensure!(
            operation.ok(),
            "CPU {}: {:?}",
            operation.slot,
            operation.outcome
        );
    }
    Ok(())
}

/// Each cycle has left its events, once, and the guest's records have no gap and no error.
fn nothing_lost(guest: &Guest, cycles: u32) -> Result<()> {
    if let Some(problem) = guest.log_problems().first() {
        bail!("the guest's records: {problem}");
    }
    let mut records = guest.records().map(|it| &it.record);
    if let Some(record) = records.find(|it| matches!(it.phase, Phase::Error | Phase::Failed)) {
        bail!("the guest reports {}: {:?}", record.phase, record.text);
    }
    for (what, found) in [
        ("insertions answered", osts(guest, 1)),
        ("removals answered", osts(guest, 3)),
        (
            "removals ended",
            count(guest, |it| it.name == "DEVICE_DELETED"),
        ),
    ] {
        ensure!(found == cycles as usize, "{what}: {found} of {cycles}");
    }
    Ok(())
}

/// How many `_OST` with this source event and status 0 reached the host.
fn osts(guest: &Guest, source: u64) -> usize {
    count(guest, |event| {
        let info = &event.data["info"];
        event.name == "ACPI_DEVICE_OST" && info["source"] == source && info["status"] == 0
    })
}

fn count(guest: &Guest, wanted: impl Fn(&Event) -> bool) -> usize {
    guest.qmp_events().filter(|event| wanted(event)).count()
}

/// The guest's heap is as it was, and QEMU has not grown.
fn no_growth(first: Held, last: Held) -> Result<()> {
    println!("after the warm-up: {first}\nat the end:        {last}");
    ensure!(
        last.guest <= first.guest + GUEST_SLACK,
        "the guest's heap has grown"
    );
    ensure!(
        last.qemu_kib <= first.qemu_kib.saturating_add(QEMU_SLACK_KIB),
        "QEMU has grown"
    );
    Ok(())
}

/// What a process holds in memory, in KiB (proc(5)).
fn resident_kib(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    resident(&status).with_context(|| format!("{path} has no VmRSS"))
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(guest: u64, qemu_kib: u64) -> Held {
        Held { guest, qemu_kib }
    }

    #[test]
    fn more_than_slack_is_growth() {
        let before = held(1000, 50_000);
        assert!(no_growth(before, held(1000 + GUEST_SLACK, 50_000)).is_ok());
        assert!(no_growth(before, held(1001 + GUEST_SLACK, 50_000)).is_err());
        assert!(no_growth(before, held(900, 50_000 + QEMU_SLACK_KIB)).is_ok());
        assert!(no_growth(before, held(1000, 50_001 + QEMU_SLACK_KIB)).is_err());
    }

    #[test]
    fn a_process_says_what_it_holds() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t    1234 kB\n"), Some(1234));
        assert_eq!(resident("Name:\tx\n"), None);
        assert!(resident_kib(std::process::id()).expect("our own") > 0);
    }
}
