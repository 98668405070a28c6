//! The interrupt controller, as far as the monitor drives it: its own two interrupts, and one bit to ring the GED.
//! Arm IHI 0069.
use alloc::vec::Vec;
use core::ops::Range;

use crate::distributor::{
    self, CLEAR_ENABLE, CONTROL, ENABLE_GROUP_0, GROUP, OWNED, PRIORITY, ROUTE, SET_ENABLE,
    SET_PENDING, TYPE,
};
use crate::el2::sysreg::{isb, read, write};

/// GICD_CTLR.ARE: routing by affinity.
const AFFINITY_ROUTING: u64 = 1 << 4;
/// Numbers from here on are no interrupts.
const SPECIAL: u32 = 1020;
/// Interrupts below are private to a CPU.
const FIRST_SHARED: u32 = 32;

/// Bytes of a redistributor: two frames, four where it knows virtual LPIs.
const REDISTRIBUTOR: u64 = 2 * 0x1_0000;
const REDISTRIBUTOR_V4: u64 = 4 * 0x1_0000;
/// GICR_TYPER: whose it is, whether it knows virtual LPIs, whether it is the range's last.
const REDISTRIBUTOR_TYPE: u64 = 0x0008;
const AFFINITY_SHIFT: u32 = 32;
const VIRTUAL_LPIS: u64 = 1 << 1;
const LAST: u64 = 1 << 4;
/// GICR_ICENABLER0, in the second frame.
const CLEAR_ENABLE_PRIVATE: u64 = 0x1_0180;

/// The distributor and the redistributors.
#[derive(Clone, Debug)]
pub struct Gic {
    base: u64,
    redistributors: Vec<Range<u64>>,
    /// The control device's interrupt.
    pub control: u32,
    /// The interrupt by which a CPU that was ejected while it runs is told to stop.
    pub stop: u32,
}

impl Gic {
    /// The distributor at `base` with its redistributors. The stop interrupt is the last that it has: devices take
    /// theirs from below.
    ///
    /// # Safety
    /// A GICv3 distributor is at `base`, ranges of redistributors are where they are said to be, and all are mapped.
    pub unsafe fn new(base: u64, redistributors: Vec<Range<u64>>, control: u32) -> Self {
        let mut gic = Self {
            base,
            redistributors,
            control,
            stop: 0,
        };
        let lines = gic.read(TYPE, 4) & 0x1F;
        gic.stop = (32 * (lines as u32 + 1)).min(SPECIAL) - 1;
        gic
    }

    /// The monitor's own interrupts.
    pub fn owned(&self) -> [u32; OWNED] {
        [self.control, self.stop]
    }

    /// Makes them the monitor's: group 0, highest priority, to the CPU with `mpidr`.
    pub fn take(&self, mpidr: u64) {
        let control = self.read(CONTROL, 4);
        self.write(CONTROL, 4, control | AFFINITY_ROUTING | ENABLE_GROUP_0);
        for interrupt in self.owned() {
            let (word, bit) = bit_of(interrupt);
            let group = self.read(GROUP + word, 4);
            self.write(GROUP + word, 4, group & !bit);
            self.write(PRIORITY + u64::from(interrupt), 1, 0);
            self.route(interrupt, mpidr);
            self.write(SET_ENABLE + word, 4, bit);
        }
    }

    /// Sends an interrupt to the CPU with `mpidr`.
    pub fn route(&self, interrupt: u32, mpidr: u64) {
        self.write(ROUTE + 8 * u64::from(interrupt), 8, mpidr);
    }

    /// Makes a shared interrupt pending.
    pub fn raise(&self, interrupt: u32) {
        let (word, bit) = bit_of(interrupt);
        self.write(SET_PENDING + word, 4, bit);
    }

    /// Disables an interrupt that the guest put in group 0 and that would otherwise come for ever. A private one is this
    /// CPU's, whose affinity fields are `mpidr`.
    pub fn silence(&self, interrupt: u32, mpidr: u64) {
        let (word, bit) = bit_of(interrupt);
        if interrupt >= FIRST_SHARED {
            self.write(CLEAR_ENABLE + word, 4, bit);
        } else if let Some(own) = self.redistributor(mpidr) {
            // SAFETY: a register of the redistributor that was found.
            unsafe { write_mmio(own + CLEAR_ENABLE_PRIVATE, 4, bit) }
        }
    }

    /// The redistributor of the CPU with `mpidr`.
    fn redistributor(&self, mpidr: u64) -> Option<u64> {
        let affinity = mpidr >> 8 & 0xFF00_0000 | mpidr & 0x00FF_FFFF;
        for range in &self.redistributors {
            let mut base = range.start;
            while base + REDISTRIBUTOR <= range.end {
                // SAFETY: `new`'s caller vouches for the range.
                let kind = unsafe { read_mmio(base + REDISTRIBUTOR_TYPE, 8) };
                if kind >> AFFINITY_SHIFT == affinity {
                    return Some(base);
                }
                if kind & LAST != 0 {
                    break;
                }
                let is_v4 = kind & VIRTUAL_LPIS != 0;
                base += if is_v4 {
                    REDISTRIBUTOR_V4
                } else {
                    REDISTRIBUTOR
                };
            }
        }
        None
    }

    /// The guest reads.
    pub fn guest_read(&self, offset: u64, bytes: u8) -> u64 {
        let (mask, _) = distributor::protected(offset, bytes, &self.owned());
        self.read(offset, bytes) & !mask
    }

    /// The guest writes.
    pub fn guest_write(&self, offset: u64, bytes: u8, value: u64) {
        let current = || self.read(offset, bytes);
        let value = distributor::filtered_write(offset, bytes, value, &self.owned(), current);
        if let Some(value) = value {
            self.write(offset, bytes, value);
        }
    }

    fn read(&self, offset: u64, bytes: u8) -> u64 {
        // SAFETY: `new`'s caller vouches for the distributor; offsets are within it, or the guest's, masked by the
        // page that faulted.
        unsafe { read_mmio(self.base + offset, bytes) }
    }

    fn write(&self, offset: u64, bytes: u8, value: u64) {
        // SAFETY: as in `read`; the guest cannot change the monitor's interrupts, see `distributor`.
        unsafe { write_mmio(self.base + offset, bytes, value) }
    }
}

fn bit_of(interrupt: u32) -> (u64, u64) {
    (u64::from(interrupt / 32) * 4, 1 << (interrupt % 32))
}

/// Lets group 0 come to this CPU, and gives EL1 its own system registers.
pub fn enable_on_this_cpu() {
    const SRE_AND_ENABLE: u64 = 1 << 3 | 1;
    // SAFETY: these registers only decide which interrupts come; the vectors for them are in place.
    unsafe {
        write!("S3_4_C12_C9_5", read!("S3_4_C12_C9_5") | SRE_AND_ENABLE); // ICC_SRE_EL2
        isb();
        write!("S3_4_C12_C11_0", 0); // ICH_HCR_EL2
        write!("S3_0_C4_C6_0", 0xFF); // ICC_PMR_EL1
        write!("S3_0_C12_C8_3", 0); // ICC_BPR0_EL1
        write!("S3_0_C12_C12_6", 1); // ICC_IGRPEN0_EL1
    }
    isb();
}

/// The interrupt that is pending for this CPU in group 0, acknowledged.
pub fn acknowledge() -> Option<u32> {
    let interrupt = read!("S3_0_C12_C8_0") as u32; // ICC_IAR0_EL1
    (interrupt < SPECIAL).then_some(interrupt)
}

/// The end of an acknowledged interrupt.
pub fn end(interrupt: u32) {
    // SAFETY: it was acknowledged by this CPU.
    unsafe { write!("S3_0_C12_C8_1", u64::from(interrupt)) } // ICC_EOIR0_EL1
    isb();
}

/// Sends the guest's inter-processor interrupt.
pub fn send_sgi(value: u64) {
    // SAFETY: interrupts for EL1, which the guest asked for.
    unsafe { write!("S3_0_C12_C11_5", value) } // ICC_SGI1R_EL1
    isb();
}

/// Reads a device's register.
///
/// # Safety
/// A device register of this width is at `address`, and reading it is what the caller means.
pub unsafe fn read_mmio(address: u64, bytes: u8) -> u64 {
    // SAFETY: the caller vouches for the register. Plain load instructions, so that a hypervisor below could emulate
    // them too.
    unsafe {
        match bytes {
            1 => u64::from((address as *const u8).read_volatile()),
            2 => u64::from((address as *const u16).read_volatile()),
            4 => u64::from((address as *const u32).read_volatile()),
            _ => (address as *const u64).read_volatile(),
        }
    }
}

/// Writes a device's register.
///
/// # Safety
/// As [`read_mmio`].
pub unsafe fn write_mmio(address: u64, bytes: u8, value: u64) {
    // SAFETY: the caller vouches for the register.
    unsafe {
        match bytes {
            1 => (address as *mut u8).write_volatile(value as u8),
            2 => (address as *mut u16).write_volatile(value as u16),
            4 => (address as *mut u32).write_volatile(value as u32),
            _ => (address as *mut u64).write_volatile(value),
        }
    }
}
