//! Changes whose end nobody has seen yet.
//!
//! A removal that was not awaited to its end, and an add that was accepted before the guest was
//! ready, end some time later, or get lost: a reset makes QEMU forget removals without a word. They
//! are noted in the domain's folder, and each later command looks at them first: what has ended is
//! told, what was lost by a reset is sent again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hotvcpu_wire::Phase;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::guard::{Direction, Refusal};
use crate::history::replace_file;
use crate::ops::{Operation, Outcome};
use crate::session::Session;

/// How long a removal that is sent again is awaited; it stays noted in any case.
const AGAIN_DEADLINE: Duration = Duration::from_secs(5);

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// The slot.
    pub slot: u32,
    /// What was asked.
    pub direction: Direction,
    /// By which command.
    pub command: String,
    /// When, in seconds since 1970.
    pub asked_at: u64,
    /// How often the guest had booted by then.
    boots: usize,
}

/// The changes of one domain whose end nobody has seen.
#[derive(Debug)]
pub struct Tracker {
    path: PathBuf,
    list: Vec<Tracked>,
}

impl Tracker {
    /// Those noted in `folder`.
    ///
    /// # Errors
    /// The note cannot be read.
    pub fn of(folder: &Path) -> Result<Self> {
        let path = folder.join("tracked.json");
        let what = || format!("cannot read {}", path.display());
        let list = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|e| Error::io(what())(e.into()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::io(what())(error)),
        };
        Ok(Self { path, list })
    }

    /// What is still open.
    pub fn open(&self) -> &[Tracked] {
        &self.list
    }

    /// Notes those of the operations whose end was not seen. What was noted of their slots before
    /// is over.
    ///
    /// # Errors
    /// The note cannot be written.
    pub fn note(
        &mut self,
        operations: &[Operation],
        command: &str,
        session: &Session,
    ) -> Result<()> {
        let before = self.list.clone();
        let slots: Vec<u32> = operations.iter().map(|operation| operation.slot).collect();
        self.list.retain(|tracked| !slots.contains(&tracked.slot));
        let unseen = operations.iter().filter(|operation| {
            matches!(
                operation.outcome,
                Outcome::Pending | Outcome::Failed(Error::Timeout { .. })
            )
        });
        self.list.extend(unseen.map(|operation| Tracked {
            slot: operation.slot,
            direction: operation.direction,
            command: command.to_owned(),
            asked_at: now(),
            boots: boots(session),
        }));
        if self.list == before {
            return Ok(());
        }
        self.save()
    }

    /// Looks what has become of them; the texts are for the user.
    ///
    /// # Errors
    /// QEMU does not answer, or the note cannot be written.
    pub fn review(&mut self, session: &mut Session) -> Result<Vec<String>> {
        if self.list.is_empty() {
            return Ok(Vec::new());
        }
        let mut told = Vec::new();
        let mut open = Vec::new();
        for tracked in std::mem::take(&mut self.list) {
            let (text, still_open) = look(tracked, session)?;
            told.extend(text);
            open.extend(still_open);
        }
        self.list = open;
        self.save()?;
        Ok(told)
    }

    fn save(&self) -> Result<()> {
        let text = serde_json::to_string(&self.list).unwrap_or_default();
        replace_file(&self.path, text.as_bytes())
    }
}

fn look(tracked: Tracked, session: &mut Session) -> Result<(Option<String>, Option<Tracked>)> {
    let (slot, command) = (tracked.slot, &tracked.command);
    let ago = format!("{} s ago", now().saturating_sub(tracked.asked_at));
    let slots = match session.slots() {
        Err(Error::Guard(Refusal::NoHotplug(_))) => Vec::new(),
        slots => slots?,
    };
    let present = slots.get(slot as usize).is_some_and(|slot| slot.present());
    let was_reset = boots(session) != tracked.boots;
    Ok(match tracked.direction {
        Direction::Add if session.guest_view().online().contains(&slot) => {
            let text = format!("vcpu {slot}, added by `{command}` {ago}, is online by now");
            (Some(text), None)
        }
        // A monitor answers at once and acts when the machine runs; until then QEMU shows nothing of it.
        Direction::Add if !present && monitor_sleeps(session)? => {
            let text = format!(
                "vcpu {slot}, asked for by `{command}` {ago}, comes when the VM runs and its guest is up"
            );
            (Some(text), Some(tracked))
        }
        Direction::Add if present && session.guest_view().offline().contains(&slot) => {
            let text = format!(
                "vcpu {slot}, added by `{command}` {ago}, is present by now, and the guest leaves it offline"
            );
            (Some(text), None)
        }
        Direction::Add if !present => {
            let text = format!("vcpu {slot}, added by `{command}` {ago}, is gone again");
            (Some(text), None)
        }
        // A guest that keeps no records will never tell.
        Direction::Add if !session.speaks() => (None, None),
        Direction::Add => (None, Some(tracked)),
        Direction::Remove if !present => {
            let text = format!(
                "the removal of vcpu {slot}, asked for by `{command}` {ago}, has ended since: it is gone"
            );
            (Some(text), None)
        }
        Direction::Remove if was_reset && session.guest_view().ready() => again(tracked, session)?,
        Direction::Remove => {
            let text = format!(
                "the removal of vcpu {slot}, asked for by `{command}` {ago}, is still under way"
            );
            (Some(text), Some(tracked))
        }
    })
}

/// Whether there is a monitor that may not have come to act on what it was asked.
fn monitor_sleeps(session: &mut Session) -> Result<bool> {
    let has_one = session.generation().is_some();
    Ok(has_one && (session.run_state()? != "running" || !session.guest_view().ready()))
}

/// QEMU has forgotten the request; the guest does not know of it any more.
fn again(mut tracked: Tracked, session: &mut Session) -> Result<(Option<String>, Option<Tracked>)> {
    let slot = tracked.slot;
    tracked.boots = boots(session);
    let lost = format!(
        "the removal of vcpu {slot}, asked for by `{}`, was lost by a reset of the guest and has been sent again:",
        tracked.command
    );
    let operations = session.remove(&[slot], AGAIN_DEADLINE, false)?;
    let outcome = operations
        .into_iter()
        .next()
        .map(|operation| operation.outcome);
    Ok(match outcome {
        Some(Outcome::Failed(error @ Error::Timeout { .. })) => {
            (Some(format!("{lost} {error}")), Some(tracked))
        }
        Some(Outcome::Failed(error)) => (Some(format!("{lost} {error}")), None),
        _ => (Some(format!("{lost} it is gone")), None),
    })
}

fn boots(session: &Session) -> usize {
    let boots = session.records();
    boots
        .filter(|record| record.record.phase == Phase::Boot)
        .count()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
