// Exceptions: none is expected, so each one is the end. The registers go onto a stack of their own, as the fault may
// be in the stack.

.macro vector number
.balign 0x80
    msr     tpidr_el0, x0
    mov     x0, #\number
    b       save
.endm

.section .text.vectors, "ax"
.balign 0x800
.global vectors
vectors:
    vector 0
    vector 1
    vector 2
    vector 3
    vector 4
    vector 5
    vector 6
    vector 7
    vector 8
    vector 9
    vector 10
    vector 11
    vector 12
    vector 13
    vector 14
    vector 15

save:
    msr     tpidrro_el0, x1
    mov     x1, sp
    adrp    x30, exception_stack        // x30 is lost: it is the least telling one
    add     x30, x30, :lo12:exception_stack
    mov     sp, x30
    stp     x29, x1, [sp, #-16]!        // x29, sp
    stp     x27, x28, [sp, #-16]!
    stp     x25, x26, [sp, #-16]!
    stp     x23, x24, [sp, #-16]!
    stp     x21, x22, [sp, #-16]!
    stp     x19, x20, [sp, #-16]!
    stp     x17, x18, [sp, #-16]!
    stp     x15, x16, [sp, #-16]!
    stp     x13, x14, [sp, #-16]!
    stp     x11, x12, [sp, #-16]!
    stp     x9, x10, [sp, #-16]!
    stp     x7, x8, [sp, #-16]!
    stp     x5, x6, [sp, #-16]!
    stp     x3, x4, [sp, #-16]!
    mrs     x1, tpidrro_el0
    stp     x1, x2, [sp, #-16]!
    mrs     x1, tpidr_el0
    str     x1, [sp, #-16]!             // x0, and 8 bytes of padding
    mov     x1, sp
    bl      {report}
