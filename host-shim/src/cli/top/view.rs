//! What `top` shows, as data: everything that a picture is made from.

use hotvcpu::Slot;
use hotvcpu::autoscale::Load;
use hotvcpu::slots::Origin;
use serde::Serialize;

use super::operations::Ended;

/// All that is shown at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct View {
    /// The domains.
    pub domains: Vec<DomainView>,
    /// Which of them is shown in full; `None` shows the list.
    #[serde(skip)]
    pub open: Option<usize>,
    /// Which line of the list is chosen.
    #[serde(skip)]
    pub chosen: usize,
    /// How many vCPUs are above the first that is shown.
    #[serde(skip)]
    pub scrolled: usize,
    /// The picture is held.
    #[serde(skip)]
    pub held: bool,
    /// What the last key came to.
    #[serde(skip)]
    pub message: Option<String>,
}

/// One domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DomainView {
    /// Its name.
    pub name: String,
    /// What it runs on: machine, QEMU, accelerator.
    pub machine: String,
    /// `ready`, `booting`, `ends`, `ended`.
    pub state: &'static str,
    /// Slots.
    pub slots: u32,
    /// vCPUs that are there; free slots have no line.
    pub vcpus: Vec<CpuView>,
    /// The mean load of the vCPUs, in thousandths.
    pub load_milli: Option<u64>,
    /// The workload, in numbers tested per second.
    pub work_rate: Option<u64>,
    /// Pieces of work offered and done, from a guest that tells.
    pub work: Option<hotvcpu::autoscale::summary::Work>,
    /// The last operations, the latest first.
    pub operations: Vec<Ended>,
    /// What stands in the way of seeing more.
    pub problem: Option<String>,
}

/// One vCPU.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CpuView {
    /// Its slot.
    pub vcpu: u32,
    /// Its NUMA node.
    pub node: Option<u64>,
    /// How it came to be.
    pub host: &'static str,
    /// What the guest does with it.
    pub guest: &'static str,
    /// Its load, in thousandths.
    pub load_milli: Option<u32>,
}

impl CpuView {
    /// The vCPU in `slot`, if there is one.
    pub fn of(slot: &Slot, guest: &'static str, load: Option<&Load>) -> Option<Self> {
        let host = match slot.origin()? {
            Origin::Boot => "boot",
            Origin::Plugged(_) => "added",
            Origin::Anonymous => "unnamed",
        };
        let share = |load: &Load| {
            let cpus = load.cpus.iter();
            let mut of_this = cpus.filter(|(cpu, _)| *cpu == u64::from(slot.index));
            of_this.next().map(|(_, share)| *share)
        };
        Some(Self {
            vcpu: slot.index,
            node: slot.node(),
            host,
            guest,
            load_milli: load.and_then(share),
        })
    }
}
