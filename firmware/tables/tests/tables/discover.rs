//! From the root pointer to the tables, on memory that is right and on memory that is not.

use crate::common::{Memory, build, file, machines, rsdp, seal, table};
use hotvcpu_tables::{MAX_TABLES, Signature, TableError, Tables};

const MACHINE: &str = "x86_64-q35-10.0-1of8";

#[test]
fn all_captured_machines_are_discovered() {
    for machine in machines() {
        let mut memory = Memory::default();
        let tables = memory.put_machine(&machine);
        let rsdp = memory.put_root(&tables);
        let found = Tables::discover(rsdp, &memory).unwrap_or_else(|e| panic!("{machine}: {e}"));
        assert_eq!(found.problems, [], "{machine}");
        assert_eq!(found.dsdt.bytes(), table(&machine, "DSDT"), "{machine}");
        assert!(found.madt.is_some(), "{machine}");
        assert_eq!(
            found.srat.is_some(),
            file(&machine, "SRAT.aml").is_some(),
            "{machine}"
        );
        assert_eq!(
            found.hpet.is_some(),
            file(&machine, "HPET.aml").is_some(),
            "{machine}"
        );
        assert_eq!(
            found.gtdt.is_some(),
            file(&machine, "GTDT.aml").is_some(),
            "{machine}"
        );
    }
}

#[test]
fn no_root_pointer_is_an_error() {
    let mut memory = Memory::default();
    let nothing = memory.put(vec![0; 64]);
    assert_eq!(
        Tables::discover(nothing, &memory).err(),
        Some(TableError::NoRootPointer)
    );
    let unreadable = Tables::discover(0x10, &memory).err();
    assert!(matches!(
        unreadable,
        Some(TableError::Unreadable { address: 0x10, .. })
    ));
}

#[test]
fn ssdts_are_kept_in_their_order() {
    let mut memory = Memory::default();
    let mut tables = memory.put_machine(MACHINE);
    for marker in [1u8, 2, 3] {
        tables.push(memory.put(build(b"SSDT", 2, &[marker])));
    }
    let rsdp = memory.put_root(&tables);
    let found = Tables::discover(rsdp, &memory).expect("all tables are fine");
    let markers: Vec<_> = found
        .ssdts
        .iter()
        .map(|ssdt| ssdt.body().to_vec())
        .collect();
    assert_eq!(markers, [[1], [2], [3]]);
}

#[test]
fn a_corrupt_optional_table_is_reported_and_the_others_are_used() {
    let mut memory = Memory::default();
    let mut tables = memory.put_machine(MACHINE);
    let mut ssdt = build(b"SSDT", 2, &[1, 2, 3]);
    ssdt[38] ^= 0x10;
    let bad = memory.put(ssdt);
    tables.insert(0, bad);
    tables.push(memory.put(build(b"SSDT", 2, &[7])));
    tables.push(0xDEAD_BEEF_0000);
    let rsdp = memory.put_root(&tables);
    let found = Tables::discover(rsdp, &memory).expect("the FADT and the DSDT are fine");
    assert_eq!(found.ssdts.len(), 1);
    assert_eq!(found.problems.len(), 2);
    assert_eq!(found.problems[0].address, bad);
    assert!(matches!(
        found.problems[0].error,
        TableError::Checksum {
            table: Signature::SSDT,
            ..
        }
    ));
    assert!(matches!(
        found.problems[1].error,
        TableError::Unreadable { .. }
    ));
}

#[test]
fn a_madt_that_breaks_off_is_used_as_far_as_it_goes() {
    let mut memory = Memory::default();
    let mut tables = memory.put_machine(MACHINE);
    let mut madt = table(MACHINE, "APIC");
    madt[44 + 3 * 8 + 1] = 0;
    seal(&mut madt, 9);
    tables[1] = memory.put(madt);
    let rsdp = memory.put_root(&tables);
    let found = Tables::discover(rsdp, &memory).expect("the FADT and the DSDT are fine");
    assert_eq!(found.madt.expect("it is there").cpus().count(), 3);
    let expected = TableError::EntryLength {
        table: Signature::MADT,
        kind: 0,
        length: 0,
        offset: 44 + 3 * 8,
    };
    assert_eq!(found.problems[0].error, expected);
    assert_eq!(found.problems[0].address, tables[1]);
}

#[test]
fn without_fadt_or_dsdt_the_error_names_it() {
    let mut memory = Memory::default();
    let tables = memory.put_machine(MACHINE);
    let rsdp = memory.put_root(&tables[1..]);
    let error = Tables::discover(rsdp, &memory).err();
    assert_eq!(error, Some(TableError::Missing(Signature::FADT)));

    let mut corrupt = memory.clone();
    corrupt.blocks.get_mut(&tables[0]).expect("the FADT")[60] ^= 1;
    let rsdp = corrupt.put_root(&tables);
    let error = Tables::discover(rsdp, &corrupt).err();
    assert!(
        matches!(
            error,
            Some(TableError::Checksum {
                table: Signature::FADT,
                ..
            })
        ),
        "{error:?}"
    );

    let mut corrupt = memory.clone();
    let dsdt = *corrupt
        .blocks
        .keys()
        .next()
        .expect("the DSDT was put first");
    corrupt.blocks.get_mut(&dsdt).expect("the DSDT")[60] ^= 1;
    let rsdp = corrupt.put_root(&tables);
    let error = Tables::discover(rsdp, &corrupt).err();
    assert!(
        matches!(
            error,
            Some(TableError::Checksum {
                table: Signature::DSDT,
                ..
            })
        ),
        "{error:?}"
    );
}

#[test]
fn a_corrupt_xsdt_is_made_up_for_by_the_rsdt() {
    let mut memory = Memory::default();
    let tables = memory.put_machine(MACHINE);
    let addresses: Vec<u8> = tables
        .iter()
        .flat_map(|address| (*address as u32).to_le_bytes())
        .collect();
    let rsdt = memory.put(build(b"RSDT", 1, &addresses));
    let mut xsdt = build(b"XSDT", 1, &[0; 16]);
    xsdt[40] = 1;
    let xsdt = memory.put(xsdt);
    let rsdp = memory.put(rsdp(rsdt as u32, xsdt));
    let found = Tables::discover(rsdp, &memory).expect("the RSDT is fine");
    assert!(found.madt.is_some());
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].address, xsdt);
}

#[test]
fn the_number_of_tables_is_bounded() {
    let mut memory = Memory::default();
    let mut tables = memory.put_machine(MACHINE);
    tables.resize(5000, 0x10);
    let rsdp = memory.put_root(&tables);
    let found = Tables::discover(rsdp, &memory).expect("the first tables are fine");
    assert_eq!(
        found.problems[0].error,
        TableError::TooManyTables { listed: 5000 }
    );
    assert!(found.problems.len() <= MAX_TABLES + 1);
}

#[test]
fn a_second_table_of_a_kind_is_ignored() {
    let mut memory = Memory::default();
    let mut tables = memory.put_machine(MACHINE);
    tables.push(memory.put(build(b"APIC", 3, &[0; 8])));
    let rsdp = memory.put_root(&tables);
    let found = Tables::discover(rsdp, &memory).expect("all tables are fine");
    assert_eq!(found.madt.expect("the first one").cpus().count(), 8);
    assert_eq!(
        found.problems[0].error,
        TableError::Duplicate(Signature::MADT)
    );
}
