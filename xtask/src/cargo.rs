//! Nested cargo calls that behave as if typed in the shell.
//!
//! `cargo run` (and so `cargo xtask`) adds variables to the environment of what it runs. Passed on to another cargo
//! they would end up in build scripts and macros that watch them, and every change between `cargo xtask` and a plain
//! `cargo build` would rebuild half of the workspace. So exactly what `cargo run` adds is removed, and what a user may
//! have set (CARGO_TARGET_DIR, CARGO_HOME, CARGO_NET_*, RUSTFLAGS, RUSTC_WRAPPER, RUSTUP_TOOLCHAIN) stays.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::process;

/// Variables that cargo sets for what it runs (The Cargo Book, "Environment Variables Cargo sets for crates"), and
/// rustup's guard against calling itself in a circle, which counts up with every level.
const ADDED: [&str; 8] = [
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MAKEFLAGS",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_RUSTC_CURRENT_DIR",
    "OUT_DIR",
    "RUST_RECURSION_COUNT",
];

/// Likewise, by the beginning of their names.
const ADDED_PREFIXES: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// The variable of the dynamic linker that cargo extends by its own folders.
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// Whether nested calls may download.
static OFFLINE: AtomicBool = AtomicBool::new(false);

/// From here on no nested call downloads anything; cargo fails with a message of its own where it would have to.
pub fn go_offline() {
    OFFLINE.store(true, Ordering::Relaxed);
}

/// A cargo call at the root of the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace());
    plain_environment(&mut command);
    process::mark(&mut command);
    if OFFLINE.load(Ordering::Relaxed) {
        command.env("CARGO_NET_OFFLINE", "true");
    }
    command
}

/// Removes from `command`'s environment what `cargo run` put there.
fn plain_environment(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(added_by_cargo) {
            command.env_remove(name);
        }
    }
    if let Some(path) = env::var_os(LIBRARY_PATH) {
        let own = [
            target_folder(),
            toolchain().map(|folder| folder.join("lib")),
        ];
        match without_folders(&path, own.iter().flatten()) {
            Some(rest) => command.env(LIBRARY_PATH, rest),
            None => command.env_remove(LIBRARY_PATH),
        };
    }
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    // As cargo says at run time, because a checkout may have moved since it was built.
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.parent().map(Path::to_owned).unwrap_or(own)
}

/// The folder of the toolchain that builds and runs xtask, which holds `bin` and `lib/rustlib`.
///
/// `None` if xtask was not started by cargo.
pub fn toolchain() -> Option<PathBuf> {
    let cargo = PathBuf::from(env::var_os("CARGO")?);
    Some(cargo.parent()?.parent()?.to_owned())
}

/// The folder that this xtask was built in: `debug` or `release` of the target folder.
fn target_folder() -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.to_owned())
}

fn added_by_cargo(name: &str) -> bool {
    ADDED.contains(&name) || ADDED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The search path without what lies below one of `folders`; `None` if nothing is left.
fn without_folders<'p>(
    path: &OsStr,
    folders: impl Iterator<Item = &'p PathBuf> + Clone,
) -> Option<OsString> {
    let kept: Vec<_> = env::split_paths(path)
        .filter(|entry| !folders.clone().any(|folder| entry.starts_with(folder)))
        .collect();
    if kept.is_empty() {
        None
    } else {
        env::join_paths(kept).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_choices_stay() {
        for name in [
            "CARGO_TARGET_DIR",
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
            "PATH",
        ] {
            assert!(!added_by_cargo(name), "{name}");
        }
    }

    #[test]
    fn what_cargo_added_goes() {
        for name in [
            "CARGO",
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_PATH",
            "OUT_DIR",
        ] {
            assert!(added_by_cargo(name), "{name}");
        }
    }

    #[test]
    fn only_cargos_folders_leave_the_library_path() {
        let own = [PathBuf::from("/build/debug"), PathBuf::from("/rust")];
        let path = OsStr::new("/build/debug:/build/debug/deps:/rust/lib:/opt/lib");
        assert_eq!(
            without_folders(path, own.iter()).as_deref(),
            Some(OsStr::new("/opt/lib"))
        );
        assert_eq!(without_folders(OsStr::new("/rust/lib"), own.iter()), None);
    }

    #[test]
    fn the_workspace_holds_the_lock_file() {
        assert!(workspace().join("Cargo.lock").is_file());
    }
}
