//! The console: a 16550 UART, for people.
//!
//! It opens at COM1's traditional port, because the first messages are due before any table is read.

use core::fmt::{self, Write};

use spin::Mutex;
use uart_16550::backend::PioBackend;
use uart_16550::{Config, Uart16550};

/// COM1 on every PC.
const COM1: u16 = 0x3F8;

/// Polls for room in the transmitter before a byte is given up; a UART that never drains must not stop the guest.
const PATIENCE: u32 = 100_000;

/// Looks at the console's lock before its holder is taken for dead.
const LOCK_TRIES: u32 = 1_000_000;

static CONSOLE: Mutex<Console> = Mutex::new(Console {
    uart: None,
    stuck: false,
});

struct Console {
    uart: Option<Uart16550<PioBackend>>,
    /// The last byte found no room: until one does, the next ones are not waited for.
    stuck: bool,
}

impl Console {
    fn send(&mut self, byte: u8) {
        let Some(uart) = &mut self.uart else { return };
        let tries = if self.stuck { 1 } else { PATIENCE };
        self.stuck = !(0..tries).any(|_| uart.try_send_byte(byte).is_ok());
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
pub fn init() {
    // SAFETY: COM1's eight ports belong to a UART or to nothing, and nothing else in this guest uses them.
    let Ok(mut uart) = (unsafe { Uart16550::new_port(COM1) }) else {
        return;
    };
    if uart.init(Config::default()).is_ok() {
        CONSOLE.lock().uart = Some(uart);
    }
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
