//! The meaning of one line: a greeting, a reply, or an event.
//!
//! QEMU is trusted more than a guest, but a socket path given by hand may lead anywhere, so nothing
//! here panics and everything else than the three documented shapes is an error with the beginning
//! of the line in it.

use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// QEMU's version, as the greeting or `--version` gives it. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub micro: u32,
}

impl Version {
    /// A version from its three numbers.
    pub const fn new(major: u32, minor: u32, micro: u32) -> Self {
        Self {
            major,
            minor,
            micro,
        }
    }

    /// Reads `major.minor.micro`; the third number may be absent.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|number| number.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        let micro = match numbers.next() {
            Some(micro) => micro?,
            None => 0,
        };
        Some(Self {
            major,
            minor,
            micro,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// QEMU's first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The version.
    pub version: Version,
    /// Capabilities offered. None is needed, `oob` is usual.
    pub capabilities: Vec<String>,
    /// The version as QEMU wrote it, its package included.
    pub version_as_told: Value,
}

/// A refusal in QEMU's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// `GenericError`, `DeviceNotFound`, `CommandNotFound`...
    pub class: String,
    /// The text, for people.
    pub desc: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.class == "GenericError" {
            f.write_str(&self.desc)
        } else {
            write!(f, "{} ({})", self.desc, self.class)
        }
    }
}

/// The answer to one command.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The command's id; `None` when QEMU could not read the command.
    pub id: Option<u64>,
    /// What it returned.
    pub result: Result<Value, Failure>,
    /// When it came.
    pub at: Instant,
}

/// Something that happened in QEMU.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name, such as `DEVICE_DELETED`.
    pub name: String,
    /// Its data; `Null` when it has none.
    pub data: Value,
    /// QEMU's own time: microseconds since the epoch. `None` when QEMU had no clock.
    pub timestamp_us: Option<u64>,
    /// When it came.
    pub at: Instant,
}

/// One line of the protocol.
#[derive(Clone, Debug)]
pub enum Message {
    /// The first line.
    Greeting(Greeting),
    /// An answer.
    Reply(Reply),
    /// An event.
    Event(Event),
}

impl Message {
    /// Gives a line, received at `at`, its meaning.
    ///
    /// # Errors
    /// A text that says what is wrong with the line.
    pub fn parse(line: &[u8], at: Instant) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| format!("{error} in {:?}", excerpt(line)))?;
        let Value::Object(object) = value else {
            return Err(format!("not an object: {:?}", excerpt(line)));
        };
        Self::from_object(object, at)
            .ok_or_else(|| format!("neither greeting, reply nor event: {:?}", excerpt(line)))
    }

    fn from_object(mut object: Map<String, Value>, at: Instant) -> Option<Self> {
        if let Some(result) = object.remove("return") {
            return Some(Self::Reply(Reply {
                id: id_of(&object),
                result: Ok(result),
                at,
            }));
        }
        if let Some(error) = object.get("error") {
            let failure = Failure {
                class: text(error, "class")?,
                desc: text(error, "desc")?,
            };
            return Some(Self::Reply(Reply {
                id: id_of(&object),
                result: Err(failure),
                at,
            }));
        }
        if let Some(name) = object.get("event") {
            let name = name.as_str()?.to_owned();
            let timestamp_us = object.get("timestamp").and_then(microseconds);
            let data = object.remove("data").unwrap_or(Value::Null);
            return Some(Self::Event(Event {
                name,
                data,
                timestamp_us,
                at,
            }));
        }
        greeting(object.get("QMP")?).map(Self::Greeting)
    }
}

fn id_of(object: &Map<String, Value>) -> Option<u64> {
    object.get("id").and_then(Value::as_u64)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

/// QEMU gives -1 for both numbers when the host's clock failed.
fn microseconds(timestamp: &Value) -> Option<u64> {
    let seconds = timestamp.get("seconds")?.as_u64()?;
    let microseconds = timestamp.get("microseconds")?.as_u64()?;
    seconds.checked_mul(1_000_000)?.checked_add(microseconds)
}

fn greeting(body: &Value) -> Option<Greeting> {
    let number = |key| {
        let value = body.get("version")?.get("qemu")?.get(key)?.as_u64()?;
        u32::try_from(value).ok()
    };
    let version = Version::new(number("major")?, number("minor")?, number("micro")?);
    let offered = body.get("capabilities").and_then(Value::as_array);
    let capabilities = offered
        .map(|list| {
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    Some(Greeting {
        version,
        capabilities,
        version_as_told: body.get("version").cloned().unwrap_or_default(),
    })
}

/// The beginning of a line, fit to be shown.
pub(crate) fn excerpt(line: &[u8]) -> String {
    let shown = line.get(..120).unwrap_or(line);
    String::from_utf8_lossy(shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(line: &str) -> Result<Message, String> {
        Message::parse(line.as_bytes(), Instant::now())
    }

    #[test]
    fn the_greeting_of_a_debian_qemu() {
        let line = r#"{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "Debian"}, "capabilities": ["oob"]}}"#;
        let Ok(Message::Greeting(greeting)) = parse(line) else {
            panic!("not a greeting")
        };
        assert_eq!(greeting.version, Version::new(10, 0, 2));
        assert_eq!(greeting.capabilities, ["oob"]);
    }

    #[test]
    fn an_event_keeps_its_data_and_time() {
        let line = r#"{"timestamp": {"seconds": 2, "microseconds": 5}, "event": "DEVICE_DELETED", "data": {"path": "/x"}}"#;
        let Ok(Message::Event(event)) = parse(line) else {
            panic!("not an event")
        };
        assert_eq!(
            (event.name.as_str(), event.timestamp_us),
            ("DEVICE_DELETED", Some(2_000_005))
        );
        assert_eq!(event.data["path"], "/x");
    }

    #[test]
    fn what_is_not_qmp_is_an_error_that_shows_it() {
        for line in [
            "SSH-2.0-OpenSSH",
            "[]",
            "{}",
            r#"{"QMP": {}}"#,
            r#"{"error": 3}"#,
        ] {
            let error = parse(line).expect_err("garbage");
            assert!(error.contains(&format!("{line:?}")), "{error}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(Version::parse("7.2.22").unwrap() < Version::parse("10.0").unwrap());
        assert_eq!(Version::parse("ten"), None);
        assert_eq!(Version::parse("10"), None);
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Message::parse(&line, Instant::now());
        }

        #[test]
        fn no_near_miss_makes_the_parser_panic(
            key in "return|error|event|QMP|id|data|timestamp",
            value in "null|3|-1|\"x\"|\\{\\}|\\[1\\]|\\{\"version\":\\{\"qemu\":3\\}\\}|1e400",
            id in "0|-1|18446744073709551616|\"a\"|\\{\\}",
        ) {
            let _ = parse(&format!("{{\"{key}\": {value}, \"id\": {id}, \"timestamp\": {value}}}"));
        }
    }
}
