//! Where a message begins and ends in a stream of bytes that may hold anything.
//!
//! As in qemu-ga, a message ends where its outermost bracket closes; no newline is needed. What cannot be a message
//! costs one error, and the stream is understood again behind it. 0xFF, which no JSON contains, abandons whatever was
//! half said: `guest-sync-delimited` relies on it.

use alloc::vec::Vec;

use crate::json::Flaw;

/// The longest message, in bytes: `guest-set-vcpus` with more CPUs than this guest can use.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// The deepest nesting of brackets. No command needs more than four.
pub const MAX_DEPTH: usize = 32;

/// What is kept of the buffer between messages, in bytes.
const KEPT: usize = 1024;

/// A piece of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message, which may still turn out to be no JSON.
    Message(Vec<u8>),
    /// Something that cannot be one; what follows can.
    Broken(Fault),
}

/// Why something cannot be a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON.
    Flaw(Flaw),
    /// It is longer than [`MAX_MESSAGE`].
    TooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between messages.
    Between,
    /// In something that is no message, and was reported.
    Junk,
    /// In a message, outside of strings.
    Message,
    /// In a string of a message.
    String,
    /// Behind a backslash in such a string.
    Escape,
}

/// Cuts the stream.
#[derive(Debug)]
pub struct Framer {
    state: State,
    /// Open brackets.
    depth: usize,
    message: Vec<u8>,
    /// The message is passed over: it was reported to be too long or too deep.
    passing_over: bool,
}

impl Framer {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self {
            state: State::Between,
            depth: 0,
            message: Vec::new(),
            passing_over: false,
        }
    }

    /// Forgets what was half said.
    pub fn reset(&mut self) {
        self.state = State::Between;
        self.depth = 0;
        self.message.clear();
        self.message.shrink_to(KEPT);
        self.passing_over = false;
    }

    /// Reads up to the end of the next frame; returns how many bytes that took.
    pub fn feed(&mut self, bytes: &[u8]) -> (usize, Option<Frame>) {
        for (place, byte) in bytes.iter().enumerate() {
            if let Some(frame) = self.step(*byte) {
                return (place + 1, Some(frame));
            }
        }
        (bytes.len(), None)
    }

    fn step(&mut self, byte: u8) -> Option<Frame> {
        match (self.state, byte) {
            (State::Between | State::Junk, 0xFE..) => self.state = State::Between,
            (_, 0xFE..) => return self.give_up(Flaw::Ended),
            (State::Between | State::Junk, b'{' | b'[') => {
                self.reset();
                self.state = State::Message;
                return self.take(byte);
            }
            (State::Between, b' ' | 0..0x20) => {}
            (State::Between, _) => {
                self.state = State::Junk;
                return Some(Frame::Broken(Fault::Flaw(Flaw::Stray(byte))));
            }
            // A line's end is a promising place to begin anew.
            (State::Junk, 0..0x20) if byte != b'\t' => self.state = State::Between,
            (State::Junk, _) => {}
            (State::String | State::Escape, 0..0x20) => return self.give_up(Flaw::BadString),
            (State::Message | State::String | State::Escape, _) => return self.take(byte),
        }
        None
    }

    /// One byte of a message.
    fn take(&mut self, byte: u8) -> Option<Frame> {
        self.state = match (self.state, byte) {
            (State::Message, b'"') => State::String,
            (State::String, b'"') => State::Message,
            (State::String, b'\\') => State::Escape,
            (State::Escape, _) => State::String,
            (state, _) => state,
        };
        if !self.passing_over {
            self.message.push(byte);
        }
        if self.state == State::Message {
            match byte {
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        if self.depth == 0 {
            return self.end();
        }
        self.check_bounds()
    }

    /// The outermost bracket has closed.
    fn end(&mut self) -> Option<Frame> {
        let whole = !self.passing_over;
        let message = core::mem::take(&mut self.message);
        self.reset();
        whole.then_some(Frame::Message(message))
    }

    /// Reports a message that has become too much, once, and keeps no more of it.
    fn check_bounds(&mut self) -> Option<Frame> {
        let fault = if self.depth > MAX_DEPTH {
            Fault::Flaw(Flaw::TooDeep)
        } else if self.message.len() > MAX_MESSAGE {
            Fault::TooLong
        } else {
            return None;
        };
        if core::mem::replace(&mut self.passing_over, true) {
            return None;
        }
        self.message = Vec::new();
        Some(Frame::Broken(fault))
    }

    /// Ends a message in the middle; one that was reported already is not reported again.
    fn give_up(&mut self, flaw: Flaw) -> Option<Frame> {
        let reported = self.passing_over;
        self.reset();
        (!reported).then_some(Frame::Broken(Fault::Flaw(flaw)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;
    use std::string::String;
    use std::vec;

    use super::*;

    fn frames(bytes: &[u8]) -> Vec<Frame> {
        let mut framer = Framer::new();
        frames_of(&mut framer, bytes)
    }

    fn frames_of(framer: &mut Framer, mut bytes: &[u8]) -> Vec<Frame> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let (used, frame) = framer.feed(bytes);
            bytes = &bytes[used..];
            found.extend(frame);
        }
        found
    }

    fn message(text: &str) -> Frame {
        Frame::Message(text.into())
    }

    fn flaw(flaw: Flaw) -> Frame {
        Frame::Broken(Fault::Flaw(flaw))
    }

    #[test]
    fn messages_end_where_their_bracket_closes() {
        assert_eq!(
            frames(b"{\"a\":[1,\"]}\\\"\"]}\n [2]{}"),
            [
                message("{\"a\":[1,\"]}\\\"\"]}"),
                message("[2]"),
                message("{}")
            ]
        );
    }

    #[test]
    fn the_sentinel_abandons_what_was_half_said() {
        assert_eq!(
            frames(b"{\"execute\": \"gu\xFF{}"),
            [flaw(Flaw::Ended), message("{}")]
        );
        assert_eq!(frames(b"\xFF\xFF{}"), [message("{}")]);
        assert_eq!(
            frames(b"noise\xFF{}"),
            [flaw(Flaw::Stray(b'n')), message("{}")]
        );
    }

    #[test]
    fn one_piece_of_noise_is_one_error() {
        assert_eq!(
            frames(b"GET / HTTP/1.1\r\n{}"),
            [flaw(Flaw::Stray(b'G')), message("{}")]
        );
        assert_eq!(
            frames(b"{\"a\":\"line\n{}"),
            [flaw(Flaw::BadString), message("{}")]
        );
        assert_eq!(frames(b"}}}\n{}"), [flaw(Flaw::Stray(b'}')), message("{}")]);
    }

    #[test]
    fn too_much_is_one_error_and_is_not_kept() {
        let long = [b"{\"a\":\"", &vec![b'x'; 3 * MAX_MESSAGE][..], b"\"}{}"].concat();
        let mut framer = Framer::new();
        assert_eq!(
            frames_of(&mut framer, &long),
            [Frame::Broken(Fault::TooLong), message("{}")]
        );
        assert!(framer.message.capacity() <= KEPT);
        let deep = [vec![b'['; 5 * MAX_DEPTH], vec![b']'; 5 * MAX_DEPTH]].concat();
        assert_eq!(
            frames(&[&deep[..], b"{}"].concat()),
            [flaw(Flaw::TooDeep), message("{}")]
        );
        // One that never ends is abandoned like any other, and not reported twice.
        assert_eq!(
            frames(&[&deep[..5 * MAX_DEPTH], b"\xFF{}"].concat()),
            [flaw(Flaw::TooDeep), message("{}")]
        );
    }

    proptest! {
        #[test]
        fn the_pieces_do_not_matter(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b"{}[]\"\\\n \xFFa"[..])], 0..200,
        ), cut in 0usize..200) {
            let cut = cut.min(bytes.len());
            let mut framer = Framer::new();
            let mut in_two = frames_of(&mut framer, &bytes[..cut]);
            in_two.extend(frames_of(&mut framer, &bytes[cut..]));
            prop_assert_eq!(in_two, frames(&bytes));
        }

        #[test]
        fn anything_is_followed_by_a_message_that_is_understood(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let mut stream = bytes;
            stream.extend(b"\xFF{\"execute\":\"guest-ping\"}");
            let frames = frames(&stream);
            prop_assert_eq!(frames.last(), Some(&message("{\"execute\":\"guest-ping\"}")));
        }

        #[test]
        fn what_is_json_is_one_message(text in "\\{(\"[a-z{}\\[\\]]{0,9}\":[0-9]{1,3},)*\"x\":\\[\\]\\}") {
            let expected: String = text.clone();
            prop_assert_eq!(frames(text.as_bytes()), [message(&expected)]);
        }
    }
}
