//! Whatever the bytes are: no panic, and an end.

use crate::common::{Memory, build, file, machines, seal, table};
use hotvcpu_tables::{
    Fadt, Gtdt, HardwareId, Hpet, Madt, MadtEntries, MadtEntry, RootTable, Rsdp, Signature, Srat,
    Table, TableError, Tables,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Reads `bytes` with every reader.
fn read_everything(bytes: &[u8]) {
    let _ = Rsdp::parse(bytes);
    let in_buffer = MadtEntries::in_buffer(bytes).count();
    assert!(
        in_buffer <= bytes.len() / 2 + 1,
        "every entry takes two bytes, and an error is the end"
    );
    let Ok(table) = Table::parse(bytes) else {
        return;
    };
    let _ = (Fadt::parse(table), Hpet::parse(table), Gtdt::parse(table));
    if let Ok(madt) = Madt::parse(table) {
        let errors = madt.entries().filter(Result::is_err).count();
        assert!(errors <= 1, "an error is the end");
        let _ = (
            madt.cpus().count(),
            madt.local_apic_address(),
            madt.interrupt_override(9),
        );
    }
    if let Ok(srat) = Srat::parse(table) {
        assert!(
            srat.entries().filter(Result::is_err).count() <= 1,
            "an error is the end"
        );
    }
    if let Ok(root) = RootTable::new(table) {
        assert_eq!(root.addresses().count(), root.len());
    }
}

/// A captured table with its length and checksum made right again after `change`, so that the readers behind the
/// checksum see the change.
fn changed(mut bytes: Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    change(&mut bytes);
    let length = u32::try_from(bytes.len())
        .expect("a small table")
        .to_le_bytes();
    if bytes.len() >= 36 {
        bytes[4..8].copy_from_slice(&length);
        seal(&mut bytes, 9);
    }
    bytes
}

#[test]
fn every_truncation_of_every_small_table() {
    for machine in machines() {
        for name in ["APIC", "FACP", "SRAT", "HPET", "RSDT", "XSDT"] {
            let Some(bytes) = file(&machine, &format!("{name}.aml")) else {
                continue;
            };
            for length in 0..bytes.len() {
                assert!(
                    Table::parse(&bytes[..length]).is_err(),
                    "{machine}/{name} at {length}"
                );
                read_everything(&changed(bytes.clone(), |bytes| bytes.truncate(length)));
            }
        }
    }
}

#[test]
fn an_entry_with_an_impossible_length_ends_the_list_with_an_error() {
    for (entry, length) in [
        (vec![0, 0, 0, 0], 0),
        (vec![0, 1, 0, 0], 1),
        (vec![0, 7, 0, 0, 1, 0, 0], 7),
        (vec![0, 200, 0, 0, 1, 0, 0, 0], 200),
        (vec![0xB, 75], 75),
        (vec![0x7F], 0),
    ] {
        let mut body = vec![0; 8];
        body.extend([0, 8, 5, 5, 1, 0, 0, 0]);
        body.extend(&entry);
        body.extend([0; 80]);
        if entry.len() == 1 {
            body.truncate(17);
        }
        let bytes = build(b"APIC", 3, &body);
        let madt = Madt::parse(Table::parse(&bytes).expect("valid")).expect("valid");
        let entries: Vec<_> = madt.entries().collect();
        assert_eq!(entries.len(), 2, "{entry:?}: {entries:?}");
        let cpu = entries[0]
            .as_ref()
            .expect("the first entry is fine")
            .cpu()
            .expect("a CPU");
        assert_eq!((cpu.uid, cpu.id), (5, HardwareId::Apic(5)));
        let kind = entry[0];
        let error = TableError::EntryLength {
            table: Signature::MADT,
            kind,
            length,
            offset: 52,
        };
        assert_eq!(entries[1], Err(error));
    }
}

#[test]
fn unknown_entries_are_skipped_and_longer_ones_are_read() {
    let bytes = [0x80, 3, 9, 0, 12, 4, 4, 1, 0, 0, 0, 9, 9, 9, 9, 0x7F, 2];
    let entries: Vec<_> = MadtEntries::in_buffer(&bytes)
        .map(|e| e.expect("well-formed"))
        .collect();
    assert_eq!(entries[0], MadtEntry::Unknown { kind: 0x80 });
    assert_eq!(entries[1].cpu().expect("a CPU").uid, 4);
    assert_eq!(entries[2], MadtEntry::Unknown { kind: 0x7F });
}

#[test]
fn ids_that_address_all_cpus_name_none() {
    let apic = [0, 8, 255, 255, 0, 0, 0, 0];
    let x2apic = [9, 16, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0];
    let valid = [9, 16, 0, 0, 255, 0, 0, 0, 1, 0, 0, 0, 255, 0, 0, 0];
    let ids = [apic.as_slice(), &x2apic, &valid].concat();
    let cpus: Vec<_> = MadtEntries::in_buffer(&ids)
        .filter_map(|e| e.expect("valid").cpu())
        .collect();
    assert_eq!(cpus.len(), 1);
    assert_eq!(cpus[0].id, HardwareId::Apic(255));
}

#[test]
fn a_fadt_between_two_versions_counts_as_the_shorter_one() {
    let whole = table("x86_64-q35-10.0-1of8", "FACP");
    let parse = |length: usize| {
        let bytes = changed(whole.clone(), |bytes| bytes.truncate(length));
        Fadt::parse(Table::parse(&bytes).expect("valid"))
            .map(|fadt| (fadt.reset.is_some(), fadt.gpe0))
    };
    let (reset, gpe0) = parse(244).expect("valid");
    assert!(reset);
    assert_eq!(
        gpe0.map(|block| block.address.bit_width),
        Some(0x80),
        "the wide form wins"
    );
    let (reset, gpe0) = parse(243).expect("valid");
    assert!(reset, "the reset register came with 132 bytes");
    assert_eq!(
        gpe0.map(|block| block.address.address),
        Some(0x620),
        "the old form is left"
    );
    assert!(!parse(131).expect("valid").0);
    let short = TableError::Truncated {
        table: Signature::FADT,
        needed: 116,
        available: 115,
    };
    assert_eq!(parse(115).err(), Some(short));
}

#[test]
fn an_rsdp_whose_second_checksum_is_wrong_is_refused() {
    let mut bytes = crate::common::rsdp(0x1000, 0x2000);
    assert_eq!(Rsdp::parse(&bytes).expect("valid").xsdt, 0x2000);
    bytes[24] ^= 1;
    assert!(matches!(
        Rsdp::parse(&bytes),
        Err(TableError::Checksum { .. })
    ));
    bytes.truncate(30);
    assert!(matches!(
        Rsdp::parse(&bytes),
        Err(TableError::Truncated { .. })
    ));
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..400)) {
        read_everything(&bytes);
    }

    #[test]
    fn arbitrary_bodies(
        signature in prop::sample::select(vec![*b"APIC", *b"SRAT", *b"FACP", *b"XSDT", *b"HPET"]),
        body in vec(any::<u8>(), 0..400),
    ) {
        read_everything(&build(&signature, 3, &body));
    }

    #[test]
    fn mutated_tables(
        machine in prop::sample::select(machines()),
        name in prop::sample::select(vec!["APIC", "FACP", "XSDT", "RSDT", "SRAT", "HPET"]),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let Some(bytes) = file(&machine, &format!("{name}.aml")) else {
            return Ok(());
        };
        read_everything(&changed(bytes, |bytes| {
            for (index, byte) in &changes {
                let position = index.index(bytes.len());
                bytes[position] = *byte;
            }
        }));
    }

    #[test]
    fn mutated_memory(
        machine in prop::sample::select(machines()),
        changes in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut memory = Memory::default();
        let tables = memory.put_machine(&machine);
        let rsdp = memory.put_root(&tables);
        for (block, index, byte) in changes {
            let address = *memory.blocks.keys().nth(block.index(memory.blocks.len())).expect("in range");
            let block = memory.blocks.get_mut(&address).expect("it is there");
            let position = index.index(block.len());
            block[position] = byte;
            if position > 36 {
                seal(block, 9);
            }
        }
        if let Ok(found) = Tables::discover(rsdp, &memory) {
            let _ = found.madt.map(|madt| madt.cpus().count());
        }
    }
}
