//! The command `hotvcpu`: arguments in, one library call, a report out.
//!
//! Everything that decides anything is in the library. The exit code is the error's kind; see
//! `hotvcpu --help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;

mod cli;

fn main() -> ExitCode {
    cli::run(cli::Cli::parse())
}
