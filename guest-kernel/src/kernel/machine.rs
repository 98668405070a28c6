//! The machine as AML and the doorbells see it: the platform's registers and clock, with faults on request.

use alloc::format;
use alloc::string::String;

use hotvcpu_acpi_events::Machine;
use hotvcpu_aml::{Access, RegionAccess, RegionError};
use hotvcpu_platform::registers::Registers;
use hotvcpu_platform::{clock, console};

use super::records;

/// Bytes of AML's debug output that are kept until there is time to print them.
const DEBUG_ROOM: usize = 4096;

/// The platform's registers and clock.
pub struct GuestMachine {
    registers: Registers,
    /// Accesses that still succeed before one fails; `None`: all succeed.
    fault_after: Option<u32>,
    /// What AML stored into its Debug object. Printed when there is time: QEMU's own scan does so for every CPU.
    debug: String,
}

impl GuestMachine {
    /// A machine without faults.
    pub fn new() -> Self {
        Self {
            registers: Registers,
            fault_after: None,
            debug: String::new(),
        }
    }

    /// Lets `accesses` more succeed, and the next one fail.
    pub fn fail_after(&mut self, accesses: u32) {
        self.fault_after = Some(accesses);
    }

    /// Prints what AML had to say.
    pub fn print_debug(&mut self) {
        console::print(format_args!("{}", self.debug));
        self.debug.clear();
    }

    /// Counts an access; an error if it is the one that is to fail.
    fn count(&mut self) -> Result<(), RegionError> {
        match self.fault_after {
            None => Ok(()),
            Some(0) => {
                self.fault_after = None;
                Err(RegionError::Failed)
            }
            Some(left) => {
                self.fault_after = Some(left - 1);
                Ok(())
            }
        }
    }
}

impl RegionAccess for GuestMachine {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        self.count()?;
        self.registers.read(access)
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        self.count()?;
        self.registers.write(access, value)
    }
}

impl Machine for GuestMachine {
    fn now_ns(&mut self) -> u64 {
        clock::now_ns()
    }

    fn pause_ns(&mut self, ns: u64) {
        clock::spin_ns(ns);
    }

    fn debug(&mut self, text: &str) {
        // What does not fit until the next pause is dropped: AML in a loop must not fill the heap.
        if self.debug.len() + text.len() < DEBUG_ROOM {
            self.debug += &format!("aml: {text}\n");
        }
    }

    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        records::error(&format_args!(
            "AML executed Fatal: type {kind:#x}, code {code:#x}, argument {arg:#x}"
        ));
    }
}
