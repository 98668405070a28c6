//! The interrupt table's handlers, and the interrupt controllers that the MADT lists.

use core::arch::global_asm;
use core::fmt;

use hotvcpu_tables::{MadtEntry, Tables};
use x86_64::instructions::interrupts as flag;

pub use x86_64::instructions::interrupts::without_interrupts;

use super::{idt, io_apic, local_apic};
use crate::interrupts::rang;

mod exceptions;

/// The vector of the first wired line; the others follow.
const FIRST_VECTOR: u8 = 0x50;

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
            let line = usize::from(vector.wrapping_sub(FIRST_VECTOR));
            rang(|place, _| place == line);
            local_apic::end_of_interrupt();
        }
    }
}

/// Makes exceptions reportable; interrupts stay off.
pub fn init() {
    idt::fill();
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

/// Routes `gsi` to this CPU as the line at `place` among the wired ones. False: no I/O APIC has that pin, or this CPU's
/// APIC ID does not fit the 8 bits of an I/O APIC's destination.
pub fn route(gsi: u32, place: usize, level: bool, active_low: bool) -> bool {
    let Ok(apic_id) = u8::try_from(local_apic::id()) else {
        return false;
    };
    let vector = FIRST_VECTOR + place as u8;
    io_apic::route(gsi, vector, apic_id, level, active_low)
}

/// Masks or unmasks a routed GSI.
pub fn set_masked(gsi: u32, masked: bool) {
    io_apic::set_masked(gsi, masked);
}

/// Takes the interrupt controllers that the MADT lists, and lets this CPU be interrupted.
///
/// # Errors
/// [`ControllerError`]; the local APIC is enabled all the same, and so are the I/O APICs that can be used.
pub fn enable(tables: Option<&Tables<'_>>) -> Result<(), ControllerError> {
    io_apic::mask_8259();
    local_apic::init();
    local_apic::enable();
    let mut result = Err(ControllerError::NoIoApic);
    let madt = tables.and_then(|tables| tables.madt.as_ref());
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
