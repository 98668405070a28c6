//! The machines that scenarios run on, as a table: a scenario takes a [`Board`] and is listed once for each.

use std::path::PathBuf;

use hotvcpu::{Accel, Generation, GuestConfig, Machine};

use crate::{from_environment, guest_image, qemu_aarch64};

/// A machine, and what differs on it as a scenario sees it.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    /// The machine.
    pub machine: Machine,
    /// The generation of the hotplug protocol that the monitor plays, on ARM; without one there is no monitor.
    pub generation: Option<Generation>,
    /// The method that answers the hotplug doorbell.
    pub handler: &'static str,
    /// QEMU's exit status when the guest ends in an exception: x86 has a device that takes the verdict.
    pub fault_status: i32,
    /// Registers that a report of an exception has, as it names them.
    pub registers: &'static [&'static str],
}

/// PC with PCIe.
pub const Q35: Board = Board {
    machine: Machine::Q35,
    generation: None,
    handler: "_E02",
    fault_status: 0x10 << 1 | 1,
    registers: &["rip ", "rsp ", "cr2 ", "r15 "],
};

/// The old PC.
pub const PC: Board = Board {
    machine: Machine::Pc,
    ..Q35
};

/// x86 without PCI and without CPU hotplug.
pub const MICROVM: Board = Board {
    machine: Machine::Microvm,
    handler: "_EVT",
    ..Q35
};

/// ARM's virt on stock QEMU, with our monitor, which plays the new generation.
pub const VIRT: Board = Board {
    machine: Machine::Virt,
    generation: Some(Generation::New),
    handler: "_EVT",
    fault_status: 0,
    registers: &["elr ", "esr ", "far ", "x30 "],
};

/// The same, new generation in its upstream form.
pub const VIRT_RFC: Board = Board {
    generation: Some(Generation::Rfc),
    ..VIRT
};

/// The same, old generation.
pub const VIRT_OLD: Board = Board {
    generation: Some(Generation::Old),
    ..VIRT
};

/// ARM's virt as QEMU has it: a GED, and no CPU hotplug.
pub const VIRT_STOCK: Board = Board {
    generation: None,
    ..VIRT
};

impl Board {
    /// A guest with this command line, with `boot` of `max` CPUs.
    pub fn config(&self, boot: u32, max: u32, cmdline: &str) -> GuestConfig {
        let kernel = match self.machine {
            Machine::Virt => guest_image_aarch64(),
            _ => guest_image(),
        };
        let config = GuestConfig::new(self.machine, kernel)
            .cpus(boot, max)
            .memory_mib(64)
            .accel(Accel::TcgMulti)
            .cmdline(cmdline);
        if self.machine != Machine::Virt {
            return config;
        }
        let config = config.qemu(qemu_aarch64()).firmware(rom());
        match self.generation {
            Some(generation) => config.generation(generation),
            None => config.without_monitor(),
        }
    }
}

/// The guest for ARM, as an ELF file.
pub fn guest_image_aarch64() -> PathBuf {
    from_environment("HOTVCPU_GUEST_AARCH64")
}

/// The same as a flat arm64 Image, which QEMU starts itself.
pub fn guest_flat_aarch64() -> PathBuf {
    from_environment("HOTVCPU_IMAGE_AARCH64")
}

/// The ROM for ARM, with the monitor in it.
pub fn rom() -> PathBuf {
    from_environment("HOTVCPU_ROM_AARCH64")
}

/// Makes a test of a scenario for each machine: `on_boards!(a_cpu_comes: Q35, VIRT)` calls `a_cpu_comes(Q35)` in one test
/// and `a_cpu_comes(VIRT)` in another.
#[macro_export]
macro_rules! on_boards {
    ($scenario:ident: $($board:ident),+) => {
        #[allow(non_snake_case)]
        mod $scenario {
            $(
                #[test]
                fn $board() {
                    super::$scenario($crate::board::$board);
                }
            )+
        }
    };
}
