//! The workload: prime numbers, counted in pieces by every CPU that is online, with a known answer.
//!
//! A round tests every number below [`ROUND`]; there are [`ANSWER`] primes among them. A CPU that computes wrongly
//! makes a round's count wrong; a piece that is lost (with a CPU that left in the middle of it) is never given back.
//! Both are counted, so "nothing was lost" is something that the guest checks, not hopes.
//!
//! [`Pool`] hands out the pieces and collects them; [`Share`] is what one CPU is working on, and can give back.
//!
//! How much there is to do is another matter. Without further words, every CPU has work for all of its pace, so that
//! throughput follows the number of CPUs. With a [`Load`] the work arrives by itself, as that of a server does: [`Offer`]
//! keeps what waits. [`Pacer`] says when a CPU works, and how busy it is.

mod load;
mod offer;
mod pacer;
mod pool;
mod share;
#[cfg(test)]
mod simulation;
pub(crate) mod time;

pub use load::{Load, LoadError};
pub use offer::{Offer, OfferTally};
pub use pacer::{Pacer, Usage};
pub use pool::{Piece, Pool, Tally};
pub use share::Share;

/// Numbers in a step, after which a CPU looks for a new command.
pub const STEP: u32 = 256;

/// A CPU's pace: at most one step in each interval of this many ns.
pub const INTERVAL_NS: u64 = 2_000_000;

/// So many steps in µs of one CPU's time at its pace.
pub fn micros(steps: u64) -> u64 {
    steps.saturating_mul(INTERVAL_NS / 1_000)
}

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
