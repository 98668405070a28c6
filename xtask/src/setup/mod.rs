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

use anyhow::{Context, Result, anyhow, bail};

pub use programs::cache;
use rust::Part;
use sources::{Program, Set, Sources};

use crate::arch::Arch;
use crate::process;

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
pub struct Programs {
    found: BTreeMap<String, PathBuf>,
    /// Why those of optional sets are not there.
    lacking: BTreeMap<String, String>,
}

impl Programs {
    /// The program of that variable.
    ///
    /// # Errors
    /// If `qemu/sources.toml` does not list it for this command.
    pub fn get(&self, variable: &str) -> Result<&Path> {
        let path = self.found.get(variable).map(PathBuf::as_path);
        path.with_context(|| match self.lacking.get(variable) {
            Some(reason) => reason.clone(),
            None => format!("qemu/sources.toml names no program for {variable} and this command"),
        })
    }

    /// All of them, as variables for the environment of tests.
    pub fn variables(&self) -> impl Iterator<Item = (&String, &PathBuf)> {
        self.found.iter()
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

/// Why each optional set that could not be had is not there, by its title.
type Lacking = BTreeMap<String, String>;

#[derive(Debug)]
enum Source {
    Rustup(Part),
    Crates,
    Packages(Box<Set>),
}

impl Missing {
    /// Gets it. `packages` is opened by the first call that needs it.
    fn get(&self, release: &str, packages: &mut Option<debian::Session>) -> Result<()> {
        match &self.source {
            Source::Rustup(part) => part.get(),
            Source::Crates => rust::fetch_crates(),
            Source::Packages(set) => debian::get(set, release, packages),
        }
    }

    /// The set, if commands do without it where it cannot be had.
    fn optional(&self) -> Option<&Set> {
        match &self.source {
            Source::Packages(set) if set.optional => Some(set),
            _ => None,
        }
    }

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
            source: Source::Packages(Box::new(set.clone())),
        }
    }
}

/// Makes sure that what `needs` says is there, and returns the programs.
///
/// # Errors
/// If something is missing and cannot or (offline) may not be got; the message says how to get it by hand.
pub fn ensure(needs: &Needs) -> Result<Programs> {
    let sources = Sources::load()?;
    let lacking = get(survey(needs, &sources)?, needs.offline, &sources.release)?;
    locate(needs, &sources, &lacking)
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
    let lacking = get(missing, offline, &sources.release)?;
    for (variable, path) in locate(&needs, &sources, &lacking)?.variables() {
        println!("{variable:<25} {}", path.display());
    }
    match lacking.is_empty() {
        true => println!("Everything is there."),
        false => println!("Everything is there that has to be."),
    }
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

fn locate(needs: &Needs, sources: &Sources, lacking: &Lacking) -> Result<Programs> {
    let mut programs = Programs::default();
    for set in wanted(needs, sources) {
        if let Some(reason) = lacking.get(&set.title) {
            let variables = set.programs.iter().map(|it| it.variable.clone());
            programs
                .lacking
                .extend(variables.map(|it| (it, reason.clone())));
            continue;
        }
        let paths = programs::find(set, |it| needs.wants(it))?
            .with_context(|| format!("{} is not where setup put it", set.title))?;
        let by_variable = paths
            .into_iter()
            .map(|(program, path)| (program.variable.clone(), path));
        programs.found.extend(by_variable);
    }
    Ok(programs)
}

/// Lists what is missing and gets it, unless `offline`; returns why what is optional could not be had.
fn get(missing: Vec<Missing>, offline: bool, release: &str) -> Result<Lacking> {
    let mut lacking = Lacking::new();
    if missing.is_empty() {
        return Ok(lacking);
    }
    eprintln!("Missing on this machine:");
    for it in &missing {
        eprintln!("  {}: {}", it.what, it.why);
        it.by_hand
            .iter()
            .for_each(|way| eprintln!("    by hand: {way}"));
    }
    if offline && missing.iter().any(|it| it.optional().is_none()) {
        bail!(
            "{} missing, and --offline forbids downloads; `cargo xtask setup` without it gets all of them",
            missing.len()
        );
    }
    let mut packages = None;
    for it in missing {
        let outcome = if offline {
            Err(anyhow!("--offline forbids downloads"))
        } else {
            eprintln!("Getting {} ...", it.what);
            it.get(release, &mut packages)
        };
        let Err(error) = outcome else { continue };
        let problem = format!("could not get {}: {error:#}", it.what);
        let by_hand = it.by_hand.join("\n  or: ");
        let Some(set) = it.optional().filter(|_| !process::interrupted()) else {
            bail!("{problem}\n  by hand: {by_hand}");
        };
        eprintln!("{problem}; going on without");
        lacking.insert(
            set.title.clone(),
            format!("{problem}\n  by hand: {by_hand}"),
        );
    }
    Ok(lacking)
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
