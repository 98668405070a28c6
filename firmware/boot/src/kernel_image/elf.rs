//! An ELF executable for AArch64.

use alloc::vec::Vec;
use core::ops::Range;

use elf::abi::{EM_AARCH64, ET_EXEC, PF_X, PT_LOAD};
use elf::endian::LittleEndian;
use elf::file::{Class, FileHeader, parse_ident};
use elf::segment::{ProgramHeader, SegmentTable};

use super::{KernelError, LoadPlan, Segment};

/// Bytes of the identification, with which an ELF file begins.
const IDENT: usize = 16;

/// Bytes of the whole header of a 64-bit file.
const HEADER: usize = 64;

/// Bytes of a program header of a 64-bit file.
const PROGRAM_HEADER: u64 = 56;

/// Plans the loading by the segments' physical addresses.
pub(super) fn plan(head: &[u8], file_length: u32) -> Result<LoadPlan, KernelError> {
    let header = header(head, file_length)?;
    let table = program_headers(&header, head, file_length)?;
    let table = SegmentTable::new(LittleEndian, Class::ELF64, table);
    let mut segments = Vec::new();
    let mut entry = None;
    for (index, program_header) in table.iter().enumerate() {
        if program_header.p_type != PT_LOAD || program_header.p_memsz == 0 {
            continue;
        }
        entry = entry.or_else(|| physical_entry(&program_header, header.e_entry));
        segments.push(segment(&program_header, index, file_length)?);
    }
    let range = span(&segments).ok_or(KernelError::Empty)?;
    Ok(LoadPlan {
        entry: entry.ok_or(KernelError::Entry(header.e_entry))?,
        segments,
        range,
    })
}

fn header(head: &[u8], file_length: u32) -> Result<FileHeader<LittleEndian>, KernelError> {
    let truncated = KernelError::Truncated {
        length: file_length,
        needed: HEADER as u64,
    };
    let header = head.get(..HEADER).ok_or(truncated)?;
    let (ident, rest) = header.split_at_checked(IDENT).ok_or(truncated)?;
    let ident = parse_ident::<LittleEndian>(ident).map_err(|_| KernelError::Class)?;
    if ident.1 != Class::ELF64 {
        return Err(KernelError::Class);
    }
    let header = FileHeader::parse_tail(ident, rest).map_err(|_| KernelError::Class)?;
    if header.e_machine != EM_AARCH64 {
        return Err(KernelError::Machine(header.e_machine));
    }
    if header.e_type != ET_EXEC {
        return Err(KernelError::Type(header.e_type));
    }
    Ok(header)
}

/// The bytes of the program headers.
fn program_headers<'a>(
    header: &FileHeader<LittleEndian>,
    head: &'a [u8],
    file_length: u32,
) -> Result<&'a [u8], KernelError> {
    if u64::from(header.e_phentsize) != PROGRAM_HEADER {
        return Err(KernelError::Segment(0));
    }
    let start = header.e_phoff;
    let end = start.saturating_add(u64::from(header.e_phnum) * PROGRAM_HEADER);
    if end > u64::from(file_length) {
        return Err(KernelError::Truncated {
            length: file_length,
            needed: end,
        });
    }
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    range
        .and_then(|(start, end)| head.get(start..end))
        .ok_or(KernelError::Headers(end))
}

fn segment(header: &ProgramHeader, index: usize, file_length: u32) -> Result<Segment, KernelError> {
    let zeros = header.p_memsz.checked_sub(header.p_filesz);
    let zeros = zeros.ok_or(KernelError::Segment(index))?;
    let needed = header.p_offset.saturating_add(header.p_filesz);
    let truncated = KernelError::Truncated {
        length: file_length,
        needed,
    };
    let end = u32::try_from(needed).map_err(|_| truncated)?;
    let start = u32::try_from(header.p_offset).map_err(|_| truncated)?;
    if end > file_length {
        return Err(truncated);
    }
    Ok(Segment {
        file: start..end,
        address: header.p_paddr,
        zeros,
        length: header.p_memsz,
    })
}

/// The physical address of the entry, which the file gives as a virtual one, if it lies in this segment's code.
fn physical_entry(header: &ProgramHeader, entry: u64) -> Option<u64> {
    let offset = entry.checked_sub(header.p_vaddr)?;
    let executable = header.p_flags & PF_X != 0 && offset < header.p_filesz;
    executable
        .then(|| header.p_paddr.checked_add(offset))
        .flatten()
}

fn span(segments: &[Segment]) -> Option<Range<u64>> {
    let start = segments.iter().map(|segment| segment.address).min()?;
    let ends = segments
        .iter()
        .map(|segment| segment.address.saturating_add(segment.length));
    Some(start..ends.max()?)
}
