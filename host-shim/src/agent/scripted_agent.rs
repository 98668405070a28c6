//! An agent that plays a script, honest or not, for tests of what no real guest can be brought to do.

use std::io::{BufRead, Read, Write};

use serde_json::{Value, json};

use crate::scripted::{Move, Player};
pub use crate::scripted::{play, play_at};

/// One move of the agent.
pub enum Step {
    /// Await a synchronisation and answer it.
    Sync,
    /// The same, with these bytes before the answer.
    SyncAfter(Vec<u8>),
    /// Await a command of this name.
    Expect(&'static str),
    /// Send `{"return": VALUE}`.
    Return(Value),
    /// Send an error with this class and text.
    Refuse(&'static str, &'static str),
    /// Send these bytes as they are.
    Raw(Vec<u8>),
    /// Send these bytes again and again, until the client goes.
    Flood(Vec<u8>),
    /// Keep the connection until the client goes.
    Hold,
}

impl Move for Step {
    fn make(self, player: &mut Player) {
        match self {
            Self::Sync => sync(player, b""),
            Self::SyncAfter(stale) => sync(player, &stale),
            Self::Expect(name) => {
                let command = command(player, name);
                player.commands.push(command);
            }
            Self::Return(value) => send_line(player, &json!({"return": value})),
            Self::Refuse(class, desc) => {
                send_line(player, &json!({"error": {"class": class, "desc": desc}}));
            }
            Self::Raw(bytes) => send(player, &bytes),
            Self::Flood(bytes) => while player.writer.write_all(&bytes).is_ok() {},
            Self::Hold => {
                // Its end is all that is awaited.
                let _ = player.reader.read_to_end(&mut Vec::new());
            }
        }
    }
}

fn sync(player: &mut Player, stale: &[u8]) {
    let id = command(player, "guest-sync-delimited")["arguments"]["id"].clone();
    send(player, stale);
    send(player, b"\xff");
    send_line(player, &json!({"return": id}));
}

fn send_line(player: &mut Player, message: &Value) {
    send(player, format!("{message}\n").as_bytes());
}

fn send(player: &mut Player, bytes: &[u8]) {
    player.writer.write_all(bytes).expect("the client reads");
}

/// The next command, whose name has to be this. A delimiter in front of it is skipped.
fn command(player: &mut Player, name: &str) -> Value {
    let mut line = Vec::new();
    let read = player.reader.read_until(b'\n', &mut line);
    read.expect("a command");
    let text = line.strip_prefix(b"\xff").unwrap_or(&line);
    let command: Value = serde_json::from_slice(text).expect("a JSON command");
    assert_eq!(command["execute"], name, "the client sent {command}");
    command
}
