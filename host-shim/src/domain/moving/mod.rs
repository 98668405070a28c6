//! Saving a domain to a file, restoring it, and moving it to another QEMU.
//!
//! QEMU moves the state of whatever CPUs there are, and neither side notices when the other has
//! others: a guest then loses CPUs or waits for some that never answer. So the other QEMU is built
//! from the live slots, boot CPUs and added ones alike, and compared before any state is let in.
//! What the guest has said so far is carried over, because the new QEMU's records begin anew.
//!
//! Where a monitor does hotplug, QEMU has all CPUs anyway. Which of them count is the monitor's knowledge, and that is
//! memory of the machine; what its reports add up to is carried over like the guest's.

mod cpus;
mod save;
mod transfer;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::StartConfig;
use crate::guest_view::GuestView;
use crate::monitor::Model;
use crate::qmp::Version;

pub use cpus::{Difference, SavedCpus};

/// What has to be known beside the state itself to go on elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The domain.
    pub name: String,
    /// What it was started with.
    config: StartConfig,
    /// The QEMU that ran it.
    pub version: Version,
    /// Its CPUs.
    pub cpus: SavedCpus,
    /// What the guest's records added up to.
    view: GuestView,
    /// Its CPUs ran.
    pub running: bool,
    /// What is plugged in a machine whose monitor does that: QEMU's state has the monitor, not what it has told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monitor: Option<Model>,
}

/// Why a state was not saved, or not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MovingError {
    /// QEMU did not get to the end of it.
    #[error("{what} failed: {reason}; the domain goes on where it was")]
    Failed {
        /// What was tried.
        what: &'static str,
        /// QEMU's words.
        reason: String,
    },
    /// Not a saved domain.
    #[error(
        "{path} does not belong to a saved domain ({reason}); `hotvcpu save NAME FILE` writes FILE and FILE.json, and both are needed"
    )]
    NoManifest {
        /// The file beside the state.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The monitor does hotplug, and has not said a word.
    #[error(
        "the monitor in the ROM has not started yet, so nobody knows what is plugged: let the machine run (`hotvcpu resume`), and try again"
    )]
    NotStarted,
    /// Requests lie in a channel that stays behind.
    #[error(
        "vCPUs were added while the machine was paused, and its monitor has still to hear of them: let it run (`hotvcpu resume`), and try again"
    )]
    Unheard,
    /// Other CPUs.
    #[error(
        "the state has other vCPUs than the machine that is to take it: {0}; QEMU would take it all the same, and the guest would be left with CPUs that are not there; nothing was started"
    )]
    OtherCpus(#[from] Difference),
}
