//! A QMP peer that replays a conversation, for tests of what QEMU cannot be brought to do on
//! demand.
//!
//! A script is a list of [`Step`]s, played on its own thread over one end of a socket pair. What
//! the client sent is checked by the script itself (`Expect` names the command), so a wrong order
//! fails the test where it happens.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;

use serde_json::Value;

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

/// Plays `script` and closes the connection at its end. The client's end is returned.
///
/// Join the handle to see whether the script was played to its end; it returns the commands as they
/// came.
pub fn play(script: Vec<Step>) -> (UnixStream, JoinHandle<Vec<Value>>) {
    let (ours, theirs) = UnixStream::pair().expect("a socket pair");
    let player = std::thread::spawn(move || Player::new(theirs).play(script));
    (ours, player)
}

/// The same for whoever connects to the socket `path` first.
pub fn play_at(path: &std::path::Path, script: Vec<Step>) -> JoinHandle<Vec<Value>> {
    let listener = std::os::unix::net::UnixListener::bind(path).expect("a free path");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        Player::new(stream).play(script)
    })
}

struct Player {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    commands: Vec<Value>,
}

impl Player {
    fn new(stream: UnixStream) -> Self {
        let reader = BufReader::new(stream.try_clone().expect("a second handle"));
        Self {
            reader,
            writer: stream,
            commands: Vec::new(),
        }
    }

    fn play(mut self, script: Vec<Step>) -> Vec<Value> {
        for step in script {
            match step {
                Step::Send(line) => self.send(line.replace("$ID", &self.last_id()).as_bytes()),
                Step::Raw(bytes) => self.writer.write_all(&bytes).expect("the client reads"),
                Step::Expect(name) => self.expect(name),
                Step::Return(value) => {
                    let line = format!("{{\"return\": {value}, \"id\": {}}}", self.last_id());
                    self.send(line.as_bytes());
                }
            }
        }
        self.commands
    }

    fn send(&mut self, line: &[u8]) {
        self.writer
            .write_all(line)
            .and_then(|()| self.writer.write_all(b"\r\n"))
            .expect("sent");
    }

    fn expect(&mut self, name: &str) {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a command");
        let command: Value = serde_json::from_str(&line).expect("a JSON command");
        assert_eq!(command["execute"], name, "the client sent {line}");
        self.commands.push(command);
    }

    fn last_id(&self) -> String {
        self.commands
            .last()
            .map_or("null".to_owned(), |command| command["id"].to_string())
    }
}
