//! The APIC ID that a slot's CPU will have.
//!
//! QEMU tells the APIC IDs of CPUs that are there, and no others; but it makes them from the topology in one fixed
//! way, so they are known beforehand: each level (thread, core, module, die, socket) gets as many bits as its largest
//! number needs (Intel SDM, volume 3A, "Hierarchical Mapping of Shared Resources"). IDs have holes where a level's size
//! is no power of two, so a slot's index says nothing. Pure.

use crate::slots::Slot;

/// The first APIC ID that needs x2APIC: an xAPIC's has 8 bits, and 255 addresses all CPUs (Intel SDM, volume 3A,
/// "Local APIC ID").
pub const FIRST_X2APIC: u32 = 255;

/// The levels, from the lowest bits on; the last one takes what it needs.
const LEVELS: [&str; 5] = ["thread-id", "core-id", "module-id", "die-id", "socket-id"];

/// What names a slot without being part of its APIC ID.
const NOT_A_LEVEL: &str = "node-id";

/// The APIC ID of the CPU in the slot number `index`; `None` when it is not certain: a topology that
/// has levels unknown here, or numbers that make no sense.
pub fn of_slot(slots: &[Slot], index: u32) -> Option<u32> {
    let slot = slots.get(index as usize)?;
    let known = |key: &String| LEVELS.contains(&key.as_str()) || key == NOT_A_LEVEL;
    if !slot.props.keys().all(known) {
        return None;
    }
    let (mut id, mut shift) = (0, 0);
    for level in LEVELS {
        let number = number(slot, level)?;
        id |= u32::try_from(u64::from(number).checked_shl(shift)?).ok()?;
        shift += width(slots, level)?;
    }
    Some(id)
}

/// Bits that the level takes. A level that the machine does not have has one number, 0, and no bits.
fn width(slots: &[Slot], level: &str) -> Option<u32> {
    let mut largest = 0;
    for slot in slots {
        largest = largest.max(number(slot, level)?);
    }
    Some(u32::BITS - largest.leading_zeros())
}

fn number(slot: &Slot, level: &str) -> Option<u32> {
    match slot.props.get(level) {
        None => Some(0),
        Some(number) => u32::try_from(number.as_u64()?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::tests::machine;
    use serde_json::{Value, json};

    /// Slots with these numbers for thread, core, module, die and socket.
    fn slots(topologies: &[[u32; 5]]) -> Vec<Slot> {
        let mut slots = machine(1, 1, &[]);
        let pattern = slots.remove(0);
        let slot = |numbers: &[u32; 5]| {
            let named = LEVELS.iter().zip(numbers);
            let props = named.map(|(level, number)| ((*level).to_owned(), json!(number)));
            Slot {
                props: props.collect(),
                ..pattern.clone()
            }
        };
        topologies.iter().map(slot).collect()
    }

    #[test]
    fn one_socket_of_cores_has_no_holes() {
        let slots = machine(1, 288, &[]);
        for index in [0, 1, 254, 255, 287] {
            assert_eq!(of_slot(&slots, index), Some(index));
        }
        assert_eq!(of_slot(&slots, 288), None);
    }

    /// As `qom-get` told on QEMU 10.0.2 with sockets=2,dies=3,modules=3,cores=3,threads=2, and
    /// with sockets=65,cores=3.
    #[test]
    fn sizes_that_are_no_powers_of_two_leave_holes() {
        let last = slots(&[[0; 5], [1, 2, 2, 2, 1]]);
        assert_eq!(of_slot(&last, 1), Some(213));
        let sockets = slots(&[[0, 0, 0, 0, 0], [0, 2, 0, 0, 63], [0, 0, 0, 0, 64]]);
        assert_eq!(of_slot(&sockets, 1), Some(254));
        assert_eq!(of_slot(&sockets, 2), Some(256));
    }

    #[test]
    fn what_is_not_certain_is_not_said() {
        let mut slots = machine(1, 2, &[]);
        slots[1].props.insert("node-id".to_owned(), json!(1));
        assert_eq!(of_slot(&slots, 1), Some(1), "a node is no level");
        for (key, value) in [
            ("cluster-id", json!(0)),
            ("core-id", Value::Null),
            ("core-id", json!(-1)),
            ("socket-id", json!(u32::MAX)),
        ] {
            let mut odd = slots.clone();
            odd[1].props.insert(key.to_owned(), value.clone());
            assert_eq!(of_slot(&odd, 1), None, "{key}: {value}");
        }
    }
}
