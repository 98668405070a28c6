//! A whole machine in memory: a host that keeps the contract, and a guest whose firmware is ours.

use hotvcpu_acpi_events::simulator::table;
use hotvcpu_acpi_events::{Doorbells, EventHost, Machine};
use hotvcpu_aml::{Access, Interpreter, Limits, RegionAccess, RegionError, RegionSpace};
use hotvcpu_contract::tables::{self, Gicc, Layout, SlotInfo, VirtioSlot};
use hotvcpu_contract::{Channel, Contract, Effect, Generation, registers};
use hotvcpu_cpu_hotplug::{
    Cpu, CpuPower, Deadlines, Env, Event, Hotplug, Misbehaviour, OnlinePolicy, Policy, PowerError,
    Report, State, Work,
};
use hotvcpu_tables::{Fadt, HardwareId, Madt, Table};

pub const LAYOUT: Layout<'_> = Layout {
    ged_selector: 0x0908_0000,
    ged_gsi: 41,
    cpu_registers: 0x090C_0000,
    console: Some((0x0900_0000, 33)),
    fw_cfg: Some(0x0902_0000),
    virtio: &[
        VirtioSlot {
            number: 0,
            address: 0x0A00_0000,
            gsi: 48,
        },
        VirtioSlot {
            number: 1,
            address: 0x0A00_0200,
            gsi: 49,
        },
    ],
};

/// QEMU's MPIDR of a slot.
pub fn mpidr(slot: u32) -> u64 {
    u64::from((slot / 16) << 8 | (slot % 16))
}

pub fn contract(generation: Generation, slots: u32, plugged: u32) -> Contract {
    Contract::new(generation, (0..slots).map(mpidr), plugged).expect("such slots can be")
}

/// The MADT of a host without CPU hotplug: everything is there.
pub fn host_madt(slots: u32) -> Vec<u8> {
    let stock = table("aarch64-virt-10.0-ged-memory", "APIC").expect("captured");
    let entries = Madt::parse(Table::parse(&stock).expect("valid")).expect("valid");
    assert_eq!(entries.cpus().count(), 4, "the captured machine has 4 CPUs");
    // GICD, 4 GICCs, and what comes after them.
    let (first_gicc, after) = (44 + 24, 44 + 24 + 4 * 80);
    let mut body = stock[36..first_gicc].to_vec();
    for slot in 0..slots {
        let gicc = Gicc {
            interface: slot,
            uid: slot,
            performance_gsi: 23,
            mpidr: mpidr(slot),
        };
        body.extend(gicc.encode(Generation::New, 1));
    }
    body.extend(&stock[after..]);
    let mut madt = stock[..36].to_vec();
    madt.extend(body);
    let length = madt.len() as u32;
    madt[4..8].copy_from_slice(&length.to_le_bytes());
    madt[9] = 0;
    madt[9] = madt.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
    madt
}

/// The DSDT for these slots, all in node 0 and 1 in turn if there are nodes.
pub fn dsdt(generation: Generation, slots: u32, numa: bool) -> Vec<u8> {
    let giccs = tables::slots(&host_madt(slots)).expect("the MADT can be read");
    let infos: Vec<SlotInfo> = (0..)
        .zip(giccs)
        .map(|(slot, gicc)| SlotInfo {
            gicc,
            node: numa.then_some(slot % 2),
        })
        .collect();
    tables::dsdt(generation, &LAYOUT, &infos)
}

/// The hardware behind the AML.
pub struct Host {
    pub contract: Contract,
    pub channel: Channel,
    pub now_ns: u64,
    /// Slots whose ejected CPU still runs.
    pub running_on: Vec<u32>,
}

impl Host {
    /// The control channel's lines so far.
    pub fn reports(&mut self) -> Vec<String> {
        let mut buffer = vec![0; 200_000];
        let count = self.channel.send_into(&mut buffer);
        let text = std::str::from_utf8(&buffer[..count]).expect("JSON is text");
        text.lines().map(str::to_string).collect()
    }

    pub fn request(&mut self, line: &str) -> bool {
        let line = format!("{line}\n");
        self.channel.receive(line.as_bytes(), &mut self.contract)
    }

    fn effect(&mut self, effect: Effect) {
        self.channel.effect(effect);
        if let Effect::Ejected { slot } = effect
            && !self.running_on.contains(&slot)
        {
            let origin = self.contract.gone(slot).expect("it was leaving");
            self.channel.deleted(slot, origin);
        }
    }
}

impl RegionAccess for Host {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        assert_eq!(access.space, RegionSpace::SystemMemory);
        if access.address == u64::from(LAYOUT.ged_selector) {
            return Ok(u64::from(self.contract.take_ged()));
        }
        let offset = access.address - u64::from(LAYOUT.cpu_registers);
        assert!(offset < registers::LENGTH);
        Ok(u64::from(self.contract.read(offset)))
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        let offset = access.address - u64::from(LAYOUT.cpu_registers);
        if let Some(effect) = self.contract.write(offset, value as u32) {
            self.effect(effect);
        }
        Ok(())
    }
}

impl Machine for Host {
    fn now_ns(&mut self) -> u64 {
        self.now_ns
    }

    fn pause_ns(&mut self, ns: u64) {
        self.now_ns += ns;
    }
}

/// A guest that does what the engine asks, and notes it.
#[derive(Default)]
pub struct Guest {
    pub now_ns: u64,
    pub started: Vec<Cpu>,
    pub draining: Vec<u32>,
    pub failures: Vec<String>,
}

impl CpuPower for Guest {
    fn start(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        self.started.push(cpu);
        Ok(())
    }
    fn signal_again(&mut self, _: Cpu) -> Result<(), PowerError> {
        Ok(())
    }
    fn cancel(&mut self, _: Cpu) {}
    fn stop(&mut self, _: Cpu) -> Result<(), PowerError> {
        Ok(())
    }
    fn is_off(&mut self, _: Cpu) -> bool {
        true
    }
}

impl Work for Guest {
    fn begin(&mut self, _: Cpu) {}
    fn drain(&mut self, cpu: Cpu) {
        self.draining.push(cpu.uid);
    }
}

impl Report for Guest {
    fn now_ns(&mut self) -> u64 {
        self.now_ns
    }
    fn report(&mut self, event: &Event<'_>) {
        if let Some(text) = event.text
            && matches!(event.phase.to_string().as_str(), "failed" | "error")
        {
            self.failures.push(text.into());
        }
    }
}

pub struct Rig {
    pub aml: Interpreter,
    pub host: EventHost<Host>,
    pub doorbells: Doorbells,
    pub hotplug: Hotplug,
    pub guest: Guest,
}

impl Rig {
    /// Starts a guest on a host of this generation, and everything that is plugged in it.
    pub fn boot(generation: Generation, slots: u32, plugged: u32) -> Self {
        let contract = contract(generation, slots, plugged);
        let madt_bytes = tables::madt(&host_madt(slots), &contract).expect("it can be built");
        let dsdt = dsdt(generation, slots, false);
        let madt = Madt::parse(Table::parse(&madt_bytes).expect("valid")).expect("valid");
        let fadt = table("aarch64-virt-10.0-ged-memory", "FACP").expect("captured");
        let fadt = Fadt::parse(Table::parse(&fadt).expect("valid")).expect("valid");
        let mut host = EventHost::new(Host {
            contract,
            channel: Channel::new(),
            now_ns: 0,
            running_on: Vec::new(),
        });
        let mut aml = Interpreter::new(Limits::default());
        aml.load_table(&dsdt, &mut host).expect("the DSDT loads");
        aml.initialize(&mut host).expect("it can be initialised");
        let (doorbells, errors) = Doorbells::discover(&fadt, Some(&madt), &mut aml, &mut host);
        assert!(errors.is_empty(), "{errors:?}");
        let mut guest = Guest::default();
        let policy = Policy {
            boot: HardwareId::Mpidr(0),
            max_cpus: 512,
            deadlines: Deadlines::default(),
            online: OnlinePolicy::Auto,
            misbehave: Misbehaviour::default(),
        };
        let mut env = Env {
            aml: &mut aml,
            host: &mut host,
            guest: &mut guest,
        };
        let hotplug = Hotplug::new(policy, Some(&madt), None, &mut env);
        let mut rig = Self {
            aml,
            host,
            doorbells,
            hotplug,
            guest,
        };
        rig.with(Hotplug::scan);
        for cpu in 1..plugged {
            rig.hello(cpu);
        }
        assert_eq!(rig.guest.failures, [""; 0], "{generation}");
        rig.guest.started.clear();
        rig
    }

    pub fn with(&mut self, call: impl FnOnce(&mut Hotplug, &mut Env<'_, EventHost<Host>, Guest>)) {
        let mut env = Env {
            aml: &mut self.aml,
            host: &mut self.host,
            guest: &mut self.guest,
        };
        call(&mut self.hotplug, &mut env);
    }

    /// Serves the doorbell.
    pub fn ring(&mut self) {
        let service = self
            .doorbells
            .service(LAYOUT.ged_gsi, &mut self.aml, &mut self.host);
        for run in &service.runs {
            assert!(run.result.is_ok(), "{:?}", run.result);
        }
        while let Some(notify) = self.host.notifies.pop() {
            self.with(|hotplug, env| hotplug.on_notify(env, notify.node, notify.value));
        }
        if self.host.notifies.take_lost() > 0 {
            self.with(Hotplug::scan);
        }
    }

    pub fn hello(&mut self, cpu: u32) {
        self.with(|hotplug, env| hotplug.on_hello(env, cpu, 7));
    }

    /// One request, and the reports that it leads to before the guest acts.
    pub fn request(&mut self, line: &str) -> Vec<String> {
        let rings = self.host.machine.request(line);
        let reports = self.host.machine.reports();
        if rings {
            self.ring();
        }
        reports
    }

    pub fn reports(&mut self) -> Vec<String> {
        self.host.machine.reports()
    }

    pub fn state(&self, cpu: u32) -> State {
        self.hotplug.state(cpu).expect("there is such a slot")
    }
}
