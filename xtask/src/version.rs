//! Versions of programs, as far as choosing between them needs: up to three numbers.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Error, Result};
use serde::Deserialize;

use crate::process;

/// A version such as 7.2.22; a missing part counts as 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Version([u32; 3]);

impl Version {
    /// What the program at `path` says about itself when called with `flag`.
    ///
    /// # Errors
    /// If it does not run, or says nothing that looks like a version.
    pub fn of_program(path: &Path, flag: &str) -> Result<Self> {
        let said = process::output(Command::new(path).arg(flag))?;
        Self::find(&said).with_context(|| format!("`{} {flag}` names no version", path.display()))
    }

    /// The first version in `text` that follows the word "version"; where that is not said, the first line's last word.
    fn find(text: &str) -> Option<Self> {
        let word = match text.split_once("version ") {
            Some((_, rest)) => rest.split_whitespace().next(),
            None => text.lines().next()?.split_whitespace().next_back(),
        };
        word?.parse().ok()
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = [0; 3];
        for (part, word) in parts.iter_mut().zip(text.split('.')) {
            let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
            *part = digits
                .parse()
                .with_context(|| format!("`{text}` is no version"))?;
        }
        Ok(Self(parts))
    }
}

impl TryFrom<String> for Version {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}")?;
        if patch > 0 {
            write!(f, ".{patch}")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        let version = |text: &str| text.parse::<Version>().expect("a version");
        assert!(version("10.0") > version("9.2.4"));
        assert!(version("7.2") < version("7.2.22"));
        assert_eq!(version("10.0"), version("10.0.0"));
        assert_eq!(version("11.1.3").to_string(), "11.1.3");
        assert_eq!(version("10.0.0").to_string(), "10.0");
    }

    #[test]
    fn a_program_may_say_more_than_its_version() {
        let qemu = "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright";
        assert_eq!(
            Version::find(qemu).map(|it| it.to_string()).as_deref(),
            Some("10.0.2")
        );
        let acpica =
            "\nCompiler\nASL+ Optimizing Compiler/Disassembler version 20200925\nCopyright";
        assert_eq!(Version::find(acpica), "20200925".parse().ok());
        assert_eq!(
            Version::find("/a 1/libvirtd (libvirt) 9.0.0\n"),
            "9.0".parse().ok()
        );
        let release_candidate = "QEMU emulator version 10.1.0-rc2 (v10.1.0-rc2)";
        assert_eq!(Version::find(release_candidate), "10.1".parse().ok());
    }

    #[test]
    fn no_version_is_an_error() {
        assert_eq!(Version::find("hello"), None);
        assert!("x.1".parse::<Version>().is_err());
        assert!("".parse::<Version>().is_err());
    }
}
