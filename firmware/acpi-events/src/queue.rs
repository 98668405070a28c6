//! The queue between AML, which notifies in the middle of a method, and the main loop, which acts.
//!
//! It is bounded because AML is untrusted: a loop around a Notify must not take the guest's memory. What does not
//! fit is counted, and the caller then looks at every device itself: a lost device check is found again by `_STA`.

use alloc::collections::VecDeque;

use hotvcpu_aml::NodeId;

/// How many notifications wait at most, by default: an insertion and an ejection for each CPU of the largest
/// machine that QEMU offers (4096).
pub const DEFAULT_CAPACITY: usize = 8192;

/// One notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    /// The object that was notified.
    pub node: NodeId,
    /// The notification value (5.6.6).
    pub value: u64,
}

/// Notifications in their order, up to a limit.
#[derive(Debug)]
pub struct NotifyQueue {
    waiting: VecDeque<Notify>,
    capacity: usize,
    lost: u64,
}

impl NotifyQueue {
    /// An empty queue for at most `capacity` notifications. Memory is taken as they come.
    pub fn new(capacity: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            capacity,
            lost: 0,
        }
    }

    /// Appends a notification, or counts it as lost.
    pub fn push(&mut self, notify: Notify) {
        if self.waiting.len() < self.capacity {
            self.waiting.push_back(notify);
        } else {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Takes the oldest notification.
    pub fn pop(&mut self) -> Option<Notify> {
        self.waiting.pop_front()
    }

    /// How many were lost since this was asked last. Unless it is 0: report it, and scan all devices.
    #[must_use = "lost notifications have to be made up for by a scan"]
    pub fn take_lost(&mut self) -> u64 {
        core::mem::take(&mut self.lost)
    }
}

impl Default for NotifyQueue {
    fn default() -> Self {
        Self::new(DEFAULT_CAPACITY)
    }
}
