//! Flat images out of ELF files: what a machine takes that reads no ELF.
//!
//! A ROM is mapped at its address as it is, and QEMU's own loader of arm64 kernels takes the flat Image of Linux's
//! boot protocol. In both cases the bytes are those of the ELF's PT_LOAD segments, each at its physical address; what
//! is zero at the start (a segment, or a part of one, without bytes in the file) is not part of the image.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use elf::ElfBytes;
use elf::abi::PT_LOAD;
use elf::endian::LittleEndian;
use elf::segment::ProgramHeader;

/// The most that a flat image may be; a stray segment far away would otherwise fill the disk.
const MAX_BYTES: u64 = 64 << 20;

/// Writes the flat image of the ELF file `from` to `to`; returns its length in bytes.
///
/// # Errors
/// If `from` is no ELF file with something to load, or cannot be read, or `to` cannot be written.
pub fn flatten(from: &Path, to: &Path) -> Result<u64> {
    let file = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    let image = flat(&file).with_context(|| format!("{} makes no image", from.display()))?;
    fs::write(to, &image).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(image.len() as u64)
}

/// The bytes from the first loaded address to the last; what lies between segments is zero.
fn flat(file: &[u8]) -> Result<Vec<u8>> {
    let elf = ElfBytes::<LittleEndian>::minimal_parse(file)?;
    let segments = elf.segments().context("it has no program headers")?;
    let loaded = |it: &ProgramHeader| it.p_type == PT_LOAD && it.p_filesz > 0;
    let loaded: Vec<_> = segments.iter().filter(loaded).collect();
    let ends = loaded
        .iter()
        .map(|it| it.p_paddr.checked_add(it.p_filesz))
        .collect::<Option<Vec<_>>>()
        .context("a segment has no end")?;
    let start = loaded.iter().map(|it| it.p_paddr).min();
    let (Some(start), Some(end)) = (start, ends.into_iter().max()) else {
        bail!("it has nothing to load");
    };
    let length = end - start;
    ensure!(
        length <= MAX_BYTES,
        "its segments span {length} bytes, from {start:#x} to {end:#x}"
    );
    let mut image = vec![0; usize::try_from(length)?];
    for segment in loaded {
        let bytes = elf.segment_data(&segment)?;
        let at = usize::try_from(segment.p_paddr - start)?;
        let place = image.get_mut(at..at + bytes.len());
        place
            .context("a segment lies outside")?
            .copy_from_slice(bytes);
    }
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file with these segments: physical address, bytes in the file, size in memory.
    fn elf(segments: &[(u64, &[u8], u64)]) -> Vec<u8> {
        let headers = 64 + 56 * segments.len();
        let mut file = b"\x7FELF\x02\x01\x01".to_vec();
        file.resize(16, 0);
        let count = u16::try_from(segments.len()).expect("few segments");
        // ET_EXEC, EM_AARCH64, version; entry, program headers, no section headers.
        file.extend([2u8, 0, 183, 0, 1, 0, 0, 0]);
        for word in [0u64, 64, 0] {
            file.extend(word.to_le_bytes());
        }
        file.extend(0u32.to_le_bytes());
        for half in [64u16, 56, count, 64, 0, 0] {
            file.extend(half.to_le_bytes());
        }
        let mut offset = headers as u64;
        for (address, bytes, size) in segments {
            file.extend(PT_LOAD.to_le_bytes());
            file.extend(5u32.to_le_bytes());
            let length = bytes.len() as u64;
            for word in [offset, 0xFFFF_0000, *address, length, *size, 1] {
                file.extend(word.to_le_bytes());
            }
            offset += length;
        }
        for (_, bytes, _) in segments {
            file.extend(*bytes);
        }
        file
    }

    #[test]
    fn segments_stand_at_their_physical_addresses() {
        let file = elf(&[(0x1004, b"data", 4), (0x1000, b"ab", 2)]);
        assert_eq!(flat(&file).expect("an image"), b"ab\0\0data");
    }

    #[test]
    fn what_is_zero_at_the_start_takes_no_room() {
        let file = elf(&[(0, b"rom", 3), (0x4000_0000, b"", 0x10_0000)]);
        assert_eq!(flat(&file).expect("an image"), b"rom");
    }

    #[test]
    fn what_makes_no_image_is_refused() {
        for file in [
            b"no ELF at all".to_vec(),
            elf(&[]),
            elf(&[(0, b"", 16)]),
            elf(&[(0, b"x", 1), (0x4000_0000, b"y", 1)]),
            elf(&[(u64::MAX, b"xy", 2)]),
        ] {
            assert!(flat(&file).is_err());
        }
    }
}
