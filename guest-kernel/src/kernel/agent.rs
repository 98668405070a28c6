//! The guest agent: the port that it speaks on, and this kernel as it sees it.
//!
//! It has its turn in the main loop like everything else, and each turn is bounded: a few messages about ports, one
//! command, and no waiting. A host that floods the port gets slow answers, and its hotplug is answered all the same.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hotvcpu_acpi_events::{Devices, Line};
use hotvcpu_agent::{Agent, PORT_NAME, Progress, ShutdownMode, System, Usage, Vcpu};
use hotvcpu_cpu_hotplug::State;
use hotvcpu_guest::config::Events;
use hotvcpu_platform::boot::BootInfo;
use hotvcpu_platform::virtio::serial::SerialPort;
use hotvcpu_platform::{clock, console, virtio};
use hotvcpu_wire::Phase;

use super::event_loop::Kernel;
use super::records::{Details, error, record};
use super::shutdown::Ending;
use super::time_of_day::{Source, TimeOfDay};

#[cfg(target_arch = "x86_64")]
use hotvcpu_acpi_events::pci_routing;

/// The agent on its port.
pub struct AgentService {
    port: SerialPort,
    agent: Agent,
    /// The port's interrupt.
    gsi: u32,
    /// There is more to do than one turn allows.
    pub more: bool,
    /// The port was found, and the host can see that it is open.
    pub is_open: bool,
}

impl AgentService {
    /// Looks for the agent's port and wires its interrupt. `None`: this machine has no device that could have it.
    pub fn open(kernel: &mut Kernel, boot: &BootInfo) -> Option<Self> {
        let mut problems = Vec::new();
        let (aml, host) = (&mut kernel.acpi.aml, &mut kernel.acpi.host);
        let devices = Devices::discover(aml, host, &mut problems);
        for problem in &problems {
            error(problem);
        }
        let cmos = devices.rtc.map(Source::Cmos);
        let source = cmos.or(boot.rtc.map(Source::Pl031));
        kernel.time_of_day = TimeOfDay::new(source);
        let found = open_on_mmio(kernel, &devices).or_else(|| open_on_pci(kernel, &devices));
        let (port, line) = found?;
        Some(Self {
            port,
            agent: Agent::new(),
            gsi: line.gsi,
            more: false,
            is_open: false,
        })
    }

    /// Takes note of an interrupt. True: it was the port's.
    pub fn acknowledge(&mut self, gsi: u32) -> bool {
        self.gsi == gsi && self.port.acknowledge()
    }

    /// When the agent is to have a turn although nothing has happened, in ns.
    pub fn deadline_ns(&self) -> Option<u64> {
        self.agent.deadline_ns()
    }

    /// One turn.
    pub fn serve(&mut self, kernel: &mut Kernel) {
        let news = self.port.serve();
        if news.opened {
            self.is_open = true;
            console::print(format_args!("guest agent on port {PORT_NAME}\n"));
        }
        if news.hung_up {
            self.agent.hang_up();
        }
        if self.agent.is_busy() {
            self.agent.go_on(kernel);
        }
        self.send();
        if self.agent.is_listening() {
            let used = self.agent.feed(self.port.readable(), kernel);
            self.port.consume(used);
            self.send();
        }
        if let Some(happening) = self.agent.take_happening() {
            let text = Some(happening.text.as_str());
            record(
                Phase::Agent,
                Details {
                    text,
                    ..Details::default()
                },
            );
        }
        let unread = self.agent.is_listening() && !self.port.readable().is_empty();
        self.more = news.more || unread || self.agent.has_more();
    }

    fn send(&mut self) {
        let sent = self.port.write(self.agent.outgoing());
        self.agent.sent(sent);
    }
}

/// A port that may be the agent's, and its interrupt.
type Found = (SerialPort, Line);

/// Wires a console's line, then starts the console: what asserts a line before it is wired may not be heard.
fn open(
    kernel: &mut Kernel,
    line: Line,
    start: impl FnOnce() -> Option<SerialPort>,
) -> Option<Found> {
    if !kernel.acpi.wire(line) {
        let gsi = line.gsi;
        error(&format_args!(
            "GSI {gsi} of a virtio console cannot be wired: no guest agent is looked for there"
        ));
        return None;
    }
    Some((start()?, line))
}

/// The first console with several ports in a virtio-mmio slot; the records' own is passed over.
fn open_on_mmio(kernel: &mut Kernel, devices: &Devices) -> Option<Found> {
    let records = match kernel.config.events {
        Some(Events::VirtioMmio(address)) => Some(address),
        _ => None,
    };
    let slots = devices.virtio_mmio.iter();
    let mut consoles = slots
        .filter(|slot| records != Some(slot.address) && virtio::mmio::has_console(slot.address));
    consoles.find_map(|slot| {
        let start = || virtio::mmio::open_port(slot.address, PORT_NAME);
        open(kernel, slot.line, start)
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn open_on_pci(_kernel: &mut Kernel, _devices: &Devices) -> Option<Found> {
    None
}

/// The first console with several ports on a PCI bus.
#[cfg(target_arch = "x86_64")]
fn open_on_pci(kernel: &mut Kernel, devices: &Devices) -> Option<Found> {
    let bridges = devices.host_bridges.iter();
    for bridge in bridges.filter(|bridge| bridge.segment == 0) {
        for console in virtio::pci::consoles(bridge.bus) {
            let line = line_of(kernel, bridge, &console).unwrap_or_else(|problem| {
                error(&problem);
                None
            });
            let start = || virtio::pci::open_port(&console, PORT_NAME);
            if let Some(found) = line.and_then(|line| open(kernel, line, start)) {
                return Some(found);
            }
        }
    }
    None
}

/// The interrupt line of a console. Only asked where there is one: a routing table is long.
#[cfg(target_arch = "x86_64")]
fn line_of(
    kernel: &mut Kernel,
    bridge: &pci_routing::HostBridge,
    console: &virtio::pci::Console,
) -> Result<Option<Line>, hotvcpu_acpi_events::EventError> {
    let Some(pin) = console.pin else {
        return Ok(None);
    };
    let (aml, host) = (&mut kernel.acpi.aml, &mut kernel.acpi.host);
    pci_routing::choose_apic_mode(aml, host)?;
    pci_routing::route(aml, host, bridge, &console.path, pin)
}

impl System for Kernel {
    fn now_ns(&mut self) -> u64 {
        clock::now_ns()
    }

    fn vcpus(&mut self) -> Vec<Vcpu> {
        let boot = self.hotplug.boot_uid();
        let cpus = self.hotplug.cpus().filter_map(|cpu| {
            let online = match cpu.state {
                State::Online => true,
                State::Enabled | State::Starting | State::Draining | State::Off | State::Failed => {
                    false
                }
                State::Absent | State::Disabled | State::Ejected => return None,
            };
            Some(Vcpu {
                logical_id: cpu.uid,
                online,
                can_offline: boot != Some(cpu.uid),
            })
        });
        cpus.collect()
    }

    fn usage(&mut self) -> Vec<Usage> {
        const MS: u64 = 1_000_000;
        let usage = self.cpu_usage().into_iter();
        usage
            .map(|(logical_id, usage)| Usage {
                logical_id,
                busy_ms: usage.busy_ns / MS,
                idle_ms: usage.idle_ns / MS,
            })
            .collect()
    }

    fn set_online(&mut self, logical_id: u32, online: bool) -> Result<Progress, String> {
        let mut result = Ok(());
        self.with_engine(|hotplug, env| {
            result = if online {
                hotplug.bring_online(env, logical_id)
            } else {
                hotplug.take_offline(env, logical_id)
            };
        });
        result.map_err(|problem| problem.to_string())?;
        self.progress(logical_id, online)
    }

    fn progress(&mut self, logical_id: u32, online: bool) -> Result<Progress, String> {
        match (self.hotplug.state(logical_id), online) {
            (Some(State::Online), true) | (Some(State::Enabled), false) => Ok(Progress::Done),
            (Some(State::Starting), true) => Ok(Progress::UnderWay),
            (Some(State::Draining | State::Off), false) => Ok(Progress::UnderWay),
            (Some(State::Online), false) => Err(format!(
                "logical processor #{logical_id} did not give back its work"
            )),
            (Some(state), _) => Err(format!("logical processor #{logical_id} is {state}")),
            (None, _) => Err(format!("logical processor #{logical_id} does not exist")),
        }
    }

    fn time_ns(&mut self) -> Result<i64, String> {
        let time = self.time_of_day.now_ns(&mut self.acpi.host.machine);
        let time = time.map_err(|problem| format!("Failed to get time: {problem}"))?;
        i64::try_from(time).map_err(|problem| format!("Failed to get time: {problem}"))
    }

    fn shut_down(&mut self, mode: ShutdownMode) {
        self.ending = Some(match mode {
            ShutdownMode::Powerdown => Ending::Off,
            ShutdownMode::Reboot => Ending::Reset,
            ShutdownMode::Halt => Ending::Halt,
        });
    }

    fn architecture(&self) -> &'static str {
        if cfg!(target_arch = "aarch64") {
            "aarch64"
        } else {
            "x86_64"
        }
    }
}
