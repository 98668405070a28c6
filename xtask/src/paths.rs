//! Keeps this machine's folders out of what is built to be handed around.
//!
//! A panic's message names the source file, and that of a crate lies in the builder's cargo home, in a folder that is
//! named after a registry's host. rustc replaces such a beginning (`--remap-path-prefix`), so that images and
//! command are the same wherever they are built, and a little smaller.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::arch::Arch;
use crate::cargo::workspace;

/// The flags for everything: a later one goes before an earlier one.
pub fn flags() -> Vec<OsString> {
    let mut places = vec![(workspace(), "hotvcpu")];
    places.extend(cargo_home().map(|home| (home, "cargo")));
    places.extend(registries());
    let flag = |(place, name): (PathBuf, &str)| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(place);
        flag.push("=");
        flag.push(name);
        flag
    };
    places.into_iter().map(flag).collect()
}

/// An argument for cargo that adds the flags for crates to those that a bare-metal target has in
/// `.cargo/config.toml`; the workspace's own sources have relative paths by themselves, which debuggers find.
pub fn bare_metal(arch: Arch) -> Option<String> {
    let flags: Vec<_> = registries()
        .filter_map(|(place, name)| Some(format!("--remap-path-prefix={}={name}", place.to_str()?)))
        // As it is written in TOML.
        .filter(|flag| !flag.contains('\''))
        .map(|flag| format!("'{flag}'"))
        .collect();
    let target = arch.target();
    let list = flags.join(", ");
    (!flags.is_empty()).then(|| format!("target.{target}.rustflags=[{list}]"))
}

/// The folders that crates are unpacked in, one for each registry.
fn registries() -> impl Iterator<Item = (PathBuf, &'static str)> {
    let sources = cargo_home().map(|home| home.join("registry/src"));
    let folders = sources.and_then(|it| fs::read_dir(it).ok());
    let mut folders: Vec<_> = folders
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path())
        .collect();
    folders.sort();
    folders.into_iter().map(|it| (it, "crates"))
}

fn cargo_home() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_and_the_crates_are_renamed() {
        let flags = flags();
        let renamed = |end: &str| flags.iter().any(|it| it.to_string_lossy().ends_with(end));
        assert!(renamed("=hotvcpu") && renamed("=crates"), "{flags:?}");
    }
}
