//! Which QEMU to run, and how old it is.
//!
//! What the user names, else `HOTVCPU_QEMU` (for aarch64 `HOTVCPU_QEMU_AARCH64`): whoever names one gets that one or an error, never
//! silently another. Else the newer of two: the newest private copy that `cargo xtask setup` has
//! unpacked, and the one on `PATH`. Old QEMUs survive less, and `setup` unpacks one on purpose.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::qmp::Version;

/// The oldest QEMU that was tried.
pub const OLDEST: Version = Version::new(7, 2, 0);

/// The environment variable that names the QEMU for `arch`. Each architecture has its own, because a
/// program of QEMU's runs one only.
pub fn variable(arch: &str) -> &'static str {
    match arch {
        "aarch64" => "HOTVCPU_QEMU_AARCH64",
        _ => "HOTVCPU_QEMU",
    }
}

/// Debian's package of the QEMU for `arch`.
fn package(arch: &str) -> &'static str {
    match arch {
        "aarch64" => "qemu-system-arm",
        _ => "qemu-system-x86",
    }
}

/// A QEMU that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QemuBinary {
    /// The program, or a script that runs it in its place.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BinaryError {
    /// Found nowhere.
    #[error(
        "there is no {name}, neither under {private} nor in PATH; run `cargo xtask setup`, install it (Debian: {package}), or name one with --qemu PATH or {variable}"
    )]
    Missing {
        /// Debian's package.
        package: &'static str,
        /// The variable that names one.
        variable: &'static str,
        /// The program's name.
        name: String,
        /// Where private copies are.
        private: String,
    },
    /// It cannot be run.
    #[error(
        "cannot run {path} ({reason}); name a QEMU with --qemu PATH, or in HOTVCPU_QEMU (for aarch64: HOTVCPU_QEMU_AARCH64)"
    )]
    NotRunnable {
        /// The program.
        path: String,
        /// The system's error, or what it said.
        reason: String,
    },
    /// Older than any that was tried.
    #[error(
        "{path} is QEMU {version}; hotvcpu needs {OLDEST} or later (10.0 or later to add vCPUs after a removal): run `cargo xtask setup`, or name another with --qemu PATH"
    )]
    TooOld {
        /// The program.
        path: String,
        /// Its version.
        version: Version,
    },
}

/// Finds the QEMU for `arch` (such as `x86_64`); `explicit` is what the user named.
///
/// # Errors
/// There is none, or the one named cannot be run or is too old.
pub fn find(explicit: Option<&Path>, arch: &str) -> Result<QemuBinary, BinaryError> {
    let named = explicit
        .map(Path::to_path_buf)
        .or_else(|| env::var_os(variable(arch)).map(PathBuf::from));
    if let Some(path) = named {
        return examine(path);
    }
    let name = format!("qemu-system-{arch}");
    let root = private_root().unwrap_or_default();
    let private = private_copies(&root, &name).into_iter().next();
    newest(private.into_iter().chain(in_path(&name))).unwrap_or_else(|| {
        Err(BinaryError::Missing {
            package: package(arch),
            variable: variable(arch),
            name,
            private: root.display().to_string(),
        })
    })
}

/// Where private copies are unpacked: `<this>/<version>/bin/qemu-system-<arch>`.
fn private_root() -> Option<PathBuf> {
    Some(crate::xdg::cache_home()?.join("hotvcpu/qemu"))
}

/// The newest of the programs that can be run, the first of several of one version; else what is
/// wrong with the first.
fn newest(programs: impl Iterator<Item = PathBuf>) -> Option<Result<QemuBinary, BinaryError>> {
    programs.map(examine).reduce(|one, other| {
        let is_newer = match (&one, &other) {
            (Ok(one), Ok(other)) => other.version > one.version,
            (one, other) => one.is_err() && other.is_ok(),
        };
        if is_newer { other } else { one }
    })
}

/// The private copies of `name`, the highest version first.
fn private_copies(root: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(folders) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    let mut found: Vec<(Version, PathBuf)> = folders
        .flatten()
        .filter_map(|folder| Some((Version::parse(folder.file_name().to_str()?)?, folder.path())))
        .map(|(version, folder)| (version, folder.join("bin").join(name)))
        .filter(|(_, path)| path.is_file())
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, path)| path).collect()
}

fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Asks the program for its version.
fn examine(path: PathBuf) -> Result<QemuBinary, BinaryError> {
    let shown = path.display().to_string();
    let not_runnable = |reason: String| BinaryError::NotRunnable {
        path: shown.clone(),
        reason,
    };
    let output = Command::new(&path).arg("--version").output();
    let output = output.map_err(|error| not_runnable(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(version) = version_in(&text) else {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().chain(text.lines()).next().unwrap_or("nothing");
        return Err(not_runnable(format!(
            "asked for its --version it said {first:?}"
        )));
    };
    if version < OLDEST {
        return Err(BinaryError::TooOld {
            path: shown,
            version,
        });
    }
    Ok(QemuBinary { path, version })
}

/// Reads `QEMU emulator version 10.0.2 (Debian ...)`.
fn version_in(text: &str) -> Option<Version> {
    let rest = text.split_once("QEMU emulator version ")?.1;
    let number = rest
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .next()?;
    Version::parse(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn script(folder: &Path, name: &str, says: &str) -> PathBuf {
        std::fs::create_dir_all(folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho '{says}'\n")).expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("executable");
        path
    }

    #[test]
    fn the_version_is_read_from_what_it_says() {
        let debian = "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright";
        assert_eq!(version_in(debian), Some(Version::new(10, 0, 2)));
        assert_eq!(
            version_in("QEMU emulator version 9.1.50"),
            Some(Version::new(9, 1, 50))
        );
        assert_eq!(version_in("bash 5.2"), None);
    }

    #[test]
    fn an_old_or_wrong_program_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = script(folder.path(), "old", "QEMU emulator version 6.2.0");
        assert!(matches!(
            find(Some(&old), "x86_64"),
            Err(BinaryError::TooOld { .. })
        ));
        let wrong = script(folder.path(), "wrong", "hello");
        let error = find(Some(&wrong), "x86_64").expect_err("no QEMU");
        assert!(error.to_string().contains("hello"), "{error}");
        let missing = folder.path().join("missing");
        assert!(matches!(
            find(Some(&missing), "x86_64"),
            Err(BinaryError::NotRunnable { .. })
        ));
    }

    #[test]
    fn the_newer_one_is_taken_and_one_that_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let qemu = |name: &str, version: &str| {
            let says = format!("QEMU emulator version {version}");
            script(folder.path(), name, &says)
        };
        let (old, new) = (qemu("old", "7.2.22"), qemu("new", "10.0.2"));
        let (same, wrong) = (qemu("same", "10.0.2"), qemu("wrong", "six"));
        let taken = |programs: &[&PathBuf]| {
            let found = newest(programs.iter().map(|path| path.to_path_buf()));
            found.expect("some").map(|found| found.path)
        };
        for programs in [[&old, &new], [&new, &old], [&new, &same], [&wrong, &new]] {
            assert_eq!(taken(&programs).expect("it runs"), new);
        }
        assert!(taken(&[&wrong]).is_err());
        assert!(newest(std::iter::empty()).is_none());
    }

    #[test]
    fn the_newest_private_copy_comes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        for version in ["9.2.1", "10.0.2", "notes"] {
            script(
                &folder.path().join(version).join("bin"),
                "qemu-system-x86_64",
                "",
            );
        }
        let found = private_copies(folder.path(), "qemu-system-x86_64");
        let wanted = |version| folder.path().join(version).join("bin/qemu-system-x86_64");
        assert_eq!(found, [wanted("10.0.2"), wanted("9.2.1")]);
    }
}
