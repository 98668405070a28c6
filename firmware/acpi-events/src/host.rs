//! The interpreter's host: the machine below it, and the queue that its notifications go to.

use hotvcpu_aml::{Access, Host, NodeId, RegionAccess, RegionError};

use crate::{Notify, NotifyQueue};

/// What a platform gives to AML and to the doorbells: its registers, a clock, and a way to wait.
///
/// [`RegionAccess`] is used for the registers of the FADT too, so that there is one door to the hardware.
pub trait Machine: RegionAccess {
    /// Nanoseconds of a clock that never goes back.
    fn now_ns(&mut self) -> u64;

    /// Waits for about `ns` nanoseconds.
    fn pause_ns(&mut self, ns: u64);

    /// AML stored `text` into its Debug object.
    fn debug(&mut self, text: &str) {
        let _ = text;
    }

    /// AML executed Fatal; the method that did so ends in an error, too.
    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        let _ = (kind, code, arg);
    }
}

/// A machine that AML can run on. Notifications are queued until the method that made them has ended.
#[derive(Debug)]
pub struct EventHost<M> {
    /// The machine.
    pub machine: M,
    /// Notifications that wait to be acted upon.
    pub notifies: NotifyQueue,
}

impl<M> EventHost<M> {
    /// A host on `machine`, with an empty queue of the default capacity.
    pub fn new(machine: M) -> Self {
        Self {
            machine,
            notifies: NotifyQueue::default(),
        }
    }
}

impl<M: Machine> RegionAccess for EventHost<M> {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        self.machine.read(access)
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        self.machine.write(access, value)
    }
}

impl<M: Machine> Host for EventHost<M> {
    fn notify(&mut self, node: NodeId, value: u64) {
        self.notifies.push(Notify { node, value });
    }

    fn timer_100ns(&mut self) -> u64 {
        self.machine.now_ns() / 100
    }

    fn sleep_ms(&mut self, ms: u64) {
        self.machine.pause_ns(ms.saturating_mul(1_000_000));
    }

    fn stall_us(&mut self, us: u64) {
        self.machine.pause_ns(us.saturating_mul(1_000));
    }

    fn debug(&mut self, text: &str) {
        self.machine.debug(text);
    }

    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        self.machine.fatal(kind, code, arg);
    }
}
