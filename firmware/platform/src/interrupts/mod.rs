//! Interrupts: the doorbell lines, the timer, the wake-up, and the exceptions.
//!
//! A handler only records; everything else happens in the kernel's loop, which waits here for the next interrupt.

mod lines;

pub use crate::arch::interrupts::{ControllerError, controller_name, enable, wait_unless};
pub use lines::{Line, Ring, wire};

pub(crate) use lines::rang;
