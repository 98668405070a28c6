//! The end that was asked for: collect the work, say the verdict, power off or reset: by ACPI's registers or by the
//! platform's firmware.

use alloc::format;
use alloc::string::String;

use hotvcpu_aml::{Access, RegionAccess, RegionError, RegionSpace, Width};
use hotvcpu_guest::config::AtPowerButton;
use hotvcpu_guest::workload::Usage;
use hotvcpu_platform::{clock, console, power};
use hotvcpu_tables::{AddressSpace, Reset};
use hotvcpu_wire::Phase;

use super::acpi::Acpi;
use super::event_loop::Kernel;
use super::machine::GuestMachine;
use super::records::{self, Details, error, record};
use super::workers;

/// The verdict (see [`power::end`]) of a run in which all went well.
pub const VERDICT_GOOD: u8 = 0;
/// The verdict of a run whose workload came out wrong, or was lost in part.
const VERDICT_WRONG: u8 = 1;

/// How long the machine may take to go off, in ns.
const POWER_OFF_NS: u64 = 5_000_000_000;

/// How the run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The machine goes off.
    Off,
    /// The machine starts again.
    Reset,
    /// The machine stays on, and this kernel does nothing any more.
    Halt,
}

impl From<AtPowerButton> for Ending {
    fn from(action: AtPowerButton) -> Self {
        match action {
            AtPowerButton::Off => Self::Off,
            AtPowerButton::Reset => Self::Reset,
        }
    }
}

/// Ends the run as it was asked for; with a verdict instead, where the workload went wrong.
pub fn end(kernel: &mut Kernel) -> ! {
    let deadline_ns = clock::now_ns() + kernel.config.drain_deadline_ms * 1_000_000;
    let usage = kernel.cpu_usage();
    if !kernel.crew.drain_all(deadline_ns) {
        error(&"a CPU did not give its work back before the shutdown");
    }
    kernel.worker.drain();
    let tally = workers::tally();
    let mut text = format!("{}, {} numbers tested", tally.verdict(0), tally.tested);
    let load = workers::load();
    if let Some(load) = &load {
        text += &format!("; {load}");
        print_usage(&usage);
    }
    record(
        Phase::Shutdown,
        Details {
            load,
            text: Some(&text),
            ..Details::default()
        },
    );
    console::print(format_args!("shutting down: {text}\n"));
    records::flush();
    if !tally.is_right(0) {
        power::end(VERDICT_WRONG);
    }
    match kernel.ending {
        Some(Ending::Reset) => reset(&mut kernel.acpi),
        Some(Ending::Halt) => {
            console::print(format_args!("halted\n"));
            power::halt()
        }
        Some(Ending::Off) | None => power_off(&mut kernel.acpi),
    }
    records::flush();
    power::end(VERDICT_GOOD);
    power::halt()
}

/// Says how busy each CPU was.
fn print_usage(usage: &[(u32, Usage)]) {
    let mut text = String::new();
    for (uid, Usage { busy_ns, idle_ns }) in usage {
        let online_ns = u128::from(*busy_ns) + u128::from(*idle_ns);
        let percent = (u128::from(*busy_ns) * 100)
            .checked_div(online_ns)
            .unwrap_or(0);
        text += &format!(" cpu {uid} {percent} %");
    }
    console::print(format_args!("busy:{text}\n"));
}

/// Powers the machine off: by S5 if ACPI offers it, else as the platform does.
fn power_off(acpi: &mut Acpi) {
    let Acpi {
        aml,
        host,
        power_off,
        ..
    } = acpi;
    if let Some(power_off) = power_off {
        if let Err(problem) = power_off.announce(aml, host) {
            error(&format_args!("_PTS: {problem}"));
        }
        match power_off.run(host) {
            // The machine goes off when it gets to it; until then this CPU runs on.
            Ok(()) => clock::spin_ns(POWER_OFF_NS),
            Err(problem) => error(&format_args!("power-off: {problem}")),
        }
    }
    power::off();
    error(&"the machine is still on after the power-off");
}

/// Resets the machine: by the FADT's reset register (ACPI 6.5, 4.8.3.6) if there is one, else as the platform does.
fn reset(acpi: &mut Acpi) {
    if let Some(reset) = acpi.reset {
        match write_reset(&mut acpi.host.machine, reset) {
            Ok(()) => clock::spin_ns(POWER_OFF_NS),
            Err(problem) => error(&format_args!("reset: {problem}")),
        }
    }
    power::reset();
    error(&"the machine has not been reset");
}

fn write_reset(machine: &mut GuestMachine, reset: Reset) -> Result<(), RegionError> {
    let space = match reset.register.space {
        AddressSpace::SystemIo => RegionSpace::SystemIo,
        AddressSpace::SystemMemory => RegionSpace::SystemMemory,
        _ => return Err(RegionError::Unsupported),
    };
    let access = Access::new(space, reset.register.address, Width::Byte);
    machine.write(access, reset.value.into())
}
