//! The words of the vocabulary.
use core::fmt;

use serde::{Deserialize, Serialize};

/// What a record says happened. `value` below is the record's number of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// The kernel was entered. `value`: [`crate::VERSION`].
    Boot,
    /// The ACPI tables were found and read. `value`: CPUs (slots) that they name.
    Tables,
    /// The namespace is loaded and initialised, `_INI` included. `value`: its number of objects.
    Namespace,
    /// Which generation of the aarch64 hotplug protocol the host speaks. `text`: its name, and why.
    Generation,
    /// The guest's doorbells are armed: from here on a hotplug request is answered. `value`: CPUs online.
    Ready,
    /// A doorbell interrupt. `value`: its GSI; `t_ns` is the interrupt's own time.
    Doorbell,
    /// A handler method ran to its end. `value`: GPE number or GSI; `text`: the method.
    Scan,
    /// AML notified a CPU. `value`: 1 device check, 3 eject request (ACPI 6.5, 5.6.6).
    Notify,
    /// `_STA` was read. `value`: its result.
    Status,
    /// The CPU's identity was found. `hw_id`: APIC ID or MPIDR; `text`: where it came from (`_MAT`, `MADT`).
    Identity,
    /// The CPU was told to start (INIT-SIPI, PSCI CPU_ON).
    Start,
    /// The CPU's first own instruction in the kernel. `t_ns` is that CPU's own time.
    Hello,
    /// The CPU takes work.
    Online,
    /// The CPU is there and known, and the guest's policy leaves it offline until somebody brings it online. For the
    /// host, the insertion has ended well. `text`: whose wish that is.
    Present,
    /// A removal was accepted, or the CPU goes offline (`text` says so): its work goes to the others.
    Drain,
    /// The CPU was told to stop.
    Stop,
    /// The CPU is confirmed off.
    Off,
    /// The CPU is off and stays in the machine: the guest has taken it offline.
    Offline,
    /// `_EJ0` ran to its end.
    Eject,
    /// `_OST` was evaluated. `event`: its source event; `value`: its status code.
    Ost,
    /// A request was refused by policy. `text`: why.
    Refused,
    /// An operation failed. `text`: the step, and what it missed.
    Failed,
    /// Something went wrong outside any one CPU's operation. `text`: what.
    Error,
    /// The workload's tally over one interval. `value`: units done per second; `text`: the verdict so far.
    Workload,
    /// What the guest's heap holds. `value`: bytes in use.
    Memory,
    /// The host's agent client changed something, or tried to. `text`: its command, and what came of it.
    Agent,
    /// The power button was pressed.
    PowerButton,
    /// The guest is about to power off. `text`: how.
    Shutdown,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
