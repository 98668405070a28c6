//! PSCI as the host of each generation answers it (Arm DEN 0022).
//!
//! The monitor sits between the guest and QEMU's own PSCI. Most calls may pass; those that name a CPU depend on
//! whether its slot is plugged, which QEMU does not know: to it, all CPUs are there and powered off.
use crate::contract::Contract;
use crate::generation::Generation;

/// The call is not supported.
pub const NOT_SUPPORTED: i64 = -1;
/// A parameter is invalid.
pub const INVALID_PARAMETERS: i64 = -2;
/// The host's policy forbids it.
pub const DENIED: i64 = -3;
/// The CPU is on.
pub const ALREADY_ON: i64 = -4;
/// An earlier CPU_ON for it is under way.
pub const ON_PENDING: i64 = -5;

const VERSION: u32 = 0x8400_0000;
const CPU_SUSPEND: u32 = 0x8400_0001;
const CPU_OFF: u32 = 0x8400_0002;
const CPU_ON: u32 = 0x8400_0003;
const AFFINITY_INFO: u32 = 0x8400_0004;
const MIGRATE_INFO_TYPE: u32 = 0x8400_0006;
const SYSTEM_OFF: u32 = 0x8400_0008;
const SYSTEM_RESET: u32 = 0x8400_0009;
const FEATURES: u32 = 0x8400_000A;

/// The bit of a function identifier that makes it the 64-bit form, and those functions that have one.
const SMC64: u32 = 1 << 30;
const HAS_SMC64: [u32; 3] = [CPU_SUSPEND, CPU_ON, AFFINITY_INFO];

/// AFFINITY_INFO: the CPU is off.
const AFFINITY_OFF: i64 = 1;

/// What to do with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answer it with this.
    Answer(i64),
    /// QEMU answers it; its answer is the guest's.
    Pass,
    /// The calling CPU turns itself off.
    CpuOff,
    /// Start the CPU of a plugged slot.
    CpuOn {
        /// The slot.
        slot: u32,
        /// Where the guest wants it to begin, at EL1.
        entry: u64,
        /// What the guest wants in its x0.
        context: u64,
    },
    /// The machine is about to stop or restart: send what is still to be sent, then pass the call.
    MachineEnds,
}

impl Contract {
    /// Judges a call: `function` is the caller's W0, `arguments` its X1 to X3.
    pub fn psci(&self, function: u32, arguments: [u64; 3]) -> Verdict {
        let is_64 = function & SMC64 != 0;
        let narrow = if is_64 { function & !SMC64 } else { function };
        if is_64 && !HAS_SMC64.contains(&narrow) {
            return Verdict::Answer(NOT_SUPPORTED);
        }
        let width = if is_64 { u64::MAX } else { u64::from(u32::MAX) };
        let [first, second, third] = arguments.map(|argument| argument & width);
        match narrow {
            VERSION => Verdict::Answer(i64::from(self.generation.psci_version())),
            CPU_OFF => Verdict::CpuOff,
            CPU_ON => self.cpu_on(first, second, third),
            AFFINITY_INFO => self.affinity_info(first, second),
            CPU_SUSPEND | MIGRATE_INFO_TYPE => Verdict::Pass,
            SYSTEM_OFF | SYSTEM_RESET => Verdict::MachineEnds,
            FEATURES if self.generation != Generation::Old => Verdict::Pass,
            _ => Verdict::Answer(NOT_SUPPORTED),
        }
    }

    fn cpu_on(&self, target: u64, entry: u64, context: u64) -> Verdict {
        let absent = match self.generation {
            Generation::Old => INVALID_PARAMETERS,
            Generation::New | Generation::Rfc => DENIED,
        };
        match self.slot_of(target) {
            None => Verdict::Answer(INVALID_PARAMETERS),
            Some(slot) if self.plugged(slot).is_none() => Verdict::Answer(absent),
            // A64 instructions are aligned.
            Some(_) if !entry.is_multiple_of(4) => Verdict::Answer(INVALID_PARAMETERS),
            Some(slot) => Verdict::CpuOn {
                slot,
                entry,
                context,
            },
        }
    }

    /// A CPU that is there can be asked about; one that is not is off where slots are present, unknown where they are
    /// absent. Levels above the CPU itself are QEMU's to judge.
    fn affinity_info(&self, target: u64, level: u64) -> Verdict {
        if level != 0 {
            return Verdict::Pass;
        }
        match self.slot_of(target).map(|slot| self.plugged(slot)) {
            None => Verdict::Answer(INVALID_PARAMETERS),
            Some(None) if self.generation == Generation::Old => Verdict::Answer(INVALID_PARAMETERS),
            Some(None) => Verdict::Answer(AFFINITY_OFF),
            Some(Some(_)) => Verdict::Pass,
        }
    }
}
