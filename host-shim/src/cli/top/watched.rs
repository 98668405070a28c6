//! One domain as `top` watches it: records, load and slots, without holding it.

use std::time::{Duration, Instant};

use hotvcpu::autoscale::run::{LoadSource, Scalable};
use hotvcpu::autoscale::work::WorkCount;
use hotvcpu::autoscale::{AgentSource, Fault, Load, Meter, Sample};
use hotvcpu::domain::{DomainError, DomainFolder, Meta, Records};
use hotvcpu::stream::Incoming;
use hotvcpu::{Error, Phase, Slot};

use super::operations::Operations;
use super::view::{CpuView, DomainView};
use crate::cli::autoscale::DomainMachine;

/// How long an agent may take for a sample.
const AGENT_PATIENCE: Duration = Duration::from_secs(1);

/// An agent that did not answer is asked again after so long.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How long the guest's earlier records may take to be read.
const CATCH_UP: Duration = Duration::from_secs(10);

/// Records that are taken in for one picture.
const MOST_RECORDS: usize = 100_000;

/// A domain and what is known of it.
pub struct Watched {
    meta: Meta,
    records: Records,
    machine: DomainMachine,
    agent: Result<AgentSource, Error>,
    meter: Meter,
    begin: Instant,
    ask_at: Instant,
    operations: Operations,
    work: WorkCount,
    work_rate: Option<u64>,
    slots: Vec<Slot>,
    /// The slots have to be asked for.
    outdated: bool,
    /// How many CPUs the guest counted when they were asked for last.
    counted: Option<usize>,
    load: Option<Load>,
    no_load: Option<String>,
    no_slots: Option<String>,
    ended: bool,
}

/// What stands in an agent's way if its machine does not run.
fn stopped(name: &str) -> Option<String> {
    let state = DomainFolder::of(name).ok()?.glance()?;
    match state.as_str() {
        "running" => None,
        "paused" | "prelaunch" => Some(format!(
            "the domain is paused, so its guest does nothing; let it run with `hotvcpu resume {name}`"
        )),
        state => Some(format!("the machine does not run (QEMU says: {state})")),
    }
}

impl Watched {
    /// Begins to watch a domain that runs; pictures follow each other by `interval`.
    pub fn new(
        folder: &DomainFolder,
        interval: Duration,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let (meta, _) = folder.running()?;
        let socket = folder.agent_port();
        let mut watched = Self {
            machine: DomainMachine::new(folder.name(), "top", timeout)?,
            records: folder.records()?,
            agent: socket.map(|path| AgentSource::new(path, AGENT_PATIENCE)),
            meta,
            // Two samples in a row are enough, also if one is early.
            meter: Meter::new(interval / 2),
            begin: Instant::now(),
            ask_at: Instant::now(),
            operations: Operations::default(),
            work: WorkCount::default(),
            work_rate: None,
            slots: Vec::new(),
            outdated: true,
            counted: None,
            load: None,
            no_load: None,
            no_slots: None,
            ended: false,
        };
        watched.catch_up();
        Ok(watched)
    }

    /// The domain's name.
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// Whether its QEMU has ended.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes in what has come, asks for what has to be asked for, and shows it.
    pub fn refresh(&mut self) -> DomainView {
        // A guest that never stops does not keep the picture from being drawn.
        for _ in 0..MOST_RECORDS {
            let Some(item) = self.records.take() else {
                break;
            };
            self.take_in(&item);
        }
        if !self.ended {
            self.sample();
            self.look();
        }
        self.view()
    }

    /// Reads the guest's history, so that the first picture has it.
    fn catch_up(&mut self) {
        let deadline = Instant::now() + CATCH_UP;
        while let Some(item) = self.records.next(deadline) {
            self.take_in(&item);
            if matches!(item, Incoming::CaughtUp | Incoming::QemuExited(_)) {
                break;
            }
        }
    }

    fn take_in(&mut self, item: &Incoming) {
        match item {
            Incoming::Guest(record) => {
                let record = &record.record;
                self.outdated |= self.operations.observe(record);
                self.work.observe(record);
                if record.phase == Phase::Workload {
                    self.work_rate = record.value;
                }
            }
            Incoming::QemuExited(_) => self.ended = true,
            _ => {}
        }
    }

    fn sample(&mut self) {
        let now = Instant::now();
        let agent = match &mut self.agent {
            Ok(agent) => agent,
            Err(error) => {
                self.no_load = Some(error.to_string());
                return;
            }
        };
        if now < self.ask_at {
            return;
        }
        match agent.sample() {
            Ok(cpus) => {
                let at = self.begin.elapsed();
                let reading = self.meter.take(&Sample { at, cpus });
                self.load = reading.load;
                // CPUs may go: that is what is shown here.
                let mut faults = reading.faults.iter();
                let fault = faults.find(|fault| !matches!(fault, Fault::Vanished { .. }));
                self.no_load = fault.map(ToString::to_string);
            }
            Err(error) => {
                self.meter.restart();
                let stopped = stopped(&self.meta.name);
                let why = stopped.unwrap_or_else(|| error.to_string());
                (self.load, self.no_load) = (None, Some(why));
                self.ask_at = Instant::now() + ASK_AGAIN;
            }
        }
    }

    /// The slots are asked for only when a record says that they may have changed: that needs the
    /// domain for a moment.
    fn look(&mut self) {
        let counted = self.load.as_ref().map(|load| load.cpus.len());
        if !self.outdated && (counted.is_none() || counted == self.counted) {
            return;
        }
        match self.machine.look() {
            Ok(slots) => {
                (self.slots, self.outdated, self.no_slots) = (slots, false, None);
                self.counted = counted;
            }
            Err(Error::Domain(DomainError::Busy { holder, .. })) => {
                self.outdated = true;
                self.no_slots = Some(format!("{holder}; vCPUs are shown as they were"));
            }
            Err(error) => self.no_slots = Some(error.to_string()),
        }
    }

    fn view(&self) -> DomainView {
        let (meta, guest) = (&self.meta, self.records.view());
        let state = match () {
            () if self.ended => "ended",
            () if meta.foreign_kernel => "unknown",
            () if guest.shutting_down() => "ends",
            () if guest.ready() => "ready",
            () => "boots",
        };
        let load = self.load.as_ref();
        let of_guest = |slot: &Slot| match meta.foreign_kernel {
            true => "-",
            false if guest.online().contains(&slot.index) => "online",
            false if guest.offline().contains(&slot.index) => "offline",
            false => "not online",
        };
        let vcpus = self.slots.iter();
        DomainView {
            name: meta.name.clone(),
            machine: format!("{}, QEMU {}, {}", meta.machine, meta.version, meta.accel),
            state,
            slots: u32::try_from(self.slots.len()).unwrap_or(u32::MAX),
            vcpus: vcpus
                .filter_map(|slot| CpuView::of(slot, of_guest(slot), load))
                .collect(),
            load_milli: load.map(Load::mean_milli),
            work_rate: self.work_rate,
            work: self.work.get(),
            operations: self.operations.latest(),
            problem: self.no_slots.clone().or_else(|| self.no_load.clone()),
        }
    }
}
