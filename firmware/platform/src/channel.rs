//! The second channel: event records for the host.
//!
//! Why not the console's UART: a record is written on every phase of every hotplug, and a UART wants its status read
//! before each byte. Each architecture has a device that takes a whole batch at once.

use core::fmt;

pub use crate::arch::channel::{open, write};

/// Where the channel is; the command line says so, no table does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// QEMU's `isa-debugcon` at this port.
    Debugcon(u16),
    /// A virtio console behind the virtio-mmio registers at this physical address.
    VirtioMmio(u64),
}

/// Why the channel cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// This architecture has no such device.
    OtherArchitecture(Place),
    /// No such device answers there.
    NoDevice(Place),
    /// The device is there and cannot be used.
    Unusable(Place, &'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Debugcon(port) => write!(f, "isa-debugcon device at port {port:#x}"),
            Self::VirtioMmio(address) => write!(f, "virtio console at {address:#x}"),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherArchitecture(place) => {
                write!(f, "this architecture has no {place}")
            }
            Self::NoDevice(place) => write!(f, "no {place} answers"),
            Self::Unusable(place, why) => write!(f, "the {place} cannot be used: {why}"),
        }
    }
}
