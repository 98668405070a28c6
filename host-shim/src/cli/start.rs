//! `start`: a domain that is defined, or one of this start only.

use std::path::PathBuf;
use std::time::Duration;

use hotvcpu::definition::{DefinitionError, DefinitionStore};
use hotvcpu::domain::{DomainFolder, StartConfig, Started, Starting};
use hotvcpu::images::{self, ImageError};
use hotvcpu::machine::NamedMachine;
use hotvcpu::{Accel, BackendKind, Error, Machine, ReadyReport};
use serde_json::json;

use super::arguments::Start;
use super::output::{Finish, Output};
use super::suggestion;
use super::target::Target;

/// Slots of a machine for which no number was given.
const DEFAULT_SLOTS: u32 = 16;

/// Memory of a machine for which none was given.
const DEFAULT_MEMORY_MIB: u32 = 64;

pub fn start(arguments: Start, output: &mut Output) -> Finish {
    let folder = DomainFolder::of(&arguments.name)?;
    Target::of(Some(&arguments.name), None)?.settle(output)?;
    let (paused, wait, no_wait) = (arguments.paused, arguments.wait, arguments.no_wait);
    let progress = output.progress(
        "starting QEMU; the first start of a kernel or a QEMU also tries out what it can do, with QEMUs of its own",
    );
    let mut starting = begin(&folder, arguments, output)?;
    drop(progress);
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
        true => {
            let _progress = output.progress(format!(
                "waiting for the guest to be ready ({wait:?} at most)"
            ));
            Some(starting.wait_ready(wait)?)
        }
        false => None,
    };
    if ready.is_some() {
        for complaint in starting.complaints() {
            output.note(format!("warning: the guest says: {complaint}"));
        }
        for found in starting.node_disagreements()? {
            output.note(format!("warning: {found}"));
        }
    }
    report(&starting.started, ready.as_ref(), output)
}

/// With a kernel it is a domain of this one start; without, the one that is defined, else one of this start with our guest.
fn begin(
    folder: &DomainFolder,
    mut arguments: Start,
    output: &mut Output,
) -> Result<Starting, Error> {
    if let Some(kernel) = arguments.kernel.take() {
        return folder.start(config(arguments, kernel)?);
    }
    match DefinitionStore::open()?.require(&arguments.name) {
        Ok(definition) => match arguments.first_of_machine() {
            None => folder.start_defined(&definition, arguments.paused),
            Some(option) => Err(Error::Usage(format!(
                "domain '{name}' is defined, and {option} is for one that is not: change its definition (`hotvcpu edit {name}`), or take another name",
                name = arguments.name
            ))),
        },
        Err(Error::Definition(DefinitionError::Undefined(name))) => {
            start_own(folder, arguments, &name, output)
        }
        Err(error) => Err(error),
    }
}

/// Our guest, and the ROM where it needs one.
fn start_own(
    folder: &DomainFolder,
    mut arguments: Start,
    name: &str,
    output: &mut Output,
) -> Result<Starting, Error> {
    let meant = suggestion::close(name);
    let found = images::find(&machine(&arguments)?.machine.profile()?.arch);
    let images = match found {
        Err(missing @ ImageError::Missing { .. }) => {
            return Err(Error::Usage(format!(
                "domain '{name}' is not defined{meant}: name a kernel (--kernel PATH) to start one that lasts until it is shut down, or define it first (`hotvcpu define FILE`); {missing}"
            )));
        }
        other => other?,
    };
    arguments.firmware = arguments.firmware.or(images.firmware);
    let config = config(arguments, images.kernel)?;
    // Meant so, unless there is one whose name is nearly the same.
    let prefix = if meant.is_empty() { "" } else { "warning: " };
    output.note(format!(
        "{prefix}no domain '{name}' is defined{meant}: this one runs our own guest ({}), and is gone when it ends",
        config.kernel.display()
    ));
    folder.start(config)
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
    let vcpus = arguments.vcpus.unwrap_or(1);
    let max_vcpus = match arguments.maxvcpus {
        Some(number) => number,
        None if hotplug => vcpus.max(DEFAULT_SLOTS),
        None => vcpus,
    };
    Ok(StartConfig {
        machine,
        machine_type,
        firmware: arguments.firmware,
        generation: arguments.generation,
        kernel,
        vcpus,
        max_vcpus,
        topology: None,
        memory_mib: arguments.memory.unwrap_or(DEFAULT_MEMORY_MIB),
        accel: arguments.accel.unwrap_or(Accel::Auto),
        qemu: arguments.qemu,
        cmdline: arguments.cmdline.unwrap_or_default(),
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
