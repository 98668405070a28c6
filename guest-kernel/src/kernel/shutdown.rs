//! The end that was asked for: collect the work, say the verdict, power off.

use alloc::format;

use hotvcpu_platform::{clock, console, power};
use hotvcpu_wire::Phase;

use super::acpi::Acpi;
use super::event_loop::Kernel;
use super::records::{self, Details, error, record};
use super::workers;

/// The verdict (see [`power::debug_exit`]) of a run in which all went well.
pub const VERDICT_GOOD: u8 = 0;
/// The verdict of a run whose workload came out wrong, or was lost in part.
const VERDICT_WRONG: u8 = 1;

/// How long the machine may take to go off, in ns.
const POWER_OFF_NS: u64 = 5_000_000_000;

/// Powers the machine off: by S5, where ACPI offers it and the workload was right.
pub fn power_off(kernel: &mut Kernel) -> ! {
    let deadline_ns = clock::now_ns() + kernel.config.drain_deadline_ms * 1_000_000;
    if !kernel.crew.drain_all(deadline_ns) {
        error(&"a CPU did not give its work back before the shutdown");
    }
    kernel.worker.drain();
    let tally = workers::tally();
    let text = format!("{}, {} numbers tested", tally.verdict(0), tally.tested);
    record(
        Phase::Shutdown,
        Details {
            text: Some(&text),
            ..Details::default()
        },
    );
    console::print(format_args!("shutting down: {text}\n"));
    records::flush();
    if !tally.is_right(0) {
        power::debug_exit(VERDICT_WRONG);
    }
    let Acpi {
        aml,
        host,
        power_off,
        ..
    } = &mut kernel.acpi;
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
    error(&"the machine is still on after the power-off");
    records::flush();
    power::debug_exit(VERDICT_GOOD);
    power::halt()
}
