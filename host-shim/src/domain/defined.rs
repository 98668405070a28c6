//! Starting a domain from its definition.
//!
//! The machine is built with its fixed vCPUs; the hot-pluggable ones are added before it runs, so
//! that they can be removed later, and the guest finds all of them when it boots.

use std::time::Duration;

use super::{DomainFolder, Starting};
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::ops::Outcome;

/// How long QEMU has to add the vCPUs of a machine that does not run yet.
const ADD_DEADLINE: Duration = Duration::from_secs(30);

impl DomainFolder {
    /// Starts what `definition` says and returns when its machine is built, and running unless it is
    /// to be paused.
    ///
    /// # Errors
    /// As [`DomainFolder::start`]; QEMU has put vCPUs into other nodes, or refused one. Then nothing
    /// is left.
    pub fn start_defined(&self, definition: &Definition, paused: bool) -> Result<Starting> {
        let mut starting = self.start(definition.start_config(true)?)?;
        match complete(&mut starting, definition, paused) {
            Ok(()) => Ok(starting),
            Err(error) => {
                starting.launched.process.kill();
                // The first error is the one to tell.
                let _ = self.remove();
                Err(error)
            }
        }
    }
}

fn complete(starting: &mut Starting, definition: &Definition, paused: bool) -> Result<()> {
    let session = &mut starting.launched.session;
    let added = definition.added_at_start();
    if !definition.numa.is_empty() {
        let placed = definition.check_nodes(&session.slots()?);
        placed.map_err(|wrong| Error::Definition(wrong.into()))?;
    }
    if !added.is_empty() {
        for operation in session.add(&added, ADD_DEADLINE, false)? {
            if let Outcome::Failed(error) = operation.outcome {
                return Err(error);
            }
        }
        starting.started.vcpus = definition.vcpus.current;
    }
    if paused {
        return Ok(());
    }
    starting.launched.resume()
}
