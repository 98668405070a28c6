//! Fixed ACPI Description Table (5.2.9): where the fixed hardware's registers are, and what kind of machine it is.
//!
//! The table grew from 116 bytes (ACPI 1.0, which QEMU's `pc` still gives) to 276 (6.x). A shorter one is read as
//! if it ended in zeroes, which every appended field defines as "not there".

use zerocopy::byteorder::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::gas::RawGas;
use crate::header::HEADER_LENGTH;
use crate::{AddressSpace, GenericAddress, Signature, Table, TableError};

/// The lengths that the specification's versions give the table, in bytes. A length between two of them cuts a
/// field in half, so the table counts as the shorter one.
const LENGTHS: [usize; 5] = [276, 268, 244, 132, 116];

/// The table after its header.
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawFadt {
    facs: U32,
    dsdt: U32,
    _model: u8,
    _profile: u8,
    sci_interrupt: U16,
    smi_command: U32,
    acpi_enable: u8,
    acpi_disable: u8,
    _s4bios_request: u8,
    _pstate_control: u8,
    pm1a_event: U32,
    pm1b_event: U32,
    pm1a_control: U32,
    pm1b_control: U32,
    _pm2_control: U32,
    pm_timer: U32,
    gpe0: U32,
    gpe1: U32,
    pm1_event_length: u8,
    pm1_control_length: u8,
    _pm2_control_length: u8,
    pm_timer_length: u8,
    gpe0_length: u8,
    gpe1_length: u8,
    gpe1_base: u8,
    _cst_control: u8,
    _c_state_latencies: [U16; 2],
    _cache_flush: [U16; 2],
    _duty: [u8; 2],
    _rtc: [u8; 3],
    _ia_pc_boot_flags: U16,
    _reserved: u8,
    flags: U32,
    // From here on ACPI 2.0.
    reset: RawGas,
    reset_value: u8,
    arm_boot_flags: U16,
    minor_revision: u8,
    x_facs: U64,
    x_dsdt: U64,
    x_pm1a_event: RawGas,
    x_pm1b_event: RawGas,
    x_pm1a_control: RawGas,
    x_pm1b_control: RawGas,
    _x_pm2_control: RawGas,
    x_pm_timer: RawGas,
    x_gpe0: RawGas,
    x_gpe1: RawGas,
    // From here on ACPI 5.0.
    sleep_control: RawGas,
    sleep_status: RawGas,
    // From here on ACPI 6.0.
    _hypervisor_vendor: [u8; 8],
}

const _: () = assert!(HEADER_LENGTH + size_of::<RawFadt>() == LENGTHS[0]);

/// A block of registers of the fixed hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegisterBlock {
    /// Where it begins.
    pub address: GenericAddress,
    /// Its length in bytes; never 0.
    pub length: u8,
}

/// The register that resets the machine (4.8.3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Where to write.
    pub register: GenericAddress,
    /// What to write.
    pub value: u8,
}

/// Fixed feature flags (5.2.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FadtFlags(pub u32);

impl FadtFlags {
    /// `PWR_BUTTON`: the power button is a control method device (`PNP0C0C`), not a PM1 bit.
    pub fn control_method_power_button(self) -> bool {
        self.0 & (1 << 4) != 0
    }

    /// `TMR_VAL_EXT`: the PM timer counts 32 bits instead of 24.
    pub fn timer_is_32_bit(self) -> bool {
        self.0 & (1 << 8) != 0
    }

    /// `RESET_REG_SUP`: the reset register is there.
    pub fn reset_supported(self) -> bool {
        self.0 & (1 << 10) != 0
    }

    /// `HW_REDUCED_ACPI`: there is no fixed hardware: no SCI, no PM1 block, no GPE block.
    pub fn hardware_reduced(self) -> bool {
        self.0 & (1 << 20) != 0
    }
}

/// ARM boot architecture flags (5.2.9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArmBootFlags(pub u16);

impl ArmBootFlags {
    /// PSCI is implemented.
    pub fn psci_compliant(self) -> bool {
        self.0 & 1 != 0
    }

    /// PSCI's conduit is HVC; otherwise it is SMC.
    pub fn psci_uses_hvc(self) -> bool {
        self.0 & (1 << 1) != 0
    }
}

/// The FADT, with each register block in its wide (`X_`) form where that is given.
#[derive(Clone, Copy, Debug)]
pub struct Fadt {
    /// Major version.
    pub revision: u8,
    /// Minor version, from ACPI 5.1 on.
    pub minor_revision: u8,
    /// Physical address of the DSDT; 0 where none is given.
    pub dsdt: u64,
    /// Physical address of the FACS; 0 where there is none.
    pub facs: u64,
    /// Interrupt of the SCI: an ISA interrupt number where there is an 8259, a GSI otherwise.
    pub sci_interrupt: u16,
    /// I/O port that switches between legacy and ACPI mode; 0 where there is no legacy mode.
    pub smi_command: u32,
    /// What to write to `smi_command` to enter ACPI mode; 0 if it cannot be entered that way.
    pub acpi_enable: u8,
    /// What to write to `smi_command` to leave ACPI mode.
    pub acpi_disable: u8,
    /// PM1a status and enable registers.
    pub pm1a_event: Option<RegisterBlock>,
    /// PM1b status and enable registers.
    pub pm1b_event: Option<RegisterBlock>,
    /// PM1a control register.
    pub pm1a_control: Option<RegisterBlock>,
    /// PM1b control register.
    pub pm1b_control: Option<RegisterBlock>,
    /// The power management timer, 3.579545 MHz.
    pub pm_timer: Option<RegisterBlock>,
    /// General-purpose event block 0: status in its first half, enable bits in its second.
    pub gpe0: Option<RegisterBlock>,
    /// General-purpose event block 1.
    pub gpe1: Option<RegisterBlock>,
    /// Number of the first event in block 1.
    pub gpe1_base: u8,
    /// Fixed feature flags.
    pub flags: FadtFlags,
    /// The reset register, where [`FadtFlags::reset_supported`].
    pub reset: Option<Reset>,
    /// ARM boot architecture flags.
    pub arm_boot_flags: ArmBootFlags,
    /// Sleep control register of hardware-reduced machines (4.8.3.7).
    pub sleep_control: Option<GenericAddress>,
    /// Sleep status register of hardware-reduced machines (4.8.3.7).
    pub sleep_status: Option<GenericAddress>,
}

impl Fadt {
    /// Reads the table.
    ///
    /// # Errors
    /// Another signature, or shorter than in ACPI 1.0 (116 bytes).
    pub fn parse(table: Table<'_>) -> Result<Self, TableError> {
        let bytes = table.expect(Signature::FADT)?.bytes();
        let available = bytes.len();
        let needed = LENGTHS[LENGTHS.len() - 1];
        let known = LENGTHS.into_iter().find(|length| *length <= available);
        let short = TableError::Truncated {
            table: Signature::FADT,
            needed,
            available,
        };
        let body = known
            .and_then(|length| bytes.get(HEADER_LENGTH..length))
            .ok_or(short)?;
        let mut raw = RawFadt::new_zeroed();
        for (to, from) in raw.as_mut_bytes().iter_mut().zip(body) {
            *to = *from;
        }
        Ok(raw.decode(table.revision()))
    }
}

impl RawFadt {
    fn decode(&self, revision: u8) -> Fadt {
        let flags = FadtFlags(self.flags.get());
        let reset = self.reset.decode().filter(|_| flags.reset_supported());
        Fadt {
            revision,
            minor_revision: self.minor_revision,
            dsdt: wide_or(&self.x_dsdt, &self.dsdt),
            facs: wide_or(&self.x_facs, &self.facs),
            sci_interrupt: self.sci_interrupt.get(),
            smi_command: self.smi_command.get(),
            acpi_enable: self.acpi_enable,
            acpi_disable: self.acpi_disable,
            pm1a_event: block(&self.x_pm1a_event, &self.pm1a_event, self.pm1_event_length),
            pm1b_event: block(&self.x_pm1b_event, &self.pm1b_event, self.pm1_event_length),
            pm1a_control: block(
                &self.x_pm1a_control,
                &self.pm1a_control,
                self.pm1_control_length,
            ),
            pm1b_control: block(
                &self.x_pm1b_control,
                &self.pm1b_control,
                self.pm1_control_length,
            ),
            pm_timer: block(&self.x_pm_timer, &self.pm_timer, self.pm_timer_length),
            gpe0: block(&self.x_gpe0, &self.gpe0, self.gpe0_length),
            gpe1: block(&self.x_gpe1, &self.gpe1, self.gpe1_length),
            gpe1_base: self.gpe1_base,
            flags,
            reset: reset.map(|register| Reset {
                register,
                value: self.reset_value,
            }),
            arm_boot_flags: ArmBootFlags(self.arm_boot_flags.get()),
            sleep_control: self.sleep_control.decode(),
            sleep_status: self.sleep_status.decode(),
        }
    }
}

fn wide_or(wide: &U64, narrow: &U32) -> u64 {
    match wide.get() {
        0 => u64::from(narrow.get()),
        address => address,
    }
}

/// One register block: its wide address wins over the old one, which is always an I/O port (5.2.9). Its length is
/// a field of its own, as a bit width cannot give that of a large GPE block; only where that is 0 the width does.
fn block(wide: &RawGas, narrow: &U32, length: u8) -> Option<RegisterBlock> {
    let port = u64::from(narrow.get());
    let old = (port != 0).then_some(GenericAddress {
        space: AddressSpace::SystemIo,
        bit_width: length.saturating_mul(8),
        bit_offset: 0,
        access_size: 0,
        address: port,
    });
    let address = wide.decode().or(old)?;
    let length = if length == 0 {
        address.bit_width / 8
    } else {
        length
    };
    (length != 0).then_some(RegisterBlock { address, length })
}
