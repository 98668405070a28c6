//! vCPU hotplug on QEMU: plan it, check it, do it, and see what the guest saw.
//!
//! Read from the bottom up. [`qmp`], [`agent`] and [`guest_log`] speak with QEMU and the guest's agent, and listen to the guest;
//! [`stream`] makes one stream of both; [`backend`] hides who does hotplug: QEMU, or on aarch64 a [`monitor`]. [`slots`], [`plan`], [`guard`], [`apic_id`] and [`quirks`] are pure:
//! what is there, what to change, may it be changed, will this QEMU survive it. [`ops`] finds the
//! end of each change, [`timeline`] shows its phases, [`session`] puts these to work on one running
//! QEMU. [`launch`], [`machine`], [`accel`] and [`qemu_binary`] start one, [`definition`] keeps what is to be
//! started. [`Guest`] is the front
//! door for programs, [`domain`] the one for the command `hotvcpu`.
//!
//! Nothing waits without a deadline, and nothing sleeps to look again: every wait is for an event.
//! What the guest says is bounded, parsed, and never obeyed.
//!
//! ```no_run
//! use std::time::Duration;
//! use hotvcpu::{Guest, GuestConfig, Machine};
//!
//! # fn main() -> hotvcpu::Result<()> {
//! let mut guest = Guest::start(GuestConfig::new(Machine::Q35, "hotvcpu-guest").cpus(1, 4))?;
//! guest.wait_ready(Duration::from_secs(10))?;
//! for operation in guest.add(&[1, 2], Duration::from_secs(5))? {
//!     println!("vcpu {}: {}\n{}", operation.slot, operation.ok(), operation.timeline);
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod accel;
pub mod agent;
pub mod apic_id;
pub mod backend;
pub mod definition;
pub mod domain;
mod error;
pub mod follow;
pub mod guard;
mod guest;
pub mod guest_log;
pub mod guest_view;
pub mod history;
pub mod hotplug;
pub mod launch;
mod lines;
pub mod machine;
pub mod monitor;
#[cfg(test)]
mod mutant;
pub mod ops;
pub mod plan;
pub mod power;
mod probe_cache;
pub mod proxy;
pub mod qemu_binary;
pub mod qmp;
pub mod quirks;
pub mod resize;
pub mod session;
pub mod slots;
pub mod stream;
pub mod timeline;
pub mod units;
mod watch_thread;
pub mod xdg;

pub use accel::Accel;
pub use backend::BackendKind;
pub use error::{Error, ErrorKind, Result};
pub use guard::Direction;
pub use guest::{Guest, GuestConfig};
pub use guest_log::{GuestRecord, LogProblem};
pub use hotvcpu_wire::{Load, Phase, Record};
pub use launch::ReadyReport;
pub use machine::Machine;
pub use monitor::Generation;
pub use ops::{Operation, Outcome};
pub use session::Session;
pub use slots::Slot;
pub use timeline::Timeline;
