//! vCPU hotplug on QEMU: plan it, check it, do it, and see what the guest saw.
//!
//! The command `hotvcpu` is made of this library, and so can be the tests of another project. What they need beside it is
//! a QEMU and our guest. Which QEMU is a variable's business (`HOTVCPU_QEMU`, for aarch64 `HOTVCPU_QEMU_AARCH64`) or
//! [`GuestConfig::qemu`]'s; the guest is a path ([`GuestConfig::new`]), or what [`images`] finds
//! ([`GuestConfig::reference_guest`]). Nothing else of this repository has to be there at run time.
//!
//! # A test of hotplug
//!
//! [`Guest`] is a QEMU with our guest in it, which ends when it is dropped. [`Guest::plug`] returns when the guest uses
//! the vCPUs, [`Guest::unplug`] when QEMU has destroyed them, and anything else is an error that says how far it came:
//!
//! ```no_run
//! use std::time::Duration;
//! use hotvcpu::{Guest, GuestConfig, Machine};
//!
//! # fn main() -> hotvcpu::Result<()> {
//! let patience = Duration::from_secs(30);
//! let mut guest = Guest::start(GuestConfig::reference_guest(Machine::Q35)?.cpus(1, 4))?;
//! for operation in guest.plug(&[1, 2], patience)? {
//!     println!("vCPU {}:\n{}", operation.slot, operation.timeline);
//! }
//! guest.unplug(&[2], patience)?;
//! assert!(!guest.slots()?[2].present());
//! guest.powerdown()?;
//! assert!(guest.wait_exit(patience)?.success());
//! # Ok(())
//! # }
//! ```
//!
//! The same test is one of aarch64 with [`Machine::Virt`].
//!
//! # The guest's own phases
//!
//! The guest records each step that it takes: the doorbell, the Notify, `_STA`, the start of the CPU, its first
//! instruction, `_OST` ([`Phase`] has them all). A test can send what it likes, and await what the guest makes of it:
//!
//! ```no_run
//! # use std::time::Duration;
//! # use hotvcpu::{Guest, GuestConfig, Machine, Phase};
//! # use serde_json::json;
//! # fn main() -> hotvcpu::Result<()> {
//! # let patience = Duration::from_secs(30);
//! let mut guest = Guest::start(GuestConfig::reference_guest(Machine::Virt)?.cpus(1, 4))?;
//! guest.wait_ready(patience)?;
//! let request = guest.slots()?[3].add_arguments("mine");
//! guest.execute("device_add", request)?;
//! let online = guest.await_phase(Phase::Online, Some(3), patience)?;
//! println!("online {} ns after the kernel's entry", online.record.t_ns);
//! guest.execute("device_del", json!({"id": "mine"}))?;
//! guest.await_phase(Phase::Eject, Some(3), patience)?;
//! assert!(guest.phases_of(3).contains(&Phase::Drain));
//! # Ok(())
//! # }
//! ```
//!
//! A wait looks at each record once, so nothing is missed that came between two of them; [`Guest::records`] has all of
//! them. What the guest shall do wrong is a matter of its command line ([`GuestConfig::cmdline`]): with
//! `misbehave=refuse-eject` the unplug above ends with an error whose [`Error::kind`] is [`ErrorKind::GuestRefused`].
//!
//! # Without a QEMU
//!
//! What decides is pure and can be had alone. Which slots would be taken, say, on a machine with two cores of two threads?
//!
//! ```
//! use hotvcpu::{plan, slots};
//! use serde_json::json;
//!
//! let slot = |core, thread| json!({
//!     "type": "qemu64-x86_64-cpu", "vcpus-count": 1,
//!     "props": {"socket-id": 0, "core-id": core, "thread-id": thread},
//! });
//! let mut answer = [slot(1, 1), slot(1, 0), slot(0, 1), slot(0, 0)];
//! answer[3]["qom-path"] = json!("/machine/unattached/device[0]");
//! let slots = slots::parse(&json!(answer)).expect("QEMU's list");
//! let plan = plan::reach(&slots, 2, &Default::default()).expect("there is room");
//! assert_eq!(plan.add, [1], "the other thread of the core that is in use");
//! ```
//!
//! And a guest's event file that was kept is read line by line:
//!
//! ```
//! use hotvcpu::{Phase, Record};
//!
//! let line = r#"{"seq":31,"t_ns":41000250,"phase":"online","cpu":2}"#;
//! let record: Record<String> = serde_json::from_str(line)?;
//! assert_eq!((record.phase, record.cpu), (Phase::Online, Some(2)));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Where what is
//!
//! Read from the bottom up. [`qmp`], [`agent`] and [`guest_log`] speak with QEMU and the guest's agent, and listen to the
//! guest; [`stream`] makes one stream of both; [`backend`] hides who does hotplug: QEMU, or on aarch64 a [`monitor`].
//! [`slots`], [`plan`], [`guard`], [`apic_id`], [`mpidr`], [`nodes`] and [`quirks`] are pure: what is there, what to change,
//! may it be changed, will this QEMU survive it; [`qemu_says`] knows what it says where it refuses. [`ops`] finds the end of each change, [`timeline`] shows its phases, [`session`] puts these
//! to work on one running QEMU. [`launch`], [`machine`], [`images`], [`accel`] and [`qemu_binary`] start one,
//! [`definition`] keeps what is to be started; [`autoscale`] lets the load decide how many vCPUs there are. [`Guest`] is
//! the front door for programs, [`domain`] the one for the command `hotvcpu`, [`demo`] shows all of it.
//!
//! Nothing waits without a deadline, and nothing sleeps to look again: every wait is for an event.
//! What the guest says is bounded, parsed, and never obeyed.
#![forbid(unsafe_code)]

pub mod accel;
pub mod agent;
pub mod apic_id;
pub mod autoscale;
pub mod backend;
pub mod definition;
pub mod demo;
pub mod domain;
mod error;
pub mod follow;
pub mod guard;
mod guest;
pub mod guest_log;
pub mod guest_view;
pub mod history;
pub mod hotplug;
pub mod images;
pub mod launch;
mod lines;
pub mod machine;
pub mod monitor;
pub mod mpidr;
#[cfg(test)]
mod mutant;
pub mod nodes;
pub mod ops;
pub mod plan;
pub mod power;
mod probe_cache;
pub mod proxy;
pub mod qemu_binary;
pub mod qemu_says;
pub mod qmp;
pub mod quirks;
pub mod resize;
#[cfg(test)]
mod scripted;
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
