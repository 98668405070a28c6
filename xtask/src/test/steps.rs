//! The steps of `cargo xtask test`, in their order: what is quick to fail comes first.

use std::env;
use std::process::Command;

use anyhow::{Result, bail};

use super::harness::{self, STEP_LIMIT};
use super::links;
use super::tally::Tally;
use crate::arch::Arch;
use crate::build::{self, Guest, Profile};
use crate::cargo::{cargo, workspace};
use crate::setup::Programs;

/// The package of bare metal, which does not build for a host.
const BARE_METAL: &str = "hotvcpu-platform";

/// The package of the scenarios, which need a QEMU and a guest.
const SCENARIOS: &str = "hotvcpu-tests";

/// The environment variable by which the scenarios find the host's command.
const HOST_VARIABLE: &str = "HOTVCPU_COMMAND";

/// A step of the test run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Step {
    /// The sources are formatted
    Fmt,
    /// clippy has nothing to say about the host's crates
    Clippy,
    /// clippy has nothing to say about the guest's crates, built for bare metal
    ClippyGuest,
    /// The unit tests and documentation tests of the crates
    Unit,
    /// The guest builds
    Guest,
    /// The scenarios: the guest on real QEMUs
    Scenarios,
    /// The documentation of the crates builds without a warning
    Doc,
    /// So does that of the guest's crates, built for bare metal
    DocGuest,
    /// The links between the pages lead somewhere
    Links,
}

/// What the steps work with.
#[derive(Debug)]
pub struct Context<'c> {
    /// The programs that setup found.
    pub programs: &'c Programs,
    /// Only tests with this in their names.
    pub filter: Option<&'c str>,
    /// The guest, once it is built.
    pub guest: Option<Guest>,
    /// The names of the tests that failed so far.
    pub failed_tests: Vec<String>,
}

/// Runs one step; returns what it adds to the tally.
///
/// # Errors
/// If the step could not be carried out or was not a success; its own failures are then not in a tally.
pub fn run(step: Step, context: &mut Context) -> Result<Tally> {
    match step {
        Step::Fmt => pass(cargo().args(["fmt", "--all", "--check"])),
        Step::Clippy => pass(&mut clippy_host()),
        Step::ClippyGuest => pass(&mut clippy_guest(Arch::X86_64)),
        Step::Unit => tests(cargo().arg("test"), context),
        Step::Guest => {
            context.guest = Some(build::guest(Arch::X86_64)?);
            // Under a filter it is only what the scenarios need, and no test that was asked for.
            Ok(match context.filter {
                Some(_) => Tally::default(),
                None => Tally::PASSED,
            })
        }
        Step::Scenarios => scenarios(context),
        Step::Doc => pass(documentation().args(["--workspace", "--exclude", BARE_METAL])),
        Step::DocGuest => pass(&mut documentation_of_guest(Arch::X86_64)),
        Step::Links => check_links(),
    }
}

fn clippy_host() -> Command {
    let mut clippy = cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--exclude",
        BARE_METAL,
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    clippy
}

fn clippy_guest(arch: Arch) -> Command {
    let mut clippy = cargo();
    clippy.args([
        "clippy",
        "--package",
        "hotvcpu-guest",
        "--features",
        "image",
        "--target",
        arch.target(),
    ]);
    clippy.args(["--", "-D", "warnings"]);
    build::bare_metal_flags(&mut clippy);
    clippy
}

fn documentation() -> Command {
    let mut doc = cargo();
    let flags = env::var("RUSTDOCFLAGS").unwrap_or_default();
    doc.args(["doc", "--no-deps"])
        .env("RUSTDOCFLAGS", format!("{flags} -D warnings"));
    doc
}

fn documentation_of_guest(arch: Arch) -> Command {
    let mut doc = documentation();
    doc.args([
        "--package",
        "hotvcpu-guest",
        "--package",
        BARE_METAL,
        "--features",
        "hotvcpu-guest/image",
    ]);
    doc.args(["--target", arch.target()]);
    build::bare_metal_flags(&mut doc);
    doc
}

fn scenarios(context: &mut Context) -> Result<Tally> {
    let Some(guest) = &context.guest else {
        bail!("not run, because there is no guest")
    };
    let mut test = cargo();
    test.args(["test", "--package", SCENARIOS])
        .env(Arch::X86_64.guest_variable(), &guest.image)
        .env(HOST_VARIABLE, build::host(Profile::Debug)?);
    tests(&mut test, context)
}

/// Runs a step that passes or fails as one.
fn pass(command: &mut Command) -> Result<Tally> {
    let status = harness::run(command, STEP_LIMIT)?.status;
    if status.success() {
        Ok(Tally::PASSED)
    } else {
        bail!("{status}")
    }
}

/// Runs test harnesses, all of them even after a failure.
fn tests(command: &mut Command, context: &mut Context) -> Result<Tally> {
    command
        .arg("--no-fail-fast")
        .envs(context.programs.variables());
    if let Some(filter) = context.filter {
        command.args(["--", filter]);
    }
    let outcome = harness::run(command, STEP_LIMIT)?;
    context.failed_tests.extend(outcome.failed_tests);
    let mut tally = outcome.tally;
    if !outcome.status.success() && tally.failed == 0 {
        // A harness that did not build, or died before it could sum up.
        println!("{}, and no test says why", outcome.status);
        tally += Tally::FAILED;
    }
    Ok(tally)
}

fn check_links() -> Result<Tally> {
    let (broken, seen) = links::broken(&workspace())?;
    for link in &broken {
        println!("leads nowhere: {link}");
    }
    if !broken.is_empty() {
        bail!("{} of {seen} links lead nowhere", broken.len());
    }
    println!("{seen} links lead somewhere");
    Ok(Tally::PASSED)
}
