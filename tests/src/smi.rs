//! Plays, to a QEMU that is stopped before its first instruction, what firmware such as OVMF does with its SMIs: it writes the
//! features that it wants to fw_cfg, over QEMU's own test protocol (`-qtest`).

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// fw_cfg on a PC: selector, data, and the DMA address in two halves (QEMU's docs/specs/fw_cfg).
const SELECTOR: u16 = 0x510;
const DATA: u16 = 0x511;
const DMA_HIGH: u16 = 0x514;
const DMA_LOW: u16 = 0x518;

/// The list of all files.
const DIRECTORY: u16 = 0x19;

/// Guest memory that nobody uses yet: the features, and the DMA's description.
const FEATURES: u64 = 0x1000;
const TRANSFER: u64 = 0x2000;

/// Select the file, and write.
const SELECT_AND_WRITE: u32 = 0x18;

/// SMIs reach all CPUs; of CPU hotplug nothing is said.
const BROADCAST_ONLY: u64 = 1;

/// A connection to QEMU's test protocol.
struct Qtest {
    lines: BufReader<UnixStream>,
}

impl Qtest {
    fn tell(&mut self, line: &str) -> String {
        let stream = self.lines.get_mut();
        writeln!(stream, "{line}").expect("QEMU takes it");
        let mut answer = String::new();
        self.lines.read_line(&mut answer).expect("QEMU answers");
        let rest = answer.strip_prefix("OK");
        let rest = rest.unwrap_or_else(|| panic!("{line}: {answer}"));
        rest.trim().to_owned()
    }

    fn byte(&mut self) -> u8 {
        let told = self.tell(&format!("inb {DATA:#x}"));
        let number = u64::from_str_radix(told.trim_start_matches("0x"), 16);
        u8::try_from(number.expect("a number")).expect("a byte")
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    fn select(&mut self, file: u16) {
        self.tell(&format!("outw {SELECTOR:#x} {file:#x}"));
    }

    /// The selector of a file.
    fn find(&mut self, name: &str) -> u16 {
        self.select(DIRECTORY);
        let count = u32::from_be_bytes(self.bytes());
        let mut entries = (0..count).map(|_| {
            let (_size, selector, _reserved) = (self.bytes::<4>(), self.bytes(), self.bytes::<2>());
            (u16::from_be_bytes(selector), self.bytes::<56>())
        });
        let is_it = |text: &[u8; 56]| {
            text.strip_prefix(name.as_bytes())
                .is_some_and(|rest| rest.first() == Some(&0))
        };
        let found = entries.find(|(_, text)| is_it(text));
        found.unwrap_or_else(|| panic!("fw_cfg has no {name}")).0
    }

    fn write(&mut self, address: u64, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.tell(&format!("write {address:#x} {} 0x{hex}", bytes.len()));
    }
}

/// Takes SMI broadcast without CPU hotplug, as older OVMF does; `socket` is that of `-qtest`.
pub fn negotiate_broadcast_only(socket: &Path) {
    let stream = UnixStream::connect(socket).expect("connected");
    let mut qtest = Qtest {
        lines: BufReader::new(stream),
    };
    let wanted = qtest.find("etc/smi/requested-features");
    let settled = qtest.find("etc/smi/features-ok");
    qtest.write(FEATURES, &BROADCAST_ONLY.to_le_bytes());
    let control = u32::from(wanted) << 16 | SELECT_AND_WRITE;
    let mut transfer = control.to_be_bytes().to_vec();
    transfer.extend(8u32.to_be_bytes());
    transfer.extend(FEATURES.to_be_bytes());
    qtest.write(TRANSFER, &transfer);
    qtest.tell(&format!("outl {DMA_HIGH:#x} 0x0"));
    let low = u32::try_from(TRANSFER).expect("below 4 GiB").swap_bytes();
    qtest.tell(&format!("outl {DMA_LOW:#x} {low:#x}"));
    // Reading it settles the negotiation.
    qtest.select(settled);
    assert_eq!(qtest.byte(), 1, "QEMU did not take the features");
}
