//! EISA ids: seven characters such as `PNP0A03` in 32 bits (ACPI 6.5, 6.1.5 and 19.6, EISAID).

use core::fmt;

/// An EISA id as text: three letters and four hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EisaId([u8; 7]);

impl EisaId {
    /// The seven characters.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("???????")
    }
}

impl fmt::Display for EisaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EisaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of the id that a `_HID` or `_CID` integer holds.
///
/// Every number gives a text; numbers that are no EISA id give characters outside `A` to `Z`.
pub fn eisa_id(number: u32) -> EisaId {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let swapped = number.swap_bytes();
    let letter = |shift: u32| b'@' + ((swapped >> shift) & 0x1F) as u8;
    let digit = |shift: u32| DIGITS[((swapped >> shift) & 0xF) as usize];
    EisaId([
        letter(26),
        letter(21),
        letter(16),
        digit(12),
        digit(8),
        digit(4),
        digit(0),
    ])
}

/// The integer of an id written as text, for example `PNP0A03`; `None` if the text is not an EISA id.
pub fn eisa_number(text: &str) -> Option<u32> {
    let bytes: &[u8; 7] = text.as_bytes().try_into().ok()?;
    let (letters, digits) = bytes.split_at(3);
    let mut swapped = 0u32;
    for letter in letters {
        if !letter.is_ascii_uppercase() {
            return None;
        }
        swapped = (swapped << 5) | u32::from(letter - b'@');
    }
    for digit in digits {
        let value = char::from(*digit).to_digit(16)?;
        swapped = (swapped << 4) | value;
    }
    Some(swapped.swap_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_in_a_table_is_the_byte_swapped_packing() {
        assert_eq!(eisa_number("PNP0A03"), Some(0x030A_D041));
        assert_eq!(eisa_id(0x030A_D041).as_str(), "PNP0A03");
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in ["", "PNP0A0", "pnp0A03", "PNP0G03", "ACPI0010"] {
            assert_eq!(eisa_number(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_id_survives_the_round_trip(letters in "[A-Z]{3}", digits in "[0-9A-F]{4}") {
            let text = alloc::format!("{letters}{digits}");
            let number = eisa_number(&text).expect("well-formed");
            let back = eisa_id(number);
            proptest::prop_assert_eq!(back.as_str(), text);
        }
    }
}
