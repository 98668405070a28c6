//! virtio devices (virtio 1.2): what their drivers share.
//!
//! Queues and registers are `virtio-drivers`'; its drivers wait for a device without end, so ours are here. A `Lane`
//! is a queue with its buffers, and the one place where memory is lent to a device.

mod any_transport;
mod hal;
mod lane;
pub mod mmio;
#[cfg(target_arch = "x86_64")]
pub mod pci;
#[cfg(target_arch = "x86_64")]
mod pci_transport;
pub mod serial;

use bitflags::bitflags;

pub(crate) use any_transport::AnyTransport;
pub(crate) use hal::IdentityMapped;
pub(crate) use lane::{Direction, Lane};

bitflags! {
    /// The features that drivers here ask for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Features: u64 {
        /// A console with several ports, and queues to talk about them (5.3.3).
        const MULTIPORT = 1 << 1;
        /// The device follows virtio 1.0 or later.
        const VERSION_1 = 1 << 32;
    }
}
