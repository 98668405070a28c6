//! The life of a hot-pluggable CPU: from the device check that announces it to the `_OST` that answers, and back.
//!
//! [`Hotplug`] is an engine that never waits. Everything that happens to it is an input: a notification, a CPU's
//! hello, the news that its work is drained, the passing of time. Everything that it wants is a call to a trait that
//! the guest implements ([`CpuPower`], [`Work`], [`Report`]). Each CPU has its own operation with its own deadline, so
//! any number of them can come and go at once, and one that fails stops no other. That is also what lets all of it
//! run on the host, against the tables of real hypervisors and a clock that the test turns.
//!
//! The order of one insertion: device check, `_STA`, identity (`_MAT`, else MADT), start, hello, online, `_OST(1, 0)`.
//! Of one removal: eject request, policy, `_OST(3, 0x84)`, drain, stop, off, `_EJ0`, `_STA`, `_OST(3, 0)`.
//!
//! Beside the host, the guest's own user may want a CPU online or offline ([`Hotplug::bring_online`],
//! [`Hotplug::take_offline`]): the same steps without the host, which learns nothing of it, so no `_EJ0` and no `_OST`.
//!
//! Section numbers are those of the ACPI specification, version 6.5.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod engine;
mod generation;
mod guest;
mod identity;
mod insertion;
mod offline;
mod ost;
mod policy;
mod removal;
mod slots;
mod state;

pub use engine::{CpuView, Env, Hotplug};
pub use generation::{
    Evidence, Family, Finding, Generation, Incompatible, UnknownFamily, detect as detect_generation,
};
pub use guest::{Cpu, CpuPower, Event, Guest, PowerError, Report, Work};
pub use offline::Refused;
pub use policy::{Deadlines, Misbehaviour, OnlinePolicy, Policy, UnknownMisbehaviour};
pub use state::{IllegalTransition, Input, State};
