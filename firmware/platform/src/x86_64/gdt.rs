//! Segments and the task state, one set per CPU: long mode still wants them to find the stacks for double faults
//! and NMIs.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

use x86_64::VirtAddr;
use x86_64::instructions::tables::load_tss;
use x86_64::registers::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::tss::TaskStateSegment;

use crate::cpu;
use crate::memory::CpuStacks;

/// Entry of the interrupt stack table for double faults (its IST number is this plus one).
pub const DOUBLE_FAULT_IST: usize = 0;
/// Entry of the interrupt stack table for NMIs.
pub const NMI_IST: usize = 1;

/// The 64-bit code segment, here and in the boot GDT.
pub const CODE_SELECTOR: u16 = 0x08;

struct Tables {
    tss: TaskStateSegment,
    gdt: GlobalDescriptorTable,
}

struct PerCpu(UnsafeCell<MaybeUninit<Tables>>);

// SAFETY: each element is touched by one CPU only, the one that has its index (see `load`).
unsafe impl Sync for PerCpu {}

/// Not on the heap: a CPU makes its tables before its hello, when it may still be reset, so it must not take a lock.
static TABLES: [PerCpu; cpu::MAX] =
    [const { PerCpu(UnsafeCell::new(MaybeUninit::uninit())) }; cpu::MAX];

/// Gives this CPU, whose index is `index`, its own GDT and task state. Made anew at each start, because loading a task
/// state marks its descriptor busy.
///
/// # Safety
/// `index` is the caller's own, and it has run on the boot GDT since it was reset.
pub unsafe fn load(index: usize, stacks: &CpuStacks) {
    let mut tss = TaskStateSegment::new();
    tss.interrupt_stack_table[DOUBLE_FAULT_IST] =
        VirtAddr::new(stacks.exceptions[DOUBLE_FAULT_IST]);
    tss.interrupt_stack_table[NMI_IST] = VirtAddr::new(stacks.exceptions[NMI_IST]);
    let gdt = GlobalDescriptorTable::new();
    // SAFETY: by the caller's promise nobody else uses this element, not even this CPU's own registers.
    let tables = unsafe { (*TABLES[index].0.get()).write(Tables { tss, gdt }) };
    let code = tables.gdt.append(Descriptor::kernel_code_segment());
    let data = tables.gdt.append(Descriptor::kernel_data_segment());
    // SAFETY: the task state is static.
    let task = tables
        .gdt
        .append(unsafe { Descriptor::tss_segment_unchecked(&raw const tables.tss) });
    // SAFETY: the table is static and only rewritten when this CPU has been reset; the selectors are its own.
    unsafe {
        tables.gdt.load_unsafe();
        CS::set_reg(code);
        SS::set_reg(data);
        DS::set_reg(data);
        ES::set_reg(data);
        load_tss(task);
    }
}
