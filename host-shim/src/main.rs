//! The command `hotvcpu`: arguments in, one library call, a report out.
//!
//! Everything that decides anything is in the library. The exit code is the error's kind; see
//! `hotvcpu --help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
