//! Taking in what comes, and waiting for something in particular.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use hotvcpu_wire::Phase;

use crate::error::{Error, Result};
use crate::follow::Follower;
use crate::guest_log::GuestRecord;
use crate::guest_view::GuestView;
use crate::qmp::Event;
use crate::stream::Incoming;

use super::Session;

impl Session {
    /// Takes in one item, waiting for it until `deadline`.
    ///
    /// `None` when the deadline passed, or when nothing can come any more.
    pub fn step(&mut self, deadline: Instant) -> Option<Incoming> {
        let item = self.stream.next(deadline)?;
        self.absorb(&item);
        Some(item)
    }

    /// Takes in what has come already, without waiting.
    pub fn poll(&mut self) {
        while let Some(item) = self.stream.take() {
            self.absorb(&item);
        }
    }

    fn absorb(&mut self, item: &Incoming) {
        match item {
            Incoming::Reply(_) | Incoming::Control(_) => {}
            Incoming::Qmp(event) => self.absorb_event(event),
            Incoming::Guest(record) => {
                self.clock.observe(record);
                self.view.observe(&record.record);
                self.records.push(record.clone());
            }
            Incoming::CaughtUp => self.caught_up = true,
            Incoming::LogProblem(problem) => self.problems.push(problem.clone()),
            Incoming::QmpClosed { reason, .. } => self.closed = Some(reason.clone()),
            Incoming::QemuExited(status) => self.absorb_exit(*status),
            Incoming::LogEnded => self.exited = self.ending.take(),
        }
    }

    /// The news of QEMU's end may overtake the guest's last records; they are read first.
    fn absorb_exit(&mut self, status: Option<ExitStatus>) {
        if self.follower.as_ref().is_some_and(Follower::finish) {
            self.ending = Some(status);
        } else {
            self.exited = Some(status);
        }
    }

    fn absorb_event(&mut self, event: &Event) {
        if event.name == "RESET" {
            self.resets += 1;
            self.view = GuestView::default();
        }
        self.events.push(event.clone());
    }

    /// The next record that `wanted` takes. Looks at each record once over all calls, so nothing
    /// that came between two calls is missed; see [`Session::skip_seen`] to look only at what is
    /// still to come.
    ///
    /// # Errors
    /// Nothing such within `timeout`, or QEMU's end.
    pub fn await_record(
        &mut self,
        timeout: Duration,
        mut wanted: impl FnMut(&GuestRecord) -> bool,
    ) -> Result<GuestRecord> {
        let what = "the awaited record of the guest";
        self.await_found(timeout, what, |session| session.records.find(&mut wanted))
    }

    /// The next record of `phase`, about `cpu` if that is given; like [`Session::await_record`], with an error that
    /// names what did not come.
    ///
    /// # Errors
    /// Nothing such within `timeout`, or QEMU's end.
    pub fn await_phase(
        &mut self,
        phase: Phase,
        cpu: Option<u32>,
        timeout: Duration,
    ) -> Result<GuestRecord> {
        let of = cpu.map_or_else(String::new, |cpu| format!(" of CPU {cpu}"));
        let what = format!("the guest's record `{phase}`{of}");
        let mut wanted =
            |it: &GuestRecord| it.record.phase == phase && (cpu.is_none() || it.record.cpu == cpu);
        self.await_found(timeout, &what, |session| session.records.find(&mut wanted))
    }

    /// The next QMP event that `wanted` takes; like [`Session::await_record`].
    ///
    /// # Errors
    /// Nothing such within `timeout`, or QEMU's end.
    pub fn await_event(
        &mut self,
        timeout: Duration,
        mut wanted: impl FnMut(&Event) -> bool,
    ) -> Result<Event> {
        let what = "the awaited QMP event";
        self.await_found(timeout, what, |session| session.events.find(&mut wanted))
    }

    /// Forgets, for the two waits above, what has come so far.
    pub fn skip_seen(&mut self) {
        self.poll();
        self.records.skip();
        self.events.skip();
    }

    /// Awaits the guest's readiness to answer hotplug requests.
    ///
    /// # Errors
    /// Not ready within `timeout`, or QEMU's end.
    pub fn await_ready(&mut self, timeout: Duration) -> Result<()> {
        let what = "the guest's readiness (its record `ready`)";
        self.await_found(timeout, what, |session| session.view.ready().then_some(()))
    }

    /// Awaits the records that were written before this session began, so that the guest's state is
    /// known.
    ///
    /// # Errors
    /// They cannot be read within `timeout`.
    pub fn await_caught_up(&mut self, timeout: Duration) -> Result<()> {
        let what = "the reading of the guest's earlier records";
        self.await_found(timeout, what, |session| session.caught_up.then_some(()))
    }

    /// Awaits QEMU's end; the status is known only of our own child.
    ///
    /// # Errors
    /// It still runs after `timeout`.
    pub fn await_exit(&mut self, timeout: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(status) = self.exited {
                return Ok(status);
            }
            if self.step(deadline).is_none() {
                let hint =
                    "the guest may ignore the power button, or hang; `hotvcpu destroy` ends it";
                return Err(not_in_time("QEMU's end", timeout, hint.to_owned()));
            }
        }
    }

    pub(super) fn await_found<T>(
        &mut self,
        timeout: Duration,
        what: &str,
        mut find: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + timeout;
        loop {
            self.poll();
            if let Some(found) = find(self) {
                return Ok(found);
            }
            if self.exited.is_some() {
                return Err(self.lost(&format!("the wait for {what}"), "QEMU ended"));
            }
            if self.step(deadline).is_some() {
                continue;
            }
            if Instant::now() < deadline {
                return Err(self.lost(&format!("the wait for {what}"), "nothing can come any more"));
            }
            return Err(not_in_time(what, timeout, self.last_record_hint()));
        }
    }

    fn last_record_hint(&self) -> String {
        match self.records.items.back() {
            Some(last) => format!("its last record is `{}`", last.record.phase),
            None => "the guest has said nothing; is it a hotvcpu guest, and is the VM running?"
                .to_owned(),
        }
    }
}

fn not_in_time(what: &str, after: Duration, hint: String) -> Error {
    Error::NotInTime {
        what: what.to_owned(),
        after,
        hint,
    }
}
