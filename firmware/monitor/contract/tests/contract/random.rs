//! Any order of requests and register accesses: no panic, no event lost, and the invariants hold.

use hotvcpu_contract::{Channel, Contract, Effect, GED_CPU, Generation, Origin};
use proptest::prelude::*;

use crate::rig::contract;

#[derive(Clone, Debug)]
enum Step {
    Request(Vec<u8>),
    Read(u64),
    Write(u64, u32),
    Psci(u32, [u64; 3]),
    TakeGed,
    Gone(u32),
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let slot = 0u32..10;
    prop_oneof![
        slot.clone().prop_map(|cpu| format!(
            "{{\"tag\":1,\"op\":\"plug\",\"cpu\":{cpu},\"id\":\"c{cpu}\"}}\n"
        )
        .into_bytes()),
        slot.clone().prop_map(
            |cpu| format!("{{\"tag\":1,\"op\":\"unplug\",\"id\":\"c{cpu}\"}}\n").into_bytes()
        ),
        slot.prop_map(
            |cpu| format!("{{\"tag\":1,\"op\":\"unplug\",\"cpu\":{cpu}}}\n").into_bytes()
        ),
        prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => request().prop_map(Step::Request),
        2 => (0u64..13).prop_map(Step::Read),
        4 => (0u64..10).prop_map(|selector| Step::Write(0, selector as u32)),
        6 => (prop::sample::select(vec![4u64, 5, 8, 3, 11]), prop_oneof![0u32..32, any::<u32>()])
            .prop_map(|(offset, value)| Step::Write(offset, value)),
        2 => (prop_oneof![0x8400_0000u32..0x8400_0018, 0xC400_0000u32..0xC400_0018, any::<u32>()],
              (0u64..12, any::<u64>(), any::<u64>()))
            .prop_map(|(function, (a, b, c))| Step::Psci(function, [a, b, c])),
        1 => Just(Step::TakeGed),
        1 => (0u32..10).prop_map(Step::Gone),
    ]
}

/// Whether an event came up that was not there.
fn new_event(before: &Contract, after: &Contract) -> bool {
    let events = |contract: &Contract, slot: u32| {
        let mut probe = contract.clone();
        probe.write(0, slot);
        probe.read(4) & 6
    };
    (0..8).any(|slot| events(after, slot) & !events(before, slot) != 0)
}

proptest! {
    #[test]
    fn any_order(old in any::<bool>(), steps in prop::collection::vec(step(), 1..120)) {
        let generation = if old { Generation::Old } else { Generation::New };
        let mut host = contract(generation, 8, 2);
        let mut channel = Channel::new();
        let mut sink = vec![0; 1 << 17];
        for step in steps {
            let before = host.clone();
            match step {
                Step::Request(bytes) => {
                    let rings = channel.receive(&bytes, &mut host);
                    prop_assert!(rings || !new_event(&before, &host), "an event without a ring");
                    if rings {
                        prop_assert_eq!(host.clone().take_ged() & GED_CPU, GED_CPU);
                    }
                }
                Step::Read(offset) => drop(host.read(offset)),
                Step::Write(offset, value) => {
                    let effect = host.write(offset, value);
                    if let Some(Effect::Ejected { slot }) = effect {
                        prop_assert!(slot != 0 && before.plugged(slot).is_some());
                        prop_assert!(host.is_leaving(slot));
                    }
                    if let Some(effect) = effect {
                        channel.effect(effect);
                    }
                }
                Step::Psci(function, arguments) => drop(host.psci(function, arguments)),
                Step::TakeGed => drop(host.take_ged()),
                Step::Gone(slot) => {
                    let was_leaving = host.is_leaving(slot);
                    prop_assert_eq!(host.gone(slot).is_some(), was_leaving);
                }
            }
            prop_assert_eq!(host.plugged(0), Some(Origin::ColdBooted));
            let block = host.save(1, 1);
            let mut restored = contract(generation, 8, 2);
            let saved = restored.read_saved(&block, 1).expect("a block that was just written");
            restored.restore(&saved);
            for slot in 2..8 {
                prop_assert_eq!(restored.plugged(slot), host.plugged(slot));
            }
            channel.send_into(&mut sink);
            prop_assert!(channel.is_empty());
        }
    }
}
