//! Real time for the scaler, until its own end or a signal.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hotvcpu::Error;
use hotvcpu::autoscale::run::{Pace, Tick};
use hotvcpu::autoscale::summary::End;

/// A sample each interval. One that is late does not make those after it late, too.
pub struct Clock {
    begin: Instant,
    interval: Duration,
    next: Duration,
    until: Option<Duration>,
    stop: Receiver<()>,
}

impl Clock {
    /// A clock that runs from now on; Ctrl-C and SIGTERM end it.
    pub fn start(interval: Duration, until: Option<Duration>) -> Result<Self, Error> {
        let (sender, stop) = channel();
        // Nobody listens any more when the end has begun.
        ctrlc::set_handler(move || {
            let _ = sender.send(());
        })
        .map_err(|error| {
            Error::io("cannot take SIGINT")(std::io::Error::other(error.to_string()))
        })?;
        Ok(Self {
            begin: Instant::now(),
            interval,
            next: Duration::ZERO,
            until,
            stop,
        })
    }
}

impl Pace for Clock {
    fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    fn next(&mut self) -> Tick {
        let (now, until) = (self.now(), self.until.unwrap_or(Duration::MAX));
        let at = self.next.max(now).min(until);
        match self.stop.recv_timeout(at.saturating_sub(now)) {
            Ok(()) => return Tick::End(End::Interrupted),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        if self.now() >= until {
            return Tick::End(End::TimeIsOver);
        }
        self.next = at.saturating_add(self.interval);
        Tick::Sample
    }
}
