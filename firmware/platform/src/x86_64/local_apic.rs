//! The local APIC of the CPU that calls: xAPIC, or x2APIC where the CPU has it.
//!
//! Ours, because starting a CPU is this project's subject, and the field's crate does not fit: in xAPIC mode it
//! leaves the destination of an interrupt command unshifted, and its `enable` unmasks both local interrupt pins.
//! Registers: Intel SDM volume 3, chapter 11; the x2APIC MSR of a register is 0x800 + (its offset >> 4).

use core::arch::x86_64::{__cpuid, _mm_lfence, _mm_mfence};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use x86_64::instructions::interrupts::without_interrupts;
use x86_64::registers::model_specific::Msr;

/// The timer's vector.
pub const TIMER_VECTOR: u8 = 0x40;
/// The vector that only wakes a halted CPU.
pub const WAKE_VECTOR: u8 = 0x41;
/// The spurious interrupt's vector; it gets no end-of-interrupt.
pub const SPURIOUS_VECTOR: u8 = 0xFF;

const IA32_APIC_BASE: u32 = 0x1B;
const BASE_ADDRESS: u64 = 0x000F_FFFF_FFFF_F000;
const BASE_X2APIC: u64 = 1 << 10;
const BASE_ENABLE: u64 = 1 << 11;

static X2APIC: AtomicBool = AtomicBool::new(false);
/// Where the xAPIC's registers are, on every CPU: none of them is ever told to move its own.
static XAPIC_BASE: AtomicU64 = AtomicU64::new(0xFEE0_0000);

#[derive(Clone, Copy)]
#[repr(u32)]
enum Register {
    Id = 0x20,
    TaskPriority = 0x80,
    EndOfInterrupt = 0xB0,
    SpuriousVector = 0xF0,
    Command = 0x300,
    CommandHigh = 0x310,
    TimerVector = 0x320,
    Lint0 = 0x350,
    Lint1 = 0x360,
    TimerInitial = 0x380,
    TimerCurrent = 0x390,
    TimerDivide = 0x3E0,
}

const MASKED: u32 = 1 << 16;
const SOFTWARE_ENABLE: u32 = 1 << 8;
const DIVIDE_BY_1: u32 = 0b1011;
const DELIVERY_PENDING: u32 = 1 << 12;

/// Reads of the xAPIC's command register until the command before has left, which takes a few.
const PATIENCE: u32 = 100_000;

const FIXED: u32 = 0b000 << 8;
const INIT: u32 = 0b101 << 8;
const STARTUP: u32 = 0b110 << 8;
const ASSERT: u32 = 1 << 14;

impl Register {
    fn msr(self) -> Msr {
        Msr::new(0x800 + (self as u32 >> 4))
    }

    fn pointer(self) -> *mut u32 {
        (XAPIC_BASE.load(Ordering::Relaxed) + self as u64) as *mut u32
    }

    fn read(self) -> u32 {
        // SAFETY: `init` found which of the two the APIC is, and where; the register exists in both. The xAPIC's page
        // is identity mapped, and it answers there before any memory would.
        unsafe {
            if X2APIC.load(Ordering::Relaxed) {
                self.msr().read() as u32
            } else {
                self.pointer().read_volatile()
            }
        }
    }

    fn write(self, value: u32) {
        // SAFETY: as for `read`; the callers write what the register defines.
        unsafe {
            if X2APIC.load(Ordering::Relaxed) {
                self.msr().write(u64::from(value));
            } else {
                self.pointer().write_volatile(value);
            }
        }
    }
}

/// Finds out which APIC the machine has, and where; once, on the boot CPU, before [`enable`].
///
/// The place is asked of the CPU: the MADT repeats it, but a corrupt one would have this kernel write over itself.
pub fn init() {
    // CPUID.1:ECX bit 21
    let x2apic = __cpuid(1).ecx & 1 << 21 != 0;
    X2APIC.store(x2apic, Ordering::Relaxed);
    // SAFETY: every CPU with long mode has this register; reading it has no effect.
    let base = unsafe { Msr::new(IA32_APIC_BASE).read() };
    XAPIC_BASE.store(base & BASE_ADDRESS, Ordering::Relaxed);
}

/// Whether the x2APIC is in use.
pub fn is_x2apic() -> bool {
    X2APIC.load(Ordering::Relaxed)
}

/// Enables this CPU's APIC, with its timer stopped and its pins masked.
pub fn enable() {
    let mut base = Msr::new(IA32_APIC_BASE);
    // SAFETY: enabling the APIC in the mode that CPUID offers; the steps disabled -> xAPIC -> x2APIC are in order.
    unsafe {
        let value = base.read() | BASE_ENABLE;
        base.write(value);
        if is_x2apic() {
            base.write(value | BASE_X2APIC);
        }
    }
    Register::TaskPriority.write(0);
    Register::Lint0.write(MASKED);
    Register::Lint1.write(MASKED);
    Register::TimerDivide.write(DIVIDE_BY_1);
    Register::TimerVector.write(u32::from(TIMER_VECTOR));
    Register::TimerInitial.write(0);
    Register::SpuriousVector.write(SOFTWARE_ENABLE | u32::from(SPURIOUS_VECTOR));
}

/// This CPU's APIC ID.
pub fn id() -> u32 {
    let raw = Register::Id.read();
    if is_x2apic() { raw } else { raw >> 24 }
}

/// The highest APIC ID that can be addressed.
pub fn highest_id() -> u32 {
    if is_x2apic() { u32::MAX - 1 } else { 0xFE }
}

/// Ends the interrupt that is being handled.
pub fn end_of_interrupt() {
    Register::EndOfInterrupt.write(0);
}

/// Lets the timer count down from `ticks` once, and then interrupt; 0 stops it.
pub fn set_timer(ticks: u32) {
    Register::TimerInitial.write(ticks);
}

/// What is left of the timer's count.
pub fn timer_count() -> u32 {
    Register::TimerCurrent.read()
}

/// Resets a CPU: it then waits for a start-up interrupt. False, here and below: this APIC cannot send.
pub fn send_init(apic_id: u32) -> bool {
    send(apic_id, INIT | ASSERT)
}

/// Starts a CPU that waits after INIT, in real mode at `page << 12`.
pub fn send_startup(apic_id: u32, page: u8) -> bool {
    send(apic_id, STARTUP | ASSERT | u32::from(page))
}

/// Interrupts a CPU with `vector`.
pub fn send_fixed(apic_id: u32, vector: u8) -> bool {
    send(apic_id, FIXED | ASSERT | u32::from(vector))
}

fn send(apic_id: u32, command: u32) -> bool {
    // The CPU that is interrupted has to find what was written for it before, but a write of an x2APIC register may
    // overtake those (SDM volume 3, 11.12.3).
    // SAFETY: every CPU with long mode has both fences.
    unsafe {
        _mm_mfence();
        _mm_lfence();
    }
    if is_x2apic() {
        // SAFETY: one write of the x2APIC's 64-bit command register, which needs no waiting.
        unsafe {
            Register::Command
                .msr()
                .write(u64::from(apic_id) << 32 | u64::from(command))
        };
        return true;
    }
    // Two writes: nothing that this CPU does in between may send another.
    without_interrupts(|| {
        let idle = (0..PATIENCE).any(|_| Register::Command.read() & DELIVERY_PENDING == 0);
        if idle {
            Register::CommandHigh.write(apic_id << 24);
            Register::Command.write(command);
        }
        idle
    })
}
