//! What one QEMU process has been through, kept for as long as it runs.
//!
//! The quirks depend on it, and QEMU does not tell. For a guest of the library it lives in memory;
//! for a domain that outlives each command it is a file in the runtime directory, replaced as a
//! whole, so that a reader never sees half of it. It is written *before* the command is sent: a
//! crash in between then counts one too many, never one too few.
//!
//! Other clients add and remove CPUs, too, and tell nobody. So before each change the slots are compared with what they were
//! when we last looked: CPUs that came or went without us count like ours. What came and went between two looks stays unseen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::guard::Direction;
use crate::quirks::History;
use crate::slots::{Origin, Slot};

/// The added CPUs: each one's object by its slot.
type Plugged = BTreeMap<u32, String>;

/// What is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Note {
    #[serde(flatten)]
    history: History,
    /// What was there at the last look; `None` before the first.
    #[serde(default)]
    seen: Option<Plugged>,
    /// Slots that we have asked to be filled since.
    #[serde(default)]
    asked: BTreeSet<u32>,
}

/// The history and where it is kept.
#[derive(Debug, Default)]
pub struct HistoryStore {
    path: Option<PathBuf>,
    note: Note,
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
        let note = match fs::read_to_string(&path) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|error| Error::io(what())(error.into()))?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Note::default(),
            Err(error) => return Err(Error::io(what())(error)),
        };
        Ok(Self {
            path: Some(path),
            note,
        })
    }

    /// The counts.
    pub fn get(&self) -> History {
        self.note.history
    }

    /// Counts what others have done to the machine, whose slots are these. It is written with our next change.
    pub fn look_at(&mut self, slots: &[Slot]) {
        let plugged: Plugged = slots.iter().filter_map(added).collect();
        let (history, count) = (&mut self.note.history, |number| {
            u32::try_from(number).unwrap_or(u32::MAX)
        });
        let Some(seen) = &self.note.seen else {
            // What is there has been created, by whomever.
            history.adds = history.adds.max(count(plugged.len()));
            self.note.seen = Some(plugged);
            return;
        };
        let is_seen = |slot: &u32, object: &String| seen.get(slot) == Some(object);
        let others = plugged
            .iter()
            .filter(|(slot, object)| !is_seen(slot, object) && !self.note.asked.contains(slot));
        let others = count(others.count());
        let gone = seen
            .iter()
            .any(|(slot, object)| plugged.get(slot) != Some(object));
        if gone && history.removals == 0 {
            history.removals = 1;
        }
        history.adds = history.adds.saturating_add(others);
        if history.removals > 0 {
            history.adds_after_removal = history.adds_after_removal.saturating_add(others);
        }
        self.note.asked.retain(|slot| !plugged.contains_key(slot));
        self.note.seen = Some(plugged);
    }

    /// Counts changes of these slots that are about to be sent.
    ///
    /// # Errors
    /// As [`HistoryStore::count`].
    pub fn count_slots(&mut self, direction: Direction, slots: &[u32]) -> Result<()> {
        if direction == Direction::Add {
            self.note.asked.extend(slots);
        }
        self.count(direction, u32::try_from(slots.len()).unwrap_or(u32::MAX))
    }

    /// Counts `number` changes that are about to be sent.
    ///
    /// # Errors
    /// The file cannot be written; nothing should be sent then.
    pub fn count(&mut self, direction: Direction, number: u32) -> Result<()> {
        let history = &mut self.note.history;
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

    /// Takes back the adds to these slots, which QEMU refused: it has created nothing.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn refused(&mut self, slots: &[u32]) -> Result<()> {
        let number = u32::try_from(slots.len()).unwrap_or(u32::MAX);
        let adds = &mut self.note.history.adds;
        *adds = adds.saturating_sub(number);
        self.note.asked.retain(|slot| !slots.contains(slot));
        self.save()
    }

    fn save(&self) -> Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = serde_json::to_string(&self.note).unwrap_or_default();
        replace_file(path, text.as_bytes())
    }
}

/// An added CPU's slot and object.
fn added(slot: &Slot) -> Option<(u32, String)> {
    match slot.origin()? {
        Origin::Boot => None,
        Origin::Plugged(_) | Origin::Anonymous => Some((slot.index, slot.qom_path.clone()?)),
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
    use crate::slots::tests::machine;

    fn counts(store: &HistoryStore) -> (u32, u32, u32) {
        let history = store.get();
        (history.adds, history.removals, history.adds_after_removal)
    }

    #[test]
    fn what_others_have_done_is_counted_once() {
        let mut store = HistoryStore::in_memory();
        // Before anybody looked.
        store.look_at(&machine(1, 8, &[1, 2]));
        assert_eq!(counts(&store), (2, 0, 0));
        store.look_at(&machine(1, 8, &[1, 2, 3]));
        store.look_at(&machine(1, 8, &[1, 2, 3]));
        assert_eq!(counts(&store), (3, 0, 0));
        // Gone, and another one in its place.
        store.look_at(&machine(1, 8, &[1, 3]));
        assert_eq!(counts(&store), (3, 1, 0));
        let mut slots = machine(1, 8, &[1, 3]);
        slots[3].qom_path = Some("/machine/peripheral/other".to_owned());
        store.look_at(&slots);
        assert_eq!(counts(&store), (4, 1, 1));
    }

    #[test]
    fn our_own_changes_are_not_counted_twice() {
        let mut store = HistoryStore::in_memory();
        store.look_at(&machine(1, 8, &[]));
        store.count_slots(Direction::Add, &[1, 2, 3]).expect("kept");
        store.refused(&[3]).expect("kept");
        store.look_at(&machine(1, 8, &[1, 2]));
        assert_eq!(counts(&store), (2, 0, 0));
        store.count_slots(Direction::Remove, &[2]).expect("kept");
        store.look_at(&machine(1, 8, &[1]));
        assert_eq!(counts(&store), (2, 1, 0));
        // What QEMU refused us, somebody else got later.
        store.look_at(&machine(1, 8, &[1, 3]));
        assert_eq!(counts(&store), (3, 1, 1));
    }

    #[test]
    fn an_add_that_was_counted_and_never_sent_is_no_removal() {
        let mut store = HistoryStore::in_memory();
        store.look_at(&machine(1, 8, &[]));
        store.count_slots(Direction::Add, &[1]).expect("kept");
        store.look_at(&machine(1, 8, &[]));
        assert_eq!(counts(&store), (1, 0, 0));
    }

    #[test]
    fn counts_outlive_the_store() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.json");
        let mut store = HistoryStore::at(path.clone()).expect("empty");
        store.count(Direction::Add, 3).expect("written");
        store.count(Direction::Remove, 1).expect("written");
        store.refused(&[9]).expect("written");
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
