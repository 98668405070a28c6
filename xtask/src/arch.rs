//! The architectures that there is a guest for, and what each is called by whom.

use std::fmt;

use clap::ValueEnum;

/// An architecture of the guest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Arch {
    /// 64-bit x86.
    #[default]
    #[value(name = "x86_64")]
    X86_64,
}

impl Arch {
    /// Its name, as in QEMU's `qemu-system-NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
        }
    }

    /// The Rust target that its guest is built for.
    pub fn target(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-none",
        }
    }

    /// The environment variable by which the scenarios find its guest.
    pub fn guest_variable(self) -> &'static str {
        match self {
            Arch::X86_64 => "HOTVCPU_GUEST_X86_64",
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
