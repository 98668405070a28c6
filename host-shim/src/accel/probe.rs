//! Does a guest live on this host's KVM, and hotplug with it? Tries once and remembers.
//!
//! Coming up is not enough: a nested KVM was met on which the guest runs, adds a vCPU and removes
//! it, and QEMU dies when the slot is filled again (`kvm_arch_init_vcpu failed`). So the probe does
//! just that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::Accel;
use crate::error::{ErrorKind, Result};
use crate::guest::{Guest, GuestConfig};
use crate::history::replace_file;
use crate::launch::LaunchError;
use crate::machine::Machine;
use crate::ops::{Operation, Outcome};
use crate::qemu_binary::QemuBinary;

/// How long the probe may take to come up. On a healthy KVM it takes 0.2 s.
const READY_DEADLINE: Duration = Duration::from_secs(5);

/// How long each change may take, and the power-off.
const STEP_DEADLINE: Duration = Duration::from_secs(3);

/// Answers kept; the file is begun anew beyond it.
const MAX_ANSWERS: usize = 64;

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
    if let Err(error) = open_kvm() {
        let reason = format!("/dev/kvm cannot be opened ({error})");
        return Ok(Choice {
            accel: Accel::TcgMulti,
            reason,
        });
    }
    let path = cache();
    let key = key(qemu, machine, kernel);
    let mut answers = path.as_deref().map(read).unwrap_or_default();
    let answer = match answers.get(&key) {
        Some(answer) => answer.clone(),
        None => {
            let (answer, worth_keeping) = probe(qemu, machine, kernel);
            if let (true, Some(path)) = (worth_keeping, &path) {
                remember(path, &mut answers, key, answer.clone());
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
        && open_kvm().is_ok()
        && !cache().is_some_and(|path| read(&path).contains_key(&key(qemu, machine, kernel)))
}

fn open_kvm() -> std::io::Result<fs::File> {
    fs::File::options().read(true).write(true).open("/dev/kvm")
}

/// The file of the answers.
fn cache() -> Option<PathBuf> {
    Some(crate::xdg::cache_home()?.join("hotvcpu/kvm-probe.json"))
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
            let reason = format!("a probe of this guest did not live on KVM: {error}");
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
        .cmdline("workload=paused");
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
    let file = fs::metadata(kernel).ok();
    let size = file.as_ref().map_or(0, fs::Metadata::len);
    let changed = file
        .and_then(|file| file.modified().ok())
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    let kernel = fs::canonicalize(kernel).unwrap_or_else(|_| kernel.to_path_buf());
    format!(
        "{} {machine} {} {size} {} {}",
        qemu.version,
        kernel.display(),
        changed.as_nanos(),
        boot.trim()
    )
}

/// An unreadable cache is an empty one.
fn read(path: &Path) -> BTreeMap<String, Answer> {
    let text = fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// A cache that cannot be written costs the next start a probe, nothing else.
fn remember(path: &Path, answers: &mut BTreeMap<String, Answer>, key: String, answer: Answer) {
    if answers.len() >= MAX_ANSWERS {
        answers.clear();
    }
    answers.insert(key, answer);
    if let (Some(folder), Ok(text)) = (path.parent(), serde_json::to_string_pretty(&answers)) {
        let _ = fs::create_dir_all(folder).map(|()| replace_file(path, text.as_bytes()));
    }
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

    #[test]
    fn a_damaged_cache_is_an_empty_one_and_is_mended() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kvm-probe.json");
        fs::write(&path, "{ half").expect("written");
        let mut answers = read(&path);
        assert!(answers.is_empty());
        let answer = Answer {
            lived: false,
            reason: "died".to_owned(),
        };
        remember(&path, &mut answers, "k".to_owned(), answer.clone());
        assert_eq!(read(&path).get("k"), Some(&answer));
    }
}
