//! A demand that does not ask how many CPUs there are: so many percent of one CPU's capacity, for so long.
//!
//! `5s:50,10s:400,5s:50` is half a CPU's work for five seconds, then that of four CPUs for ten, then half again, and then
//! nothing. A last part without a duration goes on for good (`10s:50,300`); the word `repeat` begins anew.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::str::FromStr;

use thiserror::Error;

use super::{INTERVAL_NS, time};

/// The longest part, in ns: a day.
const LONGEST_NS: u64 = 24 * 3600 * 1_000_000_000;
/// The most that can be asked for, in percent: a thousand CPUs.
const MOST_PERCENT: u32 = 100_000;
/// The most parts.
const MOST_PARTS: usize = 64;

/// What one step is, in the unit that demand is summed in: percent times ns.
const STEP_WORK: u128 = 100 * INTERVAL_NS as u128;

/// A schedule of demand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    parts: Vec<Part>,
    after: After,
}

/// A time of one demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    length_ns: u64,
    percent: u32,
}

/// What follows the last part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// This demand for good, in percent.
    Constant(u32),
    /// The first part.
    Repeat,
}

impl Default for After {
    fn default() -> Self {
        Self::Constant(0)
    }
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// Nothing, or nothing between two commas.
    #[error("load= has an empty part; give DURATION:PERCENT,..., such as load=5s:50,10s:400,5s:50")]
    Empty,
    /// The duration cannot be read.
    #[error("load=: `{0}` is no duration; use 500ms, 5s or 2m, a day at the most")]
    Duration(String),
    /// The demand cannot be read.
    #[error("load=: `{0}` is no demand; use percent of one CPU, from 0 to 100000")]
    Percent(String),
    /// Something follows a part that has no end.
    #[error("load=: `{0}` has no duration, so nothing can follow it; write it as 5s:{0}")]
    Endless(String),
    /// `repeat` in the wrong place.
    #[error("load=: `repeat` stands at the end, after at least one DURATION:PERCENT")]
    Repeat,
    /// More than anybody needs.
    #[error("load=: more than {MOST_PARTS} parts")]
    TooMany,
}

impl FromStr for Load {
    type Err = LoadError;

    fn from_str(text: &str) -> Result<Self, LoadError> {
        let mut load = Self::default();
        let mut words = text.split(',').peekable();
        while let Some(word) = words.next() {
            let is_last = words.peek().is_none();
            match word.split_once(':') {
                None if word.is_empty() => return Err(LoadError::Empty),
                None if word == "repeat" => {
                    if !is_last || load.parts.is_empty() {
                        return Err(LoadError::Repeat);
                    }
                    load.after = After::Repeat;
                }
                None => {
                    let percent = percent(word)?;
                    if !is_last {
                        return Err(LoadError::Endless(word.to_string()));
                    }
                    load.after = After::Constant(percent);
                }
                Some((length, demand)) => load.parts.push(Part {
                    length_ns: length_ns(length)?,
                    percent: percent(demand)?,
                }),
            }
            if load.parts.len() > MOST_PARTS {
                return Err(LoadError::TooMany);
            }
        }
        Ok(load)
    }
}

fn length_ns(text: &str) -> Result<u64, LoadError> {
    time::parse_ns(text)
        .filter(|length_ns| (1..=LONGEST_NS).contains(length_ns))
        .ok_or_else(|| LoadError::Duration(text.to_string()))
}

fn percent(text: &str) -> Result<u32, LoadError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let percent = text.parse().ok().filter(|_| digits);
    percent
        .filter(|percent| *percent <= MOST_PERCENT)
        .ok_or_else(|| LoadError::Percent(text.to_string()))
}

impl Load {
    /// No demand at all.
    pub const NOTHING: Self = Self {
        parts: Vec::new(),
        after: After::Constant(0),
    };

    /// How many steps have arrived `passed_ns` after the beginning, whole ones.
    pub fn arrived(&self, passed_ns: u64) -> u64 {
        let work = match self.after {
            After::Constant(percent) => {
                let (work, left_ns) = self.once(passed_ns);
                work + u128::from(percent) * u128::from(left_ns)
            }
            After::Repeat => {
                let period_ns: u64 = self.parts.iter().map(|part| part.length_ns).sum();
                let (whole, _) = self.once(period_ns);
                let rounds = passed_ns.checked_div(period_ns).unwrap_or(0);
                let (begun, _) = self.once(passed_ns - rounds * period_ns);
                u128::from(rounds) * whole + begun
            }
        };
        u64::try_from(work / STEP_WORK).unwrap_or(u64::MAX)
    }

    /// The work of the parts in the first `passed_ns`, and the time that lies behind them all.
    fn once(&self, passed_ns: u64) -> (u128, u64) {
        let mut work = 0;
        let mut left_ns = passed_ns;
        for part in &self.parts {
            let length_ns = left_ns.min(part.length_ns);
            work += u128::from(part.percent) * u128::from(length_ns);
            left_ns -= length_ns;
        }
        (work, left_ns)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const S: u64 = 1_000_000_000;
    /// Steps that one CPU does in a second.
    const PER_S: u64 = S / INTERVAL_NS;

    fn load(text: &str) -> Load {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    fn arrived(text: &str, passed_ns: u64) -> u64 {
        load(text).arrived(passed_ns)
    }

    #[test]
    fn a_schedule_that_ends() {
        let text = "5s:50,10s:400,5s:50";
        assert_eq!(arrived(text, 0), 0);
        assert_eq!(arrived(text, 2 * S), PER_S);
        assert_eq!(arrived(text, 5 * S), 5 * PER_S / 2);
        assert_eq!(arrived(text, 6 * S), 5 * PER_S / 2 + 4 * PER_S);
        let all = 45 * PER_S;
        assert_eq!(arrived(text, 20 * S), all);
        assert_eq!(arrived(text, 1_000 * S), all, "and then nothing");
    }

    #[test]
    fn a_schedule_that_stays_and_one_that_repeats() {
        assert_eq!(arrived("300", 7 * S), 21 * PER_S);
        assert_eq!(arrived("2s:0,100", 5 * S), 3 * PER_S);
        let text = "1s:100,500ms:0,repeat";
        assert_eq!(arrived(text, 3 * S), 2 * PER_S);
        assert_eq!(arrived(text, 3 * S + S / 2), 2 * PER_S + PER_S / 2);
        assert_eq!(arrived("1m:100", 120 * S), 60 * PER_S);
    }

    #[test]
    fn every_mistake_has_its_error() {
        let error = |text: &str| text.parse::<Load>().expect_err(text).to_string();
        for (text, part) in [
            ("", "empty part"),
            ("5s:50,", "empty part"),
            ("5:50", "`5` is no duration"),
            ("0s:50", "`0s` is no duration"),
            ("25h:50", "`25h` is no duration"),
            ("99999999999999999999s:1", "is no duration"),
            ("5s:fast", "`fast` is no demand"),
            ("5s:100001", "`100001` is no demand"),
            ("+5", "`+5` is no demand"),
            ("5s:", "`` is no demand"),
            ("50,5s:10", "`50` has no duration"),
            ("repeat", "stands at the end"),
            ("5s:50,repeat,5s:50", "stands at the end"),
        ] {
            let said = error(text);
            assert!(said.contains(part), "{text}: {said}");
        }
        let many = ["1s:1"; 65].join(",");
        assert!(error(&many).contains("64"), "{}", error(&many));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9smh:,repat]{0,40}|.{0,20}") {
            if let Ok(load) = text.parse::<Load>() {
                load.arrived(u64::MAX);
            }
        }

        /// The sum in one piece is the sum in many.
        #[test]
        fn demand_adds_up(
            parts in prop::collection::vec((1_u64..5_000, 0_u32..1_000), 1..6),
            repeat in any::<bool>(),
            at_ms in 0_u64..40_000,
        ) {
            let mut words: Vec<_> = parts.iter().map(|(ms, percent)| format!("{ms}ms:{percent}")).collect();
            if repeat {
                words.push("repeat".into());
            }
            let load = load(&words.join(","));
            // Percent times ms, ms by ms.
            let rate = |ms: u64| {
                let period: u64 = parts.iter().map(|(length, _)| length).sum();
                let mut left = if repeat { ms % period } else { ms };
                for (length, percent) in &parts {
                    if left < *length {
                        return u64::from(*percent);
                    }
                    left -= length;
                }
                0
            };
            let work: u64 = (0..at_ms).map(rate).sum();
            prop_assert_eq!(load.arrived(at_ms * 1_000_000), work * 1_000_000 / (100 * INTERVAL_NS));
        }
    }
}
