//! Finding a program: the user's choice, else one on PATH that is recent enough, else the private copy.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::sources::{Program, Set};
use crate::version::Version;

/// The folder in the user's cache below which everything private lies.
///
/// # Errors
/// If the user has neither XDG_CACHE_HOME nor a home.
pub fn cache() -> Result<PathBuf> {
    let base = hotvcpu::xdg::cache_home()
        .context("no place for private copies: set XDG_CACHE_HOME (or HOME) to an absolute path")?;
    Ok(base.join("hotvcpu"))
}

/// A program, and where it is.
pub type Found<'s> = (&'s Program, PathBuf);

/// Where a private copy of `program` would lie.
pub fn private(set: &Set, program: &Program) -> Result<PathBuf> {
    Ok(cache()?.join(&set.folder).join("bin").join(&program.name))
}

/// Where the wanted programs of `set` are, in its order; `None` if one is missing.
///
/// # Errors
/// If the user named one by its variable that does not exist.
pub fn find(set: &Set, wanted: impl Fn(&Program) -> bool) -> Result<Option<Vec<Found<'_>>>> {
    let mut found = Vec::new();
    for program in set.programs.iter().filter(|it| wanted(it)) {
        let chosen = chosen(program)?;
        match chosen
            .or_else(|| on_path(set, program))
            .map_or_else(|| copy(set, program), |it| Ok(Some(it)))?
        {
            Some(path) => found.push((program, path)),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// The program that the user named.
fn chosen(program: &Program) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(&program.variable).map(PathBuf::from) else {
        return Ok(None);
    };
    if !path.is_file() {
        bail!(
            "{} names {}, which is no file",
            program.variable,
            path.display()
        );
    }
    Ok(Some(path))
}

/// The program on PATH, if it is of a version that will do.
fn on_path(set: &Set, program: &Program) -> Option<PathBuf> {
    if !set.on_path {
        return None;
    }
    let path = env::split_paths(&env::var_os("PATH")?)
        .map(|it| it.join(&program.name))
        .find(|it| it.is_file())?;
    let version = Version::of_program(&path, &set.version_flag).ok()?;
    set.accepts(version).then_some(path)
}

fn copy(set: &Set, program: &Program) -> Result<Option<PathBuf>> {
    let path = private(set, program)?;
    Ok(path.is_file().then_some(path))
}

/// Runs each program of the set at `paths`, to see that it is what it should be.
pub fn try_out(set: &Set, paths: &[impl AsRef<Path>]) -> Result<()> {
    for path in paths {
        let path = path.as_ref();
        let version = Version::of_program(path, &set.version_flag)?;
        if !set.accepts(version) {
            bail!(
                "{} is of version {version}, needed is {}",
                path.display(),
                set.range()
            );
        }
    }
    Ok(())
}
