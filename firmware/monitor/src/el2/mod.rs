//! The monitor on the machine: everything that needs EL2.
mod config;
mod console;
mod cpu;
mod faults;
mod gic;
mod mmio;
mod monitor;
mod persistent;
mod psci;
mod shared;
mod sysreg;
mod traps;
mod vectors;

pub use config::{Config, Cpu, Guest, MonitorError, VirtioSlot};
pub use monitor::{Monitor, heap_needed};
