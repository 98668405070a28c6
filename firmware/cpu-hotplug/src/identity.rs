//! Who a CPU is: which hardware ID belongs to a processor object, and which NUMA node.
//!
//! The tables give it in two places. `_MAT` under the CPU holds a MADT entry of its own (6.2.10); the x86 machines and
//! the old generation on aarch64 have it. The static MADT has the entry otherwise. The same holds for the node:
//! `_PXM` (6.2.14), else the SRAT.

use alloc::collections::btree_map::{BTreeMap, Entry};
use alloc::vec::Vec;
use core::mem::discriminant;

use hotvcpu_acpi_events::EventError;
use hotvcpu_acpi_events::namespace::{evaluate_child, integer_child, wrong_type};
use hotvcpu_aml::{Host, Interpreter, NodeId, Value};
use hotvcpu_tables::{CpuEntry, Madt, MadtEntries, Srat};

use crate::generation::Family;

/// What the static tables say about all CPUs, copied out of them, as the tables may not outlive the boot.
#[derive(Debug, Default)]
pub(crate) struct StaticTables {
    by_uid: BTreeMap<u32, (CpuEntry, Option<u32>)>,
    /// Entries for a UID that an earlier entry has already.
    pub duplicates: Vec<CpuEntry>,
    /// The generation that the guest was told to be, which limits where it looks.
    pub only: Option<Family>,
}

/// Where an identity came from; the text of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Mat,
    Madt,
}

impl Source {
    pub fn text(self) -> &'static str {
        match self {
            Self::Mat => "_MAT",
            Self::Madt => "MADT",
        }
    }
}

impl StaticTables {
    pub fn new(madt: Option<&Madt<'_>>, srat: Option<&Srat<'_>>) -> Self {
        let mut tables = Self::default();
        for cpu in madt.into_iter().flat_map(Madt::cpus) {
            let node = srat.and_then(|srat| srat.node_of(&cpu));
            match tables.by_uid.entry(cpu.uid) {
                Entry::Vacant(entry) => {
                    entry.insert((cpu, node));
                }
                Entry::Occupied(_) => tables.duplicates.push(cpu),
            }
        }
        tables
    }

    /// The MADT's entry for a UID.
    pub fn cpu(&self, uid: u32) -> Option<CpuEntry> {
        self.by_uid.get(&uid).map(|(cpu, _)| *cpu)
    }

    /// The CPU's node in the SRAT.
    pub fn node(&self, uid: u32) -> Option<u32> {
        self.by_uid.get(&uid).and_then(|(_, node)| *node)
    }

    /// All CPUs of the MADT.
    pub fn cpus(&self) -> impl Iterator<Item = CpuEntry> {
        self.by_uid.values().map(|(cpu, _)| *cpu)
    }

    /// The identity of the CPU with this UID, whose object is `device`; `None` if nothing tells.
    pub fn identify<H: Host>(
        &self,
        aml: &mut Interpreter,
        host: &mut H,
        device: Option<NodeId>,
        uid: u32,
    ) -> Result<Option<(CpuEntry, Source)>, EventError> {
        let of_madt = self.cpu(uid).map(|cpu| (cpu, Source::Madt));
        let Some(device) = device else {
            return Ok(of_madt);
        };
        let of_mat = match evaluate_child(aml, host, device, "_MAT")? {
            Some(Value::Buffer(bytes)) => in_mat(&bytes, uid).map(|cpu| (cpu, Source::Mat)),
            Some(_) => return Err(wrong_type(aml, device, "_MAT", "a buffer")),
            None => None,
        };
        // QEMU's LoongArch machine has an APIC entry in _MAT and Core PIC entries in the MADT.
        let fits = |(mat, _): &(CpuEntry, Source)| {
            of_madt.is_none_or(|(madt, _)| discriminant(&madt.id) == discriminant(&mat.id))
        };
        let of_mat = of_mat.filter(fits);
        // A guest of one generation does not know the other's place, but reads what is enabled from the start.
        Ok(match self.only {
            None => of_mat.or(of_madt),
            Some(Family::Old) => of_mat.or(of_madt.filter(|(cpu, _)| cpu.flags.enabled())),
            Some(Family::New) => {
                of_madt.filter(|(cpu, _)| cpu.flags.enabled() || cpu.flags.gicc_online_capable())
            }
        })
    }

    /// The CPU's node; `None` if nothing tells.
    pub fn find_node<H: Host>(
        &self,
        aml: &mut Interpreter,
        host: &mut H,
        device: Option<NodeId>,
        uid: u32,
    ) -> Result<Option<u32>, EventError> {
        let proximity = match device {
            Some(device) => integer_child(aml, host, device, "_PXM")?,
            None => None,
        };
        Ok(proximity
            .and_then(|node| u32::try_from(node).ok())
            .or_else(|| self.node(uid)))
    }
}

/// The first entry for `uid` in a `_MAT` buffer.
fn in_mat(bytes: &[u8], uid: u32) -> Option<CpuEntry> {
    let cpus = MadtEntries::in_buffer(bytes).filter_map(|entry| entry.ok()?.cpu());
    cpus.into_iter().find(|cpu| cpu.uid == uid)
}
