//! What all CPUs share at EL2, behind one lock.
use core::fmt;
use core::ops::Range;

use hotvcpu_contract::{Channel, Contract, Effect, psci::Verdict};
use spin::{Mutex, Once};

use crate::el2::console::{Console, NO_INPUT};
use crate::el2::cpu;
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
}

/// How often a CPU that turns itself off is asked whether it is off, when it is to be started again. It takes QEMU
/// microseconds, or as long as the host lets that CPU's thread wait.
const PATIENCE: u32 = 1_000_000;

static SHARED: Once<Mutex<Shared>> = Once::new();

/// Puts it in its place; `false` if there is one already.
pub fn install(shared: Shared) -> bool {
    let is_first = !SHARED.is_completed();
    SHARED.call_once(|| Mutex::new(shared));
    is_first
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
        cpu::set_turning_off(slot, true);
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
        cpu::set_turning_off(slot, true);
        if self.contract.is_leaving(slot) {
            self.gone(slot);
            self.flush();
        }
    }

    fn gone(&mut self, slot: u32) {
        if let Some(origin) = self.contract.gone(slot) {
            self.channel.deleted(slot, origin);
        }
    }

    fn is_off(&self, slot: u32) -> bool {
        let state = self.contract.mpidr(slot).map(psci::affinity_info);
        cpu::is_turning_off(slot) || state == Some(psci::OFF)
    }

    /// CPU_ON of a plugged slot: judged by whether the CPU runs, then carried out.
    pub fn cpu_on(&mut self, slot: u32, entry: u64, context: u64) -> i64 {
        use hotvcpu_contract::psci::{ALREADY_ON, INVALID_PARAMETERS, ON_PENDING};
        let Some(mpidr) = self.contract.mpidr(slot) else {
            return INVALID_PARAMETERS;
        };
        let mut state = psci::affinity_info(mpidr);
        for _ in 0..PATIENCE {
            if state == psci::OFF || !cpu::is_turning_off(slot) {
                break;
            }
            state = psci::affinity_info(mpidr);
        }
        match state {
            psci::OFF => cpu::start(slot, mpidr, entry, context),
            psci::PENDING => ON_PENDING,
            _ => ALREADY_ON,
        }
    }

    /// Judges a PSCI call.
    pub fn psci(&self, function: u32, arguments: [u64; 3]) -> Verdict {
        self.contract.psci(function, arguments)
    }
}
