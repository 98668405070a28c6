//! The captured machines: which tables there are, and what lies behind them.

use std::path::{Path, PathBuf};
use std::string::String;
use std::vec::Vec;

use hotvcpu_aml::{InitReport, Interpreter, Limits, RegionSpace};
use hotvcpu_tables::{Fadt, Madt, Srat, Table};

use super::SimulatedMachine;
use crate::EventHost;

/// What a captured machine is, as far as its tables do not say.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Its folder.
    pub folder: &'static str,
    /// CPUs that it can have.
    pub slots: u32,
    /// CPUs that it was started with.
    pub plugged: u32,
    /// Where its CPU hotplug block is.
    pub cpu_block: Option<(RegionSpace, u64)>,
    /// Whether that block says which CPUs are present, beside those that are enabled.
    pub has_present_bit: bool,
    /// Where the selector of its GED is.
    pub ged_selector: Option<u64>,
}

const Q35: Profile = Profile {
    folder: "x86_64-q35-10.0-1of8",
    slots: 8,
    plugged: 1,
    cpu_block: Some((RegionSpace::SystemIo, 0x0CD8)),
    has_present_bit: false,
    ged_selector: None,
};
const PC: Profile = Profile {
    folder: "x86_64-pc-10.0-1of8",
    cpu_block: Some((RegionSpace::SystemIo, 0xAF00)),
    ..Q35
};
const ARM_OLD: Profile = Profile {
    folder: "aarch64-old-2of8",
    slots: 8,
    plugged: 2,
    cpu_block: Some((RegionSpace::SystemMemory, 0x090C_0000)),
    has_present_bit: false,
    ged_selector: Some(0x0908_0000),
};
const ARM_NEW: Profile = Profile {
    folder: "aarch64-new-2of8",
    has_present_bit: true,
    ..ARM_OLD
};

/// Every captured machine.
pub const MACHINES: &[Profile] = &[
    Profile {
        folder: "x86_64-q35-7.2-1of8",
        ..Q35
    },
    Q35,
    Profile {
        folder: "x86_64-q35-10.0-1of288",
        slots: 288,
        ..Q35
    },
    Profile {
        folder: "x86_64-pc-7.2-1of8",
        ..PC
    },
    PC,
    Profile {
        folder: "x86_64-microvm-10.0",
        slots: 4,
        plugged: 4,
        cpu_block: None,
        has_present_bit: false,
        ged_selector: Some(0xFEA0_0000),
    },
    Profile {
        folder: "aarch64-virt-10.0-ged-memory",
        slots: 4,
        plugged: 4,
        cpu_block: None,
        ..ARM_OLD
    },
    Profile {
        folder: "loongarch64-virt-10.0-1of4",
        slots: 4,
        plugged: 1,
        cpu_block: Some((RegionSpace::SystemMemory, 0x100E_001F)),
        has_present_bit: false,
        ged_selector: Some(0x100E_0000),
    },
    ARM_OLD,
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
    ARM_NEW,
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
        folder: "aarch64-new-hotplug-off",
        slots: 2,
        cpu_block: None,
        ..ARM_NEW
    },
    Profile {
        folder: "aarch64-rfc5-2of8",
        ..ARM_NEW
    },
];

/// One table of a captured machine; `None` if it has no such table.
pub fn table(folder: &str, name: &str) -> Option<Vec<u8>> {
    let path = root().join(folder).join(name).with_extension("aml");
    path.exists()
        .then(|| std::fs::read(&path).expect("the captured table is readable"))
}

/// The folder of captured tables stands beside the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tables")
}

/// The tables of a captured machine.
#[derive(Debug)]
pub struct Captured {
    /// What it is.
    pub profile: Profile,
    /// Its DSDT; a test may put another in its place.
    pub dsdt: Vec<u8>,
    /// Tables that are loaded after the DSDT; no captured machine has any.
    pub ssdts: Vec<Vec<u8>>,
    /// Its FADT; a test may change it.
    pub fadt: Vec<u8>,
    /// Its MADT; a test may change it.
    pub madt: Vec<u8>,
    srat: Option<Vec<u8>>,
}

impl Captured {
    /// The machine in this folder.
    pub fn open(folder: &str) -> Self {
        let profile = MACHINES.iter().find(|profile| profile.folder == folder);
        let profile = *profile.unwrap_or_else(|| panic!("no captured machine is called {folder}"));
        let must = |name: &str| {
            let missing = || panic!("{folder} has no {name} under {}", root().display());
            table(folder, name).unwrap_or_else(missing)
        };
        let srat = table(folder, "SRAT");
        Self {
            profile,
            dsdt: must("DSDT"),
            ssdts: Vec::new(),
            fadt: must("FACP"),
            madt: must("APIC"),
            srat,
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        MACHINES.iter().map(|profile| Self::open(profile.folder))
    }

    /// The FADT.
    pub fn fadt(&self) -> Fadt {
        Fadt::parse(Table::parse(&self.fadt).expect("a valid table")).expect("a valid FADT")
    }

    /// The MADT.
    pub fn madt(&self) -> Madt<'_> {
        Madt::parse(Table::parse(&self.madt).expect("a valid table")).expect("a valid MADT")
    }

    /// The SRAT, where the machine has nodes.
    pub fn srat(&self) -> Option<Srat<'_>> {
        let table = Table::parse(self.srat.as_deref()?).expect("a valid table");
        Some(Srat::parse(table).expect("a valid SRAT"))
    }

    /// Loads and initialises the namespace on simulated hardware.
    pub fn boot(&self) -> Simulation {
        let mut host = EventHost::new(SimulatedMachine::new(self.fadt(), &self.profile));
        let mut aml = Interpreter::new(Limits::default());
        for table in std::iter::once(&self.dsdt).chain(&self.ssdts) {
            aml.load_table(table, &mut host).expect("the table loads");
        }
        let init = aml
            .initialize(&mut host)
            .expect("the namespace can be initialised");
        Simulation {
            folder: self.profile.folder.into(),
            init,
            aml,
            host,
        }
    }
}

/// A captured machine that runs.
pub struct Simulation {
    /// Its folder, for messages.
    pub folder: String,
    /// What became of its `_INI` methods.
    pub init: InitReport,
    /// Its namespace.
    pub aml: Interpreter,
    /// Its hardware.
    pub host: EventHost<SimulatedMachine>,
}
