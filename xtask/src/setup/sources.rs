//! `qemu/sources.toml`: which programs hotvcpu needs besides Rust, and where they come from.
//!
//! A file rather than code, so that the next QEMU is a change that needs no reading of Rust.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::arch::Arch;
use crate::cargo;
use crate::version::Version;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Code name of the Debian release whose packages are unpacked.
    pub release: String,
    /// The programs, in sets that come from the same packages.
    #[serde(rename = "set")]
    pub sets: Vec<Set>,
}

/// Programs that are got together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// What people call it.
    pub title: String,
    /// What it is needed for.
    pub why: String,
    /// The commands of xtask that need it.
    pub needed_by: Vec<String>,
    /// Where a private copy lies, below the project's folder in the user's cache.
    pub folder: String,
    /// The suite that the packages come from.
    pub suite: String,
    /// The packages to get; what they depend on follows.
    pub packages: Vec<String>,
    /// The oldest version of a program on PATH that is used instead.
    pub at_least: Option<Version>,
    /// The first version of a program on PATH that is too new.
    pub below: Option<Version>,
    /// What makes a program say its version.
    #[serde(default = "gnu_version_flag")]
    pub version_flag: String,
    /// Whether commands do without it where it cannot be had.
    #[serde(default)]
    pub optional: bool,
    /// Whether a program on PATH will do.
    #[serde(default = "yes")]
    pub on_path: bool,
    /// The programs of this set.
    pub programs: Vec<Program>,
}

/// One program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its name, as on PATH.
    pub name: String,
    /// The environment variable by which a user names another, and by which tests find it.
    pub variable: String,
    /// The architecture whose guests alone need it.
    pub arch: Option<Arch>,
}

fn gnu_version_flag() -> String {
    "--version".to_owned()
}

fn yes() -> bool {
    true
}

impl Sources {
    /// Reads the file of this checkout.
    pub fn load() -> Result<Self> {
        let path = cargo::workspace().join("qemu/sources.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not understood", path.display()))
    }

    /// The sets that `command` needs; `setup` itself gets them all.
    pub fn needed_by<'s>(&'s self, command: &'s str) -> impl Iterator<Item = &'s Set> {
        self.sets
            .iter()
            .filter(move |set| command == "setup" || set.needed_by.iter().any(|it| it == command))
    }
}

impl Set {
    /// Whether a program that says it is of `version` will do.
    pub fn accepts(&self, version: Version) -> bool {
        self.at_least.is_none_or(|oldest| version >= oldest)
            && self.below.is_none_or(|limit| version < limit)
    }

    /// The range of versions that will do, for messages; empty if any will.
    pub fn range(&self) -> String {
        match (self.at_least, self.below) {
            (Some(oldest), Some(limit)) => format!("{oldest} or newer, below {limit}"),
            (Some(oldest), None) => format!("{oldest} or newer"),
            (None, Some(limit)) => format!("below {limit}"),
            (None, None) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn this_checkouts_file_is_understood() {
        let sources = Sources::load().expect("the file is in order");
        let folders: Vec<_> = sources.sets.iter().map(|set| set.folder.as_str()).collect();
        assert!(
            folders.iter().any(|it| it.starts_with("qemu/10.")),
            "{folders:?}"
        );
        for set in &sources.sets {
            assert!(
                !set.packages.is_empty() && !set.programs.is_empty(),
                "{}",
                set.title
            );
        }
    }

    #[test]
    fn each_command_gets_what_it_needs_and_setup_everything() {
        let sources = Sources::load().expect("the file is in order");
        assert_eq!(sources.needed_by("setup").count(), sources.sets.len());
        assert_eq!(sources.needed_by("build").count(), 0);
        assert!(
            sources
                .needed_by("demo")
                .all(|set| set.folder.starts_with("qemu/10."))
        );
    }

    #[test]
    fn a_range_has_two_ends() {
        let sources = Sources::load().expect("the file is in order");
        let old = sources
            .sets
            .iter()
            .find(|set| set.folder == "qemu/7.2")
            .expect("the old QEMU");
        assert!(old.accepts(version("7.2.22")));
        assert!(!old.accepts(version("10.0.2")) && !old.accepts(version("7.1")));
    }
}
