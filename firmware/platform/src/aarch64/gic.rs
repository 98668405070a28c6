//! The interrupt controller: one distributor, a redistributor per CPU, and the CPU's own system registers (GICv3, Arm
//! IHI 0069). The MADT says where they are.

use alloc::vec::Vec;
use core::ops::Range;
use core::ptr::NonNull;

use arm_gic::gicv3::registers::{Gicd, GicrSgi};
use arm_gic::gicv3::{
    GicCpuInterface, GicDistributor, GicRedistributor, SgiTarget, SgiTargetGroup,
};
use arm_gic::{IntId, InterruptGroup, Trigger, UniqueMmioPointer};
use hotvcpu_aml::Width;
use hotvcpu_tables::{Madt, MadtEntry};
use spin::{Mutex, Once};

use super::interrupts::{ControllerError, without_interrupts};
use super::{cpu, mmio};
use crate::memory::is_device_or_firmware;

/// The software-generated interrupt that only wakes a CPU.
pub const WAKE: IntId = IntId::sgi(0);

/// INTIDs from here on are shared peripherals' (SPIs).
const FIRST_SPI: u32 = 32;

/// Bytes of a redistributor: two frames, four where it knows virtual LPIs.
const REDISTRIBUTOR: u64 = 2 * 0x1_0000;
const REDISTRIBUTOR_V4: u64 = 4 * 0x1_0000;

/// The distributor's type register (IHI 0069, 12.9).
const GICD_TYPER: u64 = 0x04;

// Registers of a redistributor (IHI 0069, 12.10) and bits in them.
const GICR_TYPER: u64 = 0x08;
const TYPER_VLPIS: u64 = 1 << 1;
const TYPER_LAST: u64 = 1 << 4;
const GICR_WAKER: u64 = 0x14;
const WAKER_PROCESSOR_SLEEP: u64 = 1 << 1;
const WAKER_CHILDREN_ASLEEP: u64 = 1 << 2;

/// Looks at a redistributor until it has woken up or gone to sleep, which takes a few.
const PATIENCE: u32 = 100_000;

static DISTRIBUTOR: Mutex<Option<GicDistributor<'static>>> = Mutex::new(None);
/// Where redistributors are: ranges that hold several, or single ones.
static REDISTRIBUTORS: Once<Vec<Range<u64>>> = Once::new();

/// Whether there is a controller.
pub fn is_there() -> bool {
    REDISTRIBUTORS.is_completed()
}

/// Takes the controller that the MADT describes, with all of its lines masked.
pub fn init(madt: &Madt<'_>) -> Result<(), ControllerError> {
    let entries = || madt.entries().flatten();
    let distributor = entries().find_map(|entry| match entry {
        MadtEntry::Gicd(gicd) => Some(gicd),
        _ => None,
    });
    let distributor = distributor.ok_or(ControllerError::NoDistributor)?;
    // Version 0 leaves it to the CPU, which says whether it has the system registers of GICv3.
    let too_old = matches!(distributor.version, 1 | 2) || !cpu::has_gic_registers();
    if too_old {
        return Err(ControllerError::NotGicV3);
    }
    let ranges = redistributors(madt);
    if ranges.is_empty() {
        return Err(ControllerError::NoRedistributor);
    }
    let address = distributor.address;
    let possible = is_device_or_firmware(address, size_of::<Gicd>() as u64);
    let registers = NonNull::new(address as *mut Gicd);
    let registers = registers.filter(|_| possible && address.is_multiple_of(0x1_0000));
    let registers = registers.ok_or(ControllerError::NotADevice { address })?;
    // SAFETY: aligned, mapped as device memory, and outside of all memory that is Rust's.
    let answer = unsafe { mmio::try_read(address + GICD_TYPER, Width::Dword) };
    answer.ok_or(ControllerError::NotADevice { address })?;
    // SAFETY: the MADT names this address as the distributor's; it is aligned, mapped as device memory, and outside of
    // all memory that is Rust's. Nothing else in this guest uses it.
    let mut distributor = GicDistributor::new(unsafe { UniqueMmioPointer::new(registers) });
    distributor.configure_default_settings();
    *DISTRIBUTOR.lock() = Some(distributor);
    REDISTRIBUTORS.call_once(|| ranges);
    Ok(())
}

/// The ranges of the MADT's GICR entries; where it has none, the redistributors that its GICC entries name.
fn redistributors(madt: &Madt<'_>) -> Vec<Range<u64>> {
    let range = |start: u64, length: u64| start..start.saturating_add(length);
    let usable = |range: &Range<u64>| {
        let length = range.end - range.start;
        range.start.is_multiple_of(0x1_0000) && is_device_or_firmware(range.start, length)
    };
    let of = |pick: fn(&MadtEntry) -> Option<(u64, u64)>| -> Vec<Range<u64>> {
        let entries = madt.entries().flatten();
        let ranges = entries.filter_map(|entry| pick(&entry));
        let ranges = ranges.map(|(start, length)| range(start, length));
        ranges.filter(usable).collect()
    };
    let shared = of(|entry| match entry {
        MadtEntry::Gicr(gicr) => Some((gicr.address, gicr.length.into())),
        _ => None,
    });
    if !shared.is_empty() {
        return shared;
    }
    of(|entry| match entry {
        MadtEntry::Gicc(gicc) if gicc.redistributor != 0 => {
            Some((gicc.redistributor, REDISTRIBUTOR))
        }
        _ => None,
    })
}

/// The redistributor of the CPU with this MPIDR: its type register tells whose it is.
fn find_redistributor(mpidr: u64) -> Option<u64> {
    let affinity = (mpidr >> 8 & 0xFF00_0000) | mpidr & 0x00FF_FFFF;
    for range in REDISTRIBUTORS.get()? {
        let mut base = range.start;
        while base + REDISTRIBUTOR <= range.end {
            // SAFETY: within a range that the MADT names, which is mapped and no memory of Rust's.
            let typer = unsafe { mmio::try_read(base + GICR_TYPER, Width::Qword) };
            // The table names more than there is, or another machine's.
            let Some(typer) = typer else { break };
            if typer >> 32 == affinity {
                return Some(base);
            }
            // The table's range may be longer than what is there.
            if typer & TYPER_LAST != 0 {
                break;
            }
            let is_v4 = typer & TYPER_VLPIS != 0;
            base += if is_v4 {
                REDISTRIBUTOR_V4
            } else {
                REDISTRIBUTOR
            };
        }
    }
    None
}

/// Lets this CPU be interrupted: wakes its redistributor, and enables `timer`'s interrupt and the wake-up. False: no
/// redistributor is this CPU's, or it does not wake up.
pub fn enable_cpu(timer: u32) -> bool {
    let Some(base) = find_redistributor(cpu::own_id()) else {
        return false;
    };
    GicCpuInterface::enable_system_register_el1();
    if !set_sleep(base, false) {
        return false;
    }
    let Some(registers) = NonNull::new(base as *mut GicrSgi) else {
        return false;
    };
    // SAFETY: `find_redistributor` found this CPU's own; only this CPU uses it, and only here.
    let mut own = GicRedistributor::new(unsafe { UniqueMmioPointer::new(registers) });
    own.configure_default_settings();
    let timer = timer.checked_sub(16).filter(|ppi| *ppi < 16);
    let enabled = own.enable_interrupt(WAKE, true).is_ok()
        && timer.is_some_and(|ppi| own.enable_interrupt(IntId::ppi(ppi), true).is_ok());
    GicCpuInterface::set_priority_mask(0xFF);
    GicCpuInterface::enable_group1(true);
    enabled
}

/// Takes this CPU out of the controller's sight, before it is turned off.
pub fn disable_cpu() {
    GicCpuInterface::enable_group1(false);
    if let Some(base) = find_redistributor(cpu::own_id()) {
        set_sleep(base, true);
    }
}

/// Tells the redistributor at `base` that its CPU sleeps, or not (GICR_WAKER). False: it does not follow.
fn set_sleep(base: u64, asleep: bool) -> bool {
    let register = base + GICR_WAKER;
    // SAFETY: `find_redistributor` found this CPU's own; see there.
    let read = || unsafe { mmio::read(register, Width::Dword) };
    let wanted = if asleep {
        read() | WAKER_PROCESSOR_SLEEP
    } else {
        read() & !WAKER_PROCESSOR_SLEEP
    };
    // SAFETY: as above.
    unsafe { mmio::write(register, Width::Dword, wanted) };
    (0..PATIENCE).any(|_| (read() & WAKER_CHILDREN_ASLEEP != 0) == asleep)
}

/// Routes a shared peripheral's interrupt to the CPU with this MPIDR, unmasked. False: there is no such line.
pub fn route(gsi: u32, mpidr: u64, level: bool) -> bool {
    with_line(gsi, |distributor, line| {
        let trigger = if level { Trigger::Level } else { Trigger::Edge };
        distributor.set_trigger(line, trigger).is_ok()
            && distributor.set_routing(line, Some(mpidr)).is_ok()
            && distributor.enable_interrupt(line, true).is_ok()
    })
}

/// Masks or unmasks a shared peripheral's interrupt.
pub fn set_masked(gsi: u32, masked: bool) {
    with_line(gsi, |distributor, line| {
        distributor.enable_interrupt(line, !masked).is_ok()
    });
}

fn with_line(gsi: u32, act: impl FnOnce(&mut GicDistributor<'static>, IntId) -> bool) -> bool {
    without_interrupts(|| {
        let mut distributor = DISTRIBUTOR.lock();
        let Some(distributor) = distributor.as_mut() else {
            return false;
        };
        let spis = distributor.typer().num_spis();
        let spi = gsi.checked_sub(FIRST_SPI).filter(|spi| *spi < spis);
        spi.is_some_and(|spi| act(distributor, IntId::spi(spi)))
    })
}

/// Interrupts the CPU with this MPIDR. Its affinity level 0 is below 16: see [`can_address`].
pub fn send_wake(mpidr: u64) {
    let target = SgiTarget::List {
        affinity3: (mpidr >> 32) as u8,
        affinity2: (mpidr >> 16) as u8,
        affinity1: (mpidr >> 8) as u8,
        target_list: 1 << (mpidr & 0xF),
    };
    // What was written before is seen by the CPU that wakes up.
    aarch64_cpu::asm::barrier::dsb(aarch64_cpu::asm::barrier::ISHST);
    // It fails for interrupts that are not software-generated.
    let _ = GicCpuInterface::send_sgi(WAKE, target, SgiTargetGroup::CurrentGroup1);
}

/// Whether a software-generated interrupt reaches the CPU with this MPIDR: a list names 16 CPUs.
pub fn can_address(mpidr: u64) -> bool {
    mpidr & 0xFF < 16
}

/// Handles the interrupt that is pending, if one is.
pub fn handle(act: impl FnOnce(IntId)) {
    GicCpuInterface::handle_interrupt(InterruptGroup::Group1, act);
}
