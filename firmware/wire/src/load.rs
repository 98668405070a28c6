//! What a workload with a demand of its own was asked for, and what became of it.
use core::fmt;

use serde::{Deserialize, Serialize};

/// Sums since the guest was ready, in µs of one CPU's time at its pace: 1,000,000 is what one CPU does in a second.
///
/// `offered_us` is `done_us + waiting_us + dropped_us`, and besides what CPUs are doing at this moment: one step each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Work that has arrived.
    pub offered_us: u64,
    /// Work that was done.
    pub done_us: u64,
    /// Work that waits for a CPU now.
    pub waiting_us: u64,
    /// Work that found too much waiting before it and was never done.
    pub dropped_us: u64,
}

impl Load {
    /// The throughput kept, in percent: how much of what is over, one way or the other, was done. 100 if nothing is over.
    pub fn kept_percent(&self) -> u64 {
        let over = u128::from(self.done_us) + u128::from(self.dropped_us);
        let done = u128::from(self.done_us) * 100;
        done.checked_div(over)
            .map_or(100, |percent| percent.min(100) as u64)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u64| us / 1_000;
        write!(
            f,
            "{} ms of work offered: {} ms done, {} ms waiting, {} ms dropped; throughput kept {} %",
            ms(self.offered_us),
            ms(self.done_us),
            ms(self.waiting_us),
            ms(self.dropped_us),
            self.kept_percent()
        )
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn it_is_said_in_ms() {
        let load = Load {
            offered_us: 5_000_000,
            done_us: 4_900_000,
            waiting_us: 0,
            dropped_us: 100_000,
        };
        assert_eq!(
            load.to_string(),
            "5000 ms of work offered: 4900 ms done, 0 ms waiting, 100 ms dropped; throughput kept 98 %"
        );
    }

    #[test]
    fn the_throughput_kept_is_the_share_of_what_is_over() {
        let kept = |done_us, waiting_us, dropped_us| {
            let load = Load {
                offered_us: 0,
                done_us,
                waiting_us,
                dropped_us,
            };
            load.kept_percent()
        };
        assert_eq!(kept(0, 0, 0), 100);
        assert_eq!(kept(98, 500, 2), 98);
        assert_eq!(kept(0, 0, 1), 0);
        assert_eq!(kept(u64::MAX, 0, u64::MAX), 50);
    }
}
