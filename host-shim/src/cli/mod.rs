//! The commands and their arguments.

mod definitions;
mod events;
mod lifecycle;
mod list;
mod output;
mod vcpus;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand};
use hotvcpu::{Accel, Error, Machine, units};

use output::{Finish, Output};

const EXAMPLES: &str = "\
Examples:
  hotvcpu start demo --kernel hotvcpu-guest --vcpus 1 --maxvcpus 16
  hotvcpu setvcpus demo 4 --live            # add three, see each phase
  hotvcpu setvcpu demo 2-3 --disable --live # remove two of them
  hotvcpu events demo                       # follow guest and QEMU
  hotvcpu shutdown demo

Exit codes:
   0  done                       6  the guest tried and failed
   1  a file or system error     7  not in time; it may still complete
   2  wrong arguments            8  QEMU refused a command
   3  no such domain, or not     9  QEMU ended in the middle of it
      running                   10  no QEMU or kernel, or it did not start
   4  refused beforehand;       11  another operation on the domain
      nothing was sent              is under way
   5  the guest refused";

/// Adds vCPUs to running QEMU guests and removes them, and shows what the guest saw.
#[derive(Debug, Parser)]
#[command(name = "hotvcpu", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    /// Write the result as JSON, errors included.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a domain: a QEMU that runs until it is shut down.
    Start(Start),
    /// Say how many vCPUs a domain has, and how many the guest uses.
    Vcpucount(Name),
    /// Add or remove vCPUs until there are N.
    Setvcpus(Setvcpus),
    /// Add or remove particular vCPUs.
    Setvcpu(Setvcpu),
    /// Follow a domain's events: the guest's records and QEMU's.
    Events(Events),
    /// Let a paused domain's vCPUs run.
    Resume(Name),
    /// Press the power button and await the end.
    Shutdown(Shutdown),
    /// End a domain at once, and clear away what is left of it.
    Destroy(Name),
    /// List the domains that run, or all that are defined.
    List(List),
    /// Say what a domain is: its state, its QEMU, its definition.
    Dominfo(Name),
    /// Define a domain from a TOML file, or change its definition as a whole.
    Define(Define),
    /// Remove a domain's definition; a running domain runs on.
    Undefine(Name),
    /// Print a domain's definition.
    Dumpconf(Name),
    /// Change a domain's definition in an editor (VISUAL, EDITOR); it is checked before it counts.
    Edit(Name),
}

#[derive(Debug, Args)]
struct Name {
    /// The domain.
    name: String,
}

#[derive(Debug, Args)]
struct List {
    /// Also those that are defined and do not run.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example of a definition; only name, machine, kernel and [vcpus] have to be there:
  name = \"demo\"
  machine = \"q35\"                # pc, microvm
  kernel = \"hotvcpu-guest\"       # relative to this file
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
struct Define {
    /// The file.
    file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hotvcpu start demo --kernel hotvcpu-guest --machine q35 --vcpus 1 --maxvcpus 16

Under TCG, QEMU 10 and later aborts when more vCPUs are created in its life than
--maxvcpus; choose it with room for all adds to come.")]
struct Start {
    /// The domain's name.
    name: String,
    /// The kernel: a PVH ELF such as our guest. Without it, the domain has to be defined.
    #[arg(long, value_name = "PATH")]
    kernel: Option<PathBuf>,
    /// The machine: q35, pc or microvm.
    #[arg(long, requires = "kernel", default_value = "q35")]
    machine: Machine,
    /// vCPUs at the start; these cannot be removed.
    #[arg(long, requires = "kernel", default_value_t = 1, value_name = "N")]
    vcpus: u32,
    /// Slots: the most vCPUs that there can be [default: 16, where the machine has hotplug].
    #[arg(long, requires = "kernel", value_name = "N")]
    maxvcpus: Option<u32>,
    /// The CPU model, such as qemu64,+x2apic: slots from 255 on need x2APIC [default: QEMU's].
    #[arg(long, requires = "kernel", value_name = "MODEL")]
    cpu: Option<String>,
    /// Memory, such as 64M or 1G.
    #[arg(long, requires = "kernel", default_value = "64M", value_parser = units::memory_mib, value_name = "SIZE")]
    memory: u32,
    /// auto, kvm, tcg or tcg-single. auto takes KVM only if a probe of this kernel lived on it.
    #[arg(long, requires = "kernel", default_value = "auto")]
    accel: Accel,
    /// The QEMU to run [default: HOTVCPU_QEMU, else the newer of the private copy and PATH's].
    #[arg(long, requires = "kernel", value_name = "PATH")]
    qemu: Option<PathBuf>,
    /// More words for the kernel's command line.
    #[arg(
        long,
        requires = "kernel",
        default_value = "",
        value_name = "STR",
        allow_hyphen_values = true
    )]
    cmdline: String,
    /// Leave the vCPUs stopped until `hotvcpu resume`.
    #[arg(long)]
    paused: bool,
    /// The kernel is not a hotvcpu guest: rely on QEMU's events alone.
    #[arg(long, requires = "kernel")]
    foreign_kernel: bool,
    /// How long the guest may take to be ready; with --paused or --foreign-kernel it is not awaited.
    #[arg(
        long,
        default_value = "30s",
        value_parser = units::duration,
        value_name = "TIME",
        conflicts_with_all = ["no_wait", "paused", "foreign_kernel"]
    )]
    wait: Duration,
    /// Return at once, without waiting for the guest.
    #[arg(long)]
    no_wait: bool,
}

/// What every change has in common.
#[derive(Debug, Args)]
struct Change {
    /// Change the running domain.
    #[arg(long)]
    live: bool,
    /// How long to wait for the end, such as 30s or 500ms.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    timeout: Duration,
    /// Send also what this QEMU is known not to survive.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hotvcpu setvcpus demo 4 --live --timeout 10s

Adds fill the lowest free slots; removals take the highest live-added vCPUs first.")]
struct Setvcpus {
    /// The domain.
    name: String,
    /// How many vCPUs it shall have.
    count: u32,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("direction").required(true),
    after_help = "Example:\n  hotvcpu setvcpu demo 1-3,^2 --enable --live"
)]
struct Setvcpu {
    /// The domain.
    name: String,
    /// Which vCPUs, as in 1-3,5 or 0-7,^4.
    list: String,
    /// Add them.
    #[arg(long, group = "direction")]
    enable: bool,
    /// Remove them.
    #[arg(long, group = "direction")]
    disable: bool,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Args)]
struct Events {
    /// The domain.
    name: String,
    /// Begin with the guest's records so far.
    #[arg(long)]
    history: bool,
}

#[derive(Debug, Args)]
struct Shutdown {
    /// The domain.
    name: String,
    /// How long the guest may take.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    timeout: Duration,
}

/// Reads the arguments, runs the command and reports its end.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<_> = arguments.collect();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => {
            let mut output = Output::new(cli.json);
            let finish = dispatch(cli.command, &mut output);
            output.finish(finish)
        }
        // Help and version are no errors.
        Err(error) if error.use_stderr() && arguments.iter().any(|word| word == "--json") => {
            let text = error.render().to_string();
            let text = text.trim_start_matches("error: ").trim_end();
            Output::new(true).finish(Err(Error::Usage(text.to_owned()).into()))
        }
        Err(error) => error.exit(),
    }
}

fn dispatch(command: Command, output: &mut Output) -> Finish {
    match command {
        Command::Start(arguments) => lifecycle::start(arguments, output),
        Command::Vcpucount(arguments) => vcpus::count(&arguments.name, output),
        Command::Setvcpus(arguments) => vcpus::set_count(&arguments, output),
        Command::Setvcpu(arguments) => vcpus::set_list(&arguments, output),
        Command::Events(arguments) => events::follow(&arguments, output),
        Command::Shutdown(arguments) => {
            lifecycle::shutdown(&arguments.name, arguments.timeout, output)
        }
        Command::Resume(arguments) => lifecycle::resume(&arguments.name, output),
        Command::Destroy(arguments) => lifecycle::destroy(&arguments.name, output),
        Command::List(arguments) => list::list(arguments.all, output),
        Command::Dominfo(arguments) => list::info(&arguments.name, output),
        Command::Define(arguments) => definitions::define(&arguments.file, output),
        Command::Undefine(arguments) => definitions::undefine(&arguments.name, output),
        Command::Dumpconf(arguments) => definitions::dump(&arguments.name, output),
        Command::Edit(arguments) => definitions::edit(&arguments.name, output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn enable_and_disable_exclude_each_other() {
        let parse = |words: &str| Cli::try_parse_from(words.split(' '));
        assert!(parse("hotvcpu setvcpu demo 1 --enable --live").is_ok());
        assert!(parse("hotvcpu setvcpu demo 1 --live").is_err());
        assert!(parse("hotvcpu setvcpu demo 1 --enable --disable --live").is_err());
    }

    #[test]
    fn only_a_guest_that_can_tell_is_awaited() {
        let parse = |words: &str| {
            Cli::try_parse_from(format!("hotvcpu start demo --kernel k {words}").split_whitespace())
        };
        for words in ["", "--wait 5s", "--no-wait", "--paused", "--foreign-kernel"] {
            assert!(parse(words).is_ok(), "{words}");
        }
        for words in ["--no-wait", "--paused", "--foreign-kernel"] {
            assert!(parse(&format!("--wait 5s {words}")).is_err(), "{words}");
        }
    }
}
