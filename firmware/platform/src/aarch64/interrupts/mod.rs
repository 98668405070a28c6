//! The exception vectors' handlers, and the interrupt controller that the MADT describes.
//!
//! Every exception runs on the CPU's exception stack (SP_EL1), because the kernel itself runs on SP_EL0: so the overflow
//! of the kernel's stack is an exception like any other. One inside a handler is the end, on one last stack.

use core::arch::global_asm;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use aarch64_cpu::asm;
use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{DAIF, Readable, Writeable};
use hotvcpu_tables::Tables;

use super::{cpu, gic, mmio, timer};
use crate::interrupts::rang;

mod exceptions;

global_asm!(include_str!("vectors.s"), dispatch = sym dispatch);

/// The virtual timer's interrupt where no GTDT names it: the PPI that the Arm Base System Architecture gives it.
const USUAL_TIMER: u32 = 27;

/// The virtual timer's interrupt, a PPI.
static TIMER: AtomicU32 = AtomicU32::new(USUAL_TIMER);

/// What the vectors leave on the stack.
#[repr(C)]
struct Frame {
    x: [u64; 31],
    sp: u64,
    elr: u64,
    spsr: u64,
    esr: u64,
    far: u64,
}

const _: () = assert!(size_of::<Frame>() == 288);

/// The vectors' numbers, in their order (Arm ARM, D1.3.1).
const FROM_KERNEL: u64 = 0;
const FROM_KERNEL_IRQ: u64 = 1;

extern "C" fn dispatch(frame: &mut Frame, vector: u64) {
    if vector == FROM_KERNEL
        && exceptions::is_unanswered_access(frame)
        && let Some(next) = mmio::after_failure(frame.elr)
    {
        frame.elr = next;
        return;
    }
    if vector != FROM_KERNEL_IRQ {
        exceptions::report(frame, vector);
    }
    gic::handle(|id| {
        if id == gic::WAKE {
            return;
        }
        let number = id.raw_value();
        if number == TIMER.load(Ordering::Relaxed) {
            timer::stop();
        } else {
            rang(|_, gsi| gsi == number);
        }
    });
}

/// The entry has pointed VBAR_EL1 to the vectors.
pub fn init() {}

/// Why the interrupt controller could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerError {
    /// There is no MADT, or it has no distributor.
    NoDistributor,
    /// The controller is an older one.
    NotGicV3,
    /// The MADT says nowhere where redistributors are.
    NoRedistributor,
    /// The MADT lists the distributor where it cannot be.
    NotADevice {
        /// The physical address that it gives.
        address: u64,
    },
    /// No redistributor has the boot CPU's affinity.
    NotOurs {
        /// The boot CPU's MPIDR.
        mpidr: u64,
    },
}

impl fmt::Display for ControllerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDistributor => {
                f.write_str("the MADT lists no GIC distributor, so no doorbell can ring")
            }
            Self::NotGicV3 => f.write_str(
                "this machine has a GICv2; hotplug needs GICv3: start QEMU with -M virt,gic-version=3",
            ),
            Self::NoRedistributor => f.write_str(
                "the MADT gives no address of a GIC redistributor, neither in GICR entries nor in GICC entries; no \
                 CPU can be interrupted",
            ),
            Self::NotADevice { address } => write!(
                f,
                "the MADT lists the GIC distributor at {address:#x}, where no such device answers; no doorbell can ring"
            ),
            Self::NotOurs { mpidr } => write!(
                f,
                "no GIC redistributor belongs to this CPU, whose MPIDR is {mpidr:#x}, or it does not wake up"
            ),
        }
    }
}

/// Takes the interrupt controller that the MADT describes, and lets this CPU be interrupted.
///
/// # Errors
/// [`ControllerError`]: then no CPU is interrupted, and [`wait_unless`] does not wait.
pub fn enable(tables: Option<&Tables<'_>>) -> Result<(), ControllerError> {
    let timer = tables.and_then(|tables| tables.gtdt?.virtual_timer);
    if let Some(timer) = timer {
        TIMER.store(timer.gsiv, Ordering::Relaxed);
    }
    let madt = tables.and_then(|tables| tables.madt.as_ref());
    gic::init(madt.ok_or(ControllerError::NoDistributor)?)?;
    if !enable_cpu() {
        let mpidr = cpu::own_id();
        return Err(ControllerError::NotOurs { mpidr });
    }
    Ok(())
}

/// Lets this CPU be interrupted. False: it cannot be.
pub(super) fn enable_cpu() -> bool {
    let enabled = gic::enable_cpu(TIMER.load(Ordering::Relaxed));
    unmask();
    enabled
}

/// The interrupt controller in use, for people.
pub fn controller_name() -> &'static str {
    if gic::is_there() {
        "GICv3"
    } else {
        "no interrupt controller"
    }
}

/// Routes `gsi` to this CPU as one of the wired lines. False: the distributor has no such line. Its lines have no
/// polarity of their own: what is active low is inverted outside of it.
pub fn route(gsi: u32, _place: usize, level: bool, _active_low: bool) -> bool {
    gic::route(gsi, cpu::own_id(), level)
}

pub use gic::set_masked;

/// Halts this CPU until an interrupt, unless `ready` says that there is something to do.
///
/// `ready` is asked with interrupts masked, and a masked interrupt ends the halt all the same: so one which arrives
/// between the question and the halt is not lost.
pub fn wait_unless(ready: impl FnOnce() -> bool) {
    mask();
    if !ready() && gic::is_there() {
        barrier::dsb(barrier::SY);
        asm::wfi();
    }
    unmask();
}

/// Runs `act` with interrupts masked.
pub fn without_interrupts<T>(act: impl FnOnce() -> T) -> T {
    let before = DAIF.get();
    mask();
    let result = act();
    DAIF.set(before);
    result
}

/// Masks this CPU's interrupts.
pub(super) fn mask() {
    // SAFETY: masks interrupts; what was written before stays so.
    unsafe { core::arch::asm!("msr daifset, #2", options(nostack)) };
}

/// Interrupts and system errors; the latter are reported like any other exception.
fn unmask() {
    // SAFETY: the vectors are in place since the entry.
    unsafe { core::arch::asm!("msr daifclr, #6", options(nostack)) };
}
