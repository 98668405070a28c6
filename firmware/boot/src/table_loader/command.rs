//! One command of the script: 128 bytes, little-endian, of which the first four say what it is.

use core::fmt;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::Reason;
use crate::FileName;

/// Bytes of a command.
pub const COMMAND_LENGTH: usize = 128;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// All zeros: QEMU fills the script up to a fixed length.
    Padding,
    /// Allocate memory for the file and read it there. It comes once per file, before any other that names the file.
    Allocate {
        /// The file.
        file: FileName,
        /// A power of two.
        alignment: u32,
        /// Where.
        zone: Zone,
    },
    /// Add the address of a file to the pointer at `offset` of another.
    AddPointer {
        /// The file that holds the pointer.
        pointer_in: FileName,
        /// The file that the pointer leads into.
        points_to: FileName,
        /// Where the pointer is.
        offset: u32,
        /// How many bytes it has.
        size: PointerSize,
    },
    /// Take the sum of a range's bytes from the byte at `offset`.
    AddChecksum {
        /// The file.
        file: FileName,
        /// Where the checksum is.
        offset: u32,
        /// The range's first byte.
        start: u32,
        /// The range's length.
        length: u32,
    },
    /// Write the address of a place in a file into a file on the host's side.
    WritePointer {
        /// The host's file.
        pointer_in: FileName,
        /// The file that the pointer leads into.
        points_to: FileName,
        /// Where in the host's file.
        offset: u32,
        /// The place in the file that the pointer leads into.
        points_to_offset: u32,
        /// How many bytes the pointer has.
        size: PointerSize,
    },
}

/// Where a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Anywhere.
    High,
    /// A PC's F segment, where a search for the root pointer would find it. Other machines have none: there it means
    /// anywhere.
    FSegment,
}

/// How many bytes a pointer has: 1, 2, 4 or 8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PointerSize(u8);

impl PointerSize {
    fn parse(size: u8) -> Result<Self, Reason> {
        match size {
            1 | 2 | 4 | 8 => Ok(Self(size)),
            _ => Err(Reason::PointerSize(size)),
        }
    }

    /// The number of bytes.
    pub fn bytes(self) -> usize {
        self.0.into()
    }

    /// The highest address that such a pointer can hold.
    pub fn max(self) -> u64 {
        u64::MAX >> (64 - 8 * u32::from(self.0))
    }
}

impl fmt::Debug for PointerSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawAllocate {
    file: [u8; 56],
    alignment: U32,
    zone: u8,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawAddPointer {
    pointer_in: [u8; 56],
    points_to: [u8; 56],
    offset: U32,
    size: u8,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawAddChecksum {
    file: [u8; 56],
    offset: U32,
    start: U32,
    length: U32,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawWritePointer {
    pointer_in: [u8; 56],
    points_to: [u8; 56],
    offset: U32,
    points_to_offset: U32,
    size: u8,
}

impl Command {
    /// Reads a command.
    ///
    /// # Errors
    ///
    /// [`Reason`] if it is none. The specification does not allow a firmware to skip commands that it does not know.
    pub fn parse(bytes: &[u8; COMMAND_LENGTH]) -> Result<Self, Reason> {
        let (number, body) = bytes.split_first_chunk().ok_or(Reason::Unknown(0))?;
        match u32::from_le_bytes(*number) {
            0 if body.iter().all(|byte| *byte == 0) => Ok(Self::Padding),
            1 => Self::allocate(raw(body)?),
            2 => Self::add_pointer(raw(body)?),
            3 => Self::add_checksum(raw(body)?),
            4 => Self::write_pointer(raw(body)?),
            unknown => Err(Reason::Unknown(unknown)),
        }
    }

    fn allocate(raw: &RawAllocate) -> Result<Self, Reason> {
        let alignment = raw.alignment.get();
        if !alignment.is_power_of_two() {
            return Err(Reason::Alignment(alignment));
        }
        Ok(Self::Allocate {
            file: name(&raw.file)?,
            alignment,
            zone: match raw.zone {
                1 => Zone::High,
                2 => Zone::FSegment,
                zone => return Err(Reason::Zone(zone)),
            },
        })
    }

    fn add_pointer(raw: &RawAddPointer) -> Result<Self, Reason> {
        Ok(Self::AddPointer {
            pointer_in: name(&raw.pointer_in)?,
            points_to: name(&raw.points_to)?,
            offset: raw.offset.get(),
            size: PointerSize::parse(raw.size)?,
        })
    }

    fn add_checksum(raw: &RawAddChecksum) -> Result<Self, Reason> {
        Ok(Self::AddChecksum {
            file: name(&raw.file)?,
            offset: raw.offset.get(),
            start: raw.start.get(),
            length: raw.length.get(),
        })
    }

    fn write_pointer(raw: &RawWritePointer) -> Result<Self, Reason> {
        Ok(Self::WritePointer {
            pointer_in: name(&raw.pointer_in)?,
            points_to: name(&raw.points_to)?,
            offset: raw.offset.get(),
            points_to_offset: raw.points_to_offset.get(),
            size: PointerSize::parse(raw.size)?,
        })
    }
}

fn name(field: &[u8; 56]) -> Result<FileName, Reason> {
    FileName::parse(field).ok_or(Reason::Name)
}

/// The body's structure. Each is shorter than the body, so that this cannot fail.
fn raw<T: FromBytes + Immutable + KnownLayout + Unaligned>(body: &[u8]) -> Result<&T, Reason> {
    match T::ref_from_prefix(body) {
        Ok((raw, _)) => Ok(raw),
        Err(_) => Err(Reason::Name),
    }
}
