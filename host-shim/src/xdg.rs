//! Where files belong (XDG Base Directory Specification 0.8), as far as we need it.

use std::env;
use std::path::PathBuf;

/// For what can be made again: `XDG_CACHE_HOME`, else `~/.cache`. Programs are run from there, so
/// it is never a folder that is everybody's: `None` for a user without a home.
pub fn cache_home() -> Option<PathBuf> {
    let home = || env::home_dir().filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
}

/// For what the user has decided: `XDG_CONFIG_HOME`, else `~/.config`. `None` for a user without a
/// home.
pub fn config_home() -> Option<PathBuf> {
    let home = || env::home_dir().filter(|path| path.is_absolute());
    absolute("XDG_CONFIG_HOME").or_else(|| Some(home()?.join(".config")))
}

/// For sockets and the like, gone with the session: `XDG_RUNTIME_DIR`, else a folder of this user's
/// under `/tmp`.
pub fn runtime_dir() -> PathBuf {
    absolute("XDG_RUNTIME_DIR").unwrap_or_else(|| {
        let user = rustix::process::getuid().as_raw();
        env::temp_dir().join(format!("hotvcpu-{user}"))
    })
}

/// The specification has relative paths ignored.
fn absolute(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}
