//! `cargo xtask run`: a guest to look at and to play with, its console in this terminal.
//!
//! It is a domain of the command `hotvcpu`, so that its CPUs are added and removed, and its events followed, from
//! another terminal.

use std::env;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use hotvcpu::domain::{DomainFolder, StartConfig};
use hotvcpu::{ErrorKind, Generation, Machine, units};

use crate::arch::Arch;
use crate::build::{self, Profile};
use crate::guest::{HostOptions, Prepared};
use crate::process;

/// How many CPUs the printed command adds.
const ADDED: u32 = 3;

/// How often the wait for the guest's end looks whether it should go on.
const POLL: Duration = Duration::from_secs(1);

/// What to run.
#[derive(Debug, Args)]
pub struct Options {
    /// The guest's architecture
    #[arg(long, value_enum, default_value_t)]
    arch: Arch,
    #[command(flatten)]
    host: HostOptions,
    /// The domain's name, by which the command `hotvcpu` reaches it
    #[arg(long, default_value = "run", value_name = "NAME")]
    name: String,
    /// The machine: q35, pc or microvm for x86_64, virt for aarch64
    #[arg(long)]
    machine: Option<Machine>,
    /// The generation of the hotplug protocol that a stock QEMU is made to speak on aarch64
    #[arg(long, value_name = "old|new|rfc")]
    generation: Option<Generation>,
    /// CPUs that are there from the start
    #[arg(long, default_value_t = 1, value_name = "N")]
    cpus: u32,
    /// CPUs that there are places for; QEMU 10 never creates more than this in all, those that left included
    #[arg(long, default_value_t = 16, value_name = "N")]
    maxcpus: u32,
    /// The guest's memory, as 64M or 1G
    #[arg(long, default_value = "64M", value_parser = units::memory_mib, value_name = "SIZE")]
    memory: u32,
    /// Words for the guest's command line, such as workload=full
    #[arg(long, default_value = "", value_name = "WORDS")]
    cmdline: String,
    /// Further arguments for QEMU, after --
    #[arg(last = true, value_name = "ARGUMENT")]
    qemu_arguments: Vec<String>,
}

/// `cargo xtask run`.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    if options.generation.is_some() && options.arch != Arch::Aarch64 {
        bail!("--generation is about aarch64; x86 has one protocol only");
    }
    let folder = DomainFolder::of(&options.name)?;
    let machine = options.machine.unwrap_or(options.arch.machine());
    let prepared = options
        .host
        .prepare("run", options.arch, machine, offline)?;
    let hotvcpu = build::host(Profile::Debug)?;
    eprintln!(
        "QEMU {}, {} ({})",
        prepared.qemu.version, prepared.accel, prepared.accel_reason
    );
    eprintln!("{}\n", what_to_type(options, machine, &hotvcpu)?);
    let mut domain = folder.attach(domain(options, &prepared))?;
    let status = loop {
        match domain.wait_exit(POLL) {
            Ok(status) => break status,
            Err(error) if error.kind() == ErrorKind::Timeout => process::check_interrupted()?,
            Err(error) => return Err(error.into()),
        }
    };
    process::check_interrupted()?;
    if !status.success() {
        bail!("QEMU ended with {status}");
    }
    Ok(())
}

fn domain(options: &Options, prepared: &Prepared) -> StartConfig {
    StartConfig {
        machine: prepared.machine,
        kernel: prepared.guest.image.clone(),
        machine_type: None,
        firmware: prepared.guest.rom().map(Path::to_path_buf),
        generation: options.generation,
        vcpus: options.cpus,
        max_vcpus: options.maxcpus,
        topology: None,
        memory_mib: options.memory,
        accel: prepared.accel,
        qemu: Some(prepared.qemu.path.clone()),
        cmdline: options.cmdline.clone(),
        paused: false,
        foreign_kernel: false,
        agent: true,
        cpu_model: None,
        extra_args: options.qemu_arguments.iter().map(Into::into).collect(),
    }
}

/// What another terminal can do, with a command that works from this folder.
fn what_to_type(options: &Options, machine: Machine, hotvcpu: &Path) -> Result<String> {
    let here = env::current_dir().unwrap_or_default();
    let hotvcpu = hotvcpu.strip_prefix(&here).unwrap_or(hotvcpu).display();
    let name = &options.name;
    let reachable = options.maxcpus.min(options.cpus.saturating_add(ADDED));
    let add = if !machine.profile()?.cpu_hotplug {
        format!("  (no CPU can be added: {machine} has no hotplug)")
    } else if reachable <= options.cpus {
        "  (no CPU can be added: there are places for no more, see --maxcpus)".to_owned()
    } else {
        format!("  {hotvcpu} setvcpus {name} {reachable} --live")
    };
    Ok(format!(
        "This is the domain '{name}'; from another terminal:\n{add}\n  {hotvcpu} events {name}\n  \
         {hotvcpu} shutdown {name}\nCtrl-C ends it."
    ))
}
