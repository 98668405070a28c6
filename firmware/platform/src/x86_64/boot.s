// From the PVH entry to Rust: 32-bit protected mode without paging -> long mode on the first page tables.
//
// On entry (Xen PVH boot ABI): ebx = physical address of hvm_start_info, flat 32-bit segments, paging off,
// interrupts off, no stack. Nothing else is promised.

.section .note.pvh, "a", @note
.balign 4
    .long 4                         // size of the name
    .long 8                         // size of the descriptor: QEMU reads 8 bytes from a 64-bit ELF
    .long 18                        // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .quad pvh_entry

.section .boot.text, "ax", @progbits
.code32
.global pvh_entry
pvh_entry:
    cld
    mov     esp, offset boot_stack_top
    mov     esi, ebx                // CPUID clobbers ebx; hold the start info in esi

    // A CPU without long mode and no-execute cannot run one more line of this kernel: say so and stop.
    mov     eax, 0x80000000
    cpuid
    cmp     eax, 0x80000001
    jb      unfit
    mov     eax, 0x80000001
    cpuid
    not     edx
    test    edx, (1 << 29) | (1 << 20) // LM, NX
    jnz     unfit

    // PML4[0] -> PDPT[0] -> PD: the first GiB, identity mapped in 2 MiB pages. The kernel replaces these tables
    // by W^X ones before it takes the first interrupt.
    mov     eax, offset boot_pdpt
    or      eax, 3
    mov     [boot_pml4], eax
    mov     eax, offset boot_pd
    or      eax, 3
    mov     [boot_pdpt], eax
    xor     ecx, ecx
    mov     eax, 0x83               // present, writable, 2 MiB
1:  mov     [boot_pd + ecx * 8], eax
    add     eax, 0x200000
    inc     ecx
    cmp     ecx, 512
    jne     1b

    mov     eax, cr4
    or      eax, 1 << 5             // PAE
    mov     cr4, eax
    mov     eax, offset boot_pml4
    mov     cr3, eax
    mov     ecx, 0xC0000080         // EFER
    rdmsr
    or      eax, (1 << 8) | (1 << 11) // LME, NXE
    wrmsr
    mov     eax, cr0
    or      eax, 0x80010001         // PG, WP, PE
    mov     cr0, eax
    lgdt    [boot_gdt_pointer]
    // far jump to the 64-bit code segment
    push    0x08
    mov     eax, offset boot_long_mode
    push    eax
    retf

unfit:
    mov     esi, offset unfit_text
2:  lodsb
    test    al, al
    jz      3f
    mov     dx, 0x3F8
    out     dx, al
    jmp     2b
3:  cli
    hlt
    jmp     3b

.code64
boot_long_mode:
    mov     ax, 0x10
    mov     ds, ax
    mov     es, ax
    mov     ss, ax
    xor     eax, eax
    mov     fs, ax
    mov     gs, ax
    mov     rsp, offset boot_stack_top
    rdtsc                           // the zero of the guest's clock
    shl     rdx, 32
    or      rax, rdx
    mov     edi, esi                // first argument: the start info (zero-extends)
    mov     rsi, rax                // second argument: the TSC at entry
    xor     ebp, ebp
    call    {entry}
    ud2

.section .boot.rodata, "a", @progbits
unfit_text:
    .asciz "hotvcpu: this CPU lacks long mode or no-execute; choose a 64-bit -cpu with nx\r\n"
.balign 8
boot_gdt:
    .quad 0
    .quad 0x00AF9B000000FFFF        // 0x08: code, 64-bit
    .quad 0x00CF93000000FFFF        // 0x10: data
    .quad 0x00CF9B000000FFFF        // 0x18: code, 32-bit (for the trampoline)
boot_gdt_end:
.global boot_gdt_pointer
boot_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .quad boot_gdt

.section .bss.boot, "aw", @nobits
.balign 4096
boot_pml4: .skip 4096
boot_pdpt: .skip 4096
boot_pd:   .skip 4096
.global boot_stack_guard
boot_stack_guard: .skip 4096        // left unmapped by the kernel's own tables
    .skip 32768
boot_stack_top:
