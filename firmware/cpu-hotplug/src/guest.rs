//! What the engine asks of the guest: power over CPUs, their work, and a place for its records.

use hotvcpu_tables::HardwareId;
use hotvcpu_wire::Phase;
use thiserror::Error;

/// A CPU, with everything that is needed to start it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// Its ACPI processor UID.
    pub uid: u32,
    /// The hardware's name of it.
    pub id: HardwareId,
    /// Its NUMA node, where the tables give one.
    pub node: Option<u32>,
}

/// Why a CPU could not be started or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowerError {
    /// The guest has no memory for its stack and its data.
    #[error("there is no memory for the CPU's stack")]
    NoMemory,
    /// The interrupt controller cannot address it (an APIC ID above 254 without x2APIC).
    #[error("the CPU cannot be addressed: its ID needs x2APIC mode, which is not on")]
    Unreachable,
    /// The interrupt controller did not deliver the command.
    #[error("the start signal was not delivered")]
    NotDelivered,
    /// PSCI: DENIED. The host has not enabled the CPU.
    #[error("the firmware denied it (PSCI DENIED): the host has not enabled this CPU")]
    Denied,
    /// PSCI: INVALID_PARAMETERS. The host does not know the CPU.
    #[error("the firmware does not know this CPU (PSCI INVALID_PARAMETERS)")]
    InvalidParameters,
    /// PSCI: ALREADY_ON.
    #[error("the CPU is on already (PSCI ALREADY_ON)")]
    AlreadyOn,
    /// PSCI: ON_PENDING.
    #[error("an earlier start of the CPU is still under way (PSCI ON_PENDING)")]
    OnPending,
    /// Any other code of the firmware.
    #[error("the firmware answered with the unknown code {0}")]
    Unknown(i64),
}

/// Power over CPUs. Nothing here may wait for the CPU concerned.
pub trait CpuPower {
    /// Tells a CPU to start. It answers by [`crate::Hotplug::on_hello`].
    ///
    /// A CPU that failed may be started again without having been stopped; it was cancelled then.
    ///
    /// # Errors
    /// The CPU was not told, and will not start.
    fn start(&mut self, cpu: Cpu) -> Result<(), PowerError>;

    /// Tells it once more, as x86 asks for when the first STARTUP interrupt brought no answer.
    ///
    /// # Errors
    /// The signal could not be sent. The CPU's deadline goes on.
    fn signal_again(&mut self, cpu: Cpu) -> Result<(), PowerError>;

    /// Makes as sure as possible that a CPU that did not answer in time never will: on x86 an INIT, elsewhere a mark
    /// that its start-up code obeys.
    fn cancel(&mut self, cpu: Cpu);

    /// Tells a CPU to stop: one that is online and has no work left, or one that was cancelled.
    ///
    /// # Errors
    /// The CPU goes on running.
    fn stop(&mut self, cpu: Cpu) -> Result<(), PowerError>;

    /// Whether a CPU that was told to stop is off, and will touch no memory any more.
    fn is_off(&mut self, cpu: Cpu) -> bool;
}

/// The work that CPUs share.
pub trait Work {
    /// The CPU takes work from now on.
    fn begin(&mut self, cpu: Cpu);

    /// The CPU gets no new work and finishes or hands over what it has; then the guest calls
    /// [`crate::Hotplug::on_drained`].
    fn drain(&mut self, cpu: Cpu);
}

/// Where records go, and the clock that stamps them.
pub trait Report {
    /// Nanoseconds since the guest kernel was entered: the clock of records and deadlines.
    fn now_ns(&mut self) -> u64;

    /// Takes one record. It is stamped with [`Report::now_ns`] unless it brings its own time.
    fn report(&mut self, event: &Event<'_>);
}

/// One record; see [`hotvcpu_wire::Record`] for the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// What happened.
    pub phase: Phase,
    /// When, where that is not now: a CPU's hello has that CPU's own time.
    pub t_ns: Option<u64>,
    /// The CPU's ACPI processor UID.
    pub cpu: Option<u32>,
    /// The hardware's name of the CPU.
    pub hw_id: Option<u64>,
    /// The phase's own number.
    pub value: Option<u64>,
    /// For `_OST`: its source event.
    pub event: Option<u32>,
    /// For people.
    pub text: Option<&'a str>,
}

impl Event<'_> {
    /// A record of `phase` with nothing else said yet.
    pub fn new(phase: Phase) -> Self {
        Self {
            phase,
            t_ns: None,
            cpu: None,
            hw_id: None,
            value: None,
            event: None,
            text: None,
        }
    }
}

/// All that the engine asks of a guest.
pub trait Guest: CpuPower + Work + Report {}

impl<T: CpuPower + Work + Report> Guest for T {}
