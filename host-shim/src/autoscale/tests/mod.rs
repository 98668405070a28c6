//! The engine against machines and guests that are made up, honest ones and others.

mod engine;
mod meter;
mod run;

use std::time::Duration;

use super::*;
use crate::plan::Order;
use crate::slots::Slot;
use crate::slots::tests::machine;

/// A machine of cores of `threads`, with `boot` CPUs that stay, and `present` in all.
fn cores_of(threads: u32, boot: u32, present: u32, maximum: u32) -> Vec<Slot> {
    let plugged: Vec<u32> = (boot..present).collect();
    let mut slots = machine(boot, maximum, &plugged);
    for slot in &mut slots {
        let levels = [
            ("socket-id", 0),
            ("core-id", slot.index / threads),
            ("thread-id", slot.index % threads),
        ];
        slot.props = levels
            .map(|(level, number)| (level.to_owned(), number.into()))
            .into_iter()
            .collect();
    }
    slots
}

/// A reading of `count` CPUs of which `busy_milli` thousandths are in use in all.
fn reading(count: u32, busy_milli: u64) -> Reading {
    let each = u32::try_from(busy_milli / u64::from(count)).expect("small");
    let rest = busy_milli % u64::from(count);
    let share = |cpu: u64| (cpu, each + u32::from(cpu < rest));
    Reading {
        online: Some(count),
        load: Some(Load {
            cpus: (0..u64::from(count)).map(share).collect(),
            over: Duration::from_secs(1),
        }),
        busy_ms: busy_milli,
        faults: Vec::new(),
    }
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn no_order() -> Order {
    Order::new()
}
