//! `vcpucount`, `setvcpus`, `setvcpu`.

use hotvcpu::domain::{Connected, DomainFolder};
use hotvcpu::guard::Refusal;
use hotvcpu::{Direction, Error, LogProblem, Operation, Outcome, Slot, plan, slots};
use serde::Serialize;
use serde_json::json;

use super::output::{Finish, Output, Stop};
use super::{Change, Setvcpu, Setvcpus};

/// What `vcpucount` tells.
#[derive(Debug, Serialize)]
struct Counts {
    maximum: usize,
    current: usize,
    /// What the guest uses; `None` for a guest that does not say.
    online: Option<usize>,
    /// In the machine, not in use by the guest.
    pending: Vec<u32>,
    guest_ready: bool,
    slots: Vec<Slot>,
}

pub fn count(name: &str, output: &mut Output) -> Finish {
    let mut domain = DomainFolder::of(name)?.connect("vcpucount")?;
    let slots = match domain.session.slots() {
        // Such a machine has the CPUs that it was started with.
        Err(Error::Guard(Refusal::NoHotplug(_))) => None,
        other => Some(other?),
    };
    let counts = counts(&domain, slots);
    output.object(&counts)?;
    output.line(&format!("maximum      live      {:>6}", counts.maximum))?;
    output.line(&format!("current      live      {:>6}", counts.current))?;
    if let Some(online) = counts.online {
        output.line(&format!("online       guest     {online:>6}"))?;
    }
    if !counts.pending.is_empty() {
        let list = join(&counts.pending);
        output.line(&format!("waiting for the guest: vcpu {list}"))?;
    }
    // The others are told by those who change something.
    let mut problems = domain.session.log_problems().iter();
    match problems.find(|problem| matches!(problem, LogProblem::Shortened { .. })) {
        Some(shortened) => output.line(&format!("warning: {shortened}")),
        None => Ok(()),
    }
}

fn counts(domain: &Connected, slots: Option<Vec<Slot>>) -> Counts {
    let view = domain.session.guest_view();
    let speaks = !domain.meta.foreign_kernel;
    let fixed = domain.meta.vcpus as usize;
    let (maximum, hotplug) = (slots.as_ref().map_or(fixed, Vec::len), slots.is_some());
    let slots = slots.unwrap_or_default();
    let present = slots.iter().filter(|slot| slot.present());
    let waits = |slot: &&Slot| speaks && !view.online().contains(&slot.index);
    Counts {
        maximum,
        current: if hotplug {
            present.clone().count()
        } else {
            fixed
        },
        online: speaks.then(|| view.online().len()),
        pending: present.filter(waits).map(|slot| slot.index).collect(),
        guest_ready: view.ready(),
        slots,
    }
}

pub fn set_count(arguments: &Setvcpus, output: &mut Output) -> Finish {
    require_live(&arguments.change)?;
    let folder = DomainFolder::of(&arguments.name)?;
    let mut domain = folder.connect(&format!("setvcpus {}", arguments.count))?;
    let plan = plan::reach(&domain.session.slots()?, arguments.count)?;
    if plan == plan::Plan::default() {
        output.object(&json!({"ok": true, "operations": []}))?;
        return output.line(&format!("There are {} vCPUs already", arguments.count));
    }
    let (direction, wanted) = match plan.remove.is_empty() {
        true => (Direction::Add, plan.add),
        false => (Direction::Remove, plan.remove),
    };
    change(&mut domain, direction, &wanted, &arguments.change, output)
}

pub fn set_list(arguments: &Setvcpu, output: &mut Output) -> Finish {
    require_live(&arguments.change)?;
    let wanted = slots::parse_list(&arguments.list)?;
    let (direction, word) = match arguments.enable {
        true => (Direction::Add, "--enable"),
        false => (Direction::Remove, "--disable"),
    };
    let folder = DomainFolder::of(&arguments.name)?;
    let mut domain = folder.connect(&format!("setvcpu {} {word}", arguments.list))?;
    change(&mut domain, direction, &wanted, &arguments.change, output)
}

/// Domains have no stored definition yet, so there is nothing else that could be changed.
fn require_live(change: &Change) -> Finish {
    if change.live {
        return Ok(());
    }
    let text = "Operation not supported: only the running domain can be changed; add --live";
    Err(Error::Usage(text.to_owned()).into())
}

fn change(
    domain: &mut Connected,
    direction: Direction,
    wanted: &[u32],
    how: &Change,
    output: &mut Output,
) -> Finish {
    let session = &mut domain.session;
    let operations = match direction {
        Direction::Add => session.add(wanted, how.timeout, how.force)?,
        Direction::Remove => session.remove(wanted, how.timeout, how.force)?,
    };
    let failed = operations.iter().find_map(Operation::error);
    output.object(&json!({"ok": failed.is_none(), "operations": operations}))?;
    for operation in &operations {
        output.line(&headline(operation))?;
        output.line(&operation.timeline.to_string())?;
    }
    for problem in session.log_problems() {
        output.line(&format!("warning: {problem}"))?;
    }
    match failed {
        None => Ok(()),
        Some(error) => Err(Stop::Told(error.kind())),
    }
}

fn headline(operation: &Operation) -> String {
    let slot = operation.slot;
    match (&operation.outcome, operation.direction) {
        (Outcome::Done, direction) => {
            let done = match direction {
                Direction::Add => "added",
                Direction::Remove => "removed",
            };
            let milliseconds = operation.timeline.total_us() as f64 / 1000.0;
            format!("vcpu {slot}: {done} in {milliseconds:.1} ms")
        }
        (Outcome::Pending, _) => format!(
            "vcpu {slot}: accepted; the guest is not ready and finds it when it comes up (see `hotvcpu vcpucount`)"
        ),
        (Outcome::Failed(error), _) => format!("vcpu {slot}: error: {error}"),
    }
}

fn join(list: &[u32]) -> String {
    list.iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
