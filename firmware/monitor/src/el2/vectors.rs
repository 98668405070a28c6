//! The exception vectors of EL2 (Arm DDI 0487, D1.3.4.1), and the registers that they save.
use core::arch::global_asm;

use crate::el2::sysreg::read;
use crate::el2::traps;

/// The guest's registers at an exception; what is changed here is what the guest goes on with.
#[repr(C)]
#[derive(Debug)]
pub struct Frame {
    /// x0 to x30.
    pub registers: [u64; 31],
    /// ELR_EL2: where the guest goes on.
    pub pc: u64,
    /// SPSR_EL2: in which state.
    pub state: u64,
    _pad: u64,
}

const FRAME: usize = size_of::<Frame>();
// The offsets below, and the stack's alignment.
const _: () = assert!(FRAME == 272 && FRAME.is_multiple_of(16));

/// Where the vectors are.
pub fn address() -> u64 {
    (&raw const HOTVCPU_VECTORS) as u64
}

unsafe extern "C" {
    #[link_name = "hotvcpu_vectors"]
    static HOTVCPU_VECTORS: u8;
}

extern "C" fn from_guest_synchronous(frame: &mut Frame) {
    traps::synchronous(frame);
}

extern "C" fn from_guest_fiq(_: &mut Frame) {
    traps::fiq();
}

/// IRQs and SErrors belong to EL1, and nothing at EL2 may fault: there is no way on from here.
extern "C" fn unexpected(frame: &mut Frame) {
    let syndrome = read!("ESR_EL2");
    let address = read!("FAR_EL2");
    panic!(
        "unexpected exception at EL2: ESR {syndrome:#x}, FAR {address:#x}, PC {:#x}, SPSR {:#x}",
        frame.pc, frame.state
    );
}

global_asm!(
    ".section .text.hotvcpu_vectors, \"ax\"",
    ".macro hotvcpu_entry handler",
    ".balign 0x80",
    "sub sp, sp, #{frame}",
    "stp x0, x1, [sp, #0]",
    "adr x1, \\handler",
    "b hotvcpu_save",
    ".endm",
    ".balign 0x800",
    ".global hotvcpu_vectors",
    "hotvcpu_vectors:",
    // From EL2 with SP_EL0, then with SP_EL2.
    ".rept 8",
    "hotvcpu_entry hotvcpu_to_unexpected",
    ".endr",
    // From the guest in AArch64: synchronous, IRQ, FIQ, SError.
    "hotvcpu_entry hotvcpu_to_synchronous",
    "hotvcpu_entry hotvcpu_to_unexpected",
    "hotvcpu_entry hotvcpu_to_fiq",
    "hotvcpu_entry hotvcpu_to_unexpected",
    // From the guest in AArch32.
    ".rept 4",
    "hotvcpu_entry hotvcpu_to_unexpected",
    ".endr",
    ".balign 0x80",
    "hotvcpu_to_unexpected: b {unexpected}",
    "hotvcpu_to_synchronous: b {synchronous}",
    "hotvcpu_to_fiq: b {fiq}",
    "hotvcpu_save:",
    "stp x2, x3, [sp, #16]",
    "stp x4, x5, [sp, #32]",
    "stp x6, x7, [sp, #48]",
    "stp x8, x9, [sp, #64]",
    "stp x10, x11, [sp, #80]",
    "stp x12, x13, [sp, #96]",
    "stp x14, x15, [sp, #112]",
    "stp x16, x17, [sp, #128]",
    "stp x18, x19, [sp, #144]",
    "stp x20, x21, [sp, #160]",
    "stp x22, x23, [sp, #176]",
    "stp x24, x25, [sp, #192]",
    "stp x26, x27, [sp, #208]",
    "stp x28, x29, [sp, #224]",
    "mrs x2, elr_el2",
    "mrs x3, spsr_el2",
    "stp x30, x2, [sp, #240]",
    "str x3, [sp, #256]",
    "mov x0, sp",
    "blr x1",
    "ldr x3, [sp, #256]",
    "ldp x30, x2, [sp, #240]",
    "msr elr_el2, x2",
    "msr spsr_el2, x3",
    "ldp x2, x3, [sp, #16]",
    "ldp x4, x5, [sp, #32]",
    "ldp x6, x7, [sp, #48]",
    "ldp x8, x9, [sp, #64]",
    "ldp x10, x11, [sp, #80]",
    "ldp x12, x13, [sp, #96]",
    "ldp x14, x15, [sp, #112]",
    "ldp x16, x17, [sp, #128]",
    "ldp x18, x19, [sp, #144]",
    "ldp x20, x21, [sp, #160]",
    "ldp x22, x23, [sp, #176]",
    "ldp x24, x25, [sp, #192]",
    "ldp x26, x27, [sp, #208]",
    "ldp x28, x29, [sp, #224]",
    "ldp x0, x1, [sp, #0]",
    "add sp, sp, #{frame}",
    "eret",
    "dsb nsh",
    "isb",
    frame = const FRAME,
    unexpected = sym unexpected,
    synchronous = sym from_guest_synchronous,
    fiq = sym from_guest_fiq,
);
