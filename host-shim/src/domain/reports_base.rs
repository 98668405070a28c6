//! Where the reading of a monitor's reports begins; kept as that of the guest's events is.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::events_base::{free_before, line_start};
use super::{DomainError, DomainFolder, Job};
use crate::backend::MonitorAccess;
use crate::error::{Error, Result};
use crate::history::replace_file;
use crate::monitor::ControlBase;

/// The most of the file that a command reads, in bytes: some 40,000 CPUs added and removed.
const LIMIT: u64 = 16 << 20;

impl DomainFolder {
    pub(super) fn reports_base_file(&self) -> PathBuf {
        self.path().join("reports-base.json")
    }

    /// The way to the monitor, with the place that was noted, if any was.
    pub(super) fn with_base(&self, mut access: MonitorAccess) -> Result<MonitorAccess> {
        let path = self.reports_base_file();
        match fs::read_to_string(&path) {
            Ok(text) => {
                access.base = serde_json::from_str(&text).map_err(|error| {
                    let reason = error.to_string();
                    DomainError::Damaged { path, reason }
                })?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(format!("cannot read {}", path.display()))(error)),
        }
        Ok(access)
    }

    /// Notes a place, for later commands.
    pub(super) fn note_reports_base(&self, base: &ControlBase) -> Result<()> {
        let text = serde_json::to_string(base).unwrap_or_default();
        replace_file(&self.reports_base_file(), text.as_bytes())
    }

    /// The same, after the file's older part was let go if there is too much of it.
    pub(super) fn bound_reports(
        &self,
        access: Option<MonitorAccess>,
        _job: &Job,
    ) -> Result<Option<MonitorAccess>> {
        let Some(mut access) = access else {
            return Ok(None);
        };
        let path = &access.files.reports;
        let what = format!("cannot shorten {}", path.display());
        if let Some(later) = later_base(path, &access.base, LIMIT).map_err(Error::io(what))? {
            self.note_reports_base(&later)?;
            // A file system that cannot do it keeps the space; what is read is bounded all the same.
            let _ = free_before(path, later.offset);
            access.base = later;
        }
        Ok(Some(access))
    }
}

/// A place from which on `path` is well below `limit`, if it is above it from `base` on.
fn later_base(path: &Path, base: &ControlBase, limit: u64) -> io::Result<Option<ControlBase>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length.saturating_sub(base.offset) <= limit {
        return Ok(None);
    }
    let offset = line_start(&file, length - limit / 4)?;
    base.at(&file, offset).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{Generation, Model};
    use std::io::Write;

    #[test]
    fn what_the_older_part_adds_up_to_is_kept() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let mut line = |text: &str| writeln!(file, "{text}").expect("written");
        line(r#"{"seq":0,"kind":"hello","cpu":2,"value":8,"text":"old"}"#);
        line(r#"{"seq":1,"tag":1,"kind":"done","cpu":5,"id":"e"}"#);
        for seq in 2..200 {
            line(&format!(
                r#"{{"seq":{seq},"kind":"ost","cpu":5,"id":"e","event":1,"value":{seq}}}"#
            ));
        }
        let first = ControlBase::at_beginning(Model::at_power_on(Generation::New, 1));
        let enough = later_base(file.path(), &first, 1 << 20).expect("readable");
        assert_eq!(enough, None);
        let later = later_base(file.path(), &first, 2000).expect("readable");
        let later = later.expect("it is too long");
        let text = std::fs::read_to_string(file.path()).expect("text");
        let rest = text.get(later.offset as usize..).expect("in the file");
        assert!(rest.starts_with("{\"seq\":") && rest.len() <= 500, "{rest}");
        let noted = serde_json::to_string(&later).expect("JSON");
        for part in [r#""generation":"old""#, r#""5":{"named":"e"}"#] {
            assert!(noted.contains(part), "{part} is not in {noted}");
        }
        assert_eq!(
            serde_json::from_str::<ControlBase>(&noted).ok(),
            Some(later)
        );
    }
}
