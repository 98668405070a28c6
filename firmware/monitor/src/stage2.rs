//! The guest's physical address space: stage 2 translation tables, identity with holes.
//!
//! The guest sees RAM and devices where they are. What is not the guest's (the monitor's memory, the flash it runs
//! from, its control device) and what the monitor plays (the register block, the GED's selector, the distributor) is
//! left out, so that an access arrives at EL2. Addresses of 40 bits in 4 KiB granules begin at level 1, whose 1024
//! entries of 1 GiB are two tables side by side (Arm DDI 0487, D8.2); levels 2 and 3 exist only where holes are.
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// Size of a page, and of a table.
pub const PAGE: u64 = 4096;
/// Entries of a table.
pub const ENTRIES: usize = 512;
/// Addresses that the guest can have: 40 bits.
pub const LIMIT: u64 = 1 << 40;

/// VTCR_EL2 for these tables: 40 bits of input (T0SZ 24) and output (PS 2), 4 KiB granules, first lookup at level 1
/// (SL0 1), walks inner shareable and cached; bit 31 reads as one.
pub const VTCR: u64 = 1 << 31 | 2 << 16 | 0b11 << 12 | 0b01 << 10 | 0b01 << 8 | 1 << 6 | 24;

/// A table's alignment: the two first ones together.
pub const ALIGNMENT: u64 = 2 * PAGE;

const TABLE_OR_PAGE: u64 = 0b11;
const BLOCK: u64 = 0b01;
/// Access flag, inner shareable, readable and writable.
const COMMON: u64 = 1 << 10 | 0b11 << 8 | 0b11 << 6;
const NORMAL_WRITE_BACK: u64 = 0b1111 << 2;
/// Device-nGnRE, never executed.
const DEVICE: u64 = 0b0001 << 2 | 1 << 54;

/// What is at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Hole,
    Ram,
    Device,
}

/// What the guest gets.
#[derive(Clone, Debug)]
pub struct Map<'a> {
    /// RAM; all else is device space.
    pub ram: &'a [Range<u64>],
    /// What it does not get, whether RAM or not.
    pub holes: &'a [Range<u64>],
}

impl Map<'_> {
    fn at(&self, address: u64) -> Content {
        let within = |ranges: &[Range<u64>]| ranges.iter().any(|range| range.contains(&address));
        if within(self.holes) {
            Content::Hole
        } else if within(self.ram) {
            Content::Ram
        } else {
            Content::Device
        }
    }

    /// What the whole of `range` is, if it is one thing.
    fn uniform(&self, range: &Range<u64>) -> Option<Content> {
        let edges = self.ram.iter().chain(self.holes);
        let mut edges = edges.flat_map(|range| [range.start, range.end]);
        let is_split = edges.any(|edge| range.start < edge && edge < range.end);
        (!is_split).then(|| self.at(range.start))
    }
}

/// Builds the tables for a place at physical address `base`, which is aligned to [`ALIGNMENT`]. The first two are
/// level 1, and where VTTBR_EL2 points.
///
/// A page that is partly a hole is a hole.
pub fn build(map: &Map<'_>, base: u64) -> Vec<[u64; ENTRIES]> {
    let mut tables = vec![[0; ENTRIES]; 2];
    for index in 0..2 * ENTRIES {
        let entry = entry(map, &mut tables, base, 1, index as u64 * size(1));
        if let Some(table) = tables.get_mut(index / ENTRIES) {
            table[index % ENTRIES] = entry;
        }
    }
    tables
}

/// What one entry of a level covers.
const fn size(level: u32) -> u64 {
    PAGE << (9 * (3 - level))
}

fn entry(
    map: &Map<'_>,
    tables: &mut Vec<[u64; ENTRIES]>,
    base: u64,
    level: u32,
    address: u64,
) -> u64 {
    let range = address..address + size(level);
    let content = match map.uniform(&range) {
        Some(content) => content,
        None if level == 3 => Content::Hole,
        None => {
            let mut table = [0; ENTRIES];
            // The place is taken first: deeper tables come after it.
            let place = tables.len();
            tables.push(table);
            for (index, slot) in (0..).zip(&mut table) {
                let start = address + index * size(level + 1);
                *slot = entry(map, tables, base, level + 1, start);
            }
            if let Some(taken) = tables.get_mut(place) {
                *taken = table;
            }
            return (base + place as u64 * PAGE) | TABLE_OR_PAGE;
        }
    };
    let kind = if level == 3 { TABLE_OR_PAGE } else { BLOCK };
    match content {
        Content::Hole => 0,
        Content::Ram => address | kind | COMMON | NORMAL_WRITE_BACK,
        Content::Device => address | kind | COMMON | DEVICE,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    const BASE: u64 = 0x4FF0_0000;

    /// What a walk finds: the leaf, and its level.
    fn walk(tables: &[[u64; ENTRIES]], address: u64) -> Option<(u64, u32)> {
        let index = |level: u32| (address / size(level)) as usize;
        let mut descriptor = tables[index(1) / ENTRIES][index(1) % ENTRIES];
        for level in 1..=3 {
            match descriptor & 0b11 {
                0b01 if level < 3 => return Some((descriptor, level)),
                0b11 if level == 3 => return Some((descriptor, level)),
                0b11 => {}
                _ => return None,
            }
            let next = (descriptor & 0x0000_FFFF_FFFF_F000) - BASE;
            descriptor = tables[(next / PAGE) as usize][index(level + 1) % ENTRIES];
        }
        None
    }

    fn tables() -> Vec<[u64; ENTRIES]> {
        let ram = [0x4000_0000..0x4200_0000, 0x4200_0000..0x4400_0000];
        let holes = [
            0..0x0800_0000,
            0x0800_0000..0x0801_0000,
            0x0908_0000..0x0908_1000,
            0x0A00_3000..0x0A00_4000,
            0x4010_0000..0x4020_0000,
            0x43C0_0000..0x4400_0000,
        ];
        build(
            &Map {
                ram: &ram,
                holes: &holes,
            },
            BASE,
        )
    }

    #[test]
    fn addresses_stay_what_they_are() {
        let tables = tables();
        let ram = [0x4000_0000, 0x400F_F000, 0x4020_0000, 0x43BF_F000];
        let devices = [
            0x0801_0000,
            0x0900_0000,
            0x0908_1000,
            0x0A00_2000,
            0x40_0000_0000,
            LIMIT - PAGE,
        ];
        for (addresses, attributes) in [(&ram[..], 0b1111), (&devices[..], 0b0001)] {
            for address in addresses {
                let (leaf, level) = walk(&tables, *address).expect("mapped");
                let output = leaf & 0x0000_FFFF_FFFF_F000;
                assert_eq!(output, address & !(size(level) - 1), "{address:#x}");
                assert_eq!(leaf >> 2 & 0b1111, attributes, "{address:#x}");
            }
        }
    }

    #[test]
    fn holes_are_holes_and_nothing_more() {
        let tables = tables();
        for address in [
            0,
            0x07FF_F000,
            0x0800_F000,
            0x0908_0000,
            0x0A00_3000,
            0x4010_0000,
            0x401F_F000,
            0x43C0_0000,
            0x43FF_F000,
        ] {
            assert_eq!(walk(&tables, address), None, "{address:#x}");
        }
    }

    #[test]
    fn big_pages_where_nothing_is_in_the_way() {
        let tables = tables();
        let level = |address| walk(&tables, address).map(|(_, level)| level);
        assert_eq!(level(0x4100_0000), Some(2));
        assert_eq!(level(0x80_0000_0000), Some(1));
        assert_eq!(level(0x4000_0000), Some(3));
        // Level 1 twice, two of level 2, and one of level 3 for each 2 MiB with a small hole.
        assert_eq!(tables.len(), 2 + 2 + 4);
    }
}
