//! What can go wrong around a doorbell. None of it stops the guest: each is reported, and the others go on.

use alloc::string::String;

use hotvcpu_aml::RegionError;
use hotvcpu_aml::resources::ResourceError;
use hotvcpu_tables::GenericAddress;
use thiserror::Error;

/// A register of the fixed hardware could not be accessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("register {:#x} in {:?}: {reason}", register.address, register.space)]
pub struct RegisterError {
    /// The register.
    pub register: GenericAddress,
    /// Why not.
    pub reason: RegionError,
}

/// Something is wrong with one source of events.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// A register could not be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A method ended in an error.
    #[error("{path}: {error}")]
    Aml {
        /// The object that was evaluated.
        path: String,
        /// What AML says.
        error: hotvcpu_aml::Error,
    },
    /// An object has a value of another type than the specification gives it.
    #[error("{path} should be {expected}")]
    WrongType {
        /// The object.
        path: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The `_CRS` of a generic event device, or a list of resources of a GPIO controller, is malformed.
    #[error("{path}: {error}")]
    Resources {
        /// The object with the list.
        path: String,
        /// What is wrong with it.
        error: ResourceError,
    },
    /// A generic event device has no interrupt, or no `_EVT`.
    #[error("the generic event device {path} has no {missing}; it is ignored")]
    IncompleteGed {
        /// The device.
        path: String,
        /// What is not there.
        missing: &'static str,
    },
    /// A GPIO controller that signals events has no interrupt, or no registers.
    #[error("the GPIO controller {path} has no {missing}; its events are ignored")]
    IncompleteGpio {
        /// The device.
        path: String,
        /// What is not there.
        missing: &'static str,
    },
    /// A pin in `_AEI` has no handler, or is none of the controller's.
    #[error("pin {pin} of {path} has no handler, or is none of its pins; it is ignored")]
    NoSuchPin {
        /// The controller.
        path: String,
        /// The pin.
        pin: u16,
    },
    /// A handler's event is in no GPE block, so it can never happen.
    #[error("{path} handles an event that lies in no GPE block; it is ignored")]
    NoSuchGpe {
        /// The handler.
        path: String,
    },
    /// An event has both an edge and a level handler.
    #[error("{path} is ignored: its event has another handler already")]
    DuplicateHandler {
        /// The handler that is ignored.
        path: String,
    },
    /// The machine did not leave legacy mode.
    #[error("SCI_EN was not set within {deadline_ms} ms of the command to enter ACPI mode")]
    NoAcpiMode {
        /// How long was waited.
        deadline_ms: u64,
    },
}
