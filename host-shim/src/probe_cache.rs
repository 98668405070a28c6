//! Answers of probes, remembered over runs in the user's cache.
//!
//! A cache is a convenience: one that cannot be read is empty, one that cannot be written costs the
//! next start a probe, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::history::replace_file;

/// Answers kept; the file is begun anew beyond it.
const MAX_ANSWERS: usize = 64;

/// The answers of one kind of probe, by what they depend on.
#[derive(Debug)]
pub(crate) struct ProbeCache {
    path: Option<PathBuf>,
}

impl ProbeCache {
    /// The cache in the file of that name. A user without a home has none.
    pub fn named(name: &str) -> Self {
        let home = crate::xdg::cache_home();
        let path = home.map(|home| home.join("hotvcpu").join(name));
        Self { path }
    }

    /// The cache in that file.
    #[cfg(test)]
    pub fn at(path: PathBuf) -> Self {
        Self { path: Some(path) }
    }

    /// The answer to the question named `key`.
    pub fn get<A: DeserializeOwned>(&self, key: &str) -> Option<A> {
        self.read().remove(key)
    }

    /// Keeps an answer.
    pub fn remember<A: Serialize + DeserializeOwned>(&self, key: String, answer: A) {
        let Some(path) = &self.path else { return };
        let mut answers = self.read();
        if answers.len() >= MAX_ANSWERS {
            answers.clear();
        }
        answers.insert(key, answer);
        if let (Some(folder), Ok(text)) = (path.parent(), serde_json::to_string_pretty(&answers)) {
            let _ = fs::create_dir_all(folder).map(|()| replace_file(path, text.as_bytes()));
        }
    }

    fn read<A: DeserializeOwned>(&self) -> BTreeMap<String, A> {
        let text = self
            .path
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        serde_json::from_str(&text.unwrap_or_default()).unwrap_or_default()
    }
}

/// Names a file as it is now: another one of that name is told from it.
pub(crate) fn identity(path: &Path) -> String {
    let file = fs::metadata(path).ok();
    let size = file.as_ref().map_or(0, fs::Metadata::len);
    let changed = file
        .and_then(|file| file.modified().ok())
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    format!("{} {size} {}", path.display(), changed.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_cache_is_an_empty_one_and_is_mended() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("probe.json");
        fs::write(&path, "{ half").expect("written");
        let cache = ProbeCache::at(path);
        assert_eq!(cache.get::<bool>("k"), None);
        cache.remember("k".to_owned(), true);
        assert_eq!(cache.get("k"), Some(true));
    }

    #[test]
    fn a_changed_file_is_another_one() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let before = identity(file.path());
        fs::write(file.path(), "longer").expect("written");
        assert_ne!(before, identity(file.path()));
    }
}
