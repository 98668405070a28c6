//! Private copies of Debian's packages, got with Debian's own tools and without touching the system.
//!
//! Installing would replace the user's QEMU and needs root; downloading a list of files by hand would go around the
//! archive's signatures. So apt-get itself works here, on a configuration, lists and a cache of its own
//! ([`apt::Private`]); it resolves the dependencies against what the system has, which keeps the download small, and
//! checks every signature. The packages are then unpacked, not installed ([`unpack`]).

mod apt;
mod mirror;
mod status;
mod unpack;

pub use apt::Private as Session;

use anyhow::Result;

use super::programs;
use super::sources::Set;
use crate::process;

/// Gets a private copy of `set`. `session` is opened by the first call, so that lists are fetched once.
pub fn get(set: &Set, release: &str, session: &mut Option<Session>) -> Result<()> {
    let apt = match session {
        Some(apt) => apt,
        None => session.insert(Session::open(release)?),
    };
    let archives = apt.download(set)?;
    process::check_interrupted()?;
    let folder = programs::cache()?.join(&set.folder);
    unpack::unpack(set, &archives, &folder)?;
    eprintln!("  unpacked into {}", folder.display());
    Ok(())
}

/// What a user can do alone to have the programs of `set`.
pub fn by_hand(set: &Set, release: &str) -> Vec<String> {
    let packages = set.packages.join(" ");
    let install = if !set.on_path {
        format!("cargo xtask setup, on Debian {release}")
    } else if !apt::is_release(release) {
        format!("install your distribution's package of {}", set.title)
    } else if set.suite == release {
        format!("apt-get install {packages}")
    } else {
        format!("apt-get install -t {} {packages}", set.suite)
    };
    let own = set
        .programs
        .iter()
        .map(|it| format!("{}=PATH-OF-{}", it.variable, it.name));
    vec![
        install,
        format!(
            "name one that you have: {} cargo xtask ...",
            own.collect::<Vec<_>>().join(" ")
        ),
    ]
}
