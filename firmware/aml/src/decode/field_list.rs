//! The list of fields behind Field, IndexField and BankField (ACPI 6.5, 20.2.5.2, `FieldList`).

use crate::decode::{opcode, pkg_length};
use crate::error::ErrorKind;
use crate::name::NameSeg;
use crate::namespace::Path;

const RESERVED: u8 = 0x00;
const ACCESS: u8 = 0x01;
const CONNECTION: u8 = 0x02;
const EXTENDED_ACCESS: u8 = 0x03;
const BUFFER: u8 = 0x11;

/// One entry of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    /// Bits without a name.
    Gap {
        bits: u32,
    },
    /// The access type of the fields that follow.
    Access {
        flags: u8,
        /// The protocol of a bus, and how many bytes it takes.
        attribute: u8,
        length: u8,
    },
    /// Which connection the fields that follow use; for buses and pins.
    Connection(ConnectionEntry),
    Field {
        name: NameSeg,
        bits: u32,
    },
}

/// What stands behind a connection, counted from the entry's first byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ConnectionEntry {
    /// A name of a buffer.
    Name { at: usize },
    /// The bytes of a resource template.
    Template { start: usize, end: usize },
}

/// The first entry of `bytes`, and its length.
pub(crate) fn entry(bytes: &[u8]) -> Result<(Entry, usize), ErrorKind> {
    let (&lead, rest) = bytes.split_first().ok_or(ErrorKind::Truncated)?;
    Ok(match lead {
        RESERVED => {
            let (bits, taken) = pkg_length(rest)?;
            (Entry::Gap { bits: bits as u32 }, 1 + taken)
        }
        ACCESS | EXTENDED_ACCESS => {
            let length = if lead == ACCESS { 3 } else { 4 };
            let body = bytes.get(..length).ok_or(ErrorKind::Truncated)?;
            let access = Entry::Access {
                flags: body[1],
                attribute: body[2],
                length: body.get(3).copied().unwrap_or(0),
            };
            (access, length)
        }
        CONNECTION => {
            let (connection, length) = connection(rest)?;
            (Entry::Connection(connection), 1 + length)
        }
        _ => {
            let segment = bytes.first_chunk::<4>().ok_or(ErrorKind::Truncated)?;
            let name = NameSeg::from_bytes(*segment).ok_or(ErrorKind::Name)?;
            let (bits, taken) = pkg_length(&bytes[4..])?;
            let bits = bits as u32;
            (Entry::Field { name, bits }, 4 + taken)
        }
    })
}

/// A connection is a name, or a buffer with a resource template; `bytes` begin behind the entry's lead byte.
fn connection(bytes: &[u8]) -> Result<(ConnectionEntry, usize), ErrorKind> {
    if bytes.first() != Some(&BUFFER) {
        return Ok((ConnectionEntry::Name { at: 1 }, Path::parse(bytes)?.1));
    }
    let (length, taken) = pkg_length(&bytes[1..])?;
    let end = 1 + length;
    let body = bytes.get(1 + taken..end).ok_or(ErrorKind::Truncated)?;
    // The buffer's size is a constant; the bytes that follow say the same.
    let size = match body.first() {
        Some(&(opcode::ZERO | opcode::ONE)) => 1,
        Some(&opcode::BYTE_PREFIX) => 2,
        Some(&opcode::WORD_PREFIX) => 3,
        Some(&opcode::DWORD_PREFIX) => 5,
        _ => return Err(ErrorKind::Unsupported),
    };
    let start = 2 + taken + size;
    let entry = ConnectionEntry::Template {
        start,
        end: 1 + end,
    };
    if start > 1 + end {
        return Err(ErrorKind::Truncated);
    }
    Ok((entry, end))
}

/// The width of one access in bytes for an access type; 0 for accesses that transfer whole buffers.
pub(crate) fn access_bytes(flags: u8) -> Result<u8, ErrorKind> {
    Ok(match flags & 0xF {
        // AnyAcc leaves the choice; ACPICA, against which tables are tested, takes bytes.
        0 | 1 => 1,
        2 => 2,
        3 => 4,
        4 => 8,
        5 => 0,
        _ => return Err(ErrorKind::OperandValue),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_their_lengths() {
        assert_eq!(entry(&[0, 0x08]), Ok((Entry::Gap { bits: 8 }, 2)));
        let access = |flags, attribute, length| Entry::Access {
            flags,
            attribute,
            length,
        };
        assert_eq!(entry(&[1, 3, 0]), Ok((access(3, 0, 0), 3)));
        assert_eq!(entry(&[3, 5, 0xB, 4]), Ok((access(5, 0xB, 4), 4)));
        let name = NameSeg(*b"CPEN");
        assert_eq!(entry(b"CPEN\x01"), Ok((Entry::Field { name, bits: 1 }, 5)));
        assert_eq!(entry(b"CPE"), Err(ErrorKind::Truncated));
        assert_eq!(entry(&[]), Err(ErrorKind::Truncated));
    }

    #[test]
    fn a_connection_is_a_name_or_a_template() {
        let name = Entry::Connection(ConnectionEntry::Name { at: 1 });
        assert_eq!(entry(b"\x02\\ABCD"), Ok((name, 6)));
        let bytes = [2, 0x11, 5, 0x0A, 2, 0x79, 0, 0xFF];
        let template = Entry::Connection(ConnectionEntry::Template { start: 5, end: 7 });
        assert_eq!(entry(&bytes), Ok((template, 7)));
        assert_eq!(bytes[5..7], [0x79, 0]);
        let no_room_for_the_size = [2, 0x11, 2, 0x0C, 0, 0];
        assert_eq!(entry(&no_room_for_the_size), Err(ErrorKind::Truncated));
        let size_from_a_local = [2, 0x11, 3, 0x60, 0];
        assert_eq!(entry(&size_from_a_local), Err(ErrorKind::Unsupported));
    }
}
