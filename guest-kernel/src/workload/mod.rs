//! The workload: prime numbers, counted in pieces by every CPU that is online, with a known answer.
//!
//! A round tests every number below [`ROUND`]; there are [`ANSWER`] primes among them. A CPU that computes wrongly
//! makes a round's count wrong; a piece that is lost (with a CPU that left in the middle of it) is never given back.
//! Both are counted, so "nothing was lost" is something that the guest checks, not hopes.
//!
//! [`Pool`] hands out the pieces and collects them; [`Share`] is what one CPU is working on, and can give back.

mod pool;
mod share;

pub use pool::{Piece, Pool, Tally};
pub use share::Share;

/// Numbers in a round: 0 to 2^17 - 1.
pub const ROUND: u32 = 1 << 17;

/// Primes below 2^17 (OEIS A007053).
pub const ANSWER: u32 = 12_251;

/// Numbers in a piece. At about 0.1 µs each under emulation, a piece is finished before anyone waits for it.
pub const PIECE: u32 = 512;

/// Whether `number` is prime, by trial division: slow and plain, which is what a workload is for.
fn is_prime(number: u32) -> bool {
    if number < 4 {
        return number >= 2;
    }
    if number.is_multiple_of(2) {
        return false;
    }
    let mut divisor = 3;
    while divisor * divisor <= number {
        if number.is_multiple_of(divisor) {
            return false;
        }
        divisor += 2;
    }
    true
}
