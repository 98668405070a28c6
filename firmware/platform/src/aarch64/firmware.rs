//! What firmware would have done, where QEMU started this kernel without any: the ACPI tables of fw_cfg, laid out in
//! memory by their script.

use core::ptr::NonNull;

use alloc::string::{String, ToString};

use hotvcpu_boot::fw_cfg::{FwCfg, Mmio};
use hotvcpu_boot::table_loader::{self, Block, TableMemory, Zone};
use safe_mmio::UniqueMmioPointer;

use crate::memory::{self, is_device_or_firmware};

// Registers of fw_cfg (QEMU's docs/specs/fw_cfg.rst, "Register Locations").
const DATA: u64 = 0;
const SELECTOR: u64 = 8;
const DMA: u64 = 16;
const LENGTH: u64 = 24;

/// Loads the tables through fw_cfg at `base`; returns the root pointer's physical address, if there is one.
///
/// # Errors
/// A text for people: fw_cfg does not answer, or its script is wrong.
pub fn load_tables(base: u64) -> Result<Option<u64>, String> {
    let device = open(base).ok_or("the device tree lists fw_cfg where it cannot be")?;
    let mut fw_cfg = FwCfg::open(device).map_err(|problem| problem.to_string())?;
    let loaded =
        table_loader::load(&mut fw_cfg, &mut Ram).map_err(|problem| problem.to_string())?;
    Ok(loaded.rsdp())
}

fn open(base: u64) -> Option<Mmio<'static>> {
    if !base.is_multiple_of(8) || !is_device_or_firmware(base, LENGTH) {
        return None;
    }
    let data = NonNull::new((base + DATA) as *mut _)?;
    let selector = NonNull::new((base + SELECTOR) as *mut _)?;
    let dma = NonNull::new((base + DMA) as *mut _)?;
    // SAFETY: the device tree names this address as fw_cfg's; it is aligned, mapped as device memory and outside of all
    // memory that is Rust's. Nothing else in this guest uses it.
    unsafe {
        Some(Mmio::new(
            UniqueMmioPointer::new(data),
            UniqueMmioPointer::new(selector),
            UniqueMmioPointer::new(dma),
        ))
    }
}

/// Memory for tables: frames that stay reserved.
struct Ram;

impl TableMemory<'static> for Ram {
    fn allocate(&mut self, length: usize, alignment: u64, _zone: Zone) -> Option<Block<'static>> {
        let (address, bytes) = memory::take_for_firmware(length as u64, alignment)?;
        Some(Block { address, bytes })
    }
}
