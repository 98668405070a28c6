//! The ACPI tables of a host with CPU hotplug, put in the place of those of a host without.
//!
//! Only three things change: the MADT's CPU entries, the whole DSDT, and the links to both. All else that the host
//! says (PPTT, SRAT, GTDT, ...) is true as it stands, because its CPUs are all there.
mod aml;
mod cpus;
mod dsdt;
mod header;
mod madt;
mod methods;
mod scan;

use alloc::vec::Vec;

use crate::contract::Contract;

pub use cpus::SlotInfo;
pub use dsdt::{Layout, VirtioSlot, dsdt};
pub use madt::{Gicc, madt, slots};

/// The guest's memory with the host's tables in it, as the firmware sees it.
pub trait TableMemory {
    /// Bytes at a physical address; `None` if the firmware has nothing there.
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]>;

    /// The same, to be changed.
    fn bytes_mut(&mut self, address: u64, length: usize) -> Option<&mut [u8]>;

    /// Puts a table where the guest can read it and finds it reserved; returns its physical address.
    fn place(&mut self, table: &[u8]) -> Option<u64>;
}

/// Tables that cannot be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TablesError {
    /// The RSDP is not at its address, or has no XSDT.
    #[error("no RSDP with an XSDT at its address")]
    NoRsdp,
    /// A table is not at its address, is cut short or has a wrong checksum.
    #[error("the table at {0:#x} is damaged")]
    Damaged(u64),
    /// The host has no such table.
    #[error("the host has no {0}")]
    Missing(&'static str),
    /// The MADT cannot be read.
    #[error("the MADT's entries do not fit it")]
    BadMadt,
    /// MADT and device tree disagree.
    #[error("the MADT has {madt} CPUs, the device tree {slots}")]
    SlotCount {
        /// GICC entries of the MADT.
        madt: usize,
        /// CPUs of the device tree.
        slots: u32,
    },
    /// MADT and device tree count the CPUs in different orders, and so mean different ones by a slot.
    #[error("CPU {slot} has MPIDR {madt:#x} in the MADT, not the device tree's")]
    SlotOrder {
        /// The slot.
        slot: u32,
        /// What the MADT says.
        madt: u64,
    },
    /// The host has no GED where the layout says, and so no doorbell.
    #[error(
        "the host has no generic event device at {selector:#x} with interrupt {gsi}: a machine of virt-4.2 or later has one"
    )]
    NoGed {
        /// Where its selector should be.
        selector: u32,
        /// Its interrupt.
        gsi: u32,
    },
    /// There is no room for the new tables.
    #[error("no memory for the tables")]
    NoMemory,
}

/// RSDP (ACPI 6.5, 5.2.5.3).
const RSDP_LENGTH: usize = 36;
const RSDP_XSDT: usize = 24;
/// FADT (ACPI 6.5, 5.2.9).
const FADT_DSDT: usize = 40;
const FADT_ARM_BOOT_FLAGS: usize = 129;
const FADT_X_DSDT: usize = 140;
/// ARM boot architecture flags: PSCI is there, and is called by HVC.
const PSCI_BY_HVC: u8 = 0b11;

/// Whether a DSDT has CPU hotplug of its own: the register block and the status method, both by their names. (A host
/// whose hotplug is off may still call the scan method from `_EVT`, but has neither.)
pub fn has_hotplug(dsdt: &[u8]) -> bool {
    contains(dsdt, b"PRES") && contains(dsdt, b"CSTA")
}

/// Whether a DSDT has a GED with the layout's selector and interrupt: what plays the GED's part needs a GED below.
/// The selector's region and the interrupt's descriptor are looked for as the bytes that they are on every QEMU.
fn has_ged(dsdt: &[u8], layout: &Layout<'_>) -> bool {
    // OperationRegion (EREG, SystemMemory, selector, ..), the address as a DWordConst.
    let region = [
        b"\x5B\x80EREG\x00\x0C".as_slice(),
        &layout.ged_selector.to_le_bytes(),
    ];
    // Extended interrupt descriptor of one interrupt: consumer, edge-triggered.
    let interrupt = [
        b"\x89\x06\x00\x03\x01".as_slice(),
        &layout.ged_gsi.to_le_bytes(),
    ];
    contains(dsdt, &region.concat()) && contains(dsdt, &interrupt.concat())
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.windows(pattern.len()).any(|window| window == pattern)
}

/// Replaces the tables below `rsdp` by the contract's. `nodes` gives each slot's NUMA node.
///
/// # Errors
/// If the host's tables are not what they should be, or memory is short; then the guest must not be started, as some
/// tables may have been replaced.
pub fn install<M: TableMemory>(
    rsdp: u64,
    memory: &mut M,
    contract: &Contract,
    layout: &Layout<'_>,
    nodes: &[Option<u32>],
) -> Result<(), TablesError> {
    let tables = HostTables::find(rsdp, memory)?;
    if !has_ged(table_at(memory, tables.dsdt)?, layout) {
        return Err(TablesError::NoGed {
            selector: layout.ged_selector,
            gsi: layout.ged_gsi,
        });
    }
    let host_madt = table_at(memory, tables.madt)?.to_vec();
    let nodes = nodes.iter().copied().chain(core::iter::repeat(None));
    let infos: Vec<SlotInfo> = slots(&host_madt)?
        .into_iter()
        .zip(nodes)
        .map(|(gicc, node)| SlotInfo { gicc, node })
        .collect();
    let new_madt = madt(&host_madt, contract)?;
    let new_dsdt = dsdt(contract.generation(), layout, &infos);
    let madt_address = memory.place(&new_madt).ok_or(TablesError::NoMemory)?;
    let dsdt_address = memory.place(&new_dsdt).ok_or(TablesError::NoMemory)?;
    link_dsdt(memory, tables.fadt, dsdt_address)?;
    let entry = tables.madt_entry;
    patch(memory, tables.xsdt, |xsdt| {
        write_u64(xsdt, entry, madt_address)
    })
}

/// Where the tables are that matter here.
struct HostTables {
    xsdt: u64,
    fadt: u64,
    dsdt: u64,
    madt: u64,
    /// Offset of the MADT's address in the XSDT.
    madt_entry: usize,
}

impl HostTables {
    fn find<M: TableMemory>(rsdp: u64, memory: &M) -> Result<Self, TablesError> {
        let pointer = memory.bytes(rsdp, RSDP_LENGTH);
        let pointer = pointer.filter(|bytes| bytes.starts_with(b"RSD PTR "));
        let xsdt = pointer.and_then(|bytes| read_u64(bytes, RSDP_XSDT));
        let xsdt = xsdt.ok_or(TablesError::NoRsdp)?;
        let root = table_at(memory, xsdt)?;
        let (mut fadt, mut madt) = (None, None);
        for offset in (header::LENGTH..root.len()).step_by(8) {
            let Some(address) = read_u64(root, offset) else {
                continue;
            };
            match memory.bytes(address, 4) {
                Some(b"FACP") => fadt = Some(address),
                Some(b"APIC") => madt = Some((address, offset)),
                _ => {}
            }
        }
        let (madt, madt_entry) = madt.ok_or(TablesError::Missing("MADT"))?;
        let fadt = fadt.ok_or(TablesError::Missing("FADT"))?;
        let dsdt = read_u64(table_at(memory, fadt)?, FADT_X_DSDT);
        Ok(Self {
            xsdt,
            fadt,
            dsdt: dsdt.ok_or(TablesError::Damaged(fadt))?,
            madt,
            madt_entry,
        })
    }
}

/// The FADT names the new DSDT, and HVC as the way to PSCI, as hosts with CPU hotplug do: their guests run at EL1
/// with no EL2 of their own to stand in between.
fn link_dsdt<M: TableMemory>(memory: &mut M, fadt: u64, dsdt: u64) -> Result<(), TablesError> {
    patch(memory, fadt, |fadt| {
        fadt.get_mut(FADT_DSDT..FADT_DSDT + 4)?.fill(0);
        *fadt.get_mut(FADT_ARM_BOOT_FLAGS)? |= PSCI_BY_HVC;
        write_u64(fadt, FADT_X_DSDT, dsdt)
    })
}

/// Changes a table in place.
fn patch<M: TableMemory>(
    memory: &mut M,
    address: u64,
    change: impl FnOnce(&mut [u8]) -> Option<()>,
) -> Result<(), TablesError> {
    let damaged = TablesError::Damaged(address);
    let length = table_at(memory, address)?.len();
    let table = memory.bytes_mut(address, length).ok_or(damaged)?;
    change(table).ok_or(damaged)?;
    header::seal(table);
    Ok(())
}

fn table_at<M: TableMemory>(memory: &M, address: u64) -> Result<&[u8], TablesError> {
    let whole = || {
        let length = header::length(memory.bytes(address, header::LENGTH)?)?;
        header::whole(memory.bytes(address, length)?)
    };
    whole().ok_or(TablesError::Damaged(address))
}

fn read_u64(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

fn write_u64(bytes: &mut [u8], offset: usize, value: u64) -> Option<()> {
    *bytes.get_mut(offset..)?.first_chunk_mut()? = value.to_le_bytes();
    Some(())
}
