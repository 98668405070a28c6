//! The input is the code of a DSDT: it is given a header, loaded, initialised, and its methods are called.
//!
//! `cargo +nightly fuzz run load_and_run`, in this folder's parent.
#![no_main]

use hotvcpu_aml::{
    Access, Host, Interpreter, Limits, NodeId, ObjectKind, RegionAccess, RegionError, Value,
    disassemble,
};
use libfuzzer_sys::fuzz_target;

const HEADER: usize = 36;
/// How many objects are evaluated; the first ones are as good as the rest.
const EVALUATED: usize = 32;

/// Hardware that reads as what the address says, and a clock that goes on with every look.
#[derive(Default)]
struct Platform {
    clock: u64,
}

impl RegionAccess for Platform {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        Ok(access.address.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn write(&mut self, _: Access, _: u64) -> Result<(), RegionError> {
        Ok(())
    }
}

impl Host for Platform {
    fn notify(&mut self, _: NodeId, _: u64) {}

    fn timer_100ns(&mut self) -> u64 {
        self.clock += 1_000;
        self.clock
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn stall_us(&mut self, _: u64) {}
}

/// `code` behind the header of a DSDT of revision 2.
fn table(code: &[u8]) -> Vec<u8> {
    let mut table = vec![0; HEADER];
    table[..4].copy_from_slice(b"DSDT");
    table[8] = 2;
    table.extend_from_slice(code);
    let length = table.len() as u32;
    table[4..8].copy_from_slice(&length.to_le_bytes());
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table[9] = 0u8.wrapping_sub(sum);
    table
}

fuzz_target!(|code: &[u8]| {
    let mut limits = Limits::default();
    limits.fuel = 100_000;
    limits.object_bytes = 1 << 20;
    let _ = disassemble(&table(code)).count();
    let mut host = Platform::default();
    let mut interpreter = Interpreter::new(limits);
    if interpreter.load_table(&table(code), &mut host).is_err() {
        return;
    }
    let _ = interpreter.initialize(&mut host);
    let mut pending = vec![interpreter.root()];
    let mut evaluated = 0;
    while let Some(node) = pending.pop() {
        pending.extend(interpreter.children(node));
        let args = match interpreter.kind(node) {
            ObjectKind::Method { args } => vec![Value::Integer(1); args.into()],
            _ => Vec::new(),
        };
        if evaluated < EVALUATED {
            evaluated += 1;
            if let Ok(value) = interpreter.evaluate(node, &args, &mut host) {
                let _ = interpreter.describe(&value);
            }
        }
    }
    assert!(interpreter.object_bytes() <= 1 << 20);
});
