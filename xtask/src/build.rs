//! `cargo xtask build`: the guests' images, the ROM, and the host's command.
//!
//! Where cargo puts its results is the user's business (CARGO_TARGET_DIR, `build.target-dir`), so it is not guessed:
//! cargo itself says, in its JSON messages, what it built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::arch::Arch;
use crate::cargo::{cargo, toolchain};
use crate::images;
use crate::paths;
use crate::process;
use crate::setup::{self, Needs};

/// The binary of the guest's package.
const GUEST: &str = "hotvcpu-guest";

/// The binary of the host's package.
pub const HOST: &str = "hotvcpu";

/// The binary of the ROM's package.
const ROM: &str = "hotvcpu-rom";

/// The most that the ROM may be, in bytes: the smallest flash that it is meant for.
const ROM_LIMIT: u64 = 256 << 10;

/// What a guest needs to be started, as it was built.
#[derive(Debug)]
pub struct Guest {
    /// The image with its symbols, which backtraces and debuggers need.
    pub image: PathBuf,
    /// The image without them.
    pub stripped: PathBuf,
    /// The stripped image's size, in bytes.
    pub stripped_bytes: u64,
    /// What only aarch64 has.
    pub flat: Option<Flat>,
}

/// The flat images of an aarch64 guest.
#[derive(Debug)]
pub struct Flat {
    /// The guest in the form that QEMU itself starts: an arm64 Image.
    pub kernel: PathBuf,
    /// The ROM, for `-bios`.
    pub rom: PathBuf,
    /// The ROM's size, in bytes.
    pub rom_bytes: u64,
}

impl Guest {
    /// The ROM, where the machine's own firmware does not start the guest.
    pub fn rom(&self) -> Option<&Path> {
        self.flat.as_ref().map(|it| it.rom.as_path())
    }
}

/// `cargo xtask build`.
pub fn command(arches: &[Arch], offline: bool) -> Result<()> {
    setup::ensure(&Needs {
        command: "build",
        guests: arches,
        given: &[],
        offline,
    })?;
    for arch in arches {
        let guest = guest(*arch)?;
        println!("guest, {arch}: {}", guest.image.display());
        let (stripped, size) = (guest.stripped.display(), kib(guest.stripped_bytes));
        println!("  stripped: {stripped} ({size:.1} KiB)");
        if let Some(flat) = guest.flat {
            let (rom, size) = (flat.rom.display(), kib(flat.rom_bytes));
            println!("  as an arm64 Image: {}", flat.kernel.display());
            println!("  ROM, for -bios: {rom} ({size:.1} KiB)");
        }
    }
    println!("host command: {}", host(Profile::Release)?.display());
    Ok(())
}

/// Builds the guest of `arch`, and what is needed to start it.
pub fn guest(arch: Arch) -> Result<Guest> {
    let image = bare_metal(arch, GUEST, &["--features", "image"])?;
    let stripped = image.with_extension("stripped");
    strip(&image, &stripped)?;
    let stripped_bytes = fs::metadata(&stripped)?.len();
    let flat = match arch {
        Arch::X86_64 => None,
        Arch::Aarch64 => Some(flat(&image)?),
    };
    Ok(Guest {
        image,
        stripped,
        stripped_bytes,
        flat,
    })
}

/// Builds the ROM, and makes the flat images of it and of the guest `image`.
fn flat(image: &Path) -> Result<Flat> {
    let kernel = image.with_extension("img");
    images::flatten(image, &kernel)?;
    let linked = bare_metal(Arch::Aarch64, ROM, &[])?;
    let rom = linked.with_extension("bin");
    let rom_bytes = images::flatten(&linked, &rom)?;
    if rom_bytes > ROM_LIMIT {
        let (is, limit) = (kib(rom_bytes), kib(ROM_LIMIT));
        bail!("the ROM is {is:.1} KiB long, and may be {limit} KiB");
    }
    Ok(Flat {
        kernel,
        rom,
        rom_bytes,
    })
}

/// Builds the binary and package `name` for bare metal.
fn bare_metal(arch: Arch, name: &str, options: &[&str]) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--profile", "guest", "--package", name]);
    build.args(["--bin", name, "--target", arch.target()]);
    build.args(options);
    bare_metal_flags(&mut build, arch);
    executable(&mut build, name)
}

/// How the host's command is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quickly: the dependencies are xtask's own and the unit tests'.
    Debug,
    /// To be used.
    Release,
    /// To be handed around.
    Dist,
}

/// Builds the host's command.
pub fn host(profile: Profile) -> Result<PathBuf> {
    executable(&mut host_build(profile), HOST)
}

/// The call that builds the host's command.
pub fn host_build(profile: Profile) -> Command {
    let mut build = cargo();
    build.args(["build", "--package", HOST, "--bin", HOST]);
    match profile {
        Profile::Debug => &mut build,
        Profile::Release => build.arg("--release"),
        Profile::Dist => build.args(["--profile", "dist"]),
    };
    build
}

/// Builds an example of the host's library.
pub fn host_example(name: &str) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--package", HOST, "--example", name]);
    executable(&mut build, name)
}

/// Keeps a user's flags for host programs out of a bare-metal build.
///
/// RUSTFLAGS would not be added to those that `.cargo/config.toml` has for the target, but replace them.
pub fn bare_metal_flags(command: &mut Command, arch: Arch) {
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(paths) = paths::bare_metal(arch) {
        command.args(["--config", &paths]);
    }
}

/// Bytes in KiB.
pub fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// Runs a `cargo build` and returns where it put the binary `name`.
pub fn executable(build: &mut Command, name: &str) -> Result<PathBuf> {
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
pub fn strip(from: &Path, to: &Path) -> Result<()> {
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
