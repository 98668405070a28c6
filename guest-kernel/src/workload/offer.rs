//! Work that arrives by a [`Load`], waits, and is taken by whichever CPU comes first.

use spin::Mutex;

use super::{INTERVAL_NS, Load};

/// The offer that all CPUs share.
pub struct Offer {
    state: Mutex<State>,
}

struct State {
    load: Load,
    begun_ns: Option<u64>,
    /// The most steps that wait; what comes beyond it is dropped.
    most_waiting: u64,
    taken: u64,
    done: u64,
    dropped: u64,
}

/// What the offer has come to, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfferTally {
    /// That have arrived.
    pub offered: u64,
    /// That a CPU has finished.
    pub done: u64,
    /// That wait for a CPU.
    pub waiting: u64,
    /// That found too many waiting.
    pub dropped: u64,
}

impl Default for Offer {
    fn default() -> Self {
        Self::new()
    }
}

impl Offer {
    /// An offer of nothing.
    pub const fn new() -> Self {
        Self {
            state: Mutex::new(State {
                load: Load::NOTHING,
                begun_ns: None,
                most_waiting: 0,
                taken: 0,
                done: 0,
                dropped: 0,
            }),
        }
    }

    /// Begins: `load` arrives from `now_ns` on, and as much as one CPU does in `most_waiting_ns` may wait, one step at
    /// least.
    pub fn begin(&self, load: Load, most_waiting_ns: u64, now_ns: u64) {
        let mut state = self.state.lock();
        state.load = load;
        state.begun_ns = Some(now_ns);
        state.most_waiting = (most_waiting_ns / INTERVAL_NS).max(1);
    }

    /// Takes a step, if one waits. Whoever has done it says so by [`Offer::done`].
    pub fn take(&self, now_ns: u64) -> bool {
        let mut state = self.state.lock();
        let waits = state.waiting(now_ns) > 0;
        state.taken += u64::from(waits);
        waits
    }

    /// A step that was taken is done.
    pub fn done(&self) {
        self.state.lock().done += 1;
    }

    /// What it has come to.
    pub fn tally(&self, now_ns: u64) -> OfferTally {
        let mut state = self.state.lock();
        let waiting = state.waiting(now_ns);
        OfferTally {
            offered: state.taken + state.dropped + waiting,
            done: state.done,
            waiting,
            dropped: state.dropped,
        }
    }
}

impl State {
    /// How many steps wait, after those beyond the limit were dropped.
    fn waiting(&mut self, now_ns: u64) -> u64 {
        let Some(begun_ns) = self.begun_ns else {
            return 0;
        };
        let arrived = self.load.arrived(now_ns.saturating_sub(begun_ns));
        // CPUs that ask at the same time may come in any order.
        let waiting = arrived.saturating_sub(self.taken + self.dropped);
        let beyond = waiting.saturating_sub(self.most_waiting);
        self.dropped += beyond;
        waiting - beyond
    }
}
