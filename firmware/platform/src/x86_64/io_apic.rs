//! The I/O APICs: which CPU and vector a GSI rings (Intel 82093AA; MADT type 1 says where they are).

use alloc::vec::Vec;

use spin::Mutex;
use x86_64::instructions::interrupts::without_interrupts;
use x86_64::instructions::port::Port;

use crate::memory::is_device_or_firmware;

const VERSION: u32 = 0x01;
const REDIRECTION: u32 = 0x10;

/// Of an I/O APIC's base address; its registers lie within (82093AA, 3.1: address bits 10 to 15 choose it).
const ALIGNMENT: u64 = 1 << 10;

const ACTIVE_LOW: u32 = 1 << 13;
const LEVEL: u32 = 1 << 15;
const MASKED: u32 = 1 << 16;

static IO_APICS: Mutex<Vec<IoApic>> = Mutex::new(Vec::new());

struct IoApic {
    base: u64,
    first_gsi: u32,
    pins: u32,
}

impl IoApic {
    fn access<T>(&mut self, register: u32, window: impl FnOnce(*mut u32) -> T) -> T {
        // SAFETY: the MADT names this address as an I/O APIC's, and `add` found it aligned, mapped, and outside of all
        // memory that is Rust's. The select register and the window are used together: in `add` by the only owner,
        // later under the lock with interrupts off.
        unsafe { (self.base as *mut u32).write_volatile(register) };
        window((self.base + 0x10) as *mut u32)
    }

    fn read(&mut self, register: u32) -> u32 {
        // SAFETY: see `access`.
        self.access(register, |window| unsafe { window.read_volatile() })
    }

    fn write(&mut self, register: u32, value: u32) {
        // SAFETY: see `access`.
        self.access(register, |window| unsafe { window.write_volatile(value) });
    }
}

/// Takes an I/O APIC that the MADT lists, with all its pins masked. False: `base` cannot be a device's.
pub fn add(base: u64, first_gsi: u32) -> bool {
    if !base.is_multiple_of(ALIGNMENT) || !is_device_or_firmware(base, ALIGNMENT) {
        return false;
    }
    let mut io_apic = IoApic {
        base,
        first_gsi,
        pins: 0,
    };
    io_apic.pins = (io_apic.read(VERSION) >> 16 & 0xFF) + 1;
    for pin in 0..io_apic.pins {
        io_apic.write(REDIRECTION + 2 * pin, MASKED);
    }
    without_interrupts(|| IO_APICS.lock().push(io_apic));
    true
}

/// Routes `gsi` to `vector` on the CPU with `apic_id` (8 bits: the boot CPU's), unmasked. False: no such pin.
pub fn route(gsi: u32, vector: u8, apic_id: u8, level: bool, active_low: bool) -> bool {
    with_pin(gsi, |io_apic, register| {
        let mut entry = u32::from(vector);
        entry |= if level { LEVEL } else { 0 };
        entry |= if active_low { ACTIVE_LOW } else { 0 };
        io_apic.write(register + 1, u32::from(apic_id) << 24);
        io_apic.write(register, entry);
    })
}

/// Masks or unmasks `gsi`. False: no such pin.
pub fn set_masked(gsi: u32, masked: bool) -> bool {
    with_pin(gsi, |io_apic, register| {
        let entry = io_apic.read(register);
        io_apic.write(
            register,
            if masked {
                entry | MASKED
            } else {
                entry & !MASKED
            },
        );
    })
}

fn with_pin(gsi: u32, act: impl FnOnce(&mut IoApic, u32)) -> bool {
    without_interrupts(|| {
        let mut all = IO_APICS.lock();
        let found = all
            .iter_mut()
            .find(|one| gsi >= one.first_gsi && gsi - one.first_gsi < one.pins);
        found.map(|io_apic| {
            let register = REDIRECTION + 2 * (gsi - io_apic.first_gsi);
            act(io_apic, register);
        })
    })
    .is_some()
}

/// Silences the two 8259 interrupt controllers, which would otherwise interrupt beside the I/O APIC.
pub fn mask_8259() {
    // SAFETY: the mask registers of the PC's two interrupt controllers, or of nothing.
    unsafe {
        Port::<u8>::new(0x21).write(0xFF);
        Port::<u8>::new(0xA1).write(0xFF);
    }
}
