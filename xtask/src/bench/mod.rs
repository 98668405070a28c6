//! `cargo xtask bench`: the figures that the project sets itself, measured.
//!
//! Absolute times drift with the machine and with what else runs on it, so a missed target is printed and does not
//! fail the command; what fails is a measurement that could not be made.

mod aml;
mod figures;
mod host;
mod overhead;
mod stats;

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use hotvcpu::Accel;
use hotvcpu::timeline::phase_table;

use crate::arch::Arch;
use crate::cargo::cargo;
use crate::guest::{HostOptions, Prepared};
use crate::{build, process};
use figures::{Figure, Report};

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Which measurements
    #[arg(value_enum, default_value_t)]
    suite: Suite,
    /// The guest's architecture, for the suite host; all of them, one after the other, without it
    #[arg(long, value_enum)]
    arch: Option<Arch>,
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
    if cfg!(debug_assertions) && matches!(options.suite, Suite::Host) {
        return in_release();
    }
    let report = match options.suite {
        Suite::Host => measure_hosts(options, offline)?,
        Suite::Aml => aml::measure(options.runs, offline)?,
    };
    if let Some(path) = &options.json {
        report.write(path)?;
    }
    Ok(())
}

/// The same command once more, as an optimised program: what the host's side costs is measured on what people run.
fn in_release() -> Result<()> {
    let mut again = cargo();
    again.args(["run", "--quiet", "--release", "--package", "xtask", "--"]);
    process::run(again.args(env::args_os().skip(1)))
}

/// Each architecture that is asked for; the report is that of the first, with the others in it.
fn measure_hosts(options: &Options, offline: bool) -> Result<Report> {
    let Some(arch) = options.arch else {
        if options.qemu.is_some() {
            bail!("--qemu names the QEMU of one architecture; say which, with --arch");
        }
        let mut first = measure_host(options, Arch::X86_64, offline)?;
        println!();
        let second = measure_host(options, Arch::Aarch64, offline)?;
        first.further.push(second);
        return Ok(first);
    };
    measure_host(options, arch, offline)
}

fn measure_host(options: &Options, arch: Arch, offline: bool) -> Result<Report> {
    // Comparable figures need one accelerator, and it is the one that works everywhere.
    let host = HostOptions {
        accel: Accel::TcgMulti,
        qemu: options.qemu.clone(),
    };
    let machine = arch.machine();
    let prepared = host.prepare("bench", arch, machine, offline)?;
    let qemu = prepared.qemu.version.to_string();
    let accel = prepared.accel.to_string();
    let runs = options.runs;
    println!("{arch} {machine}, {accel}, QEMU {qemu}, medians of {runs}:");
    let mut report = Report::new(runs);
    report.arch = Some(arch.to_string());
    report.qemu = Some(qemu);
    report.accel = Some(accel);
    add(&mut report, sizes(&prepared));
    add(&mut report, [host::boot(&prepared, runs)?]);
    let cycles = host::add_and_remove(&prepared, runs)?;
    add(&mut report, cycles.figures);
    add(&mut report, host::many(&prepared, runs)?);
    match arch {
        Arch::Aarch64 => add(&mut report, [host::most(&prepared, runs)?]),
        // A monitor's channel has no minimal client.
        Arch::X86_64 => add(&mut report, overhead::measure(&prepared, runs)?),
    }
    for (action, medians) in cycles.phases_us {
        println!("\n{action}, medians in ms since the request:");
        print!("{}", phase_table(&[(action.to_owned(), medians.clone())]));
        report.phases_us.insert(action, medians);
    }
    Ok(report)
}

/// How big what is started is.
fn sizes(prepared: &Prepared) -> Vec<Figure> {
    let guest = build::kib(prepared.guest.stripped_bytes);
    let name = "stripped guest image";
    match &prepared.guest.flat {
        None => vec![Figure::new(name, guest, "KiB", 400.0)],
        Some(flat) => {
            let rom = build::kib(flat.rom_bytes);
            vec![
                Figure::plain(name, guest, "KiB"),
                Figure::new("ROM, with the monitor in it", rom, "KiB", 256.0),
            ]
        }
    }
}

/// Prints figures as they come, because the next ones take their time.
fn add(report: &mut Report, figures: impl IntoIterator<Item = Figure>) {
    for figure in figures {
        println!("  {figure}");
        report.figures.push(figure);
    }
}
