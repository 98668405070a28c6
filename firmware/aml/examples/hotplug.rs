//! One hotplug against the host's own AML: a CPU comes, the doorbell's handler runs, and its notification is acted upon.
//!
//! ```text
//! cargo run -p hotvcpu-aml --example hotplug -- DSDT.aml
//! ```
//!
//! The host here is a dozen lines that stand for QEMU: one register block with one new CPU in it. What a kernel does
//! is in `main`: load, initialise, run the handler, and only then look at the queue. Where the registers are, nobody
//! has to know: AML brings the addresses, and only the offset in the block matters.

use std::collections::VecDeque;
use std::process::ExitCode;

use hotvcpu_aml::{
    Access, Error, Host, Interpreter, Limits, NodeId, RegionAccess, RegionError, Value,
};

/// The CPU that comes.
const NEW: u64 = 2;

/// The registers of QEMU's CPU hotplug, 12 bytes, of which AML uses these (docs/specs/acpi_cpu_hotplug of QEMU).
#[derive(Default)]
struct CpuBlock {
    selector: u64,
    /// The new CPU's event is still waiting.
    insert: bool,
    command: u64,
}

impl CpuBlock {
    const ENABLED: u64 = 1 << 0;
    const INSERT: u64 = 1 << 1;
    /// Only the new generation on aarch64 looks at it.
    const PRESENT: u64 = 1 << 5;

    fn read(&self, offset: u64) -> u64 {
        match offset {
            4 => {
                let here = matches!(self.selector, 0 | NEW);
                let event = self.selector == NEW && self.insert;
                let flags = [(here, Self::ENABLED), (event, Self::INSERT)];
                let set = flags.iter().filter(|(is, _)| *is);
                set.fold(Self::PRESENT, |all, (_, flag)| all | flag)
            }
            8 => self.selector,
            _ => 0,
        }
    }

    fn write(&mut self, offset: u64, value: u64) {
        match offset {
            0 => self.selector = value,
            4 if value & Self::INSERT != 0 => self.insert = false,
            5 => {
                self.command = value;
                // Command 0: select the next CPU that has an event.
                if value == 0 && self.insert {
                    self.selector = NEW;
                }
            }
            _ => {}
        }
    }
}

/// The machine: its register block, and the queue that notifications go to.
#[derive(Default)]
struct Machine {
    block: CpuBlock,
    notified: VecDeque<(NodeId, u64)>,
}

impl Machine {
    /// The offset in the register block, whose places QEMU's machines differ in (q35, pc, aarch64 virt).
    fn offset(access: Access) -> Option<u64> {
        [0xCD8, 0xAF00, 0x090C_0000].into_iter().find_map(|base| {
            access
                .address
                .checked_sub(base)
                .filter(|offset| *offset < 12)
        })
    }
}

impl RegionAccess for Machine {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        // The selector of a Generic Event Device on aarch64 virt: 8 says that a CPU has an event.
        const GED: u64 = 0x0908_0000;
        match Self::offset(access) {
            Some(offset) => Ok(self.block.read(offset)),
            None if access.address == GED => Ok(8),
            None => Ok(0),
        }
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        if let Some(offset) = Self::offset(access) {
            self.block.write(offset, value);
        }
        Ok(())
    }
}

impl Host for Machine {
    fn notify(&mut self, node: NodeId, value: u64) {
        // The interpreter is in the middle of a method: this is no time to evaluate anything.
        self.notified.push_back((node, value));
    }

    fn timer_100ns(&mut self) -> u64 {
        0
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn stall_us(&mut self, _: u64) {}
}

fn run(table: &[u8]) -> Result<(), Error> {
    let mut machine = Machine::default();
    let mut aml = Interpreter::new(Limits::default());
    aml.load_table(table, &mut machine)?;
    for failure in aml.initialize(&mut machine)?.failures {
        println!("{}: {}", aml.path(failure.node), failure.error);
    }

    // The host plugs a CPU, and rings.
    machine.block.insert = true;
    if aml.find("\\_GPE._E02").is_some() {
        aml.evaluate_path("\\_GPE._E02", &[], &mut machine)?;
    } else {
        aml.evaluate_path("\\_SB.GED._EVT", &[Value::Integer(41)], &mut machine)?;
    }

    while let Some((cpu, value)) = machine.notified.pop_front() {
        println!("{}: Notify {value}", aml.path(cpu));
        if let Some(status) = aml.child(cpu, "_STA") {
            let status = aml.evaluate(status, &[], &mut machine)?;
            println!("  _STA is {}", aml.describe(&status));
        }
        // Here a kernel starts the CPU; then it answers: event 1 (device check), status 0 (success).
        if let Some(ost) = aml.child(cpu, "_OST") {
            let args = [1, 0, 0].map(Value::Integer);
            aml.evaluate(ost, &args, &mut machine)?;
            println!("  _OST was told of the success");
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: hotplug DSDT.aml");
        return ExitCode::from(2);
    };
    let outcome = std::fs::read(&path)
        .map_err(|error| error.to_string())
        .and_then(|table| run(&table).map_err(|error| error.to_string()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
