//! What can be wrong with a loader script.

use thiserror::Error;

use super::{COMMAND_LENGTH, MAX_FILE_LENGTH, MAX_FILES, PointerSize};
use crate::FileName;
use crate::fw_cfg::FwCfgError;

/// Why the tables were not laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LoaderError {
    /// There is no script: a machine without ACPI.
    #[error("fw_cfg has no etc/table-loader: start the machine with ACPI (not acpi=off)")]
    NoScript,
    /// The script cannot be read.
    #[error("etc/table-loader cannot be read: {0}")]
    Unreadable(FwCfgError),
    /// The script's length is no multiple of a command's.
    #[error("etc/table-loader has {0} bytes, no multiple of {COMMAND_LENGTH}")]
    Length(usize),
    /// A command that cannot be carried out.
    #[error("etc/table-loader, command {index} at {offset:#x}: {reason}")]
    Command {
        /// Which, from 0 on.
        index: usize,
        /// Where it stands in the script.
        offset: usize,
        /// Why not.
        reason: Reason,
    },
}

/// Why a command cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// No such command.
    #[error("there is no command {0:#x}")]
    Unknown(u32),
    /// A file's name that is none.
    #[error("a file's name is not between 1 and 55 printable characters")]
    Name,
    /// An alignment that is no power of two.
    #[error("alignment {0:#x} is no power of two")]
    Alignment(u32),
    /// No such zone.
    #[error("there is no zone {0}")]
    Zone(u8),
    /// A pointer of a strange size.
    #[error("a pointer of {0} bytes; 1, 2, 4 and 8 are possible")]
    PointerSize(u8),
    /// A file that fw_cfg does not have.
    #[error("fw_cfg has no file {0}")]
    NoFile(FileName),
    /// A file that is too long to be one of tables.
    #[error("{name} has {length} bytes, at most {MAX_FILE_LENGTH} are accepted")]
    FileTooLong {
        /// Which.
        name: FileName,
        /// Its length.
        length: usize,
    },
    /// The host did not give the file, or did not take it.
    #[error("{name}: {error}")]
    File {
        /// Which.
        name: FileName,
        /// What happened.
        error: FwCfgError,
    },
    /// Too many files.
    #[error("more than {MAX_FILES} files")]
    TooManyFiles,
    /// A file is allocated for the second time.
    #[error("{0} was already allocated")]
    AllocatedTwice(FileName),
    /// No memory is left.
    #[error(
        "no memory for {length} bytes of {name}, aligned to {alignment:#x}: give the machine more memory"
    )]
    NoMemory {
        /// For which file.
        name: FileName,
        /// How much.
        length: usize,
        /// Aligned to what.
        alignment: u32,
    },
    /// A file is used that was not allocated.
    #[error("{0} was not allocated before")]
    NotAllocated(FileName),
    /// A range that lies outside of its file.
    #[error("{length} bytes at {offset:#x} are out of {name}, which has {file_length}")]
    OutOfFile {
        /// Which file.
        name: FileName,
        /// The range's beginning.
        offset: u32,
        /// The range's length.
        length: usize,
        /// The file's length.
        file_length: usize,
    },
    /// A pointer that would lead out of its target.
    #[error("the pointer leads to offset {offset:#x} of {name}, which has {length} bytes")]
    PointsOut {
        /// The file that it should lead into.
        name: FileName,
        /// Where it leads.
        offset: u64,
        /// The file's length.
        length: usize,
    },
    /// An address that a pointer cannot hold.
    #[error("{name} lies at {address:#x}, too high for a pointer of {size:?} bytes")]
    DoesNotFit {
        /// Which file.
        name: FileName,
        /// Where it is.
        address: u64,
        /// The pointer's size.
        size: PointerSize,
    },
}
