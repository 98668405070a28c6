//! NUMA: each slot's node reaches QEMU and, through `_PXM` or SRAT, the guest; where the two disagree it is told.

use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, Q35, add, on_boards, quiet, start};
use serde_json::Value;

/// Two sockets, each in a node of its own.
const TWO_NODES: &str = "\
memory = \"256M\"
[vcpus]
current = 2
maximum = 8
[topology]
sockets = 2
cores = 2
threads = 2
[[numa]]
vcpus = \"0-3\"
memory = \"128M\"
[[numa]]
vcpus = \"4-7\"
memory = \"128M\"
";

fn guest_and_qemu_have_each_vcpu_in_one_node(board: Board) {
    let host = Host::new();
    host.define_on(board, "", TWO_NODES);
    let started = host.json(&["start", "one"]);
    assert_eq!(started["notes"], Value::Null);
    let added = host.json(&["setvcpu", "one", "2,4-6", "--enable", "--live"]);
    assert_eq!(added["notes"], Value::Null, "{added}");
    let told = host.json(&["vcpuinfo", "one"]);
    let nodes: Vec<_> = told
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["node"].as_u64(), row["guest_node"].as_u64()))
        .collect();
    // The CPU that boots has no identity to tell; 3 and 7 are free.
    let (zero, one) = (Some(0), Some(1));
    let expected = [
        (zero, None),
        (zero, zero),
        (zero, zero),
        (zero, None),
        (one, one),
        (one, one),
        (one, one),
        (one, None),
    ];
    assert_eq!(nodes, expected);
}

on_boards!(guest_and_qemu_have_each_vcpu_in_one_node: Q35, VIRT, VIRT_OLD);

/// An SRAT without its header: this local APIC is in this node (ACPI 6.5, 5.2.16.1).
fn srat(apic_id: u8, node: u8) -> Vec<u8> {
    let reserved = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let entry = [0, 16, node, apic_id, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    [&reserved[..], &entry].concat()
}

#[test]
fn a_node_that_only_the_guest_knows_is_told() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), srat(2, 1)).expect("written");
    let table = format!("sig=SRAT,data={}", file.path().display());
    let mut guest = start(quiet(Q35, 1, 4).extra_args(["-acpitable", &table]));
    add(&mut guest, &[1, 2]);
    let found = guest.session().node_disagreements().expect("QEMU answers");
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    let [told] = &told[..] else {
        panic!("{told:?}");
    };
    assert!(
        told.contains("vcpu 2 is in no node for QEMU and in node 1 for the guest"),
        "{told}"
    );
}
