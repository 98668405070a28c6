//! The doorbell lines: GSIs that were wired up, and when each last rang.
//!
//! A level-triggered line is masked by its handler and unmasked by the kernel's loop once the cause is dealt with;
//! otherwise it would ring without end. An edge-triggered line is never masked: an I/O APIC forgets an edge that
//! arrives while it is.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use spin::Mutex;
use x86_64::instructions::interrupts::without_interrupts;

use crate::x86_64::{clock, io_apic, local_apic};

const FIRST_VECTOR: u8 = 0x50;
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

/// Routes `gsi` to this CPU. `None`: no I/O APIC has that pin, too many lines are wired, or this CPU's APIC ID does
/// not fit the 8 bits of an I/O APIC's destination.
pub fn wire(gsi: u32, level: bool, active_low: bool) -> Option<Line> {
    let apic_id = u8::try_from(local_apic::id()).ok()?;
    let mut wired = WIRING.lock();
    let line = Line(*wired);
    let state = LINES.get(line.0)?;
    state.level.store(u32::from(level), Ordering::Relaxed);
    state.gsi.store(gsi, Ordering::Release);
    let vector = FIRST_VECTOR + line.0 as u8;
    if !io_apic::route(gsi, vector, apic_id, level, active_low) {
        state.gsi.store(UNUSED, Ordering::Release);
        return None;
    }
    *wired += 1;
    Some(line)
}

/// The handler: records that `vector`'s line rang, and when.
pub(super) fn rang(vector: u8) {
    let index = usize::from(vector.wrapping_sub(FIRST_VECTOR));
    let Some(state) = LINES.get(index) else {
        return;
    };
    let gsi = state.gsi.load(Ordering::Acquire);
    if gsi == UNUSED {
        return;
    }
    if state.level.load(Ordering::Relaxed) != 0 {
        io_apic::set_masked(gsi, true);
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
            io_apic::set_masked(state.gsi.load(Ordering::Acquire), false);
        }
    }
}
