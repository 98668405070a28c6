//! The load as the guest's agent tells it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::meter::CpuTime;
use super::run::LoadSource;
use super::summary::Work;
use super::work::WorkCount;
use crate::agent::{AgentClient, CpuStats};
use crate::domain::{DomainFolder, Records};
use crate::error::Result;
use crate::stream::Incoming;

/// How long the guest's earlier records may take to be read.
const CATCH_UP: Duration = Duration::from_secs(10);

/// Records that are read for one sample: a guest that never stops does not keep the scaler from its work.
const MOST_RECORDS: usize = 100_000;

/// Asks the agent behind a socket. It connects anew for each sample, because QEMU lets one client at a time
/// speak with an agent, and other commands want to, too.
#[derive(Debug)]
pub struct AgentSource {
    socket: PathBuf,
    patience: Duration,
    records: Option<Records>,
    work: WorkCount,
}

impl AgentSource {
    /// The agent of a guest that is not known to tell of its work.
    pub fn new(socket: PathBuf, patience: Duration) -> Self {
        Self {
            socket,
            patience,
            records: None,
            work: WorkCount::default(),
        }
    }

    /// The agent of a domain, with the work that its records tell of.
    ///
    /// # Errors
    /// The domain is not running, or has no port for an agent.
    pub fn of(folder: &DomainFolder, patience: Duration) -> Result<Self> {
        let mut source = Self::new(folder.agent_port()?, patience);
        let mut records = folder.records()?;
        let deadline = Instant::now() + CATCH_UP;
        while let Some(item) = records.next(deadline) {
            match item {
                Incoming::Guest(record) => source.work.observe(&record.record),
                Incoming::CaughtUp | Incoming::QemuExited(_) => break,
                _ => {}
            }
        }
        source.records = Some(records);
        Ok(source)
    }

    fn read_records(&mut self) {
        let Some(records) = &mut self.records else {
            return;
        };
        for _ in 0..MOST_RECORDS {
            match records.take() {
                Some(Incoming::Guest(record)) => self.work.observe(&record.record),
                Some(_) => {}
                None => break,
            }
        }
    }
}

impl LoadSource for AgentSource {
    fn sample(&mut self) -> Result<Vec<CpuTime>> {
        let stats = AgentClient::connect(&self.socket, self.patience)?.cpu_stats()?;
        self.read_records();
        Ok(stats.iter().map(CpuTime::from).collect())
    }

    fn work(&mut self) -> Option<Work> {
        self.read_records();
        self.work.get()
    }
}

impl From<&CpuStats> for CpuTime {
    fn from(stats: &CpuStats) -> Self {
        Self {
            cpu: stats.cpu.into(),
            busy_ms: stats.busy(),
            idle_ms: stats.idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::scripted_agent::{Step, play_at};
    use crate::error::Error;
    use serde_json::json;

    #[test]
    fn counters_come_from_the_agent_and_its_end_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("agent.sock");
        let stats = json!([
            {"type": "linux", "cpu": 1, "user": 10, "nice": 5, "system": 20, "idle": 65, "steal": 7},
            {"type": "linux", "cpu": 0, "user": 0, "nice": 0, "system": 0, "idle": 100},
        ]);
        let agent = play_at(
            &socket,
            vec![
                Step::Sync,
                Step::Expect("guest-get-cpustats"),
                Step::Return(stats),
            ],
        );
        let mut source = AgentSource::new(socket, Duration::from_secs(20));
        let cpus = source.sample().expect("an honest answer");
        let told = |time: &CpuTime| (time.cpu, time.busy_ms, time.idle_ms);
        assert_eq!(
            cpus.iter().map(told).collect::<Vec<_>>(),
            [(0, 0, 100), (1, 35, 65)]
        );
        agent.join().expect("the agent played its script");
        assert!(matches!(source.sample(), Err(Error::Agent(_))));
        assert_eq!(source.work(), None);
    }
}
