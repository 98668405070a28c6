//! The input is what a guest's agent sends. Where it is cut makes no difference, and each line is an answer or a text
//! that says why not.
//!
//! `cargo +nightly fuzz run agent`, in this folder's parent.
#![no_main]

use hotvcpu::agent::{Answer, Item, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let at_once = Reader::default().push(bytes);
    let (one, other) = bytes.split_at(bytes.len() / 3);
    let mut reader = Reader::default();
    let mut in_pieces = reader.push(one);
    in_pieces.extend(reader.push(other));
    assert_eq!(at_once, in_pieces);
    for item in at_once {
        if let Item::Line(line) = item
            && let Err(text) = Answer::parse(&line)
        {
            assert!(text.len() < 2000);
        }
    }
});
