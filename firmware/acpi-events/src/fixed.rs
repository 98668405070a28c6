//! Fixed hardware (4.8): the way into ACPI mode, and the power button that is a bit of the PM1 block.

use hotvcpu_aml::{Host, Width};
use hotvcpu_tables::{AddressSpace, Fadt, GenericAddress, RegisterBlock};

use crate::registers::Register;
use crate::{EventError, EventHost, Machine, RegisterError};

/// `SCI_EN` in the PM1 control register: events raise SCIs (4.8.3.2.1).
const SCI_EN: u64 = 1 << 0;
/// `PWRBTN_STS` and `PWRBTN_EN` in the PM1 status and enable registers (4.8.3.1).
const POWER_BUTTON: u64 = 1 << 8;

/// How long the machine may take to enter ACPI mode.
const ACPI_MODE_DEADLINE_MS: u64 = 1_000;
/// How often it is looked at meanwhile.
const ACPI_MODE_POLL_NS: u64 = 10_000;

/// Puts the machine into ACPI mode, where events raise SCIs instead of SMIs (4.8.2.5, 16.3.1).
pub(crate) fn enter_acpi_mode<M: Machine>(
    fadt: &Fadt,
    host: &mut EventHost<M>,
) -> Result<(), EventError> {
    let Some(control) = fadt
        .pm1a_control
        .and_then(|block| Register::inside(&block, 0, Width::Word))
    else {
        return Ok(());
    };
    // Without an SMI command there is no legacy mode to leave (5.2.9).
    if fadt.smi_command == 0 || fadt.acpi_enable == 0 || control.read(host)? & SCI_EN != 0 {
        return Ok(());
    }
    smi_command(fadt).write(host, u64::from(fadt.acpi_enable))?;
    let deadline = host
        .machine
        .now_ns()
        .saturating_add(ACPI_MODE_DEADLINE_MS * 1_000_000);
    while control.read(host)? & SCI_EN == 0 {
        if host.machine.now_ns() >= deadline {
            return Err(EventError::NoAcpiMode {
                deadline_ms: ACPI_MODE_DEADLINE_MS,
            });
        }
        host.machine.pause_ns(ACPI_MODE_POLL_NS);
    }
    Ok(())
}

fn smi_command(fadt: &Fadt) -> Register {
    let place = GenericAddress {
        space: AddressSpace::SystemIo,
        bit_width: 8,
        bit_offset: 0,
        access_size: 1,
        address: u64::from(fadt.smi_command),
    };
    Register::at(place, Width::Byte)
}

/// The power button that is fixed hardware: status and enable registers of up to two PM1 blocks.
#[derive(Debug, Default)]
pub(crate) struct FixedPowerButton([Option<(Register, Register)>; 2]);

impl FixedPowerButton {
    /// The button, unless the machine says that its power button is a device in the namespace.
    pub fn discover(fadt: &Fadt) -> Self {
        if fadt.flags.hardware_reduced() || fadt.flags.control_method_power_button() {
            return Self::default();
        }
        Self(
            [fadt.pm1a_event, fadt.pm1b_event]
                .map(|block| block.and_then(|block| registers(&block))),
        )
    }

    /// Lets the button raise SCIs, and no other event of the PM1 block.
    pub fn enable<H: Host>(&self, host: &mut H) -> Result<(), RegisterError> {
        for (_, enable) in self.0.iter().flatten() {
            enable.write(host, POWER_BUTTON)?;
        }
        Ok(())
    }

    /// Whether the button was pressed since this was asked last.
    pub fn take<H: Host>(&self, host: &mut H) -> Result<bool, RegisterError> {
        let mut pressed = false;
        for (status, enable) in self.0.iter().flatten() {
            if status.read(host)? & enable.read(host)? & POWER_BUTTON != 0 {
                status.write(host, POWER_BUTTON)?;
                pressed = true;
            }
        }
        Ok(pressed)
    }
}

/// Status and enable register of a PM1 event block: its two halves.
fn registers(block: &RegisterBlock) -> Option<(Register, Register)> {
    let half = usize::from(block.length / 2);
    let status = Register::inside(block, 0, Width::Word)?;
    Some((status, Register::inside(block, half, Width::Word)?))
}
