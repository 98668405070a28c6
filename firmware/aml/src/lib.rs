//! A complete, bounded AML interpreter for kernels and firmware.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod decode;
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
pub mod resources;
mod table;
mod value;
mod vm;

pub use decode::opcode::opcode_name;
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
pub use value::Value;
