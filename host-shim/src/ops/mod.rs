//! Adding and removing CPUs: what is sent, and how the end is found.
//!
//! The end of an operation is nowhere in particular: QEMU's reply only says that the request was
//! taken; the rest comes as events, as guest records, or not at all. So each change collects
//! evidence from everything that arrives, and a pure judge looks
//! at the evidence after each item. A batch holds the changes of one request, and knows nothing
//! of sockets: whoever drives it (see [`crate::session`]) feeds it the stream and sends what it
//! wants sent.

mod batch;
mod ending;
mod evidence;
mod ost;
mod report;
mod verdict;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::error::Error;
use crate::guard::Direction;
use crate::timeline::Timeline;

pub use ending::Ending;

pub(crate) use batch::{Batch, Presence};
pub(crate) use evidence::Evidence;

/// How one change ended.
#[derive(Debug)]
pub enum Outcome {
    /// The guest has the CPU, or QEMU has destroyed it.
    Done,
    /// QEMU took the CPU while the guest could not answer (booting, or paused): the guest finds it
    /// when it comes up.
    Pending,
    /// It failed, or was not seen to end in time.
    Failed(Error),
}

/// One change of one CPU.
#[derive(Debug)]
pub struct Operation {
    /// The slot.
    pub slot: u32,
    /// What was asked.
    pub direction: Direction,
    /// How it ended.
    pub outcome: Outcome,
    /// The guest has the CPU that was added and leaves it offline, by its own policy.
    pub left_offline: bool,
    /// Its phases.
    pub timeline: Timeline,
}

impl Operation {
    /// Whether it was done.
    pub fn ok(&self) -> bool {
        matches!(self.outcome, Outcome::Done)
    }

    /// Why it failed.
    pub fn error(&self) -> Option<&Error> {
        match &self.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Done | Outcome::Pending => None,
        }
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outcome = match self.outcome {
            Outcome::Done => "done",
            Outcome::Pending => "pending",
            Outcome::Failed(_) => "failed",
        };
        let mut object = serializer.serialize_struct("Operation", 9)?;
        object.serialize_field("action", self.direction.verb())?;
        object.serialize_field("cpu", &self.slot)?;
        object.serialize_field("ok", &self.ok())?;
        object.serialize_field("outcome", outcome)?;
        object.serialize_field("left_offline", &self.left_offline)?;
        object.serialize_field("error", &self.error().map(ToString::to_string))?;
        object.serialize_field("kind", &self.error().map(Error::kind))?;
        object.serialize_field("phases_us", &self.timeline.phases_us())?;
        object.serialize_field("total_us", &self.timeline.total_us())?;
        object.end()
    }
}
