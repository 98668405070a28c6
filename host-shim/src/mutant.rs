//! Damaged conversations, the same ones in every run.

/// Marsaglia's xorshift: deterministic, and good enough to pick bytes.
pub(crate) struct Random(u64);

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

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// `text` with up to four changes: a byte becomes another, a piece is repeated elsewhere, or lost, or
/// all after it is.
pub(crate) fn mutate(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut mutant = text.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(mutant.len());
        let end = (at + random.below(40)).min(mutant.len());
        match random.below(8) {
            0 => mutant.truncate(at),
            1 => drop(mutant.drain(at..end)),
            2 => {
                let piece = mutant[at..end].to_vec();
                let place = random.below(mutant.len());
                mutant.splice(place..place, piece);
            }
            3 => mutant[at] = b"{}[]\":,\n\r\\0-e\xff\xc3\0"[random.below(16)],
            _ => mutant[at] = random.below(256) as u8,
        }
        if mutant.is_empty() {
            break;
        }
    }
    mutant
}
