//! Who is to do CPU hotplug on a machine that is about to start.
//!
//! On x86 it is QEMU. On aarch64 some QEMUs do it themselves (openEuler's, the upstream series), and only
//! with firmware; on all others a monitor in our ROM does it. What QEMU can do is not in its version
//! number, so it is asked.

mod probe;

use std::path::Path;

use crate::accel::Accel;
use crate::backend::BackendKind;
use crate::error::Result;
use crate::launch::LaunchError;
use crate::machine::Profile;
use crate::monitor::Generation;
use crate::qemu_binary::QemuBinary;
use crate::qmp::Version;

/// The first machine type on which CPUs can be announced, by whomever: older ones have no GED.
const FIRST_WITH_GED: Version = Version::new(4, 2, 0);

/// What is wished, as far as it matters here.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub profile: &'a Profile,
    pub machine_type: Option<&'a str>,
    pub firmware: Option<&'a Path>,
    pub generation: Option<Generation>,
    /// No monitor, even where there is no hotplug otherwise.
    pub without_monitor: bool,
    pub accel: Accel,
}

/// What was chosen, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub backend: BackendKind,
    pub reason: String,
}

impl Chosen {
    fn native(reason: impl Into<String>) -> Self {
        let (backend, reason) = (BackendKind::Native, reason.into());
        Self { backend, reason }
    }
}

/// Chooses. `kernel` is what the probe's QEMU is started with; it does not run.
///
/// # Errors
/// A wish that cannot be met, with the reason; a QEMU that does not start.
pub(crate) fn choose(wish: &Wish<'_>, qemu: &QemuBinary, kernel: &Path) -> Result<Chosen> {
    let firmware = match without_asking(wish)? {
        Next::Decided(chosen) => return Ok(chosen),
        Next::Ask(firmware) => firmware,
    };
    let answer = probe::ask(qemu, wish.machine_type, firmware, kernel)?;
    decide(wish, answer.native, &answer.said)
}

/// How to go on.
#[derive(Debug)]
enum Next<'a> {
    Decided(Chosen),
    /// By asking QEMU, with this firmware.
    Ask(&'a Path),
}

fn without_asking<'a>(wish: &Wish<'a>) -> Result<Next<'a>> {
    let native = |reason: &str| Ok(Next::Decided(Chosen::native(reason)));
    if wish.profile.monitor.is_none() {
        let arch = &wish.profile.arch;
        return match (wish.generation, wish.firmware) {
            (None, None) => native("QEMU's own"),
            _ => impossible(format!(
                "--firmware and --generation are for aarch64; {arch} machines start the kernel and hotplug without"
            )),
        };
    }
    let (firmware, wanted) = match (wish.firmware, wish.generation) {
        (None, None) => return native("none: hotplug needs firmware, --firmware PATH"),
        (None, Some(_)) => {
            return impossible(
                "--generation needs --firmware PATH: what plays it is a monitor in the ROM",
            );
        }
        (Some(firmware), generation) => (firmware, generation.is_some()),
    };
    if wish.without_monitor {
        return match wanted {
            false => native("QEMU's own, if any, as asked"),
            true => impossible("a generation is played by the monitor, which is not wanted"),
        };
    }
    if let Some(name) = wish.machine_type.filter(|name| is_too_old(name)) {
        return impossible(format!(
            "there is no CPU hotplug on {name}: machine types before virt-4.2 have no GED to announce a CPU with, whatever QEMU does it; take --machine virt-4.2 or later, or leave --firmware out"
        ));
    }
    Ok(Next::Ask(firmware))
}

fn decide(wish: &Wish<'_>, native: bool, said: &str) -> Result<Chosen> {
    if let (true, Some(generation)) = (native, wish.generation) {
        return impossible(format!(
            "--generation {generation} cannot be chosen: this QEMU has CPU hotplug of its own, and its generation is what its tables say; leave --generation out, or take a stock QEMU, on which a monitor plays either"
        ));
    }
    if native {
        return Ok(Chosen::native("QEMU's own: it lists its slots"));
    }
    if wish.accel == Accel::Kvm {
        return impossible(
            "this QEMU has no CPU hotplug for aarch64, and the monitor that brings it needs EL2, which KVM does not give; take --accel tcg",
        );
    }
    Ok(Chosen {
        backend: BackendKind::Monitor(wish.generation.unwrap_or_default()),
        reason: format!("this QEMU has none of its own ({said})"),
    })
}

fn impossible<T>(text: impl Into<String>) -> Result<T> {
    Err(LaunchError::Impossible(text.into()).into())
}

/// Whether a versioned type such as `virt-4.1` is one without GED.
fn is_too_old(machine_type: &str) -> bool {
    let version = machine_type.strip_prefix("virt-").and_then(Version::parse);
    version.is_some_and(|version| version < FIRST_WITH_GED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;

    fn wish(profile: &Profile) -> Wish<'_> {
        Wish {
            profile,
            machine_type: None,
            firmware: Some(Path::new("/rom")),
            generation: None,
            without_monitor: false,
            accel: Accel::TcgMulti,
        }
    }

    fn text<T: std::fmt::Debug>(refused: Result<T>) -> String {
        refused.expect_err("refused").to_string()
    }

    #[test]
    fn native_where_it_works_and_the_monitor_where_it_does_not() {
        let virt = Machine::Virt.profile().expect("a valid file");
        let mut wish = wish(&virt);
        let native = decide(&wish, true, "").expect("possible");
        assert_eq!(native.backend, BackendKind::Native);
        let stock = decide(&wish, false, "no hot-plugging").expect("possible");
        assert_eq!(stock.backend, BackendKind::Monitor(Generation::New));
        wish.generation = Some(Generation::Old);
        let old = decide(&wish, false, "").expect("possible");
        assert_eq!(old.backend, BackendKind::Monitor(Generation::Old));
        assert!(text(decide(&wish, true, "")).contains("stock QEMU"));
        wish.accel = Accel::Kvm;
        assert!(text(decide(&wish, false, "")).contains("EL2"));
    }

    #[test]
    fn a_machine_type_without_a_ged_is_refused() {
        assert!(is_too_old("virt-4.1") && is_too_old("virt-2.12"));
        assert!(!is_too_old("virt-4.2") && !is_too_old("virt-10.0") && !is_too_old("virt"));
        let virt = Machine::Virt.profile().expect("a valid file");
        let mut wish = wish(&virt);
        wish.machine_type = Some("virt-4.1");
        let refused = text(without_asking(&wish));
        assert!(
            refused.contains("virt-4.1") && refused.contains("GED"),
            "{refused}"
        );
        wish.without_monitor = true;
        assert!(without_asking(&wish).is_ok(), "nobody wants hotplug");
    }

    #[test]
    fn what_needs_no_question_is_answered_without() {
        let q35 = Machine::Q35.profile().expect("a valid file");
        assert!(text(without_asking(&wish(&q35))).contains("aarch64"));
        let virt = Machine::Virt.profile().expect("a valid file");
        let mut bare = wish(&virt);
        bare.firmware = None;
        let decided = without_asking(&bare).expect("possible");
        assert!(matches!(&decided, Next::Decided(chosen) if chosen.backend == BackendKind::Native));
        bare.generation = Some(Generation::New);
        assert!(text(without_asking(&bare)).contains("--firmware"));
        let open = without_asking(&wish(&virt)).expect("possible");
        assert!(matches!(open, Next::Ask(_)), "{open:?}");
    }
}
