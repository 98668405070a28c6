//! The interpreter of this project.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use hotvcpu_aml::{Host, Interpreter, Limits, RegionSpace, Value};

#[cfg(feature = "acpi-crate")]
use crate::asl::CALLS;
use crate::asl::{LOAD, LOOPS, Programs};
use crate::machine::{CpuBlock, Machine};
use crate::median;
use crate::ram::Ram;

/// Where QEMU's q35 has the register block.
const CPU_BLOCK: u64 = 0xCD8;

/// The median time to load a DSDT into a new interpreter, in µs.
pub fn load(table: &[u8], rounds: usize) -> Result<f64> {
    let times = (0..rounds).map(|_| {
        let mut host = Ram::new();
        let start = Instant::now();
        let mut interpreter = Interpreter::new(Limits::default());
        interpreter.load_table(table, &mut host)?;
        let time = start.elapsed();
        black_box(interpreter);
        Ok(time.as_secs_f64() * 1e6)
    });
    median(times.collect::<Result<_>>()?)
}

/// The median time of the operator `Load`, in µs.
pub fn load_operator(programs: &Programs, rounds: usize) -> Result<f64> {
    let mut host = Ram::new();
    let mut interpreter = loaded(&[fs::read(&programs.loader)?], &mut host)?;
    let ticks = (0..rounds).map(|_| integer(&mut interpreter, LOAD, &mut host));
    Ok(median(ticks.collect::<Result<_>>()?)? / 10.0)
}

/// The median of each loop's time, in 100 ns.
pub fn calls(programs: &Programs, rounds: usize) -> Result<Vec<f64>> {
    let mut host = Ram::new();
    let tables = [fs::read(&programs.dsdt)?, fs::read(&programs.loops)?];
    let mut interpreter = loaded(&tables, &mut host)?;
    let of_loop = |method| {
        let ticks = (0..rounds).map(|_| integer(&mut interpreter, method, &mut host));
        median(ticks.collect::<Result<_>>()?)
    };
    LOOPS.into_iter().map(of_loop).collect()
}

/// The median time of a method's evaluation through the API, in µs.
#[cfg(feature = "acpi-crate")]
pub fn evaluate(table: &[u8], method: &str, rounds: usize) -> Result<f64> {
    let mut host = Ram::new();
    let mut interpreter = loaded(&[table.to_vec()], &mut host)?;
    let times = (0..rounds).map(|_| {
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(interpreter.evaluate_path(method, &[], &mut host)?);
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS))
    });
    median(times.collect::<Result<_>>()?)
}

/// The median time of `_E02`, in µs, with a simulated register block where `pending` CPUs were plugged.
pub fn scan(table: &[u8], slots: usize, pending: usize, rounds: usize) -> Result<f64> {
    let block = CpuBlock::new(RegionSpace::SystemIo, CPU_BLOCK, slots, 1);
    let mut host = Machine::with_cpus(block);
    let mut interpreter = loaded(&[table.to_vec()], &mut host)?;
    let times = (0..rounds).map(|_| {
        (slots - pending..slots).for_each(|slot| host.cpus().plug(slot));
        let start = Instant::now();
        interpreter.evaluate_path("\\_GPE._E02", &[], &mut host)?;
        let time = start.elapsed();
        let told = host.take_notified().len();
        ensure!(told == pending, "{told} of {pending} CPUs were notified");
        Ok(time.as_secs_f64() * 1e6)
    });
    median(times.collect::<Result<_>>()?)
}

fn loaded(tables: &[Vec<u8>], host: &mut impl Host) -> Result<Interpreter> {
    let mut interpreter = Interpreter::new(Limits::default());
    for table in tables {
        interpreter.load_table(table, host)?;
    }
    Ok(interpreter)
}

fn integer(interpreter: &mut Interpreter, method: &str, host: &mut impl Host) -> Result<f64> {
    match interpreter.evaluate_path(method, &[], host)? {
        Value::Integer(value) => Ok(value as f64),
        other => bail!("{method} returned {other:?}"),
    }
}
