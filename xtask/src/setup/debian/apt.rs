//! apt-get on a configuration of its own.

use std::fs::{self, Permissions};
use std::io::{IsTerminal, stderr};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;

use super::{mirror, status};
use crate::process;
use crate::setup::sources::Set;

/// The keys that Debian's archive is signed with, as its package debian-archive-keyring installs them.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// dpkg's database of installed packages.
const DATABASE: &str = "/var/lib/dpkg/status";

/// Hooks that a system's configuration may run after an update or a download, and that would touch the system.
const HOOKS: [&str; 7] = [
    "APT::Update::Pre-Invoke",
    "APT::Update::Post-Invoke",
    "APT::Update::Post-Invoke-Success",
    "DPkg::Pre-Invoke",
    "DPkg::Post-Invoke",
    "DPkg::Pre-Install-Pkgs",
    "APT::Install::Pre-Invoke",
];

/// An apt with lists, cache and sources in a temporary folder, which goes when this does.
pub struct Private {
    folder: TempDir,
}

impl Private {
    /// Prepares one that knows the packages of the Debian release `release` and its backports.
    ///
    /// # Errors
    /// If this system is not that release, or no mirror of it can be reached.
    pub fn open(release: &str) -> Result<Self> {
        if !is_release(release) {
            bail!("private copies are made on Debian {release} only, and this is another system");
        }
        let folder =
            TempDir::with_prefix("hotvcpu-apt-").context("cannot make a temporary folder")?;
        // Run by root, apt downloads as a user of its own, who has to get in here.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        for name in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.path().join(name))?;
        }
        let apt = Self { folder };
        fs::write(apt.path("apt.conf"), configuration(apt.folder.path()))?;
        apt.show_database(&[])?;
        apt.update(release)?;
        Ok(apt)
    }

    /// Downloads the packages of `set` and those they need that the system lacks; returns the folder they are in.
    pub fn download(&self, set: &Set) -> Result<PathBuf> {
        self.show_database(&set.packages)?;
        let archives = self.path(&set.folder.replace('/', "-"));
        fs::create_dir_all(archives.join("partial"))?;
        let mut apt = self.apt_get();
        apt.arg("-o")
            .arg(format!("Dir::Cache::archives={}", archives.display()));
        apt.args([
            "install",
            "--download-only",
            "--assume-yes",
            "--no-install-recommends",
        ]);
        apt.args(["--target-release", &set.suite])
            .args(&set.packages);
        quietly(&mut apt)?;
        Ok(archives)
    }

    /// Fetches the package lists from the first mirror that is Debian's.
    fn update(&self, release: &str) -> Result<()> {
        // The one question that goes to the system's own sources.
        let printed = process::output(self.system_apt_get().args(["--print-uris", "update"]))?;
        let mut failure = anyhow!("this system's apt sources name no mirror of {release}");
        for mirror in mirror::candidates(&printed, release) {
            fs::write(
                self.path("sources.list"),
                mirror.sources_list(release, &list_options()),
            )?;
            let mut update = self.apt_get();
            match quietly(update.args(["--error-on=any", "update"])) {
                Ok(()) => return Ok(()),
                Err(error) => failure = error,
            }
            process::check_interrupted()?;
        }
        Err(failure)
    }

    /// Shows apt the system's database without `packages`.
    fn show_database(&self, packages: &[String]) -> Result<()> {
        let database =
            fs::read_to_string(DATABASE).with_context(|| format!("cannot read {DATABASE}"))?;
        Ok(fs::write(
            self.path("status"),
            status::without(&database, packages),
        )?)
    }

    /// An apt-get that reads our sources.
    fn apt_get(&self) -> Command {
        let mut apt = self.system_apt_get();
        apt.arg("-o").arg(format!(
            "Dir::Etc::sourcelist={}",
            self.path("sources.list").display()
        ));
        apt.args(["-o", "Dir::Etc::sourceparts=/dev/null"]);
        apt
    }

    /// An apt-get that reads the system's sources, and still writes nowhere but here.
    fn system_apt_get(&self) -> Command {
        let mut apt = Command::new("apt-get");
        apt.arg("-c")
            .arg(self.path("apt.conf"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        apt
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Whether this is the Debian release `release` (os-release(5)).
pub fn is_release(release: &str) -> bool {
    let os = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let wanted = format!("VERSION_CODENAME={release}");
    os.lines().any(|line| line.trim() == wanted)
}

/// The configuration, read by apt after the system's own, whose proxies it thereby keeps.
fn configuration(folder: &Path) -> String {
    let at = |name: &str| folder.join(name).display().to_string();
    let settings = [
        ("Dir::State", at("state")),
        ("Dir::State::lists", at("state/lists")),
        ("Dir::State::status", at("status")),
        ("Dir::Cache", at("cache")),
        ("Dir::Cache::archives", at("cache/archives")),
        ("Dir::Cache::pkgcache", String::new()),
        ("Dir::Cache::srcpkgcache", String::new()),
        ("Dir::Log", at("log")),
        ("Dir::Etc::preferences", "/dev/null".to_owned()),
        ("Dir::Etc::preferencesparts", "/dev/null".to_owned()),
        ("Debug::NoLocking", "true".to_owned()),
        ("Acquire::Languages", "none".to_owned()),
        ("Acquire::Retries", "2".to_owned()),
        ("Acquire::http::Timeout", "30".to_owned()),
        ("Acquire::https::Timeout", "30".to_owned()),
    ];
    let cleared = HOOKS.iter().map(|it| format!("#clear {it};\n"));
    cleared
        .chain(
            settings
                .iter()
                .map(|(name, value)| format!("{name} \"{value}\";\n")),
        )
        .collect()
}

/// The options of each line of sources.list: whose signature counts, and that package lists are all we want.
fn list_options() -> String {
    let keyring = if Path::new(KEYRING).is_file() {
        format!("signed-by={KEYRING} ")
    } else {
        String::new()
    };
    format!("{keyring}target=Packages")
}

/// Runs apt-get; in a terminal its progress is seen, elsewhere only what it says when it fails.
fn quietly(apt: &mut Command) -> Result<()> {
    if stderr().is_terminal() {
        apt.stdout(stderr().as_fd().try_clone_to_owned()?);
        return process::run(apt);
    }
    process::output(apt.arg("--quiet=2")).map(drop)
}
