//! `cargo xtask build`: the guest's image and the host's command.
//!
//! Where cargo puts its results is the user's business (CARGO_TARGET_DIR, `build.target-dir`), so it is not guessed:
//! cargo itself says, in its JSON messages, what it built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::arch::Arch;
use crate::cargo::{cargo, toolchain};
use crate::process;
use crate::setup::{self, Needs};

/// The binary of the guest's package.
const GUEST: &str = "hotvcpu-guest";

/// The binary of the host's package.
const HOST: &str = "hotvcpu";

/// A guest that was built.
#[derive(Debug)]
pub struct Guest {
    /// The image with its symbols, which backtraces and debuggers need.
    pub image: PathBuf,
    /// The image without them.
    pub stripped: PathBuf,
    /// The stripped image's size, in bytes.
    pub stripped_bytes: u64,
}

/// `cargo xtask build`.
pub fn command(arch: Arch, offline: bool) -> Result<()> {
    setup::ensure(&Needs {
        command: "build",
        guest: Some(arch),
        given: &[],
        offline,
    })?;
    let guest = guest(arch)?;
    println!("guest, {arch}: {}", guest.image.display());
    println!(
        "  stripped: {} ({:.1} KiB)",
        guest.stripped.display(),
        kib(guest.stripped_bytes)
    );
    println!("host command: {}", host(Profile::Release)?.display());
    Ok(())
}

/// Builds the guest of `arch`.
pub fn guest(arch: Arch) -> Result<Guest> {
    let mut build = cargo();
    build.args([
        "build",
        "--profile",
        "guest",
        "--package",
        GUEST,
        "--bin",
        GUEST,
        "--features",
        "image",
    ]);
    build.args(["--target", arch.target()]);
    bare_metal_flags(&mut build);
    let image = executable(&mut build, GUEST)?;
    let stripped = image.with_extension("stripped");
    strip(&image, &stripped)?;
    let stripped_bytes = fs::metadata(&stripped)?.len();
    Ok(Guest {
        image,
        stripped,
        stripped_bytes,
    })
}

/// How the host's command is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quickly: the dependencies are xtask's own and the unit tests'.
    Debug,
    /// To be used.
    Release,
}

/// Builds the host's command.
pub fn host(profile: Profile) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--package", HOST, "--bin", HOST]);
    if profile == Profile::Release {
        build.arg("--release");
    }
    executable(&mut build, HOST)
}

/// Keeps a user's flags for host programs out of a bare-metal build.
///
/// RUSTFLAGS would not be added to those that `.cargo/config.toml` has for the target, but replace them.
pub fn bare_metal_flags(command: &mut Command) {
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
}

/// Bytes in KiB.
pub fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// Runs a `cargo build` and returns where it put the binary `name`.
fn executable(build: &mut Command, name: &str) -> Result<PathBuf> {
    build
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    let messages = process::output(build)?;
    let found = messages
        .lines()
        .filter_map(|line| built(line, name))
        .next_back();
    found.with_context(|| format!("cargo built no program {name}"))
}

/// The executable `name` that one of cargo's messages announces.
fn built(message: &str, name: &str) -> Option<PathBuf> {
    /// What is read of a message (The Cargo Book, "JSON messages").
    #[derive(Deserialize)]
    struct Artifact {
        target: Target,
        executable: PathBuf,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    let artifact: Artifact = serde_json::from_str(message).ok()?;
    (artifact.target.name == name).then_some(artifact.executable)
}

/// Writes `from` without symbols and debug information to `to`.
///
/// The toolchain's own tool comes first because it knows every architecture; the system's `strip` comes with the
/// linker that Rust needs anyway.
fn strip(from: &Path, to: &Path) -> Result<()> {
    let toolchain = toolchain().unwrap_or_default();
    let own = fs::read_dir(toolchain.join("lib/rustlib"))
        .into_iter()
        .flatten()
        .flatten();
    let own = own
        .map(|target| target.path().join("bin/rust-objcopy"))
        .find(|it| it.is_file());
    let mut command = match own {
        Some(objcopy) => {
            let mut command = Command::new(objcopy);
            command
                .env("LD_LIBRARY_PATH", toolchain.join("lib"))
                .arg("--strip-all")
                .arg(from)
                .arg(to);
            command
        }
        None => {
            let mut command = Command::new("strip");
            command.arg("-o").arg(to).arg(from);
            command
        }
    };
    process::run(&mut command)
        .context("stripping needs the toolchain's rust-objcopy or the strip of binutils")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says() {
        let message = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"hotvcpu"},
            "executable":"/elsewhere/release/hotvcpu","fresh":true}"#;
        assert_eq!(
            built(message, "hotvcpu"),
            Some(PathBuf::from("/elsewhere/release/hotvcpu"))
        );
        assert_eq!(built(message, "hotvcpu-guest"), None);
    }

    #[test]
    fn a_library_is_no_program() {
        let message =
            r#"{"reason":"compiler-artifact","target":{"name":"hotvcpu"},"executable":null}"#;
        assert_eq!(built(message, "hotvcpu"), None);
        assert_eq!(
            built(r#"{"reason":"build-finished","success":true}"#, "hotvcpu"),
            None
        );
    }

    #[test]
    fn a_stripped_program_is_smaller_and_whole() {
        let own = std::env::current_exe().expect("a test has a program");
        let folder = tempfile::tempdir().expect("a folder");
        let stripped = folder.path().join("stripped");
        strip(&own, &stripped).expect("there is a tool");
        let size = |path: &Path| fs::metadata(path).expect("a file").len();
        assert!(size(&stripped) < size(&own));
        process::output(Command::new(&stripped).arg("--list")).expect("it still runs");
    }
}
