//! The MADT (ACPI 6.5, 5.2.12): the host's, with the CPUs' entries written anew.
//!
//! The host's MADT describes the interrupt controller as it is, so its other entries stay as they are. Its GICC
//! entries say that every CPU is there, which is what has to change; and they name the maintenance interrupt of a
//! virtualization that the guest does not have.
use alloc::vec::Vec;

use super::TablesError;
use super::header;
use crate::contract::Contract;
use crate::generation::Generation;

const GICC: u8 = 0x0B;
/// Local interrupt controller address and flags, before the entries.
const PREAMBLE: usize = 8;

/// A GICC entry: what of the host's is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gicc {
    /// CPU interface number.
    pub interface: u32,
    /// ACPI processor UID.
    pub uid: u32,
    /// Performance monitoring interrupt, a GSI.
    pub performance_gsi: u32,
    /// MPIDR, affinity fields only.
    pub mpidr: u64,
}

impl Gicc {
    fn parse(entry: &[u8]) -> Option<Self> {
        let u32_at = |offset: usize| Some(u32::from_le_bytes(*entry.get(offset..)?.first_chunk()?));
        Some(Self {
            interface: u32_at(4)?,
            uid: u32_at(8)?,
            performance_gsi: u32_at(20)?,
            mpidr: u64::from_le_bytes(*entry.get(68..)?.first_chunk()?),
        })
    }

    /// The entry with these flags: 80 bytes, 76 in the old generation (ACPI 5.1, without the efficiency class).
    pub fn encode(&self, generation: Generation, flags: u32) -> Vec<u8> {
        let length: u8 = if generation == Generation::Old {
            76
        } else {
            80
        };
        let mut entry = Vec::from([GICC, length, 0, 0]);
        // Parking protocol version; then parked, GICC, GICV and GICH addresses, maintenance interrupt, GICR address.
        for word in [self.interface, self.uid, flags, 0, self.performance_gsi] {
            entry.extend(word.to_le_bytes());
        }
        entry.resize(68, 0);
        entry.extend(self.mpidr.to_le_bytes());
        entry.resize(usize::from(length), 0);
        entry
    }
}

/// The GICC entries of the host's MADT, which are the slots.
pub fn slots(host: &[u8]) -> Result<Vec<Gicc>, TablesError> {
    let mut slots = Vec::new();
    for entry in entries(host)? {
        if kind(entry) == GICC {
            slots.push(Gicc::parse(entry).ok_or(TablesError::BadMadt)?);
        }
    }
    Ok(slots)
}

/// The MADT for the contract's present state.
pub fn madt(host: &[u8], contract: &Contract) -> Result<Vec<u8>, TablesError> {
    let end = header::LENGTH + PREAMBLE;
    let preamble = host.get(header::LENGTH..end).ok_or(TablesError::BadMadt)?;
    let mut body = preamble.to_vec();
    let generation = contract.generation();
    let mut slot: u32 = 0;
    for entry in entries(host)? {
        if kind(entry) != GICC {
            body.extend(entry);
            continue;
        }
        let gicc = Gicc::parse(entry).ok_or(TablesError::BadMadt)?;
        if contract
            .mpidr(slot)
            .is_some_and(|mpidr| mpidr != gicc.mpidr)
        {
            return Err(TablesError::SlotOrder {
                slot,
                madt: gicc.mpidr,
            });
        }
        let flags = generation.gicc_flags(slot, contract.plugged(slot).is_some());
        body.extend(gicc.encode(generation, flags));
        slot += 1;
    }
    if slot != contract.slot_count() {
        return Err(TablesError::SlotCount {
            madt: slot as usize,
            slots: contract.slot_count(),
        });
    }
    Ok(header::table(*b"APIC", 4, &body))
}

fn kind(entry: &[u8]) -> u8 {
    entry.first().copied().unwrap_or_default()
}

fn entries(host: &[u8]) -> Result<Vec<&[u8]>, TablesError> {
    let mut rest = host
        .get(header::LENGTH + PREAMBLE..)
        .ok_or(TablesError::BadMadt)?;
    let mut entries = Vec::new();
    while let [_, length, ..] = rest {
        let length = usize::from(*length);
        let Some((entry, tail)) = rest.split_at_checked(length).filter(|_| length >= 2) else {
            return Err(TablesError::BadMadt);
        };
        entries.push(entry);
        rest = tail;
    }
    Ok(entries)
}
