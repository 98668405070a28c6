//! System registers by name.

/// Reads a system register.
macro_rules! read {
    ($register:literal) => {{
        let value: u64;
        // SAFETY: the registers that the monitor reads have no effect on memory when read. ICC_IAR0_EL1, which has
        // one on the interrupt controller, is read in one place, for that effect.
        #[allow(unused_unsafe, reason = "also used as an argument of `write!`, inside an unsafe block")]
        unsafe {
            core::arch::asm!(
                concat!("mrs {}, ", $register), out(reg) value, options(nostack, preserves_flags)
            );
        }
        value
    }};
}

/// Writes a system register. Unsafe: what a register does to the running code depends on the register.
macro_rules! write {
    ($register:literal, $value:expr) => {{
        let value: u64 = $value;
        core::arch::asm!(concat!("msr ", $register, ", {}"), in(reg) value, options(nostack, preserves_flags));
    }};
}

pub(crate) use {read, write};

/// Context synchronisation: what was written to system registers before counts from here on.
pub fn isb() {
    // SAFETY: a barrier.
    unsafe { core::arch::asm!("isb", options(nostack, preserves_flags)) }
}

/// Waits until all memory accesses before are done.
pub fn dsb() {
    // SAFETY: a barrier.
    unsafe { core::arch::asm!("dsb sy", options(nostack, preserves_flags)) }
}
