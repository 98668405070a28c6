//! The encoding: opcodes and their operands, package lengths, field lists.
//!
//! Nothing here knows what an operator does; everything reads through checked slices.

pub(crate) mod field_list;
pub(crate) mod opcode;
pub(crate) mod walk;

use crate::error::ErrorKind;

/// A PkgLength: the length it gives, its own bytes included, and how many bytes it takes itself (ACPI 6.5, 20.2.4).
pub(crate) fn pkg_length(bytes: &[u8]) -> Result<(usize, usize), ErrorKind> {
    let (&lead, rest) = bytes.split_first().ok_or(ErrorKind::Truncated)?;
    let count = usize::from(lead >> 6);
    if count == 0 {
        return Ok((usize::from(lead), 1));
    }
    let rest = rest.get(..count).ok_or(ErrorKind::Truncated)?;
    let low = usize::from(lead & 0xF);
    let high = rest
        .iter()
        .rev()
        .fold(0, |length, byte| (length << 8) | usize::from(*byte));
    Ok(((high << 4) | low, 1 + count))
}

/// `bytes` as a little-endian number; at most eight of them count.
pub(crate) fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .rev()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_lengths_of_one_to_four_bytes() {
        assert_eq!(pkg_length(&[0x3F]), Ok((0x3F, 1)));
        assert_eq!(pkg_length(&[0x45, 0x12]), Ok((0x125, 2)));
        assert_eq!(pkg_length(&[0x85, 0x34, 0x12]), Ok((0x1_2345, 3)));
        assert_eq!(
            pkg_length(&[0xCF, 0xFF, 0xFF, 0xFF]),
            Ok(((1 << 28) - 1, 4))
        );
        assert_eq!(pkg_length(&[0x80, 0]), Err(ErrorKind::Truncated));
        assert_eq!(pkg_length(&[]), Err(ErrorKind::Truncated));
    }
}
