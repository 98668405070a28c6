//! The input is what the device does: how each transfer ends, and the bytes that it moves.
//!
//! `cargo +nightly fuzz run fw_cfg`, in `firmware/boot`.
#![no_main]

use hotvcpu_boot::fw_cfg::{Descriptor, Device, FwCfg, MAX_ITEM_LENGTH};
use libfuzzer_sys::fuzz_target;

struct Hostile<'a> {
    bytes: core::slice::Iter<'a, u8>,
    key: u16,
}

impl Hostile<'_> {
    fn next(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }
}

impl Device for Hostile<'_> {
    fn select(&mut self, key: u16) {
        self.key = key;
    }

    fn read_byte(&mut self) -> u8 {
        // Signature and features are right, so that the rest is reached.
        match self.key {
            0 => {
                self.key = 2;
                b'Q'
            }
            1 => {
                self.key = 5;
                3
            }
            2..5 => {
                self.key += 1;
                b"EMU"[usize::from(self.key - 3)]
            }
            _ => 0,
        }
    }

    fn start(&mut self, descriptor: &Descriptor, buffer: &mut [u8]) {
        for byte in &mut *buffer {
            *byte = self.next();
        }
        let control = if self.next() == 0xFF {
            Descriptor::ERROR
        } else {
            0
        };
        descriptor.finish(control);
    }
}

fuzz_target!(|input: &[u8]| {
    let device = Hostile {
        bytes: input.iter(),
        key: 0,
    };
    let Ok(mut fw_cfg) = FwCfg::open(device) else {
        return;
    };
    for name in ["etc/table-loader", "a", ""] {
        if let Some(item) = fw_cfg.find(name) {
            assert!(item.length <= MAX_ITEM_LENGTH);
            let _ = fw_cfg.read_all(item, 0x1000);
        }
    }
    for item in [fw_cfg.kernel(), fw_cfg.initrd(), fw_cfg.cmdline()] {
        if let Ok(Some(item)) = item {
            let read = fw_cfg.read_all(item, 0x1000);
            assert!(read.is_err() || item.length <= 0x1000);
        }
    }
});
