//! `cargo xtask bench`: the figures that the project sets itself, measured.
//!
//! Absolute times drift with the machine and with what else runs on it, so a missed target is printed and does not
//! fail the command; what fails is a measurement that could not be made.

mod aml;
mod figures;
mod host;
mod stats;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use hotvcpu::{Accel, Machine};

use crate::arch::Arch;
use crate::{build, table};
use figures::{Figure, Report};

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Which measurements
    #[arg(value_enum, default_value_t)]
    suite: Suite,
    /// How often each is repeated; the figures are medians
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    runs: u32,
    /// The QEMU to run instead of the one that setup chose
    #[arg(long, value_name = "PATH")]
    qemu: Option<PathBuf>,
    /// Writes the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Suite {
    /// Hotplug as the host sees it, and the guest's size
    #[default]
    Host,
    /// The AML interpreter against ACPICA's and the acpi crate's, and its share of the guest
    Aml,
}

/// `cargo xtask bench`.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    let report = match options.suite {
        Suite::Host => measure_host(options, offline)?,
        Suite::Aml => aml::measure(options.runs, offline)?,
    };
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    Ok(())
}

fn measure_host(options: &Options, offline: bool) -> Result<Report> {
    // Comparable figures need one accelerator, and it is the one that works everywhere.
    let guest = crate::guest::GuestOptions {
        arch: Arch::X86_64,
        accel: Accel::TcgMulti,
        qemu: options.qemu.clone(),
    };
    let prepared = guest.prepare("bench", Machine::Q35, offline)?;
    let qemu = prepared.qemu.version.to_string();
    let accel = prepared.accel.to_string();
    println!("q35, {accel}, QEMU {qemu}, medians of {}:", options.runs);
    let mut report = Report::new(options.runs);
    report.qemu = Some(qemu);
    report.accel = Some(accel);
    let size = build::kib(prepared.guest.stripped_bytes);
    add(
        &mut report,
        [Figure::new("stripped guest image", size, "KiB", 400.0)],
    );
    add(&mut report, [host::boot(&prepared, options.runs)?]);
    let cycles = host::add_and_remove(&prepared, options.runs)?;
    add(&mut report, cycles.figures);
    add(&mut report, host::many(&prepared, options.runs)?);
    for (action, medians) in cycles.phases_us {
        println!("\n{action}, medians in ms since the request:");
        print!("{}", table::phases(&[(action.to_owned(), medians.clone())]));
        report.phases_us.insert(action, medians);
    }
    Ok(report)
}

/// Prints figures as they come, because the next ones take their time.
fn add(report: &mut Report, figures: impl IntoIterator<Item = Figure>) {
    for figure in figures {
        println!("  {figure}");
        report.figures.push(figure);
    }
}
