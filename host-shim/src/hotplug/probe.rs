//! Has this QEMU CPU hotplug of its own on this aarch64 machine? Asks it once and remembers.
//!
//! QEMU is started with its CPUs stopped and asked for its slots; no guest runs. That it lists them
//! is no proof that it will add a CPU, but those that do not list them never will.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::guard::Refusal;
use crate::guest::{Guest, GuestConfig};
use crate::machine::Machine;
use crate::probe_cache::{ProbeCache, identity};
use crate::qemu_binary::QemuBinary;

/// What the probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    /// Whether QEMU lists slots.
    pub native: bool,
    /// Why not, in its words.
    pub said: String,
}

/// Asks `qemu`, or remembers what it said.
///
/// # Errors
/// It does not start.
pub(super) fn ask(
    qemu: &QemuBinary,
    machine_type: Option<&str>,
    firmware: &Path,
    kernel: &Path,
) -> Result<Answer> {
    let cache = ProbeCache::named("aarch64-hotplug-probe.json");
    let machine = machine_type.unwrap_or(Machine::Virt.name());
    let key = format!("{} {machine} {}", qemu.version, identity(&qemu.path));
    if let Some(answer) = cache.get(&key) {
        return Ok(answer);
    }
    let answer = start_and_ask(qemu, machine_type, firmware, kernel)?;
    cache.remember(key, answer.clone());
    Ok(answer)
}

fn start_and_ask(
    qemu: &QemuBinary,
    machine_type: Option<&str>,
    firmware: &Path,
    kernel: &Path,
) -> Result<Answer> {
    let config = GuestConfig::new(Machine::Virt, kernel)
        .qemu(&qemu.path)
        .firmware(firmware)
        .without_monitor()
        .without_agent()
        .cpus(1, 2)
        .paused(true);
    let config = match machine_type {
        Some(name) => config.machine_type(name),
        None => config,
    };
    let (native, said) = match Guest::start(config)?.slots() {
        Ok(_) => (true, String::new()),
        Err(Error::Guard(Refusal::NoHotplug(said))) => (false, said),
        Err(error) => return Err(error),
    };
    Ok(Answer { native, said })
}
