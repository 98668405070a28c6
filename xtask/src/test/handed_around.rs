//! The file that `dist` makes, on a machine that has a QEMU and no Rust.
//!
//! It is copied into an empty folder and run with nothing of this environment: a home of its own, and a PATH of one
//! folder with the QEMUs and what every Debian has that they and `hotvcpu` start. What it cannot do then it could not do
//! elsewhere. It is built like the real one but for the optimisation, which would cost more than all that is tested.

use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::arch::Arch;
use crate::build::Profile;
use crate::dist::{self, Guests};
use crate::process;
use crate::setup::Programs;

/// Programs that are started beside QEMU: by `hotvcpu`, and by the scripts that our private QEMUs are.
const COMPANIONS: [&str; 4] = ["setpriv", "setsid", "dirname", "readlink"];

/// The domain that is started.
const DOMAIN: &str = "one";

/// Makes the file and tries it.
///
/// # Errors
/// If it cannot be made, or does not do what it should.
pub fn run(guests: Guests<'_>, programs: &Programs) -> Result<()> {
    let machine = Machine::with(&dist::make(guests, Profile::Debug)?, programs)?;
    machine.shows_the_demonstration()?;
    let lived = machine
        .runs_a_domain()
        .and_then(|()| machine.restores_one_without_its_cache());
    if lived.is_err() {
        // The first error is the one to tell.
        let _ = machine.command(&["destroy", DOMAIN]).output();
    }
    lived
}

/// A machine with a QEMU and without Rust, as far as a program can tell.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn with(file: &Path, programs: &Programs) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let machine = Self { folder };
        let folders = ["bin", "home", "run", "work"].map(|it| machine.at(it));
        let mut private = DirBuilder::new();
        private.mode(0o700);
        folders.iter().try_for_each(|it| private.create(it))?;
        let bin = machine.at("bin");
        for arch in Arch::ALL {
            let name = format!("qemu-system-{arch}");
            symlink(programs.get(arch.qemu_variable())?, bin.join(name))?;
        }
        for name in COMPANIONS {
            symlink(on_path(name)?, bin.join(name))?;
        }
        fs::copy(file, machine.at("hotvcpu"))?;
        Ok(machine)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.at("hotvcpu"));
        command.args(arguments).current_dir(self.at("work"));
        command.env_clear().env("PATH", self.at("bin"));
        command.env("HOME", self.at("home"));
        command.env("XDG_RUNTIME_DIR", self.at("run"));
        process::mark(&mut command);
        command
    }

    /// What a command that has to succeed says.
    fn json(&self, arguments: &[&str]) -> Result<Value> {
        process::check_interrupted()?;
        let output = self.command(&[arguments, &["--json"]].concat()).output()?;
        process::check_interrupted()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "`hotvcpu {}`: {}: {said}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str(&said).with_context(|| format!("no JSON: {said}"))
    }

    fn shows_the_demonstration(&self) -> Result<()> {
        let x86 = self.json(&["demo", "--accel", "tcg"])?;
        let arm = &x86["further"][0];
        for (report, arch) in [(&x86, Arch::X86_64), (arm, Arch::Aarch64)] {
            let steps = report["steps"].as_array().map_or(0, Vec::len);
            let good = report["arch"] == arch.name() && report["ok"] == true;
            ensure!(good && steps > 0, "the demonstration of {arch}: {report}");
            println!("{arch}: {steps} vCPUs came and went");
        }
        let images = fs::read_dir(self.at("home/.cache/hotvcpu/images"))?.count();
        ensure!(images == 3, "{images} images in the cache, not three");
        let left = fs::read_dir(self.at("work"))?.count();
        ensure!(left == 0, "{left} files were left where it was run");
        Ok(())
    }

    fn runs_a_domain(&self) -> Result<()> {
        let arch = Arch::Aarch64.name();
        let started = self.json(&["start", DOMAIN, "--arch", arch, "--accel", "tcg"])?;
        ensure!(started["domain"]["backend"] == "monitor", "{started}");
        self.json(&["setvcpus", DOMAIN, "3", "--live"])?;
        let counts = self.json(&["vcpucount", DOMAIN])?;
        ensure!(counts["current"] == 3, "{counts}");
        self.json(&["shutdown", DOMAIN])?;
        println!("{arch}: a domain with the guest from inside the file");
        Ok(())
    }

    /// What is in a cache may go at any time.
    fn restores_one_without_its_cache(&self) -> Result<()> {
        self.json(&["start", DOMAIN, "--accel", "tcg"])?;
        self.json(&["setvcpus", DOMAIN, "2", "--live"])?;
        self.json(&["save", DOMAIN, "state"])?;
        fs::remove_dir_all(self.at("home/.cache"))?;
        self.json(&["restore", "state"])?;
        self.json(&["setvcpus", DOMAIN, "3", "--live"])?;
        self.json(&["shutdown", DOMAIN])?;
        println!("x86_64: saved, and restored after its image's file was gone");
        Ok(())
    }
}

/// A program that this machine has.
fn on_path(name: &str) -> Result<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&folders).map(|it| it.join(name));
    match places.find(|it| it.is_file()) {
        Some(path) => Ok(path),
        None => bail!("there is no {name} (util-linux, coreutils) on PATH"),
    }
}
