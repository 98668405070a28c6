//! Power-off by the sleeping state S5 (4.8.3.2, 4.8.3.7, 7.4.2, 16.1).
//!
//! Everything that needs AML but `_PTS` is read in advance, so that a guest in trouble can still power off by a few
//! register writes.

use alloc::string::ToString;

use hotvcpu_aml::{Host, Interpreter, Value, Width};
use hotvcpu_tables::{Fadt, RegisterBlock};
use thiserror::Error;

use crate::namespace::{evaluate, evaluate_child};
use crate::registers::Register;
use crate::{EventError, RegisterError};

/// `SLP_TYP` in a PM1 control register: bits 10 to 12.
const PM1_SLEEP_TYPE: u64 = 0b111 << 10;
/// `SLP_EN` in a PM1 control register: enter the state now.
const PM1_SLEEP_ENABLE: u64 = 1 << 13;
/// `WAK_STS` in a PM1 status register.
const PM1_WAKE_STATUS: u64 = 1 << 15;
/// `SLP_EN` in the sleep control register of hardware-reduced machines; `SLP_TYP` stands in bits 2 to 4.
const SLEEP_CONTROL_ENABLE: u64 = 1 << 5;
/// `WAK_STS` in the sleep status register of hardware-reduced machines.
const SLEEP_STATUS_WAKE: u64 = 1 << 7;

/// Why a machine cannot be powered off through ACPI.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowerOffError {
    /// `\_S5` is not there: the platform has another way (PSCI on aarch64).
    #[error("there is no \\_S5: this machine is not powered off through ACPI")]
    NoS5,
    /// The FADT names no register to write to.
    #[error("the FADT names neither a PM1 control block nor a sleep control register")]
    NoRegister,
    /// `\_S5` or `\_PTS` failed, or a register did.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl From<RegisterError> for PowerOffError {
    fn from(error: RegisterError) -> Self {
        Self::Event(error.into())
    }
}

/// The way to power this machine off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PowerOff {
    registers: Registers,
    /// `SLP_TYPa` and `SLP_TYPb` of `\_S5` (7.4.2); the second counts for a PM1b block only.
    types: [u64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registers {
    /// Status and control of up to two PM1 blocks.
    Pm1 {
        status: [Option<Register>; 2],
        control: [Option<Register>; 2],
    },
    /// Sleep status and sleep control.
    Reduced {
        status: Option<Register>,
        control: Register,
    },
}

impl PowerOff {
    /// Reads `\_S5` and finds the registers.
    ///
    /// # Errors
    /// This machine has no power-off through ACPI, or `\_S5` is malformed.
    pub fn prepare<H: Host>(
        fadt: &Fadt,
        aml: &mut Interpreter,
        host: &mut H,
    ) -> Result<Self, PowerOffError> {
        let root = aml.root();
        let value = evaluate_child(aml, host, root, "_S5")?.ok_or(PowerOffError::NoS5)?;
        let malformed = EventError::WrongType {
            path: "\\_S5".to_string(),
            expected: "a package that begins with an integer",
        };
        let element = |index: usize| value.as_package()?.get(index)?.as_integer();
        let first = element(0).ok_or(malformed)?;
        Ok(Self {
            registers: registers(fadt)?,
            types: [first, element(1).unwrap_or(0)],
        })
    }

    /// Tells AML that the machine is about to be powered off: evaluates `\_PTS(5)` (7.4.1), where there is one.
    ///
    /// # Errors
    /// What AML ran into. [`PowerOff::run`] works all the same.
    pub fn announce<H: Host>(&self, aml: &mut Interpreter, host: &mut H) -> Result<(), EventError> {
        match aml.find("\\_PTS") {
            Some(method) => evaluate(aml, host, method, &[Value::Integer(5)]).map(drop),
            None => Ok(()),
        }
    }

    /// Powers the machine off. It may take a moment; a caller that still runs after 100 ms was not powered off.
    ///
    /// # Errors
    /// A register could not be accessed.
    pub fn run<H: Host>(&self, host: &mut H) -> Result<(), PowerOffError> {
        match &self.registers {
            Registers::Pm1 { status, control } => self.run_pm1(host, status, control)?,
            Registers::Reduced { status, control } => {
                if let Some(status) = status {
                    status.write(host, SLEEP_STATUS_WAKE)?;
                }
                let sleep_type = (self.types[0] & 0b111) << 2;
                control.write(host, sleep_type | SLEEP_CONTROL_ENABLE)?;
            }
        }
        Ok(())
    }

    /// The type goes to both blocks before the enable bit goes to either (16.1.6).
    fn run_pm1<H: Host>(
        &self,
        host: &mut H,
        status: &[Option<Register>; 2],
        control: &[Option<Register>; 2],
    ) -> Result<(), RegisterError> {
        for status in status.iter().flatten() {
            status.write(host, PM1_WAKE_STATUS)?;
        }
        for enable in [0, PM1_SLEEP_ENABLE] {
            for (control, sleep_type) in control.iter().zip(self.types) {
                let Some(control) = control else {
                    continue;
                };
                let kept = control.read(host)? & !(PM1_SLEEP_TYPE | PM1_SLEEP_ENABLE);
                control.write(host, kept | (sleep_type << 10) & PM1_SLEEP_TYPE | enable)?;
            }
        }
        Ok(())
    }
}

fn registers(fadt: &Fadt) -> Result<Registers, PowerOffError> {
    if fadt.flags.hardware_reduced() {
        let control = fadt.sleep_control.ok_or(PowerOffError::NoRegister)?;
        return Ok(Registers::Reduced {
            status: fadt
                .sleep_status
                .map(|place| Register::at(place, Width::Byte)),
            control: Register::at(control, Width::Byte),
        });
    }
    let word = |block: Option<RegisterBlock>| Register::inside(&block?, 0, Width::Word);
    let control = [word(fadt.pm1a_control), word(fadt.pm1b_control)];
    if control[0].is_none() {
        return Err(PowerOffError::NoRegister);
    }
    Ok(Registers::Pm1 {
        status: [word(fadt.pm1a_event), word(fadt.pm1b_event)],
        control,
    })
}
