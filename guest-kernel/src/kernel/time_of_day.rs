//! What time it is, from the machine's own clock: a PC's in CMOS, which the namespace names, or ARM's PL031, which the
//! device tree does.
//!
//! It is read when somebody asks. It tells seconds; between two of them the kernel's own clock counts on from what was
//! told before, so that times do not go back.

use hotvcpu_aml::{Access, RegionAccess, RegionError, RegionSpace, Width};
use hotvcpu_guest::calendar::Registers;
use hotvcpu_platform::clock;

use super::machine::GuestMachine;

const SECOND_NS: u64 = 1_000_000_000;

/// The clock's registers behind its index register.
const STATUS_A: u8 = 10;
const STATUS_B: u8 = 11;
/// Status register A: the others are about to change.
const UPDATING: u8 = 1 << 7;
/// How often the registers are read until two readings are alike; an update takes 2 ms at most.
const READINGS: u32 = 1_000;

/// A clock that knows the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A PC's, at this port.
    Cmos(u16),
    /// A PL031 at this physical address: its first register counts the seconds since 1970.
    Pl031(u64),
}

/// The time of day.
pub struct TimeOfDay {
    source: Option<Source>,
    /// What was told last, and when that was by the kernel's clock, in ns.
    told: Option<(u64, u64)>,
}

impl TimeOfDay {
    /// By this clock, if there is one.
    pub fn new(source: Option<Source>) -> Self {
        Self { source, told: None }
    }

    /// Nanoseconds since 1970.
    ///
    /// # Errors
    /// Why it is not known, for people.
    pub fn now_ns(&mut self, machine: &mut GuestMachine) -> Result<u64, &'static str> {
        let source = self.source.ok_or("this machine names no clock")?;
        let seconds = match source {
            Source::Cmos(port) => read_cmos(machine, port),
            Source::Pl031(address) => {
                let access = Access::new(RegionSpace::SystemMemory, address, Width::Dword);
                machine.read(access).map(Some)
            }
        };
        let seconds = seconds.map_err(|_| "the clock does not answer")?;
        let seconds = seconds.ok_or("the clock tells no date")?;
        let read_ns = seconds.saturating_mul(SECOND_NS);
        let now_ns = clock::now_ns();
        // The clock tells whole seconds; how far into one it is only this kernel's own clock knows.
        let counted_ns = self.told.map_or(read_ns, |(told_ns, at_ns)| {
            told_ns.saturating_add(now_ns - at_ns)
        });
        let plausible = read_ns..read_ns.saturating_add(2 * SECOND_NS);
        let told_ns = match plausible.contains(&counted_ns) {
            true => counted_ns,
            // Somebody has set the clock.
            false => read_ns,
        };
        self.told = Some((told_ns, now_ns));
        Ok(told_ns)
    }
}

/// Seconds since 1970; `None`: the registers hold no date.
fn read_cmos(machine: &mut GuestMachine, port: u16) -> Result<Option<u64>, RegionError> {
    let mut last = None;
    for _ in 0..READINGS {
        if register(machine, port, STATUS_A)? & UPDATING != 0 {
            clock::spin_ns(10_000);
            continue;
        }
        let registers = Registers {
            second: register(machine, port, 0)?,
            minute: register(machine, port, 2)?,
            hour: register(machine, port, 4)?,
            day: register(machine, port, 7)?,
            month: register(machine, port, 8)?,
            year: register(machine, port, 9)?,
            status: register(machine, port, STATUS_B)?,
        };
        if last == Some(registers) {
            return Ok(registers.since_1970());
        }
        last = Some(registers);
    }
    Err(RegionError::Failed)
}

fn register(machine: &mut GuestMachine, port: u16, number: u8) -> Result<u8, RegionError> {
    let access = |port: u16| Access::new(RegionSpace::SystemIo, port.into(), Width::Byte);
    machine.write(access(port), number.into())?;
    let value = machine.read(access(port.saturating_add(1)))?;
    Ok(value as u8)
}
