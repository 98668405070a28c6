//! The tables that are built, and how they are put in the place of the host's.

use std::path::PathBuf;
use std::process::Command;

use hotvcpu_acpi_events::Devices;
use hotvcpu_acpi_events::simulator::{MACHINES, table};
use hotvcpu_contract::tables::{self, TableMemory, TablesError};
use hotvcpu_contract::{Contract, Generation};
use hotvcpu_tables::{HardwareId, Madt, PhysicalMemory, Table, Tables, Trigger};
use proptest::prelude::*;

use crate::rig::{LAYOUT, Rig, contract, dsdt, host_madt, mpidr};

const STOCK: &str = "aarch64-virt-10.0-ged-memory";

/// What the captured host of a generation says of its CPUs: (flags, length) of each GICC.
fn flags(madt: &[u8]) -> Vec<u32> {
    let madt = Madt::parse(Table::parse(madt).expect("valid")).expect("valid");
    madt.cpus().map(|cpu| cpu.flags.0).collect()
}

#[test]
fn the_madt_is_the_captured_hosts() {
    for (generation, folder) in [
        (Generation::Old, "aarch64-old-2of8"),
        (Generation::New, "aarch64-new-2of8"),
        (Generation::Rfc, "aarch64-rfc5-2of8"),
    ] {
        let built = tables::madt(&host_madt(8), &contract(generation, 8, 2)).expect("builds");
        let captured = table(folder, "APIC").expect("captured");
        assert_eq!(flags(&built), flags(&captured), "{folder}");
        // Past the header, whose names are ours, the entries of the CPUs are the same bytes.
        let giccs = |madt: &[u8]| {
            let length = if generation == Generation::Old {
                76
            } else {
                80
            };
            madt[44 + 24..44 + 24 + 8 * length].to_vec()
        };
        assert_eq!(giccs(&built), giccs(&captured), "{folder}");
    }
}

#[test]
fn hosts_with_hotplug_are_known() {
    for machine in MACHINES {
        let dsdt = table(machine.folder, "DSDT").expect("captured");
        let expected = machine.cpu_block.is_some();
        assert_eq!(tables::has_hotplug(&dsdt), expected, "{}", machine.folder);
    }
}

#[test]
fn nodes_are_named() {
    let with = dsdt(Generation::New, 4, true);
    let without = dsdt(Generation::New, 4, false);
    let count = |table: &[u8]| table.windows(4).filter(|name| name == b"_PXM").count();
    assert_eq!((count(&with), count(&without)), (4, 0));
}

#[test]
fn virtio_slots_are_found_where_the_layout_has_them() {
    for generation in [Generation::Old, Generation::New, Generation::Rfc] {
        let mut rig = Rig::boot(generation, 4, 2);
        let mut problems = Vec::new();
        let devices = Devices::discover(&mut rig.aml, &mut rig.host, &mut problems);
        assert_eq!(problems, []);
        let found = devices.virtio_mmio.iter();
        let found: Vec<_> = found.map(|slot| (slot.address, slot.line.gsi)).collect();
        let expected = LAYOUT.virtio.iter();
        let expected: Vec<_> = expected
            .map(|slot| (slot.address.into(), slot.gsi))
            .collect();
        assert_eq!(found, expected, "{generation}");
        assert_eq!(devices.virtio_mmio[0].line.trigger, Trigger::Level);
    }
}

/// With IASL set to a disassembler, the tables are given to it: a second opinion on their grammar.
#[test]
fn a_disassembler_accepts_them() {
    let Some(iasl) = std::env::var_os("IASL") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for generation in [Generation::Old, Generation::New, Generation::Rfc] {
        for slots in [1, 300] {
            let aml: PathBuf = folder.path().join("dsdt.aml");
            std::fs::write(&aml, dsdt(generation, slots, true)).expect("written");
            let run = Command::new(&iasl)
                .arg("-d")
                .arg(&aml)
                .output()
                .expect("it runs");
            let source = std::fs::read_to_string(aml.with_extension("dsl")).expect("disassembled");
            assert!(run.status.success(), "{run:?}");
            let trouble = ["External (", "Error", "Unknown"];
            let bad = source
                .lines()
                .find(|line| trouble.iter().any(|word| line.contains(word)));
            assert_eq!(bad, None, "{generation}, {slots} slots");
        }
    }
}

/// RAM with a stock host's tables in it.
struct Ram {
    bytes: Vec<u8>,
    /// Where the next table goes.
    next: usize,
}

const BASE: u64 = 0x4000_0000;

impl Ram {
    fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = self.next;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self.next += bytes.len().next_multiple_of(64);
        BASE + at as u64
    }

    /// A stock host with so many CPUs; returns its RSDP.
    fn stock(slots: u32) -> (Self, u64) {
        let mut ram = Self {
            bytes: vec![0; 1 << 20],
            next: 0,
        };
        let fadt = ram.put(&table(STOCK, "FACP").expect("captured"));
        let old_dsdt = ram.put(&table(STOCK, "DSDT").expect("captured"));
        let madt = ram.put(&host_madt(slots));
        let gtdt = ram.put(&table(STOCK, "GTDT").expect("captured"));
        let at = (fadt - BASE) as usize;
        ram.bytes[at + 140..at + 148].copy_from_slice(&old_dsdt.to_le_bytes());
        ram.seal(at, 9);
        let mut xsdt = table(STOCK, "XSDT").expect("captured")[..36].to_vec();
        for address in [fadt, madt, gtdt] {
            xsdt.extend(address.to_le_bytes());
        }
        let length = xsdt.len() as u32;
        xsdt[4..8].copy_from_slice(&length.to_le_bytes());
        let xsdt = ram.put(&xsdt);
        ram.seal((xsdt - BASE) as usize, 9);
        let mut rsdp = b"RSD PTR \0BOCHS \x02".to_vec();
        rsdp.extend([0; 4]);
        rsdp.extend(36u32.to_le_bytes());
        rsdp.extend(xsdt.to_le_bytes());
        rsdp.extend([0; 4]);
        rsdp[8] = rsdp[..20]
            .iter()
            .fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
        rsdp[32] = rsdp.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
        let rsdp = ram.put(&rsdp);
        (ram, rsdp)
    }

    fn seal(&mut self, at: usize, checksum: usize) {
        let length = u32::from_le_bytes(self.bytes[at + 4..at + 8].try_into().expect("4 bytes"));
        let table = &mut self.bytes[at..at + length as usize];
        table[checksum] = 0;
        table[checksum] = table.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
    }
}

impl TableMemory for Ram {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let at = usize::try_from(address.checked_sub(BASE)?).ok()?;
        self.bytes.get(at..at.checked_add(length)?)
    }

    fn bytes_mut(&mut self, address: u64, length: usize) -> Option<&mut [u8]> {
        let at = usize::try_from(address.checked_sub(BASE)?).ok()?;
        self.bytes.get_mut(at..at.checked_add(length)?)
    }

    fn place(&mut self, table: &[u8]) -> Option<u64> {
        (self.next + table.len() <= self.bytes.len()).then(|| self.put(table))
    }
}

impl PhysicalMemory for Ram {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        TableMemory::bytes(self, address, length)
    }
}

#[test]
fn the_guest_finds_the_new_tables_and_the_old_rest() {
    let (mut ram, rsdp) = Ram::stock(8);
    let host = contract(Generation::New, 8, 2);
    tables::install(rsdp, &mut ram, &host, &LAYOUT, &[]).expect("a stock host can be changed");
    let found = Tables::discover(rsdp, &ram).expect("the guest can read them");
    assert_eq!(found.problems.len(), 0, "{:?}", found.problems);
    assert!(tables::has_hotplug(found.dsdt.bytes()));
    assert!(found.fadt.arm_boot_flags.psci_uses_hvc());
    let madt = found.madt.expect("there is one");
    let flags: Vec<u32> = madt.cpus().map(|cpu| cpu.flags.0).collect();
    assert_eq!(flags, [1, 1, 8, 8, 8, 8, 8, 8]);
    let ids: Vec<HardwareId> = madt.cpus().map(|cpu| cpu.id).collect();
    assert_eq!(ids.last(), Some(&HardwareId::Mpidr(7)));
}

#[test]
fn damaged_tables_are_an_error() {
    let host = contract(Generation::New, 8, 2);
    let try_with = |change: &dyn Fn(&mut Ram)| {
        let (mut ram, rsdp) = Ram::stock(8);
        change(&mut ram);
        tables::install(rsdp, &mut ram, &host, &LAYOUT, &[])
    };
    assert_eq!(try_with(&|ram| ram.bytes.clear()), Err(TablesError::NoRsdp));
    // The FADT is the first table.
    assert_eq!(
        try_with(&|ram| ram.bytes[60] ^= 1),
        Err(TablesError::Damaged(BASE))
    );
    assert_eq!(
        try_with(&|ram| ram.bytes[..4].copy_from_slice(b"XXXX")),
        Err(TablesError::Missing("FADT"))
    );
    assert_eq!(
        try_with(&|ram| ram.bytes.truncate(ram.next)),
        Err(TablesError::NoMemory)
    );
    let old_dsdt = table(STOCK, "FACP")
        .expect("captured")
        .len()
        .next_multiple_of(64);
    let hide_the_ged = |ram: &mut Ram| {
        let dsdt = &mut ram.bytes[old_dsdt..];
        let ged = dsdt
            .windows(4)
            .position(|name| name == b"EREG")
            .expect("it has one");
        dsdt[ged] = b'X';
        ram.seal(old_dsdt, 9);
    };
    let no_ged = TablesError::NoGed {
        selector: LAYOUT.ged_selector,
        gsi: LAYOUT.ged_gsi,
    };
    assert_eq!(try_with(&hide_the_ged), Err(no_ged));
    let (mut ram, rsdp) = Ram::stock(7);
    let error = tables::install(rsdp, &mut ram, &host, &LAYOUT, &[]);
    assert_eq!(error, Err(TablesError::SlotCount { madt: 7, slots: 8 }));
    let backwards = Contract::new(Generation::New, (0..8).rev().map(mpidr), 2);
    let backwards = backwards.expect("such slots can be");
    let (mut ram, rsdp) = Ram::stock(8);
    let error = tables::install(rsdp, &mut ram, &backwards, &LAYOUT, &[]);
    assert_eq!(error, Err(TablesError::SlotOrder { slot: 0, madt: 0 }));
}

proptest! {
    #[test]
    fn any_madt_is_read_or_refused(
        cut in 0usize..900,
        changes in prop::collection::vec((0usize..900, any::<u8>()), 0..20),
    ) {
        let mut madt = host_madt(8);
        madt.truncate(cut.max(36));
        for (position, value) in changes {
            if let Some(byte) = madt.get_mut(position) {
                *byte = value;
            }
        }
        let host = contract(Generation::New, 8, 2);
        let slots = tables::slots(&madt);
        if let Ok(built) = tables::madt(&madt, &host) {
            prop_assert_eq!(slots.map(|slots| slots.len()), Ok(8));
            let built = Table::parse(&built).expect("what is built is whole");
            prop_assert!(Madt::parse(built).is_ok());
        }
    }

    #[test]
    fn any_damage_to_the_host_is_survived(
        changes in prop::collection::vec((0usize..20_000, any::<u8>()), 1..30),
    ) {
        let (mut ram, rsdp) = Ram::stock(8);
        for (position, value) in changes {
            ram.bytes[position] = value;
        }
        let host = contract(Generation::New, 8, 2);
        // Whatever becomes of it, it ends, and says what it could not do.
        let result = tables::install(rsdp, &mut ram, &host, &LAYOUT, &[]);
        prop_assert!(result.map_or_else(|error| !error.to_string().is_empty(), |()| true));
    }
}
