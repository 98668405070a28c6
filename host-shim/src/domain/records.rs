//! The guest's records alone, for those who watch a domain and leave its monitors to others.

use std::path::PathBuf;
use std::time::Instant;

use super::DomainFolder;
use super::connect::{follow, watch};
use crate::agent::AgentError;
use crate::error::Result;
use crate::follow::Follower;
use crate::guest_view::GuestView;
use crate::launch::Watcher;
use crate::stream::{Inbox, Incoming};

/// A reader of a domain's records. Any number of them may read at the same time. Fields are dropped in
/// order: a source that waits for room must be let go before its thread is joined.
#[derive(Debug)]
pub struct Records {
    inbox: Inbox,
    view: GuestView,
    _follower: Follower,
    _watcher: Watcher,
}

impl DomainFolder {
    /// Follows the guest's records from their beginning.
    ///
    /// # Errors
    /// The domain is not running, or its records cannot be read.
    pub fn records(&self) -> Result<Records> {
        let (_, handle) = self.running()?;
        let (feed, inbox) = Inbox::new();
        let watcher = watch(handle, feed.clone())?;
        let base = self.events_base()?;
        let follower = follow(&self.files().events(), base.offset, feed)?;
        Ok(Records {
            inbox,
            view: base.view,
            _follower: follower,
            _watcher: watcher,
        })
    }
}

impl DomainFolder {
    /// The same socket as [`DomainFolder::agent_socket`], if the domain runs and has such a port.
    ///
    /// # Errors
    /// It does not run, or has none.
    pub fn agent_port(&self) -> Result<PathBuf> {
        let (meta, _) = self.running()?;
        match meta.agent {
            true => Ok(self.files().agent()),
            false => Err(AgentError::NoPort(self.name().to_owned()).into()),
        }
    }
}

impl Records {
    /// What comes next until `deadline`: a record, something that is none, [`Incoming::CaughtUp`] between
    /// history and present, or [`Incoming::QemuExited`].
    pub fn next(&mut self, deadline: Instant) -> Option<Incoming> {
        let item = self.inbox.next(deadline)?;
        Some(self.take_in(item))
    }

    /// What has come already.
    pub fn take(&mut self) -> Option<Incoming> {
        let item = self.inbox.take()?;
        Some(self.take_in(item))
    }

    /// What the records add up to.
    pub fn view(&self) -> &GuestView {
        &self.view
    }

    fn take_in(&mut self, item: Incoming) -> Incoming {
        if let Incoming::Guest(record) = &item {
            self.view.observe(&record.record);
        }
        item
    }
}
