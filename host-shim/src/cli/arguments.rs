//! The commands and their arguments. The help, the man page and the completions are made from this.

mod demo;
mod domains;
mod guest;
mod proxy;
mod scaling;
mod vcpus;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use hotvcpu::Error;

use super::target::Target;

pub use demo::Demo;
pub use domains::{
    Console, Define, Events, List, Migrate, Patience, Restart, Restore, Save, Start,
};
pub use guest::{Guestvcpus, Shutdown};
pub use proxy::QmpProxy;
pub use scaling::{Autoscale, Top};
pub use vcpus::{Change, Setvcpu, Setvcpus, Vcpucount};

const EXAMPLES: &str = "\
Examples:
  hotvcpu demo                              # see it work, on both architectures
  hotvcpu start demo --kernel hotvcpu-guest --vcpus 1 --maxvcpus 16
  hotvcpu start arm --arch aarch64 --kernel hotvcpu-guest.img --firmware hotvcpu-rom.bin
  hotvcpu setvcpus demo 4 --live            # add three, see each phase
  hotvcpu setvcpu demo 2-3 --disable --live # remove two of them
  hotvcpu events demo                       # follow guest and QEMU
  hotvcpu autoscale demo --max 8            # let the load decide
  hotvcpu top demo                          # see vCPUs, load and operations
  hotvcpu shutdown demo
  hotvcpu define demo.toml                  # keep a domain; see `hotvcpu define --help`
  hotvcpu setvcpus demo 4 --live --config   # now, and at the next start
  hotvcpu --attach qmp.sock vcpucount       # a QEMU that somebody else started

Exit codes:
   0  done                       6  the guest tried and failed
   1  a file or system error     7  not in time; it may still complete
   2  wrong arguments            8  QEMU refused a command
   3  no such domain, or not     9  QEMU ended in the middle of it
      running                   10  no QEMU or kernel, or it did not start
   4  refused beforehand;       11  another operation on the domain
      nothing was sent              is under way
   5  the guest refused         12  the guest has no agent, or it does
                                    not answer as it should";

/// What `--version` says; `-V` is short.
fn long_version() -> &'static str {
    match hotvcpu::images::are_embedded() {
        true => concat!(
            env!("CARGO_PKG_VERSION"),
            "\nguest images inside: x86_64; aarch64, with its ROM"
        ),
        false => concat!(env!("CARGO_PKG_VERSION"), "\nguest images inside: none"),
    }
}

/// Adds vCPUs to running QEMU guests and removes them, and shows what the guest saw.
#[derive(Debug, Parser)]
#[command(name = "hotvcpu", version, long_version = long_version(), after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// Write the result as JSON, errors included.
    #[arg(long, global = true)]
    pub json: bool,
    /// With --attach: the socket of the guest agent's port, where QEMU does not tell it.
    #[arg(long, global = true, value_name = "SOCKET", requires = "attach")]
    pub agent: Option<PathBuf>,
    /// Work on the QEMU behind this socket instead of a domain; it has to be free for a client.
    #[arg(long, global = true, value_name = "QMP-SOCKET")]
    pub attach: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    Domains(DomainCommand),
    #[command(flatten)]
    Running(RunningCommand),
}

/// What needs a domain.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// Start a domain: a QEMU that runs until it is shut down.
    Start(Start),
    /// List the domains that run, or all that are defined.
    #[command(after_help = "Examples:\n  hotvcpu list\n  hotvcpu list --all --json")]
    List(List),
    /// Say what a domain is: its state, its QEMU, its definition.
    #[command(after_help = "Example:\n  hotvcpu dominfo demo")]
    Dominfo(Name),
    /// Define a domain from a TOML file, or change its definition as a whole.
    Define(Define),
    /// Remove a domain's definition; a running domain runs on.
    #[command(after_help = "Example:\n  hotvcpu undefine demo")]
    Undefine(Name),
    /// Print a domain's definition.
    #[command(after_help = "Example:\n  hotvcpu dumpconf demo > demo.toml")]
    Dumpconf(Name),
    /// Change a domain's definition in an editor (VISUAL, EDITOR); it is checked before it counts.
    #[command(after_help = "Example:\n  EDITOR=vi hotvcpu edit demo")]
    Edit(Name),
    /// Follow what the guest prints, from its beginning.
    Console(Console),
    /// Offer a QMP socket to other programs, with the CPU hotplug that a monitor in the ROM plays.
    QmpProxy(QmpProxy),
    /// Let the number of a domain's vCPUs follow its load.
    Autoscale(Autoscale),
    /// Show a domain's vCPUs, their load and the last operations, live.
    Top(Top),
    /// Save a domain to a file, and end its QEMU.
    Save(Save),
    /// Go on with a saved domain, with the vCPUs that it had.
    #[command(after_help = "Example:\n  hotvcpu restore demo.state --name demo2 --paused")]
    Restore(Restore),
    /// Move a running domain into another QEMU on this machine, with the vCPUs that it has.
    Migrate(Migrate),
    /// Show CPUs come and go, on machines of its own: boot, add, remove, re-add, shut down.
    Demo(Demo),
    /// Print the completions for a shell, to be sourced by it.
    #[command(
        after_help = "Example:\n  hotvcpu completions bash > ~/.local/share/bash-completion/completions/hotvcpu"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, or write one for each command.
    #[command(
        after_help = "Examples:\n  hotvcpu man | man -l -\n  hotvcpu man --to ~/.local/share/man/man1"
    )]
    Man {
        /// The folder for the pages.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
}

/// What works on any running QEMU.
#[derive(Debug, Subcommand)]
pub enum RunningCommand {
    /// Follow a domain's events: the guest's records and QEMU's.
    #[command(
        after_help = "Examples:\n  hotvcpu events demo\n  hotvcpu events demo --history --json\n  hotvcpu --attach qmp.sock events         # QEMU's alone"
    )]
    Events(Events),
    /// Say how many vCPUs there are, and how many the guest uses.
    Vcpucount(Vcpucount),
    /// Say of each vCPU where it is and what becomes of it.
    #[command(
        after_help = "Examples:\n  hotvcpu vcpuinfo demo\n  hotvcpu --attach qmp.sock vcpuinfo"
    )]
    Vcpuinfo(Whom),
    /// Add or remove vCPUs until there are N.
    Setvcpus(Setvcpus),
    /// Add or remove particular vCPUs.
    Setvcpu(Setvcpu),
    /// Say which vCPUs the guest uses, or let it use others; its agent is asked.
    Guestvcpus(Guestvcpus),
    /// Say what time it is in the guest; its agent is asked.
    #[command(after_help = "Example:\n  hotvcpu domtime demo")]
    Domtime(Patience),
    /// Stop a domain's vCPUs.
    #[command(after_help = "Example:\n  hotvcpu suspend demo")]
    Suspend(Whom),
    /// Let a paused domain's vCPUs run.
    #[command(after_help = "Example:\n  hotvcpu resume demo")]
    Resume(Whom),
    /// Press the power button, await the power-off, and start the machine again.
    #[command(after_help = "Example:\n  hotvcpu reboot demo --timeout 1m")]
    Reboot(Restart),
    /// Press the reset button, and await that the guest is up again.
    #[command(after_help = "Example:\n  hotvcpu reset demo")]
    Reset(Restart),
    /// Ask the guest to power off, and await the end.
    Shutdown(Shutdown),
    /// End a domain at once, and clear away what is left of it.
    #[command(after_help = "Example:\n  hotvcpu destroy demo")]
    Destroy(Whom),
}

#[derive(Debug, Args)]
pub struct Name {
    /// The domain.
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Whom {
    /// The domain; with --attach there is none.
    pub name: Option<String>,
}

/// A QEMU that somebody else started.
#[derive(Clone, Copy, Debug)]
pub struct Attach<'a> {
    /// Its QMP socket.
    pub qmp: &'a Path,
    /// The socket of its guest's agent.
    pub agent: Option<&'a Path>,
}

impl Whom {
    /// The domain or the QEMU that is meant.
    pub fn target(&self, attach: Option<Attach<'_>>) -> Result<Target, Error> {
        Target::of(self.name.as_deref(), attach)
    }
}
