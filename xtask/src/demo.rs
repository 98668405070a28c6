//! `cargo xtask demo`: the demonstration of the command `hotvcpu`, with a guest and a QEMU that were just got ready.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use hotvcpu::accel::Choice;
use hotvcpu::demo::{Report, Script, Stage};
use hotvcpu::images::GuestImages;
use hotvcpu::{Generation, Machine};

use crate::arch::Arch;
use crate::guest::HostOptions;
use crate::process;

/// What to demonstrate, and on what.
#[derive(Debug, Args)]
pub struct Options {
    /// The guest's architecture; all of them, one after the other, without it
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// The machine: q35 or pc for x86_64, virt for aarch64
    #[arg(long)]
    machine: Option<Machine>,
    /// The generation of the hotplug protocol on aarch64: new (without this option), its upstream form rfc, or old, which
    /// knows no removal
    #[arg(long, value_name = "old|new|rfc")]
    generation: Option<Generation>,
    #[command(flatten)]
    host: HostOptions,
    /// Writes what happened to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// `cargo xtask demo`.
///
/// # Errors
/// If it could not be carried out, or any step failed. The JSON file is written in either case, once there is a guest
/// to start.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    let arch = options.arch.map(Arch::name);
    let scripts = Script::chosen(arch, options.machine, options.generation)?;
    if scripts.len() > 1 && options.host.qemu.is_some() {
        bail!("--qemu names the QEMU of one architecture; say which, with --arch");
    }
    let mut reports = Vec::new();
    let outcome = scripts
        .iter()
        .try_for_each(|script| demonstrate(*script, options, offline, &mut reports));
    let written = match (&options.json, Report::of_all(reports)) {
        (Some(path), Some(report)) => write(&report, path),
        _ => Ok(()),
    };
    // What went wrong with a guest comes first.
    outcome.and(written)
}

/// One demonstration, from what it needs to its verdict.
fn demonstrate(
    script: Script,
    options: &Options,
    offline: bool,
    reports: &mut Vec<Report>,
) -> Result<()> {
    let arch = Arch::of(script.machine);
    let prepared = options
        .host
        .prepare("demo", arch, script.machine, offline)?;
    let stage = Stage {
        script,
        images: GuestImages {
            kernel: prepared.guest.image.clone(),
            firmware: prepared.guest.rom().map(Path::to_path_buf),
        },
        qemu: prepared.qemu,
        accel: Choice {
            accel: prepared.accel,
            reason: prepared.accel_reason,
        },
    };
    let (report, outcome) = stage.perform(&mut io::stdout(), &process::interrupted);
    reports.push(report);
    Ok(outcome?)
}

/// Writes `report` to `path`.
fn write(report: &Report, path: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
}
