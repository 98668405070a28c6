//! Arguments of the commands on whole domains.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hotvcpu::machine::NamedMachine;
use hotvcpu::{Accel, Generation, units};

use super::Whom;

#[derive(Debug, Args)]
pub struct List {
    /// Also those that are defined and do not run.
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example of a definition; only name, machine and [vcpus] have to be there:
  name = \"demo\"
  machine = \"q35\"                # pc, microvm, virt
  kernel = \"hotvcpu-guest\"       # relative to this file; else our own guest
  cmdline = \"workload=paced\"
  memory = \"64M\"
  accel = \"auto\"                 # kvm, tcg, tcg-single

  [vcpus]
  current = 3
  maximum = 8
  enabled = \"0-1,4\"              # else the lowest

  [topology]                      # else one socket
  sockets = 2
  cores = 2
  threads = 2

  [[numa]]                        # whole sockets each
  vcpus = \"0-3\"
  memory = \"32M\"
  [[numa]]
  vcpus = \"4-7\"
  memory = \"32M\"

  [[vcpu]]
  id = 4
  hotpluggable = true
  order = 1")]
pub struct Define {
    /// The file.
    pub file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu start demo                         # as it is defined, else our guest on q35
  hotvcpu start arm --arch aarch64           # our guest and ROM on virt
  hotvcpu start demo --kernel hotvcpu-guest --machine q35 --vcpus 1 --maxvcpus 16

Our guest is the one that HOTVCPU_GUEST_X86_64, or HOTVCPU_GUEST_AARCH64 and
HOTVCPU_ROM_AARCH64, name, else the one inside this program, if it was built so.

Under TCG, QEMU 10 and later aborts when more vCPUs are created in its life than
--maxvcpus; choose it with room for all adds to come.")]
pub struct Start {
    /// The domain's name.
    pub name: String,
    /// The kernel: a PVH ELF such as our guest. Without it, the domain's definition counts, and where it
    /// has none, our own guest is started, and that is told.
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// The architecture: x86_64 or aarch64 [default: the machine's, else x86_64].
    #[arg(long, value_name = "ARCH", value_parser = ["x86_64", "aarch64"])]
    pub arch: Option<String>,
    /// The machine: q35, pc, microvm or virt; the last one also versioned, as in virt-8.2 [default: q35,
    /// on aarch64 virt].
    #[arg(long)]
    pub machine: Option<NamedMachine>,
    /// The firmware, on aarch64: our ROM. With --kernel and without it there is no CPU hotplug there.
    #[arg(long, value_name = "PATH")]
    pub firmware: Option<PathBuf>,
    /// Which generation of aarch64 CPU hotplug to play, where QEMU has none of its own: old, new or rfc
    /// [default: new].
    #[arg(long, value_name = "NAME")]
    pub generation: Option<Generation>,
    /// vCPUs at the start; these cannot be removed [default: 1].
    #[arg(long, value_name = "N")]
    pub vcpus: Option<u32>,
    /// Slots: the most vCPUs that there can be [default: 16, where the machine has hotplug].
    #[arg(long, value_name = "N")]
    pub maxvcpus: Option<u32>,
    /// The CPU model, such as qemu64,+x2apic: slots from 255 on need x2APIC [default: QEMU's].
    #[arg(long, value_name = "MODEL")]
    pub cpu: Option<String>,
    /// Memory, such as 64M or 1G [default: 64M].
    #[arg(long, value_parser = units::memory_mib, value_name = "SIZE")]
    pub memory: Option<u32>,
    /// auto, kvm, tcg or tcg-single [default: auto]. auto takes KVM only if a probe of this kernel
    /// lived on it.
    #[arg(long)]
    pub accel: Option<Accel>,
    /// The QEMU to run [default: HOTVCPU_QEMU, else the newer of the private copy and PATH's].
    #[arg(long, value_name = "PATH")]
    pub qemu: Option<PathBuf>,
    /// More words for the kernel's command line.
    #[arg(long, value_name = "STR", allow_hyphen_values = true)]
    pub cmdline: Option<String>,
    /// Leave the vCPUs stopped until `hotvcpu resume`.
    #[arg(long)]
    pub paused: bool,
    /// The kernel is not a hotvcpu guest: rely on QEMU's events alone.
    #[arg(long, requires = "kernel")]
    pub foreign_kernel: bool,
    /// How long the guest may take to be ready; with --paused or --foreign-kernel it is not awaited.
    #[arg(
        long,
        default_value = "30s",
        value_parser = units::duration,
        value_name = "TIME",
        conflicts_with_all = ["no_wait", "paused", "foreign_kernel"]
    )]
    pub wait: Duration,
    /// Return at once, without waiting for the guest.
    #[arg(long)]
    pub no_wait: bool,
}

impl Start {
    /// The first option that says what is to be started, rather than how its start is awaited.
    pub fn first_of_machine(&self) -> Option<&'static str> {
        let given = [
            ("--arch", self.arch.is_some()),
            ("--machine", self.machine.is_some()),
            ("--firmware", self.firmware.is_some()),
            ("--generation", self.generation.is_some()),
            ("--vcpus", self.vcpus.is_some()),
            ("--maxvcpus", self.maxvcpus.is_some()),
            ("--cpu", self.cpu.is_some()),
            ("--memory", self.memory.is_some()),
            ("--accel", self.accel.is_some()),
            ("--qemu", self.qemu.is_some()),
            ("--cmdline", self.cmdline.is_some()),
        ];
        given.into_iter().find_map(|(name, is)| is.then_some(name))
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hotvcpu console demo | less\n\nThe guest kernel reads nothing from its console."
)]
pub struct Console {
    /// The domain.
    pub name: String,
    /// Print what there is, and return.
    #[arg(long)]
    pub no_follow: bool,
}

#[derive(Debug, Args)]
pub struct Events {
    #[command(flatten)]
    pub whom: Whom,
    /// Begin with the guest's records so far.
    #[arg(long)]
    pub history: bool,
}

#[derive(Debug, Args)]
pub struct Restart {
    #[command(flatten)]
    pub whom: Whom,
    /// How long the guest may take.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
    /// Try it also where this QEMU is known not to survive it.
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct Patience {
    #[command(flatten)]
    pub whom: Whom,
    /// How long the guest may take.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hotvcpu save demo demo.state && hotvcpu restore demo.state")]
pub struct Save {
    /// The domain.
    pub name: String,
    /// Where to; what belongs to it is written to FILE.json.
    pub file: PathBuf,
    /// How long it may take.
    #[arg(long, default_value = "2m", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
    /// Try it also where this QEMU is known not to manage it.
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// What `hotvcpu save` has written.
    pub file: PathBuf,
    /// The domain's name, if it is to be another one.
    #[arg(long)]
    pub name: Option<String>,
    /// Leave the vCPUs stopped until `hotvcpu resume`.
    #[arg(long)]
    pub paused: bool,
    /// How long it may take.
    #[arg(long, default_value = "2m", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hotvcpu migrate demo --to demo2")]
pub struct Migrate {
    /// The domain.
    pub name: String,
    /// What it is called in the other QEMU.
    #[arg(long, value_name = "NAME")]
    pub to: String,
    /// How long it may take.
    #[arg(long, default_value = "2m", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
    /// Try it also where this QEMU is known not to manage it.
    #[arg(long)]
    pub force: bool,
}
