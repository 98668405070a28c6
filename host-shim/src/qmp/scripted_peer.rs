//! A QMP peer that replays a conversation, for tests of what QEMU cannot be brought to do on
//! demand.
//!
//! A script is a list of [`Step`]s, played on its own thread over one end of a socket pair. What
//! the client sent is checked by the script itself (`Expect` names the command), so a wrong order
//! fails the test where it happens.

use std::io::{BufRead, Write};

use serde_json::Value;

use crate::scripted::{Move, Player};
pub use crate::scripted::{play, play_at};

/// The greeting of Debian's QEMU 10.0.2.
pub const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "Debian 1:10.0.2"}, "capabilities": ["oob"]}}"#;

/// One move of the peer.
pub enum Step {
    /// Send this line; `$ID` becomes the id of the command expected last.
    Send(String),
    /// Send these bytes as they are.
    Raw(Vec<u8>),
    /// Await a command of this name.
    Expect(&'static str),
    /// Send `{"return": VALUE}` for the command expected last.
    Return(Value),
}

/// A line to send.
pub fn send(line: &str) -> Step {
    Step::Send(line.to_owned())
}

/// Greeting and negotiation, as every conversation begins.
pub fn handshake() -> Vec<Step> {
    vec![
        send(GREETING),
        Step::Expect("qmp_capabilities"),
        Step::Return(serde_json::json!({})),
    ]
}

impl Move for Step {
    fn make(self, player: &mut Player) {
        match self {
            Self::Send(line) => send_line(player, &line.replace("$ID", &last_id(player))),
            Self::Raw(bytes) => player.writer.write_all(&bytes).expect("the client reads"),
            Self::Expect(name) => expect(player, name),
            Self::Return(value) => {
                let line = format!("{{\"return\": {value}, \"id\": {}}}", last_id(player));
                send_line(player, &line);
            }
        }
    }
}

fn send_line(player: &mut Player, line: &str) {
    let writer = &mut player.writer;
    let sent = writer.write_all(line.as_bytes());
    sent.and_then(|()| writer.write_all(b"\r\n")).expect("sent");
}

fn expect(player: &mut Player, name: &str) {
    let mut line = String::new();
    player.reader.read_line(&mut line).expect("a command");
    let command: Value = serde_json::from_str(&line).expect("a JSON command");
    assert_eq!(command["execute"], name, "the client sent {line}");
    player.commands.push(command);
}

fn last_id(player: &Player) -> String {
    let last = player.commands.last();
    last.map_or("null".to_owned(), |command| command["id"].to_string())
}
