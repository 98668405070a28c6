//! The kernel's command line: `key=value` words, in any order.
//!
//! A word that is not understood is reported, not ignored: a tester who misspells `misbehave` must learn of it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::workload::{Load, time};

/// How the CPUs work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Pace {
    /// Every CPU does a fixed piece of work in each interval, so throughput follows the number of CPUs even where the
    /// host has fewer.
    Paced,
    /// The same pace at the most, for work that arrives as [`Config::load`] says.
    Offered,
    /// Every CPU works all the time.
    Full,
    /// No CPU works; all are halted.
    Paused,
}

/// What the power button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtPowerButton {
    /// The guest powers the machine off.
    Off,
    /// The guest resets the machine.
    Reset,
}

/// What becomes of a CPU that is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It goes online by itself.
    Online,
    /// It waits for the guest's agent.
    Wait,
}

/// The device that takes the event records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// An `isa-debugcon` at this port.
    Debugcon(u16),
    /// A virtio console whose virtio-mmio registers begin at this physical address.
    VirtioMmio(u64),
}

/// What the command line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The device that takes the event records.
    pub events: Option<Events>,
    /// The port of the `isa-debug-exit` device.
    pub debug_exit_port: Option<u16>,
    /// How the CPUs work.
    pub pace: Pace,
    /// The work that arrives at [`Pace::Offered`].
    pub load: Load,
    /// How much of that work may wait, as the time that one CPU takes for it, in ns.
    pub backlog_ns: u64,
    /// What becomes of a CPU that is added.
    pub online: Added,
    /// What the power button does.
    pub power_button: AtPowerButton,
    /// The end of the run at the moment the guest is ready, for a probe of the machine.
    pub exit_when_ready: bool,
    /// CPUs that may be in use at once, the boot CPU included; `None`: as many as the guest is built for.
    pub max_cpus: Option<usize>,
    /// How long a started CPU may take to say hello, in ms.
    pub hello_deadline_ms: u64,
    /// How long a CPU may take to give its work back, in ms.
    pub drain_deadline_ms: u64,
    /// How long a CPU may take to park, in ms.
    pub stop_deadline_ms: u64,
    /// The generation of the hotplug protocol that the guest is to take the host for; empty: it finds out by itself.
    pub generation: String,
    /// Whether the guest records how much of its heap is in use.
    pub memory_records: bool,
    /// What the guest is asked to do wrong: names, separated by commas.
    pub misbehave: String,
    /// Faults that are played to the guest.
    pub faults: Vec<Fault>,
    /// Words that were not understood.
    pub unknown: Vec<String>,
    /// Words that were understood and mean nothing as they are, and why.
    pub problems: Vec<String>,
}

/// A fault of the machine, simulated inside the guest because QEMU cannot be brought to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The CPU with this UID never answers its start-up interrupts.
    NoStart(u32),
    /// From `ready` on, this many register accesses of AML succeed; the next one fails, once.
    Region(u32),
    /// The kernel reads 4 bytes at this physical address once it is ready.
    Read(u64),
    /// The kernel overflows its stack once it is ready.
    StackOverflow,
    /// The kernel executes an invalid instruction once it is ready.
    InvalidOpcode,
    /// The kernel writes to its own text once it is ready.
    WriteText,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            events: None,
            debug_exit_port: None,
            pace: Pace::Paced,
            load: Load::NOTHING,
            backlog_ns: 5_000_000_000,
            online: Added::Online,
            power_button: AtPowerButton::Off,
            exit_when_ready: false,
            max_cpus: None,
            hello_deadline_ms: 5_000,
            drain_deadline_ms: 5_000,
            stop_deadline_ms: 5_000,
            generation: String::new(),
            memory_records: false,
            misbehave: String::new(),
            faults: Vec::new(),
            unknown: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a command line. Never fails; see [`Config::unknown`] and [`Config::problems`].
    pub fn parse(line: &str) -> Self {
        let mut config = Self::default();
        let mut has_load = false;
        for word in line.split_ascii_whitespace() {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            has_load |= key == "load";
            if config.set(key, value).is_none() {
                config.unknown.push(word.into());
            }
        }
        if has_load != (config.pace == Pace::Offered) {
            let problem = match has_load {
                true => "load= means nothing without workload=offered",
                false => {
                    "workload=offered has no work: add load=, such as load=5s:50,10s:400,5s:50"
                }
            };
            config.problems.push(problem.into());
        }
        config
    }

    fn set(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "events" => self.events = Some(events(value)?),
            "debug_exit" => self.debug_exit_port = Some(port(value)?),
            "workload" => self.pace = pace(value)?,
            "load" => match value.parse() {
                Ok(load) => self.load = load,
                Err(problem) => self.problems.push(problem.to_string()),
            },
            "backlog" => self.backlog_ns = backlog(value)?,
            "online" => self.online = added(value)?,
            "power_button" => self.power_button = power_button(value)?,
            // QEMU's own word for a microvm without ACPI. Devices are looked for in the tables.
            "virtio_mmio.device" => {}
            "exit_when_ready" if value.is_empty() => self.exit_when_ready = true,
            "max_cpus" => self.max_cpus = Some(number(value)?.try_into().ok()?),
            "hello_deadline_ms" => self.hello_deadline_ms = deadline(value)?,
            "drain_deadline_ms" => self.drain_deadline_ms = deadline(value)?,
            "stop_deadline_ms" => self.stop_deadline_ms = deadline(value)?,
            "generation" => self.generation = generation(value)?,
            "memory_records" if value.is_empty() => self.memory_records = true,
            "misbehave" => self.misbehave = value.into(),
            "fault" => self.faults.push(fault(value)?),
            _ => return None,
        }
        Some(())
    }
}

/// The port of [`Config::debug_exit_port`] alone, for a guest that has no memory to read the rest.
pub fn debug_exit_port(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace().rev();
    words.find_map(|word| port(word.strip_prefix("debug_exit=")?))
}

fn events(value: &str) -> Option<Events> {
    match value.split_once(':')? {
        ("debugcon", at) => port(at).map(Events::Debugcon),
        ("virtio-mmio", at) => number(at).map(Events::VirtioMmio),
        _ => None,
    }
}

/// A name that the hotplug engine reads; `auto` is the default.
fn generation(value: &str) -> Option<String> {
    match value {
        "auto" => Some(String::new()),
        "old" | "new" => Some(value.into()),
        _ => None,
    }
}

fn port(value: &str) -> Option<u16> {
    number(value)?.try_into().ok()
}

/// A deadline in ms, from 1 ms to an hour.
fn deadline(value: &str) -> Option<u64> {
    number(value).filter(|ms| (1..=3_600_000).contains(ms))
}

/// A time from 1 ms to a day, in ns.
fn backlog(value: &str) -> Option<u64> {
    const DAY_NS: u64 = 24 * 3_600_000_000_000;
    time::parse_ns(value).filter(|ns| (1..=DAY_NS).contains(ns))
}

/// A decimal number, or a hexadecimal one with 0x before it.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn pace(value: &str) -> Option<Pace> {
    match value {
        "paced" => Some(Pace::Paced),
        "offered" => Some(Pace::Offered),
        "full" => Some(Pace::Full),
        "paused" => Some(Pace::Paused),
        _ => None,
    }
}

fn added(value: &str) -> Option<Added> {
    match value {
        "auto" => Some(Added::Online),
        "manual" => Some(Added::Wait),
        _ => None,
    }
}

fn power_button(value: &str) -> Option<AtPowerButton> {
    match value {
        "off" => Some(AtPowerButton::Off),
        "reset" => Some(AtPowerButton::Reset),
        _ => None,
    }
}

fn fault(value: &str) -> Option<Fault> {
    let (name, argument) = value.split_once(':').unwrap_or((value, ""));
    let address = number(argument);
    let argument = || address.and_then(|number| u32::try_from(number).ok());
    match name {
        "read" => address.map(Fault::Read),
        "no-start" => argument().map(Fault::NoStart),
        "region" => argument().map(Fault::Region),
        "stack-overflow" => Some(Fault::StackOverflow),
        "invalid-opcode" => Some(Fault::InvalidOpcode),
        "write-text" => Some(Fault::WriteText),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_key_is_read() {
        let config = Config::parse(
            "events=debugcon:0xe9 debug_exit=0xf4 workload=full exit_when_ready max_cpus=8 hello_deadline_ms=70 \
             drain_deadline_ms=71 stop_deadline_ms=72 misbehave=refuse-eject,no-ost fault=no-start:3 fault=region:0x10 \
             generation=old online=manual backlog=7ms memory_records power_button=reset fault=read:0x100000000",
        );
        let expected = Config {
            events: Some(Events::Debugcon(0xE9)),
            debug_exit_port: Some(0xF4),
            pace: Pace::Full,
            load: Load::NOTHING,
            backlog_ns: 7_000_000,
            online: Added::Wait,
            power_button: AtPowerButton::Reset,
            exit_when_ready: true,
            max_cpus: Some(8),
            hello_deadline_ms: 70,
            drain_deadline_ms: 71,
            stop_deadline_ms: 72,
            generation: "old".into(),
            memory_records: true,
            misbehave: "refuse-eject,no-ost".into(),
            faults: [Fault::NoStart(3), Fault::Region(16), Fault::Read(1 << 32)].into(),
            unknown: Vec::new(),
            problems: Vec::new(),
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn the_event_channel_is_a_port_or_an_address() {
        let events = |line| Config::parse(line).events;
        let virtio = Events::VirtioMmio(0xA00_0000);
        assert_eq!(events("events=virtio-mmio:0xa000000"), Some(virtio));
        assert_eq!(events("events=debugcon:233"), Some(Events::Debugcon(233)));
        assert_eq!(events("events=debugcon:0x10000"), None);
        assert_eq!(events("events=debugcon"), None);
        assert_eq!(events("events=virtio-mmio:"), None);
        assert_eq!(events("events=virtio-mmio:x"), None);
        assert_eq!(events("events=:1"), None);
    }

    #[test]
    fn the_generation_is_found_out_unless_it_is_given() {
        let generation = |line| Config::parse(line).generation;
        assert_eq!(generation("generation=new"), "new");
        assert_eq!(generation("generation=old generation=auto"), "");
        assert_eq!(
            Config::parse("generation=newest").unknown,
            ["generation=newest"]
        );
    }

    #[test]
    fn what_qemu_adds_by_itself_is_no_mistake() {
        let config = Config::parse("virtio_mmio.device=512@0xfeb00e00:12");
        assert_eq!(config, Config::default());
    }

    #[test]
    fn what_is_not_understood_is_kept_for_the_report() {
        let config = Config::parse(
            "worklod=full workload=slow events=uart:1 max_cpus=-1 hello_deadline_ms=0 fault=x:1 online=yes backlog=5",
        );
        assert_eq!(config.unknown.len(), 8);
        assert_eq!(
            Config {
                unknown: Vec::new(),
                ..config
            },
            Config::default()
        );
    }

    #[test]
    fn a_load_belongs_to_the_workload_that_is_offered() {
        let config = Config::parse("workload=offered load=5s:50,10s:400");
        assert_eq!(config.pace, Pace::Offered);
        assert_eq!(Ok(config.load), "5s:50,10s:400".parse());
        assert_eq!(config.problems, [""; 0]);
        for (line, part) in [
            ("workload=offered", "load="),
            ("load=50", "workload=offered"),
            ("workload=offered load=5s", "`5s` is no demand"),
        ] {
            let problems = Config::parse(line).problems;
            assert!(
                problems.len() == 1 && problems[0].contains(part),
                "{line}: {problems:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in ".{0,200}") {
            let words = line.split_ascii_whitespace().count();
            prop_assert!(Config::parse(&line).unknown.len() <= words);
        }

        #[test]
        fn the_port_of_debug_exit_is_read_the_same_without_memory(
            words in proptest::collection::vec("debug_exit=(0x)?[0-9a-f]{0,5}|workload=full", 0..5)
        ) {
            let line = words.join(" ");
            prop_assert_eq!(debug_exit_port(&line), Config::parse(&line).debug_exit_port);
        }
    }
}
