//! What all CPUs share at EL2, behind one lock.
use core::fmt;
use core::ops::Range;

use hotvcpu_contract::psci::{
    AFFINITY_OFF, AFFINITY_ON_PENDING, ALREADY_ON, INVALID_PARAMETERS, ON_PENDING, SUCCESS, Verdict,
};
use hotvcpu_contract::{Channel, Contract, Effect};
use spin::{Mutex, Once};

use crate::el2::console::{Console, NO_INPUT};
use crate::el2::cpu::{self, Phase};
use crate::el2::gic::Gic;
use crate::el2::persistent::Store;
use crate::el2::psci;

/// The monitor while the guest runs.
pub struct Shared {
    pub contract: Contract,
    pub channel: Channel,
    pub console: Console,
    pub gic: Gic,
    pub store: Store,
    /// The GED's interrupt.
    pub ged_gsi: u32,
    /// What to print with.
    pub log: fn(fmt::Arguments<'_>),
    /// Faults of the guest that were reported.
    pub faults: u32,
    /// Where the distributor is.
    pub distributor: Range<u64>,
    /// The slot of the CPU that serves the control device.
    pub server: u32,
    /// Whether QEMU's own GED is behind the selector.
    pub has_ged: bool,
}

/// How often a CPU that turns itself off is asked whether it is off, when it is to be started again. It takes QEMU
/// microseconds, or as long as the host lets that CPU's thread wait.
const PATIENCE: u32 = 1_000_000;

static SHARED: Once<Mutex<Shared>> = Once::new();

/// Puts it in its place.
pub fn install(shared: Shared) {
    SHARED.call_once(|| Mutex::new(shared));
}

/// Takes the lock. Interrupts are masked at EL2, so a CPU cannot come here twice.
pub fn with<T>(action: impl FnOnce(&mut Shared) -> T) -> Option<T> {
    Some(action(&mut SHARED.get()?.lock()))
}

impl Shared {
    /// The control device's interrupt: requests in, reports out.
    pub fn serve_console(&mut self) {
        self.console.acknowledge();
        self.flush();
        let mut ring = false;
        let mut input = NO_INPUT;
        // A host that does not take what it asked for is not listened to, until the device takes more.
        while !self.channel.is_busy() {
            let length = self.console.receive(&mut input);
            if length == 0 {
                break;
            }
            // Line by line, so that no number of small requests fills the queue.
            let lines = input.get(..length).unwrap_or_default();
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                if self.channel.receive(line, &mut self.contract) {
                    // What is answered is also kept, should the machine be reset the next moment.
                    self.store.save(&self.contract);
                    ring = true;
                }
                self.flush();
            }
        }
        // The answers are out before the guest hears of the requests, and so before what it does about them.
        if ring {
            self.gic.raise(self.ged_gsi);
        }
    }

    /// Sends what waits, as far as the device takes it.
    pub fn flush(&mut self) {
        let channel = &mut self.channel;
        self.console.send(|buffer| channel.send_into(buffer));
    }

    /// The guest did something to the register block.
    pub fn effect(&mut self, effect: Effect) {
        self.channel.effect(effect);
        if let Effect::Ejected { slot } = effect {
            self.store.save(&self.contract);
            if self.is_off(slot) {
                self.gone(slot);
            } else if let Some(mpidr) = self.contract.mpidr(slot) {
                self.gic.route(self.gic.stop, mpidr);
                self.gic.raise(self.gic.stop);
            }
        }
        self.flush();
    }

    /// The stop interrupt on this CPU: whether it has to turn itself off.
    pub fn must_stop(&mut self, slot: u32) -> bool {
        if !self.contract.is_leaving(slot) {
            return false;
        }
        self.ends(slot);
        self.gone(slot);
        let leaving = (0..self.contract.slot_count()).find(|slot| self.contract.is_leaving(*slot));
        if let Some(mpidr) = leaving.and_then(|slot| self.contract.mpidr(slot)) {
            self.gic.route(self.gic.stop, mpidr);
            self.gic.raise(self.gic.stop);
        }
        self.flush();
        true
    }

    /// This CPU is about to turn itself off. If it was ejected before, this is the end of the removal.
    pub fn turns_off(&mut self, slot: u32) {
        self.ends(slot);
        if self.contract.is_leaving(slot) {
            self.gone(slot);
            self.flush();
        }
    }

    /// This CPU is about to turn itself off; another one has to serve the control device if it did.
    fn ends(&mut self, slot: u32) {
        cpu::set_phase(slot, Phase::TurningOff);
        if slot == self.server
            && let Some(next) = (0..self.contract.slot_count()).find(|slot| self.runs(*slot))
        {
            self.serve_on(next);
        }
    }

    fn serve_on(&mut self, slot: u32) {
        if let Some(mpidr) = self.contract.mpidr(slot) {
            self.server = slot;
            self.gic.route(self.gic.control, mpidr);
        }
    }

    /// Whether the guest's code runs on a CPU, or is about to.
    fn runs(&self, slot: u32) -> bool {
        self.contract.plugged(slot).is_some() && !self.is_off(slot)
    }

    fn gone(&mut self, slot: u32) {
        if let Some(origin) = self.contract.gone(slot) {
            self.channel.deleted(slot, origin);
        }
    }

    fn is_off(&self, slot: u32) -> bool {
        match cpu::phase(slot) {
            Phase::Starting => false,
            Phase::TurningOff => true,
            Phase::Settled => {
                self.contract.mpidr(slot).map(psci::affinity_info) == Some(AFFINITY_OFF)
            }
        }
    }

    /// Whether the CPU of a plugged slot runs, as the guest may know it.
    pub fn affinity_info(&self, slot: u32) -> i64 {
        match (cpu::phase(slot), self.contract.mpidr(slot)) {
            (_, None) => INVALID_PARAMETERS,
            (Phase::Starting, _) => AFFINITY_ON_PENDING,
            (_, Some(mpidr)) => psci::affinity_info(mpidr),
        }
    }

    /// CPU_ON of a plugged slot: judged by whether the CPU runs, then carried out.
    pub fn cpu_on(&mut self, slot: u32, entry: u64, context: u64) -> i64 {
        let Some(mpidr) = self.contract.mpidr(slot) else {
            return INVALID_PARAMETERS;
        };
        let is_off = || psci::affinity_info(mpidr) == AFFINITY_OFF;
        let may_start = match cpu::phase(slot) {
            Phase::Starting => return ON_PENDING,
            Phase::TurningOff => (0..PATIENCE).any(|_| is_off()),
            Phase::Settled => is_off(),
        };
        if !may_start {
            return ALREADY_ON;
        }
        let answer = cpu::start(slot, mpidr, entry, context);
        if answer == SUCCESS && self.is_off(self.server) {
            self.serve_on(slot);
        }
        answer
    }

    /// Judges a PSCI call.
    pub fn psci(&self, function: u32, arguments: [u64; 3]) -> Verdict {
        self.contract.psci(function, arguments)
    }
}
