//! The guest's event records: what it saw, one JSON object a line; and, in [`control`], what the host and the
//! aarch64 monitor tell each other.
//!
//! The guest writes them, the host reads them, and this crate is the one place where both agree on the words. It is
//! separate from both because the host must not link guest code, and small because it runs in the guest on every
//! phase of every hotplug.
//!
//! The vocabulary is documented for readers in `docs/src/events.md`.
#![no_std]
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};

pub mod control;
mod line;
mod load;
mod phase;

pub use load::Load;
pub use phase::Phase;

/// Version of this vocabulary, carried by the first record ([`Phase::Boot`]) as its `value`.
pub const VERSION: u64 = 1;

/// The longest line that either side writes and a reader has to accept, in bytes, newline included.
pub const MAX_LINE: usize = 512;

/// One phase of one operation, as the guest saw it.
///
/// `T` is the type of the text: `&str` where records are written, `String` where they are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<T> {
    /// Position in the guest's stream, from 0, without gaps. A gap means that lines were lost.
    pub seq: u64,
    /// Nanoseconds since the guest kernel was entered. Monotonic over all CPUs.
    pub t_ns: u64,
    /// What happened.
    pub phase: Phase,
    /// The CPU concerned: its ACPI processor UID, which on QEMU is also the slot's index and its selector.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub cpu: Option<u32>,
    /// The CPU's hardware identity: APIC ID or MPIDR.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub hw_id: Option<u64>,
    /// The phase's own number; see [`Phase`] for its meaning.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub value: Option<u64>,
    /// For [`Phase::Ost`]: the source event that `_OST` names (1 insertion, 3 ejection request; ACPI 6.5, 6.3.5).
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub event: Option<u32>,
    /// For [`Phase::Workload`] and [`Phase::Shutdown`]: how a workload with a demand of its own stands.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub load: Option<Load>,
    /// For people: the reason, the step that missed its deadline, the error.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub text: Option<T>,
}

impl<T> Record<T> {
    /// A record of `phase` with nothing else said yet.
    pub fn new(seq: u64, t_ns: u64, phase: Phase) -> Self {
        Self {
            seq,
            t_ns,
            phase,
            cpu: None,
            hw_id: None,
            value: None,
            event: None,
            load: None,
            text: None,
        }
    }
}

impl Record<&str> {
    /// Writes the record and a newline into `line`; returns the bytes to send. A text too long for the line is cut.
    pub fn encode<'b>(&self, line: &'b mut [u8; MAX_LINE]) -> &'b [u8] {
        line::encode(self.clone(), line)
    }
}

impl line::Line for Record<&str> {
    fn shorten_text(&mut self) {
        self.text = self.text.and_then(line::shorten);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    fn decode(line: &[u8]) -> Record<String> {
        serde_json::from_slice(line).expect("the line is JSON")
    }

    #[test]
    fn absent_fields_are_not_written() {
        let mut line = [0; MAX_LINE];
        let text = Record::<&str>::new(7, 1_000, Phase::Ready).encode(&mut line);
        assert_eq!(text, b"{\"seq\":7,\"t_ns\":1000,\"phase\":\"ready\"}\n");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut record = Record::new(u64::MAX, u64::MAX, Phase::Ost);
        record.cpu = Some(4095);
        record.hw_id = Some(u64::MAX);
        record.value = Some(0x84);
        record.event = Some(u32::MAX);
        record.load = Some(Load {
            offered_us: u64::MAX,
            done_us: u64::MAX,
            waiting_us: u64::MAX,
            dropped_us: u64::MAX,
        });
        record.text = Some("a \"quoted\"\\ \u{1} line\n");
        let mut line = [0; MAX_LINE];
        let back = decode(record.encode(&mut line));
        assert_eq!(back.seq, record.seq);
        assert_eq!((back.event, back.load), (record.event, record.load));
        assert_eq!(back.text.as_deref(), record.text);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let long: String = core::iter::repeat_n('é', 4 * MAX_LINE).collect();
        let mut record = Record::new(1, 2, Phase::Error);
        record.text = Some(long.as_str());
        let mut line = [0; MAX_LINE];
        let encoded = record.encode(&mut line);
        assert!(
            encoded.len() > MAX_LINE / 2,
            "only {} bytes of {MAX_LINE} were used",
            encoded.len()
        );
        let back = decode(encoded);
        assert!(
            back.text
                .expect("some text is kept")
                .chars()
                .all(|c| c == 'é')
        );
    }
}
