//! Interrupts: the doorbell lines, the timer, the wake-up, and the exceptions.
//!
//! A handler only records; everything else happens in the kernel's loop, which waits here for the next interrupt.

use core::arch::global_asm;
use core::fmt;

use hotvcpu_tables::{Madt, MadtEntry};
use x86_64::instructions::interrupts as flag;

use super::{io_apic, local_apic};

mod exceptions;
mod idt;
mod lines;

pub use lines::{Line, Ring, wire};

/// The verdict (see [`super::power::debug_exit`]) after an exception or a failed start.
pub const VERDICT_FAULT: u8 = 0x10;

global_asm!(include_str!("stubs.s"), dispatch = sym dispatch, options(att_syntax));

/// What the stubs leave on the stack.
#[repr(C)]
struct Frame {
    r15: u64,
    r14: u64,
    r13: u64,
    r12: u64,
    r11: u64,
    r10: u64,
    r9: u64,
    r8: u64,
    rbp: u64,
    rdi: u64,
    rsi: u64,
    rdx: u64,
    rcx: u64,
    rbx: u64,
    rax: u64,
    vector: u64,
    error: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

extern "C" fn dispatch(frame: &Frame) {
    match frame.vector as u8 {
        vector if vector < 32 => exceptions::report(frame),
        local_apic::SPURIOUS_VECTOR => {}
        local_apic::TIMER_VECTOR | local_apic::WAKE_VECTOR => local_apic::end_of_interrupt(),
        vector => {
            lines::rang(vector);
            local_apic::end_of_interrupt();
        }
    }
}

/// Makes exceptions reportable; interrupts stay off.
pub fn init() {
    idt::fill();
    idt::load();
}

/// Loads the interrupt table on a further CPU.
pub(super) fn load() {
    idt::load();
}

/// Why the interrupt controllers could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerError {
    /// The MADT lists no I/O APIC.
    NoIoApic,
    /// The MADT lists an I/O APIC where none can be.
    NotADevice {
        /// The physical address that it gives.
        address: u64,
    },
}

impl fmt::Display for ControllerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIoApic => f.write_str("the MADT lists no I/O APIC, so no doorbell can ring"),
            Self::NotADevice { address } => write!(
                f,
                "the MADT lists an I/O APIC at {address:#x}, which is no device's address; its doorbells cannot ring"
            ),
        }
    }
}

/// Takes the interrupt controllers that the MADT lists, and lets this CPU be interrupted.
///
/// # Errors
/// [`ControllerError`]; the local APIC is enabled all the same, and so are the I/O APICs that can be used.
pub fn enable(madt: Option<&Madt<'_>>) -> Result<(), ControllerError> {
    io_apic::mask_8259();
    local_apic::init();
    local_apic::enable();
    let mut result = Err(ControllerError::NoIoApic);
    for entry in madt.into_iter().flat_map(|madt| madt.entries()).flatten() {
        if let MadtEntry::IoApic(entry) = entry {
            let address = u64::from(entry.address);
            if !io_apic::add(address, entry.gsi_base) {
                result = Err(ControllerError::NotADevice { address });
            } else if result == Err(ControllerError::NoIoApic) {
                result = Ok(());
            }
        }
    }
    flag::enable();
    result
}

/// The local interrupt controller in use, for people.
pub fn controller_name() -> &'static str {
    if local_apic::is_x2apic() {
        "x2APIC"
    } else {
        "xAPIC"
    }
}

/// Halts this CPU until an interrupt, unless `ready` says that there is something to do.
///
/// `ready` is asked with interrupts off, so that one which arrives between the question and the halt ends the halt.
pub fn wait_unless(ready: impl FnOnce() -> bool) {
    flag::disable();
    if ready() {
        flag::enable();
    } else {
        flag::enable_and_hlt();
    }
}
