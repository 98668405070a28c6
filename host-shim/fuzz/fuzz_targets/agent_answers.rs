//! The input is what an agent answers to a command, once it has synchronised: the client ends with a typed answer or
//! an error.
//!
//! `cargo +nightly fuzz run agent_answers`, in this folder's parent.
#![no_main]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use hotvcpu::agent::{AgentClient, to_count};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first().filter(|(_, rest)| rest.len() < 100_000) else {
        return;
    };
    let (ours, theirs) = UnixStream::pair().expect("a pair");
    let answer = rest.to_vec();
    let peer = thread::spawn(move || play(theirs, &answer));
    let mut client = AgentClient::over(ours, Duration::from_secs(10)).expect("it synchronises");
    match first % 4 {
        0 => drop(client.cpu_stats()),
        1 => drop(client.info()),
        2 => drop(client.time()),
        _ => {
            if let Ok(vcpus) = client.vcpus() {
                let _ = to_count(&vcpus, vcpus.len() / 2);
            }
        }
    }
    drop(client);
    peer.join().expect("the peer is honest in this");
});

/// Answers one synchronisation rightly, and the command after it with `answer`.
fn play(stream: UnixStream, answer: &[u8]) {
    let mut lines = BufReader::new(stream.try_clone().expect("a handle")).split(b'\n');
    let sync = lines.next().expect("a line").expect("readable");
    let digits = sync.iter().filter(|byte| byte.is_ascii_digit());
    let id = String::from_utf8(digits.copied().collect()).expect("digits");
    let mut stream = stream;
    let _ = write!(stream, "{{\"stale\": 1}}\n").and_then(|()| stream.write_all(b"\xff"));
    let _ = write!(stream, "{{\"return\": {id}}}\n");
    let _ = lines.next();
    let _ = stream.write_all(answer);
}
