//! Scripts of real hosts, carried out; and scripts that are wrong in each way that there is.

use hotvcpu_boot::FileName;
use hotvcpu_boot::fw_cfg::FwCfgError;
use hotvcpu_boot::table_loader::{COMMAND_LENGTH, Loaded, LoaderError, RSDP, Reason, run};
use hotvcpu_tables::{PhysicalMemory, Tables};

use crate::common::{FakeFiles, FakeMemory, file, machines};

struct View<'a>(&'a Loaded<'a>);

impl PhysicalMemory for View<'_> {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        self.0.bytes(address, length)
    }
}

/// A command: its number, and its fields one after the other.
pub fn command(number: u32, fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.extend(fields.concat());
    bytes.resize(COMMAND_LENGTH, 0);
    bytes
}

/// A name in its field.
pub fn name(name: &str) -> [u8; 56] {
    let mut field = [0; 56];
    field[..name.len()].copy_from_slice(name.as_bytes());
    field
}

fn allocate(file: &str, alignment: u32, zone: u8) -> Vec<u8> {
    command(1, &[&name(file), &alignment.to_le_bytes(), &[zone]])
}

fn add_pointer(pointer_in: &str, points_to: &str, offset: u32, size: u8) -> Vec<u8> {
    command(
        2,
        &[
            &name(pointer_in),
            &name(points_to),
            &offset.to_le_bytes(),
            &[size],
        ],
    )
}

fn add_checksum(file: &str, offset: u32, start: u32, length: u32) -> Vec<u8> {
    let numbers = [offset, start, length].map(u32::to_le_bytes).concat();
    command(3, &[&name(file), &numbers])
}

fn write_pointer(pointer_in: &str, points_to: &str, offset: u32, at: u32, size: u8) -> Vec<u8> {
    let numbers = [offset, at].map(u32::to_le_bytes).concat();
    command(4, &[&name(pointer_in), &name(points_to), &numbers, &[size]])
}

fn files() -> FakeFiles {
    FakeFiles::default()
        .with("a", &[1, 2, 3, 4, 5, 6, 7, 8])
        .with("b", &[4, 0, 0, 0, 0, 0, 0, 0, 9, 0])
}

fn reason(error: LoaderError) -> (usize, Reason) {
    match error {
        LoaderError::Command {
            index,
            offset,
            reason,
        } => {
            assert_eq!(offset, index * COMMAND_LENGTH);
            (index, reason)
        }
        other => panic!("{other}"),
    }
}

/// What the last command of a script is refused for.
fn refusal(commands: &[Vec<u8>]) -> Reason {
    let script = commands.concat();
    let result = run(&script, &mut files(), &mut FakeMemory::at(0x4000_0000));
    let (index, reason) = reason(result.expect_err("the script is wrong"));
    assert_eq!(index + 1, commands.len());
    reason
}

fn known(text: &str) -> FileName {
    FileName::parse(&name(text)).expect("a proper name")
}

#[test]
fn every_captured_script_gives_the_tables_that_were_captured() {
    for machine in machines() {
        let script = file(&machine, "etc_table-loader");
        let mut memory = FakeMemory::at(0x4_3000_0000);
        let loaded = run(&script, &mut FakeFiles::of(&machine), &mut memory);
        let loaded = loaded.unwrap_or_else(|error| panic!("{machine}: {error}"));
        let rsdp = loaded.rsdp().expect("the script allocates it");
        let view = View(&loaded);
        let tables = Tables::discover(rsdp, &view);
        let tables = tables.unwrap_or_else(|error| panic!("{machine}: {error}"));
        assert_eq!(tables.problems, [], "{machine}");
        // The DSDT holds no addresses that the script fills in, so that it is the same byte by byte.
        assert_eq!(tables.dsdt.bytes(), file(&machine, "DSDT.aml"), "{machine}");
        let madt = tables.madt.expect("there is one");
        let madt_file = file(&machine, "APIC.aml");
        let same = hotvcpu_tables::Table::parse(&madt_file).expect("it is well-formed");
        let same = hotvcpu_tables::Madt::parse(same).expect("it is a MADT");
        assert!(madt.cpus().eq(same.cpus()), "{machine}");
        assert!(madt.cpus().count() > 0, "{machine}");
        assert_eq!(tables.srat.is_some(), machine.contains("numa"), "{machine}");
    }
}

#[test]
fn files_lie_where_they_were_asked_for() {
    let script = [allocate("b", 4096, 2), allocate("a", 64, 1)].concat();
    let mut memory = FakeMemory::at(0x4000_0001);
    let loaded = run(&script, &mut files(), &mut memory).expect("the script is right");
    assert_eq!(loaded.address_of("b"), Some(0x4000_1000));
    assert_eq!(loaded.address_of("a"), Some(0x4000_1040));
    assert_eq!(loaded.bytes(0x4000_1041, 3), Some(&[2, 3, 4][..]));
    assert_eq!(loaded.bytes(0x4000_1041, 8), None);
    assert_eq!(loaded.rsdp(), None);
    assert_eq!(loaded.files().len(), 2);
}

#[test]
fn pointers_of_every_size_are_added_to_what_stands_there() {
    for size in [1u8, 2, 4, 8] {
        let script = [
            allocate("a", 1, 1),
            allocate("b", 1, 1),
            add_pointer("b", "a", 0, size),
        ];
        let mut memory = FakeMemory::at(0x20);
        let loaded = run(&script.concat(), &mut files(), &mut memory).expect("the script is right");
        assert_eq!(
            loaded.bytes(0x28, 10),
            Some(&[0x24, 0, 0, 0, 0, 0, 0, 0, 9, 0][..]),
            "{size}"
        );
    }
}

#[test]
fn checksums_make_the_sum_zero() {
    let script = [allocate("a", 1, 1), add_checksum("a", 3, 0, 8)].concat();
    let loaded = run(&script, &mut files(), &mut FakeMemory::at(0)).expect("the script is right");
    let bytes = loaded.bytes(0, 8).expect("it was allocated");
    // The field was 4 before: what is added makes the sum minus 4 of the rest plus the field's own.
    assert_eq!(bytes[3], 4u8.wrapping_sub(36));
    let outside = [allocate("a", 1, 1), add_checksum("a", 7, 0, 7)].concat();
    let loaded = run(&outside, &mut files(), &mut FakeMemory::at(0)).expect("the script is right");
    let bytes = loaded.bytes(0, 8).expect("it was allocated");
    assert_eq!(bytes[7], 8u8.wrapping_sub(28));
}

#[test]
fn the_host_is_told_where_a_file_went() {
    let mut files = files().with("host", &[0xFF; 12]);
    let script = [allocate("a", 1, 1), write_pointer("host", "a", 2, 5, 8)].concat();
    run(&script, &mut files, &mut FakeMemory::at(0x4000_0000)).expect("the script is right");
    let mut wanted = vec![0xFF; 12];
    wanted[2..10].copy_from_slice(&0x4000_0005u64.to_le_bytes());
    assert_eq!(files.0["host"], wanted);
    let script = [allocate("a", 1, 1), write_pointer("host", "a", 8, 5, 8)].concat();
    let result = run(&script, &mut files, &mut FakeMemory::at(0x4000_0000));
    let error = FwCfgError::Transfer { key: 0, offset: 8 };
    let refused = (
        1,
        Reason::File {
            name: known("host"),
            error,
        },
    );
    assert_eq!(reason(result.expect_err("it does not fit")), refused);
}

#[test]
fn padding_is_passed_over_and_other_commands_are_refused() {
    let script = [allocate(RSDP, 16, 2), vec![0; 4 * COMMAND_LENGTH]].concat();
    let mut files = FakeFiles::default().with(RSDP, b"RSD PTR ");
    let loaded = run(&script, &mut files, &mut FakeMemory::at(0x10)).expect("the script is right");
    assert_eq!(loaded.rsdp(), Some(0x10));
    assert_eq!(refusal(&[command(5, &[])]), Reason::Unknown(5));
    assert_eq!(refusal(&[command(0, &[b"x"])]), Reason::Unknown(0));
    let short = run(&script[1..], &mut files, &mut FakeMemory::at(0));
    assert_eq!(
        short.err(),
        Some(LoaderError::Length(5 * COMMAND_LENGTH - 1))
    );
}

#[test]
fn wrong_allocations_are_refused() {
    let a = || allocate("a", 1, 1);
    assert_eq!(refusal(&[a(), a()]), Reason::AllocatedTwice(known("a")));
    assert_eq!(refusal(&[allocate("c", 1, 1)]), Reason::NoFile(known("c")));
    assert_eq!(refusal(&[allocate("a", 3, 1)]), Reason::Alignment(3));
    assert_eq!(refusal(&[allocate("a", 0, 1)]), Reason::Alignment(0));
    assert_eq!(refusal(&[allocate("a", 1, 0)]), Reason::Zone(0));
    assert_eq!(refusal(&[allocate("", 1, 1)]), Reason::Name);
    assert_eq!(refusal(&[allocate("a\n", 1, 1)]), Reason::Name);
    let full = run(&a(), &mut files(), &mut FakeMemory { next: 0, left: 7 });
    let no_memory = Reason::NoMemory {
        name: known("a"),
        length: 8,
        alignment: 1,
    };
    assert_eq!(reason(full.expect_err("it does not fit")), (0, no_memory));
}

#[test]
fn what_leads_out_of_a_file_is_refused() {
    let both = [allocate("a", 1, 1), allocate("b", 1, 1)];
    let after = |command: Vec<u8>| refusal(&[both[0].clone(), both[1].clone(), command]);
    let (a, b) = (known("a"), known("b"));
    let out = |name, offset, length, file_length| Reason::OutOfFile {
        name,
        offset,
        length,
        file_length,
    };
    assert_eq!(after(add_pointer("b", "a", 7, 4)), out(b, 7, 4, 10));
    assert_eq!(
        after(add_pointer("b", "a", u32::MAX, 8)),
        out(b, u32::MAX, 8, 10)
    );
    assert_eq!(after(add_pointer("b", "a", 0, 3)), Reason::PointerSize(3));
    let points_out = Reason::PointsOut {
        name: a,
        offset: 9,
        length: 8,
    };
    assert_eq!(after(add_pointer("b", "a", 8, 1)), points_out);
    assert_eq!(after(add_checksum("a", 8, 0, 8)), out(a, 8, 1, 8));
    assert_eq!(after(add_checksum("a", 0, 1, 8)), out(a, 1, 8, 8));
    let endless = out(a, u32::MAX, u32::MAX as usize, 8);
    assert_eq!(after(add_checksum("a", 0, u32::MAX, u32::MAX)), endless);
    let points_out = Reason::PointsOut {
        name: a,
        offset: 8,
        length: 8,
    };
    assert_eq!(after(write_pointer("b", "a", 0, 8, 8)), points_out);
    let size = after(add_pointer("b", "a", 0, 2));
    let Reason::DoesNotFit {
        name,
        address,
        size,
    } = size
    else {
        panic!("{size}")
    };
    assert_eq!((name, address, size.bytes()), (a, 0x4000_0000, 2));
    assert_eq!(
        refusal(&[add_checksum("a", 0, 0, 1)]),
        Reason::NotAllocated(a)
    );
}
