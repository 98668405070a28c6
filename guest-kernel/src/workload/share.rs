//! What one CPU is working on.

use super::{Piece, Pool, is_prime};

/// One CPU's share of the workload: at most one piece, which it can give back half done.
#[derive(Debug, Default)]
pub struct Share {
    piece: Option<Piece>,
}

impl Share {
    /// A share with nothing in it.
    pub const fn new() -> Self {
        Self { piece: None }
    }

    /// Tests up to `budget` numbers.
    pub fn work(&mut self, pool: &Pool, budget: u32) {
        let mut left = budget;
        while left > 0 {
            let piece = self.piece.get_or_insert_with(|| pool.take());
            let end = piece.end.min(piece.next.saturating_add(left));
            left -= end - piece.next;
            piece.tested += end - piece.next;
            piece.primes += (piece.next..end).filter(|&number| is_prime(number)).count() as u32;
            piece.next = end;
            if piece.next == piece.end {
                self.drain(pool);
            }
        }
    }

    /// Gives back what is left, with what was found in it so far.
    pub fn drain(&mut self, pool: &Pool) {
        if let Some(piece) = self.piece.take() {
            pool.give_back(piece);
        }
    }
}
