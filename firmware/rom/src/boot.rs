//! The way from the first line of Rust to the kernel, as a list.

use alloc::vec::Vec;
use core::convert::Infallible;
use core::ops::Range;
use core::ptr::NonNull;

use hotvcpu_boot::device_tree::{self, Gic, Machine};
use hotvcpu_boot::fw_cfg::{FwCfg, Mmio};
use hotvcpu_boot::handover::{self, Area, Handover, LENGTH};
use hotvcpu_boot::table_loader::{self, Loaded, LoaderError};
use hotvcpu_monitor::Guest;
use safe_mmio::UniqueMmioPointer;

use crate::error::RomError;
use crate::level::Level;
use crate::memory::{Memory, PAGE, Purpose};
use crate::mmu::{self, Kind};
use crate::{console, enter, heap, kernel, layout, monitor, power};

/// Bytes of a device's registers that are mapped when the device tree does not say how many there are.
const REGISTERS: u64 = PAGE;

/// Addresses of devices that are no multiple of this are not believed: their registers could not be read at once.
const ALIGNMENT: u64 = 8;

/// Goes the whole way. It comes back only with what stood in it.
pub fn run(entry_counter: u64) -> Result<Infallible, RomError> {
    // The machine.
    mmu::enable()?;
    heap::open();
    mmu::map(device(console::address() as u64), Kind::Device)?;
    let tree = tree()?;
    let machine = Machine::read(tree)?;
    machine.psci.into_iter().for_each(power::use_conduit);
    let mut memory = Memory::new(&machine, tree.len())?;
    map(&machine, &memory)?;

    // What is in it.
    let mut fw_cfg = FwCfg::open(fw_cfg(&machine)?)?;
    let mut tables = match table_loader::load(&mut fw_cfg, &mut memory) {
        Err(LoaderError::NoScript) => Loaded::default(),
        tables => tables?,
    };
    say(&machine, &memory, &tables);
    let monitor = monitor::install(&machine, &mut fw_cfg, &mut tables, &mut memory)?;

    // What the kernel is told, and the kernel.
    let handover = Handover {
        rsdp: tables.rsdp(),
        initrd: kernel::load_initrd(&mut fw_cfg, &mut memory)?,
        device_tree: Some(layout::device_tree() as u64),
        entry_counter: Some(entry_counter),
        console: machine.console,
        rtc: machine.rtc,
        psci: machine.psci,
        ..Handover::default()
    };
    let cmdline = kernel::command_line(&mut fw_cfg)?;
    let argument = hand_over(&mut memory, &cmdline, handover)?;
    memory.written().for_each(enter::clean);
    let (ram, hidden) = (memory.ram().to_vec(), memory.hidden());
    let kernel = kernel::load(&mut fw_cfg, memory)?;
    enter::clean(kernel.range);

    if let Some(monitor) = monitor {
        monitor.enter(&Guest {
            entry: kernel.entry,
            argument,
            ram: &ram,
            hidden: &hidden,
        });
    }
    // SAFETY: the kernel is in its place, and the caches are clean of it and of what it is told.
    unsafe { enter::kernel(kernel.entry, argument) }
}

/// The device tree, at the start of RAM.
fn tree() -> Result<&'static [u8], RomError> {
    let start = layout::device_tree();
    let room = layout::static_ram().start - start;
    // SAFETY: RAM up to the ROM's own, mapped, and written by nobody while the ROM runs.
    let room = unsafe { core::slice::from_raw_parts(start as *const u8, room) };
    let length = device_tree::total_size(room)?;
    let truncated = device_tree::DeviceTreeError::Truncated {
        wanted: length,
        got: room.len(),
    };
    Ok(room.get(..length).ok_or(truncated)?)
}

/// Maps all RAM, and the devices that the device tree names.
fn map(machine: &Machine, memory: &Memory) -> Result<(), RomError> {
    for range in memory.ram() {
        mmu::map(range.clone(), Kind::Ram)?;
    }
    let single = machine.console.into_iter().chain(machine.fw_cfg);
    let slots = machine.virtio_mmio.iter().map(|slot| device(slot.address));
    for range in single
        .map(device)
        .chain(slots)
        .chain(machine.gic.iter().flat_map(gic_registers))
    {
        mmu::map(range, Kind::Device)?;
    }
    let console = machine.console;
    if let Some(address) = console.filter(|address| address.is_multiple_of(ALIGNMENT)) {
        console::open(address as usize);
    }
    Ok(())
}

fn gic_registers(gic: &Gic) -> impl Iterator<Item = Range<u64>> {
    let redistributors = gic.redistributors.iter().cloned();
    core::iter::once(gic.distributor.clone()).chain(redistributors)
}

fn device(address: u64) -> Range<u64> {
    address..address.saturating_add(REGISTERS)
}

/// The registers of fw_cfg.
fn fw_cfg(machine: &Machine) -> Result<Mmio<'static>, RomError> {
    let base = machine.fw_cfg.filter(|base| base.is_multiple_of(ALIGNMENT));
    let base = base.ok_or(RomError::NoFwCfg)? as usize;
    let register = |offset| NonNull::new((base + offset) as *mut u8).ok_or(RomError::NoFwCfg);
    let (data, selector) = (register(Mmio::DATA)?, register(Mmio::SELECTOR)?);
    let dma = register(Mmio::DMA)?;
    // SAFETY: the device tree says that the registers are here; they are mapped as a device, and this is called once.
    unsafe {
        Ok(Mmio::new(
            UniqueMmioPointer::new(data.cast()),
            UniqueMmioPointer::new(selector.cast()),
            UniqueMmioPointer::new(dma.cast()),
        ))
    }
}

/// One line about the machine.
fn say(machine: &Machine, memory: &Memory, tables: &Loaded<'_>) {
    let bytes: u64 = memory
        .ram()
        .iter()
        .map(|range| range.end - range.start)
        .sum();
    let acpi = match tables.rsdp() {
        Some(_) => "ACPI",
        None => "no ACPI",
    };
    let level = match Level::current() {
        Level::El1 => "EL1",
        Level::El2 | Level::El3 => "EL2",
    };
    console::print(format_args!(
        "hotvcpu-rom: {level}, {} CPUs, {} MiB, {acpi}\n",
        machine.cpus.len(),
        bytes >> 20,
    ));
}

/// Writes what the kernel is told into memory of its own: the structure, the memory ranges, the command line. Returns
/// the structure's address.
fn hand_over(memory: &mut Memory, cmdline: &[u8], handover: Handover) -> Result<u64, RomError> {
    // This takes memory itself, which splits one range in two at the most.
    let count = memory.handover().len() + 2;
    let length = LENGTH + count * handover::RANGE_LENGTH + cmdline.len();
    let place = memory.take(length as u64, PAGE, Purpose::BootInformation)?;
    let address = place.as_ptr() as u64;
    let mut ranges = Vec::new();
    for range in memory.handover() {
        ranges.extend_from_slice(&range.encode());
    }
    let handover = Handover {
        ranges: address + LENGTH as u64,
        range_count: (ranges.len() / handover::RANGE_LENGTH) as u64,
        cmdline: Area {
            address: address + (LENGTH + ranges.len()) as u64,
            length: cmdline.len() as u64,
        },
        ..handover
    };
    let whole = [handover.encode().as_slice(), &ranges, cmdline].concat();
    if let Some(place) = place.get_mut(..whole.len()) {
        place.copy_from_slice(&whole);
    }
    Ok(address)
}
