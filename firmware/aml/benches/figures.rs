//! How long the interpreter takes: medians over many rounds, for the tables given on the command line (captured ones
//! by default): `cargo bench -p hotvcpu-aml [-- TABLE SLOTS]`.
//!
//! Only what the interpreter does is measured: the registers behind the tables are the simulated ones of the tests.

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use hotvcpu_aml::{Interpreter, Limits, RegionSpace};
use support::dsdt;
use support::machine::{CpuBlock, Machine};

const ROUNDS: usize = 101;

/// The median time of `work`, which gets a fresh state from `prepare` each round.
fn median<S>(mut prepare: impl FnMut() -> S, mut work: impl FnMut(&mut S)) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let mut state = prepare();
            let start = Instant::now();
            work(&mut state);
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn boot(table: &[u8], slots: usize) -> (Interpreter, Machine) {
    let block = CpuBlock::new(RegionSpace::SystemIo, 0xCD8, slots, 1);
    let mut host = Machine::with_cpus(block);
    let mut interpreter = Interpreter::new(Limits::default());
    interpreter.load_table(table, &mut host).expect("loads");
    interpreter.initialize(&mut host).expect("initialises");
    (interpreter, host)
}

fn measure(name: &str, table: &[u8], slots: usize) {
    let load = median(Machine::default, |host| {
        let mut interpreter = Interpreter::new(Limits::default());
        interpreter.load_table(table, host).expect("loads");
        std::hint::black_box(interpreter);
    });
    let (mut interpreter, mut host) = boot(table, slots);
    let initialize = median(
        || (),
        |()| {
            interpreter.initialize(&mut host).expect("initialises");
        },
    );
    let sta = interpreter.find("\\_SB.CPUS.C001._STA").expect("_STA");
    let status = median(
        || (),
        |()| {
            interpreter.evaluate(sta, &[], &mut host).expect("runs");
        },
    );
    println!(
        "{name}: {} bytes, {} objects",
        table.len(),
        interpreter.object_count()
    );
    println!("  load {load:?}, initialize {initialize:?}, _STA {status:?}");
    let e02 = interpreter.find("\\_GPE._E02").expect("_E02");
    for pending in [0, 1, slots - 1] {
        let time = median(
            || (),
            |()| {
                // Plugging costs nothing beside the scan.
                for cpu in 0..pending {
                    host.cpus().plug(slots - 1 - cpu);
                }
                interpreter.evaluate(e02, &[], &mut host).expect("runs");
                assert_eq!(host.take_notified().len(), pending);
            },
        );
        println!("  _E02 with {pending} pending {time:?}");
    }
}

fn main() {
    // Cargo adds --bench to what the user gives.
    let given = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let given: Vec<_> = given.collect();
    if let [path, slots] = given.as_slice() {
        let table = std::fs::read(path).expect("a table");
        return measure(path, &table, slots.parse().expect("a number of slots"));
    }
    for (name, slots) in [("x86_64-q35-10.0-1of8", 8), ("x86_64-q35-10.0-1of288", 288)] {
        measure(name, &dsdt(name), slots);
    }
}
