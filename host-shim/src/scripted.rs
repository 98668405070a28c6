//! The other end of a socket, played by a script on a thread of its own. What the moves of a script are is the
//! protocols' business: see `qmp::scripted_peer` and `agent::scripted_agent`.

use std::io::BufReader;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;

use serde_json::Value;

/// Whoever plays.
pub struct Player {
    /// What the client sends.
    pub reader: BufReader<UnixStream>,
    /// What the client gets.
    pub writer: UnixStream,
    /// The commands that were expected, as they came.
    pub commands: Vec<Value>,
}

/// One move of a script.
pub trait Move: Send + 'static {
    /// Makes it; what does not go as the script has it fails the test here.
    fn make(self, player: &mut Player);
}

/// Plays `script` and closes the connection at its end. The client's end is returned.
///
/// Join the handle to see whether the script was played to its end; it returns the commands as they came.
pub fn play<M: Move>(script: Vec<M>) -> (UnixStream, JoinHandle<Vec<Value>>) {
    let (ours, theirs) = UnixStream::pair().expect("a socket pair");
    (ours, std::thread::spawn(move || perform(theirs, script)))
}

/// The same for whoever connects to the socket `path` first.
pub fn play_at<M: Move>(path: &Path, script: Vec<M>) -> JoinHandle<Vec<Value>> {
    let listener = UnixListener::bind(path).expect("a free path");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        perform(stream, script)
    })
}

fn perform<M: Move>(stream: UnixStream, script: Vec<M>) -> Vec<Value> {
    let mut player = Player {
        reader: BufReader::new(stream.try_clone().expect("a second handle")),
        writer: stream,
        commands: Vec::new(),
    };
    for step in script {
        step.make(&mut player);
    }
    player.commands
}
