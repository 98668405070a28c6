//! Exceptions: said in full, then the end. Nothing in this guest expects one.

use x86_64::registers::control::{Cr2, Cr3};

use super::Frame;
use crate::{boot, console, cpu};

const NAMES: [&str; 32] = [
    "divide error",
    "debug",
    "NMI",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available",
    "double fault",
    "coprocessor segment overrun",
    "invalid TSS",
    "segment not present",
    "stack-segment fault",
    "general protection fault",
    "page fault",
    "reserved",
    "x87 floating-point",
    "alignment check",
    "machine check",
    "SIMD floating-point",
    "virtualization",
    "control protection",
    "reserved",
    "reserved",
    "reserved",
    "reserved",
    "reserved",
    "reserved",
    "hypervisor injection",
    "VMM communication",
    "security",
    "reserved",
];

/// Prints the exception with all registers and ends the machine.
pub fn report(frame: &Frame) -> ! {
    let name = NAMES.get(frame.vector as usize).unwrap_or(&"unknown");
    let (page_tables, _) = Cr3::read();
    console::print_emergency(format_args!(
        "\nhotvcpu: exception {} ({name}) on CPU index {}, error code {:#x}\n\
         rip {:016x}  cs  {:016x}  flags {:016x}\n\
         rsp {:016x}  ss  {:016x}  cr2 {:016x}  cr3 {:016x}\n\
         rax {:016x}  rbx {:016x}  rcx {:016x}  rdx {:016x}\n\
         rsi {:016x}  rdi {:016x}  rbp {:016x}  r8  {:016x}\n\
         r9  {:016x}  r10 {:016x}  r11 {:016x}  r12 {:016x}\n\
         r13 {:016x}  r14 {:016x}  r15 {:016x}\n",
        frame.vector,
        cpu::current(),
        frame.error,
        frame.rip,
        frame.cs,
        frame.rflags,
        frame.rsp,
        frame.ss,
        Cr2::read_raw(),
        page_tables.start_address().as_u64(),
        frame.rax,
        frame.rbx,
        frame.rcx,
        frame.rdx,
        frame.rsi,
        frame.rdi,
        frame.rbp,
        frame.r8,
        frame.r9,
        frame.r10,
        frame.r11,
        frame.r12,
        frame.r13,
        frame.r14,
        frame.r15,
    ));
    boot::end_after(format_args!(
        "exception {} ({name}) at {:#x}",
        frame.vector, frame.rip
    ))
}
