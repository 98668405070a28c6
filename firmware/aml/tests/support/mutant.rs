//! Damaged tables, the same ones in every run.

/// Marsaglia's xorshift: deterministic, and good enough to pick bytes.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Makes at most `changes` changes: of a byte mostly, sometimes it cuts or repeats a piece. Length and
/// checksum are right again afterwards.
pub fn mutate(table: &[u8], changes: usize, random: &mut Random) -> Vec<u8> {
    let mut mutant = table.to_vec();
    for _ in 0..=random.below(changes) {
        let at = 36 + random.below(mutant.len() - 36);
        match random.below(8) {
            0 => mutant[at] ^= 1 << random.below(8),
            1 => mutant.truncate(at.max(40)),
            2 => {
                let end = (at + random.below(64)).min(mutant.len());
                let piece = mutant[at..end].to_vec();
                let place = 36 + random.below(mutant.len() - 36);
                mutant.splice(place..place, piece);
            }
            3 => mutant[at] = [0, 1, 0x3F, 0x40, 0x5B, 0xFF, 0x10, 0x11][random.below(8)],
            _ => mutant[at] = random.next() as u8,
        }
    }
    let length = mutant.len() as u32;
    mutant[4..8].copy_from_slice(&length.to_le_bytes());
    mutant[9] = 0;
    let sum = mutant.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    mutant[9] = 0u8.wrapping_sub(sum);
    mutant
}
