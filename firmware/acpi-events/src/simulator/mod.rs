//! Simulated hardware, so that the AML of real hypervisors can be run on the host.
//!
//! It plays what lies behind the AML of the captured machines: the CPU hotplug block, the PM1 and GPE blocks, the
//! selector of the GED, a GPIO controller, the sleep control register. Tests of the crates above use it too. It is not for images: it
//! trusts its caller and panics when a test asks for what is not there.

mod captured;
mod cpu_block;
mod pl061;

use std::collections::BTreeMap;
use std::vec::Vec;

use hotvcpu_aml::{Access, RegionAccess, RegionError, RegionSpace};
use hotvcpu_tables::Fadt;

pub use captured::{Captured, MACHINES, Profile, Simulation, table};
pub use cpu_block::{CpuBlock, Effect};
pub use pl061::Pl061;

use crate::Machine;

/// The CPU hotplug event in a GPE block and in the GED's selector.
const GPE_CPU: u64 = 1 << 2;
const GED_CPU: u64 = 1 << 3;
const GED_POWER_BUTTON: u64 = 1 << 1;
const PM1_POWER_BUTTON: u64 = 1 << 8;

/// The simulated machine.
#[derive(Debug)]
pub struct SimulatedMachine {
    /// The CPU hotplug block, and where it is.
    pub cpus: Option<(RegionSpace, u64, CpuBlock)>,
    /// What the guest did, in its order.
    pub effects: Vec<Effect>,
    /// The clock, in nanoseconds; waiting advances it.
    pub now_ns: u64,
    /// How many accesses to the CPU hotplug block go well before one fails; `None` for all.
    pub fail_after: Option<u32>,
    /// Whether the machine ignores the command to enter ACPI mode.
    pub stays_legacy: bool,
    /// A GPIO controller, and where it is.
    pub gpio: Option<(u64, Pl061)>,
    fadt: Fadt,
    ged_selector: Option<(u64, u64)>,
    /// The registers of the fixed hardware by their I/O address, byte by byte.
    ports: BTreeMap<u64, u8>,
}

impl SimulatedMachine {
    /// A machine with the registers that its FADT and its profile name.
    pub fn new(fadt: Fadt, profile: &Profile) -> Self {
        let cpus = profile.cpu_block.map(|(space, base)| {
            let x86 = space == RegionSpace::SystemIo;
            let legacy = x86 && profile.folder.contains("7.2");
            let block = CpuBlock::new(
                profile.slots,
                profile.plugged,
                legacy,
                profile.has_present_bit,
            );
            (space, base, block)
        });
        Self {
            cpus,
            effects: Vec::new(),
            now_ns: 0,
            fail_after: None,
            stays_legacy: false,
            gpio: None,
            fadt,
            ged_selector: profile.ged_selector.map(|address| (address, 0)),
            ports: BTreeMap::new(),
        }
    }

    /// The CPU hotplug block.
    pub fn cpu_block(&mut self) -> &mut CpuBlock {
        &mut self
            .cpus
            .as_mut()
            .expect("the machine has a CPU hotplug block")
            .2
    }

    /// The host adds a CPU and rings.
    pub fn plug(&mut self, cpu: u32) {
        self.cpu_block().plug(cpu);
        self.ring_for_cpus();
    }

    /// The host asks for a CPU and rings.
    pub fn request_unplug(&mut self, cpu: u32) {
        self.cpu_block().request_unplug(cpu);
        self.ring_for_cpus();
    }

    /// The host takes a CPU without asking.
    pub fn take_away(&mut self, cpu: u32) {
        self.cpu_block().take_away(cpu);
    }

    /// Rings as for a CPU, whether there is an event or not.
    pub fn ring_for_cpus(&mut self) {
        match (&mut self.ged_selector, self.fadt.gpe0) {
            (Some((_, value)), _) => *value |= GED_CPU,
            (None, Some(gpe0)) => self.set_port_bits(gpe0.address.address, GPE_CPU),
            (None, None) => panic!("the machine has no doorbell"),
        }
    }

    /// Somebody presses the power button.
    pub fn press_power_button(&mut self) {
        match (&mut self.ged_selector, self.fadt.pm1a_event) {
            (Some((_, value)), _) => *value |= GED_POWER_BUTTON,
            (None, Some(pm1)) => self.set_port_bits(pm1.address.address, PM1_POWER_BUTTON),
            (None, None) => panic!("the machine has no power button"),
        }
    }

    /// A general-purpose event happens.
    pub fn set_gpe_status(&mut self, event: u8) {
        let first_block = self.fadt.gpe0.expect("the machine has a GPE block");
        let events = first_block.length / 2 * 8;
        let (block, event) = match self.fadt.gpe1 {
            Some(block) if event >= events => (block, event - self.fadt.gpe1_base),
            _ => (first_block, event),
        };
        self.set_port_bits(
            block.address.address + u64::from(event / 8),
            1 << (event % 8),
        );
    }

    /// Whether the SCI is asserted.
    pub fn sci_asserted(&self) -> bool {
        let blocks = [self.fadt.pm1a_event, self.fadt.gpe0, self.fadt.gpe1];
        blocks.into_iter().flatten().any(|block| {
            let half = u64::from(block.length / 2);
            let base = block.address.address;
            (base..base + half).any(|status| self.port(status) & self.port(status + half) != 0)
        })
    }

    fn port(&self, address: u64) -> u8 {
        self.ports.get(&address).copied().unwrap_or(0)
    }

    fn set_port_bits(&mut self, address: u64, bits: u64) {
        for (offset, byte) in (0..).zip(bits.to_le_bytes()) {
            *self.ports.entry(address + offset).or_default() |= byte;
        }
    }

    /// Whether a port is a status register, whose bits are cleared by writing ones.
    fn is_status(&self, address: u64) -> bool {
        let blocks = [self.fadt.pm1a_event, self.fadt.gpe0, self.fadt.gpe1];
        blocks.into_iter().flatten().any(|block| {
            let base = block.address.address;
            (base..base + u64::from(block.length / 2)).contains(&address)
        })
    }

    fn write_port(&mut self, access: Access, value: u64) {
        let is_smi = access.address == u64::from(self.fadt.smi_command) && access.address != 0;
        if is_smi && value == u64::from(self.fadt.acpi_enable) && !self.stays_legacy {
            let control = self
                .fadt
                .pm1a_control
                .expect("a machine with SMI_CMD has PM1")
                .address;
            self.set_port_bits(control.address, 1);
        }
        for (offset, byte) in (0..).zip(value.to_le_bytes().into_iter().take(access.width.bytes()))
        {
            let address = access.address + offset;
            let clears = self.is_status(address);
            let port = self.ports.entry(address).or_default();
            *port = if clears { *port & !byte } else { byte };
        }
        let is_control =
            |block: hotvcpu_tables::RegisterBlock| block.address.address == access.address;
        if self.fadt.pm1a_control.is_some_and(is_control) && value & 1 << 13 != 0 {
            self.effects.push(Effect::PoweredOff);
        }
    }

    /// The offset into the CPU hotplug block, if the access goes there.
    fn cpu_offset(&self, access: Access) -> Option<u64> {
        let (space, base, _) = self.cpus.as_ref()?;
        let offset = access.address.checked_sub(*base)?;
        (access.space == *space && offset < cpu_block::LENGTH).then_some(offset)
    }

    /// The GPIO controller and the offset into its registers, if the access goes there.
    fn gpio_at(&mut self, access: Access) -> Option<(&mut Pl061, u64)> {
        let (base, gpio) = self.gpio.as_mut()?;
        let offset = access.address.checked_sub(*base)?;
        let inside = access.space == RegionSpace::SystemMemory && offset < pl061::LENGTH;
        inside.then_some((gpio, offset))
    }

    /// Counts down to the access that fails.
    fn check_fault(&mut self) -> Result<(), RegionError> {
        match &mut self.fail_after {
            Some(0) => Err(RegionError::Failed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl RegionAccess for SimulatedMachine {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        if let Some(offset) = self.cpu_offset(access) {
            self.check_fault()?;
            return Ok(self.cpu_block().read(offset));
        }
        if let Some((gpio, offset)) = self.gpio_at(access) {
            return Ok(gpio.read(offset));
        }
        match (access.space, &mut self.ged_selector) {
            (RegionSpace::SystemMemory, Some((address, value))) if *address == access.address => {
                Ok(core::mem::take(value))
            }
            (RegionSpace::SystemIo, _) => {
                let byte = |offset| u64::from(self.port(access.address + offset)) << (8 * offset);
                Ok((0..access.width.bytes() as u64).map(byte).sum())
            }
            _ => Ok(access.width.mask()),
        }
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        if let Some(offset) = self.cpu_offset(access) {
            self.check_fault()?;
            let effect = self.cpu_block().write(offset, value);
            self.effects.extend(effect);
            return Ok(());
        }
        if let Some((gpio, offset)) = self.gpio_at(access) {
            gpio.write(offset, value);
            return Ok(());
        }
        let is_sleep_control =
            |place: hotvcpu_tables::GenericAddress| place.address == access.address;
        match access.space {
            RegionSpace::SystemIo => self.write_port(access, value),
            RegionSpace::SystemMemory if self.fadt.sleep_control.is_some_and(is_sleep_control) => {
                // QEMU's machines name 5 as the type of S5, and want the enable bit with it.
                assert_eq!(
                    value,
                    5 << 2 | 1 << 5,
                    "the sleep type of S5 and the enable bit"
                );
                self.effects.push(Effect::PoweredOff);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Machine for SimulatedMachine {
    fn now_ns(&mut self) -> u64 {
        self.now_ns
    }

    fn pause_ns(&mut self, ns: u64) {
        self.now_ns += ns;
    }
}
