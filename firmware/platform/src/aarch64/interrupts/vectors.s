// The exception vectors: all leave the same frame, so that one Rust function takes it.
//
// The first four are exceptions of the kernel, which runs on SP_EL0: they run on SP_EL1, the CPU's exception stack, and
// may return. The others must not happen: four from inside a handler, eight from lower exception levels. Their stack may
// be what is wrong, so they go on on a last one, and the first of them is the end.

.section .text.vectors, "ax", @progbits

.macro save
    sub     sp, sp, #288
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
.endm

// x2: the stack pointer of what was interrupted.
.macro save_rest
    stp     x30, x2, [sp, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #256]
    mrs     x2, esr_el1
    mrs     x3, far_el1
    stp     x2, x3, [sp, #272]
.endm

.macro from_kernel number
    .balign 128
    save
    mov     x1, #\number
    b       handle_from_kernel
.endm

// One CPU, once: a second report would only destroy the first. The exclusive store's value is any that is not 0.
.macro fatal number
    .balign 128
    msr     tpidr_el0, x0
    msr     tpidrro_el0, x1
    ldr     x0, =last_stack_taken
1:  ldaxr   w1, [x0]
    cbnz    w1, stand_still
    stxr    w1, w0, [x0]
    cbnz    w1, 1b
    mov     x1, #\number
    b       handle_fatal
.endm

.balign 2048
.global exception_vectors
exception_vectors:
    from_kernel 0                   // synchronous
    from_kernel 1                   // IRQ
    from_kernel 2                   // FIQ
    from_kernel 3                   // SError
    fatal   4                       // in a handler
    fatal   5
    fatal   6
    fatal   7
    fatal   8                       // of a lower exception level, 64-bit
    fatal   9
    fatal   10
    fatal   11
    fatal   12                      // of a lower exception level, 32-bit
    fatal   13
    fatal   14
    fatal   15

.balign 128
handle_from_kernel:
    mrs     x2, sp_el0
    save_rest
    mov     x0, sp
    bl      {dispatch}
    ldp     x2, x3, [sp, #256]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldr     x30, [sp, #240]
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    add     sp, sp, #288
    eret

handle_fatal:
    str     x1, [x0, #8]            // the number
    mov     x1, sp
    add     x0, x0, #2, lsl #12
    add     x0, x0, #16
    mov     sp, x0
    save
    mov     x2, x1
    save_rest
    mrs     x0, tpidr_el0
    mrs     x1, tpidrro_el0
    stp     x0, x1, [sp, #0]
    ldr     x1, =last_stack_taken
    ldr     x1, [x1, #8]
    mov     x0, sp
    bl      {dispatch}

stand_still:
    wfi
    b       stand_still

.section .bss.last_stack, "aw", @nobits
.balign 16
last_stack_taken: .skip 8           // not 0: in use
    .skip 8                         // the number of the vector
    .skip 8192
