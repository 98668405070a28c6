//! Counting: what the test harnesses say, and what the steps that are no harness come to.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were not run because they are marked so.
    pub ignored: u64,
    /// Steps that could not be taken on this machine.
    pub skipped: u64,
}

impl Tally {
    /// One thing that passed.
    pub const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        ignored: 0,
        skipped: 0,
    };

    /// One thing that failed.
    pub const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        ignored: 0,
        skipped: 0,
    };

    /// One thing that could not be tried here.
    pub const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        ignored: 0,
        skipped: 1,
    };

    /// What one line of a test harness's output adds, if it is a summary (`test result: ok. 3 passed; ...`).
    pub fn of_line(line: &str) -> Option<Self> {
        let (_, counts) = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?;
        let mut tally = Self::default();
        for count in counts.split(';') {
            let (number, what) = count.trim().split_once(' ')?;
            match what {
                "passed" => tally.passed = number.parse().ok()?,
                "failed" => tally.failed = number.parse().ok()?,
                "ignored" => tally.ignored = number.parse().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }
}

/// The test that a line of a harness's output says has failed.
pub fn failed_test(line: &str) -> Option<&str> {
    line.trim()
        .strip_prefix("test ")?
        .strip_suffix(" ... FAILED")
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.skipped += other.skipped;
    }
}

/// The last line of `cargo xtask test`: other programs read it, so its form is fixed.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.10s";
        assert_eq!(
            Tally::of_line(line),
            Some(Tally {
                passed: 12,
                failed: 3,
                ignored: 1,
                skipped: 0
            })
        );
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "test a ... ok",
            "running 3 tests",
            "test result: ",
            "the test result: ok. 1 passed",
        ] {
            assert_eq!(Tally::of_line(line), None, "{line}");
        }
        assert_eq!(
            Tally::of_line("test result: ok. many passed; 0 failed"),
            None
        );
    }

    #[test]
    fn a_failed_test_has_a_name() {
        assert_eq!(
            failed_test("test qmp::greeting ... FAILED"),
            Some("qmp::greeting")
        );
        assert_eq!(
            failed_test("test src/lib.rs - start (line 3) ... FAILED"),
            Some("src/lib.rs - start (line 3)")
        );
        assert_eq!(failed_test("test qmp::greeting ... ok"), None);
    }

    #[test]
    fn tallies_add_up() {
        let mut sum = Tally::PASSED;
        sum += Tally::FAILED;
        sum += Tally {
            passed: 5,
            failed: 0,
            ignored: 2,
            skipped: 0,
        };
        assert_eq!(sum.to_string(), "6 passed, 1 failed");
        sum += Tally::SKIPPED;
        assert_eq!(
            sum,
            Tally {
                passed: 6,
                failed: 1,
                ignored: 2,
                skipped: 1
            }
        );
        assert_eq!(sum.to_string(), "6 passed, 1 failed, 1 skipped");
    }
}
