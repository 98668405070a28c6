//! What can be wrong with a device tree.

use alloc::string::String;

use dtoolkit::error::FdtParseError;
use thiserror::Error;

use super::MAX_LENGTH;

/// Why a device tree is not used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeviceTreeError {
    /// There is none.
    #[error("no device tree: its first bytes are not d0 0d fe ed")]
    Missing,
    /// It says that it is too long.
    #[error("the device tree says that it has {0} bytes, at most {MAX_LENGTH} are read")]
    TooLong(u32),
    /// There are fewer bytes than it says.
    #[error("the device tree says that it has {wanted} bytes, {got} are there")]
    Truncated {
        /// What it says.
        wanted: usize,
        /// What there is.
        got: usize,
    },
    /// Its structure is broken.
    #[error("the device tree is malformed: {0}")]
    Malformed(FdtParseError),
    /// A node has a property that makes no sense.
    #[error("device tree node {node}: its property {property} makes no sense")]
    Property {
        /// The node.
        node: String,
        /// The property.
        property: &'static str,
    },
    /// There is no memory.
    #[error("the device tree names no memory")]
    NoMemory,
    /// Two ranges of memory overlap.
    #[error("the device tree's memory overlaps at {0:#x}")]
    MemoryOverlap(u64),
}
