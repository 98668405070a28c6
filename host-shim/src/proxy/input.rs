//! What a client sends, cut into commands, and refused in QEMU's words.
//!
//! QMP is a stream of JSON values; line ends mean nothing, and some clients send none.

use serde_json::{Map, Value};

use crate::monitor::Command;
use crate::qmp::Failure;

/// The longest command, in bytes. QEMU itself takes 64 MiB; what clients send has a few hundred.
const MAX_COMMAND: usize = 1 << 20;

/// One thing that a client has sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    /// The client's own id, as it came.
    pub id: Option<Value>,
    /// The command, or why it is none.
    pub command: Result<Command, Failure>,
}

/// The client has sent more than any command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Collects bytes until they make a command.
#[derive(Debug, Default)]
pub(super) struct InputReader {
    partial: Vec<u8>,
}

impl InputReader {
    /// Takes in `bytes` and returns what they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Input>, TooLong> {
        self.partial.extend_from_slice(bytes);
        let mut inputs = Vec::new();
        let mut values = serde_json::Deserializer::from_slice(&self.partial).into_iter::<Value>();
        let mut broken = None;
        for value in values.by_ref() {
            match value {
                Ok(value) => inputs.push(Input::from_value(value)),
                Err(error) if error.is_eof() => break,
                Err(error) => {
                    broken = Some(error.to_string());
                    break;
                }
            }
        }
        let used = values.byte_offset();
        self.partial.drain(..used);
        if let Some(error) = broken {
            inputs.push(Input::refused(None, format!("JSON parse error, {error}")));
            self.skip_line();
        }
        match self.partial.len() {
            length if length > MAX_COMMAND => Err(TooLong),
            _ => Ok(inputs),
        }
    }

    /// After nonsense, the next line may make sense again.
    fn skip_line(&mut self) {
        let end = self.partial.iter().position(|byte| *byte == b'\n');
        let skipped = end.map_or(self.partial.len(), |end| end + 1);
        self.partial.drain(..skipped);
    }
}

impl Input {
    fn refused(id: Option<Value>, desc: impl Into<String>) -> Self {
        let (class, desc) = ("GenericError".to_owned(), desc.into());
        let command = Err(Failure { class, desc });
        Self { id, command }
    }

    fn from_value(value: Value) -> Self {
        let Value::Object(mut object) = value else {
            return Self::refused(None, "QMP input must be a JSON object");
        };
        let id = object.remove("id");
        match command(object) {
            Ok(command) => Self {
                id,
                command: Ok(command),
            },
            Err(desc) => Self::refused(id, desc),
        }
    }
}

fn command(mut object: Map<String, Value>) -> Result<Command, String> {
    let name = object.remove("execute");
    let arguments = object.remove("arguments");
    if let Some(unexpected) = object.keys().next() {
        return Err(format!("QMP input member '{unexpected}' is unexpected"));
    }
    let name = match name {
        None => return Err("QMP input lacks member 'execute'".to_owned()),
        Some(Value::String(name)) => name,
        Some(_) => return Err("QMP input member 'execute' must be a string".to_owned()),
    };
    match arguments {
        None => Ok(Command::new(name, Value::Object(Map::new()))),
        Some(arguments @ Value::Object(_)) => Ok(Command::new(name, arguments)),
        Some(_) => Err("QMP input member 'arguments' must be an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Vec<Input> {
        InputReader::default().push(text.as_bytes()).expect("short")
    }

    fn refusals(text: &str) -> Vec<String> {
        let desc = |input: Input| input.command.err().map(|failure| failure.desc);
        read(text).into_iter().filter_map(desc).collect()
    }

    #[test]
    fn commands_need_no_line_ends_and_may_come_in_pieces() {
        let text = r#"{"execute": "a", "id": {"x": [1]}}{"execute":"b","arguments":{"c":"}"}} "#;
        let whole = read(text);
        assert_eq!(whole[0].id, Some(json!({"x": [1]})));
        let b = Command::new("b", json!({"c": "}"}));
        assert_eq!(whole[1].command, Ok(b));
        let mut reader = InputReader::default();
        let bytes = text.as_bytes().chunks(3);
        let pieces: Vec<Input> = bytes
            .flat_map(|bytes| reader.push(bytes).expect("short"))
            .collect();
        assert_eq!(pieces, whole);
    }

    /// As QEMU 10.0.2 answers.
    #[test]
    fn what_is_no_command_is_refused_in_qemus_words() {
        let expected = [
            "QMP input member 'execute' must be a string",
            "QMP input member 'bogus' is unexpected",
            "QMP input must be a JSON object",
            "QMP input member 'exec-oob' is unexpected",
            "QMP input member 'arguments' must be an object",
            "QMP input lacks member 'execute'",
        ];
        let text = "{\"execute\":3}\n{\"execute\":\"query-status\",\"bogus\":1}\n[1]\n{\"exec-oob\":\"query-status\"}\n{\"execute\":\"query-status\",\"arguments\":[]}\n{}\n";
        assert_eq!(refusals(text), expected);
    }

    #[test]
    fn nonsense_costs_its_line_only() {
        let inputs = read("x\r\n{\"execute\":\"a\"}");
        assert!(inputs[0].command.is_err());
        let mut reader = InputReader::default();
        assert_eq!(reader.push(b"}{ nonsense").expect("short").len(), 1);
        let after = reader.push(b"{\"execute\":\"a\"}").expect("short");
        assert!(after[0].command.is_ok(), "{after:?}");
    }

    #[test]
    fn a_command_without_end_is_not_collected() {
        let mut reader = InputReader::default();
        assert_eq!(reader.push(b"{\"execute\": \""), Ok(Vec::new()));
        let mut push = || reader.push(&[b'x'; 64 << 10]);
        assert!((0..17).any(|_| push() == Err(TooLong)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = InputReader::default().push(&bytes);
        }
    }
}
