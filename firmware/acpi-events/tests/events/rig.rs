//! A machine with its doorbells armed.

use hotvcpu_acpi_events::simulator::{Captured, SimulatedMachine, Simulation};
use hotvcpu_acpi_events::{Doorbells, EventError, EventHost, Service};
use hotvcpu_aml::Interpreter;

pub struct Rig {
    pub aml: Interpreter,
    pub host: EventHost<SimulatedMachine>,
    pub doorbells: Doorbells,
    pub problems: Vec<EventError>,
}

impl Rig {
    /// Boots a machine and finds its doorbells, without arming them.
    pub fn boot(captured: &Captured) -> Self {
        let Simulation {
            folder,
            init,
            mut aml,
            mut host,
        } = captured.boot();
        assert_eq!(init.failures, [], "{folder}");
        let madt = captured.madt();
        let (doorbells, problems) =
            Doorbells::discover(&captured.fadt(), Some(&madt), &mut aml, &mut host);
        Self {
            aml,
            host,
            doorbells,
            problems,
        }
    }

    /// Boots a captured machine and arms its doorbells.
    pub fn armed(folder: &str) -> Self {
        let mut rig = Self::boot(&Captured::open(folder));
        assert_eq!(rig.problems, [], "{folder}");
        rig.doorbells
            .enable(&mut rig.host)
            .expect("the doorbells can be armed");
        rig
    }

    /// Serves the line.
    pub fn service(&mut self, gsi: u32) -> Service {
        self.doorbells.service(gsi, &mut self.aml, &mut self.host)
    }

    /// The GSI of the machine's first line.
    pub fn gsi(&self) -> u32 {
        self.doorbells
            .lines()
            .next()
            .expect("the machine has a doorbell")
            .gsi
    }

    /// Takes all notifications, with the paths of their objects.
    pub fn notifies(&mut self) -> Vec<(String, u64)> {
        let queue = &mut self.host.notifies;
        let all: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        all.into_iter()
            .map(|notify| (self.aml.path(notify.node), notify.value))
            .collect()
    }

    /// The paths of the handlers that ran.
    pub fn paths(&self, service: &Service) -> Vec<String> {
        service
            .runs
            .iter()
            .map(|run| self.aml.path(run.method))
            .collect()
    }
}
