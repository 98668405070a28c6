//! What every command that boots a guest has in common: its options, and the way from them to a configuration.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use hotvcpu::qemu_binary::QemuBinary;
use hotvcpu::{Accel, Generation, GuestConfig, Machine, accel, qemu_binary};

use crate::arch::Arch;
use crate::build::{self, Guest};
use crate::setup::{self, Needs};

/// On what a guest runs, of whatever architecture.
#[derive(Clone, Debug, Args)]
pub struct HostOptions {
    /// The accelerator: auto takes KVM where a guest of ours was seen to live on it, else tcg, which works on every
    /// host; kvm and tcg-single are for those who know
    #[arg(long, default_value = "auto")]
    pub accel: Accel,
    /// The QEMU to run instead of the one that setup chose
    #[arg(long, value_name = "PATH")]
    pub qemu: Option<PathBuf>,
}

/// A guest and a QEMU that are ready to be started.
#[derive(Debug)]
pub struct Prepared {
    /// The guest's image.
    pub guest: Guest,
    /// The QEMU.
    pub qemu: QemuBinary,
    /// The accelerator that was chosen; never [`Accel::Auto`].
    pub accel: Accel,
    /// Why it was chosen.
    pub accel_reason: String,
    /// The machine.
    pub machine: Machine,
    /// The generation of the hotplug protocol, on aarch64.
    pub generation: Option<Generation>,
}

impl HostOptions {
    /// Gets what is missing, builds the guest and chooses QEMU and accelerator for `command` of xtask.
    pub fn prepare(
        &self,
        command: &str,
        arch: Arch,
        machine: Machine,
        offline: bool,
    ) -> Result<Prepared> {
        if machine.profile()?.arch != arch.name() {
            bail!("{machine} is no machine for {arch}; name one with --machine");
        }
        let variable = arch.qemu_variable();
        let given: &[&str] = if self.qemu.is_some() {
            &[variable]
        } else {
            &[]
        };
        let needs = Needs {
            command,
            guests: &[arch],
            given,
            offline,
        };
        let programs = setup::ensure(&needs)?;
        let path = match &self.qemu {
            Some(path) => path,
            None => programs.get(variable)?,
        };
        let qemu = qemu_binary::find(Some(path), arch.name())?;
        let guest = build::guest(arch)?;
        if accel::will_probe(self.accel, &qemu, machine, &guest.image) {
            eprintln!(
                "Trying, once, whether this guest lives on KVM here; that takes some seconds"
            );
        }
        let choice = accel::resolve(self.accel, &qemu, machine, &guest.image)?;
        Ok(Prepared {
            guest,
            qemu,
            accel: choice.accel,
            accel_reason: choice.reason,
            machine,
            generation: None,
        })
    }
}

impl Prepared {
    /// A configuration of the guest with `cpus` of `maxcpus`.
    pub fn config(&self, cpus: u32, maxcpus: u32) -> GuestConfig {
        let mut config = GuestConfig::new(self.machine, &self.guest.image)
            .qemu(&self.qemu.path)
            .accel(self.accel)
            .cpus(cpus, maxcpus);
        if let Some(rom) = self.guest.rom() {
            config = config.firmware(rom);
        }
        if let Some(generation) = self.generation {
            config = config.generation(generation);
        }
        config
    }
}
