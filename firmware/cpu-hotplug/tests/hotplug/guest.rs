//! A guest that notes what the engine asks of it, and does what the test says.

use std::collections::BTreeSet;

use hotvcpu_cpu_hotplug::{Cpu, CpuPower, Event, PowerError, Report, Work};

/// What the engine asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Start(u32),
    SignalAgain(u32),
    Cancel(u32),
    Stop(u32),
    Begin(u32),
    Drain(u32),
}

#[derive(Debug, Default)]
pub struct FakeGuest {
    pub now_ns: u64,
    /// The calls, in their order.
    pub calls: Vec<Call>,
    /// The records, in their order, each as one short line.
    pub records: Vec<String>,
    /// The texts of the records that have one.
    pub texts: Vec<String>,
    /// The CPUs as they were started.
    pub started: Vec<Cpu>,
    /// What `start` and `stop` answer.
    pub start_error: Option<PowerError>,
    pub stop_error: Option<PowerError>,
    /// CPUs that do not stop when told to.
    pub stuck: BTreeSet<u32>,
    /// CPUs that were started and not seen to be off since.
    pub may_run: BTreeSet<u32>,
}

impl CpuPower for FakeGuest {
    fn start(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        self.calls.push(Call::Start(cpu.uid));
        self.started.push(cpu);
        if let Some(error) = self.start_error {
            return Err(error);
        }
        self.may_run.insert(cpu.uid);
        Ok(())
    }

    fn signal_again(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        self.calls.push(Call::SignalAgain(cpu.uid));
        self.start_error.map_or(Ok(()), Err)
    }

    fn cancel(&mut self, cpu: Cpu) {
        self.calls.push(Call::Cancel(cpu.uid));
    }

    fn stop(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        self.calls.push(Call::Stop(cpu.uid));
        self.stop_error.map_or(Ok(()), Err)
    }

    fn is_off(&mut self, cpu: Cpu) -> bool {
        let off = !self.stuck.contains(&cpu.uid);
        if off {
            self.may_run.remove(&cpu.uid);
        }
        off
    }
}

impl Work for FakeGuest {
    fn begin(&mut self, cpu: Cpu) {
        self.calls.push(Call::Begin(cpu.uid));
    }

    fn drain(&mut self, cpu: Cpu) {
        self.calls.push(Call::Drain(cpu.uid));
    }
}

impl Report for FakeGuest {
    fn now_ns(&mut self) -> u64 {
        self.now_ns
    }

    fn report(&mut self, event: &Event<'_>) {
        let cpu = event.cpu.map_or(String::new(), |cpu| format!("{cpu} "));
        let source = event
            .event
            .map_or(String::new(), |source| format!(" {source}"));
        let value = event
            .value
            .map_or(String::new(), |value| format!(" {value:#x}"));
        self.records
            .push(format!("{cpu}{}{source}{value}", event.phase));
        self.texts.extend(event.text.map(str::to_string));
    }
}
