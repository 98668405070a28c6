//! The console's UART: a PL011, where the device tree has it.

use core::ptr::NonNull;

use arm_pl011_uart::{
    DataBits, LineConfig, PL011Registers, Parity, StopBits, Uart as Pl011, UniqueMmioPointer,
};

/// Bytes of its registers.
const LENGTH: u64 = size_of::<PL011Registers>() as u64;

/// For a rate that a virtual UART does not look at: QEMU's clock for it, in Hz.
const CLOCK: u32 = 24_000_000;
const BAUD: u32 = 115_200;

/// The UART, enabled.
pub struct Uart(Pl011<'static>);

impl Uart {
    /// The one at physical address `base`, if that can be one.
    pub fn open(base: u64) -> Option<Self> {
        let end = base.checked_add(LENGTH)?;
        if !base.is_multiple_of(4) || end > super::paging::IDENTITY_END {
            return None;
        }
        let registers = NonNull::new(base as *mut PL011Registers)?;
        // SAFETY: the device tree names this address as a PL011's, it is mapped as device memory (identity) and nothing
        // else in this guest uses it.
        let mut uart = Pl011::new(unsafe { UniqueMmioPointer::new(registers) });
        if !uart.read_identification().is_valid() {
            return None;
        }
        let line = LineConfig {
            data_bits: DataBits::Bits8,
            parity: Parity::None,
            stop_bits: StopBits::One,
        };
        uart.enable(line, BAUD, CLOCK).ok()?;
        Some(Self(uart))
    }

    /// Sends a byte if there is room for it.
    pub fn try_send(&mut self, byte: u8) -> bool {
        let room = !self.0.is_tx_fifo_full();
        if room {
            self.0.write_word(byte);
        }
        room
    }
}
