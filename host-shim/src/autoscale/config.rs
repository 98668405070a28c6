//! What a user asks of the scaler, and whether it makes sense.

use std::time::Duration;

use crate::error::Error;

/// Bounds, target and patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Never fewer vCPUs.
    pub min: u32,
    /// Never more.
    pub max: u32,
    /// How busy the vCPUs shall be, in percent.
    pub target: u32,
    /// How far the load may be off the target before anything is done, in percentage points.
    pub band: u32,
    /// After any change, no vCPU comes for so long.
    pub up_cooldown: Duration,
    /// After any change, no vCPU goes for so long.
    pub down_cooldown: Duration,
    /// From one sample to the next.
    pub interval: Duration,
    /// The time over which the load is measured.
    pub window: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            min: 1,
            max: 8,
            target: 70,
            band: 10,
            up_cooldown: Duration::from_secs(1),
            down_cooldown: Duration::from_secs(5),
            interval: Duration::from_secs(1),
            window: Duration::from_secs(2),
        }
    }
}

/// The shortest time between two samples: guests count busy time in steps of up to 10 ms.
pub const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

impl Config {
    /// Checks that the numbers fit together.
    ///
    /// # Errors
    /// The first that does not, with what to change.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Usage(text));
        let (min, max, target, band) = (self.min, self.max, self.target, self.band);
        if min == 0 {
            return wrong("--min is at least 1: a domain has at least one vCPU".to_owned());
        }
        if min > max {
            return wrong(format!(
                "--min {min} is above --max {max}; take a larger --max"
            ));
        }
        if target == 0 || target >= 100 || band >= target || target.saturating_add(band) >= 100 {
            return wrong(format!(
                "--target {target}% with --band {band}: both ends, {} and {}, have to lie between 0% and 100%, or the load could never reach them; choose others",
                i64::from(target) - i64::from(band),
                u64::from(target) + u64::from(band)
            ));
        }
        if self.interval < SHORTEST_INTERVAL {
            return wrong(format!(
                "--interval {:?} is shorter than {SHORTEST_INTERVAL:?}; guests do not count busy time that finely",
                self.interval
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_said_with_its_option() {
        assert!(Config::default().check().is_ok());
        let wrong = |change: fn(&mut Config), word: &str| {
            let mut config = Config::default();
            change(&mut config);
            let said = config.check().expect_err(word).to_string();
            assert!(said.contains(word), "{said}");
        };
        wrong(|config| config.min = 0, "--min");
        wrong(|config| config.min = 9, "--max");
        wrong(|config| config.target = 95, "--band");
        wrong(|config| config.target = u32::MAX, "--target");
        wrong(|config| config.band = 70, "--band");
        wrong(
            |config| config.interval = Duration::from_millis(99),
            "--interval",
        );
    }
}
