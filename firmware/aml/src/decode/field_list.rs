//! The list of fields behind Field, IndexField and BankField (ACPI 6.5, 20.2.5.2, `FieldList`).

use crate::decode::pkg_length;
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
    },
    /// Which connection the fields that follow use; for serial buses.
    Connection,
    Field {
        name: NameSeg,
        bits: u32,
    },
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
            (Entry::Access { flags: body[1] }, length)
        }
        CONNECTION => (Entry::Connection, 1 + connection_length(rest)?),
        _ => {
            let segment = bytes.first_chunk::<4>().ok_or(ErrorKind::Truncated)?;
            let name = NameSeg::from_bytes(*segment).ok_or(ErrorKind::Name)?;
            let (bits, taken) = pkg_length(&bytes[4..])?;
            let bits = bits as u32;
            (Entry::Field { name, bits }, 4 + taken)
        }
    })
}

/// A connection is a name, or a buffer with a resource descriptor.
fn connection_length(bytes: &[u8]) -> Result<usize, ErrorKind> {
    if bytes.first() != Some(&BUFFER) {
        return Ok(Path::parse(bytes)?.1);
    }
    let (length, _) = pkg_length(&bytes[1..])?;
    Ok(1 + length)
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
        assert_eq!(entry(&[1, 3, 0]), Ok((Entry::Access { flags: 3 }, 3)));
        assert_eq!(entry(&[3, 5, 0xB, 4]), Ok((Entry::Access { flags: 5 }, 4)));
        assert_eq!(entry(b"\x02\\ABCD"), Ok((Entry::Connection, 6)));
        assert_eq!(entry(&[2, 0x11, 2, 0, 9]), Ok((Entry::Connection, 4)));
        let name = NameSeg(*b"CPEN");
        assert_eq!(entry(b"CPEN\x01"), Ok((Entry::Field { name, bits: 1 }, 5)));
        assert_eq!(entry(b"CPE"), Err(ErrorKind::Truncated));
        assert_eq!(entry(&[]), Err(ErrorKind::Truncated));
    }
}
