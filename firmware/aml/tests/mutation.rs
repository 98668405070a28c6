//! Damaged tables: whatever the bytes, the interpreter ends with a value or a typed error, within its limits.
//!
//! The mutants are made by a fixed sequence of pseudo-random numbers, so a failure can be repeated. The number of
//! mutants can be raised with `AML_MUTANTS`.

mod support;

use hotvcpu_aml::{Interpreter, Limits, NodeId, ObjectKind, Value, disassemble, resources};
use peak_alloc::PeakAlloc;
use support::machine::{CpuBlock, Machine};
use support::mutant::{Random, mutate};
use support::{dsdt, int, machines};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const DEFAULT_MUTANTS: usize = 20_000;

/// One in so many mutants is disassembled as well.
const TO_ONE_DISASSEMBLED: usize = 8;

/// What one damaged table may take at most: far above what the limits below allow, far below what one unchecked
/// length would ask for.
const MEMORY_BOUND: usize = 24 << 20;

/// Tight limits, so that thousands of mutants with endless loops take seconds.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.fuel = 100_000;
    limits.object_bytes = 1 << 20;
    limits.nodes = 10_000;
    limits
}

/// A machine on which a scan finds something to do.
fn machine(name: &str) -> Machine {
    let (space, base) = match name {
        n if n.contains("q35") => (hotvcpu_aml::RegionSpace::SystemIo, 0xCD8),
        n if n.contains("pc-") => (hotvcpu_aml::RegionSpace::SystemIo, 0xAF00),
        n if n.contains("loongarch") => (hotvcpu_aml::RegionSpace::SystemMemory, 0x100E_001F),
        _ => (hotvcpu_aml::RegionSpace::SystemMemory, 0x090C_0000),
    };
    let mut block = CpuBlock::new(space, base, 4, 1);
    block.plug(2);
    let mut machine = Machine::with_cpus(block);
    machine.ged = Some((0x0908_0000, 8));
    machine
}

/// Loads and exercises one mutant; gives how many evaluations ended well.
fn exercise(mutant: &[u8], host: &mut Machine) -> usize {
    let mut interpreter = Interpreter::new(limits());
    let empty = interpreter.object_count();
    if interpreter.load_table(mutant, host).is_err() {
        assert_eq!(
            interpreter.object_count(),
            empty,
            "a failed load leaves names"
        );
        return 0;
    }
    let loaded = interpreter.object_count();
    let _ = interpreter.initialize(host);
    let mut well = 0;
    for node in interesting(&interpreter) {
        let args = match interpreter.kind(node) {
            ObjectKind::Method { args } => vec![int(1); usize::from(args)],
            _ => Vec::new(),
        };
        if let Ok(value) = interpreter.evaluate(node, &args, host) {
            well += 1;
            if let Value::Buffer(bytes) = &value {
                let _ = resources::decode(bytes).count();
            }
            let _ = interpreter.describe(&value);
        }
        assert_eq!(
            interpreter.object_count(),
            loaded,
            "an evaluation leaves names"
        );
    }
    assert!(interpreter.object_bytes() <= limits().object_bytes);
    well
}

/// The objects that a hotplug event leads to, as far as the mutant still has them.
fn interesting(interpreter: &Interpreter) -> Vec<NodeId> {
    let mut found: Vec<_> = ["\\_GPE._E02", "\\_GPE._E01", "\\_SB.GED._EVT"]
        .iter()
        .filter_map(|path| interpreter.find(path))
        .collect();
    let mut pending = vec![interpreter.root()];
    while let Some(node) = pending.pop() {
        pending.extend(interpreter.children(node));
        let wanted = ["_STA", "_MAT", "_CRS", "_OST", "_EJ0", "_PRT"];
        let name = interpreter.name(node);
        if name.is_some_and(|name| wanted.contains(&name.as_str())) && found.len() < 24 {
            found.push(node);
        }
    }
    found
}

#[test]
fn no_mutant_breaks_the_interpreter() {
    let count = std::env::var("AML_MUTANTS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(DEFAULT_MUTANTS);
    let tables: Vec<_> = machines()
        .into_iter()
        .map(|name| (dsdt(&name), name))
        .collect();
    let mut random = Random::new();
    let mut well = 0;
    for round in 0..count {
        let (table, name) = &tables[round % tables.len()];
        let mutant = mutate(table, 6, &mut random);
        let mut host = machine(name);
        if round % TO_ONE_DISASSEMBLED == 0 {
            assert!(disassemble(&mutant).all(|term| term.offset as usize <= mutant.len()));
        }
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        well += exercise(&mutant, &mut host);
        let used = ALLOCATOR.peak_usage().saturating_sub(before);
        assert!(
            used < MEMORY_BOUND,
            "mutant {round} of {name} took {used} bytes"
        );
    }
    assert!(
        well > count,
        "most mutants should still do something: {well}"
    );
}
