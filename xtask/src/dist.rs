//! `cargo xtask dist`: one file to hand around.
//!
//! The command `hotvcpu` with the guests' images inside, linked statically against musl, so that it needs nothing of the
//! distribution that it runs on but a QEMU and util-linux. The images are not compressed: all three are less than a
//! MiB, a fifth of the file, and QEMU gets them as they are.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use elf::ElfBytes;
use elf::abi::PT_INTERP;
use elf::endian::LittleEndian;
use sha2::{Digest, Sha256};

use crate::arch::Arch;
use crate::build::{self, Guest, Profile};
use crate::paths;
use crate::setup::{self, Needs};

/// The target of the file: all that it needs of a system is Linux.
pub const TARGET: &str = "x86_64-unknown-linux-musl";

/// What the file's name says of that.
const PLATFORM: &str = "x86_64-linux";

/// The variable by which `host-shim/build.rs` finds the folder with the images.
const EMBED: &str = "HOTVCPU_EMBED";

/// cargo's variable for rustc's flags that goes before all others, and what parts them there.
const ENCODED_FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";
const SEPARATOR: &str = "\u{1f}";

/// The guests of all architectures, as they were built.
#[derive(Clone, Copy, Debug)]
pub struct Guests<'g> {
    /// For x86_64.
    pub x86_64: &'g Guest,
    /// For aarch64.
    pub aarch64: &'g Guest,
}

/// `cargo xtask dist`.
pub fn command(offline: bool) -> Result<()> {
    setup::ensure(&Needs {
        command: "dist",
        guests: &Arch::ALL,
        given: &[],
        offline,
    })?;
    let guests = Guests {
        x86_64: &build::guest(Arch::X86_64)?,
        aarch64: &build::guest(Arch::Aarch64)?,
    };
    let file = make(guests, Profile::Dist)?;
    let size = build::kib(fs::metadata(&file)?.len());
    println!("{} ({size:.0} KiB)", file.display());
    let sum = write_sum(&file)?;
    println!("{}", sum.display());
    Ok(())
}

/// Makes the file, from a build with `profile`; returns where it is.
pub fn make(guests: Guests<'_>, profile: Profile) -> Result<PathBuf> {
    let folder = target_folder(guests)?.join("dist");
    let images = folder.join("images");
    gather(guests, &images)?;
    let mut build = build::host_build(profile);
    build.args(["--target", TARGET]).env(EMBED, &images);
    if profile == Profile::Dist {
        build.env(ENCODED_FLAGS, flags_without_paths());
    }
    let program = build::executable(&mut build, build::HOST)?;
    let version = env!("CARGO_PKG_VERSION");
    let folder = match profile {
        Profile::Debug => folder.join("debug"),
        _ => folder,
    };
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = folder.join(format!("hotvcpu-{version}-{PLATFORM}"));
    build::strip(&program, &file)?;
    ensure!(
        is_static(&fs::read(&file)?)?,
        "{} needs a dynamic linker, which was not meant",
        file.display()
    );
    Ok(file)
}

/// Puts the images, stripped, where the build finds them by their names. One that has not changed is left alone, so
/// that nothing is built again for it.
fn gather(guests: Guests<'_>, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let rom = guests.aarch64.rom().context("there is no ROM")?;
    for (name, from) in [
        ("hotvcpu-guest-x86_64", guests.x86_64.stripped.as_path()),
        ("hotvcpu-guest-aarch64", guests.aarch64.stripped.as_path()),
        ("hotvcpu-rom-aarch64", rom),
    ] {
        let image = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        let to = folder.join(name);
        if fs::read(&to).is_ok_and(|there| there == image) {
            continue;
        }
        fs::write(&to, image).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}

/// The user's flags, and those that keep this machine's folders out of the file.
fn flags_without_paths() -> OsString {
    let mut flags: Vec<OsString> = match (env::var(ENCODED_FLAGS), env::var("RUSTFLAGS")) {
        (Ok(encoded), _) => encoded.split(SEPARATOR).map(Into::into).collect(),
        (Err(_), Ok(plain)) => plain.split_whitespace().map(Into::into).collect(),
        (Err(_), Err(_)) => Vec::new(),
    };
    flags.retain(|it| !it.is_empty());
    flags.extend(paths::flags());
    flags.join(OsStr::new(SEPARATOR))
}

/// Where cargo puts what it builds: a guest is in `TARGET-FOLDER/its target/its profile`.
fn target_folder(guests: Guests<'_>) -> Result<&Path> {
    let folder = guests.x86_64.image.ancestors().nth(3);
    folder.context("the guest is in no target folder")
}

/// Whether an ELF file is its own dynamic linker, if it needs one at all.
fn is_static(file: &[u8]) -> Result<bool> {
    let elf = ElfBytes::<LittleEndian>::minimal_parse(file)?;
    let segments = elf.segments().context("it has no program headers")?;
    Ok(segments.iter().all(|it| it.p_type != PT_INTERP))
}

/// Writes `file`'s hash beside it, as sha256sum reads it; returns where.
fn write_sum(file: &Path) -> Result<PathBuf> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().context("the file has no name")?;
    let name = name.to_string_lossy();
    let sum = file.with_file_name(format!("{name}.sha256"));
    fs::write(&sum, format!("{}  {name}\n", digits(&bytes)))
        .with_context(|| format!("cannot write {}", sum.display()))?;
    Ok(sum)
}

/// SHA-256 in hexadecimal digits.
fn digits(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;
    use std::process::Command;

    #[test]
    fn the_sum_is_what_sha256sum_checks() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("hotvcpu-1.2.3-x86_64-linux");
        fs::write(&file, b"abc").expect("written");
        let sum = write_sum(&file).expect("written");
        let text = fs::read_to_string(&sum).expect("readable");
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text, format!("{known}  hotvcpu-1.2.3-x86_64-linux\n"));
        let mut check = Command::new("sha256sum");
        check.arg("--check").arg(&sum).current_dir(folder.path());
        process::output(&mut check).expect("the sum is right");
    }

    #[test]
    fn a_program_with_an_interpreter_is_not_static() {
        let own = fs::read(env::current_exe().expect("a test has a program")).expect("readable");
        assert!(!is_static(&own).expect("an ELF file"));
        assert!(is_static(b"no ELF file").is_err());
    }
}
