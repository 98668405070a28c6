//! Power State Coordination Interface (Arm DEN 0022): the calls that start and stop CPUs and the machine.

use core::sync::atomic::{AtomicU32, Ordering};

use hotvcpu_tables::Fadt;
use smccc::psci::error::{Error, NOT_SUPPORTED};
use smccc::psci::{self, AffinityState, LowestAffinityLevel};
use smccc::{Call, Hvc, Smc};

use crate::cpu::StartError;

/// How firmware is called; [`SMC`], [`HVC`], or nobody has said yet. The assembly that a started CPU runs first reads it.
pub static CONDUIT: AtomicU32 = AtomicU32::new(UNKNOWN);

const UNKNOWN: u32 = 0;
/// Calls are SMC instructions.
pub const SMC: u32 = 1;
/// Calls are HVC instructions.
pub const HVC: u32 = 2;

/// Takes the conduit that the device tree or the ROM names, until the tables are read.
pub fn set_conduit(conduit: u32) {
    CONDUIT.store(conduit, Ordering::Relaxed);
}

/// Takes the conduit that the FADT names. Without PSCI in it, what was known before stands.
pub fn set_conduit_of(fadt: &Fadt) {
    if fadt.arm_boot_flags.psci_compliant() {
        let hvc = fadt.arm_boot_flags.psci_uses_hvc();
        set_conduit(if hvc { HVC } else { SMC });
    }
}

/// Calls firmware by the conduit; where there is none, the answer is NOT_SUPPORTED.
struct Firmware;

impl Call for Firmware {
    fn call32(function: u32, args: [u32; 7]) -> [u32; 8] {
        match CONDUIT.load(Ordering::Relaxed) {
            HVC => Hvc::call32(function, args),
            SMC => Smc::call32(function, args),
            _ => [NOT_SUPPORTED as u32; 8],
        }
    }

    fn call64(function: u32, args: [u64; 17]) -> [u64; 18] {
        match CONDUIT.load(Ordering::Relaxed) {
            HVC => Hvc::call64(function, args),
            SMC => Smc::call64(function, args),
            _ => [i64::from(NOT_SUPPORTED) as u64; 18],
        }
    }
}

/// CPU_ON: starts the CPU with this MPIDR at the physical address `entry`, with `context` in x0.
pub fn cpu_on(mpidr: u64, entry: u64, context: u64) -> Result<(), StartError> {
    let called = psci::cpu_on::<Firmware>(mpidr, entry, context);
    called.map_err(|error| match known(error) {
        Error::Denied => StartError::Denied,
        Error::InvalidParameters => StartError::InvalidParameters,
        Error::AlreadyOn => StartError::AlreadyOn,
        Error::OnPending => StartError::OnPending,
        other => StartError::Firmware(other.into()),
    })
}

/// Firmware may answer with a 32-bit code in a 64-bit register, which is no negative number then.
fn known(error: Error) -> Error {
    match error {
        Error::Unknown(code) if u32::try_from(code).is_ok() => Error::from(code as i32),
        other => other,
    }
}

/// CPU_OFF: stops the caller. Returns only where firmware refuses.
pub fn cpu_off() {
    let _ = psci::cpu_off::<Firmware>();
}

/// AFFINITY_INFO: whether the CPU with this MPIDR is off. One that firmware does not know runs nothing either.
pub fn is_off(mpidr: u64) -> bool {
    let state = psci::affinity_info::<Firmware>(mpidr, LowestAffinityLevel::All);
    matches!(
        state,
        Ok(AffinityState::Off) | Err(Error::InvalidParameters)
    )
}

/// SYSTEM_OFF. Returns only where there is no firmware, or it refuses.
pub fn system_off() {
    let _ = psci::system_off::<Firmware>();
}

/// SYSTEM_RESET. Returns only where there is no firmware, or it refuses.
pub fn system_reset() {
    let _ = psci::system_reset::<Firmware>();
}
