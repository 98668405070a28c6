//! `start`, `resume`, `shutdown`, `destroy`, `list`.

use std::time::Duration;

use hotvcpu::domain::{DomainError, DomainFolder, Meta, StartConfig, Started};
use hotvcpu::machine::NamedMachine;
use hotvcpu::{BackendKind, Error, Machine, ReadyReport};
use serde::Serialize;
use serde_json::json;

use super::Start;
use super::output::{Finish, Output};

/// Slots of a machine for which no number was given.
const DEFAULT_SLOTS: u32 = 16;

pub fn start(arguments: Start, output: &mut Output) -> Finish {
    let folder = DomainFolder::of(&arguments.name)?;
    let (paused, wait) = (arguments.paused, arguments.wait);
    let awaited = !(paused || arguments.foreign_kernel || arguments.no_wait);
    let mut starting = folder.start(config(arguments)?)?;
    let started = &starting.started;
    let meta = &started.meta;
    let state = if paused { "started, paused" } else { "started" };
    output.line(&format!(
        "Domain '{}' {state}: {} with {} of {} vCPUs, QEMU {}",
        meta.name, meta.machine, meta.vcpus, meta.max_vcpus, meta.version
    ))?;
    output.line(&format!(
        "Accelerator {}: {}",
        meta.accel, started.accel_reason
    ))?;
    if meta.machine == Machine::Virt {
        let backend = BackendKind::from(meta.hotplug);
        output.line(&format!(
            "CPU hotplug {backend}: {}",
            started.backend_reason
        ))?;
    }
    output.line(&format!(
        "Console, events and sockets are in {}",
        folder.path().display()
    ))?;
    let ready = match awaited {
        true => Some(starting.wait_ready(wait)?),
        false => None,
    };
    report(&starting.started, ready.as_ref(), output)
}

/// The machine asked for: the architecture's own, unless it is named.
fn machine(arguments: &Start) -> Result<NamedMachine, Error> {
    let default = match arguments.arch.as_deref() {
        Some("aarch64") => Machine::Virt,
        _ => Machine::Q35,
    };
    let named = arguments.machine.clone().unwrap_or(NamedMachine {
        machine: default,
        machine_type: None,
    });
    let arch = named.machine.profile()?.arch;
    match &arguments.arch {
        Some(wanted) if *wanted != arch => Err(Error::Usage(format!(
            "{} is a machine of {arch}, not of {wanted}; leave one of --machine and --arch out",
            named.machine
        ))),
        _ => Ok(named),
    }
}

fn config(arguments: Start) -> Result<StartConfig, Error> {
    let NamedMachine {
        machine,
        machine_type,
    } = machine(&arguments)?;
    let profile = machine.profile()?;
    // Without firmware aarch64 has no hotplug, and slots beyond the CPUs of the start are of no use.
    let hotplug =
        profile.cpu_hotplug && (profile.monitor.is_none() || arguments.firmware.is_some());
    let max_vcpus = match arguments.maxvcpus {
        Some(number) => number,
        None if hotplug => arguments.vcpus.max(DEFAULT_SLOTS),
        None => arguments.vcpus,
    };
    Ok(StartConfig {
        machine,
        machine_type,
        firmware: arguments.firmware,
        generation: arguments.generation,
        kernel: arguments.kernel,
        vcpus: arguments.vcpus,
        max_vcpus,
        memory_mib: arguments.memory,
        accel: arguments.accel,
        qemu: arguments.qemu,
        cmdline: arguments.cmdline,
        paused: arguments.paused,
        foreign_kernel: arguments.foreign_kernel,
        cpu_model: arguments.cpu,
        extra_args: Vec::new(),
    })
}

/// The end of a start, with the guest's readiness where it was awaited.
fn report(started: &Started, ready: Option<&ReadyReport>, output: &mut Output) -> Finish {
    let mut told = json!({"ok": true, "domain": started});
    if let Some(ready) = ready {
        let (after, online) = (ready.since_power_on, ready.cpus_online);
        told["ready"] = json!({
            "after_us": micros(after),
            "guest_us": micros(ready.guest_time),
            "vcpus_online": online,
        });
        output.line(&format!(
            "ready after {} ms, {online} of {} vCPUs online",
            after.as_millis(),
            started.meta.max_vcpus
        ))?;
    }
    output.object(&told)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

pub fn shutdown(name: &str, timeout: Duration, output: &mut Output) -> Finish {
    DomainFolder::of(name)?.shutdown(timeout)?;
    output.object(&json!({"ok": true, "name": name}))?;
    output.line(&format!("Domain '{name}' has shut down"))
}

pub fn resume(name: &str, output: &mut Output) -> Finish {
    let mut domain = DomainFolder::of(name)?.connect("resume")?;
    domain.session.execute("cont", json!({}))?;
    output.object(&json!({"ok": true, "name": name}))?;
    output.line(&format!("Domain '{name}' runs"))
}

pub fn destroy(name: &str, output: &mut Output) -> Finish {
    DomainFolder::of(name)?.destroy()?;
    output.object(&json!({"ok": true, "name": name}))?;
    output.line(&format!("Domain '{name}' is destroyed"))
}

/// One domain in the list.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(flatten)]
    meta: Option<Meta>,
}

pub fn list(output: &mut Output) -> Finish {
    let rows: Vec<Row> = DomainFolder::list()?.iter().map(row).collect();
    // As a value, because a name that comes twice in the row has to come once.
    output.object(&json!(rows))?;
    if rows.is_empty() {
        return output.line("No domains; start one with `hotvcpu start NAME --kernel PATH`");
    }
    let width = rows
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or(0)
        .max(4);
    output.line(&format!(
        "{:width$}  STATE      MACHINE  QEMU     ACCEL       PID",
        "NAME"
    ))?;
    for row in &rows {
        output.line(&text(row, width))?;
    }
    rows.iter()
        .filter_map(|row| row.problem.as_ref())
        .try_for_each(|text| output.line(text))
}

fn row(folder: &DomainFolder) -> Row {
    let checked = DomainFolder::of(folder.name()).and_then(|folder| folder.running());
    let (state, problem) = match checked {
        Ok(_) => ("running", None),
        Err(error) => {
            let state = match error {
                Error::Domain(DomainError::Ended { .. }) => "ended",
                Error::Domain(DomainError::HalfStarted(_)) => "starting",
                _ => "damaged",
            };
            (state, Some(error.to_string()))
        }
    };
    Row {
        name: folder.name().to_owned(),
        state,
        problem,
        meta: folder.meta().ok(),
    }
}

fn text(row: &Row, width: usize) -> String {
    let start = format!("{:width$}  {:9}", row.name, row.state);
    let Some(meta) = &row.meta else {
        return start.trim_end().to_owned();
    };
    let pid = meta
        .process
        .map_or("-".to_owned(), |process| process.pid.to_string());
    let (machine, version) = (meta.machine.name(), meta.version.to_string());
    format!(
        "{start}  {machine:7}  {version:7}  {:10}  {pid}",
        meta.accel.name()
    )
}
