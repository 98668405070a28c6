//! One core more or less, as a key asks for it.

use std::time::Duration;

use hotvcpu::autoscale::Steps;
use hotvcpu::autoscale::run::Scalable;
use hotvcpu::{Direction, Error};

use crate::cli::autoscale::DomainMachine;

/// Does it, as `setvcpus --live` would; what became of it, in words.
pub fn one_core(name: &str, direction: Direction, timeout: Duration) -> String {
    match try_one_core(name, direction, timeout) {
        Ok(text) => text,
        Err(error) => format!("error: {error}"),
    }
}

fn try_one_core(name: &str, direction: Direction, timeout: Duration) -> Result<String, Error> {
    let mut machine = DomainMachine::new(name, "top", timeout)?;
    let slots = machine.look()?;
    let steps = Steps::of(&slots, machine.order());
    let present = steps.present();
    let wanted = match direction {
        Direction::Add => steps.at_least(present.saturating_add(1), u32::MAX),
        Direction::Remove => steps.at_most(1, present.saturating_sub(1)),
    };
    let Some(wanted) = wanted else {
        return Ok(match direction {
            Direction::Add => format!("all {present} vCPUs are there"),
            Direction::Remove => {
                "no core can be removed: the vCPUs that are left were there at the start".to_owned()
            }
        });
    };
    let changed = machine.resize(present, wanted)?;
    if let Some(error) = changed
        .operations
        .iter()
        .find_map(|operation| operation.error())
    {
        return Ok(format!("error: {error}"));
    }
    let times = changed
        .operations
        .iter()
        .map(|operation| operation.timeline.total_us());
    let milliseconds = times.max().unwrap_or(0) as f64 / 1000.0;
    Ok(match changed.operations.is_empty() {
        true => "somebody else has changed the vCPUs just now; nothing was done".to_owned(),
        false => format!("{present} -> {wanted} vCPUs in {milliseconds:.1} ms"),
    })
}
