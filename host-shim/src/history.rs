//! What one QEMU process has been through, kept for as long as it runs.
//!
//! The quirks depend on it, and QEMU does not tell. For a guest of the library it lives in memory;
//! for a domain that outlives each command it is a file in the runtime directory, replaced as a
//! whole, so that a reader never sees half of it. It is written *before* the command is sent: a
//! crash in between then counts one too many, never one too few.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::guard::Direction;
use crate::quirks::History;

/// The history and where it is kept.
#[derive(Debug, Default)]
pub struct HistoryStore {
    path: Option<PathBuf>,
    history: History,
}

impl HistoryStore {
    /// A history that ends with this process.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The history kept at `path`; a missing file is an empty history.
    ///
    /// # Errors
    /// The file cannot be read, or is not what [`HistoryStore::count`] writes.
    pub fn at(path: PathBuf) -> Result<Self> {
        let what = || format!("cannot read the history of the domain, {}", path.display());
        let history = match fs::read_to_string(&path) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|error| Error::io(what())(error.into()))?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => History::default(),
            Err(error) => return Err(Error::io(what())(error)),
        };
        Ok(Self {
            path: Some(path),
            history,
        })
    }

    /// The counts.
    pub fn get(&self) -> History {
        self.history
    }

    /// Counts `number` changes that are about to be sent.
    ///
    /// # Errors
    /// The file cannot be written; nothing should be sent then.
    pub fn count(&mut self, direction: Direction, number: u32) -> Result<()> {
        let history = &mut self.history;
        let counter = match direction {
            Direction::Add => &mut history.adds,
            Direction::Remove => &mut history.removals,
        };
        *counter = counter.saturating_add(number);
        if direction == Direction::Add && history.removals > 0 {
            history.adds_after_removal = history.adds_after_removal.saturating_add(number);
        }
        self.save()
    }

    /// Takes back `number` adds that QEMU refused: it has created nothing.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn refused(&mut self, number: u32) -> Result<()> {
        self.history.adds = self.history.adds.saturating_sub(number);
        self.save()
    }

    fn save(&self) -> Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = serde_json::to_string(&self.history).unwrap_or_default();
        replace_file(path, text.as_bytes())
    }
}

/// Replaces `path` as a whole: readers see the old content or the new one, also after a crash.
///
/// # Errors
/// The folder cannot be written.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(what()))?;
    file.write_all(content).map_err(Error::io(what()))?;
    file.as_file().sync_all().map_err(Error::io(what()))?;
    file.persist(path)
        .map_err(|error| Error::io(what())(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_outlive_the_store() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.json");
        let mut store = HistoryStore::at(path.clone()).expect("empty");
        store.count(Direction::Add, 3).expect("written");
        store.count(Direction::Remove, 1).expect("written");
        store.refused(1).expect("written");
        let again = HistoryStore::at(path.clone()).expect("readable");
        assert_eq!(
            again.get(),
            History {
                adds: 2,
                removals: 1,
                adds_after_removal: 0,
            }
        );
        fs::write(&path, "half a fi").expect("written");
        let error = HistoryStore::at(path).expect_err("not a history");
        assert!(error.to_string().contains("history.json"), "{error}");
    }
}
