// From the arm64 Image header to Rust: EL2 or EL1 with the MMU off -> EL1 on the first page tables.
//
// On entry (Linux's Documentation/arch/arm64/booting.rst): x0 = a device tree, or a handover of the ROM; MMU off,
// interrupts masked, no stack. Nothing else is promised. A CPU that PSCI starts comes by `secondary_entry`, in the same
// state, with its index in x0.

.section .boot.text, "ax", @progbits
.global image_header
image_header:
    b       boot_entry
    .long   0
    .quad   0                       // text_offset: the lowest 2 MiB boundary above what the loader keeps for itself
    .quad   image_size              // bss included, so that the loader puts nothing there
    .quad   0b0010                  // little-endian, 4 KiB pages, as close as possible to the start of RAM
    .quad   0
    .quad   0
    .quad   0
    .ascii  "ARM\x64"
    .long   0

boot_entry:
    mov     x19, x0
    bl      drop_to_el1
    mrs     x20, cntvct_el0         // the zero of the guest's clock

    // Not relocatable: elsewhere than where it was linked, it can only stand still.
    adr     x0, image_header
    ldr     x1, =image_start
    cmp     x0, x1
    b.ne    unfit

    ldr     x0, =bss_start
    ldr     x1, =bss_end
1:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b

    // Level 0 -> level 1: 512 GiB, identity mapped in blocks of 1 GiB, all of it as device memory but the GiB of this
    // image and the one that x0 points into. The kernel replaces these tables by W^X ones.
    ldr     x0, =boot_level_0
    ldr     x1, =boot_level_1
    orr     x2, x1, #3              // table
    str     x2, [x0]
    mov     x3, xzr
    mov     x4, #{device_block}
    orr     x4, x4, #{execute_never}
2:  orr     x5, x4, x3, lsl #30
    str     x5, [x1, x3, lsl #3]
    add     x3, x3, #1
    cmp     x3, #512
    b.ne    2b
    mov     x4, #{normal_block}
    lsr     x3, x19, #30
    cmp     x3, #512
    b.hs    3f
    orr     x5, x4, x3, lsl #30
    orr     x5, x5, #{execute_never}
    str     x5, [x1, x3, lsl #3]
3:  ldr     x3, =image_start
    lsr     x3, x3, #30
    orr     x5, x4, x3, lsl #30
    str     x5, [x1, x3, lsl #3]

    ldr     x3, ={boot_sctlr}
    bl      mmu_on                  // x0: the root

    msr     spsel, #1
    ldr     x0, =boot_stack_top
    mov     sp, x0
    ldr     x0, =exception_vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x19                 // first argument: device tree or handover
    mov     x1, x20                 // second argument: the counter at entry
    mov     x29, xzr
    bl      {enter}
    brk     #0

unfit:
    wfe
    b       unfit

// Where PSCI starts a CPU, its index in x0.
.global secondary_entry
secondary_entry:
    mov     x19, x0
    bl      drop_to_el1
    adrp    x0, {root}
    ldr     x0, [x0, :lo12:{root}]
    ldr     x3, ={sctlr}
    bl      mmu_on

    // My slot is the one with my index: {{ u64 ID, u64 stack, u32 state, padding }} each. It says whether I shall run.
    cmp     x19, #{count}
    b.hs    secondary_off
    ldr     x0, ={slots}
    mov     x1, #24
    madd    x0, x19, x1, x0
    ldr     x2, [x0, #8]
    add     x1, x0, #16
    ldar    w3, [x1]
    cmp     w3, #{in_use}
    b.ne    secondary_off
    msr     spsel, #1
    add     x3, x2, #{exception_stack}
    mov     sp, x3
    msr     spsel, #0
    mov     sp, x2
    msr     tpidr_el1, x19
    ldr     x0, =exception_vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x19
    mov     x29, xzr
    bl      {enter_secondary}
    brk     #0

// Nobody waits for me (any more): CPU_OFF.
secondary_off:
    adrp    x1, {conduit}
    ldr     w1, [x1, :lo12:{conduit}]
    mov     w0, #0x0002
    movk    w0, #0x8400, lsl #16
    cmp     w1, #{smc}
    b.eq    4f
    hvc     #0
    b       unfit
4:  smc     #0
    b       unfit

// Goes on at EL1 with the MMU off and interrupts masked, whether it runs at EL2 or at EL1. Keeps x19 to x29.
drop_to_el1:
    msr     daifset, #0xf
    mrs     x0, currentel
    cmp     x0, #(2 << 2)
    b.ne    5f
    mov     x0, #(1 << 31)          // HCR_EL2: EL1 is 64-bit, nothing is trapped
    msr     hcr_el2, x0
    mrs     x0, cnthctl_el2
    orr     x0, x0, #3              // EL1 may use the physical counter and timer
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #0x33ff             // CPTR_EL2: its RES1 bits; floating point is not trapped
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4         // the GIC's system registers
    cbz     x0, 6f
    mrs     x0, s3_4_c12_c9_5       // ICC_SRE_EL2
    orr     x0, x0, #1              // SRE
    orr     x0, x0, #(1 << 3)       // and EL1 may use them
    msr     s3_4_c12_c9_5, x0
    isb
    msr     s3_4_c12_c11_0, xzr     // ICH_HCR_EL2
6:  ldr     x0, =0x30d00800         // SCTLR_EL1: its RES1 bits
    msr     sctlr_el1, x0
    mov     x0, #0x3c5              // EL1h, all masked
    msr     spsr_el2, x0
    msr     elr_el2, x30
    eret
5:  isb
    ret

// Turns the MMU on with the level 0 table in x0 and SCTLR_EL1 from x3.
mmu_on:
    ldr     x1, ={mair}
    msr     mair_el1, x1
    ldr     x1, ={tcr}
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #0xf            // how many bits of physical address there are
    cmp     x2, #5
    b.ls    7f
    mov     x2, #5                  // 48 bits, as many as the tables can say
7:  bfi     x1, x2, #32, #3         // IPS
    msr     tcr_el1, x1
    msr     ttbr0_el1, x0
    dsb     sy
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    msr     sctlr_el1, x3
    isb
    ret

.section .bss.boot, "aw", @nobits
.balign 4096
boot_level_0: .skip 4096
.global boot_level_1
boot_level_1: .skip 4096
.global boot_stack_guard
boot_stack_guard: .skip 4096        // left unmapped by the kernel's own tables
    .skip 32768
boot_stack_top:
