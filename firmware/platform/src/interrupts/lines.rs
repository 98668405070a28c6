//! The doorbell lines: GSIs that were wired up, and when each last rang.
//!
//! A level-triggered line is masked by its handler and unmasked by the kernel's loop once the cause is dealt with;
//! otherwise it would ring without end. An edge-triggered line is never masked: an I/O APIC forgets an edge that
//! arrives while it is.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use spin::Mutex;

use crate::arch::interrupts::{route, set_masked, without_interrupts};
use crate::clock;

const MAX_LINES: usize = 16;
const UNUSED: u32 = u32::MAX;

struct State {
    gsi: AtomicU32,
    level: AtomicU32,
    /// Rings that the loop has not seen yet.
    rings: AtomicU32,
    /// The time of the first of them, in ns.
    first: AtomicU64,
}

static LINES: [State; MAX_LINES] = [const {
    State {
        gsi: AtomicU32::new(UNUSED),
        level: AtomicU32::new(0),
        rings: AtomicU32::new(0),
        first: AtomicU64::new(0),
    }
}; MAX_LINES];

static WIRING: Mutex<usize> = Mutex::new(0);

/// A wired line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line(usize);

/// Rings since the line was last asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// When the first of them was, in ns since entry.
    pub t_ns: u64,
    /// How many there were.
    pub count: u32,
}

/// Routes `gsi` to this CPU. `None`: no interrupt controller has that line or can route it here, or too many are wired.
pub fn wire(gsi: u32, level: bool, active_low: bool) -> Option<Line> {
    let mut wired = WIRING.lock();
    let line = Line(*wired);
    let state = LINES.get(line.0)?;
    state.level.store(u32::from(level), Ordering::Relaxed);
    state.gsi.store(gsi, Ordering::Release);
    if !route(gsi, line.0, level, active_low) {
        state.gsi.store(UNUSED, Ordering::Release);
        return None;
    }
    *wired += 1;
    Some(line)
}

/// The handler: records that a line rang, and when. `is` picks the line, by its place among the wired ones or its GSI.
pub(crate) fn rang(is: impl Fn(usize, u32) -> bool) {
    let gsi = |state: &State| state.gsi.load(Ordering::Acquire);
    let mut lines = LINES.iter().enumerate();
    let found = lines.find(|(place, state)| gsi(state) != UNUSED && is(*place, gsi(state)));
    let Some((_, state)) = found else {
        return;
    };
    if state.level.load(Ordering::Relaxed) != 0 {
        set_masked(gsi(state), true);
    }
    if state.rings.load(Ordering::Relaxed) == 0 {
        state.first.store(clock::now_ns(), Ordering::Relaxed);
    }
    state.rings.fetch_add(1, Ordering::Release);
}

impl Line {
    /// Whether the line rang since [`Line::take`].
    pub fn is_ringing(self) -> bool {
        LINES[self.0].rings.load(Ordering::Acquire) != 0
    }

    /// Takes note of the rings so far.
    pub fn take(self) -> Option<Ring> {
        let state = &LINES[self.0];
        // The handler runs on this CPU: with interrupts off, the count and the time belong together.
        without_interrupts(|| {
            let count = state.rings.swap(0, Ordering::AcqRel);
            let t_ns = state.first.load(Ordering::Relaxed);
            (count != 0).then_some(Ring { t_ns, count })
        })
    }

    /// Lets the line ring again, after what it rang for has been dealt with.
    pub fn rearm(self) {
        let state = &LINES[self.0];
        if state.level.load(Ordering::Relaxed) != 0 {
            set_masked(state.gsi.load(Ordering::Acquire), false);
        }
    }
}
