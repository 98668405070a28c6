//! What a command writes, for people or for programs, and how it ends.
//!
//! A reader that goes away (`hotvcpu events demo | head`) is no error: the command ends quietly.

use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::process::ExitCode;

use hotvcpu::{Error, ErrorKind};
use serde::Serialize;
use serde_json::{Value, json};

use super::progress::Progress;
use super::suggestion;

/// Why a command did not end well.
#[derive(Debug)]
pub enum Stop {
    /// An error to be told.
    Error(Error),
    /// Already told: only the exit code is left.
    Told(ErrorKind),
    /// Nobody reads our output any more.
    ReaderGone,
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// How a command ends.
pub type Finish = Result<(), Stop>;

/// Standard output, in one of two forms.
#[derive(Debug)]
pub struct Output {
    json: bool,
    notes: Vec<String>,
}

impl Output {
    /// Output for programs (`json`) or for people.
    pub fn new(json: bool) -> Self {
        let notes = Vec::new();
        Self { json, notes }
    }

    /// Whether it is for programs.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Something beside the result: people read it at once, programs in the result's `notes`.
    pub fn note(&mut self, text: String) {
        if self.json {
            self.notes.push(text);
        } else {
            eprintln!("{}", marked(&text));
        }
    }

    /// One that only keeps what is noted, for those who show it themselves.
    pub fn quiet() -> Self {
        Self::new(true)
    }

    /// What was noted and not told yet.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// A line on the terminal while something takes longer than a second, until it is dropped; nothing for programs.
    pub fn progress(&self, text: impl Into<String>) -> Option<Progress> {
        (!self.json).then(|| Progress::new(text.into()))
    }

    /// A line for people; nothing for programs.
    pub fn line(&mut self, text: &str) -> Finish {
        if self.json { Ok(()) } else { write_line(text) }
    }

    /// A JSON line for programs; nothing for people.
    pub fn object(&mut self, value: &impl Serialize) -> Finish {
        if !self.json {
            return Ok(());
        }
        match serde_json::to_value(value) {
            Ok(value) => write_line(&self.with_notes(value).to_string()),
            Err(error) => Err(Error::io("cannot write the result as JSON")(error.into()).into()),
        }
    }

    fn with_notes(&mut self, mut value: Value) -> Value {
        if let (Some(object), false) = (value.as_object_mut(), self.notes.is_empty()) {
            object.insert("notes".to_owned(), json!(std::mem::take(&mut self.notes)));
        }
        value
    }

    /// Tells an error, if it is not told yet, and gives the exit code.
    pub fn finish(&mut self, finish: Finish) -> ExitCode {
        let code = self.tell(finish);
        // A list has no place for them.
        for text in self.take_notes() {
            eprintln!("{}", marked(&text));
        }
        code
    }

    fn tell(&mut self, finish: Finish) -> ExitCode {
        match finish {
            Ok(()) | Err(Stop::ReaderGone) => ExitCode::SUCCESS,
            Err(Stop::Told(kind)) => ExitCode::from(kind.exit_code()),
            Err(Stop::Error(error)) => {
                let kind = error.kind();
                let text = format!("{error}{}", suggestion::for_error(&error));
                if self.json {
                    let told = json!({"ok": false, "kind": kind, "error": text});
                    // Nobody is left to hear that nobody reads.
                    let _ = write_line(&self.with_notes(told).to_string());
                } else {
                    eprintln!("error: {text}");
                }
                ExitCode::from(kind.exit_code())
            }
        }
    }
}

fn marked(text: &str) -> String {
    match text.starts_with("warning: ") {
        true => text.to_owned(),
        false => format!("note: {text}"),
    }
}

fn write_line(text: &str) -> Finish {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.write_all(b"\n"))
    {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == IoErrorKind::BrokenPipe => Err(Stop::ReaderGone),
        Err(error) => Err(Error::io("cannot write to standard output")(error).into()),
    }
}
