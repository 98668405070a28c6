//! The doorbells: how a hypervisor tells a guest, by ACPI, that something has happened.
//!
//! Three kinds exist. Machines with fixed hardware have general-purpose event (GPE) blocks behind one interrupt,
//! the SCI; hardware-reduced ones have generic event devices (GED), each with interrupts of its own, or pins of a GPIO
//! controller. All end in an AML method that looks what it was and calls Notify. [`Doorbells`] hides the difference: it lists the interrupt
//! lines to wire up, and serves the one that rang.
//!
//! Nothing here runs in interrupt context. The handler of the platform records that a line rang, and when; the main
//! loop masks the line, calls [`Doorbells::service`], unmasks it, and takes the notifications from the queue in
//! [`EventHost`]. So no AML is ever evaluated while another one runs, and no lock is needed.
//!
//! Devices that are no doorbells have interrupt lines too: [`Devices`] and [`pci_routing`] find those of the devices
//! that the kernel may have drivers for.
//!
//! Section numbers are those of the ACPI specification, version 6.5.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "simulator")]
extern crate std;

mod devices;
mod doorbells;
mod error;
mod fixed;
mod ged;
mod gpe;
mod gpio;
mod host;
mod lines;
pub mod namespace;
pub mod pci_routing;
mod power_off;
mod queue;
mod registers;
#[cfg(feature = "simulator")]
pub mod simulator;
mod virtio_mmio;

pub use devices::Devices;
pub use doorbells::{Doorbells, Line, Run, Service, Source};
pub use error::{EventError, RegisterError};
pub use host::{EventHost, Machine};
pub use power_off::{PowerOff, PowerOffError};
pub use queue::{DEFAULT_CAPACITY, Notify, NotifyQueue};
pub use virtio_mmio::VirtioMmio;
