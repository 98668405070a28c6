//! Adding and removing CPUs over a session: check, send, await.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Session;
use crate::apic_id;
use crate::error::{Error, Result};
use crate::guard::{self, Direction};
use crate::ops::{Batch, Operation, Outcome, Presence};
use crate::qmp::QmpError;
use crate::quirks::{self, Circumstances};
use crate::slots::{Origin, Slot};
use crate::stream::Incoming;

/// How long QEMU has for the last look at its slots, after a removal's deadline.
const LAST_LOOK: Duration = Duration::from_secs(1);

impl Session {
    /// Adds CPUs to the `wanted` slots and awaits their ends, `timeout` in all. One operation per
    /// slot, in that order.
    ///
    /// `force` sends also what this QEMU would not survive; impossible changes are refused all the
    /// same.
    ///
    /// # Errors
    /// Nothing was sent (guard, quirk), or QEMU was lost in the middle. What became of one CPU is
    /// in its operation.
    pub fn add(
        &mut self,
        wanted: &[u32],
        timeout: Duration,
        force: bool,
    ) -> Result<Vec<Operation>> {
        self.change(Direction::Add, wanted, timeout, force)
    }

    /// Removes the CPUs in the `wanted` slots; like [`Session::add`]. Waits for the guest's
    /// readiness first.
    ///
    /// # Errors
    /// As there, and when the guest is not ready in time.
    pub fn remove(
        &mut self,
        wanted: &[u32],
        timeout: Duration,
        force: bool,
    ) -> Result<Vec<Operation>> {
        self.change(Direction::Remove, wanted, timeout, force)
    }

    fn change(
        &mut self,
        direction: Direction,
        wanted: &[u32],
        timeout: Duration,
        force: bool,
    ) -> Result<Vec<Operation>> {
        let deadline = Instant::now() + timeout;
        let (slots, state) = self.slots_and_state()?;
        let state = self.state_for_guard(state);
        guard::check(direction, wanted, &slots, &state)?;
        self.history.look_at(&slots);
        let count = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        if !force {
            let at_hand = self.circumstances(&slots, wanted)?;
            quirks::check(&at_hand, direction, count)?;
        }
        if direction == Direction::Remove && self.facts.speaks {
            self.await_ready(deadline.saturating_duration_since(Instant::now()))?;
        }
        // What has come before belongs to earlier operations.
        self.poll();
        let batch = Batch::new(direction, self.presence(&state), wanted, &slots);
        self.history.count_slots(direction, wanted)?;
        let resets = self.resets;
        let mut operations = self.drive(batch, deadline, timeout)?;
        if direction == Direction::Remove && self.resets != resets {
            self.remove_again(&mut operations, deadline)?;
        }
        // An error here would hide what was done; one creation too many in the count is harmless.
        let _ = self.uncount_refused(&operations);
        Ok(operations)
    }

    /// A reset makes QEMU forget removals without a word: those that had not ended are sent again
    /// once the guest is ready. If it does not get ready in time they have timed out.
    fn remove_again(&mut self, operations: &mut [Operation], deadline: Instant) -> Result<()> {
        let lost = |operation: &Operation| {
            matches!(operation.outcome, Outcome::Failed(Error::Timeout { .. }))
        };
        let slots: Vec<u32> = operations
            .iter()
            .filter(|operation| lost(operation))
            .map(|operation| operation.slot)
            .collect();
        let left = deadline.saturating_duration_since(Instant::now());
        if slots.is_empty() || left.is_zero() || !self.facts.speaks {
            return Ok(());
        }
        // What this QEMU does not survive has been asked about.
        let again = match self.change(Direction::Remove, &slots, left, true) {
            Err(Error::NotInTime { .. }) => return Ok(()),
            again => again?,
        };
        let places = operations.iter_mut().filter(|operation| lost(operation));
        for (place, operation) in places.zip(again) {
            *place = operation;
        }
        Ok(())
    }

    /// A guest that has begun to power off counts as off, because it answers nothing any more.
    fn state_for_guard(&self, state: String) -> String {
        match state == "running" && self.view.shutting_down() {
            true => "shutdown".to_owned(),
            false => state,
        }
    }

    fn circumstances(&mut self, slots: &[Slot], wanted: &[u32]) -> Result<Circumstances> {
        let beyond_xapic = self.beyond_xapic(slots, wanted)?;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let at_boot = slots
            .iter()
            .filter(|slot| slot.origin() == Some(Origin::Boot));
        Ok(Circumstances {
            version: self.version(),
            accel: self.facts.accel,
            x86: self.facts.x86,
            boot_cpus: count(at_boot.count()),
            maximum: count(slots.len()),
            beyond_xapic,
            history: self.history.get(),
        })
    }

    /// The first wanted slot whose APIC ID needs x2APIC, if the CPU model has none. The boot CPU tells:
    /// all CPUs of a machine are of one model. What it does not tell is not known.
    fn beyond_xapic(&mut self, slots: &[Slot], wanted: &[u32]) -> Result<Option<(u32, u32)>> {
        let needs_it = |slot: &u32| {
            let id = apic_id::of_slot(slots, *slot)?;
            (id >= apic_id::FIRST_X2APIC).then_some((*slot, id))
        };
        let boot_cpu = slots.first().and_then(|slot| slot.qom_path.as_ref());
        let (true, Some(found), Some(path)) =
            (self.facts.x86, wanted.iter().find_map(needs_it), boot_cpu)
        else {
            return Ok(None);
        };
        let question = json!({"path": path, "property": "x2apic"});
        match self.execute("qom-get", question) {
            Ok(Value::Bool(false)) => Ok(Some(found)),
            Ok(_) | Err(Error::Qmp(QmpError::Refused { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn presence(&self, run_state: &str) -> Presence {
        if run_state != "running" || (self.facts.speaks && !self.view.ready()) {
            Presence::NotYet
        } else if self.facts.speaks {
            Presence::Ready
        } else {
            Presence::Silent
        }
    }

    /// Sends all commands, then feeds the batch until it has ended or the deadline has passed.
    fn drive(
        &mut self,
        mut batch: Batch,
        deadline: Instant,
        timeout: Duration,
    ) -> Result<Vec<Operation>> {
        let begin = Instant::now();
        let mut index = 0;
        while let Some((command, arguments)) = batch.command(index) {
            let at = Instant::now();
            match self.stream.send(command, arguments) {
                Ok(id) => batch.sent(index, id, at),
                Err(error) => return Err(self.lost(&batch.description(), &error.to_string())),
            }
            index += 1;
        }
        self.await_batch(&mut batch, deadline)?;
        if batch.is_open() && batch.direction == Direction::Remove {
            self.query_slots(&mut batch)?;
            self.await_answer(&mut batch, Instant::now() + LAST_LOOK)?;
        }
        for (t_ns, at) in batch.told_by_both() {
            self.clock.observe_at(t_ns, at);
        }
        let clock = self.clock.since(begin);
        Ok(batch.into_operations(&clock, timeout))
    }

    fn await_batch(&mut self, batch: &mut Batch, deadline: Instant) -> Result<()> {
        while let Some(until) = batch.wait_until(deadline) {
            if self.is_lost_by_reset(batch) {
                break;
            }
            let Some(item) = self.step(until) else {
                if Instant::now() < until {
                    return Err(self.lost(&batch.description(), "nothing can come any more"));
                }
                continue;
            };
            if batch.feed(&item) {
                self.query_slots(batch)?;
            }
            let over = matches!(item, Incoming::QmpClosed { .. } | Incoming::QemuExited(_));
            if over && batch.is_open() {
                return Err(self.lost(&batch.description(), "its monitor closed"));
            }
        }
        Ok(())
    }

    /// Whether nothing more can come of the batch, because QEMU has forgotten it.
    fn is_lost_by_reset(&self, batch: &Batch) -> bool {
        batch.was_reset && batch.direction == Direction::Remove && self.facts.speaks
    }

    /// Awaits the answer to the last question only.
    fn await_answer(&mut self, batch: &mut Batch, deadline: Instant) -> Result<()> {
        while batch.is_asking() {
            let Some(item) = self.step(deadline) else {
                break;
            };
            batch.feed(&item);
            if matches!(item, Incoming::QmpClosed { .. }) {
                return Err(self.lost(&batch.description(), "its monitor closed"));
            }
        }
        Ok(())
    }

    fn query_slots(&mut self, batch: &mut Batch) -> Result<()> {
        match self.stream.send("query-hotpluggable-cpus", json!({})) {
            Ok(id) => batch.queried(id),
            Err(error) => return Err(self.lost(&batch.description(), &error.to_string())),
        }
        Ok(())
    }

    /// Creations that QEMU refused do not count towards its limit.
    fn uncount_refused(&mut self, operations: &[Operation]) -> Result<()> {
        let refused = operations.iter().filter(|operation| {
            let by_qemu = |error: &Error| matches!(error, Error::Qmp(QmpError::Refused { .. }));
            operation.direction == Direction::Add
                && matches!(&operation.outcome, Outcome::Failed(error) if by_qemu(error))
        });
        let slots: Vec<u32> = refused.map(|operation| operation.slot).collect();
        match slots.is_empty() {
            true => Ok(()),
            false => self.history.refused(&slots),
        }
    }
}
