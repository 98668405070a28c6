//! Access to the registers that the FADT names, through the same door that AML uses.

use hotvcpu_aml::{Access, RegionAccess, RegionSpace, Width};
use hotvcpu_tables::{AddressSpace, GenericAddress, RegisterBlock};

use crate::RegisterError;

/// Part of a register block: where it begins, and the width of its registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Register {
    place: GenericAddress,
    width: Width,
}

impl Register {
    /// A register at `place` itself.
    pub fn at(place: GenericAddress, width: Width) -> Self {
        Self { place, width }
    }

    /// The register `offset` bytes into `block`; `None` if it does not lie in it as a whole.
    pub fn inside(block: &RegisterBlock, offset: usize, width: Width) -> Option<Self> {
        if offset.checked_add(width.bytes())? > usize::from(block.length) {
            return None;
        }
        let address = block
            .address
            .address
            .checked_add(u64::try_from(offset).ok()?)?;
        Some(Self {
            place: GenericAddress {
                address,
                ..block.address
            },
            width,
        })
    }

    /// Reads the register.
    pub fn read(&self, hardware: &mut impl RegionAccess) -> Result<u64, RegisterError> {
        hardware
            .read(self.access())
            .map_err(|reason| RegisterError {
                register: self.place,
                reason,
            })
    }

    /// Writes the register.
    pub fn write(&self, hardware: &mut impl RegionAccess, value: u64) -> Result<(), RegisterError> {
        let written = hardware.write(self.access(), value);
        written.map_err(|reason| RegisterError {
            register: self.place,
            reason,
        })
    }

    fn access(&self) -> Access {
        let space = match self.place.space {
            AddressSpace::SystemMemory => RegionSpace::SystemMemory,
            AddressSpace::SystemIo => RegionSpace::SystemIo,
            AddressSpace::PciConfig => RegionSpace::PciConfig,
            AddressSpace::Other(number) => RegionSpace::from_u8(number),
        };
        Access::new(space, self.place.address, self.width)
    }
}
