//! The QEMU guest agent's protocol (QEMU's `docs/interop/qemu-ga-ref`), as a guest without an operating system
//! speaks it: JSON commands in, JSON replies out.
//!
//! An [`Agent`] is fed bytes and gives bytes; what it does to the machine goes through [`System`], which nobody waits
//! for: a CPU takes time to come or go, so a command may stay under way while the kernel does other things, and has a
//! deadline.
//!
//! The host is not trusted. What comes in is bounded ([`MAX_MESSAGE`], [`MAX_DEPTH`]), and a message that is none
//! costs itself alone: one error, and the next one is understood. No more is read while a reply waits to be taken, so
//! what goes out is bounded by what a machine's CPUs take to list.
//!
//! | module | its job |
//! |---|---|
//! | `framing` | where a message begins and ends |
//! | `json` | what a message says, without copying it |
//! | `request` | which command it is, with its arguments |
//! | `commands` | what each command does |
//! | `vcpus` | `guest-set-vcpus`, which takes time |
//! | `reply` | what is sent back |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod agent;
mod commands;
mod error;
mod framing;
mod json;
mod reply;
mod request;
mod system;
mod vcpus;

pub use agent::{Agent, Happening};
pub use error::{Class, Refusal};
pub use framing::{MAX_DEPTH, MAX_MESSAGE};
pub use system::{Progress, ShutdownMode, System, Usage, Vcpu};

/// The name of the port on which a host looks for a guest agent.
pub const PORT_NAME: &str = "org.qemu.guest_agent.0";
