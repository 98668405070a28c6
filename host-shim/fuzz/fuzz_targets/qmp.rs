//! The input is what a QMP socket sends, the greeting included. Whatever it is, the client fails to negotiate or its
//! stream ends with exactly one `Closed`.
//!
//! `cargo +nightly fuzz run qmp`, in this folder's parent.
#![no_main]

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::time::Duration;

use hotvcpu::qmp::{Client, Incoming};
use libfuzzer_sys::fuzz_target;

const GREETING: &[u8] = b"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}, \"package\": \"\"}, \"capabilities\": []}}\n{\"return\": {}, \"id\": 1}\n";

fuzz_target!(|bytes: &[u8]| {
    // A socket pair holds this much without a reader.
    let Some((first, rest)) = bytes.split_first().filter(|(_, rest)| rest.len() < 100_000) else {
        return;
    };
    let (ours, mut theirs) = UnixStream::pair().expect("a pair");
    if first % 4 != 0 {
        theirs.write_all(GREETING).expect("room");
    }
    theirs.write_all(rest).expect("room");
    theirs.shutdown(std::net::Shutdown::Write).expect("open");
    let (sender, receiver) = channel();
    let sink = move |item| sender.send(item).is_ok();
    let Ok(client) = Client::negotiate(ours, Duration::from_secs(10), sink) else {
        return;
    };
    let items: Vec<Incoming> = receiver.iter().collect();
    let ends = items
        .iter()
        .filter(|item| matches!(item, Incoming::Closed { .. }));
    assert_eq!(ends.count(), 1);
    assert!(matches!(items.last(), Some(Incoming::Closed { .. })));
    drop(client);
});
