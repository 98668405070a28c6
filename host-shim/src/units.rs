//! Sizes and times as people write them.

use std::time::Duration;

/// A size in MiB: `64M`, `1G`, or a plain number of MiB.
pub fn memory_mib(text: &str) -> Result<u32, String> {
    let wrong = || format!("{text:?} is not a size; write it as in 64M or 1G");
    let (number, factor) = match text.strip_suffix(['G', 'g']) {
        Some(number) => (number, 1024),
        None => (text.strip_suffix(['M', 'm']).unwrap_or(text), 1),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(factor)
        .filter(|mib| *mib > 0)
        .ok_or_else(wrong)
}

/// A time: `500ms`, `30s`, `2m`, or a plain number of seconds. At most a day.
pub fn duration(text: &str) -> Result<Duration, String> {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let wrong = || format!("{text:?} is not a time up to a day; write it as in 30s, 500ms or 2m");
    let units = [("ms", 1), ("s", 1000), ("m", 60_000)];
    let suffixed = units
        .iter()
        .find_map(|(unit, ms)| Some((text.strip_suffix(unit)?, *ms)));
    let (number, factor) = suffixed.unwrap_or((text, 1000));
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let total = number
        .checked_mul(factor)
        .filter(|ms| *ms <= DAY_MS)
        .ok_or_else(wrong)?;
    Ok(Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(memory_mib("64M"), Ok(64));
        assert_eq!(memory_mib("2G"), Ok(2048));
        assert_eq!(memory_mib("96"), Ok(96));
        for wrong in ["", "0", "M", "-1M", "64K", "5000000G"] {
            assert!(memory_mib(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("7"), Ok(Duration::from_secs(7)));
        for wrong in ["", "s", "1h", "-3s", "99999999999999999999s", "86401s"] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
