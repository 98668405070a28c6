//! What the other commands need and do not find: found, explained, got once.
//!
//! Every command calls [`ensure`] first, so it has to cost nothing once all is there: a few files are looked at, and
//! at most one QEMU on PATH is asked for its version. What is missing is listed in full before the first of it is
//! got, and nothing is ever installed into the system: programs are unpacked into the user's cache.

mod debian;
mod programs;
mod rust;
mod sources;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use programs::cache;
use rust::Part;
use sources::{Program, Set, Sources};

use crate::arch::Arch;

/// What a command of xtask needs.
#[derive(Debug)]
pub struct Needs<'n> {
    /// The command's name, as `qemu/sources.toml` has it.
    pub command: &'n str,
    /// The architectures whose guests it builds.
    pub guests: &'n [Arch],
    /// Variables of programs that the user already gave by an option; these are not looked for.
    pub given: &'n [&'n str],
    /// Whether nothing may be downloaded.
    pub offline: bool,
}

impl Needs<'_> {
    /// Whether `program` has to be looked for: not if the user gave it, or no guest of its architecture is run.
    fn wants(&self, program: &Program) -> bool {
        let given = self.given.contains(&program.variable.as_str());
        let of_use = program.arch.is_none_or(|arch| self.guests.contains(&arch));
        !given && of_use
    }
}

/// The programs that were found, by the variable that names each.
#[derive(Debug, Default)]
pub struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// The program of that variable.
    ///
    /// # Errors
    /// If `qemu/sources.toml` does not list it for this command.
    pub fn get(&self, variable: &str) -> Result<&Path> {
        let path = self.0.get(variable).map(PathBuf::as_path);
        path.with_context(|| {
            format!("qemu/sources.toml names no program for {variable} and this command")
        })
    }

    /// All of them, as variables for the environment of tests.
    pub fn variables(&self) -> impl Iterator<Item = (&String, &PathBuf)> {
        self.0.iter()
    }
}

/// Something that is needed and not there.
#[derive(Debug)]
pub struct Missing {
    what: String,
    why: String,
    /// What to do to have it by hand, one way a line.
    by_hand: Vec<String>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Rustup(Part),
    Crates,
    Packages(Set),
}

impl Missing {
    fn of_rust(what: String, why: &str, part: Part) -> Self {
        Self {
            what,
            why: why.to_owned(),
            by_hand: vec![part.command()],
            source: Source::Rustup(part),
        }
    }

    fn of_crates() -> Self {
        Self {
            what: "crates that Cargo.lock names".to_owned(),
            why: "everything is built from them".to_owned(),
            by_hand: vec!["cargo fetch --locked".to_owned()],
            source: Source::Crates,
        }
    }

    fn of_set(set: &Set, release: &str) -> Self {
        let range = set.range();
        let needed = if range.is_empty() {
            String::new()
        } else {
            format!(" ({range})")
        };
        Self {
            what: format!("{}{needed}", set.title),
            why: set.why.clone(),
            by_hand: debian::by_hand(set, release),
            source: Source::Packages(set.clone()),
        }
    }
}

/// Makes sure that what `needs` says is there, and returns the programs.
///
/// # Errors
/// If something is missing and cannot or (offline) may not be got; the message says how to get it by hand.
pub fn ensure(needs: &Needs) -> Result<Programs> {
    let sources = Sources::load()?;
    get(survey(needs, &sources)?, needs.offline, &sources.release)?;
    locate(needs, &sources)
}

/// `cargo xtask setup`: everything, for every command.
///
/// With `check` the private copies are run rather than believed, and one that does not run is got again.
pub fn command(offline: bool, check: bool) -> Result<()> {
    let needs = Needs {
        command: "setup",
        guests: &Arch::ALL,
        given: &[],
        offline,
    };
    let sources = Sources::load()?;
    if check {
        discard_broken(&sources, offline)?;
    }
    let mut missing = survey(&needs, &sources)?;
    missing.extend(rust::missing_crates()?);
    get(missing, offline, &sources.release)?;
    for (variable, path) in locate(&needs, &sources)?.variables() {
        println!("{variable:<25} {}", path.display());
    }
    println!("Everything is there.");
    Ok(())
}

/// What is missing.
fn survey(needs: &Needs, sources: &Sources) -> Result<Vec<Missing>> {
    let mut missing = Vec::new();
    for arch in needs.guests {
        missing.extend(rust::missing_target(*arch)?);
    }
    if matches!(needs.command, "setup" | "test" | "dist") {
        missing.extend(rust::missing_dist_target()?);
    }
    if matches!(needs.command, "setup" | "test") {
        missing.extend(rust::missing_components()?);
    }
    for set in wanted(needs, sources) {
        if programs::find(set, |it| needs.wants(it))?.is_none() {
            missing.push(Missing::of_set(set, &sources.release));
        }
    }
    Ok(missing)
}

/// The sets of which a program has to be looked for.
fn wanted<'s>(needs: &'s Needs, sources: &'s Sources) -> impl Iterator<Item = &'s Set> {
    sources
        .needed_by(needs.command)
        .filter(|set| set.programs.iter().any(|it| needs.wants(it)))
}

fn locate(needs: &Needs, sources: &Sources) -> Result<Programs> {
    let mut found = Programs::default();
    for set in wanted(needs, sources) {
        let paths = programs::find(set, |it| needs.wants(it))?
            .with_context(|| format!("{} is not where setup put it", set.title))?;
        let by_variable = paths
            .into_iter()
            .map(|(program, path)| (program.variable.clone(), path));
        found.0.extend(by_variable);
    }
    Ok(found)
}

/// Lists what is missing and gets it, unless `offline`.
fn get(missing: Vec<Missing>, offline: bool, release: &str) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Missing on this machine:");
    for it in &missing {
        eprintln!("  {}: {}", it.what, it.why);
        it.by_hand
            .iter()
            .for_each(|way| eprintln!("    by hand: {way}"));
    }
    if offline {
        bail!(
            "{} missing, and --offline forbids downloads; `cargo xtask setup` without it gets all of them",
            missing.len()
        );
    }
    let mut packages = None;
    for it in missing {
        eprintln!("Getting {} ...", it.what);
        let outcome = match &it.source {
            Source::Rustup(part) => part.get(),
            Source::Crates => rust::fetch_crates(),
            Source::Packages(set) => debian::get(set, release, &mut packages),
        };
        if let Err(error) = outcome {
            bail!(
                "could not get {}: {error:#}\n  by hand: {}",
                it.what,
                it.by_hand.join("\n  or: ")
            );
        }
    }
    Ok(())
}

/// Removes private copies that do not run.
fn discard_broken(sources: &Sources, offline: bool) -> Result<()> {
    for set in sources.needed_by("setup") {
        let folder = cache()?.join(&set.folder);
        let copies = set
            .programs
            .iter()
            .map(|it| programs::private(set, it))
            .collect::<Result<Vec<_>>>()?;
        if !folder.is_dir() {
            continue;
        }
        let Err(error) = programs::try_out(set, &copies) else {
            continue;
        };
        if offline {
            bail!(
                "the private copy of {} does not work, and --offline forbids to get it again: {error:#}",
                set.title
            );
        }
        eprintln!("The private copy of {} does not work: {error:#}", set.title);
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
