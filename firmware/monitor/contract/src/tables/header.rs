//! The header that tables share (ACPI 6.5, 5.2.6), and the checksum in it.
use acpi_tables::sdt::Sdt;
use alloc::vec::Vec;

/// Its length in bytes.
pub const LENGTH: usize = 36;
const LENGTH_FIELD: usize = 4;
const CHECKSUM: usize = 9;

/// A whole table from its body.
pub fn table(signature: [u8; 4], revision: u8, body: &[u8]) -> Vec<u8> {
    let mut table = Sdt::new(
        signature,
        LENGTH as u32,
        revision,
        *b"HOTVCP",
        *b"MONITOR ",
        1,
    );
    table.append_slice(body);
    table.as_slice().to_vec()
}

/// The table at the beginning of `bytes`: as long as its header says, with a valid checksum.
pub fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let length = length(bytes)?;
    let table = bytes.get(..length).filter(|_| length >= LENGTH)?;
    (sum(table) == 0).then_some(table)
}

/// What the header says is the length.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let field = bytes.get(LENGTH_FIELD..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*field)).ok()
}

/// Makes the checksum right again after a change.
pub fn seal(table: &mut [u8]) {
    if let Some(checksum) = table.get_mut(CHECKSUM) {
        *checksum = 0;
    }
    let rest = sum(table);
    if let Some(checksum) = table.get_mut(CHECKSUM) {
        *checksum = rest.wrapping_neg();
    }
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}
