//! What is noted before machine and definition are changed together, and how it is used.
//!
//! The note says what is to happen to the machine and how the definition is to look then. It is on
//! the disk before the first command is sent and goes after the definition has been written. Who
//! finds one with nobody at work compares: the machine tells how much has happened, and the
//! definition is made to say exactly that.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{ConfigChange, LivePlan};
use crate::definition::{CpuList, Definition, DefinitionLock, DefinitionStore};
use crate::domain::ProcessId;
use crate::error::{Error, Result};
use crate::guard::Direction;
use crate::history::replace_file;
use crate::session::Session;

/// How long something that was sent may still take to happen before it is judged.
const SETTLE: Duration = Duration::from_secs(2);

/// The same while QEMU and guest say nothing at all.
const QUIET: Duration = Duration::from_millis(500);

/// The note.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journal {
    name: String,
    command: String,
    pid: u32,
    process: Option<ProcessId>,
    direction: Direction,
    slots: Vec<u32>,
    before: Definition,
    after: Definition,
}

/// What was found and done. Its text is for the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Repair {
    /// Before the machine was changed.
    #[error(
        "`{0}` was interrupted before anything changed; the definition is as it was; run it again"
    )]
    Nothing(String),
    /// Between machine and definition.
    #[error(
        "`{command}` was interrupted when the running domain had been changed; its definition has now been changed, too: it says {vcpus}"
    )]
    Completed {
        /// The command.
        command: String,
        /// The definition's vCPUs.
        vcpus: CpuList,
    },
    /// In the middle of the machine's change.
    #[error(
        "`{command}` was interrupted in the middle: vcpu {done} changed, vcpu {missing} did not; the definition has been made to say the same: {vcpus}; run it again to complete it"
    )]
    Partly {
        /// The command.
        command: String,
        /// What had happened.
        done: CpuList,
        /// What had not.
        missing: CpuList,
        /// The definition's vCPUs.
        vcpus: CpuList,
    },
    /// After everything.
    #[error("`{0}` was interrupted at its very end; everything had been done")]
    All(String),
    /// Somebody has decided otherwise.
    #[error(
        "`{0}` was interrupted, and the definition has been changed since; it is left as it is; compare it with the running domain (`hotvcpu vcpucount`)"
    )]
    Overtaken(String),
    /// The machine is no more.
    #[error(
        "`{0}` was interrupted, and the QEMU that it changed has ended; the definition is as it was"
    )]
    Ended(String),
}

impl Journal {
    pub(super) fn begin(plan: &LivePlan, config: &ConfigChange) -> Result<Self> {
        let journal = Self {
            name: config.before.name.clone(),
            command: config.command.clone(),
            pid: std::process::id(),
            process: config.process,
            direction: plan.direction,
            slots: plan.slots.clone(),
            before: config.before.clone(),
            after: config.after.clone(),
        };
        let text = serde_json::to_string(&journal).unwrap_or_default();
        replace_file(&path(config.store, &journal.name)?, text.as_bytes())?;
        config.store.sync()?;
        Ok(journal)
    }

    pub(super) fn end(&self, store: &DefinitionStore) -> Result<()> {
        let path = path(store, &self.name)?;
        fs::remove_file(&path).map_err(Error::io(format!("cannot remove {}", path.display())))?;
        store.sync()
    }

    /// The note about the domain `name`, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn find(store: &DefinitionStore, name: &str) -> Result<Option<Self>> {
        let path = path(store, name)?;
        let what = || format!("cannot read {}", path.display());
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(what())(error)),
        };
        let journal = serde_json::from_str(&text);
        journal
            .map(Some)
            .map_err(|error| Error::io(what())(error.into()))
    }

    /// Whether it is about this QEMU.
    pub fn is_about(&self, process: Option<ProcessId>) -> bool {
        self.process.is_some() && self.process == process
    }

    /// Puts definition and machine in step again; `session` is with the QEMU that it is about, or
    /// `None` if that has ended. The caller holds the domain's job lock, so nobody is at work.
    ///
    /// # Errors
    /// QEMU does not answer, or the definition cannot be written; the note stays then.
    pub fn repair(
        &self,
        store: &DefinitionStore,
        lock: &DefinitionLock,
        session: Option<&mut Session>,
    ) -> Result<Repair> {
        let command = self.command.clone();
        let now = store.get(&self.name)?;
        let repair = match session {
            _ if now.as_ref() == Some(&self.after) => Repair::All(command),
            _ if now.as_ref() != Some(&self.before) => Repair::Overtaken(command),
            None => Repair::Ended(command),
            Some(session) => {
                let done = self.settled(session)?;
                self.follow(&done, store, lock)?
            }
        };
        self.end(store)?;
        Ok(repair)
    }

    /// The slots that have changed, once nothing more seems to happen.
    fn settled(&self, session: &mut Session) -> Result<CpuList> {
        let deadline = Instant::now() + SETTLE;
        loop {
            let slots = session.slots()?;
            let wanted = self.direction == Direction::Add;
            let has_changed = |slot: &u32| {
                let found = slots.get(*slot as usize);
                found.is_some_and(|found| found.present() == wanted)
            };
            let done: CpuList = self.slots.iter().copied().filter(has_changed).collect();
            // Something that was not sent never happens; what was sent shows in events.
            let quiet = deadline.min(Instant::now() + QUIET);
            if done.len() == self.slots.len() || session.step(quiet).is_none() {
                return Ok(done);
            }
            session.poll();
        }
    }

    fn follow(
        &self,
        done: &CpuList,
        store: &DefinitionStore,
        lock: &DefinitionLock,
    ) -> Result<Repair> {
        let command = self.command.clone();
        if done.is_empty() {
            return Ok(Repair::Nothing(command));
        }
        if done.len() == self.slots.len() {
            store.put(&self.after, lock)?;
            let vcpus = self.after.enabled();
            return Ok(Repair::Completed { command, vcpus });
        }
        let enable = self.direction == Direction::Add;
        // Only what the definition did not say before.
        let enabled = self.before.enabled();
        let slots: Vec<u32> = done
            .iter()
            .filter(|slot| enabled.contains(*slot) != enable)
            .collect();
        let hotpluggable = !self.after.added_at_start().is_empty();
        let partly = self.before.with_vcpus(&slots, enable, hotpluggable)?;
        store.put(&partly, lock)?;
        let missing = self.slots.iter().copied();
        Ok(Repair::Partly {
            command,
            done: done.clone(),
            missing: missing.filter(|slot| !done.contains(*slot)).collect(),
            vcpus: partly.enabled(),
        })
    }
}

fn path(store: &DefinitionStore, name: &str) -> Result<PathBuf> {
    Ok(store.path(name)?.with_extension("journal"))
}

#[cfg(test)]
mod tests;
