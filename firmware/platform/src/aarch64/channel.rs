//! Event records leave through a virtio console (virtio 1.2, 5.3) behind virtio-mmio registers (4.2.2).
//!
//! A batch of records is copied into a free buffer and handed to the device, and nobody waits for it: QEMU takes the
//! buffers in its own time. Only when all are with the device, or the machine is about to end, is there a wait, and
//! that has a deadline. Not `virtio-drivers`' own console driver: its send waits for the device without end.

use spin::Mutex;
use virtio_drivers::transport::Transport;

use super::timer;
use crate::channel::{OpenError, Place};
use crate::virtio::{AnyTransport, Direction, Features, Lane, mmio};

/// The first port's queue towards the host (5.3.2).
const TRANSMIT: u16 = 1;

const BUFFERS: usize = 8;
const BUFFER_BYTES: usize = 8 * 1024;

/// How long the device may keep all buffers before records are dropped, in ms.
const PATIENCE_MS: u64 = 1_000;

static CONSOLE: Mutex<Option<Console>> = Mutex::new(None);

struct Console {
    transport: AnyTransport,
    lane: Lane,
    /// The device kept all buffers for too long; until it gives one back, records are dropped.
    stuck: bool,
}

/// Takes the virtio console at `place` as the event channel.
///
/// # Errors
/// [`OpenError`].
pub fn open(place: Place) -> Result<(), OpenError> {
    let Place::VirtioMmio(address) = place else {
        return Err(OpenError::OtherArchitecture(place));
    };
    let mut transport = mmio::console(address).ok_or(OpenError::NoDevice(place))?;
    let unusable = |why| OpenError::Unusable(place, why);
    if transport.requires_legacy_layout() {
        return Err(unusable(
            "it is a legacy one: start QEMU with -global virtio-mmio.force-legacy=false",
        ));
    }
    transport.begin_init(Features::VERSION_1);
    let size = (BUFFERS, BUFFER_BYTES);
    let lane = Lane::new(&mut transport, TRANSMIT, Direction::ToDevice, size)
        .ok_or(unusable("its queue cannot be set up"))?;
    transport.finish_init();
    *CONSOLE.lock() = Some(Console {
        transport,
        lane,
        stuck: false,
    });
    Ok(())
}

/// Sends `bytes`; they are dropped where no channel is open, or the device has taken none for a second.
pub fn write(bytes: &[u8]) {
    if let Some(console) = CONSOLE.lock().as_mut() {
        for piece in bytes.chunks(BUFFER_BYTES) {
            console.send(piece);
        }
    }
}

/// Waits until the host has everything, at most a second; from an exception or a panic too.
pub fn settle() {
    if let Some(mut console) = CONSOLE.try_lock()
        && let Some(console) = console.as_mut()
    {
        wait_until(|| {
            console.lane.reclaim();
            console.lane.all_free()
        });
    }
}

impl Console {
    fn send(&mut self, piece: &[u8]) {
        if self.await_room() {
            self.lane.send(piece, &mut self.transport);
        }
    }

    /// Waits for a buffer that the device does not have. False: it keeps them all.
    fn await_room(&mut self) -> bool {
        let was_stuck = self.stuck;
        wait_until(|| {
            self.lane.reclaim();
            self.lane.free().is_some() || was_stuck
        });
        self.stuck = self.lane.free().is_none();
        !self.stuck
    }
}

/// Asks `done` until it says yes, or the device's time is over.
fn wait_until(mut done: impl FnMut() -> bool) {
    let end = timer::counter().saturating_add(timer::frequency() / 1_000 * PATIENCE_MS);
    while !done() && timer::counter() < end {
        core::hint::spin_loop();
    }
}
