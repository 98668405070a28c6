//! Where the reading of a domain's events begins.
//!
//! The file grows for as long as the guest speaks, and each command reads it to learn the guest's
//! state. So when it has become long, its older part is read one last time, what that adds up to is
//! noted, and its space is given back to the file system. Offsets stay as they are: QEMU goes on
//! appending, and a follower, which is at the end, notices nothing.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hotvcpu_wire::MAX_LINE;
use rustix::fs::{FallocateFlags, fallocate};
use serde::{Deserialize, Serialize};

use super::{DomainError, DomainFolder, Job};
use crate::error::{Error, Result};
use crate::follow::LineReader;
use crate::guest_log::{GuestItem, LogProblem, Parser};
use crate::guest_view::GuestView;
use crate::history::replace_file;

/// The most of the file that a command reads, in bytes: half a million records.
const LIMIT: u64 = 64 << 20;

/// A place in the file, and the guest's state there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EventsBase {
    /// Where a line begins, in bytes.
    pub offset: u64,
    /// What the records before it add up to.
    pub view: GuestView,
}

impl DomainFolder {
    pub(super) fn events_base_file(&self) -> PathBuf {
        self.path().join("events-base.json")
    }

    /// Notes what the guest has said to another QEMU: its records here follow on that.
    pub(super) fn note_view(&self, view: &GuestView) -> Result<()> {
        let base = EventsBase {
            offset: 0,
            view: view.clone(),
        };
        let text = serde_json::to_string(&base).unwrap_or_default();
        replace_file(&self.events_base_file(), text.as_bytes())
    }

    /// The place that was noted; without a note, the file's beginning.
    pub(super) fn events_base(&self) -> Result<EventsBase> {
        let path = self.events_base_file();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(EventsBase::default()),
            Err(error) => return Err(Error::io(format!("cannot read {}", path.display()))(error)),
        };
        serde_json::from_str(&text).map_err(|error| {
            let reason = error.to_string();
            DomainError::Damaged { path, reason }.into()
        })
    }

    /// The same, after the file's older part was let go if there is too much of it; that is told.
    pub(super) fn bound_events(&self, _job: &Job) -> Result<(EventsBase, Option<LogProblem>)> {
        let base = self.events_base()?;
        let path = self.files().events();
        let what = format!("cannot shorten {}", path.display());
        let Some(later) = later_base(&path, &base, LIMIT).map_err(Error::io(what))? else {
            return Ok((base, None));
        };
        let text = serde_json::to_string(&later).unwrap_or_default();
        replace_file(&self.events_base_file(), text.as_bytes())?;
        // A file system that cannot do it keeps the space; what is read is bounded all the same.
        let _ = free_before(&path, later.offset);
        let freed = later.offset - base.offset;
        Ok((later, Some(LogProblem::Shortened { freed })))
    }
}

/// A place from which on `path` is well below `limit`, if it is above it from `base` on.
fn later_base(path: &Path, base: &EventsBase, limit: u64) -> io::Result<Option<EventsBase>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length.saturating_sub(base.offset) <= limit {
        return Ok(None);
    }
    let offset = line_start(&file, length - limit / 4)?;
    let mut view = base.view.clone();
    file.seek(SeekFrom::Start(base.offset))?;
    let mut older = file.take(offset - base.offset);
    let (mut parser, mut bytes) = (Parser::default(), [0; 16 << 10]);
    loop {
        let length = match older.read(&mut bytes)? {
            0 => return Ok(Some(EventsBase { offset, view })),
            length => length,
        };
        for item in parser.push(bytes.get(..length).unwrap_or_default(), Instant::now()) {
            if let GuestItem::Record(record) = item {
                view.observe(&record.record);
            }
        }
    }
}

/// The first beginning of a line after `near`; `near` itself within a line that is longer than any
/// record.
pub(super) fn line_start(file: &File, near: u64) -> io::Result<u64> {
    let mut bytes = [0; MAX_LINE + 1];
    let length = file.read_at(&mut bytes, near)?;
    let mut read = bytes.iter().take(length).zip(near + 1..);
    let after_newline = read.find_map(|(byte, after)| (*byte == b'\n').then_some(after));
    Ok(after_newline.unwrap_or(near))
}

pub(super) fn free_before(path: &Path, offset: u64) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    Ok(fallocate(&file, hole, 0, offset)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::Write;
    use std::os::unix::fs::MetadataExt;

    const ROUND: &str = "{\"seq\":4,\"t_ns\":9,\"phase\":\"workload\",\"value\":1}\n";

    #[test]
    fn what_is_let_go_is_not_forgotten() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        for (phase, cpu) in [("boot", ""), ("ready", ""), ("online", ",\"cpu\":3")] {
            let line = format!("{{\"seq\":1,\"t_ns\":1,\"phase\":\"{phase}\"{cpu}}}\n");
            file.write_all(line.as_bytes()).expect("written");
        }
        file.write_all(ROUND.repeat(20_000).as_bytes())
            .expect("written");
        let (path, base) = (file.path().to_path_buf(), EventsBase::default());
        let length = fs::metadata(&path).expect("there").len();
        assert_eq!(later_base(&path, &base, length).expect("readable"), None);

        let limit = length / 2;
        let later = later_base(&path, &base, limit).expect("readable");
        let later = later.expect("there is too much");
        assert!(later.view.ready());
        assert_eq!(later.view.online(), &BTreeSet::from([0, 3]));
        assert!(length - later.offset <= limit / 4);
        assert_eq!(later_base(&path, &later, limit).expect("readable"), None);

        let blocks = || fs::metadata(&path).expect("there").blocks();
        let before = blocks();
        free_before(&path, later.offset).expect("this file system can");
        assert!(blocks() < before, "no space was given back");
        assert_eq!(fs::metadata(&path).expect("there").len(), length);
        let rest = fs::read(&path).expect("readable");
        let rest = rest.get(later.offset as usize..).expect("it is there");
        assert!(rest.starts_with(ROUND.as_bytes()), "not a line's beginning");
    }

    #[test]
    fn it_is_done_and_told_once() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = DomainFolder::under(root.path(), "demo").expect("a name");
        fs::create_dir(folder.path()).expect("made");
        let job = Job::take(&folder, "test").expect("free");
        let file = File::create(folder.files().events()).expect("made");
        file.set_len(LIMIT + 1).expect("sparse");
        let (base, told) = folder.bound_events(&job).expect("shortened");
        let freed = base.offset;
        assert_eq!(told, Some(LogProblem::Shortened { freed }));
        assert_eq!(folder.events_base().expect("noted"), base);
        assert_eq!(folder.bound_events(&job).expect("short"), (base, None));
    }

    #[test]
    fn a_line_without_end_is_cut_where_it_is() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&[b'x'; 4 * MAX_LINE]).expect("written");
        let near = MAX_LINE as u64;
        assert_eq!(line_start(file.as_file(), near).expect("readable"), near);
    }
}
