//! Changing the number of vCPUs: of a running machine, of a definition, or of both.
//!
//! Everything that can be refused is refused before anything is sent: [`plan_live`] and
//! [`plan_config`] say what would be done, `preflight` whether it may be done now. Of both, the
//! machine comes first, because it may fail; the definition follows only what has happened. A
//! `journal` bridges the two: whoever comes after an interruption finds it, sees from the machine
//! how far it came, and completes the definition or leaves it as it was.

mod journal;
mod preflight;

use std::time::Duration;

use crate::definition::{Definition, DefinitionLock, DefinitionStore};
use crate::domain::ProcessId;
use crate::error::{Error, Result};
use crate::guard::{Direction, Refusal};
use crate::ops::{Operation, Outcome};
use crate::plan::{self, Disorder, Order, PlanError};
use crate::session::Session;

pub use journal::{Journal, Repair};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// So many vCPUs.
    Count(u32),
    /// These vCPUs.
    List {
        /// Which.
        slots: Vec<u32>,
        /// To be there, or not.
        enable: bool,
    },
}

/// How it is to be done.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// How long to wait for the end.
    pub timeout: Duration,
    /// Send also what this QEMU is known not to survive.
    pub force: bool,
    /// The most vCPUs that the guest takes, where that is known.
    pub guest_maximum: Option<u32>,
}

/// The change of a running machine.
#[derive(Clone, Debug)]
pub struct LivePlan {
    /// Whether CPUs come or go.
    pub direction: Direction,
    /// Which, in this order.
    pub slots: Vec<u32>,
    /// What is uneven afterwards.
    pub disorder: Option<Disorder>,
    /// A number was asked for, not these very vCPUs.
    pub by_count: bool,
}

/// The change of a definition, with the right to make it.
#[derive(Debug)]
pub struct ConfigChange<'c> {
    /// Where it lies.
    pub store: &'c DefinitionStore,
    /// The right.
    pub lock: &'c DefinitionLock,
    /// As it is.
    pub before: Definition,
    /// As it is to be.
    pub after: Definition,
    /// The QEMU that is changed with it.
    pub process: Option<ProcessId>,
    /// The command, for whoever finds the journal.
    pub command: String,
}

/// What has been done.
#[derive(Debug)]
pub struct Done {
    /// One for each CPU, in the plan's order.
    pub operations: Vec<Operation>,
    /// The definition was written.
    pub config_written: bool,
}

/// What to do to the running machine; `None` when it is as asked for.
///
/// # Errors
/// It cannot be reached.
pub fn plan_live(session: &mut Session, what: &What, order: &Order) -> Result<Option<LivePlan>> {
    let (direction, slots, disorder) = match what {
        What::Count(target) => {
            let slots = session.slots()?;
            let plan = plan::reach(&slots, *target, order)?;
            let disorder = plan::disorder(&slots, &plan);
            match plan.remove.is_empty() {
                true => (Direction::Add, plan.add, disorder),
                false => (Direction::Remove, plan.remove, disorder),
            }
        }
        What::List { slots, enable } => {
            let direction = match enable {
                true => Direction::Add,
                false => Direction::Remove,
            };
            (direction, slots.clone(), None)
        }
    };
    Ok((!slots.is_empty()).then_some(LivePlan {
        direction,
        slots,
        disorder,
        by_count: matches!(what, What::Count(_)),
    }))
}

/// The definition as it is to be; `None` when it is so already.
///
/// # Errors
/// It cannot be.
pub fn plan_config(
    definition: &Definition,
    what: &What,
    hotpluggable: bool,
) -> Result<Option<Definition>> {
    let changed = match what {
        What::List { slots, enable } => definition.with_vcpus(slots, *enable, hotpluggable)?,
        What::Count(target) => {
            let plan = plan::reach(&definition.as_slots(), *target, &definition.order());
            let plan = plan.map_err(of_definition)?;
            let (slots, enable) = match plan.remove.is_empty() {
                true => (plan.add, true),
                false => (plan.remove, false),
            };
            definition.with_vcpus(&slots, enable, hotpluggable)?
        }
    };
    Ok((changed != *definition).then_some(changed))
}

fn of_definition(error: PlanError) -> PlanError {
    match error {
        PlanError::AboveMaximum {
            target, maximum, ..
        } => PlanError::AboveMaximum {
            target,
            maximum,
            place: "persistent domain",
            remedy: "raise it first (`hotvcpu setvcpus NAME N --maximum --config`)",
        },
        other => other,
    }
}

/// Changes the running machine.
///
/// # Errors
/// Nothing was sent, or QEMU was lost in the middle.
pub fn live(session: &mut Session, plan: &LivePlan, how: How) -> Result<Vec<Operation>> {
    preflight::check(session, plan, how)?;
    send(session, plan, how)
}

/// An earlier request that nobody awaited may end between plan and guard. Who asked for a number has
/// then got a part of it already.
fn send(session: &mut Session, plan: &LivePlan, how: How) -> Result<Vec<Operation>> {
    match send_slots(session, plan.direction, &plan.slots, how) {
        Err(Error::Guard(Refusal::AlreadyThere(_))) if plan.by_count => {
            let slots = session.slots()?;
            let wanted = plan.direction == Direction::Add;
            let is_open = |slot: &u32| {
                let found = slots.get(*slot as usize);
                found.is_some_and(|found| found.present() != wanted)
            };
            let open: Vec<u32> = plan.slots.iter().copied().filter(is_open).collect();
            match open.is_empty() {
                true => Ok(Vec::new()),
                false => send_slots(session, plan.direction, &open, how),
            }
        }
        sent => sent,
    }
}

fn send_slots(
    session: &mut Session,
    direction: Direction,
    slots: &[u32],
    how: How,
) -> Result<Vec<Operation>> {
    match direction {
        Direction::Add => session.add(slots, how.timeout, how.force),
        Direction::Remove => session.remove(slots, how.timeout, how.force),
    }
}

/// Changes the running machine and, if all of that was done, the definition.
///
/// # Errors
/// As [`live`]; the definition cannot be written.
pub fn live_and_config(
    session: &mut Session,
    plan: &LivePlan,
    how: How,
    config: &ConfigChange,
) -> Result<Done> {
    preflight::check(session, plan, how)?;
    let journal = Journal::begin(plan, config)?;
    let operations = match send(session, plan, how) {
        Ok(operations) => operations,
        Err(error) => {
            journal.end(config.store)?;
            return Err(error);
        }
    };
    let config_written = operations
        .iter()
        .all(|operation| matches!(operation.outcome, Outcome::Done | Outcome::Pending));
    if config_written {
        config.store.put(&config.after, config.lock)?;
    }
    journal.end(config.store)?;
    Ok(Done {
        operations,
        config_written,
    })
}

/// Changes the definition alone.
///
/// # Errors
/// It cannot be written.
pub fn config(config: &ConfigChange) -> Result<()> {
    config.store.put(&config.after, config.lock)
}
