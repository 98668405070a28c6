//! The parts of the guest kernel that need no hardware: its command line, the calendar and its workload.
//!
//! They stand in a library beside the kernel so that their tests run on the host. The kernel itself is `main.rs` and
//! the modules below `kernel/`.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod calendar;
pub mod config;
pub mod workload;
