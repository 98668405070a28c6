//! A place in the monitor's reports from which on they need to be read.
//!
//! The reports of a machine that runs for months are many, and every command reads them. Whoever has read them may
//! note how far, and what they add up to.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::model::Model;
use super::report_reader::ReportReader;
use super::translator::Translator;
use crate::follow::LineReader;

/// The place, and what is plugged there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlBase {
    /// Where a line begins, in bytes.
    pub offset: u64,
    /// What the reports before it add up to.
    pub model: Model,
}

impl ControlBase {
    /// The file's beginning, for a machine that has this state then.
    pub fn at_beginning(model: Model) -> Self {
        Self { offset: 0, model }
    }

    /// The same at a later `offset` of the file, at which a line begins.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn at(&self, mut file: &File, offset: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(self.offset))?;
        let mut older = file.take(offset.saturating_sub(self.offset));
        let (mut reader, mut bytes) = (ReportReader::default(), [0; 16 << 10]);
        let mut translator = Translator::<()>::new(Some(self.model.clone()));
        loop {
            let length = match older.read(&mut bytes)? {
                0 => break,
                length => length,
            };
            let now = Instant::now();
            for item in reader.push(bytes.get(..length).unwrap_or_default(), now) {
                // Nobody asks, and what happened then is no news.
                let _ = translator.control(item, now);
            }
        }
        let model = translator
            .into_model()
            .unwrap_or_else(|| self.model.clone());
        Ok(Self { offset, model })
    }
}
