//! A domain's folder: where it is, whether it is safe, what state it shows.

use std::fs;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::{DomainError, Meta};
use crate::error::{Error, Result};
use crate::launch::{LaunchFiles, tail};

/// Socket paths are short (107 bytes), so names are.
const LONGEST_NAME: usize = 48;

/// One domain's folder. It need not exist.
#[derive(Clone, Debug)]
pub struct DomainFolder {
    name: String,
    path: PathBuf,
}

impl DomainFolder {
    /// The folder of the domain `name` in the user's runtime directory.
    ///
    /// # Errors
    /// A name that would lead elsewhere, or a folder that could be somebody else's.
    pub fn of(name: &str) -> Result<Self> {
        let folder = Self::under(&all_domains(), name)?;
        folder.check_private()?;
        Ok(folder)
    }

    /// The same under another root.
    ///
    /// # Errors
    /// A name that would lead elsewhere.
    pub fn under(root: &Path, name: &str) -> Result<Self> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !begins_well || !name.chars().all(fits) || name.len() > LONGEST_NAME {
            return Err(DomainError::BadName(name.to_owned()).into());
        }
        Ok(Self {
            name: name.to_owned(),
            path: root.join(name),
        })
    }

    /// Every domain that has a folder, by name. Whether each is safe to look into is for
    /// [`DomainFolder::of`] to say.
    ///
    /// # Errors
    /// The runtime directory cannot be read.
    pub fn list() -> Result<Vec<Self>> {
        let root = all_domains();
        let entries = match fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(format!("cannot read {}", root.display()))(error)),
        };
        let names = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok());
        let mut found: Vec<Self> = names
            .filter_map(|name| Self::under(&root, &name).ok())
            .collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// The domain's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The guest agent's port, for [`crate::agent::AgentClient`].
    pub fn agent_socket(&self) -> PathBuf {
        self.files().agent()
    }

    pub(super) fn files(&self) -> LaunchFiles {
        LaunchFiles::new(&self.path)
    }

    pub(super) fn history(&self) -> PathBuf {
        self.path.join("history.json")
    }

    /// Makes the folder and its parents, for this user only.
    pub(super) fn create(&self) -> Result<()> {
        self.with_parents().into_iter().try_for_each(create_private)
    }

    /// What is there of the folder and its parents has to be this user's alone, also to be read: a
    /// note names a process that may be ended.
    fn check_private(&self) -> Result<()> {
        let folders = self.with_parents().into_iter();
        folders
            .filter(|folder| folder.symlink_metadata().is_ok())
            .try_for_each(check_private)
    }

    fn with_parents(&self) -> [&Path; 3] {
        let root = self.path.parent().unwrap_or(Path::new("/"));
        [root.parent().unwrap_or(root), root, &self.path]
    }

    /// Removes the folder with all that is in it.
    pub(super) fn remove(&self) -> Result<()> {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(format!(
                "cannot remove {}",
                self.path.display()
            ))(error)),
            _ => Ok(()),
        }
    }

    /// What was noted at the start.
    ///
    /// # Errors
    /// No such domain, none yet, or a damaged note.
    pub fn meta(&self) -> Result<Meta> {
        let name = || self.name.clone();
        Meta::read(&self.path)?.ok_or_else(|| match self.path.exists() {
            true => DomainError::HalfStarted(name()).into(),
            false => DomainError::Unknown(name()).into(),
        })
    }

    /// The running QEMU: its note and a handle to exactly that process.
    ///
    /// # Errors
    /// No such domain, or it is not running, with the reason.
    pub fn running(&self) -> Result<(Meta, OwnedFd)> {
        let meta = self.meta()?;
        let Some(process) = meta.process else {
            return Err(DomainError::HalfStarted(self.name.clone()).into());
        };
        match process.open() {
            Some(handle) => Ok((meta, handle)),
            None => Err(DomainError::Ended {
                name: self.name.clone(),
                pid: process.pid,
                said: tail(&self.files().stderr()),
            }
            .into()),
        }
    }
}

pub(super) fn all_domains() -> PathBuf {
    crate::xdg::runtime_dir().join("hotvcpu")
}

/// A folder that exists is taken only if it is safe: `/tmp` is everybody's.
pub(super) fn create_private(path: &Path) -> Result<()> {
    let what = || format!("cannot make {}", path.display());
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io(what())(error)),
    }
    check_private(path)
}

/// That it is a real folder, ours, and closed to others.
fn check_private(path: &Path) -> Result<()> {
    let what = || format!("cannot look at {}", path.display());
    let found = fs::symlink_metadata(path).map_err(Error::io(what()))?;
    let ours = found.uid() == rustix::process::getuid().as_raw();
    if found.is_dir() && ours && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(DomainError::UnsafeFolder {
        path: path.to_path_buf(),
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        let root = Path::new("/r");
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "-x",
            "a b",
            "ä",
            &"x".repeat(49),
        ] {
            let refused = DomainFolder::under(root, name);
            assert!(
                matches!(refused, Err(Error::Domain(DomainError::BadName(_)))),
                "{name:?}"
            );
        }
        assert_eq!(
            DomainFolder::under(root, "demo-1.x").expect("fine").path(),
            Path::new("/r/demo-1.x")
        );
    }

    #[test]
    fn a_folder_open_to_others_is_not_used() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder =
            DomainFolder::under(&outer.path().join("run/hotvcpu"), "demo").expect("a name");
        folder.create().expect("made");
        let mode = fs::metadata(folder.path()).expect("there").mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("changed");
        let refused = folder.create().expect_err("open to others");
        assert!(refused.to_string().contains("0700"), "{refused}");
        assert!(folder.check_private().is_err(), "nor is it looked into");
        fs::remove_dir(folder.path()).expect("removed");
        assert!(folder.check_private().is_ok(), "there is nothing");
    }

    #[test]
    fn what_is_not_there_or_half_there_is_explained() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = DomainFolder::under(root.path(), "demo").expect("a name");
        assert!(matches!(
            folder.running(),
            Err(Error::Domain(DomainError::Unknown(_)))
        ));
        fs::create_dir(folder.path()).expect("made");
        assert!(matches!(
            folder.running(),
            Err(Error::Domain(DomainError::HalfStarted(_)))
        ));
        fs::write(folder.path().join("meta.json"), "{").expect("written");
        assert!(matches!(
            folder.running(),
            Err(Error::Domain(DomainError::Damaged { .. }))
        ));
    }
}
