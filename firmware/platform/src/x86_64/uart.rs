//! The console's UART: a 16550.
//!
//! It opens at COM1's traditional port, because the first messages are due before any table is read.

use uart_16550::backend::PioBackend;
use uart_16550::{Config, Uart16550};

/// COM1 on every PC.
const COM1: u16 = 0x3F8;

/// The UART, initialised.
pub struct Uart(Uart16550<PioBackend>);

impl Uart {
    /// The one at COM1, if there is one.
    pub fn open() -> Option<Self> {
        // SAFETY: COM1's eight ports belong to a UART or to nothing, and nothing else in this guest uses them.
        let mut uart = unsafe { Uart16550::new_port(COM1) }.ok()?;
        uart.init(Config::default()).ok()?;
        Some(Self(uart))
    }

    /// Sends a byte if there is room for it.
    pub fn try_send(&mut self, byte: u8) -> bool {
        self.0.try_send_byte(byte).is_ok()
    }
}
