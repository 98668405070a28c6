//! An agent that plays a script, honest or not, for tests of what no real guest can be brought to do.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;

use serde_json::{Value, json};

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

/// Plays `script` and closes the connection at its end. The client's end is returned; the handle
/// returns the commands as they came.
pub fn play(script: Vec<Step>) -> (UnixStream, JoinHandle<Vec<Value>>) {
    let (ours, theirs) = UnixStream::pair().expect("a socket pair");
    (
        ours,
        std::thread::spawn(move || Player::new(theirs).play(script)),
    )
}

/// The same for whoever connects to the socket `path` first.
pub fn play_at(path: &Path, script: Vec<Step>) -> JoinHandle<Vec<Value>> {
    let listener = UnixListener::bind(path).expect("a free path");
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
                Step::Sync => self.sync(b""),
                Step::SyncAfter(stale) => self.sync(&stale),
                Step::Expect(name) => {
                    let command = self.command(name);
                    self.commands.push(command);
                }
                Step::Return(value) => self.send_line(&json!({"return": value})),
                Step::Refuse(class, desc) => {
                    self.send_line(&json!({"error": {"class": class, "desc": desc}}));
                }
                Step::Raw(bytes) => self.send(&bytes),
                Step::Flood(bytes) => while self.writer.write_all(&bytes).is_ok() {},
                Step::Hold => {
                    // Its end is all that is awaited.
                    let _ = self.reader.read_to_end(&mut Vec::new());
                }
            }
        }
        self.commands
    }

    fn sync(&mut self, stale: &[u8]) {
        let id = self.command("guest-sync-delimited")["arguments"]["id"].clone();
        self.send(stale);
        self.send(b"\xff");
        self.send_line(&json!({"return": id}));
    }

    fn send_line(&mut self, message: &Value) {
        self.send(format!("{message}\n").as_bytes());
    }

    fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).expect("the client reads");
    }

    /// The next command, whose name has to be this. A delimiter in front of it is skipped.
    fn command(&mut self, name: &str) -> Value {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line).expect("a command");
        let text = line.strip_prefix(b"\xff").unwrap_or(&line);
        let command: Value = serde_json::from_slice(text).expect("a JSON command");
        assert_eq!(command["execute"], name, "the client sent {command}");
        command
    }
}
