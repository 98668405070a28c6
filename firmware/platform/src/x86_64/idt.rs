//! The interrupt descriptor table: 256 gates, made once, shared by all CPUs.
//!
//! Ours and not the `x86_64` crate's, whose handlers for vectors 0 to 31 need an ABI that stable Rust lacks; with raw
//! stub addresses its 32 differently typed fields only stand in the way.

use core::cell::UnsafeCell;

use x86_64::VirtAddr;
use x86_64::instructions::tables::lidt;
use x86_64::structures::DescriptorTablePointer;

use super::gdt;

/// Bytes between two stubs (`stubs.s`).
const STUB_SIZE: u64 = 16;

const PRESENT_INTERRUPT_GATE: u16 = 0x8E00;
const NMI: usize = 2;
const DOUBLE_FAULT: usize = 8;

/// Intel SDM volume 3, figure 7-8.
#[derive(Clone, Copy)]
#[repr(C)]
struct Gate {
    offset_low: u16,
    selector: u16,
    /// Bits 0..3: the interrupt stack; bits 8..16: present, type.
    options: u16,
    offset_middle: u16,
    offset_high: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<Gate>() == 16);

const EMPTY: Gate = Gate {
    offset_low: 0,
    selector: 0,
    options: 0,
    offset_middle: 0,
    offset_high: 0,
    reserved: 0,
};

#[repr(C, align(16))]
struct Table(UnsafeCell<[Gate; 256]>);

// SAFETY: written once by the boot CPU in `fill`, before any CPU loads it.
unsafe impl Sync for Table {}

static TABLE: Table = Table(UnsafeCell::new([EMPTY; 256]));

unsafe extern "C" {
    static interrupt_stubs: u8;
}

/// Points every gate to its stub; once, on the boot CPU.
pub fn fill() {
    let stubs = &raw const interrupt_stubs as u64;
    // SAFETY: see `Sync` above: no other CPU runs yet.
    let gates = unsafe { &mut *TABLE.0.get() };
    for (vector, gate) in gates.iter_mut().enumerate() {
        let stub = stubs + vector as u64 * STUB_SIZE;
        let stack = match vector {
            DOUBLE_FAULT => gdt::DOUBLE_FAULT_IST as u16 + 1,
            NMI => gdt::NMI_IST as u16 + 1,
            _ => 0,
        };
        *gate = Gate {
            offset_low: stub as u16,
            selector: gdt::CODE_SELECTOR,
            options: PRESENT_INTERRUPT_GATE | stack,
            offset_middle: (stub >> 16) as u16,
            offset_high: (stub >> 32) as u32,
            reserved: 0,
        };
    }
}

/// Loads the table on this CPU.
pub fn load() {
    let pointer = DescriptorTablePointer {
        limit: (size_of::<[Gate; 256]>() - 1) as u16,
        base: VirtAddr::new(TABLE.0.get() as u64),
    };
    // SAFETY: the table is static and complete.
    unsafe { lidt(&pointer) };
}
