//! The console: a PL011, which is not waited for any more once it has been too long. The monitor prints too, with its
//! lock held: a console that nobody drains must not stop all CPUs for more than one character's time.

use core::fmt::{self, Write};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arm_pl011_uart::{DataBits, LineConfig, PL011Registers, Parity, StopBits, Uart};
use safe_mmio::UniqueMmioPointer;

/// Where QEMU's `virt` has its first PL011. Only for messages that come before the device tree is read, or because
/// there is none.
const FALLBACK: usize = 0x0900_0000;

/// How often the transmitter is asked whether it has room before a character is dropped.
const PATIENCE: u32 = 1_000_000;

/// The device's clock on QEMU; it matters only for the divisor, which QEMU ignores.
const CLOCK_HZ: u32 = 24_000_000;

/// The last character found no room: until one does, the next ones are not waited for.
static STUCK: AtomicBool = AtomicBool::new(false);

static ADDRESS: AtomicUsize = AtomicUsize::new(FALLBACK);

/// The address of the device's registers.
pub fn address() -> usize {
    ADDRESS.load(Ordering::Relaxed)
}

/// Makes the PL011 at `address`, which is mapped as a device, the console.
pub fn open(address: usize) {
    ADDRESS.store(address, Ordering::Relaxed);
    let line = LineConfig {
        data_bits: DataBits::Bits8,
        parity: Parity::None,
        stop_bits: StopBits::One,
    };
    if let Some(mut uart) = uart() {
        // The one error is a divisor that the clock does not allow; the line then keeps the speed that it has.
        let _ = uart.enable(line, 115_200, CLOCK_HZ);
    }
}

/// Writes to the console.
pub fn print(text: fmt::Arguments<'_>) {
    if let Some(uart) = uart() {
        // Writing cannot fail: what does not go out is dropped.
        let _ = Console(uart).write_fmt(text);
    }
}

struct Console(Uart<'static>);

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte == b'\n' {
                self.put(b'\r');
            }
            self.put(byte);
        }
        Ok(())
    }
}

impl Console {
    fn put(&mut self, byte: u8) {
        let tries = if STUCK.load(Ordering::Relaxed) {
            1
        } else {
            PATIENCE
        };
        let has_room = (0..tries).any(|_| !self.0.is_tx_fifo_full());
        if has_room {
            self.0.write_word(byte);
        }
        STUCK.store(!has_room, Ordering::Relaxed);
    }
}

fn uart() -> Option<Uart<'static>> {
    let registers = NonNull::new(address() as *mut PL011Registers)?;
    // SAFETY: the address is the device tree's or QEMU's own, where the registers are; they are mapped as a device (or
    // the MMU is off). Each pointer lives for one message; what the guest and other CPUs do to the device meanwhile can
    // mix the characters up, and nothing else.
    Some(Uart::new(unsafe { UniqueMmioPointer::new(registers) }))
}
