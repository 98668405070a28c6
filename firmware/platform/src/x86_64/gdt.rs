//! Segments and the task state, one set per CPU: long mode still wants them to find the stacks for double faults
//! and NMIs.

use alloc::boxed::Box;

use spin::Mutex;
use x86_64::VirtAddr;
use x86_64::instructions::tables::load_tss;
use x86_64::registers::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::tss::TaskStateSegment;

use super::cpu;
use super::memory::CpuStacks;

/// Entry of the interrupt stack table for double faults (its IST number is this plus one).
pub const DOUBLE_FAULT_IST: usize = 0;
/// Entry of the interrupt stack table for NMIs.
pub const NMI_IST: usize = 1;

/// The 64-bit code segment, here and in the boot GDT.
pub const CODE_SELECTOR: u16 = 0x08;

#[derive(Default)]
struct Tables {
    tss: TaskStateSegment,
    gdt: GlobalDescriptorTable,
}

/// Tables of each CPU that was ever started; they serve again when its index is used again.
static TABLES: Mutex<[usize; cpu::MAX]> = Mutex::new([0; cpu::MAX]);

/// Gives this CPU, whose index is `index`, its own GDT and task state.
pub fn load(index: usize, stacks: &CpuStacks) {
    let tables = tables_of(index);
    // The GDT is made anew at each start, because loading a task state marks its descriptor busy.
    tables.gdt = GlobalDescriptorTable::new();
    tables.tss.interrupt_stack_table[DOUBLE_FAULT_IST] = VirtAddr::new(stacks.double_fault);
    tables.tss.interrupt_stack_table[NMI_IST] = VirtAddr::new(stacks.nmi);
    let code = tables.gdt.append(Descriptor::kernel_code_segment());
    let data = tables.gdt.append(Descriptor::kernel_data_segment());
    // SAFETY: the task state is never freed and never moves.
    let task = tables
        .gdt
        .append(unsafe { Descriptor::tss_segment_unchecked(&raw const tables.tss) });
    // SAFETY: the table is never freed and only rewritten when this CPU has been reset; the selectors are its own.
    unsafe {
        tables.gdt.load_unsafe();
        CS::set_reg(code);
        SS::set_reg(data);
        DS::set_reg(data);
        ES::set_reg(data);
        load_tss(task);
    }
}

fn tables_of(index: usize) -> &'static mut Tables {
    let mut all = TABLES.lock();
    if all[index] == 0 {
        all[index] = Box::into_raw(Box::<Tables>::default()) as usize;
    }
    // SAFETY: the box was leaked above, and an index belongs to one running CPU at a time, which is the caller; the
    // CPU that had it before has been reset.
    unsafe { &mut *(all[index] as *mut Tables) }
}
