//! `_OST`, the guest's answer to the host (6.3.5): which event, and what became of it.

use alloc::vec::Vec;

use hotvcpu_aml::{Host, NodeId, Value};
use hotvcpu_wire::Phase;

use crate::engine::{Env, Hotplug};
use crate::guest::{Event, Guest, PowerError};
use crate::slots::Index;

/// Notification value and `_OST` source event of a device check: a CPU may have come (5.6.6).
pub(crate) const DEVICE_CHECK: u64 = 1;
/// Notification value and `_OST` source event of an eject request (5.6.6).
pub(crate) const EJECT_REQUEST: u64 = 3;

/// Status codes for all events.
pub(crate) const SUCCESS: u64 = 0;
/// Failure for a reason that has no code of its own.
pub(crate) const FAILURE: u64 = 1;
/// The notification value has no meaning to this guest.
pub(crate) const UNRECOGNIZED_NOTIFY: u64 = 2;

/// Insertion is in progress: another one will end it.
pub(crate) const INSERTION_IN_PROGRESS: u64 = 0x80;
/// Insertion: "device driver load failure"; here, the CPU did not start.
pub(crate) const START_FAILURE: u64 = 0x81;
/// Insertion is not supported: the guest will not use this CPU.
pub(crate) const INSERTION_NOT_SUPPORTED: u64 = 0x82;

/// Insertion failed for want of resources; here, of memory (bit 0 of the low half).
pub(crate) const INSERTION_NO_MEMORY: u64 = 0x91;

/// Ejection is not supported by the guest.
pub(crate) const EJECTION_NOT_SUPPORTED: u64 = 0x80;
/// The device is in use by an application: its work could not be drained.
pub(crate) const IN_USE: u64 = 0x81;
/// The device is busy.
pub(crate) const BUSY: u64 = 0x82;
/// Ejection is in progress; another `_OST` will follow.
pub(crate) const EJECTION_IN_PROGRESS: u64 = 0x84;

/// The status for a CPU that could not be told to start.
pub(crate) fn start_status(error: PowerError) -> u64 {
    match error {
        PowerError::NoMemory => INSERTION_NO_MEMORY,
        // Not this guest's to have, whoever says so.
        PowerError::Unreachable | PowerError::Denied => INSERTION_NOT_SUPPORTED,
        // The tables and the firmware contradict each other.
        PowerError::InvalidParameters => FAILURE,
        PowerError::OnPending => INSERTION_IN_PROGRESS,
        PowerError::NotDelivered | PowerError::AlreadyOn | PowerError::Unknown(_) => START_FAILURE,
    }
}

impl Hotplug {
    /// Answers the host about `source`. A CPU without `_OST` has nobody to answer to.
    pub(crate) fn answer<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        source: u64,
        status: u64,
    ) {
        let slot = self.slots.get(index);
        let method = slot.node.and_then(|node| env.aml.child(node, "_OST"));
        let Some(method) = method.filter(|_| !self.policy.misbehave.no_ost) else {
            return;
        };
        let event = Event {
            cpu: Some(slot.uid),
            ..Event::new(Phase::Ost)
        };
        match evaluate(env, method, source, status) {
            Ok(_) => env.guest.report(&Event {
                event: u32::try_from(source).ok(),
                value: Some(status),
                ..event
            }),
            Err(error) => env.report_text(
                Event {
                    phase: Phase::Failed,
                    ..event
                },
                &error,
            ),
        }
    }
}

fn evaluate<H: Host, G: Guest>(
    env: &mut Env<'_, H, G>,
    method: NodeId,
    source: u64,
    status: u64,
) -> Result<Value, hotvcpu_acpi_events::EventError> {
    let args = [
        Value::Integer(source),
        Value::Integer(status),
        Value::Buffer(Vec::new()),
    ];
    env.evaluate(method, &args)
}
