//! The pieces of the rounds: who has them, and what came of them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use spin::Mutex;

use super::{ANSWER, PIECE, ROUND};

/// Some numbers of one round, and the primes found among those already tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub(super) round: u32,
    /// The next number to test.
    pub(super) next: u32,
    /// One past the last.
    pub(super) end: u32,
    /// Numbers tested since the pool last counted.
    pub(super) tested: u32,
    pub(super) primes: u32,
}

/// What the pool knows so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Numbers tested in all.
    pub tested: u64,
    /// Rounds that ended with the right answer.
    pub right: u64,
    /// Rounds that ended with another.
    pub wrong: u64,
    /// Pieces that CPUs hold. Each CPU at work holds one at the most, so any more are lost.
    pub held: u32,
}

impl Tally {
    /// Whether every answer was right and nothing is lost, while `working` CPUs are at work.
    pub fn is_right(&self, working: usize) -> bool {
        self.wrong == 0 && self.lost(working) == 0
    }

    /// [`Tally::is_right`] in words.
    pub fn verdict(&self, working: usize) -> String {
        if self.is_right(working) {
            return format!("workload right: {} rounds", self.right);
        }
        let (wrong, all) = (self.wrong, self.wrong + self.right);
        format!(
            "workload WRONG: {wrong} of {all} rounds wrong, {} pieces lost",
            self.lost(working)
        )
    }

    fn lost(&self, working: usize) -> usize {
        (self.held as usize).saturating_sub(working)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Round {
    number: u32,
    tested: u32,
    primes: u32,
}

/// The pool that all CPUs share.
pub struct Pool {
    state: Mutex<State>,
}

struct State {
    /// The newest round, and how much of it is handed out.
    round: u32,
    next: u32,
    /// The rounds with pieces still out, oldest first. A new round opens as soon as the one before is handed out, so
    /// no CPU waits for another.
    open: Vec<Round>,
    /// What CPUs gave back unfinished.
    returned: Vec<Piece>,
    tally: Tally,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// A pool from which nothing has been handed out.
    pub const fn new() -> Self {
        let tally = Tally {
            tested: 0,
            right: 0,
            wrong: 0,
            held: 0,
        };
        Self {
            state: Mutex::new(State {
                round: 0,
                next: ROUND,
                open: Vec::new(),
                returned: Vec::new(),
                tally,
            }),
        }
    }

    /// Hands out a piece: what others gave back first, so that old rounds end.
    pub fn take(&self) -> Piece {
        let mut state = self.state.lock();
        state.tally.held += 1;
        if let Some(piece) = state.returned.pop() {
            return piece;
        }
        if state.next >= ROUND {
            state.open_round();
        }
        let next = state.next;
        state.next = (next + PIECE).min(ROUND);
        Piece {
            round: state.round,
            next,
            end: state.next,
            tested: 0,
            primes: 0,
        }
    }

    /// Takes back a piece, finished or not, and counts what was done of it.
    pub fn give_back(&self, mut piece: Piece) {
        let mut state = self.state.lock();
        state.tally.held = state.tally.held.saturating_sub(1);
        state.count(&mut piece);
        if piece.next < piece.end {
            state.returned.push(piece);
        }
    }

    /// What the pool knows so far.
    pub fn tally(&self) -> Tally {
        self.state.lock().tally
    }
}

impl State {
    fn open_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.next = 0;
        self.open.push(Round {
            number: self.round,
            tested: 0,
            primes: 0,
        });
    }

    /// Books what was tested of `piece`, and closes its round when that was the last of it.
    fn count(&mut self, piece: &mut Piece) {
        self.tally.tested += u64::from(piece.tested);
        if let Some(place) = self
            .open
            .iter()
            .position(|round| round.number == piece.round)
        {
            let round = &mut self.open[place];
            round.tested += piece.tested;
            round.primes += piece.primes;
            if round.tested == ROUND {
                let verdict = if round.primes == ANSWER {
                    &mut self.tally.right
                } else {
                    &mut self.tally.wrong
                };
                *verdict += 1;
                self.open.remove(place);
            }
        }
        piece.tested = 0;
        piece.primes = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Share;
    use super::*;

    fn finish_rounds(pool: &Pool, rounds: u64) {
        let mut share = Share::default();
        while pool.tally().right + pool.tally().wrong < rounds {
            share.work(pool, PIECE);
        }
        share.drain(pool);
    }

    #[test]
    fn a_round_has_the_known_answer() {
        let pool = Pool::new();
        finish_rounds(&pool, 1);
        let tally = pool.tally();
        assert_eq!((tally.right, tally.wrong, tally.held), (1, 0, 0));
        assert_eq!(tally.tested, u64::from(ROUND));
    }

    #[test]
    fn a_wrong_count_is_noticed() {
        let pool = Pool::new();
        let mut piece = pool.take();
        piece.primes += 1;
        pool.give_back(piece);
        finish_rounds(&pool, 1);
        assert_eq!((pool.tally().right, pool.tally().wrong), (0, 1));
        assert!(!pool.tally().is_right(0));
        assert!(
            pool.tally().verdict(0).contains("1 of 1 rounds wrong"),
            "{}",
            pool.tally().verdict(0)
        );
    }

    #[test]
    fn a_lost_piece_is_held_for_ever() {
        let pool = Pool::new();
        let _lost = pool.take();
        finish_rounds(&pool, 3); // the round of the lost piece is not among them
        let tally = pool.tally();
        assert_eq!((tally.right, tally.wrong, tally.held), (3, 0, 1));
        assert!(tally.is_right(1), "a CPU at work may hold a piece");
        assert!(!tally.is_right(0), "nobody is at work: the piece is lost");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// CPUs that come, work a little and leave in the middle of their pieces lose nothing.
        #[test]
        fn leaving_in_the_middle_loses_nothing(visits in proptest::collection::vec((0_usize..6, 1_u32..900), 1..400)) {
            let pool = Pool::new();
            let mut shares: [Share; 6] = Default::default();
            for (cpu, budget) in visits {
                shares[cpu].work(&pool, budget);
                if budget % 3 == 0 {
                    shares[cpu].drain(&pool);
                }
            }
            for share in &mut shares {
                share.drain(&pool);
            }
            finish_rounds(&pool, pool.tally().right + 2);
            let tally = pool.tally();
            prop_assert_eq!((tally.wrong, tally.held), (0, 0));
            prop_assert_eq!(tally.tested / u64::from(ROUND), tally.right, "a round was left open");
        }
    }
}
