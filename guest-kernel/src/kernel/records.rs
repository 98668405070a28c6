//! Event records: numbered, timestamped, and sent to the host when there is time.
//!
//! Sending costs a port access per byte, which under emulation is more than the hotplug itself. So a record is made
//! at its moment, with its time, and kept; the kernel's loop sends what has gathered when nothing is under way, or has
//! been for long. A panic or an exception sends the rest.

use alloc::string::{String, ToString};
use core::fmt::{self, Display, Write};

use hotvcpu_platform::{channel, clock, console};
use hotvcpu_wire::{Load, MAX_LINE, Phase, Record};
use spin::Mutex;

/// Bytes kept before they are sent without waiting for a pause.
const ROOM: usize = 32 * 1024;

static OUTBOX: Mutex<Outbox> = Mutex::new(Outbox {
    next: 0,
    bytes: String::new(),
});

struct Outbox {
    next: u64,
    bytes: String,
}

/// What a record says beside its phase; the fields are [`Record`]'s.
#[derive(Clone, Copy, Default)]
pub struct Details<'a> {
    pub cpu: Option<u32>,
    pub hw_id: Option<u64>,
    pub value: Option<u64>,
    pub event: Option<u32>,
    pub load: Option<Load>,
    pub text: Option<&'a str>,
}

impl Details<'_> {
    /// The phase's own number, and nothing else.
    pub fn value(value: u64) -> Self {
        Self {
            value: Some(value),
            ..Self::default()
        }
    }
}

/// Records `phase` as of now.
pub fn record(phase: Phase, details: Details<'_>) {
    record_at(clock::now_ns(), phase, details);
}

/// Records `phase` as of `t_ns`: for what another CPU or an interrupt handler saw earlier.
pub fn record_at(t_ns: u64, phase: Phase, details: Details<'_>) {
    let Details {
        cpu,
        hw_id,
        value,
        event,
        load,
        text,
    } = details;
    let mut line = [0; MAX_LINE];
    let mut outbox = OUTBOX.lock();
    let seq = outbox.next;
    outbox.next += 1;
    let record = Record {
        seq,
        t_ns,
        phase,
        cpu,
        hw_id,
        value,
        event,
        load,
        text,
    };
    let bytes = record.encode(&mut line);
    if outbox.bytes.len() + bytes.len() > ROOM {
        outbox.send();
    }
    // A record is JSON, which is UTF-8.
    outbox
        .bytes
        .push_str(core::str::from_utf8(bytes).unwrap_or("\n"));
}

/// Records an error outside any CPU's operation, and says it on the console.
pub fn error(problem: &dyn Display) {
    let text = problem.to_string();
    console::print(format_args!("error: {text}\n"));
    let text = Some(text.as_str());
    record(
        Phase::Error,
        Details {
            text,
            ..Details::default()
        },
    );
}

/// Sends what has gathered.
pub fn flush() {
    OUTBOX.lock().send();
}

/// Records why the guest ends and sends what has gathered, unless the CPU that came to its end holds the outbox. Takes
/// no memory: the heap may be what failed.
pub fn last_words(problem: fmt::Arguments<'_>) {
    let mut text = FixedText::default();
    // What does not fit is cut.
    let _ = text.write_fmt(problem);
    let text = Some(text.as_str());
    if let Some(mut outbox) = OUTBOX.try_lock() {
        let mut line = [0; MAX_LINE];
        let seq = outbox.next;
        outbox.next += 1;
        let record = Record {
            text,
            ..Record::new(seq, clock::now_ns(), Phase::Error)
        };
        outbox.send();
        channel::write(record.encode(&mut line));
    }
}

/// The beginning of a text.
struct FixedText {
    bytes: [u8; 200],
    length: usize,
}

impl Default for FixedText {
    fn default() -> Self {
        Self {
            bytes: [0; 200],
            length: 0,
        }
    }
}

impl FixedText {
    fn as_str(&self) -> &str {
        let bytes = &self.bytes[..self.length];
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            // Cut in the middle of a character.
            Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        }
    }
}

impl fmt::Write for FixedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.length..];
        let length = text.len().min(room.len());
        room[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        if length < text.len() {
            return Err(fmt::Error);
        }
        Ok(())
    }
}

impl Outbox {
    fn send(&mut self) {
        channel::write(self.bytes.as_bytes());
        self.bytes.clear();
    }
}
