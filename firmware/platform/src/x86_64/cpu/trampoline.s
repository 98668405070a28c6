// Where a started CPU begins: real mode, at the start of the page that its start-up interrupt named.
//
// The 16-bit part is copied to a page below 1 MiB; it goes to long mode in one step, on the kernel's own page tables
// (which map that page executable), and on into the kernel's text. Several CPUs may pass at once: nothing here is
// written, and each finds its stack by its APIC ID.

.section .rodata.trampoline, "a", @progbits
.code16
.global trampoline_start
trampoline_start:
    cli
    cld
    mov     ax, cs
    mov     ds, ax
    lgdt    cs:[gdt_offset]
    mov     eax, cr4
    or      eax, 1 << 5             // PAE
    mov     cr4, eax
    mov     eax, ds:[cr3_offset]
    mov     cr3, eax
    mov     ecx, 0xC0000080         // EFER
    rdmsr
    or      eax, (1 << 8) | (1 << 11) // LME, NXE
    wrmsr
    mov     eax, 0x80010033         // PG, WP, NE, ET, MP, PE; caches on
    mov     cr0, eax
    // far jump through memory: ljmpl *offset
    .byte   0x66, 0xFF, 0x2E
    .word   trampoline_target - trampoline_start

.balign 8
trampoline_gdt:                     // the boot GDT's pointer, as real mode reads it: limit, 32-bit base
    .word   31
    .long   boot_gdt
.balign 4
.global trampoline_cr3
trampoline_cr3:
    .long   0                       // filled in when the page is installed
trampoline_target:
    .long   ap_long_mode
    .word   0x08
.global trampoline_end
trampoline_end:

// The assembler takes one symbol in an operand, so the differences have names.
.set gdt_offset, trampoline_gdt - trampoline_start
.set cr3_offset, trampoline_cr3 - trampoline_start

.section .text.ap, "ax", @progbits
.code64
ap_long_mode:
    mov     ax, 0x10
    mov     ds, ax
    mov     es, ax
    mov     ss, ax

    // Who am I? The x2APIC ID of leaf 0xB where that leaf says something, else the 8 bits of leaf 1.
    xor     eax, eax
    cpuid
    cmp     eax, 0xB
    jb      1f
    mov     eax, 0xB
    xor     ecx, ecx
    cpuid
    mov     edi, edx
    test    ebx, ebx
    jnz     2f
1:  mov     eax, 1
    cpuid
    shr     ebx, 24
    mov     edi, ebx

    // My slot is the one with my APIC ID: {{ u64 ID, u64 stack, u32 state, padding }} each. It says whether I shall run.
2:  mov     rsi, offset {slots}
    xor     ecx, ecx
3:  cmp     [rsi], rdi              // every write to edi above cleared the upper half
    je      4f
    add     rsi, 24
    inc     ecx
    cmp     ecx, {count}
    jne     3b
    // Nobody waits for me (any more).
5:  cli
    hlt
    jmp     5b

4:  cmp     dword ptr [rsi + 16], {in_use}
    jne     5b
    mov     rsp, [rsi + 8]
    xor     ebp, ebp
    mov     edi, ecx                // the index
    call    {enter}
    ud2

// park(state: *mut u32 in rdi, value: u32 in esi) -> !
// The write is the CPU's last: from then on its stack may be somebody else's.
.global park_for_good
park_for_good:
    cli
    mov     [rdi], esi
6:  hlt
    jmp     6b
