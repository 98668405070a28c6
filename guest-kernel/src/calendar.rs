//! The time of day, from what a PC's real-time clock says (Motorola MC146818A, "Time, Calendar and Alarm Locations").

/// Status register B: hours are counted to 24.
const TO_24: u8 = 1 << 1;
/// Status register B: numbers are binary, not decimal digits.
const BINARY: u8 = 1 << 2;
/// The hours register, where they are counted to 12: afternoon.
const AFTERNOON: u8 = 1 << 7;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The clock's registers, as they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// Seconds.
    pub second: u8,
    /// Minutes.
    pub minute: u8,
    /// Hours.
    pub hour: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The month, from 1.
    pub month: u8,
    /// The year of the century.
    pub year: u8,
    /// Status register B: how the others are to be read.
    pub status: u8,
}

impl Registers {
    /// Seconds since the beginning of 1970; the century is this one. `None`: they are no date.
    pub fn since_1970(self) -> Option<u64> {
        let number = |value: u8| {
            if self.status & BINARY != 0 {
                return Some(value);
            }
            let (tens, units) = (value >> 4, value & 0xF);
            (tens < 10 && units < 10).then_some(10 * tens + units)
        };
        let to_24 = self.status & TO_24 != 0;
        let hour = match to_24 {
            true => number(self.hour)?,
            false => {
                let hour = number(self.hour & !AFTERNOON)?;
                let afternoon = self.hour & AFTERNOON != 0;
                (1..=12).contains(&hour).then_some(())?;
                hour % 12 + if afternoon { 12 } else { 0 }
            }
        };
        let (second, minute) = (number(self.second)?, number(self.minute)?);
        let (day, month) = (number(self.day)?, number(self.month)?);
        let year = 2000 + u32::from(number(self.year).filter(|year| *year < 100)?);
        let possible = second < 60 && minute < 60 && hour < 24 && day <= days_of(month, year)?;
        let days = days_since_1970(year, month, day.checked_sub(1).filter(|_| possible)?);
        let seconds = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
        Some(days * SECONDS_A_DAY + seconds)
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// The days of a month, 1 to 12.
fn days_of(month: u8, year: u32) -> Option<u8> {
    match month {
        2 if is_leap(year) => Some(29),
        2 => Some(28),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// Days since the beginning of 1970, of a day of a month that is counted from 0.
fn days_since_1970(year: u32, month: u8, day: u8) -> u64 {
    let years = (1970..year).map(|year| 365 + u64::from(is_leap(year)));
    let months = (1..month).filter_map(|month| days_of(month, year));
    years.sum::<u64>() + months.map(u64::from).sum::<u64>() + u64::from(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BCD: Registers = Registers {
        second: 0x59,
        minute: 0x30,
        hour: 0x23,
        day: 0x29,
        month: 0x02,
        year: 0x24,
        status: TO_24,
    };

    #[test]
    fn dates_are_read_in_every_form() {
        // 2024-02-29 23:30:59.
        let expected = Some(1_709_249_459);
        assert_eq!(BCD.since_1970(), expected);
        let binary = Registers {
            second: 59,
            minute: 30,
            hour: 23,
            day: 29,
            month: 2,
            year: 24,
            status: TO_24 | BINARY,
        };
        assert_eq!(binary.since_1970(), expected);
        let to_12 = Registers {
            hour: 0x11 | AFTERNOON,
            status: 0,
            ..BCD
        };
        assert_eq!(to_12.since_1970(), expected);
        let midnight = Registers {
            hour: 0x12,
            ..to_12
        };
        let later = expected.map(|at| at - 23 * 3600);
        assert_eq!(midnight.since_1970(), later);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for wrong in [
            Registers { day: 0x30, ..BCD },
            Registers { day: 0, ..BCD },
            Registers { month: 0, ..BCD },
            Registers { month: 0x13, ..BCD },
            Registers { year: 0x23, ..BCD },
            Registers {
                second: 0x60,
                ..BCD
            },
            Registers {
                minute: 0x1A,
                ..BCD
            },
            Registers {
                hour: 0,
                status: 0,
                ..BCD
            },
        ] {
            assert_eq!(wrong.since_1970(), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_day_follows_a_day(year in 0u8..99, month in 1u8..=12) {
            let at = |year, month, day| {
                let status = TO_24 | BINARY;
                Registers { day, month, year, status, ..Registers::default() }.since_1970()
            };
            let last = days_of(month, 2000 + u32::from(year)).expect("a month");
            let next = if month == 12 { at(year + 1, 1, 1) } else { at(year, month + 1, 1) };
            prop_assert_eq!(at(year, month, last).map(|at| at + SECONDS_A_DAY), next);
        }

        #[test]
        fn any_registers_are_read(bytes in any::<[u8; 7]>()) {
            let [second, minute, hour, day, month, year, status] = bytes;
            let registers = Registers { second, minute, hour, day, month, year, status };
            if let Some(at) = registers.since_1970() {
                prop_assert!((946_684_800..4_102_444_800).contains(&at));
            }
        }
    }
}
