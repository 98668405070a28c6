//! A line for a person who waits: what is waited for, and for how long already.
//!
//! It appears after a second, on a terminal only, and leaves nothing behind. What takes less needs no explanation, and programs
//! want none.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How long nothing is shown.
const QUIET: Duration = Duration::from_secs(1);

/// How often the line moves.
const TICK: Duration = Duration::from_millis(120);

/// The line, until it is dropped.
#[derive(Debug)]
pub struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// A line that says this, if somebody could see it.
    pub fn new(text: String) -> Self {
        let nothing = Self {
            stop: None,
            thread: None,
        };
        if !stderr().is_terminal() {
            return nothing;
        }
        let (stop, stopped) = channel::<()>();
        let show = move || {
            if stopped.recv_timeout(QUIET) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let line = ProgressBar::new_spinner()
                .with_message(text)
                .with_elapsed(QUIET);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
                line.set_style(style);
            }
            line.enable_steady_tick(TICK);
            // Nothing is ever sent: the wait ends with its sender.
            let _ = stopped.recv();
            line.finish_and_clear();
        };
        match thread::Builder::new().spawn(show) {
            Ok(thread) => Self {
                stop: Some(stop),
                thread: Some(thread),
            },
            Err(_) => nothing,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
