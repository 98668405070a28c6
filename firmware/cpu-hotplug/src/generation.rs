//! Which generation of the aarch64 protocol the host speaks, found out from its tables alone.
//!
//! Two incompatible generations exist. In the old one a free slot is absent, and a CPU that comes brings its identity
//! along, in `_MAT`. In the new one every slot is present from the start, its identity stands in the static MADT, and
//! a free slot is merely not enabled. Nothing in the tables says so outright, and the traps are known: a host whose
//! hotplug is off may still name the scan method in `_EVT`, and one whose slots are all filled has the same MADT in
//! both generations. So the rules are kept in one function without side effects, which names the evidence that
//! decided; no method is evaluated.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use hotvcpu_acpi_events::namespace::nodes;
use hotvcpu_aml::{Interpreter, NodeId};
use hotvcpu_tables::{CpuEntry, HardwareId, Madt};
use thiserror::Error;

/// The container of all CPUs, and the device that holds the register block, as every such host names them.
const CPUS: &str = "\\_SB.CPUS";
const REGISTERS: &str = "\\_SB.PRES";

/// A generation of the protocol, in the form that the host has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// The host has no CPU hotplug.
    None,
    /// openEuler before 24.03.
    Old,
    /// openEuler from 24.03 on: `_EVT` calls the scan in the CPUs' container.
    NewOpenEuler,
    /// The upstream form: the scan also hangs off the GED, and every CPU but the first is marked as online capable.
    NewUpstream,
}

/// What a guest can be told to be: a generation, whatever its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Identities come with the CPU, in `_MAT`.
    Old,
    /// Identities stand in the static MADT.
    New,
}

/// A fact of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The namespace lacks these of the two objects that CPU hotplug needs.
    Missing(Vec<&'static str>),
    /// This CPU's GICC entry is not enabled and online capable (5.2.12.14, bit 3).
    OnlineCapable(u32),
    /// This CPU's GICC entry is neither.
    NeitherFlag(u32),
    /// Every GICC entry is enabled, and the register block says which CPUs are present.
    PresentBit,
    /// Every GICC entry is enabled, the register block has no such bit, and the CPUs have `_MAT`.
    CarriedIdentity,
    /// Every GICC entry is enabled, and only they tell who a CPU is.
    StaticIdentity,
    /// The device with this path has both `_EVT` and the scan method.
    ScanAtGed(String),
    /// The scan method is in the container of the CPUs only.
    ScanAtCpus,
}

/// A generation, and why it is that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What the host speaks.
    pub generation: Generation,
    /// What decided, the first cause first.
    pub evidence: Vec<Evidence>,
}

/// Finds out which generation the host speaks. `None` if the MADT has no GICC entry: then this is no ARM machine, and
/// there are no generations.
pub fn detect(madt: &Madt<'_>, aml: &Interpreter) -> Option<Finding> {
    let cpus: Vec<CpuEntry> = madt
        .cpus()
        .filter(|cpu| matches!(cpu.id, HardwareId::Mpidr(_)))
        .collect();
    if cpus.is_empty() {
        return None;
    }
    let missing: Vec<_> = [CPUS, REGISTERS]
        .into_iter()
        .filter(|path| aml.find(path).is_none())
        .collect();
    if !missing.is_empty() {
        return Some(Finding {
            generation: Generation::None,
            evidence: vec![Evidence::Missing(missing)],
        });
    }
    let (family, decisive) = by_flags(&cpus).unwrap_or_else(|| by_namespace(aml));
    if family == Family::Old {
        return Some(Finding {
            generation: Generation::Old,
            evidence: vec![decisive],
        });
    }
    let (generation, form) = form(aml);
    Some(Finding {
        generation,
        evidence: vec![decisive, form],
    })
}

/// What the MADT tells: a free slot is marked in either generation, and differently.
fn by_flags(cpus: &[CpuEntry]) -> Option<(Family, Evidence)> {
    let capable = cpus.iter().find(|cpu| cpu.flags.gicc_online_capable());
    if let Some(cpu) = capable {
        return Some((Family::New, Evidence::OnlineCapable(cpu.uid)));
    }
    let neither = cpus.iter().find(|cpu| !cpu.flags.enabled())?;
    Some((Family::Old, Evidence::NeitherFlag(neither.uid)))
}

/// What the namespace tells where every slot is filled. `CPRS` is the bit that makes `_STA` read 0xD for a free slot.
fn by_namespace(aml: &Interpreter) -> (Family, Evidence) {
    let has_child = |parent: NodeId, name: &str| aml.child(parent, name).is_some();
    let registers = aml.find(REGISTERS);
    if registers.is_some_and(|registers| has_child(registers, "CPRS")) {
        return (Family::New, Evidence::PresentBit);
    }
    let mut cpus = aml
        .find(CPUS)
        .into_iter()
        .flat_map(|cpus| aml.children(cpus));
    if cpus.any(|cpu| has_child(cpu, "_MAT")) {
        return (Family::Old, Evidence::CarriedIdentity);
    }
    (Family::New, Evidence::StaticIdentity)
}

/// In which form the host has the new generation.
fn form(aml: &Interpreter) -> (Generation, Evidence) {
    let scans = |device: &NodeId| {
        ["_EVT", "CSCN"]
            .into_iter()
            .all(|name| aml.child(*device, name).is_some())
    };
    match nodes(aml).into_iter().find(scans) {
        Some(ged) => (Generation::NewUpstream, Evidence::ScanAtGed(aml.path(ged))),
        None => (Generation::NewOpenEuler, Evidence::ScanAtCpus),
    }
}

/// A guest told to be of a generation that the host does not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("generation={forced}: {}", self.reason())]
pub struct Incompatible {
    /// What the guest was told to be.
    pub forced: Family,
    /// What the host speaks.
    pub host: Generation,
}

impl Incompatible {
    fn reason(&self) -> &'static str {
        match (self.host.family(), self.forced) {
            (None, _) => "this host has no CPU hotplug; no generation gives it any",
            (Some(_), Family::Old) => {
                "this host is of the new generation. An old guest takes a CPU's identity from _MAT, which the CPUs of \
                 this host do not have, and takes the free slots, whose _STA reads 0xD, for CPUs that are there. No CPU \
                 can be added; leave the word out, and the guest finds the generation by itself"
            }
            (Some(_), Family::New) => {
                "this host is of the old generation. A new guest takes a CPU's identity from the static MADT, where \
                 this host marks free slots as neither enabled nor online capable, that is, as not to be used; and \
                 it expects removals, which this host refuses. No CPU can be added; leave the word out, and the \
                 guest finds the generation by itself"
            }
        }
    }
}

impl Generation {
    /// Which of the two it is; `None` without hotplug.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::None => None,
            Self::Old => Some(Family::Old),
            Self::NewOpenEuler | Self::NewUpstream => Some(Family::New),
        }
    }

    /// Whether a guest that was told to be of `forced` can live with this host.
    ///
    /// # Errors
    /// If it cannot, with the reasons.
    pub fn accepts(self, forced: Family) -> Result<(), Incompatible> {
        if self.family() == Some(forced) {
            return Ok(());
        }
        Err(Incompatible { forced, host: self })
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Old => "old",
            Self::NewOpenEuler => "new (openEuler)",
            Self::NewUpstream => "new (upstream)",
        })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// A word that names no generation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("generation={0}: unknown; use old or new, or leave it out")]
pub struct UnknownFamily(pub String);

impl FromStr for Family {
    type Err = UnknownFamily;

    fn from_str(word: &str) -> Result<Self, UnknownFamily> {
        match word {
            "old" => Ok(Self::Old),
            "new" => Ok(Self::New),
            _ => Err(UnknownFamily(word.into())),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(paths) => {
                let paths = paths.join(" and no ");
                write!(f, "the namespace has no {paths}, whatever _EVT may call")
            }
            Self::OnlineCapable(uid) => write!(f, "the MADT has CPU {uid} as online capable"),
            Self::NeitherFlag(uid) => {
                write!(
                    f,
                    "the MADT has CPU {uid} as neither enabled nor online capable"
                )
            }
            Self::PresentBit => {
                f.write_str("all CPUs are enabled, and the register block has a present bit (CPRS)")
            }
            Self::CarriedIdentity => f.write_str(
                "all CPUs are enabled, they have _MAT, and the register block has no present bit",
            ),
            Self::StaticIdentity => {
                f.write_str("all CPUs are enabled, and their identities are in the MADT alone")
            }
            Self::ScanAtGed(path) => write!(f, "the scan hangs off the GED ({path})"),
            Self::ScanAtCpus => f.write_str("the scan hangs off the CPUs' container"),
        }
    }
}

/// The text of the record: the name, and the reasons.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.generation)?;
        for (position, evidence) in self.evidence.iter().enumerate() {
            f.write_str(if position == 0 { ": " } else { "; " })?;
            write!(f, "{evidence}")?;
        }
        Ok(())
    }
}
