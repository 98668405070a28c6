//! Devices behind virtio-mmio registers (virtio 1.2, 4.2.2).

use core::ptr::NonNull;

use hotvcpu_aml::Width;
use virtio_drivers::transport::DeviceType;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};

use super::AnyTransport;
use super::serial::{self, SerialPort};
use crate::arch::mmio;
use crate::memory::is_device_or_firmware;

/// Bytes of a slot's registers.
pub(crate) const SLOT: u64 = 0x200;

/// The registers MagicValue and DeviceID.
const MAGIC: u64 = 0;
const DEVICE: u64 = 8;
/// "virt".
const MAGIC_VALUE: u64 = 0x7472_6976;

/// Whether a console is in the slot at `address`. A device of another kind is not touched; tables may list a slot that
/// nobody has.
pub fn has_console(address: u64) -> bool {
    if !is_device_or_firmware(address, SLOT) || !address.is_multiple_of(4) {
        return false;
    }
    // SAFETY: it is mapped as device memory, aligned, and outside of all memory that is Rust's.
    let read = |register| unsafe { mmio::try_read(address + register, Width::Dword) };
    read(MAGIC) == Some(MAGIC_VALUE) && read(DEVICE) == Some(DeviceType::Console as u64)
}

/// The console in the slot at `address`, if one is there.
pub(crate) fn console(address: u64) -> Option<AnyTransport> {
    let header = NonNull::new(address as *mut VirtIOHeader).filter(|_| has_console(address))?;
    // SAFETY: `has_console` found mapped, aligned registers of a virtio-mmio slot there, outside of all memory that is
    // Rust's; each slot's driver is opened once.
    let transport = unsafe { MmioTransport::new(header, SLOT as usize) };
    transport.ok().map(AnyTransport::Mmio)
}

/// Looks for the port called `name` on the device in the slot at `address`. `None`: no console with several ports is
/// there.
pub fn open_port(address: u64, name: &'static str) -> Option<SerialPort> {
    serial::open(console(address)?, name)
}
