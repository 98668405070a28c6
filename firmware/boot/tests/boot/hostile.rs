//! Whatever the bytes are: no panic, an end, and nothing outside of what is allowed.

use hotvcpu_boot::device_tree::Machine;
use hotvcpu_boot::handover::Handover;
use hotvcpu_boot::kernel_image::LoadPlan;
use hotvcpu_boot::table_loader::{COMMAND_LENGTH, run};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::{FakeFiles, FakeMemory, file, tree};

/// `bytes` with some of them replaced.
fn damaged(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = bytes.len();
    vec((0..length, any::<u8>()), 1..8).prop_map(move |changes| {
        let mut bytes = bytes.clone();
        for (position, byte) in changes {
            bytes[position] = byte;
        }
        bytes
    })
}

/// What a script says beyond its commands' numbers and names, damaged: what gets furthest.
fn damaged_script(machine: &str) -> impl Strategy<Value = Vec<u8>> {
    let script = file(machine, "etc_table-loader");
    let commands = script.len() / COMMAND_LENGTH;
    let change = (0..commands, 52..COMMAND_LENGTH, any::<u8>());
    vec(change, 1..8).prop_map(move |changes| {
        let mut script = script.clone();
        for (command, position, byte) in changes {
            script[command * COMMAND_LENGTH + position] = byte;
        }
        script
    })
}

proptest! {
    #[test]
    fn damaged_scripts_of_the_upstream_form(script in damaged_script("aarch64-rfc5-2of8")) {
        let _ = run(&script, &mut FakeFiles::of("aarch64-rfc5-2of8"), &mut FakeMemory::at(1 << 30));
    }

    #[test]
    fn damaged_scripts(script in damaged(file("aarch64-new-2of8", "etc_table-loader"))) {
        let _ = run(&script, &mut FakeFiles::of("aarch64-new-2of8"), &mut FakeMemory::at(1 << 30));
    }

    #[test]
    fn scripts_with_damaged_numbers(script in damaged_script("aarch64-old-numa")) {
        let _ = run(&script, &mut FakeFiles::of("aarch64-old-numa"), &mut FakeMemory::at(1 << 32));
    }

    #[test]
    fn damaged_trees(tree in damaged(tree("virt-numa.dtb"))) {
        if let Ok(machine) = Machine::read(&tree) {
            prop_assert!(!machine.memory.is_empty());
            for (before, after) in machine.memory.iter().zip(machine.memory.iter().skip(1)) {
                prop_assert!(before.end <= after.start);
            }
        }
    }

    #[test]
    fn any_kernel(head in vec(any::<u8>(), 0..256), length in any::<u32>(), elf in any::<bool>()) {
        let magic: &[u8] = if elf { b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xB7\0" } else { b"" };
        let head = [magic, &head].concat();
        let allowed = 0x4020_0000..0x4400_0000;
        if let Ok(plan) = LoadPlan::new(&head, length, std::slice::from_ref(&allowed)) {
            for segment in plan.segments {
                prop_assert!(allowed.start <= segment.address);
                prop_assert!(segment.address + segment.length <= allowed.end);
                prop_assert!(segment.file.end <= length);
            }
        }
    }

    #[test]
    fn any_handover(rest in vec(any::<u8>(), 0..128), ranges in vec(any::<u8>(), 0..256), conduit in 0u8..4) {
        let mut bytes = [b"HOTVCPU1\x02\0\0\0\x68\0\0\0".as_slice(), &rest].concat();
        if let Some(field) = bytes.get_mut(96..100) {
            field.copy_from_slice(&[conduit, 0, 0, 0]);
        }
        if let Ok(handover) = Handover::parse(&bytes)
            && let Ok(ranges) = handover.ranges(&ranges)
        {
            prop_assert_eq!(ranges.count() as u64, handover.range_count);
        }
    }
}
