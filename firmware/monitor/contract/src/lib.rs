//! The host side of CPU hotplug on aarch64: what a hypervisor with CPU hotplug shows to its guest and its operator.
//!
//! The monitor at EL2 plays such a hypervisor on a QEMU that is none. Everything it decides is decided here, without
//! hardware: what a register reads, what PSCI answers, which request is refused and in which words, what the ACPI
//! tables say. So the host side can be tested on any machine against the guest side, our own AML interpreter and
//! our own hotplug engine, and neither can tell it from the captured hypervisors.
//!
//! - [`Contract`]: the slots, the register block ([`registers`]), the GED's selector, PSCI ([`psci`]).
//! - [`Channel`]: requests in, reports out (the words are [`hotvcpu_wire::control`]).
//! - [`tables`]: the DSDT and MADT that go with it.
//! - [`persistent`]: what survives a reset of the machine.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod channel;
mod contract;
mod generation;
pub mod persistent;
pub mod psci;
mod refusal;
pub mod registers;
mod settings;
mod slot;
pub mod tables;

pub use channel::Channel;
pub use contract::{Contract, ContractError, GED_CPU, MAX_SLOTS};
pub use generation::{Generation, UnknownGeneration};
pub use refusal::Refusal;
pub use registers::Effect;
pub use settings::{Settings, SettingsError};
pub use slot::{DeviceId, Origin};
