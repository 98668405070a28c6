//! The real device, behind memory-mapped registers.

use core::sync::atomic::{Ordering, fence};

use safe_mmio::UniqueMmioPointer;
use safe_mmio::fields::{ReadWrite, WriteOnly};

use super::{Descriptor, Device};

/// The registers of a memory-mapped fw_cfg. Whoever makes the pointers promises that they are the device's; and that
/// memory is mapped so that the address of a buffer is its physical address.
#[derive(Debug)]
pub struct Mmio<'a> {
    data: UniqueMmioPointer<'a, ReadWrite<u8>>,
    selector: UniqueMmioPointer<'a, WriteOnly<u16>>,
    dma: UniqueMmioPointer<'a, WriteOnly<u64>>,
}

impl<'a> Mmio<'a> {
    /// Offset of the data register from the device's base (QEMU docs/specs/fw_cfg.rst, "Register Locations", Arm).
    pub const DATA: usize = 0;
    /// Offset of the selector register.
    pub const SELECTOR: usize = 8;
    /// Offset of the DMA address register.
    pub const DMA: usize = 16;
    /// Bytes that the registers take.
    pub const LENGTH: usize = 24;

    /// A device by its three registers.
    pub fn new(
        data: UniqueMmioPointer<'a, ReadWrite<u8>>,
        selector: UniqueMmioPointer<'a, WriteOnly<u16>>,
        dma: UniqueMmioPointer<'a, WriteOnly<u64>>,
    ) -> Self {
        Self {
            data,
            selector,
            dma,
        }
    }
}

impl Device for Mmio<'_> {
    fn select(&mut self, key: u16) {
        self.selector.write(key.to_be());
    }

    fn read_byte(&mut self) -> u8 {
        self.data.read()
    }

    fn start(&mut self, descriptor: &Descriptor, _buffer: &mut [u8]) {
        // What was written to the descriptor and the buffer is to be in memory before the device looks at them.
        fence(Ordering::SeqCst);
        let address = core::ptr::from_ref(descriptor) as u64;
        self.dma.write(address.to_be());
        fence(Ordering::SeqCst);
    }
}
