//! `cargo xtask`: set up, build, run, demonstrate, test, measure.
//!
//! A program instead of scripts, so that it is checked like the rest and needs nothing but Rust to start. Each command
//! is a module; what they share is how they call cargo ([`cargo`]), how they start and end processes ([`process`]) and
//! how they come by programs ([`setup`]).
#![forbid(unsafe_code)]

mod arch;
mod bench;
mod build;
mod cargo;
mod demo;
mod dist;
mod guest;
mod images;
mod paths;
mod process;
mod run;
mod setup;
mod test;
mod version;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use arch::Arch;

/// Sets up, builds, runs, demonstrates, tests and measures hotvcpu.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Options {
    #[command(subcommand)]
    command: Task,
    /// Downloads nothing: lists what is missing, with the command that gets it, and fails
    #[arg(long, global = true)]
    offline: bool,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Gets what the other commands need: Rust targets, QEMUs, ACPI tools (the others call it by themselves)
    Setup {
        /// Runs each private copy to see that it works, and gets those again that do not
        #[arg(long)]
        check: bool,
    },
    /// Builds the guests' images, the ROM, and the host's command
    Build {
        /// The guest's architecture; all of them without it
        #[arg(long, value_enum)]
        arch: Option<Arch>,
    },
    /// Runs a guest with its console in this terminal
    Run(run::Options),
    /// Shows CPUs come and go, and how long each phase takes
    Demo(demo::Options),
    /// Builds one file to hand around: the command hotvcpu with the guests of both architectures inside
    Dist,
    /// Checks and tests everything
    Test(test::Options),
    /// Measures the figures that the project sets itself
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match process::guard_descendants().and_then(|()| dispatch(Options::parse())) {
        Ok(code) => code,
        Err(_) if process::interrupted() => {
            eprintln!("interrupted");
            ExitCode::from(process::EXIT_INTERRUPTED)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(options: Options) -> Result<ExitCode> {
    if options.offline {
        cargo::go_offline();
    }
    match options.command {
        Task::Setup { check } => setup::command(options.offline, check)?,
        Task::Build { arch } => build::command(
            &arch.map_or(Arch::ALL.to_vec(), |it| vec![it]),
            options.offline,
        )?,
        Task::Run(run) => run::command(&run, options.offline)?,
        Task::Demo(demo) => demo::command(&demo, options.offline)?,
        Task::Dist => dist::command(options.offline)?,
        Task::Bench(bench) => bench::command(&bench, options.offline)?,
        Task::Test(test) => return test::command(&test, options.offline),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn qemu_takes_what_follows_two_dashes() {
        let line = [
            "cargo xtask",
            "run",
            "--machine",
            "pc",
            "--offline",
            "--",
            "-device",
            "x",
        ];
        let options = Options::try_parse_from(line).expect("it is understood");
        assert!(options.offline);
        assert!(Options::try_parse_from(["cargo xtask", "run", "-device", "x"]).is_err());
    }
}
