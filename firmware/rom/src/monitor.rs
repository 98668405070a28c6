//! The monitor, which makes a host without CPU hotplug one that has it: whether it is wanted, and what it needs.
//!
//! It is wanted when its fw_cfg item is there and says something else than `off`: without the item nobody is on the
//! other side of its control channel, and a machine with `virtualization=on` is then simply started.

use alloc::string::String;
use alloc::vec::Vec;

use hotvcpu_boot::device_tree::{GicVersion, Machine};
use hotvcpu_boot::fw_cfg::{Device, FwCfg};
use hotvcpu_boot::table_loader::Loaded;
use hotvcpu_monitor::{
    Config, Cpu, Monitor, Settings, TableMemory, VirtioSlot, has_hotplug, heap_needed,
};
use hotvcpu_tables::{PhysicalMemory, Tables};

use crate::error::RomError;
use crate::level::Level;
use crate::memory::{Memory, Purpose};
use crate::{console, heap, mmu};

/// The fw_cfg item with the monitor's settings, or `off`.
const SETTINGS: &str = "opt/hotvcpu/monitor";

/// The longest settings that are read.
const MAX_SETTINGS: u32 = 4096;

/// Tables that are placed anew lie at multiples of this.
const TABLE_ALIGNMENT: u64 = 64;

/// Installs the monitor, if the host needs it and the user wants it: takes its memory, and puts its tables in the place
/// of the host's. The guest is then to be entered through it.
///
/// # Errors
///
/// [`RomError`] if it is wanted and cannot be.
pub fn install<D: Device>(
    machine: &Machine,
    fw_cfg: &mut FwCfg<D>,
    tables: &mut Loaded<'static>,
    memory: &mut Memory,
) -> Result<Option<Monitor>, RomError> {
    let Some(settings) = settings(fw_cfg)? else {
        return Ok(None);
    };
    if Level::current() != Level::El2 {
        console::print(format_args!(
            "hotvcpu-rom: {SETTINGS} is ignored: the monitor needs EL2, start the machine with virtualization=on\n"
        ));
        return Ok(None);
    }
    let rsdp = tables.rsdp().ok_or(RomError::MonitorWithoutAcpi)?;
    // Settings that are wrong are complained of when they are used.
    let keep_tables = settings.parse().is_ok_and(|it: Settings| it.host_tables);
    if !keep_tables && is_native(tables, rsdp) {
        console::print(format_args!(
            "hotvcpu-rom: this host has CPU hotplug of its own, {SETTINGS} is ignored\n"
        ));
        return Ok(None);
    }
    let mut tables = PlacedTables {
        loaded: tables,
        placed: Vec::new(),
        memory,
    };
    let room = (heap_needed(machine.cpus.len()) as u64).next_multiple_of(mmu::BLOCK);
    heap::extend(tables.memory.take(room, mmu::BLOCK, Purpose::Monitor)?);
    tables.memory.hide_own();
    let monitor = prepare(machine, &settings)?;
    if !keep_tables {
        monitor.patch_tables(rsdp, &mut tables)?;
    }
    Ok(Some(monitor))
}

/// The settings, if there are any that are not `off`.
fn settings<D: Device>(fw_cfg: &mut FwCfg<D>) -> Result<Option<String>, RomError> {
    let Some(item) = fw_cfg.find(SETTINGS) else {
        return Ok(None);
    };
    let text = fw_cfg.read_all(item, MAX_SETTINGS)?;
    let text = String::from_utf8(text).map_err(|_| RomError::Settings)?;
    let is_off = text.trim_end_matches('\0').trim() == "off";
    Ok((!is_off).then_some(text))
}

fn prepare(machine: &Machine, settings: &str) -> Result<Monitor, RomError> {
    let gic = machine.gic.as_ref().ok_or(RomError::NoGic)?;
    let cpus = machine.cpus.iter().map(|cpu| Cpu {
        mpidr: cpu.mpidr,
        node: cpu.node,
    });
    let cpus: Vec<_> = cpus.collect();
    let virtio = machine.virtio_mmio.iter().map(|slot| VirtioSlot {
        address: slot.address,
        gsi: slot.gsi,
    });
    let virtio: Vec<_> = virtio.collect();
    Ok(Monitor::prepare(&Config {
        settings,
        cpus: &cpus,
        gic_version: match gic.version {
            GicVersion::V2 => 2,
            GicVersion::V3 => 3,
        },
        distributor: gic.distributor.start,
        redistributors: &gic.redistributors,
        virtio: &virtio,
        console: machine.console,
        fw_cfg: machine.fw_cfg,
        log: console::print,
    })?)
}

/// The tables that the loader laid out, and room for new ones.
struct PlacedTables<'a> {
    loaded: &'a mut Loaded<'static>,
    placed: Vec<&'static mut [u8]>,
    memory: &'a mut Memory,
}

/// The tables as the loader left them.
struct HostTables<'a>(&'a Loaded<'static>);

impl PhysicalMemory for HostTables<'_> {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        self.0.bytes(address, length)
    }
}

/// Whether the host has CPU hotplug of its own. Tables that are too damaged to tell are the monitor's to complain of.
fn is_native(tables: &Loaded<'static>, rsdp: u64) -> bool {
    let memory = HostTables(tables);
    Tables::discover(rsdp, &memory).is_ok_and(|tables| has_hotplug(tables.dsdt.bytes()))
}

impl TableMemory for PlacedTables<'_> {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let mut placed = self.placed.iter();
        let placed = placed.find_map(|table| {
            let start = offset(table, address)?;
            table.get(start..start.checked_add(length)?)
        });
        placed.or_else(|| self.loaded.bytes(address, length))
    }

    fn bytes_mut(&mut self, address: u64, length: usize) -> Option<&mut [u8]> {
        let mut placed = self.placed.iter_mut();
        let placed = placed.find_map(|table| {
            let start = offset(table, address)?;
            table.get_mut(start..start.checked_add(length)?)
        });
        placed.or_else(|| self.loaded.bytes_mut(address, length))
    }

    fn place(&mut self, table: &[u8]) -> Option<u64> {
        let length = table.len() as u64;
        let place = self.memory.take(length, TABLE_ALIGNMENT, Purpose::Tables);
        let place = place.ok()?;
        place.copy_from_slice(table);
        let address = place.as_ptr() as u64;
        self.placed.push(place);
        Some(address)
    }
}

/// Where `address` lies in `table`, which may be beyond its end.
fn offset(table: &[u8], address: u64) -> Option<usize> {
    usize::try_from(address.checked_sub(table.as_ptr() as u64)?).ok()
}
