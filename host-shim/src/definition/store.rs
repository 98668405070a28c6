//! Where definitions lie: `hotvcpu/domains/NAME.toml` under the user's configuration folder.
//!
//! A file is replaced as a whole, after its content has reached the disk; then the folder is
//! brought to the disk, too, so that after a crash the old or the new one is there, never none.

use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::{Definition, DefinitionError};
use crate::domain::{DomainFolder, Job};
use crate::error::{Error, Result};
use crate::history::replace_file;
use crate::xdg;

const SUFFIX: &str = ".toml";

/// The definitions of one user.
#[derive(Clone, Debug)]
pub struct DefinitionStore {
    folder: PathBuf,
}

/// The right to change one definition, held until dropped.
#[derive(Debug)]
pub struct DefinitionLock {
    _job: Job,
}

impl DefinitionStore {
    /// The user's own.
    ///
    /// # Errors
    /// A user without a home, or a folder that others can write.
    pub fn open() -> Result<Self> {
        let home = xdg::config_home().ok_or(DefinitionError::NoHome)?;
        let store = Self::at(home.join("hotvcpu").join("domains"));
        store.check_safe()?;
        Ok(store)
    }

    /// Those in `folder`.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The file of the domain `name`.
    ///
    /// # Errors
    /// A name that would lead elsewhere.
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        DomainFolder::under(&self.folder, name)?;
        Ok(self.folder.join(format!("{name}{SUFFIX}")))
    }

    /// The definition of `name`; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be read, or somebody has written nonsense into it.
    pub fn get(&self, name: &str) -> Result<Option<Definition>> {
        let path = self.path(name)?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(format!("cannot read {}", path.display()))(error)),
        };
        let source = path.display().to_string();
        Ok(Some(Definition::read(&text, &self.folder, &source)?))
    }

    /// The definition of `name`.
    ///
    /// # Errors
    /// As [`DefinitionStore::get`], or there is none.
    pub fn require(&self, name: &str) -> Result<Definition> {
        let found = self.get(name)?;
        found.ok_or_else(|| DefinitionError::Undefined(name.to_owned()).into())
    }

    /// Names of all definitions, in their order.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                let what = format!("cannot read {}", self.folder.display());
                return Err(Error::io(what)(error));
            }
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| {
                let file = entry.file_name().into_string().ok()?;
                let name = file.strip_suffix(SUFFIX)?.to_owned();
                DomainFolder::under(&self.folder, &name).ok().map(|_| name)
            })
            .collect();
        names.sort();
        Ok(names)
    }

    /// Takes the right to change the definition of `name`, for `what`, without waiting.
    ///
    /// # Errors
    /// Somebody else has it; the message says who.
    pub fn lock(&self, name: &str, what: &str) -> Result<DefinitionLock> {
        DomainFolder::under(&self.folder, name)?;
        self.create()?;
        let path = self.folder.join(format!("{name}.lock"));
        let job = Job::take_file(&path, name, what)?;
        Ok(DefinitionLock { _job: job })
    }

    /// Writes a definition, replacing an earlier one.
    ///
    /// # Errors
    /// It cannot be written; the earlier one is still there then.
    pub fn put(&self, definition: &Definition, _lock: &DefinitionLock) -> Result<()> {
        let path = self.path(&definition.name)?;
        replace_file(&path, definition.to_toml()?.as_bytes())?;
        self.sync()
    }

    /// Removes the definition of `name`. False if there was none.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(&self, name: &str, _lock: &DefinitionLock) -> Result<bool> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Ok(()) => self.sync().map(|()| true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io(format!("cannot remove {}", path.display()))(
                error,
            )),
        }
    }

    fn create(&self) -> Result<()> {
        let what = || format!("cannot make {}", self.folder.display());
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(&self.folder).map_err(Error::io(what()))?;
        self.check_safe()
    }

    /// A definition names programs that are run, so nobody else may write it.
    fn check_safe(&self) -> Result<()> {
        let parent = self.folder.parent().unwrap_or(Path::new("/"));
        for folder in [parent, &self.folder] {
            let Ok(found) = fs::symlink_metadata(folder) else {
                continue;
            };
            let ours = found.uid() == rustix::process::getuid().as_raw();
            if !found.is_dir() || !ours || found.mode() & 0o022 != 0 {
                return Err(DefinitionError::UnsafeFolder(folder.to_path_buf()).into());
            }
        }
        Ok(())
    }

    pub(crate) fn sync(&self) -> Result<()> {
        let what = || format!("cannot write {}", self.folder.display());
        let folder = File::open(&self.folder).map_err(Error::io(what()))?;
        folder.sync_all().map_err(Error::io(what()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::model::tests::example;

    fn store() -> (tempfile::TempDir, DefinitionStore) {
        let root = tempfile::tempdir().expect("a folder");
        let store = DefinitionStore::at(root.path().join("hotvcpu").join("domains"));
        (root, store)
    }

    #[test]
    fn a_definition_is_kept_for_its_user_alone() {
        let (_root, store) = store();
        assert_eq!(store.names().expect("none"), Vec::<String>::new());
        let lock = store.lock("demo", "define").expect("free");
        store.put(&example(), &lock).expect("written");
        assert_eq!(store.require("demo").expect("there"), example());
        assert_eq!(store.names().expect("one"), ["demo"]);
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!(mode(&store.path("demo").expect("a name")), 0o600);
        assert_eq!(mode(&store.folder), 0o700);
        assert!(store.remove("demo", &lock).expect("removed"));
        assert!(!store.remove("demo", &lock).expect("gone already"));
        let error = store.require("demo").expect_err("gone");
        assert!(error.to_string().contains("hotvcpu define"), "{error}");
    }

    #[test]
    fn one_change_at_a_time() {
        let (_root, store) = store();
        let _lock = store.lock("demo", "edit").expect("free");
        let error = store.lock("demo", "define").expect_err("taken");
        assert!(error.to_string().contains("`edit`"), "{error}");
        assert!(store.lock("../x", "define").is_err());
    }

    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let (_root, store) = store();
        drop(store.lock("demo", "define").expect("made"));
        fs::set_permissions(&store.folder, fs::Permissions::from_mode(0o770)).expect("changed");
        let error = store.lock("demo", "define").expect_err("open to others");
        assert!(error.to_string().contains("chmod"), "{error}");
    }
}
