//! The registers that AML and the doorbells reach for: ports, device memory, PCI configuration space.
//!
//! What AML asks for is untrusted: a width that a space lacks, or memory that is the guest's own, is refused with an
//! error and nothing is touched.

use hotvcpu_aml::{Access, RegionAccess, RegionError, RegionSpace, Width};
use spin::Mutex;
use x86_64::instructions::interrupts::without_interrupts;
use x86_64::instructions::port::Port;

use super::memory;

/// This machine's registers.
pub struct Registers;

impl RegionAccess for Registers {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        match access.space {
            RegionSpace::SystemIo => read_port(port(access)?, access.width),
            RegionSpace::SystemMemory => read_memory(device_address(access)?, access.width),
            RegionSpace::PciConfig => pci_config(access, |port| read_port(port, access.width)),
            _ => Err(RegionError::Unsupported),
        }
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        match access.space {
            RegionSpace::SystemIo => write_port(port(access)?, access.width, value),
            RegionSpace::SystemMemory => write_memory(device_address(access)?, access.width, value),
            RegionSpace::PciConfig => {
                pci_config(access, |port| write_port(port, access.width, value))
            }
            _ => Err(RegionError::Unsupported),
        }
    }
}

fn port(access: Access) -> Result<u16, RegionError> {
    u16::try_from(access.address).map_err(|_| RegionError::NoDevice)
}

/// The address, if it is a device's or firmware's and fits into the identity map.
fn device_address(access: Access) -> Result<u64, RegionError> {
    let allowed = memory::is_device_or_firmware(access.address, access.width.bytes() as u64);
    allowed.then_some(access.address).ok_or(RegionError::Denied)
}

fn read_port(port: u16, width: Width) -> Result<u64, RegionError> {
    // SAFETY: I/O ports are devices' alone: no Rust object lives there.
    unsafe {
        match width {
            Width::Byte => Ok(u64::from(Port::<u8>::new(port).read())),
            Width::Word => Ok(u64::from(Port::<u16>::new(port).read())),
            Width::Dword => Ok(u64::from(Port::<u32>::new(port).read())),
            Width::Qword => Err(RegionError::NoDevice),
        }
    }
}

fn write_port(port: u16, width: Width, value: u64) -> Result<(), RegionError> {
    // SAFETY: as for `read_port`.
    unsafe {
        match width {
            Width::Byte => Port::<u8>::new(port).write(value as u8),
            Width::Word => Port::<u16>::new(port).write(value as u16),
            Width::Dword => Port::<u32>::new(port).write(value as u32),
            Width::Qword => return Err(RegionError::NoDevice),
        }
    }
    Ok(())
}

fn read_memory(address: u64, width: Width) -> Result<u64, RegionError> {
    if !address.is_multiple_of(width.bytes() as u64) {
        return Err(RegionError::NoDevice);
    }
    // SAFETY: `device_address` found it mapped and outside of everything that is Rust's; it is aligned.
    Ok(unsafe {
        match width {
            Width::Byte => u64::from((address as *const u8).read_volatile()),
            Width::Word => u64::from((address as *const u16).read_volatile()),
            Width::Dword => u64::from((address as *const u32).read_volatile()),
            Width::Qword => (address as *const u64).read_volatile(),
        }
    })
}

fn write_memory(address: u64, width: Width, value: u64) -> Result<(), RegionError> {
    if !address.is_multiple_of(width.bytes() as u64) {
        return Err(RegionError::NoDevice);
    }
    // SAFETY: as for `read_memory`.
    unsafe {
        match width {
            Width::Byte => (address as *mut u8).write_volatile(value as u8),
            Width::Word => (address as *mut u16).write_volatile(value as u16),
            Width::Dword => (address as *mut u32).write_volatile(value as u32),
            Width::Qword => (address as *mut u64).write_volatile(value),
        }
    }
    Ok(())
}

/// The two ports of configuration mechanism #1 belong together.
static CONFIG_PORTS: Mutex<()> = Mutex::new(());

/// Selects the register of PCI configuration mechanism #1 (PCI Local Bus 3.0, 3.2.2.3.2), then lets `access` use its
/// data port.
fn pci_config<T>(
    access: Access,
    data: impl FnOnce(u16) -> Result<T, RegionError>,
) -> Result<T, RegionError> {
    const ADDRESS: u16 = 0xCF8;
    const DATA: u16 = 0xCFC;
    const ENABLE: u32 = 1 << 31;
    let function = access.pci.ok_or(RegionError::NoDevice)?;
    let register = u8::try_from(access.address).map_err(|_| RegionError::NoDevice)?;
    if function.segment != 0 || function.device > 31 || function.function > 7 {
        return Err(RegionError::NoDevice);
    }
    let location = u32::from(function.bus) << 16
        | u32::from(function.device) << 11
        | u32::from(function.function) << 8
        | u32::from(register & 0xFC);
    without_interrupts(|| {
        let _ports = CONFIG_PORTS.lock();
        write_port(ADDRESS, Width::Dword, u64::from(ENABLE | location))?;
        data(DATA + u16::from(register & 3))
    })
}
