//! A QEMU that was started: power-on, reset, and the guest's readiness counted from there.

use std::time::{Duration, Instant};

use hotvcpu_wire::Phase;
use serde::Serialize;
use serde_json::json;

use super::Process;
use crate::error::{Error, Result};
use crate::session::Session;

/// When the guest was ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReadyReport {
    /// From power-on (`cont`) to the guest's record `ready`, firmware included.
    pub since_power_on: Duration,
    /// From the kernel's entry to that record, by the guest's clock.
    pub guest_time: Duration,
    /// CPUs that took work by then.
    pub cpus_online: u64,
}

/// A QEMU, its CPUs stopped until [`Launched::resume`]. The session goes first when dropped; see
/// there.
#[derive(Debug)]
pub(crate) struct Launched {
    pub session: Session,
    pub process: Process,
    power_on: Option<Instant>,
}

impl Launched {
    pub(super) fn new(session: Session, process: Process) -> Self {
        Self {
            session,
            process,
            power_on: None,
        }
    }

    /// Lets the CPUs run: power-on, or the end of a pause.
    pub fn resume(&mut self) -> Result<()> {
        let now = Instant::now();
        self.session.execute("cont", json!({}))?;
        self.power_on.get_or_insert(now);
        Ok(())
    }

    /// Presses the reset button: another power-on.
    pub fn reset(&mut self) -> Result<()> {
        self.power_on = Some(Instant::now());
        self.session.reset()
    }

    /// Awaits the guest's record `ready`, or finds it among those that have come.
    pub fn wait_ready(&mut self, timeout: Duration) -> Result<ReadyReport> {
        self.session.await_ready(timeout)?;
        let ready = self
            .session
            .records()
            .filter(|record| record.record.phase == Phase::Ready)
            .last();
        let Some(ready) = ready else {
            return Err(Error::NotInTime {
                what: "the guest's record `ready`".to_owned(),
                after: timeout,
                hint: "it came so long ago that it is no longer kept".to_owned(),
            });
        };
        let at = self
            .session
            .clock()
            .host_time(ready.record.t_ns)
            .unwrap_or(ready.at)
            .min(ready.at);
        let power_on = self.power_on.unwrap_or(at);
        Ok(ReadyReport {
            since_power_on: at.saturating_duration_since(power_on),
            guest_time: Duration::from_nanos(ready.record.t_ns),
            cpus_online: ready.record.value.unwrap_or(0),
        })
    }
}
