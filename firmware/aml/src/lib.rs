//! An interpreter for AML, the bytecode of ACPI, for kernels and firmware.
//!
//! It loads DSDT and SSDTs, builds the namespace, and evaluates methods, fields and data objects with the semantics of
//! ACPI 6.5, chapters 19 and 20; where the specification leaves room, it does what ACPICA does. It needs an allocator
//! and nothing else, contains no `unsafe`, and is bounded: AML comes from outside, and no table makes it panic, hang,
//! recurse on the machine's stack, or take more memory than its [`Limits`] say.
//!
//! # Example
//!
//! ```
//! use hotvcpu_aml::{Access, Host, Interpreter, Limits, NodeId, RegionAccess, RegionError, Value};
//!
//! /// A platform without hardware.
//! struct Nothing;
//!
//! impl RegionAccess for Nothing {
//!     fn read(&mut self, _: Access) -> Result<u64, RegionError> {
//!         Err(RegionError::Unsupported)
//!     }
//!     fn write(&mut self, _: Access, _: u64) -> Result<(), RegionError> {
//!         Err(RegionError::Unsupported)
//!     }
//! }
//!
//! impl Host for Nothing {
//!     fn notify(&mut self, _: NodeId, _: u64) {}
//!     fn timer_100ns(&mut self) -> u64 {
//!         0
//!     }
//!     fn sleep_ms(&mut self, _: u64) {}
//!     fn stall_us(&mut self, _: u64) {}
//! }
//!
//! // DefinitionBlock ("", "DSDT", 2, "", "", 0) { Method (ADD2, 1) { Return (Arg0 + 2) } }
//! let mut table = b"DSDT\x00\x00\x00\x00\x02".to_vec();
//! table.resize(36, 0);
//! table.extend(*b"\x14\x0CADD2\x01\xA4\x72\x68\x0A\x02\x00");
//! table[4] = table.len() as u8;
//! let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
//! table[9] = 0u8.wrapping_sub(sum);
//!
//! let mut interpreter = Interpreter::new(Limits::default());
//! interpreter.load_table(&table, &mut Nothing)?;
//! interpreter.initialize(&mut Nothing)?;
//! let sum = interpreter.evaluate_path("\\ADD2", &[Value::Integer(40)], &mut Nothing)?;
//! assert_eq!(sum, Value::Integer(42));
//! # Ok::<(), hotvcpu_aml::Error>(())
//! ```
//!
//! # How it is built
//!
//! From the bytes up: `decode` knows the encoding and nothing of what operators do; `namespace` is the tree of named
//! objects; `object` the values and the heap they live in; `exec` carries operators out, one small step at a time, on
//! stacks of its own; `vm` is what outlives an evaluation; `interpreter` is the public face. Everything that is
//! hardware or the operating system's goes through [`Host`].
//!
//! # One evaluation at a time
//!
//! An evaluation borrows the interpreter, so two of them cannot wait for each other's mutexes. A kernel that wants to
//! evaluate from several processors puts a lock around the interpreter. Notifications are to be queued by the host and
//! acted upon after the evaluation, when the interpreter is free again.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod decode;
mod disassemble;
mod eisa;
mod error;
mod exec;
mod host;
mod init;
mod interpreter;
mod limits;
mod name;
mod namespace;
mod object;
mod report;
pub mod resources;
mod table;
mod transfer;
mod value;
mod vm;

pub use decode::opcode::opcode_name;
pub use disassemble::{Term, disassemble};
pub use eisa::{EisaId, eisa_id, eisa_number};
pub use error::{Error, ErrorKind, Limit, Location};
pub use host::{
    Access, Host, PciFunction, RegionAccess, RegionError, RegionSpace, TableQuery, Width,
};
pub use init::{InitFailure, InitReport, InitStep};
pub use interpreter::{Interpreter, ObjectKind, ProcessorInfo};
pub use limits::Limits;
pub use name::NameSeg;
pub use namespace::NodeId;
pub use report::LoadReport;
pub use transfer::{Direction, Protocol, Transfer};
pub use value::Value;

/// A kernel keeps the interpreter behind a lock and uses it from any processor.
const _: fn() = || {
    fn usable_from_any_processor<T: Send + Sync>() {}
    usable_from_any_processor::<Interpreter>();
};
