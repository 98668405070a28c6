//! The machine as AML and the doorbells see it: the platform's registers and clock, with faults on request.

use hotvcpu_acpi_events::Machine;
use hotvcpu_aml::{Access, RegionAccess, RegionError};
use hotvcpu_platform::clock;
use hotvcpu_platform::registers::Registers;

use super::records;

/// The platform's registers and clock.
pub struct GuestMachine {
    registers: Registers,
    /// Accesses that still succeed before one fails; `None`: all succeed.
    fault_after: Option<u32>,
}

impl GuestMachine {
    /// A machine without faults.
    pub fn new() -> Self {
        Self { registers: Registers, fault_after: None }
    }

    /// Lets `accesses` more succeed, and the next one fail.
    pub fn fail_after(&mut self, accesses: u32) {
        self.fault_after = Some(accesses);
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
        hotvcpu_platform::console::print(format_args!("aml: {text}\n"));
    }

    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        records::error(&alloc::format!("AML executed Fatal: type {kind:#x}, code {code:#x}, argument {arg:#x}"));
    }
}
