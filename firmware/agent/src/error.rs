//! Errors as the protocol has them: a class for programs, a description for people. The texts are qemu-ga's own where
//! it has one, because clients look for them.

use alloc::format;
use alloc::string::String;
use core::fmt::Display;

/// What kind of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// There is no such command.
    CommandNotFound,
    /// Everything else.
    GenericError,
}

impl Class {
    /// Its name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::CommandNotFound => "CommandNotFound",
            Self::GenericError => "GenericError",
        }
    }
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub class: Class,
    /// For people.
    pub description: String,
}

/// Bytes of a host's own words that a description repeats at the most.
const MOST_REPEATED: usize = 100;

/// The beginning of a text that came from the host.
pub(crate) fn repeated(text: &str) -> &str {
    let end = text.floor_char_boundary(MOST_REPEATED);
    text.get(..end).unwrap_or("")
}

impl Refusal {
    /// An error of no special kind.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            class: Class::GenericError,
            description: description.into(),
        }
    }

    pub(crate) fn no_such_command(name: &str) -> Self {
        Self {
            class: Class::CommandNotFound,
            description: format!("The command {} has not been found", repeated(name)),
        }
    }

    pub(crate) fn not_json(what: &dyn Display) -> Self {
        Self::new(format!("JSON parse error, {what}"))
    }

    pub(crate) fn missing(parameter: &dyn Display) -> Self {
        Self::new(format!("Parameter '{parameter}' is missing"))
    }

    pub(crate) fn unexpected(parameter: &dyn Display) -> Self {
        Self::new(format!("Parameter '{parameter}' is unexpected"))
    }

    pub(crate) fn wrong_type(parameter: &dyn Display, expected: &str) -> Self {
        Self::new(format!(
            "Invalid parameter type for '{parameter}', expected: {expected}"
        ))
    }
}
