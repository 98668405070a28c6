//! A machine, its doorbells, the engine and a guest, put together as a kernel's main loop does.

use hotvcpu_acpi_events::simulator::{Captured, Effect, MACHINES, SimulatedMachine, Simulation};
use hotvcpu_acpi_events::{Doorbells, EventHost, Service};
use hotvcpu_aml::Interpreter;
use hotvcpu_cpu_hotplug::{
    Deadlines, Env, Hotplug, Misbehaviour, OnlinePolicy, Policy, Refused, State,
};
use hotvcpu_tables::HardwareId;

use crate::guest::{Call, FakeGuest};

pub const MS: u64 = 1_000_000;

pub struct Rig {
    pub folder: String,
    pub aml: Interpreter,
    pub host: EventHost<SimulatedMachine>,
    pub doorbells: Doorbells,
    pub hotplug: Hotplug,
    pub guest: FakeGuest,
}

/// The machines on which CPUs can be added.
pub fn with_cpu_hotplug() -> impl Iterator<Item = &'static str> {
    MACHINES
        .iter()
        .filter(|m| m.cpu_block.is_some() && m.plugged < m.slots)
        .map(|m| m.folder)
}

/// A policy for the machine, whose boot CPU is its first.
pub fn policy(captured: &Captured) -> Policy {
    let madt = captured.madt();
    let boot = madt.cpus().next().map_or(HardwareId::Apic(0), |cpu| cpu.id);
    Policy {
        boot,
        max_cpus: 4096,
        online: OnlinePolicy::Auto,
        deadlines: Deadlines::default(),
        misbehave: Misbehaviour::default(),
    }
}

impl Rig {
    /// Boots a captured machine, up to the moment when it answers requests.
    pub fn boot(folder: &str) -> Self {
        Self::boot_with(folder, |_| {})
    }

    /// The same under another policy.
    pub fn boot_with(folder: &str, change: impl FnOnce(&mut Policy)) -> Self {
        let captured = Captured::open(folder);
        let mut policy = policy(&captured);
        change(&mut policy);
        let mut rig = Self::build(&captured, policy);
        assert_eq!(
            rig.guest.records, [""; 0],
            "{folder}: nothing is wrong with its CPUs"
        );
        rig.scan();
        // The CPUs that the machine was started with.
        for cpu in 1..captured.profile.plugged {
            rig.hello(cpu);
        }
        rig.forget();
        rig
    }

    /// Puts everything together, without the first scan.
    pub fn build(captured: &Captured, policy: Policy) -> Self {
        let Simulation {
            folder,
            mut aml,
            mut host,
            ..
        } = captured.boot();
        let mut guest = FakeGuest::default();
        let madt = captured.madt();
        let (doorbells, _) =
            Doorbells::discover(&captured.fadt(), Some(&madt), &mut aml, &mut host);
        doorbells
            .enable(&mut host)
            .expect("the doorbells can be armed");
        let mut env = Env {
            aml: &mut aml,
            host: &mut host,
            guest: &mut guest,
        };
        let hotplug = Hotplug::new(policy, Some(&madt), captured.srat().as_ref(), &mut env);
        Self {
            folder,
            aml,
            host,
            doorbells,
            hotplug,
            guest,
        }
    }

    /// Calls the engine.
    pub fn with<T>(
        &mut self,
        call: impl FnOnce(&mut Hotplug, &mut Env<'_, EventHost<SimulatedMachine>, FakeGuest>) -> T,
    ) -> T {
        let mut env = Env {
            aml: &mut self.aml,
            host: &mut self.host,
            guest: &mut self.guest,
        };
        call(&mut self.hotplug, &mut env)
    }

    /// Forgets all records, calls and effects so far.
    pub fn forget(&mut self) {
        self.guest.records.clear();
        self.guest.texts.clear();
        self.guest.calls.clear();
        self.host.machine.effects.clear();
    }

    pub fn scan(&mut self) {
        self.with(Hotplug::scan);
    }

    /// Serves the doorbell and hands the notifications to the engine.
    pub fn ring(&mut self) -> Service {
        let gsi = self
            .doorbells
            .lines()
            .next()
            .expect("the machine has a doorbell")
            .gsi;
        let service = self.doorbells.service(gsi, &mut self.aml, &mut self.host);
        while let Some(notify) = self.host.notifies.pop() {
            self.with(|hotplug, env| hotplug.on_notify(env, notify.node, notify.value));
        }
        service
    }

    /// The host adds a CPU.
    pub fn plug(&mut self, cpu: u32) {
        self.host.machine.plug(cpu);
        self.ring();
    }

    /// The host asks for a CPU.
    pub fn unplug(&mut self, cpu: u32) {
        self.host.machine.request_unplug(cpu);
        self.ring();
    }

    pub fn hello(&mut self, cpu: u32) {
        self.with(|hotplug, env| hotplug.on_hello(env, cpu, 7));
    }

    pub fn drained(&mut self, cpu: u32) {
        self.with(|hotplug, env| hotplug.on_drained(env, cpu));
    }

    pub fn off(&mut self, cpu: u32) {
        self.with(|hotplug, env| hotplug.on_off(env, cpu));
    }

    /// The guest's user wants a CPU online.
    pub fn bring_online(&mut self, cpu: u32) -> Result<(), Refused> {
        self.with(|hotplug, env| hotplug.bring_online(env, cpu))
    }

    /// The guest's user wants a CPU offline.
    pub fn take_offline(&mut self, cpu: u32) -> Result<(), Refused> {
        self.with(|hotplug, env| hotplug.take_offline(env, cpu))
    }

    /// Hands a notification to the engine, whatever the machine is like.
    pub fn notify(&mut self, cpu: u32, value: u64) {
        let path = format!("\\_SB.CPUS.C00{cpu}");
        let node = self.aml.find(&path).expect("the CPU has an object");
        self.with(|hotplug, env| hotplug.on_notify(env, node, value));
    }

    /// Lets time pass.
    pub fn pass(&mut self, ns: u64) {
        self.guest.now_ns += ns;
        self.with(Hotplug::tick);
    }

    /// Adds a CPU all the way.
    pub fn add(&mut self, cpu: u32) {
        self.plug(cpu);
        self.hello(cpu);
        assert_eq!(
            self.state(cpu),
            State::Online,
            "{}: {:?}",
            self.folder,
            self.guest.texts
        );
    }

    pub fn state(&self, cpu: u32) -> State {
        self.hotplug.state(cpu).expect("the machine has this CPU")
    }

    /// Takes the records.
    pub fn records(&mut self) -> Vec<String> {
        std::mem::take(&mut self.guest.records)
    }

    /// Takes the calls.
    pub fn calls(&mut self) -> Vec<Call> {
        std::mem::take(&mut self.guest.calls)
    }

    /// Takes what reached the host.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.host.machine.effects)
    }

    /// The last text of a record.
    pub fn last_text(&self) -> &str {
        self.guest.texts.last().map_or("", String::as_str)
    }
}

/// `_OST` as the host sees it.
pub fn ost(cpu: u32, event: u32, status: u32) -> Effect {
    Effect::Ost { cpu, event, status }
}
