//! The two ways to a device's registers as one type, so that a driver is in the image once.

use virtio_drivers::transport::mmio::MmioTransport;
use virtio_drivers::transport::{DeviceStatus, DeviceType, InterruptStatus, Transport};
use virtio_drivers::{PhysAddr, Result};
use zerocopy::{FromBytes, Immutable, IntoBytes};

#[cfg(target_arch = "x86_64")]
use super::pci_transport::PciTransport;

/// A device's registers.
pub(crate) enum AnyTransport {
    /// A virtio-mmio slot.
    Mmio(MmioTransport<'static>),
    /// A PCI function.
    #[cfg(target_arch = "x86_64")]
    Pci(PciTransport),
}

/// Calls the same method of whichever it is.
macro_rules! delegate {
    ($self:ident, $transport:ident => $call:expr) => {
        match $self {
            AnyTransport::Mmio($transport) => $call,
            #[cfg(target_arch = "x86_64")]
            AnyTransport::Pci($transport) => $call,
        }
    };
}

impl Transport for AnyTransport {
    fn device_type(&self) -> DeviceType {
        delegate!(self, it => it.device_type())
    }

    fn read_device_features(&mut self) -> u64 {
        delegate!(self, it => it.read_device_features())
    }

    fn write_driver_features(&mut self, features: u64) {
        delegate!(self, it => it.write_driver_features(features));
    }

    fn max_queue_size(&mut self, queue: u16) -> u32 {
        delegate!(self, it => it.max_queue_size(queue))
    }

    fn notify(&mut self, queue: u16) {
        delegate!(self, it => it.notify(queue));
    }

    fn get_status(&self) -> DeviceStatus {
        delegate!(self, it => it.get_status())
    }

    fn set_status(&mut self, status: DeviceStatus) {
        delegate!(self, it => it.set_status(status));
    }

    fn set_guest_page_size(&mut self, size: u32) {
        delegate!(self, it => it.set_guest_page_size(size));
    }

    fn requires_legacy_layout(&self) -> bool {
        delegate!(self, it => it.requires_legacy_layout())
    }

    fn queue_set(
        &mut self,
        queue: u16,
        size: u32,
        descriptors: PhysAddr,
        driver_area: PhysAddr,
        device_area: PhysAddr,
    ) {
        delegate!(self, it => it.queue_set(queue, size, descriptors, driver_area, device_area));
    }

    fn queue_unset(&mut self, queue: u16) {
        delegate!(self, it => it.queue_unset(queue));
    }

    fn queue_used(&mut self, queue: u16) -> bool {
        delegate!(self, it => it.queue_used(queue))
    }

    fn ack_interrupt(&mut self) -> InterruptStatus {
        delegate!(self, it => it.ack_interrupt())
    }

    fn read_config_generation(&self) -> u32 {
        delegate!(self, it => it.read_config_generation())
    }

    fn read_config_space<T: FromBytes + IntoBytes>(&self, offset: usize) -> Result<T> {
        delegate!(self, it => it.read_config_space(offset))
    }

    fn write_config_space<T: IntoBytes + Immutable>(
        &mut self,
        offset: usize,
        value: T,
    ) -> Result<()> {
        delegate!(self, it => it.write_config_space(offset, value))
    }
}
