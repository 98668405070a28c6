//! A virtio device's registers in the memory of a PCI function (virtio 1.2, 4.1.4).
//!
//! Not `virtio-drivers`' own PCI transport: that trusts what the capabilities say of lengths and offsets, ends in a
//! panic where they lead out of a region, and waits without end for a reset.

use hotvcpu_aml::{PciFunction, Width};
use virtio_drivers::transport::{DeviceStatus, DeviceType, InterruptStatus, Transport};
use virtio_drivers::{Error, PhysAddr, Result};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::arch::mmio;
use crate::arch::ports::read_config;
use crate::memory;

// Configuration registers (PCI Local Bus 3.0, 6.1 and 6.7).
const STATUS: u8 = 0x04;
const HAS_CAPABILITIES: u32 = 1 << 20;
const FIRST_BAR: u8 = 0x10;
const CAPABILITIES: u8 = 0x34;
const VENDOR_SPECIFIC: u8 = 9;
/// Capabilities that a function's 256 bytes can hold.
const MOST_CAPABILITIES: usize = 48;

// `virtio_pci_cap` (4.1.4): kinds, and where its fields are.
const COMMON: u8 = 1;
const NOTIFY: u8 = 2;
const ISR: u8 = 3;
const DEVICE: u8 = 4;
const CAP_BAR: u8 = 4;
const CAP_OFFSET: u8 = 8;
const CAP_LENGTH: u8 = 12;
const CAP_MULTIPLIER: u8 = 16;

/// What is used of a capability's registers, in bytes: mapping them takes memory. On QEMU a page for each of 1024 queues
/// is the most.
const LONGEST: u64 = 4 << 20;

/// The common configuration (4.1.4.3): offsets, and its length.
mod common {
    pub const DEVICE_FEATURE_SELECT: u64 = 0;
    pub const DEVICE_FEATURE: u64 = 4;
    pub const DRIVER_FEATURE_SELECT: u64 = 8;
    pub const DRIVER_FEATURE: u64 = 12;
    pub const STATUS: u64 = 20;
    pub const GENERATION: u64 = 21;
    pub const QUEUE_SELECT: u64 = 22;
    pub const QUEUE_SIZE: u64 = 24;
    pub const QUEUE_ENABLE: u64 = 28;
    pub const QUEUE_NOTIFY_OFFSET: u64 = 30;
    pub const QUEUE_DESCRIPTORS: u64 = 32;
    pub const QUEUE_DRIVER: u64 = 40;
    pub const QUEUE_DEVICE: u64 = 48;
    pub const LENGTH: u64 = 56;
}

/// Registers that are mapped and no Rust object's.
#[derive(Clone, Copy)]
struct Region {
    address: u64,
    length: u64,
}

impl Region {
    /// Where a register is; `None`: not within the region, or not aligned.
    fn at(self, offset: u64, width: Width) -> Option<u64> {
        let bytes = width.bytes() as u64;
        let within = offset.checked_add(bytes)? <= self.length;
        let address = self.address.checked_add(offset)?;
        (within && address.is_multiple_of(bytes)).then_some(address)
    }

    /// Reads a register; 0 where there is none.
    fn read(self, offset: u64, width: Width) -> u64 {
        let address = self.at(offset, width);
        // SAFETY: the region was mapped as device memory outside of all that is Rust's, and the register is within it.
        address.map_or(0, |address| unsafe { mmio::read(address, width) })
    }

    /// Writes a register, if there is one.
    fn write(self, offset: u64, width: Width, value: u64) {
        if let Some(address) = self.at(offset, width) {
            // SAFETY: as for `read`.
            unsafe { mmio::write(address, width, value) };
        }
    }
}

/// The registers of a console.
pub(crate) struct PciTransport {
    common: Region,
    notify: Region,
    notify_multiplier: u32,
    isr: Region,
    device: Region,
}

impl PciTransport {
    /// Takes the registers of `function`. `None`: it has not all that it should have, or they lie where no device can
    /// be.
    pub fn open(function: PciFunction) -> Option<Self> {
        let (mut common, mut notify, mut isr, mut device) = (None, None, None, None);
        for capability in capabilities(function) {
            let kind = (read_config(function, capability) >> 24) as u8;
            // The first of a kind that can be used is the device's preference (4.1.4.1).
            match kind {
                COMMON if common.is_none() => common = region(function, capability),
                NOTIFY if notify.is_none() => {
                    let multiplier = read_config(function, capability.checked_add(CAP_MULTIPLIER)?);
                    notify = region(function, capability).zip(Some(multiplier));
                }
                ISR if isr.is_none() => isr = region(function, capability),
                DEVICE if device.is_none() => device = region(function, capability),
                _ => {}
            }
        }
        let (notify, notify_multiplier) = notify?;
        Some(Self {
            common: common.filter(|common| common.length >= common::LENGTH)?,
            notify,
            notify_multiplier,
            isr: isr?,
            device: device?,
        })
    }

    fn select(&self, queue: u16) {
        self.common
            .write(common::QUEUE_SELECT, Width::Word, queue.into());
    }

    /// A 64-bit register, written as the two halves that the device must take (4.1.3.1).
    fn write_address(&self, offset: u64, address: PhysAddr) {
        self.common
            .write(offset, Width::Dword, address & 0xFFFF_FFFF);
        self.common.write(offset + 4, Width::Dword, address >> 32);
    }
}

/// Where a function's vendor-specific capabilities are, in their order.
fn capabilities(function: PciFunction) -> impl Iterator<Item = u8> {
    let present = read_config(function, STATUS) & HAS_CAPABILITIES != 0;
    let pointer = move |register: u8, shift: u32| {
        let next = (read_config(function, register) >> shift) as u8 & 0xFC;
        // Below are the registers that every function has.
        (next >= 0x40).then_some(next)
    };
    let first = present.then(|| pointer(CAPABILITIES, 0)).flatten();
    core::iter::successors(first, move |at| pointer(*at, 8))
        .take(MOST_CAPABILITIES)
        .filter(move |at| read_config(function, *at) as u8 == VENDOR_SPECIFIC)
}

/// The registers that a capability points to, mapped.
fn region(function: PciFunction, capability: u8) -> Option<Region> {
    let field = |offset| Some(read_config(function, capability.checked_add(offset)?));
    let bar = Some(field(CAP_BAR)? as u8).filter(|bar| *bar < 6)?;
    let register = FIRST_BAR + 4 * bar;
    // Bit 0: ports, not memory. Bits 1 and 2: 2 for an address of 64 bits, in this and the next register.
    let low = read_config(function, register);
    let high = match low & 0b111 {
        0b000 => 0,
        0b100 if bar < 5 => read_config(function, register + 4),
        _ => return None,
    };
    let base = u64::from(high) << 32 | u64::from(low & !0xF);
    let offset = u64::from(field(CAP_OFFSET)?);
    let length = u64::from(field(CAP_LENGTH)?).min(LONGEST);
    let address = base.checked_add(offset).filter(|_| base != 0)?;
    let end = address.checked_add(length)?;
    (length > 0 && memory::map_device(address..end)).then_some(Region { address, length })
}

impl Transport for PciTransport {
    fn device_type(&self) -> DeviceType {
        DeviceType::Console
    }

    fn read_device_features(&mut self) -> u64 {
        let half = |select: u64| {
            self.common
                .write(common::DEVICE_FEATURE_SELECT, Width::Dword, select);
            self.common.read(common::DEVICE_FEATURE, Width::Dword)
        };
        half(0) | half(1) << 32
    }

    fn write_driver_features(&mut self, features: u64) {
        for (select, half) in [(0, features & 0xFFFF_FFFF), (1, features >> 32)] {
            self.common
                .write(common::DRIVER_FEATURE_SELECT, Width::Dword, select);
            self.common
                .write(common::DRIVER_FEATURE, Width::Dword, half);
        }
    }

    fn max_queue_size(&mut self, queue: u16) -> u32 {
        self.select(queue);
        self.common.read(common::QUEUE_SIZE, Width::Word) as u32
    }

    fn notify(&mut self, queue: u16) {
        self.select(queue);
        let offset = self.common.read(common::QUEUE_NOTIFY_OFFSET, Width::Word);
        let offset = offset * u64::from(self.notify_multiplier);
        self.notify.write(offset, Width::Word, queue.into());
    }

    fn get_status(&self) -> DeviceStatus {
        let status = self.common.read(common::STATUS, Width::Byte);
        DeviceStatus::from_bits_truncate(status as u32)
    }

    fn set_status(&mut self, status: DeviceStatus) {
        self.common
            .write(common::STATUS, Width::Byte, status.bits().into());
    }

    fn set_guest_page_size(&mut self, _size: u32) {}

    fn requires_legacy_layout(&self) -> bool {
        false
    }

    fn queue_set(
        &mut self,
        queue: u16,
        size: u32,
        descriptors: PhysAddr,
        driver_area: PhysAddr,
        device_area: PhysAddr,
    ) {
        self.select(queue);
        self.common
            .write(common::QUEUE_SIZE, Width::Word, size.into());
        self.write_address(common::QUEUE_DESCRIPTORS, descriptors);
        self.write_address(common::QUEUE_DRIVER, driver_area);
        self.write_address(common::QUEUE_DEVICE, device_area);
        self.common.write(common::QUEUE_ENABLE, Width::Word, 1);
    }

    fn queue_unset(&mut self, _queue: u16) {
        // Only a reset of the whole device takes a queue away.
    }

    fn queue_used(&mut self, queue: u16) -> bool {
        self.select(queue);
        self.common.read(common::QUEUE_ENABLE, Width::Word) != 0
    }

    fn ack_interrupt(&mut self) -> InterruptStatus {
        // Reading it clears it, and takes the interrupt back (4.1.4.5).
        InterruptStatus::from_bits_truncate(self.isr.read(0, Width::Byte) as u32)
    }

    fn read_config_generation(&self) -> u32 {
        self.common.read(common::GENERATION, Width::Byte) as u32
    }

    fn read_config_space<T: FromBytes + IntoBytes>(&self, offset: usize) -> Result<T> {
        let (offset, length) = (offset as u64, size_of::<T>() as u64);
        if offset.saturating_add(length) > self.device.length {
            return Err(Error::ConfigSpaceTooSmall);
        }
        // Fields of 32 bits are to be read as a whole (4.1.3.1).
        let width = if offset.is_multiple_of(4) && length.is_multiple_of(4) {
            Width::Dword
        } else {
            Width::Byte
        };
        let mut value = T::new_zeroed();
        let pieces = value.as_mut_bytes().chunks_mut(width.bytes());
        for (piece, offset) in pieces.zip((offset..).step_by(width.bytes())) {
            let read = self.device.read(offset, width).to_le_bytes();
            piece.copy_from_slice(&read[..width.bytes()]);
        }
        Ok(value)
    }

    fn write_config_space<T: IntoBytes + Immutable>(
        &mut self,
        _offset: usize,
        _value: T,
    ) -> Result<()> {
        Err(Error::Unsupported)
    }
}
