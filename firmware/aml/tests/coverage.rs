//! Whether the programs in `tests/asl` cover the language: every opcode, and every conversion.
//!
//! The opcodes are looked for in what `iasl` made of the programs, not in their sources, so that a program whose
//! operator the compiler folded away does not count.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hotvcpu_aml::{disassemble, opcode_name};
use support::acpica;
use support::conversions::{Conversion, conversions, wanted_conversions};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asl")
}

/// The programs, in the order of their names.
fn sources() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("tests/asl");
    let mut sources: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "asl"))
        .collect();
    sources.sort();
    sources
}

/// Constants, locals, arguments and Debug: opcodes that are operands (ACPI 6.5, 20.2.3, 20.2.5.4 and 20.2.6).
fn operand_opcodes() -> impl Iterator<Item = u16> {
    let constants = [0x00, 0x01, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0xFF];
    let slots = (0x60..=0x67).chain(0x68..=0x6E);
    constants.into_iter().chain(slots).chain([0x5B31])
}

/// Opcodes that operate (ACPI 6.5, 20.3), without those that stand for a pair of others, and the prefixes.
fn operator_opcodes() -> impl Iterator<Item = u16> {
    let short = [0x06, 0x08, 0xCC].into_iter();
    let short = short
        .chain(0x10..=0x15)
        .chain(0x70..=0x99)
        .chain(0x9C..=0xA5);
    let extended = [0x01, 0x02, 0x12, 0x13, 0x1F, 0x30, 0x32, 0x33].into_iter();
    let extended = extended.chain(0x20..=0x2A).chain(0x80..=0x88);
    short.chain(extended.map(|opcode| 0x5B00 | opcode))
}

/// The compiled programs.
fn tables() -> &'static [Vec<u8>] {
    static TABLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage");
        std::fs::create_dir_all(&target).expect("a folder for compiled programs");
        acpica::for_each(&sources(), |source| acpica::compile(source, &target))
    })
}

#[test]
fn every_opcode_occurs_in_a_program() {
    let found: BTreeSet<u16> = tables()
        .iter()
        .flat_map(|table| disassemble(table))
        .filter_map(|term| term.opcode)
        .collect();
    let missing: Vec<_> = operator_opcodes()
        .chain(operand_opcodes())
        .filter(|opcode| !found.contains(opcode))
        .map(|opcode| format!("{opcode:#04x} {}", opcode_name(opcode).unwrap_or("operand")))
        .collect();
    assert!(missing.is_empty(), "no program uses {missing:?}");
}

#[test]
fn the_crate_knows_the_opcodes_of_the_specification_and_no_others() {
    let known = (0x00..=0xFF).chain(0x5B00..=0x5BFF);
    let known: BTreeSet<u16> = known.filter(|code| opcode_name(*code).is_some()).collect();
    assert_eq!(known, operator_opcodes().collect());
}

#[test]
fn every_conversion_occurs_in_a_program() {
    let found: BTreeSet<Conversion> = tables()
        .iter()
        .flat_map(|table| conversions(table))
        .collect();
    let missing: Vec<_> = wanted_conversions()
        .filter(|conversion| !found.contains(conversion))
        .collect();
    assert!(missing.is_empty(), "no program has {missing:#?}");
}
