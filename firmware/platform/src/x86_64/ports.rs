//! The ports that AML and the doorbells reach for: I/O space, and PCI configuration space through it.

use hotvcpu_aml::{Access, PciFunction, RegionError, RegionSpace, Width};
use spin::Mutex;
use x86_64::instructions::interrupts::without_interrupts;
use x86_64::instructions::port::Port;

/// Reads what `access` names, which is not memory.
pub fn read(access: Access) -> Result<u64, RegionError> {
    match access.space {
        RegionSpace::SystemIo => read_port(port(access)?, access.width),
        RegionSpace::PciConfig => pci_config(access, |port| read_port(port, access.width)),
        _ => Err(RegionError::Unsupported),
    }
}

/// Writes what `access` names, which is not memory.
pub fn write(access: Access, value: u64) -> Result<(), RegionError> {
    match access.space {
        RegionSpace::SystemIo => write_port(port(access)?, access.width, value),
        RegionSpace::PciConfig => pci_config(access, |port| write_port(port, access.width, value)),
        _ => Err(RegionError::Unsupported),
    }
}

fn port(access: Access) -> Result<u16, RegionError> {
    u16::try_from(access.address).map_err(|_| RegionError::NoDevice)
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

/// Reads a dword of a PCI function's configuration space; all ones where there is no function.
pub fn read_config(function: PciFunction, register: u8) -> u32 {
    let value = read(config(function, register));
    value.map_or(u32::MAX, |value| value as u32)
}

/// Writes a dword of a PCI function's configuration space.
pub fn write_config(function: PciFunction, register: u8, value: u32) {
    // It fails for functions that mechanism #1 cannot name, and those do not answer either.
    let _ = write(config(function, register), value.into());
}

fn config(function: PciFunction, register: u8) -> Access {
    let mut access = Access::new(RegionSpace::PciConfig, register.into(), Width::Dword);
    access.pci = Some(function);
    access
}
