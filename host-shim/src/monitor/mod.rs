//! CPU hotplug on an aarch64 QEMU that has none: the host's half.
//!
//! The machine's CPUs all exist from the start, powered off; a monitor at EL2 in the guest's memory
//! says which of them count as plugged (`firmware/monitor`). To every user of QMP it shall look as on a host
//! with hotplug of its own. So the five commands and two events that hotplug is made of are
//! translated: [`Translator`] is that translation, a pure state machine; [`ReportReader`] reads what the
//! monitor reports, and [`Requests`] carries what is asked of it. The same translator serves a
//! session of ours ([`crate::backend`]) and foreign clients ([`crate::proxy`]).
//!
//! The reports come out of the guest's memory and are not believed: a CPU that does not exist, a removal of
//! what is not there and the like are told once and change nothing.

mod accepted;
mod answers;
mod base;
mod checks;
mod commands;
mod generation;
mod model;
mod outstanding;
mod report_reader;
mod reports;
mod requests;
mod translator;

pub use accepted::Accepted;
pub use base::ControlBase;
pub use generation::{Generation, UnknownGeneration};
pub use model::Model;
pub use report_reader::{ControlItem, ReportReader};
pub use requests::{ControlFiles, Requests};
pub use translator::{Command, Output, Question, Translator};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
