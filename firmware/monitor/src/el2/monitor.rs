//! Installing the monitor: checks, tables, memory, and the way down to the guest.
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

use hotvcpu_contract::tables::{self, Layout, TableMemory, TablesError, VirtioSlot};
use hotvcpu_contract::{Channel, Contract, Settings};

use crate::distributor;
use crate::el2::config::{Config, Guest, MonitorError};
use crate::el2::console::Console;
use crate::el2::cpu;
use crate::el2::gic::Gic;
use crate::el2::persistent::Store;
use crate::el2::shared::{self, Shared};
use crate::el2::sysreg::read;
use crate::stage2::{self, ALIGNMENT, ENTRIES, Map, PAGE};
use crate::window::{CPU_REGISTERS, GED_SELECTOR};

/// The GED's interrupt on QEMU's `virt`: SPI 9.
const GED_GSI: u32 = 41;
/// Both flash devices of QEMU's `virt`. A write anywhere to the one that the monitor's code runs from would turn it
/// from memory into a device that waits for commands.
const FLASH: Range<u64> = 0..0x0800_0000;
/// The first PL011's interrupt on QEMU's `virt`: SPI 1.
const CONSOLE_GSI: u32 = 33;
/// The affinity fields of an MPIDR.
const AFFINITY: u64 = 0xFF_00FF_FFFF;

/// There is one monitor, with one memory that survives a reset.
static EXISTS: AtomicBool = AtomicBool::new(false);

/// The monitor, before the guest runs.
pub struct Monitor {
    shared: Shared,
    control_page: Range<u64>,
    layout: Layout<'static>,
    /// The slots that the guest may use.
    virtio: Vec<VirtioSlot>,
    nodes: Vec<Option<u32>>,
}

/// Bytes of heap that have to be free at [`Monitor::prepare`]: stacks, tables, the control channel, and while it is
/// built, the DSDT several times over.
pub const fn heap_needed(slots: usize) -> usize {
    (1 << 20) + slots * (cpu::STACK + 6 * 1024)
}

impl Monitor {
    /// Checks that the monitor can run here, takes its control device, and finds out what is plugged: what was
    /// plugged before, if this is a reset of the machine.
    ///
    /// # Errors
    /// [`MonitorError`], whose text says what to do.
    pub fn prepare(config: &Config<'_>) -> Result<Self, MonitorError> {
        if read!("CurrentEL") >> 2 != 2 {
            return Err(MonitorError::NotAtEl2);
        }
        if config.gic_version != 3 {
            return Err(MonitorError::GicVersion(config.gic_version));
        }
        let settings: Settings = config.settings.parse()?;
        let mut contract = contract(&settings, config)?;
        let slot = config
            .virtio
            .iter()
            .find(|slot| slot.address == settings.control)
            .ok_or(MonitorError::NoSuchSlot(settings.control))?;
        if EXISTS.swap(true, Ordering::Relaxed) {
            return Err(MonitorError::Twice);
        }
        // SAFETY: the device tree has a virtio-mmio slot there, and nobody runs yet who could use it.
        let console = unsafe { Console::open(slot.address) };
        let console = console.map_err(|reason| MonitorError::Control {
            address: slot.address,
            reason,
        })?;
        // SAFETY: there is one monitor, and so one store.
        let store = unsafe { Store::open(&mut contract) };
        let redistributors = config.redistributors.to_vec();
        // SAFETY: the device tree has a GICv3 there.
        let gic = unsafe { Gic::new(config.distributor, redistributors, slot.gsi) };
        let page = slot.address & !(PAGE - 1);
        let control_page = page..page + PAGE;
        let shared = Shared {
            contract,
            channel: Channel::new(),
            console,
            gic,
            store,
            ged_gsi: GED_GSI,
            log: config.log,
            faults: 0,
            distributor: config.distributor..config.distributor + distributor::LENGTH,
            server: 0,
            has_ged: !settings.host_tables,
        };
        Ok(Self {
            shared,
            layout: layout(config),
            virtio: guest_slots(config, &control_page),
            control_page,
            nodes: config.cpus.iter().map(|cpu| cpu.node).collect(),
        })
    }

    /// Puts the tables of the contract in the place of the host's.
    ///
    /// # Errors
    /// [`TablesError`]; then the guest must not be started.
    pub fn patch_tables<M: TableMemory>(
        &self,
        rsdp: u64,
        memory: &mut M,
    ) -> Result<(), TablesError> {
        let layout = Layout {
            virtio: &self.virtio,
            ..self.layout
        };
        tables::install(rsdp, memory, &self.shared.contract, &layout, &self.nodes)
    }

    /// Enters the guest at EL1, with the monitor around it.
    pub fn enter(self, guest: &Guest<'_>) -> ! {
        let Self {
            mut shared,
            control_page,
            ..
        } = self;
        let mut holes = guest.hidden.to_vec();
        holes.extend([
            FLASH,
            control_page,
            shared.distributor.clone(),
            GED_SELECTOR..GED_SELECTOR + PAGE,
            CPU_REGISTERS..CPU_REGISTERS + PAGE,
        ]);
        let tables = place_tables(&Map {
            ram: guest.ram,
            holes: &holes,
        });
        cpu::prepare(shared.contract.slot_count());
        shared.store.save(&shared.contract);
        shared.channel.hello(&shared.contract);
        shared.gic.take(read!("MPIDR_EL1") & AFFINITY);
        shared.flush();
        // What the host has sent before now is taken when the guest runs: that the buffer comes back is an interrupt.
        shared.console.acknowledge();
        shared.console.listen();
        shared::install(shared);
        cpu::enter(tables, guest.entry, guest.argument)
    }
}

/// The contract at power-on. The CPU that runs has to be the first, because the first one is never removed.
fn contract(settings: &Settings, config: &Config<'_>) -> Result<Contract, MonitorError> {
    let here = read!("MPIDR_EL1") & AFFINITY;
    if config.cpus.first().map(|cpu| cpu.mpidr) != Some(here) {
        return Err(MonitorError::NotTheFirstCpu);
    }
    let count = u32::try_from(config.cpus.len()).unwrap_or(u32::MAX);
    let plugged = settings.vcpus.unwrap_or(count);
    let mpidrs = config.cpus.iter().map(|cpu| cpu.mpidr);
    Ok(Contract::new(settings.generation, mpidrs, plugged)?)
}

fn layout(config: &Config<'_>) -> Layout<'static> {
    let address = |address: Option<u64>| address.and_then(|address| u32::try_from(address).ok());
    Layout {
        ged_selector: GED_SELECTOR as u32,
        ged_gsi: GED_GSI,
        cpu_registers: CPU_REGISTERS as u32,
        console: address(config.console).map(|base| (base, CONSOLE_GSI)),
        fw_cfg: address(config.fw_cfg),
        virtio: &[],
    }
}

/// The virtio-mmio slots but for those on the page that the control device's slot hides.
fn guest_slots(config: &Config<'_>, hidden: &Range<u64>) -> Vec<VirtioSlot> {
    // As many as two digits of a name can number.
    let numbered = (0..100u8).zip(config.virtio);
    let free = numbered.filter(|(_, slot)| !hidden.contains(&slot.address));
    let slots = free.filter_map(|(number, slot)| {
        Some(VirtioSlot {
            number,
            address: u32::try_from(slot.address).ok()?,
            gsi: slot.gsi,
        })
    });
    slots.collect()
}

/// Builds the stage 2 tables in memory of their own; returns their address.
fn place_tables(map: &Map<'_>) -> u64 {
    // How many there are does not depend on where they are.
    let count = stage2::build(map, 0).len();
    let unit = ALIGNMENT as usize / size_of::<u64>();
    let memory = alloc::vec![0u64; count * ENTRIES + unit].leak();
    let skip = memory.as_ptr().align_offset(ALIGNMENT as usize);
    let place = memory.get_mut(skip..).unwrap_or_default();
    let base = place.as_ptr() as u64;
    let built = stage2::build(map, base);
    for (entry, value) in place.iter_mut().zip(built.iter().flatten()) {
        *entry = *value;
    }
    base
}
