//! A domain as the scaler's machine: held only while it is looked at or changed.

use std::time::Duration;

use hotvcpu::autoscale::run::{Changed, Scalable};
use hotvcpu::definition::DefinitionStore;
use hotvcpu::plan::Order;
use hotvcpu::resize::{self, How, What};
use hotvcpu::{Error, Slot};

use crate::cli::output::Output;
use crate::cli::target::{Live, Target};

/// A domain whose vCPUs are changed by number, as `setvcpus --live` does it.
pub struct DomainMachine {
    target: Target,
    order: Order,
    command: &'static str,
    timeout: Duration,
    notes: Vec<String>,
}

impl DomainMachine {
    /// The domain `name`, for the command of that name.
    pub fn new(name: &str, command: &'static str, timeout: Duration) -> Result<Self, Error> {
        Ok(Self {
            target: Target::of(Some(name), None)?,
            order: order_of(name)?,
            command,
            timeout,
            notes: Vec::new(),
        })
    }

    /// Insists that the guest tells how busy its CPUs are, once, while QEMU can be asked why it does not.
    pub fn check_agent(&mut self, patience: Duration) -> Result<(), Error> {
        let mut live = self.connect(self.command)?;
        live.agent(patience)?.cpu_stats()?;
        Ok(())
    }

    /// What was noted since the last time: what earlier commands left open, what was repaired.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn connect(&mut self, command: &str) -> Result<Live, Error> {
        let mut quiet = Output::quiet();
        let live = self.target.connect(command, &mut quiet);
        self.notes.extend(quiet.take_notes());
        live
    }
}

impl Scalable for DomainMachine {
    fn look(&mut self) -> Result<Vec<Slot>, Error> {
        self.connect(self.command)?.session().slots()
    }

    fn resize(&mut self, expected: u32, wanted: u32) -> Result<Changed, Error> {
        let command = format!("{} (to {wanted} vCPUs)", self.command);
        let mut live = self.connect(&command)?;
        let slots = live.session().slots()?;
        let present = slots.iter().filter(|slot| slot.present()).count();
        let untouched = |slots| Changed {
            operations: Vec::new(),
            slots,
        };
        if u32::try_from(present) != Ok(expected) {
            return Ok(untouched(slots));
        }
        let what = What::Count(wanted);
        let Some(plan) = resize::plan_live(live.session(), &what, &self.order)? else {
            return Ok(untouched(slots));
        };
        let how = How {
            timeout: self.timeout,
            force: false,
            guest_maximum: self.target.guest_maximum(),
        };
        let operations = resize::live(live.session(), &plan, how)?;
        live.track(&operations, &command)?;
        let slots = live.session().slots()?;
        Ok(Changed { operations, slots })
    }

    fn order(&self) -> &Order {
        &self.order
    }

    fn is_running(&self) -> bool {
        self.target.is_running()
    }
}

fn order_of(name: &str) -> Result<Order, Error> {
    // A user without a home has no definitions.
    let Ok(store) = DefinitionStore::open() else {
        return Ok(Order::new());
    };
    let definition = store.get(name)?;
    Ok(definition.map(|found| found.order()).unwrap_or_default())
}
