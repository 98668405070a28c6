//! Runs one cargo call of a test run: lets its output through, counts on the way, and does not wait for ever.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::tally::{Tally, failed_test};
use crate::process;

/// How long one step may take. Ten times what the slowest takes on two cores; more than this is a hang.
pub const STEP_LIMIT: Duration = Duration::from_secs(20 * 60);

/// How long output may still come after its writer has ended: a left-over grandchild may hold the pipe for ever.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

const POLL: Duration = Duration::from_millis(50);

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub status: ExitStatus,
    /// The sum of the test summaries in its output.
    pub tally: Tally,
    /// The names of the tests that failed.
    pub failed_tests: Vec<String>,
}

/// Runs `command` to its end.
///
/// # Errors
/// If it cannot be started, takes longer than `limit`, or xtask is told to stop.
pub fn run(command: &mut Command, limit: Duration) -> Result<Outcome> {
    process::check_interrupted()?;
    let child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn();
    let mut child = child.with_context(|| format!("cannot start `{}`", process::shown(command)))?;
    let lines = lines(child.stdout.take().context("its output is a pipe")?);
    let mut tally = Tally::default();
    let mut failed_tests = Vec::new();
    let mut show = |line: String| {
        tally += Tally::of_line(&line).unwrap_or_default();
        failed_tests.extend(failed_test(&line).map(str::to_owned));
        println!("{line}");
    };
    let status = follow(&mut child, &lines, limit, &mut show)?;
    let deadline = Instant::now() + DRAIN_LIMIT;
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        show(line);
        if Instant::now() > deadline {
            break;
        }
    }
    process::check_interrupted()?;
    Ok(Outcome {
        status,
        tally,
        failed_tests,
    })
}

/// Shows the output of `child` until it ends.
fn follow(
    child: &mut Child,
    lines: &Receiver<String>,
    limit: Duration,
    show: &mut impl FnMut(String),
) -> Result<ExitStatus> {
    let start = Instant::now();
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => show(line),
            Err(RecvTimeoutError::Timeout) => {}
            // It closed its output and may still be running.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(POLL),
        }
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            process::end_descendants();
            child.kill()?;
            child.wait()?;
            bail!("not finished after {} s, and ended", limit.as_secs());
        }
    }
}

/// The lines of `output` as they come.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line)
                .trim_end_matches('\n')
                .to_owned();
            if sender.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Outcome> {
        run(Command::new("sh").args(["-c", script]), limit)
    }

    #[test]
    fn summaries_are_added_up() {
        let script = "echo 'test result: ok. 2 passed; 0 failed; 1 ignored'; echo 'test a::b ... FAILED'; \
                      printf 'test result: FAILED. 1 passed; 4 failed; 0 ignored'; exit 7";
        let Outcome {
            status,
            tally,
            failed_tests,
        } = shell(script, STEP_LIMIT).expect("sh runs");
        assert_eq!(status.code(), Some(7));
        assert_eq!(failed_tests, ["a::b"]);
        assert_eq!(
            tally,
            Tally {
                passed: 3,
                failed: 4,
                ignored: 1,
                skipped: 0
            }
        );
    }

    #[test]
    fn a_grandchild_that_holds_the_output_does_not_hold_us() {
        let folder = tempfile::tempdir().expect("a folder");
        let note = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > '{}'", note.display());
        let status = shell(&script, STEP_LIMIT).expect("sh runs").status;
        let pid = std::fs::read_to_string(&note).expect("the script wrote it");
        let stopped = Command::new("kill")
            .arg(pid.trim())
            .status()
            .expect("kill runs");
        assert!(
            status.success() && stopped.success(),
            "we came back before the grandchild ended"
        );
    }
}
