//! `start`: a domain that is defined, or one of this start only.

use std::path::PathBuf;
use std::time::Duration;

use hotvcpu::definition::{DefinitionError, DefinitionStore};
use hotvcpu::domain::{DomainFolder, StartConfig, Started, Starting};
use hotvcpu::machine::NamedMachine;
use hotvcpu::{BackendKind, Error, Machine, ReadyReport};
use serde_json::json;

use super::arguments::Start;
use super::output::{Finish, Output};
use super::target::Target;

/// Slots of a machine for which no number was given.
const DEFAULT_SLOTS: u32 = 16;

pub fn start(arguments: Start, output: &mut Output) -> Finish {
    let folder = DomainFolder::of(&arguments.name)?;
    Target::of(Some(&arguments.name), None)?.settle(output)?;
    let (paused, wait, no_wait) = (arguments.paused, arguments.wait, arguments.no_wait);
    let mut starting = begin(&folder, arguments)?;
    let started = &starting.started;
    let awaited = !(paused || started.meta.foreign_kernel || no_wait);
    let meta = &started.meta;
    let state = if paused { "started, paused" } else { "started" };
    output.line(&format!(
        "Domain '{}' {state}: {} with {} of {} vCPUs, QEMU {}",
        meta.name, meta.machine, started.vcpus, meta.max_vcpus, meta.version
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

/// With a kernel it is a domain of this one start; without, the one that is defined.
fn begin(folder: &DomainFolder, arguments: Start) -> Result<Starting, Error> {
    if let Some(kernel) = arguments.kernel.clone() {
        return folder.start(config(arguments, kernel)?);
    }
    match DefinitionStore::open()?.require(&arguments.name) {
        Ok(definition) => folder.start_defined(&definition, arguments.paused),
        Err(Error::Definition(DefinitionError::Undefined(name))) => Err(Error::Usage(format!(
            "domain '{name}' is not defined: name a kernel (--kernel PATH) to start one that lasts until it is shut down, or define it first (`hotvcpu define FILE`)"
        ))),
        Err(error) => Err(error),
    }
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

fn config(arguments: Start, kernel: PathBuf) -> Result<StartConfig, Error> {
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
        kernel,
        vcpus: arguments.vcpus,
        max_vcpus,
        topology: None,
        memory_mib: arguments.memory,
        accel: arguments.accel,
        qemu: arguments.qemu,
        cmdline: arguments.cmdline,
        paused: arguments.paused,
        foreign_kernel: arguments.foreign_kernel,
        agent: true,
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
