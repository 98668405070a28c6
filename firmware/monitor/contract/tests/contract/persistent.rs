//! What survives a reset, and what must not.

use hotvcpu_contract::persistent::block_length;
use hotvcpu_contract::{Contract, DeviceId, Generation};

use crate::rig::contract;

fn with_two_added() -> Contract {
    let mut before = contract(Generation::New, 64, 2);
    let id = DeviceId::new("abcdefghijklmnopqrstuvwxyz01234");
    before.plug(5, id).expect("the slot is free");
    before.plug(63, None).expect("the slot is free");
    before
}

#[test]
fn hot_added_cpus_come_back_without_events() {
    let before = with_two_added();
    let block = before.save(7, 1_000);
    assert!(block.len() <= block_length(64));
    let mut after = contract(Generation::New, 64, 2);
    let saved = after.read_saved(&block, 1_001).expect("a good block");
    assert_eq!(saved.sequence, 7);
    after.restore(&saved);
    for slot in 0..64 {
        assert_eq!(after.plugged(slot), before.plugged(slot), "slot {slot}");
    }
    assert!(!after.has_events());
    assert_eq!(after.take_ged(), 0);
}

#[test]
fn trailing_room_does_not_matter() {
    let before = with_two_added();
    let mut block = before.save(7, 1_000);
    block.resize(block_length(512), 0xAA);
    assert!(before.read_saved(&block, 2_000).is_some());
}

#[test]
fn what_is_not_this_power_on_is_not_believed() {
    let before = with_two_added();
    let block = before.save(7, 1_000);
    assert_eq!(
        before.read_saved(&block, 999),
        None,
        "written later than now"
    );
    assert_eq!(before.read_saved(&[0; 4096], 5_000), None, "fresh RAM");
    assert_eq!(before.read_saved(&[], 5_000), None);
    for other in [
        contract(Generation::Old, 64, 2),
        contract(Generation::New, 63, 2),
        contract(Generation::New, 64, 3),
    ] {
        assert_eq!(other.read_saved(&block, 5_000), None);
    }
}

#[test]
fn a_damaged_block_is_not_believed() {
    let before = with_two_added();
    let block = before.save(7, 1_000);
    for position in 0..block.len() {
        let mut damaged = block.clone();
        damaged[position] ^= 0x10;
        assert_eq!(
            before.read_saved(&damaged, u64::MAX),
            None,
            "byte {position}"
        );
    }
    for length in 0..block.len() {
        assert_eq!(before.read_saved(&block[..length], u64::MAX), None);
    }
}
