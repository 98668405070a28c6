//! The guest agent's port as bytes, for what no well-behaved client sends.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use hotvcpu::Guest;
use serde_json::Value;

use crate::PATIENCE;

/// A connection to the agent of a guest.
pub struct AgentStream {
    stream: UnixStream,
    unread: Vec<u8>,
}

impl AgentStream {
    /// Connects; QEMU lets one client in at a time.
    pub fn connect(guest: &Guest) -> Self {
        let stream = UnixStream::connect(guest.agent_socket()).expect("the port listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a socket has deadlines");
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a socket has deadlines");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Sends bytes.
    pub fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the port takes bytes");
    }

    /// Sends as many bytes as the port takes at once; false if it takes none for a second.
    pub fn flood(&mut self, bytes: &[u8]) -> bool {
        let second = std::time::Duration::from_secs(1);
        self.stream
            .set_write_timeout(Some(second))
            .expect("a socket has deadlines");
        self.stream.write(bytes).is_ok()
    }

    /// The next line, without its newline.
    pub fn line(&mut self) -> Vec<u8> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let rest = self.unread.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.unread, rest);
                line.pop();
                return line;
            }
            let mut bytes = [0; 4096];
            let count = self.stream.read(&mut bytes).expect("the agent answers");
            assert_ne!(count, 0, "the port is closed");
            self.unread.extend(&bytes[..count]);
        }
    }

    /// The next answer.
    pub fn answer(&mut self) -> Value {
        let line = self.line();
        let text = String::from_utf8_lossy(&line);
        serde_json::from_slice(&line).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Sends a message and insists that it costs one error, which contains `words`.
    pub fn refused(&mut self, message: &[u8], words: &str) {
        self.say(message);
        let answer = self.answer();
        let text = answer["error"]["desc"].as_str().unwrap_or_default();
        assert!(text.contains(words), "{words}: {answer}");
    }

    /// Closes the connection.
    pub fn hang_up(self) {
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
