//! Does a guest live on this host's KVM, and hotplug with it? Tries once and remembers.
//!
//! Coming up is not enough: a nested KVM was met on which the guest runs, adds a vCPU and removes
//! it, and QEMU dies when the slot is filled again (`kvm_arch_init_vcpu failed`). So the probe does
//! just that.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Accel;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::{Guest, GuestConfig};
use crate::launch::LaunchError;
use crate::machine::Machine;
use crate::ops::{Operation, Outcome};
use crate::probe_cache::{ProbeCache, identity};
use crate::qemu_binary::QemuBinary;

/// How long the probe may take to come up. On a healthy KVM it takes 0.2 s.
const READY_DEADLINE: Duration = Duration::from_secs(5);

/// How long each change may take, and the power-off.
const STEP_DEADLINE: Duration = Duration::from_secs(3);

/// What was taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The accelerator; never `auto`.
    pub accel: Accel,
    /// Why, for people.
    pub reason: String,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    lived: bool,
    reason: String,
}

/// Decides what `auto` means for this QEMU, machine and kernel; anything else is taken as it is.
///
/// # Errors
/// The kernel cannot be read. A probe that fails is an answer, not an error.
pub fn resolve(wish: Accel, qemu: &QemuBinary, machine: Machine, kernel: &Path) -> Result<Choice> {
    if wish != Accel::Auto {
        return Ok(Choice {
            accel: wish,
            reason: "as asked".to_owned(),
        });
    }
    fs::File::open(kernel).map_err(|error| LaunchError::no_kernel(kernel, &error))?;
    if !can_be_probed(machine) {
        let reason = format!("on {machine} KVM is taken only if asked for, with --accel kvm");
        return Ok(Choice {
            accel: Accel::TcgMulti,
            reason,
        });
    }
    if let Err(error) = open_kvm() {
        let reason = format!("/dev/kvm cannot be opened ({error})");
        return Ok(Choice {
            accel: Accel::TcgMulti,
            reason,
        });
    }
    let (cache, key) = (cache(), key(qemu, machine, kernel));
    let answer = match cache.get(&key) {
        Some(answer) => answer,
        None => {
            let (answer, worth_keeping) = probe(qemu, machine, kernel);
            if worth_keeping {
                cache.remember(key, answer.clone());
            }
            answer
        }
    };
    let accel = if answer.lived {
        Accel::Kvm
    } else {
        Accel::TcgMulti
    };
    Ok(Choice {
        accel,
        reason: answer.reason,
    })
}

/// Whether [`resolve`] would have to try this kernel on KVM, which takes some seconds on a host that
/// does not take it well: for a word to whoever waits.
pub fn will_probe(wish: Accel, qemu: &QemuBinary, machine: Machine, kernel: &Path) -> bool {
    wish == Accel::Auto
        && can_be_probed(machine)
        && open_kvm().is_ok()
        && cache().get::<Answer>(&key(qemu, machine, kernel)).is_none()
}

/// The probe's guest starts as x86 guests do.
fn can_be_probed(machine: Machine) -> bool {
    machine != Machine::Virt
}

fn open_kvm() -> std::io::Result<fs::File> {
    fs::File::options().read(true).write(true).open("/dev/kvm")
}

fn cache() -> ProbeCache {
    ProbeCache::named("kvm-probe.json")
}

/// The answer, and whether it will be the same next time: a QEMU that did not even start may be out
/// of order for a reason that passes.
fn probe(qemu: &QemuBinary, machine: Machine, kernel: &Path) -> (Answer, bool) {
    match boot_change_and_power_off(qemu, machine, kernel) {
        Ok(()) => {
            let reason = "a probe of this guest lived on KVM".to_owned();
            (
                Answer {
                    lived: true,
                    reason,
                },
                true,
            )
        }
        Err(error) => {
            let reason = match &error {
                // The hint of this error is for a guest that its user waits for.
                Error::NotInTime { what, after, .. } => format!(
                    "a probe of this guest did not live on KVM: {what} did not happen within {after:?}"
                ),
                error => format!("a probe of this guest did not live on KVM: {error}"),
            };
            (
                Answer {
                    lived: false,
                    reason,
                },
                error.kind() != ErrorKind::Setup,
            )
        }
    }
}

fn boot_change_and_power_off(qemu: &QemuBinary, machine: Machine, kernel: &Path) -> Result<()> {
    let hotplug = machine.profile()?.cpu_hotplug;
    let config = GuestConfig::new(machine, kernel)
        .qemu(&qemu.path)
        .accel(Accel::Kvm)
        .cpus(1, if hotplug { 2 } else { 1 })
        .cmdline("workload=paused")
        .without_agent();
    let mut guest = Guest::start(config)?;
    guest.wait_ready(READY_DEADLINE)?;
    if hotplug {
        succeeded(guest.add(&[1], STEP_DEADLINE)?)?;
        succeeded(guest.remove(&[1], STEP_DEADLINE)?)?;
        succeeded(guest.add(&[1], STEP_DEADLINE)?)?;
    }
    guest.powerdown()?;
    guest.wait_exit(STEP_DEADLINE)?;
    Ok(())
}

fn succeeded(operations: Vec<Operation>) -> Result<()> {
    for operation in operations {
        if let Outcome::Failed(error) = operation.outcome {
            return Err(error);
        }
    }
    Ok(())
}

/// As [`resolve`], for a kernel that may not be ours: one that keeps no event file cannot be
/// probed, so `auto` means TCG.
pub(crate) fn resolve_for(
    wish: Accel,
    qemu: &QemuBinary,
    machine: Machine,
    kernel: &Path,
    foreign: bool,
) -> Result<Choice> {
    if wish == Accel::Auto && foreign {
        let reason = "only a hotvcpu guest can be probed; --accel kvm takes KVM".to_owned();
        return Ok(Choice {
            accel: Accel::TcgMulti,
            reason,
        });
    }
    resolve(wish, qemu, machine, kernel)
}

/// Names everything on which the answer depends: another QEMU, kernel or boot of the host is probed
/// again.
fn key(qemu: &QemuBinary, machine: Machine, kernel: &Path) -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let kernel = identity(kernel);
    format!("{} {machine} {kernel} {}", qemu.version, boot.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qmp::Version;

    fn qemu() -> QemuBinary {
        QemuBinary {
            path: "/nonexistent/qemu".into(),
            version: Version::new(10, 0, 2),
        }
    }

    #[test]
    fn what_is_asked_for_is_taken_without_a_probe() {
        for accel in [Accel::Kvm, Accel::TcgMulti, Accel::TcgSingle] {
            let choice = resolve(accel, &qemu(), Machine::Q35, Path::new("/nonexistent"));
            assert_eq!(choice.expect("no probe").accel, accel);
        }
    }

    #[test]
    fn a_changed_kernel_is_another_question() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let before = key(&qemu(), Machine::Q35, file.path());
        assert_ne!(before, key(&qemu(), Machine::Pc, file.path()));
        fs::write(file.path(), "longer").expect("written");
        assert_ne!(before, key(&qemu(), Machine::Q35, file.path()));
    }
}
