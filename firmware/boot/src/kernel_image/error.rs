//! What can be wrong with a kernel's file.

use thiserror::Error;

use super::HEAD_LENGTH;

/// Why a kernel cannot be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KernelError {
    /// None of the formats.
    #[error("the kernel is neither an ELF file nor an arm64 Image (its first bytes are {0:02x?})")]
    Format([u8; 4]),
    /// An ELF file of another class or byte order.
    #[error("the kernel is no 64-bit little-endian ELF file")]
    Class,
    /// An ELF file for another processor.
    #[error("the kernel is for ELF machine {0}; AArch64, which is needed, is 183")]
    Machine(u16),
    /// An ELF file that is no executable.
    #[error(
        "the kernel has ELF type {0}: link it as an executable at fixed addresses, which is type 2"
    )]
    Type(u16),
    /// The file ends too early.
    #[error("the kernel's file has {length} bytes, its headers speak of {needed}: it is truncated")]
    Truncated {
        /// What it has.
        length: u32,
        /// What it should have.
        needed: u64,
    },
    /// The program headers are too far from the file's beginning.
    #[error(
        "the kernel's program headers end at {0:#x}: they must lie in its first {HEAD_LENGTH} bytes"
    )]
    Headers(u64),
    /// A program header that contradicts itself.
    #[error("the kernel's program header {0} makes no sense")]
    Segment(usize),
    /// Nothing to load.
    #[error("the kernel has nothing to load")]
    Empty,
    /// The entry lies in no executable segment.
    #[error("the kernel's entry {0:#x} lies in none of its executable segments")]
    Entry(u64),
    /// Two segments want the same memory.
    #[error("two of the kernel's segments overlap at {0:#x}")]
    Overlap(u64),
    /// Memory that is not there, or not the kernel's.
    #[error(
        "the kernel wants {length:#x} bytes at {start:#x}, where it may have no memory: link it elsewhere, or give the machine more"
    )]
    OutOfMemory {
        /// Where.
        start: u64,
        /// How much.
        length: u64,
    },
    /// An Image that fits nowhere.
    #[error("no memory for the kernel's {0:#x} bytes: give the machine more")]
    TooBig(u64),
    /// An Image for big-endian processors.
    #[error("the kernel is a big-endian arm64 Image, which is not supported")]
    BigEndian,
}
