//! The console: a UART, for people.

use core::fmt::{self, Write};

use spin::Mutex;

use crate::arch::uart::Uart;

/// Polls for room in the transmitter before a byte is given up; a UART that never drains must not stop the guest.
const PATIENCE: u32 = 100_000;

/// Looks at the console's lock before its holder is taken for dead.
const LOCK_TRIES: u32 = 1_000_000;

static CONSOLE: Mutex<Console> = Mutex::new(Console {
    uart: None,
    stuck: false,
});

struct Console {
    uart: Option<Uart>,
    /// The last byte found no room: until one does, the next ones are not waited for.
    stuck: bool,
}

impl Console {
    fn send(&mut self, byte: u8) {
        let Some(uart) = &mut self.uart else { return };
        let tries = if self.stuck { 1 } else { PATIENCE };
        self.stuck = !(0..tries).any(|_| uart.try_send(byte));
    }
}

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte == b'\n' {
                self.send(b'\r');
            }
            self.send(byte);
        }
        Ok(())
    }
}

/// Opens the console. Without a UART the guest goes on in silence.
pub(crate) fn init(uart: Option<Uart>) {
    CONSOLE.lock().uart = uart;
}

/// Prints `arguments` as one piece, not interleaved with what other CPUs print.
pub fn print(arguments: fmt::Arguments<'_>) {
    // The console itself never fails.
    let _ = CONSOLE.lock().write_fmt(arguments);
}

/// Prints from an exception or a panic, where this same CPU may hold the console's lock.
pub fn print_emergency(arguments: fmt::Arguments<'_>) {
    for _ in 0..LOCK_TRIES {
        if let Some(mut console) = CONSOLE.try_lock() {
            let _ = console.write_fmt(arguments);
            return;
        }
        core::hint::spin_loop();
    }
    // SAFETY: the holder has not moved for a million tries: it is this CPU, which does not return to it, or it hangs.
    unsafe { CONSOLE.force_unlock() };
    print(arguments);
}
