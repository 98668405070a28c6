//! What the device trees of QEMU's `virt` say.

use hotvcpu_boot::device_tree::{
    Conduit, DeviceTreeError, GicVersion, MAX_LENGTH, Machine, Memory, Trigger, VirtioMmio,
    total_size,
};

use crate::common::tree;

fn machine(name: &str) -> Machine {
    Machine::read(&tree(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_machine_with_a_hypervisor_level() {
    let machine = machine("virt-8cpus-el2.dtb");
    let memory = Memory {
        start: 0x4000_0000,
        end: 0x4400_0000,
        node: None,
    };
    assert_eq!(machine.memory, [memory]);
    let mpidrs: Vec<_> = machine.cpus.iter().map(|cpu| cpu.mpidr).collect();
    assert_eq!(mpidrs, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(machine.fw_cfg, Some(0x0902_0000));
    assert_eq!(machine.console, Some(0x0900_0000));
    assert_eq!(machine.rtc, Some(0x0901_0000));
    assert_eq!(machine.psci, Some(Conduit::Smc));
    let gic = machine.gic.expect("there is one");
    assert_eq!(gic.version, GicVersion::V3);
    assert_eq!(gic.distributor, 0x0800_0000..0x0801_0000);
    assert_eq!(gic.redistributors.len(), 1);
    assert_eq!(gic.redistributors[0], 0x080A_0000..0x0900_0000);
    assert_eq!((machine.bootargs, machine.initrd), (None, None));
}

#[test]
fn the_virtio_slots_in_the_order_of_their_addresses() {
    let slots = machine("virt-8cpus-el2.dtb").virtio_mmio;
    assert_eq!(slots.len(), 32);
    for (index, slot) in slots.iter().enumerate() {
        let wanted = VirtioMmio {
            address: 0x0A00_0000 + index as u64 * 0x200,
            length: 0x200,
            gsi: 32 + 16 + index as u32,
            trigger: Trigger::Edge,
        };
        assert_eq!(*slot, wanted);
    }
}

#[test]
fn numa_nodes_of_memory_and_cpus() {
    let machine = machine("virt-numa.dtb");
    let memory = machine.memory.iter();
    let memory: Vec<_> = memory
        .map(|range| (range.start, range.end, range.node))
        .collect();
    let wanted = [
        (0x4000_0000, 0x4800_0000, Some(0)),
        (0x4800_0000, 0x5000_0000, Some(1)),
    ];
    assert_eq!(memory, wanted);
    let nodes: Vec<_> = machine.cpus.iter().map(|cpu| cpu.node).collect();
    assert_eq!(nodes, [Some(0), Some(0), Some(1), Some(1)]);
    assert_eq!(machine.psci, Some(Conduit::Hvc));
}

#[test]
fn a_second_range_of_redistributors() {
    let machine = machine("virt-200cpus.dtb");
    assert_eq!(machine.cpus.len(), 200);
    assert_eq!(machine.cpus[199].mpidr, 0xC07);
    let gic = machine.gic.expect("there is one");
    let starts: Vec<_> = gic.redistributors.iter().map(|range| range.start).collect();
    assert_eq!(starts, [0x080A_0000, 0x40_0000_0000]);
}

#[test]
fn an_older_interrupt_controller_and_a_secure_machine() {
    let gic = machine("virt-gicv2.dtb").gic.expect("there is one");
    assert_eq!((gic.version, gic.redistributors.len()), (GicVersion::V2, 0));
    let secure = machine("virt-secure.dtb");
    assert_eq!(secure.psci, None);
    assert_eq!(secure.console, Some(0x0900_0000), "not the secure world's");
}

#[test]
fn what_is_no_device_tree_is_refused() {
    let missing = Some(DeviceTreeError::Missing);
    assert_eq!(total_size(b"HOTVCPU1").err(), missing);
    assert_eq!(total_size(&[0xD0, 0x0D, 0xFE, 0xED]).err(), missing);
    assert_eq!(Machine::read(&[]).err(), missing);
    let long = [0xD0, 0x0D, 0xFE, 0xED, 0, 0x20, 0, 1];
    let refused = DeviceTreeError::TooLong(MAX_LENGTH as u32 + 1);
    assert_eq!(total_size(&long), Err(refused));
    let whole = tree("virt-numa.dtb");
    assert_eq!(total_size(&whole), Ok(whole.len()));
    let half = &whole[..whole.len() / 2];
    let truncated = DeviceTreeError::Truncated {
        wanted: whole.len(),
        got: half.len(),
    };
    assert_eq!(Machine::read(half), Err(truncated));
}

/// The tree with the first occurrence of `from` after `after` replaced.
fn changed(after: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut tree = tree("virt-8cpus-el2.dtb");
    let find = |haystack: &[u8], needle: &[u8]| {
        let mut windows = haystack.windows(needle.len());
        windows
            .position(|window| window == needle)
            .expect("it is there")
    };
    let start = find(&tree, after);
    let position = start + find(&tree[start..], from);
    tree[position..position + to.len()].copy_from_slice(to);
    tree
}

#[test]
fn a_node_that_makes_no_sense_is_named() {
    // Memory that goes around the end of the address space.
    let from = [0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0];
    let huge = changed(b"memory@", &from, &[0xFF; 16]);
    let error = DeviceTreeError::Property {
        node: "memory@40000000".into(),
        property: "reg",
    };
    assert_eq!(Machine::read(&huge), Err(error));
    let empty = changed(b"memory@", &from, &[0; 16]);
    assert_eq!(Machine::read(&empty), Err(DeviceTreeError::NoMemory));
    let broken = changed(b"memory@", b"memory@", b"memory\x01");
    assert!(matches!(
        Machine::read(&broken),
        Err(DeviceTreeError::Malformed(_))
    ));
}
