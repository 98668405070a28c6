//! The registers that AML and the doorbells reach for: device memory, and the architecture's ports.
//!
//! What AML asks for is untrusted: a width that a space lacks, or memory that is the guest's own, is refused with an
//! error and nothing is touched.

use hotvcpu_aml::{Access, RegionAccess, RegionError, RegionSpace, Width};

use crate::arch::{mmio, ports};
use crate::memory;

/// This machine's registers.
pub struct Registers;

impl RegionAccess for Registers {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        match access.space {
            RegionSpace::SystemMemory => read_memory(device_address(access)?, access.width),
            _ => ports::read(access),
        }
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        match access.space {
            RegionSpace::SystemMemory => write_memory(device_address(access)?, access.width, value),
            _ => ports::write(access, value),
        }
    }
}

/// The address, if it is a device's or firmware's and fits into the identity map.
fn device_address(access: Access) -> Result<u64, RegionError> {
    let allowed = memory::is_device_or_firmware(access.address, access.width.bytes() as u64);
    allowed.then_some(access.address).ok_or(RegionError::Denied)
}

fn read_memory(address: u64, width: Width) -> Result<u64, RegionError> {
    if !address.is_multiple_of(width.bytes() as u64) {
        return Err(RegionError::NoDevice);
    }
    // SAFETY: `device_address` found it mapped and outside of everything that is Rust's; it is aligned.
    let value = unsafe { mmio::try_read(address, width) };
    value.ok_or(RegionError::NoDevice)
}

fn write_memory(address: u64, width: Width, value: u64) -> Result<(), RegionError> {
    if !address.is_multiple_of(width.bytes() as u64) {
        return Err(RegionError::NoDevice);
    }
    // SAFETY: as for `read_memory`.
    let written = unsafe { mmio::try_write(address, width, value) };
    written.then_some(()).ok_or(RegionError::NoDevice)
}
