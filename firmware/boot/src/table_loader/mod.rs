//! The table loader: QEMU hands over the ACPI tables as files and a script that says how a firmware is to lay them
//! out (the comments in QEMU's hw/acpi/bios-linker-loader.c are its specification).
//!
//! A script is a list of commands of 128 bytes: allocate memory for a file and read it there, add one file's address
//! to a pointer in another, add up bytes to a checksum, tell the host where a file went. Only allocation touches the
//! machine, so it is a trait; everything else is arithmetic on slices. A script that is wrong anywhere is refused as a
//! whole: tables that are linked by halves are worse than none.

mod command;
mod error;
mod files;

use alloc::vec::Vec;

pub use command::{COMMAND_LENGTH, Command, PointerSize, Zone};
pub use error::{LoaderError, Reason};
pub use files::{Block, Files, TableMemory};

use crate::FileName;
use crate::fw_cfg::{Device, FwCfg};

/// The script's name in fw_cfg.
pub const SCRIPT: &str = "etc/table-loader";

/// The file that holds the root pointer (RSDP).
pub const RSDP: &str = "etc/acpi/rsdp";

/// The longest script: 2048 commands. The captured ones have less than 30.
pub const MAX_SCRIPT_LENGTH: u32 = 2048 * COMMAND_LENGTH as u32;

/// The longest file that memory is allocated for: 16 MiB. QEMU's own warning comes at 2 MiB.
pub const MAX_FILE_LENGTH: usize = 16 << 20;

/// The most files that a script may allocate.
pub const MAX_FILES: usize = 64;

/// A file in its place.
#[derive(Debug)]
pub struct File<'a> {
    /// Its name in fw_cfg.
    pub name: FileName,
    /// Its physical address.
    pub address: u64,
    /// Its bytes.
    pub bytes: &'a mut [u8],
}

/// What a script laid out.
#[derive(Debug, Default)]
pub struct Loaded<'a> {
    files: Vec<File<'a>>,
}

/// Reads the script from fw_cfg and runs it.
///
/// # Errors
///
/// [`LoaderError`] names the command, and what was wrong with it.
pub fn load<'a, D: Device>(
    fw_cfg: &mut FwCfg<D>,
    memory: &mut impl TableMemory<'a>,
) -> Result<Loaded<'a>, LoaderError> {
    let item = fw_cfg.find(SCRIPT).ok_or(LoaderError::NoScript)?;
    let script = fw_cfg
        .read_all(item, MAX_SCRIPT_LENGTH)
        .map_err(LoaderError::Unreadable)?;
    run(&script, fw_cfg, memory)
}

/// Runs `script`.
///
/// # Errors
///
/// [`LoaderError`] names the command, and what was wrong with it.
pub fn run<'a>(
    script: &[u8],
    files: &mut impl Files,
    memory: &mut impl TableMemory<'a>,
) -> Result<Loaded<'a>, LoaderError> {
    let (commands, []) = script.as_chunks::<COMMAND_LENGTH>() else {
        return Err(LoaderError::Length(script.len()));
    };
    let mut loaded = Loaded::default();
    for (index, bytes) in commands.iter().enumerate() {
        Command::parse(bytes)
            .and_then(|command| loaded.apply(&command, files, memory))
            .map_err(|reason| LoaderError::Command {
                index,
                offset: index * COMMAND_LENGTH,
                reason,
            })?;
    }
    Ok(loaded)
}

impl<'a> Loaded<'a> {
    /// Where the root pointer went, if the script allocated it.
    pub fn rsdp(&self) -> Option<u64> {
        self.address_of(RSDP)
    }

    /// Where the file called `name` went.
    pub fn address_of(&self, name: &str) -> Option<u64> {
        let mut files = self.files.iter();
        Some(files.find(|file| file.name.as_str() == name)?.address)
    }

    /// The files, in the script's order.
    pub fn files(&self) -> &[File<'a>] {
        &self.files
    }

    /// The `length` bytes at the physical address `address`, if they lie in one of the files.
    pub fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        self.files.iter().find_map(|file| {
            let start = usize::try_from(address.checked_sub(file.address)?).ok()?;
            file.bytes.get(start..start.checked_add(length)?)
        })
    }

    /// The same bytes, to be changed.
    pub fn bytes_mut(&mut self, address: u64, length: usize) -> Option<&mut [u8]> {
        self.files.iter_mut().find_map(|file| {
            let start = usize::try_from(address.checked_sub(file.address)?).ok()?;
            file.bytes.get_mut(start..start.checked_add(length)?)
        })
    }

    fn apply(
        &mut self,
        command: &Command,
        files: &mut impl Files,
        memory: &mut impl TableMemory<'a>,
    ) -> Result<(), Reason> {
        match *command {
            Command::Padding => Ok(()),
            Command::Allocate {
                file,
                alignment,
                zone,
            } => self.allocate(file, alignment, zone, files, memory),
            Command::AddPointer {
                pointer_in,
                points_to,
                offset,
                size,
            } => self.add_pointer(pointer_in, points_to, offset, size),
            Command::AddChecksum {
                file,
                offset,
                start,
                length,
            } => self.add_checksum(file, offset, start, length),
            Command::WritePointer {
                pointer_in,
                points_to,
                offset,
                points_to_offset,
                size,
            } => {
                let bytes = self.pointer_to(points_to, points_to_offset.into(), size)?;
                let bytes = bytes.get(..size.bytes()).unwrap_or_default();
                files
                    .write(pointer_in.as_str(), offset, bytes)
                    .map_err(|error| Reason::File {
                        name: pointer_in,
                        error,
                    })
            }
        }
    }

    fn allocate(
        &mut self,
        name: FileName,
        alignment: u32,
        zone: Zone,
        files: &mut impl Files,
        memory: &mut impl TableMemory<'a>,
    ) -> Result<(), Reason> {
        if self.index(name).is_ok() {
            return Err(Reason::AllocatedTwice(name));
        }
        if self.files.len() >= MAX_FILES {
            return Err(Reason::TooManyFiles);
        }
        let length = files.length(name.as_str()).ok_or(Reason::NoFile(name))?;
        if length > MAX_FILE_LENGTH {
            return Err(Reason::FileTooLong { name, length });
        }
        let block = memory.allocate(length, alignment.into(), zone);
        let Block { address, bytes } = block
            .filter(|block| block.bytes.len() == length && block.is_aligned(alignment.into()))
            .ok_or(Reason::NoMemory {
                name,
                length,
                alignment,
            })?;
        files
            .read(name.as_str(), bytes)
            .map_err(|error| Reason::File { name, error })?;
        self.files.push(File {
            name,
            address,
            bytes,
        });
        Ok(())
    }

    /// The value in the file is an offset in the other one; that one's address is added to it.
    fn add_pointer(
        &mut self,
        pointer_in: FileName,
        points_to: FileName,
        offset: u32,
        size: PointerSize,
    ) -> Result<(), Reason> {
        let field = self.range(pointer_in, offset, size.bytes())?;
        let mut value = [0; 8];
        for (to, from) in value.iter_mut().zip(field.iter()) {
            *to = *from;
        }
        let pointer = self.pointer_to(points_to, u64::from_le_bytes(value), size)?;
        let field = self.range(pointer_in, offset, size.bytes())?;
        for (to, from) in field.iter_mut().zip(pointer) {
            *to = from;
        }
        Ok(())
    }

    /// Takes the sum of the range's bytes from the byte at `offset`.
    fn add_checksum(
        &mut self,
        name: FileName,
        offset: u32,
        start: u32,
        length: u32,
    ) -> Result<(), Reason> {
        let range = self.range(name, start, length as usize)?;
        let sum = range.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        for byte in self.range(name, offset, 1)? {
            *byte = byte.wrapping_sub(sum);
        }
        Ok(())
    }

    /// The little-endian address of the byte at `offset` of a file.
    fn pointer_to(
        &self,
        name: FileName,
        offset: u64,
        size: PointerSize,
    ) -> Result<[u8; 8], Reason> {
        let file = self.files.get(self.index(name)?);
        let file = file.ok_or(Reason::NotAllocated(name))?;
        if offset >= file.bytes.len() as u64 {
            let length = file.bytes.len();
            return Err(Reason::PointsOut {
                name,
                offset,
                length,
            });
        }
        file.address
            .checked_add(offset)
            .filter(|address| *address <= size.max())
            .map(u64::to_le_bytes)
            .ok_or(Reason::DoesNotFit {
                name,
                address: file.address,
                size,
            })
    }

    fn index(&self, name: FileName) -> Result<usize, Reason> {
        let position = self.files.iter().position(|file| file.name == name);
        position.ok_or(Reason::NotAllocated(name))
    }

    fn range(&mut self, name: FileName, offset: u32, length: usize) -> Result<&mut [u8], Reason> {
        let index = self.index(name)?;
        let file = self
            .files
            .get_mut(index)
            .ok_or(Reason::NotAllocated(name))?;
        let file_length = file.bytes.len();
        let start = offset as usize;
        start
            .checked_add(length)
            .and_then(|end| file.bytes.get_mut(start..end))
            .ok_or(Reason::OutOfFile {
                name,
                offset,
                length,
                file_length,
            })
    }
}
