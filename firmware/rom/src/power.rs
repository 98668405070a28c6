//! The end: power-off, by PSCI.

use core::sync::atomic::{AtomicU8, Ordering};

use aarch64_cpu::asm::wfe;
use hotvcpu_boot::device_tree::Conduit;
use smccc::{Hvc, Smc, psci};

use crate::level::Level;

/// The conduit that the device tree names: 0 not known, 1 HVC, 2 SMC.
static CONDUIT: AtomicU8 = AtomicU8::new(0);

/// Remembers the conduit that the device tree names.
pub fn use_conduit(conduit: Conduit) {
    let number = match conduit {
        Conduit::Hvc => 1,
        Conduit::Smc => 2,
    };
    CONDUIT.store(number, Ordering::Relaxed);
}

/// Powers the machine off.
pub fn off() -> ! {
    // Without a device tree: PSCI is always implemented one level above ours.
    let by_hvc = match CONDUIT.load(Ordering::Relaxed) {
        0 => Level::current() == Level::El1,
        number => number == 1,
    };
    // If it fails, there is nothing left but to stop.
    let _ = match (Level::current(), by_hvc) {
        (Level::El3, _) => Ok(()),
        (_, true) => psci::system_off::<Hvc>(),
        (_, false) => psci::system_off::<Smc>(),
    };
    stop()
}

/// Does nothing for ever.
pub fn stop() -> ! {
    loop {
        wfe();
    }
}
