//! The last step: the kernel's first instruction, at EL1, with the MMU and the caches off, as every boot protocol of
//! the architecture wants it.

use core::arch::asm;
use core::ops::Range;

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    CNTHCTL_EL2, CNTVOFF_EL2, CPTR_EL2, ELR_EL2, HCR_EL2, ICC_SRE_EL2, ID_AA64PFR0_EL1, MIDR_EL1,
    MPIDR_EL1, Readable, SCTLR_EL1, SPSR_EL2, VBAR_EL1, VMPIDR_EL2, Writeable,
};

use crate::level::Level;

/// SCTLR_EL1 with everything off: only the bits that must be 1 (Arm ARM, D24.2.175).
const SCTLR_EL1_OFF: u64 = 0x30D0_0800;

/// CPTR_EL2 with no trap: only the bits that must be 1.
const CPTR_EL2_NO_TRAPS: u64 = 0x33FF;

/// Where ID_AA64PFR0_EL1 says whether the GIC's CPU interface has system registers.
const GIC_SHIFT: u64 = 24;

/// Writes back what the caches hold of `range`: the kernel reads it with its caches off at first.
pub fn clean(range: Range<u64>) {
    let line = cache_line();
    let mut address = range.start & !(line - 1);
    while address < range.end {
        // SAFETY: writes back a line of mapped RAM; the contents stay what they are.
        unsafe { asm!("dc civac, {}", in(reg) address, options(nostack, preserves_flags)) };
        address += line;
    }
    barrier::dsb(barrier::SY);
}

/// The smallest line of any data cache, in bytes (Arm ARM, D24.2.34, CTR_EL0.DminLine: the logarithm of the words).
fn cache_line() -> u64 {
    let cache_type: u64;
    // SAFETY: reads an identification register.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) cache_type, options(nomem, nostack)) };
    4 << (cache_type >> 16 & 0xF)
}

/// Enters the kernel at `entry` with `argument` in x0.
///
/// # Safety
///
/// The kernel has been loaded, and the caches have been cleaned of it and of what it reads first.
pub unsafe fn kernel(entry: u64, argument: u64) -> ! {
    if Level::current() == Level::El2 {
        prepare_el1(entry);
        // SAFETY: everything that an EL1 needs has been set, and the caller vouches for the kernel.
        unsafe {
            asm!(
                "ic iallu", "dsb nsh", "isb",
                "mov x1, xzr", "mov x2, xzr", "mov x3, xzr",
                "eret",
                in("x0") argument,
                options(noreturn),
            )
        }
    }
    // SAFETY: the code runs from flash, where each address is itself, so that it goes on when the MMU is off; and the
    // caller vouches for the kernel.
    unsafe {
        asm!(
            "msr sctlr_el1, x4", "isb",
            "tlbi vmalle1", "ic iallu", "dsb nsh", "isb",
            "mov x1, xzr", "mov x2, xzr", "mov x3, xzr",
            "br x5",
            in("x0") argument,
            in("x4") SCTLR_EL1_OFF,
            in("x5") entry,
            options(noreturn),
        )
    }
}

/// Sets EL2 so that the EL1 below it is its own master, and where `eret` goes.
fn prepare_el1(entry: u64) {
    // A hypervisor call would arrive in a ROM that is gone: it is undefined instead. Pointer authentication is EL1's.
    HCR_EL2.write(
        HCR_EL2::RW::EL1IsAarch64 + HCR_EL2::HCD::SET + HCR_EL2::APK::SET + HCR_EL2::API::SET,
    );
    CNTHCTL_EL2.write(CNTHCTL_EL2::EL1PCTEN::SET + CNTHCTL_EL2::EL1PCEN::SET);
    CNTVOFF_EL2.set(0);
    CPTR_EL2.set(CPTR_EL2_NO_TRAPS);
    VMPIDR_EL2.set(MPIDR_EL1.get());
    let midr = MIDR_EL1.get();
    // SAFETY: what EL1 reads as its processor's identity, no traps by coprocessor number, and no second stage.
    unsafe {
        asm!(
            "msr vpidr_el2, {}", "msr hstr_el2, xzr", "msr vttbr_el2, xzr",
            in(reg) midr, options(nomem, nostack),
        );
    }
    // GICv3's CPU interface is reached by system registers, which EL2 must allow.
    if ID_AA64PFR0_EL1.get() >> GIC_SHIFT & 0xF != 0 {
        ICC_SRE_EL2.write(
            ICC_SRE_EL2::SRE::SET
                + ICC_SRE_EL2::DFB::SET
                + ICC_SRE_EL2::DIB::SET
                + ICC_SRE_EL2::ENABLE::SET,
        );
        barrier::isb(barrier::SY);
    }
    SCTLR_EL1.set(SCTLR_EL1_OFF);
    VBAR_EL1.set(0);
    SPSR_EL2.write(
        SPSR_EL2::M::EL1h
            + SPSR_EL2::D::Masked
            + SPSR_EL2::A::Masked
            + SPSR_EL2::I::Masked
            + SPSR_EL2::F::Masked,
    );
    ELR_EL2.set(entry);
    barrier::isb(barrier::SY);
}
