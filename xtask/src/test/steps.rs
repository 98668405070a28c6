//! The steps of `cargo xtask test`, in their order: what is quick to fail comes first.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::handed_around;
use super::harness::{self, STEP_LIMIT};
use super::links;
use super::soak;
use super::tally::Tally;
use crate::arch::Arch;
use crate::build::{self, Guest, Profile};
use crate::cargo::{cargo, workspace};
use crate::dist;
use crate::process;
use crate::setup::Programs;

/// The packages of bare metal, which do not build for a host.
const BARE_METAL: [&str; 2] = ["hotvcpu-platform", "hotvcpu-rom"];

/// What an architecture's images are made of, beside the guest itself, as far as it depends on the architecture.
fn parts(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["hotvcpu-platform"],
        Arch::Aarch64 => &["hotvcpu-platform", "hotvcpu-monitor", "hotvcpu-rom"],
    }
}

/// The package of the scenarios, which need a QEMU and a guest.
const SCENARIOS: &str = "hotvcpu-tests";

/// The environment variable by which the scenarios find the host's command.
const HOST_VARIABLE: &str = "HOTVCPU_COMMAND";

/// The same for the library's example, and its name.
const EXAMPLE_VARIABLE: &str = "HOTVCPU_EXAMPLE";
const EXAMPLE: &str = "hotplug_test";

/// A step of the test run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Step {
    /// The sources are formatted
    Fmt,
    /// clippy has nothing to say about the host's crates
    Clippy,
    /// clippy has nothing to say about the guests' crates, built for bare metal
    ClippyGuest,
    /// The unit tests and documentation tests of the crates
    Unit,
    /// The guests build, and the ROM is small enough
    Guest,
    /// The scenarios: the guests on real QEMUs
    Scenarios,
    /// The file that `dist` makes runs where there is a QEMU and no Rust
    Dist,
    /// libvirt drives the guest; skipped where a private libvirtd cannot run
    Libvirt,
    /// CPUs come and go, 500 times on one boot (--soak: 10,000 times), and no memory is lost
    Soak,
    /// The documentation of the crates builds without a warning
    Doc,
    /// So does that of the guests' crates, built for bare metal
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
    /// How often CPUs come and go in the soak.
    pub cycles: u32,
    /// The guests, once they are built.
    pub guests: Option<Guests>,
    /// The names of the tests that failed so far.
    pub failed_tests: Vec<String>,
    /// Why steps were skipped.
    pub skipped: Vec<String>,
}

/// The guests of all architectures.
#[derive(Debug)]
pub struct Guests {
    x86_64: Guest,
    aarch64: Guest,
}

impl Guests {
    fn build() -> Result<Self> {
        Ok(Self {
            x86_64: build::guest(Arch::X86_64)?,
            aarch64: build::guest(Arch::Aarch64)?,
        })
    }

    /// By what variable the scenarios find each image.
    fn variables(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let flat = self.aarch64.flat.as_ref();
        let images = [&self.x86_64.image, &self.aarch64.image];
        let images = Arch::ALL.map(Arch::guest_variable).into_iter().zip(images);
        let flat = flat.into_iter().flat_map(|it| {
            [
                ("HOTVCPU_IMAGE_AARCH64", &it.kernel),
                ("HOTVCPU_ROM_AARCH64", &it.rom),
            ]
        });
        images
            .chain(flat)
            .map(|(name, path)| (name, path.as_path()))
    }
}

/// Runs one step; returns what it adds to the tally.
///
/// # Errors
/// If the step could not be carried out or was not a success; its own failures are then not in a tally.
pub fn run(step: Step, context: &mut Context) -> Result<Tally> {
    match step {
        Step::Fmt => pass(cargo().args(["fmt", "--all", "--check"])),
        Step::Clippy => pass(&mut clippy_host()),
        Step::ClippyGuest => each_arch(clippy_guest),
        Step::Unit => tests(cargo().arg("test"), context),
        Step::Guest => {
            context.guests = Some(Guests::build()?);
            // Under a filter it is only what the scenarios need, and no test that was asked for.
            Ok(match context.filter {
                Some(_) => Tally::default(),
                None => Tally::PASSED,
            })
        }
        Step::Scenarios => scenarios(context),
        Step::Dist => dist(context),
        Step::Libvirt => libvirt(context),
        Step::Soak => soak(context),
        Step::Doc => {
            let mut doc = documentation();
            doc.arg("--workspace");
            pass(without_bare_metal(&mut doc))
        }
        Step::DocGuest => each_arch(documentation_of_guest),
        Step::Links => check_links(),
    }
}

/// Runs what is to be run for each architecture; passes or fails as one.
fn each_arch(command: impl Fn(Arch) -> Command) -> Result<Tally> {
    for arch in Arch::ALL {
        pass(&mut command(arch))?;
    }
    Ok(Tally::PASSED)
}

/// Leaves out of a call for the whole workspace what does not build for a host.
fn without_bare_metal(command: &mut Command) -> &mut Command {
    for package in BARE_METAL {
        command.args(["--exclude", package]);
    }
    command
}

fn clippy_host() -> Command {
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]);
    clippy.args(["--features", "hotvcpu-tests/libvirt"]);
    without_bare_metal(&mut clippy).args(["--", "-D", "warnings"]);
    clippy
}

/// Chooses the guest's package and what else its images are made of, for bare metal.
fn bare_metal(command: &mut Command, arch: Arch) {
    command.args(["--package", "hotvcpu-guest"]);
    command.args(["--features", "hotvcpu-guest/image"]);
    for package in parts(arch) {
        command.args(["--package", package]);
    }
    command.args(["--target", arch.target()]);
    build::bare_metal_flags(command, arch);
}

fn clippy_guest(arch: Arch) -> Command {
    let mut clippy = cargo();
    clippy.arg("clippy");
    bare_metal(&mut clippy, arch);
    clippy.args(["--", "-D", "warnings"]);
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
    bare_metal(&mut doc, arch);
    doc
}

fn scenarios(context: &mut Context) -> Result<Tally> {
    let mut test = with_guests(context)?;
    tests(&mut test, context)
}

/// A call of the scenarios' package, which finds the guests and the host's command.
fn with_guests(context: &Context) -> Result<Command> {
    let Some(guests) = &context.guests else {
        bail!("not run, because there are no guests")
    };
    let mut test = cargo();
    test.args(["test", "--package", SCENARIOS])
        .envs(guests.variables())
        .env(HOST_VARIABLE, build::host(Profile::Debug)?)
        .env(EXAMPLE_VARIABLE, build::host_example(EXAMPLE)?);
    Ok(test)
}

/// The scenarios with libvirt, unless it is not there or does not run.
fn libvirt(context: &mut Context) -> Result<Tally> {
    if let Err(reason) = libvirtd_runs(context) {
        process::check_interrupted()?;
        println!("skipped: {reason:#}");
        context.skipped.push(format!("libvirt: {reason:#}"));
        return Ok(Tally::SKIPPED);
    }
    let mut test = with_guests(context)?;
    tests(
        test.args(["--features", "libvirt", "--test", "libvirt"]),
        context,
    )
}

fn libvirtd_runs(context: &Context) -> Result<()> {
    let path = context.programs.get("HOTVCPU_LIBVIRTD")?;
    process::output(Command::new(path).arg("--version")).context(
        "the private libvirtd does not run here; it needs user and mount namespaces, and overlayfs in them",
    )?;
    Ok(())
}

fn dist(context: &mut Context) -> Result<Tally> {
    let Some(guests) = &context.guests else {
        bail!("not run, because there are no guests")
    };
    let guests = dist::Guests {
        x86_64: &guests.x86_64,
        aarch64: &guests.aarch64,
    };
    handed_around::run(guests, context.programs)?;
    Ok(Tally::PASSED)
}

fn soak(context: &mut Context) -> Result<Tally> {
    let Some(guests) = &context.guests else {
        bail!("not run, because there are no guests")
    };
    soak::run(&guests.aarch64, context.programs, context.cycles)?;
    Ok(Tally::PASSED)
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
