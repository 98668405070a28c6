// The first instructions. In: nothing. The MMU is off, RAM holds what it held.

.section .text.start, "ax"
.global start
start:
    mrs     x19, cntpct_el0             // power-on, as far as we can know it
    msr     daifset, #0xf
    mrs     x0, CurrentEL
    cmp     x0, #(3 << 2)
    b.ne    1f

    // At EL3 every CPU begins here; only the first goes on.
    mrs     x0, mpidr_el1
    ldr     x1, =0xff00ffffff           // the affinity fields
    tst     x0, x1
    b.ne    park

1:  adrp    x0, stack                   // its page, and its place in the page
    add     x0, x0, :lo12:stack
    mov     sp, x0

    ldr     x0, =data_start             // .data: from flash to its place
    ldr     x1, =data_end
    ldr     x2, =data_image
2:  cmp     x0, x1
    b.hs    3f
    ldp     x3, x4, [x2], #16
    stp     x3, x4, [x0], #16
    b       2b

3:  ldr     x0, =bss_start              // .bss: zeros
    ldr     x1, =bss_end
4:  cmp     x0, x1
    b.hs    5f
    stp     xzr, xzr, [x0], #16
    b       4b

5:  mov     x29, xzr                    // no frame above this one
    mov     x30, xzr
    mov     x0, x19
    bl      {main}

park:
    wfe
    b       park
