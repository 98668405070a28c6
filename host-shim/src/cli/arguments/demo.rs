//! Arguments of the demonstration.

use std::path::PathBuf;

use clap::Args;
use hotvcpu::{Accel, Generation, Machine};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu demo                                        # x86_64, then aarch64
  hotvcpu demo --arch aarch64 --generation old        # it adds, and refuses a removal as its hosts do
  hotvcpu demo --json                                 # one object, when all of it is over

It needs a QEMU (in PATH, or named), and our guest: the one that HOTVCPU_GUEST_X86_64, or
HOTVCPU_GUEST_AARCH64 and HOTVCPU_ROM_AARCH64, name, else the one inside this program, if it was
built so. Its machines are no domains, and end with it.")]
pub struct Demo {
    /// The guest's architecture: x86_64 or aarch64; both, one after the other, without it.
    #[arg(long, value_name = "ARCH", value_parser = ["x86_64", "aarch64"])]
    pub arch: Option<String>,
    /// The machine: q35 or pc for x86_64, virt for aarch64.
    #[arg(long)]
    pub machine: Option<Machine>,
    /// The generation of the hotplug protocol on aarch64: old, which knows no removal, new or rfc
    /// [default: new].
    #[arg(long, value_name = "NAME")]
    pub generation: Option<Generation>,
    /// auto, kvm, tcg or tcg-single. auto takes KVM only if a probe of the guest lived on it.
    #[arg(long, default_value = "auto")]
    pub accel: Accel,
    /// The QEMU to run [default: HOTVCPU_QEMU, for aarch64 HOTVCPU_QEMU_AARCH64, else the newer of
    /// the private copy and PATH's].
    #[arg(long, value_name = "PATH")]
    pub qemu: Option<PathBuf>,
}
