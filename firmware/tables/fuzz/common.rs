//! What the targets share: a valid header around the bytes that the fuzzer makes, so that it spends its time on the
//! readers and not on checksums.

/// Bytes of a table's header (ACPI 6.5, 5.2.6).
const HEADER: usize = 36;

/// A table with this signature and `body`: its length and checksum are right.
pub fn table(signature: &[u8; 4], revision: u8, body: &[u8]) -> Vec<u8> {
    let mut table = vec![0; HEADER];
    table[..4].copy_from_slice(signature);
    table[8] = revision;
    table.extend_from_slice(body);
    let length = table.len() as u32;
    table[4..8].copy_from_slice(&length.to_le_bytes());
    table[9] = checksum(&table);
    table
}

/// What has to be added so that all bytes add up to 0.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0u8, |sum, byte| sum.wrapping_sub(*byte))
}
