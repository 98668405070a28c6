//! The entry: what the ROM hands over, or what QEMU's own loader does, copied.
//!
//! Without the ROM the device tree has to be read, which needs a heap: so a small one serves until the machine's memory
//! is known, and nothing of it outlives that moment.

use core::arch::global_asm;

use hotvcpu_boot::device_tree::{self, Conduit, Machine};
use hotvcpu_boot::handover::{self, Handover, RangeKind};

use super::uart::Uart;
use super::{cpu, firmware, paging, psci};
use crate::boot::{BootInfo, MemoryRange, run};
use crate::console;
use crate::cpu::{IN_USE, MAX, SLOTS};
use crate::memory::{self, EXCEPTION_STACK_OFFSET};

global_asm!(
    include_str!("boot.s"),
    enter = sym enter,
    enter_secondary = sym cpu::enter,
    device_block = const paging::DEVICE_BLOCK,
    normal_block = const paging::NORMAL_BLOCK,
    execute_never = const paging::EXECUTE_NEVER,
    mair = const paging::MAIR,
    tcr = const paging::TCR,
    boot_sctlr = const paging::BOOT_SCTLR,
    sctlr = const paging::SCTLR,
    root = sym paging::ROOT,
    slots = sym SLOTS,
    count = const MAX,
    in_use = const IN_USE,
    exception_stack = const EXCEPTION_STACK_OFFSET,
    conduit = sym psci::CONDUIT,
    smc = const psci::SMC,
);

/// How far above the start of RAM this image is linked (guest-kernel/link/aarch64.ld).
const ABOVE_RAM: u64 = 2 << 20;

/// The first Rust: on the boot stack, on the boot page tables, interrupts off.
extern "C" fn enter(handed_over: u64, entry_counter: u64) -> ! {
    memory::open_early_heap();
    // Given as an ELF file, QEMU's own loader passes nothing, and leaves the device tree at the start of RAM.
    let start_of_ram = paging::image().start - ABOVE_RAM;
    let handed_over = match handed_over {
        0 => start_of_ram,
        address => address,
    };
    let mut boot = BootInfo::empty(entry_counter);
    let mut fw_cfg = None;
    match bytes(handed_over, handover::LENGTH as u64).map(Handover::parse) {
        Some(Ok(handover)) => read_handover(&handover, &mut boot),
        Some(Err(handover::HandoverError::Magic)) => {
            fw_cfg = read_device_tree(handed_over, &mut boot);
        }
        Some(Err(_)) => {
            boot.complaint =
                Some("the handover cannot be read: use the ROM that was built with this kernel");
            // To say so takes a console, and QEMU's device tree is still where it was put.
            if let Some((machine, _)) = device_tree(start_of_ram) {
                use_devices(machine.console, machine.psci);
            }
        }
        None => boot.complaint = Some("the loader passed neither a handover nor a device tree"),
    }
    run(boot, |boot| {
        if let Some(fw_cfg) = fw_cfg {
            match firmware::load_tables(fw_cfg) {
                Ok(rsdp) => boot.rsdp = rsdp,
                Err(problem) => {
                    console::print(format_args!(
                        "the ACPI tables cannot be loaded: {problem}\n"
                    ));
                    boot.complaint = Some("the ACPI tables of fw_cfg cannot be loaded");
                }
            }
        }
    })
}

/// What the ROM says.
fn read_handover(handover: &Handover, boot: &mut BootInfo) {
    use_devices(handover.console, handover.psci);
    boot.rsdp = handover.rsdp;
    boot.rtc = handover.rtc;
    let list = handover.range_count * handover::RANGE_LENGTH as u64;
    let ranges = bytes(handover.ranges, list).and_then(|list| handover.ranges(list).ok());
    match ranges {
        Some(ranges) => {
            for range in ranges {
                let Ok(range) = range else {
                    boot.complaint = Some("a range of the handover's memory map makes no sense");
                    continue;
                };
                boot.add_range(MemoryRange {
                    start: range.start,
                    end: range.end,
                    usable: range.kind == RangeKind::Usable,
                });
            }
        }
        None => boot.complaint = Some("the handover's memory map cannot be read"),
    }
    let cmdline = handover.cmdline;
    match bytes(cmdline.address, cmdline.length) {
        Some(cmdline) => boot.set_cmdline(cmdline.iter().copied()),
        None if cmdline.length == 0 => {}
        None => boot.complaint = Some("the handover's command line cannot be read"),
    }
}

/// What QEMU's own loader says, where there is no firmware; returns where fw_cfg is, whose tables nobody has loaded.
fn read_device_tree(address: u64, boot: &mut BootInfo) -> Option<u64> {
    let Some((machine, length)) = device_tree(address) else {
        boot.complaint = Some("the loader passed neither a handover nor a device tree");
        return None;
    };
    use_devices(machine.console, machine.psci);
    boot.rtc = machine.rtc;
    let tree = MemoryRange {
        start: address,
        end: address + length,
        usable: false,
    };
    for memory in &machine.memory {
        // The tree lies in RAM, and nothing may be put there.
        let usable = |start: u64, end: u64| MemoryRange {
            start,
            end,
            usable: true,
        };
        if memory.start <= tree.start && tree.end <= memory.end {
            boot.add_range(usable(memory.start, tree.start));
            boot.add_range(tree);
            boot.add_range(usable(tree.end, memory.end));
        } else {
            boot.add_range(usable(memory.start, memory.end));
        }
    }
    if let Some(bootargs) = &machine.bootargs {
        boot.set_cmdline(bootargs.bytes());
    }
    machine.fw_cfg
}

/// Opens the console, and takes the conduit of PSCI's calls.
fn use_devices(console: Option<u64>, conduit: Option<Conduit>) {
    console::init(console.and_then(Uart::open));
    if let Some(conduit) = conduit {
        psci::set_conduit(match conduit {
            Conduit::Hvc => psci::HVC,
            Conduit::Smc => psci::SMC,
        });
    }
}

/// The device tree at `address`, with its length in bytes.
fn device_tree(address: u64) -> Option<(Machine, u64)> {
    const HEADER: u64 = 8;
    let length = device_tree::total_size(bytes(address, HEADER)?).ok()? as u64;
    let machine = Machine::read(bytes(address, length)?).ok()?;
    Some((machine, length))
}

/// Bytes that a loader left at a physical address, while the boot page tables are in use.
fn bytes(address: u64, length: u64) -> Option<&'static [u8]> {
    let length_in_memory = usize::try_from(length).ok()?;
    if length == 0 || !paging::reach(address, length) {
        return None;
    }
    // SAFETY: the boot page tables map it readable now, no Rust object lives at a loader's address, and nothing is
    // written there before the kernel's memory map is made, after the last use of these bytes.
    Some(unsafe { core::slice::from_raw_parts(address as *const u8, length_in_memory) })
}
