//! The arm64 `Image` (Linux, Documentation/arch/arm64/booting.rst, "Call the kernel image").

use alloc::vec;
use core::ops::Range;

use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::{KernelError, LoadPlan, Segment};

/// The base from which `text_offset` counts is a multiple of this.
const BASE_ALIGNMENT: u64 = 2 << 20;

/// `text_offset` of kernels that are so old that they do not say their size.
const OLD_TEXT_OFFSET: u64 = 0x8_0000;

/// The flag of big-endian kernels.
const BIG_ENDIAN: u64 = 1 << 0;

#[repr(C)]
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
struct Header {
    code: [U32; 2],
    text_offset: U64,
    image_size: U64,
    flags: U64,
    reserved: [U64; 3],
    magic: [u8; 4],
    pe_offset: U32,
}

const _: () = assert!(size_of::<Header>() == 64);

/// Plans the loading at the lowest place that is big enough.
pub(super) fn plan(
    head: &[u8],
    file_length: u32,
    allowed: &[Range<u64>],
) -> Result<LoadPlan, KernelError> {
    let header = Header::ref_from_prefix(head).ok().map(|(header, _)| header);
    let Some(header) = header.filter(|header| &header.magic == b"ARM\x64") else {
        return Err(KernelError::Format(core::array::from_fn(|index| {
            head.get(index).copied().unwrap_or(0)
        })));
    };
    if header.flags.get() & BIG_ENDIAN != 0 {
        return Err(KernelError::BigEndian);
    }
    let text_offset = match header.image_size.get() {
        0 => OLD_TEXT_OFFSET,
        _ => header.text_offset.get(),
    };
    let length = header.image_size.get().max(file_length.into());
    let address = allowed
        .iter()
        .filter_map(|range| place(range, text_offset, length))
        .min()
        .ok_or(KernelError::TooBig(length))?;
    Ok(LoadPlan {
        entry: address,
        segments: vec![Segment {
            file: 0..file_length,
            address,
            zeros: 0,
            length,
        }],
        range: address..address.saturating_add(length),
    })
}

/// The lowest address in `range` for `length` bytes at `text_offset` from a base.
fn place(range: &Range<u64>, text_offset: u64, length: u64) -> Option<u64> {
    // The base itself need not be the kernel's memory.
    let lowest_base = range.start.saturating_sub(text_offset);
    let base = lowest_base.checked_next_multiple_of(BASE_ALIGNMENT)?;
    let address = base.checked_add(text_offset)?;
    (address.checked_add(length)? <= range.end).then_some(address)
}
