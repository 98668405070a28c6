//! The captured machines that have CPU hotplug: where their register block lies, and what rings.

use hotvcpu_aml::{Interpreter, NodeId, RegionSpace};

use super::loaded;
use super::machine::{CpuBlock, Machine};

/// What the guest evaluates when the doorbell rings.
#[derive(Clone, Copy)]
pub enum Doorbell {
    /// `\_GPE._E02`.
    Gpe,
    /// `_EVT` of the GED with this interrupt; its selector lies at this address.
    Ged { gsi: u64, selector: u64 },
}

/// The order in which one scan reports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    InsertsFirst,
    EjectsFirst,
}

#[derive(Clone, Copy)]
pub struct Profile {
    pub folder: &'static str,
    pub space: RegionSpace,
    pub base: u64,
    pub slots: usize,
    pub plugged: usize,
    pub legacy: bool,
    pub reports_present: bool,
    /// The status of a slot without a CPU.
    pub absent: u64,
    pub doorbell: Doorbell,
    pub order: Order,
}

const X86: Profile = Profile {
    folder: "",
    space: RegionSpace::SystemIo,
    base: 0xCD8,
    slots: 8,
    plugged: 1,
    legacy: false,
    reports_present: false,
    absent: 0,
    doorbell: Doorbell::Gpe,
    order: Order::InsertsFirst,
};

const ARM: Profile = Profile {
    space: RegionSpace::SystemMemory,
    base: 0x090C_0000,
    plugged: 2,
    doorbell: Doorbell::Ged {
        gsi: 41,
        selector: 0x0908_0000,
    },
    order: Order::InsertsFirst,
    ..X86
};

const ARM_OLD: Profile = Profile {
    order: Order::EjectsFirst,
    ..ARM
};

const ARM_NEW: Profile = Profile {
    reports_present: true,
    absent: 0xD,
    ..ARM_OLD
};

pub const PROFILES: &[Profile] = &[
    Profile {
        folder: "x86_64-q35-7.2-1of8",
        legacy: true,
        order: Order::EjectsFirst,
        ..X86
    },
    Profile {
        folder: "x86_64-q35-10.0-1of8",
        ..X86
    },
    Profile {
        folder: "x86_64-q35-10.0-1of288",
        slots: 288,
        ..X86
    },
    Profile {
        folder: "x86_64-pc-7.2-1of8",
        base: 0xAF00,
        legacy: true,
        order: Order::EjectsFirst,
        ..X86
    },
    Profile {
        folder: "x86_64-pc-10.0-1of8",
        base: 0xAF00,
        ..X86
    },
    Profile {
        folder: "aarch64-old-2of8",
        ..ARM_OLD
    },
    Profile {
        folder: "aarch64-old-numa",
        ..ARM_OLD
    },
    Profile {
        folder: "aarch64-old-4of4",
        slots: 4,
        plugged: 4,
        ..ARM_OLD
    },
    Profile {
        folder: "aarch64-new-2of8",
        ..ARM_NEW
    },
    Profile {
        folder: "aarch64-new-numa",
        ..ARM_NEW
    },
    Profile {
        folder: "aarch64-new-clusters",
        ..ARM_NEW
    },
    Profile {
        folder: "aarch64-new-4of4",
        slots: 4,
        plugged: 4,
        ..ARM_NEW
    },
    Profile {
        folder: "aarch64-rfc5-2of8",
        ..ARM_NEW
    },
    Profile {
        folder: "loongarch64-virt-10.0-1of4",
        base: 0x100E_001F,
        slots: 4,
        plugged: 1,
        doorbell: Doorbell::Ged {
            gsi: 0x47,
            selector: 0x100E_0000,
        },
        ..ARM
    },
];

/// A machine that booted: tables loaded, devices initialised.
pub struct Booted {
    pub profile: Profile,
    pub interpreter: Interpreter,
    pub host: Machine,
}

impl Profile {
    pub fn boot(self) -> Booted {
        let mut block = CpuBlock::new(self.space, self.base, self.slots, self.plugged);
        block.legacy = self.legacy;
        block.reports_present = self.reports_present;
        let mut host = Machine::with_cpus(block);
        if let Doorbell::Ged { selector, .. } = self.doorbell {
            host.ged = Some((selector, 0));
        }
        let mut interpreter = loaded(self.folder, &mut host);
        let report = interpreter.initialize(&mut host).expect("initialize");
        assert_eq!(report.failures, [], "{}", self.folder);
        Booted {
            profile: self,
            interpreter,
            host,
        }
    }

    /// A slot that is free after boot, if there is one.
    pub fn free_slot(&self) -> Option<usize> {
        (self.plugged < self.slots).then_some(self.plugged)
    }
}

impl Booted {
    /// The doorbell rings: evaluates what the guest would, and gives what was notified.
    pub fn ring(&mut self) -> Vec<(NodeId, u64)> {
        let (path, args) = match self.profile.doorbell {
            Doorbell::Gpe => ("\\_GPE._E02", vec![]),
            Doorbell::Ged { gsi, selector } => {
                self.host.ged = Some((selector, 8));
                ("\\_SB.GED._EVT", vec![gsi.into()])
            }
        };
        self.interpreter
            .evaluate_path(path, &args, &mut self.host)
            .unwrap_or_else(|error| panic!("{}: {error}", self.profile.folder));
        self.host.take_notified()
    }

    /// The object of the CPU in a slot.
    pub fn cpu(&self, slot: usize) -> NodeId {
        let path = format!("\\_SB.CPUS.C{slot:03X}");
        let found = self.interpreter.find(&path);
        found.unwrap_or_else(|| panic!("{} has no {path}", self.profile.folder))
    }

    /// Evaluates a method of the CPU in a slot; `None` if it has none.
    pub fn call(&mut self, slot: usize, name: &str, args: &[u64]) -> Option<hotvcpu_aml::Value> {
        let method = self.interpreter.child(self.cpu(slot), name)?;
        let args: Vec<_> = args.iter().map(|arg| (*arg).into()).collect();
        let value = self.interpreter.evaluate(method, &args, &mut self.host);
        let folder = self.profile.folder;
        Some(value.unwrap_or_else(|error| panic!("{folder} C{slot:03X}.{name}: {error}")))
    }

    pub fn status(&mut self, slot: usize) -> u64 {
        let status = self.call(slot, "_STA", &[]).expect("_STA");
        status.as_integer().expect("an integer")
    }
}
