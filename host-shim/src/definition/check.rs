//! Whether a definition describes something that can be. All problems are found at once, each with
//! what to do.

use std::collections::{BTreeMap, BTreeSet};

use super::{Definition, Problem};
use crate::domain::DomainFolder;

/// Everything that is wrong with `definition`.
pub(super) fn problems(definition: &Definition) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Err(error) = DomainFolder::under(std::path::Path::new("/"), &definition.name) {
        found.push(Problem::Name(error.to_string()));
    }
    check_numbers(definition, &mut found);
    // What follows goes through all slots, so their number has to make sense.
    if found.is_empty() {
        check_machine(definition, &mut found);
        check_lists(definition, &mut found);
        check_particular(definition, &mut found);
        check_gaps(definition, &mut found);
        check_nodes(definition, &mut found);
    }
    found
}

fn check_numbers(definition: &Definition, found: &mut Vec<Problem>) {
    let (current, maximum) = (definition.vcpus.current, definition.vcpus.maximum);
    if current == 0 || current > maximum {
        found.push(Problem::Current { current, maximum });
    }
    if let Some(topology) = definition.topology
        && topology.slots() != u64::from(maximum)
    {
        let slots = topology.slots();
        found.push(Problem::Topology { slots, maximum });
    }
    let machine = definition.machine;
    match machine.profile() {
        Err(error) => found.push(Problem::Machine(error.to_string())),
        Ok(profile) => match profile.max_vcpus.iter().map(|entry| entry.limit).max() {
            Some(limit) if maximum > limit => found.push(Problem::Maximum {
                maximum,
                machine,
                limit,
            }),
            _ => {}
        },
    }
}

fn check_machine(definition: &Definition, found: &mut Vec<Problem>) {
    let machine = definition.machine;
    let hotplug = machine.profile().is_ok_and(|profile| profile.cpu_hotplug);
    let fixed = definition.vcpus.current == definition.vcpus.maximum
        && definition.vcpu.iter().all(|vcpu| !vcpu.hotpluggable);
    if definition.foreign_kernel && definition.kernel.is_none() {
        found.push(Problem::WhoseKernel);
    }
    if !hotplug && !fixed {
        found.push(Problem::NoHotplug { machine });
    }
}

fn check_lists(definition: &Definition, found: &mut Vec<Problem>) {
    let last = definition.vcpus.maximum - 1;
    let nodes = definition
        .numa
        .iter()
        .map(|node| ("numa.vcpus", &node.vcpus));
    let enabled = definition.vcpus.enabled.iter();
    for (place, list) in enabled.map(|list| ("vcpus.enabled", list)).chain(nodes) {
        if let Some(vcpu) = list.last().filter(|vcpu| *vcpu > last) {
            found.push(Problem::NoSuchVcpu { place, vcpu, last });
        }
    }
    let Some(enabled) = &definition.vcpus.enabled else {
        return;
    };
    if !enabled.contains(0) {
        found.push(Problem::NoBootCpu);
    }
    let (listed, current) = (enabled.len(), definition.vcpus.current);
    if listed != current as usize {
        found.push(Problem::Enabled { listed, current });
    }
}

fn check_particular(definition: &Definition, found: &mut Vec<Problem>) {
    let (place, last) = ("[[vcpu]]", definition.vcpus.maximum - 1);
    let (mut ids, mut orders) = (BTreeSet::new(), BTreeSet::new());
    for vcpu in &definition.vcpu {
        let id = vcpu.id;
        if id > last {
            found.push(Problem::NoSuchVcpu {
                place,
                vcpu: id,
                last,
            });
        }
        if !ids.insert(id) {
            found.push(Problem::Twice { place, vcpu: id });
        }
        if id == 0 && vcpu.hotpluggable {
            found.push(Problem::BootCpuHotpluggable);
        }
        if let Some(order) = vcpu.order
            && (order == 0 || !orders.insert(order))
        {
            found.push(Problem::Order { vcpu: id, order });
        }
    }
}

fn check_gaps(definition: &Definition, found: &mut Vec<Problem>) {
    let mut gap = None;
    for (slot, vcpu) in (0..).zip(definition.vcpu_configs()) {
        match gap {
            None if !vcpu.enabled || vcpu.hotpluggable => gap = Some(slot),
            Some(gap) if vcpu.enabled && !vcpu.hotpluggable => {
                found.push(Problem::Gap { vcpu: slot, gap });
                return;
            }
            _ => {}
        }
    }
}

fn check_nodes(definition: &Definition, found: &mut Vec<Problem>) {
    if definition.numa.is_empty() {
        return;
    }
    let mut node_of: BTreeMap<u32, usize> = BTreeMap::new();
    let mut memory: u64 = 0;
    for (number, node) in definition.numa.iter().enumerate() {
        memory += u64::from(node.memory.mib);
        for vcpu in node.vcpus.iter() {
            if node_of.insert(vcpu, number).is_some() {
                let place = "numa.vcpus";
                found.push(Problem::Twice { place, vcpu });
            }
        }
    }
    if memory != u64::from(definition.memory.mib) {
        found.push(Problem::NodeMemory {
            nodes: memory,
            memory: definition.memory.mib,
        });
    }
    let topology = definition.arrangement();
    let mut sockets: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    for slot in 0..definition.vcpus.maximum {
        match node_of.get(&slot) {
            Some(node) => {
                let nodes = sockets.entry(topology.socket_of(slot)).or_default();
                nodes.insert(*node);
            }
            None => found.push(Problem::NoNode(slot)),
        }
    }
    let several = sockets.into_iter().filter(|(_, nodes)| nodes.len() > 1);
    found.extend(several.map(|(socket, nodes)| Problem::SocketInSeveralNodes { socket, nodes }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::model::tests::{EXAMPLE, example};
    use crate::definition::{Memory, Topology, Vcpu};
    use crate::machine::Machine;
    use proptest::prelude::*;

    fn wrong(change: impl FnOnce(&mut Definition)) -> Vec<Problem> {
        let mut definition = example();
        change(&mut definition);
        problems(&definition)
    }

    #[test]
    fn a_socket_in_two_nodes_is_refused_with_the_reason() {
        let found = wrong(|definition| {
            definition.topology = Some(Topology {
                sockets: 1,
                cores: 4,
                threads: 2,
            });
        });
        assert_eq!(found.len(), 1, "{found:?}");
        let text = found[0].to_string();
        assert!(
            text.contains("lock up") && text.contains("{0, 1}"),
            "{text}"
        );
    }

    #[test]
    fn every_problem_is_found_and_names_its_remedy() {
        let cases: [(&str, Vec<Problem>); 11] = [
            ("current", wrong(|d| d.vcpus.current = 9)),
            ("current", wrong(|d| d.vcpus.current = 0)),
            ("5000", wrong(|d| d.vcpus.maximum = 5000)),
            ("make them equal", wrong(|d| d.vcpus.maximum = 9)),
            ("hotplug", wrong(|d| d.machine = Machine::Microvm)),
            (
                "names 3",
                wrong(|d| d.vcpus.enabled = Some([0, 1, 4].into_iter().collect()))
                    .into_iter()
                    .chain(wrong(|d| d.vcpus.current = 2))
                    .collect(),
            ),
            (
                "boots",
                wrong(|d| d.vcpus.enabled = Some([1, 2, 4].into_iter().collect())),
            ),
            ("hotpluggable = true", wrong(|d| d.vcpu.clear())),
            ("MiB", wrong(|d| d.memory = Memory { mib: 65 })),
            (
                "add kernel",
                wrong(|d| (d.kernel, d.foreign_kernel) = (None, true)),
            ),
            ("'a/b'", wrong(|d| d.name = "'a/b'".to_owned())),
        ];
        for (expected, found) in cases {
            let text: String = found.iter().map(ToString::to_string).collect();
            assert!(text.contains(expected), "{expected:?} is not in {text:?}");
        }
    }

    #[test]
    fn particular_vcpus_are_checked() {
        let entry = |id, hotpluggable, order| Vcpu {
            id,
            hotpluggable,
            order,
        };
        let with = |entries: Vec<Vcpu>| {
            wrong(|d| {
                d.vcpu.extend(entries);
            })
        };
        assert!(matches!(
            with(vec![entry(4, true, None)])[..],
            [Problem::Twice { vcpu: 4, .. }]
        ));
        assert!(matches!(
            with(vec![entry(8, false, None)])[..],
            [Problem::NoSuchVcpu { vcpu: 8, .. }]
        ));
        assert!(matches!(
            with(vec![entry(5, false, Some(1))])[..],
            [Problem::Order { vcpu: 5, order: 1 }]
        ));
        assert!(with(vec![entry(0, true, None)]).contains(&Problem::BootCpuHotpluggable));
    }

    proptest! {
        #[test]
        fn no_numbers_make_it_panic(current: u32, maximum: u32, sockets: u32, cores: u32, threads: u32) {
            let mut definition = example();
            definition.vcpus.current = current;
            definition.vcpus.maximum = maximum;
            definition.topology = Some(Topology { sockets, cores, threads });
            let _ = problems(&definition);
        }

        #[test]
        fn no_text_makes_it_panic(from in 0usize..400, length in 0usize..8, with in "[a-z0-9=\"\\[\\]-]{0,6}") {
            let mut text = EXAMPLE.to_owned();
            let from = from.min(text.len());
            let to = (from + length).min(text.len());
            text.replace_range(from..to, &with);
            let _ = Definition::read(&text, std::path::Path::new("/"), "mutated");
        }
    }
}
