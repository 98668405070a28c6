//! The system's package database, less what is to be downloaded although it is installed.
//!
//! A private copy has to be whole, but apt does not download what the system has already: with the system's own QEMU
//! of the same version installed, the copy would lack its firmware. So apt is shown a database without those
//! packages, and, to keep it consistent, without whatever depends on them.

use std::collections::HashSet;

/// `database` (the format of `/var/lib/dpkg/status`, dpkg-query(1)) without `packages` and what depends on them.
pub fn without(database: &str, packages: &[String]) -> String {
    let stanzas: Vec<&str> = database
        .split("\n\n")
        .filter(|it| !it.trim().is_empty())
        .collect();
    let mut gone: HashSet<&str> = packages.iter().map(String::as_str).collect();
    loop {
        let before = gone.len();
        for stanza in &stanzas {
            if dependencies(stanza).any(|it| gone.contains(it)) {
                gone.extend(name(stanza));
            }
        }
        if gone.len() == before {
            break;
        }
    }
    let kept = stanzas
        .iter()
        .filter(|stanza| name(stanza).is_none_or(|it| !gone.contains(it)));
    kept.map(|stanza| format!("{}\n\n", stanza.trim_end()))
        .collect()
}

/// The package that a stanza describes.
fn name(stanza: &str) -> Option<&str> {
    field(stanza, "Package")
}

/// The names of the packages that a stanza depends on; of alternatives, each.
fn dependencies(stanza: &str) -> impl Iterator<Item = &str> {
    let lists = ["Depends", "Pre-Depends"]
        .into_iter()
        .filter_map(|it| field(stanza, it));
    let alternatives = lists.flat_map(|list| list.split([',', '|']));
    // After the name come an architecture (`:any`) and a version in parentheses, with or without a space.
    alternatives.filter_map(|it| it.trim().split([' ', '(', ':']).next())
}

/// The value of a field that stands on one line.
fn field<'s>(stanza: &'s str, name: &str) -> Option<&'s str> {
    let value = |line: &'s str| line.strip_prefix(name)?.strip_prefix(':').map(str::trim);
    stanza.lines().find_map(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATABASE: &str = "\
Package: libc6
Status: install ok installed
Version: 2.36

Package: qemu-system-common
Version: 1:7.2
Depends: libc6 (>= 2.34)

Package: boxes
Pre-Depends: libc6
Depends: viewer (>= 1), qemu-kvm | qemu-system-common:any (= 1:7.2)

Package: boxes-extra
Depends: boxes(>= 2)
";

    fn left(packages: &[&str]) -> Vec<String> {
        let packages: Vec<_> = packages.iter().map(|&it| it.to_owned()).collect();
        let database = without(DATABASE, &packages);
        database
            .lines()
            .filter_map(|it| it.strip_prefix("Package: "))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn what_depends_on_a_package_goes_with_it() {
        assert_eq!(left(&["qemu-system-common"]), ["libc6"]);
    }

    #[test]
    fn what_does_not_stays() {
        assert_eq!(left(&["boxes"]), ["libc6", "qemu-system-common"]);
        assert_eq!(left(&["seabios"]).len(), 4);
    }

    #[test]
    fn stanzas_stay_as_they_were() {
        assert!(
            without(DATABASE, &[])
                .starts_with("Package: libc6\nStatus: install ok installed\nVersion: 2.36\n\n")
        );
    }
}
