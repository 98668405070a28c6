//! What every command that boots a guest has in common: its options, and the way from them to a configuration.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use hotvcpu::qemu_binary::QemuBinary;
use hotvcpu::{Accel, GuestConfig, Machine, accel, qemu_binary};

use crate::arch::Arch;
use crate::build::{self, Guest};
use crate::setup::{self, Needs};

/// The variable of the QEMU that guests run on, as `qemu/sources.toml` has it.
const QEMU: &str = "HOTVCPU_QEMU";

/// Which guest, on what.
#[derive(Debug, Args)]
pub struct GuestOptions {
    /// The guest's architecture
    #[arg(long, value_enum, default_value_t)]
    pub arch: Arch,
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
    machine: Machine,
}

impl GuestOptions {
    /// Gets what is missing, builds the guest and chooses QEMU and accelerator for `command` of xtask.
    pub fn prepare(&self, command: &str, machine: Machine, offline: bool) -> Result<Prepared> {
        let given: &[&str] = if self.qemu.is_some() { &[QEMU] } else { &[] };
        let needs = Needs {
            command,
            guest: Some(self.arch),
            given,
            offline,
        };
        let programs = setup::ensure(&needs)?;
        let path = match &self.qemu {
            Some(path) => path,
            None => programs.get(QEMU)?,
        };
        let qemu = qemu_binary::find(Some(path), self.arch.name())?;
        let guest = build::guest(self.arch)?;
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
        })
    }
}

impl Prepared {
    /// A configuration of the guest with `cpus` of `maxcpus`.
    pub fn config(&self, cpus: u32, maxcpus: u32) -> GuestConfig {
        GuestConfig::new(self.machine, &self.guest.image)
            .qemu(&self.qemu.path)
            .accel(self.accel)
            .cpus(cpus, maxcpus)
    }
}
