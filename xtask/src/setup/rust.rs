//! What Rust itself needs: the bare-metal targets, and the components that `test` calls.
//!
//! Both are looked for as files of the running toolchain: asking rustup costs a tenth of a second each time, and every
//! command of xtask asks.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Missing;
use crate::arch::Arch;
use crate::{cargo, dist, process};

/// Components beyond a minimal installation, with a program of the toolchain's `bin` that shows that each is there.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "rustfmt"), ("clippy", "cargo-clippy")];

/// What is there to be had from rustup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A target's core library.
    Target(&'static str),
    /// A component.
    Component(&'static str),
}

impl Part {
    fn arguments(&self) -> [&'static str; 3] {
        match *self {
            Part::Target(name) => ["target", "add", name],
            Part::Component(name) => ["component", "add", name],
        }
    }

    /// The command that gets it.
    pub fn command(&self) -> String {
        format!("rustup {}", self.arguments().join(" "))
    }

    /// Gets it for the running toolchain.
    pub fn get(&self) -> Result<()> {
        // RUSTUP_TOOLCHAIN, which rustup set for us, makes this the toolchain that the nested cargo calls use.
        let mut rustup = Command::new("rustup");
        process::run(rustup.args(self.arguments())).context("only rustup can get it")
    }
}

/// The bare-metal target of `arch`, if it is missing.
pub fn missing_target(arch: Arch) -> Result<Option<Missing>> {
    missing(arch.target(), "the guest is built for it")
}

/// The target of the file that `dist` makes, if it is missing.
pub fn missing_dist_target() -> Result<Option<Missing>> {
    missing(
        dist::TARGET,
        "the file that is handed around is built for it",
    )
}

fn missing(target: &'static str, why: &str) -> Result<Option<Missing>> {
    let libraries = toolchain()?.join("lib/rustlib");
    let there = libraries.join(target).join("lib").is_dir();
    let what = format!("Rust's core library for {target}");
    Ok((!there).then(|| Missing::of_rust(what, why, Part::Target(target))))
}

/// The components that are missing.
pub fn missing_components() -> Result<Vec<Missing>> {
    let bin = toolchain()?.join("bin");
    let missing = COMPONENTS
        .iter()
        .filter(|(_, program)| !bin.join(program).is_file());
    let describe = |&(name, _): &(&'static str, &str)| {
        Missing::of_rust(
            name.to_owned(),
            "`cargo xtask test` checks the sources with it",
            Part::Component(name),
        )
    };
    Ok(missing.map(describe).collect())
}

/// The crates that Cargo.lock names, if some are not in cargo's cache.
pub fn missing_crates() -> Result<Option<Missing>> {
    let there =
        process::output(cargo::cargo().args(["fetch", "--locked", "--offline", "--quiet"])).is_ok();
    process::check_interrupted()?;
    Ok((!there).then(Missing::of_crates))
}

/// Downloads the crates that Cargo.lock names.
pub fn fetch_crates() -> Result<()> {
    process::run(cargo::cargo().args(["fetch", "--locked"]))
}

fn toolchain() -> Result<std::path::PathBuf> {
    match cargo::toolchain() {
        Some(folder) => Ok(folder),
        None => bail!("start it through cargo: `cargo xtask ...`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_what_is_run() {
        assert_eq!(
            Part::Target("x86_64-unknown-none").command(),
            "rustup target add x86_64-unknown-none"
        );
        assert_eq!(
            Part::Component("clippy").command(),
            "rustup component add clippy"
        );
    }
}
