//! The meaning of one line from the agent.

use serde_json::Value;

use crate::guest_log::printable;
use crate::qmp::{Failure, excerpt};

/// What the agent answers: `{"return": ...}`, or `{"error": {"class": ..., "desc": ...}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer(pub Result<Value, Failure>);

impl Answer {
    /// Gives a line its meaning.
    ///
    /// # Errors
    /// A text that says what is wrong with the line.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| format!("{error} in {:?}", excerpt(line)))?;
        let wrong = || format!("neither return nor error: {:?}", excerpt(line));
        let Value::Object(mut object) = value else {
            return Err(wrong());
        };
        if let Some(result) = object.remove("return") {
            return Ok(Self(Ok(result)));
        }
        let error = object.get("error").ok_or_else(wrong)?;
        let text = |key| error.get(key).and_then(Value::as_str);
        let (Some(class), Some(desc)) = (text("class"), text("desc")) else {
            return Err(wrong());
        };
        Ok(Self(Err(Failure {
            class: shown(class),
            desc: shown(desc),
        })))
    }
}

/// The guest's words, fit for a terminal, and not too many of them.
pub(super) fn shown(words: &str) -> String {
    const MOST: usize = 300;
    let beginning: String = words.chars().take(MOST).collect();
    printable(&beginning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_a_return_or_an_error() {
        let parse = |line: &str| Answer::parse(line.as_bytes());
        assert_eq!(
            parse(r#"{"return": {}}"#),
            Ok(Answer(Ok(Value::Object(Default::default()))))
        );
        let Ok(Answer(Err(failure))) =
            parse(r#"{"error": {"class": "GenericError", "desc": "no\u001b[31m"}}"#)
        else {
            panic!("not an error")
        };
        assert_eq!(failure.desc, "no\\u{1b}[31m");
        for line in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"error": "x"}"#,
            r#"{"error": {"desc": "x"}}"#,
            "\u{0}",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_a_text(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(text) = Answer::parse(&bytes) {
                prop_assert!(text.len() < 1000);
            }
        }
    }
}
