//! The architectures that there is a guest for, and what each is called by whom.

use std::fmt;

use clap::ValueEnum;
use hotvcpu::Machine;
use serde::Deserialize;

/// An architecture of the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arch {
    /// 64-bit x86.
    #[default]
    #[value(name = "x86_64")]
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Arch {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Aarch64];

    /// Its name, as in QEMU's `qemu-system-NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
        }
    }

    /// The Rust target that its guest is built for. Without floating point registers, which no handler saves.
    pub fn target(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-none",
            Arch::Aarch64 => "aarch64-unknown-none-softfloat",
        }
    }

    /// The environment variable by which the scenarios find its guest.
    pub fn guest_variable(self) -> &'static str {
        match self {
            Arch::X86_64 => "HOTVCPU_GUEST_X86_64",
            Arch::Aarch64 => "HOTVCPU_GUEST_AARCH64",
        }
    }

    /// The environment variable of the QEMU that its guest runs on, as `qemu/sources.toml` has it.
    pub fn qemu_variable(self) -> &'static str {
        match self {
            Arch::X86_64 => "HOTVCPU_QEMU",
            Arch::Aarch64 => "HOTVCPU_QEMU_AARCH64",
        }
    }

    /// The architecture of `machine`'s guest.
    pub fn of(machine: Machine) -> Self {
        match machine {
            Machine::Virt => Arch::Aarch64,
            Machine::Q35 | Machine::Pc | Machine::Microvm => Arch::X86_64,
        }
    }

    /// The machine that its guest is shown on.
    pub fn machine(self) -> Machine {
        match self {
            Arch::X86_64 => Machine::Q35,
            Arch::Aarch64 => Machine::Virt,
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
