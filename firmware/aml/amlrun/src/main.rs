//! `amlrun`: a kernel developer's way to try AML on the host.
//!
//! It loads tables, initialises the devices and evaluates one object; what the AML does to hardware goes to simulated
//! memory. The result stands alone on the last line of the output, in a fixed form, so that scripts can compare it.

mod args;
mod host;
mod listing;
mod report;

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use hotvcpu_aml::{Interpreter, Limits};

use args::Args;
use host::SimulatedHost;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("amlrun: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let tables = args
        .tables
        .iter()
        .map(|path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display())))
        .collect::<Result<Vec<_>>>()?;
    let mut host = SimulatedHost::new(args.regions, tables.clone());
    let mut interpreter = Interpreter::new(Limits::default());
    for (table, path) in tables.iter().zip(&args.tables) {
        let loaded = interpreter
            .load_table(table, &mut host)
            .map_err(|error| report::failure(&error, &tables))
            .with_context(|| format!("cannot load {}", path.display()))?;
        report::skipped(path, &loaded, &tables);
    }
    initialize(&mut interpreter, &mut host);
    if args.namespace {
        print!("{}", report::namespace(&interpreter));
    }
    let outcome = call(args, &mut interpreter, &mut host, &tables);
    if args.notify_log {
        for (node, value) in &host.notified {
            println!("Notify {} {value:#X}", interpreter.path(*node));
        }
    }
    if let Some(result) = outcome? {
        println!("{result}");
    }
    Ok(())
}

/// Initialises the devices; a failure there is worth a word, but no reason to stop.
fn initialize(interpreter: &mut Interpreter, host: &mut SimulatedHost) {
    match interpreter.initialize(host) {
        Ok(report) => {
            for failure in report.failures {
                let path = interpreter.path(failure.node);
                eprintln!("amlrun: {:?} of {path}: {}", failure.step, failure.error);
            }
        }
        Err(error) => eprintln!("amlrun: initialisation: {error}"),
    }
}

/// Evaluates what was asked for, or `\MAIN` if there is one.
fn call(
    args: &Args,
    interpreter: &mut Interpreter,
    host: &mut SimulatedHost,
    tables: &[Vec<u8>],
) -> Result<Option<String>> {
    let (path, values) = match args.call.split_first() {
        Some((path, values)) => (path.as_str(), values),
        None if interpreter.find("\\MAIN").is_some() => ("\\MAIN", &[][..]),
        None => return Ok(None),
    };
    let node = interpreter
        .find(path)
        .ok_or_else(|| anyhow!("there is no {path}; --namespace lists what there is"))?;
    let values = values
        .iter()
        .map(|text| args::value(text))
        .collect::<Result<Vec<_>>>()?;
    let value = interpreter
        .evaluate(node, &values, host)
        .map_err(|error| report::failure(&error, tables))
        .with_context(|| format!("{path} failed"))?;
    Ok(Some(interpreter.describe(&value)))
}
