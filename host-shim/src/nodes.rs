//! Does the guest have each vCPU in the NUMA node that QEMU has it in?
//!
//! QEMU tells a slot's node (`node-id`), and makes `_PXM` and SRAT from the same number; a guest that reads another one there
//! places memory and work wrongly, and says nothing about it. Ours names the node of each CPU in its `identity` record, so
//! the two are compared. Pure.

use std::fmt;

use serde::Serialize;

use crate::guest_view::GuestView;
use crate::slots::Slot;

/// A vCPU that the guest has in another node than QEMU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The slot.
    pub vcpu: u32,
    /// Its node in QEMU; `None` on a machine without nodes.
    pub qemu: Option<u64>,
    /// Its node in the guest's tables.
    pub guest: Option<u64>,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node =
            |node: Option<u64>| node.map_or("no node".to_owned(), |node| format!("node {node}"));
        write!(
            f,
            "vcpu {} is in {} for QEMU and in {} for the guest (its _PXM or SRAT): the guest places work and memory wrongly; remove it if it can be removed, and look for firmware, an -acpitable or a QEMU that changes these tables",
            self.vcpu,
            node(self.qemu),
            node(self.guest)
        )
    }
}

/// Where they disagree, of the CPUs that the guest uses and has named. The CPU that boots needs no identity, and has named
/// none.
pub fn disagreements(slots: &[Slot], view: &GuestView) -> Vec<Disagreement> {
    let named =
        |slot: &&Slot| slot.present() && slot.index != 0 && view.online().contains(&slot.index);
    let compared = slots.iter().filter(named).map(|slot| Disagreement {
        vcpu: slot.index,
        qemu: slot.node(),
        guest: view.nodes().get(&slot.index).copied(),
    });
    compared.filter(|found| found.qemu != found.guest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::tests::machine;
    use hotvcpu_wire::{Phase, Record};

    fn seen(nodes: &[(u32, Option<u64>)]) -> GuestView {
        let mut view = GuestView::default();
        for (cpu, node) in nodes {
            for phase in [Phase::Identity, Phase::Online] {
                let mut record = Record::new(0, 0, phase);
                (record.cpu, record.value) = (Some(*cpu), *node);
                view.observe(&record);
            }
        }
        view
    }

    #[test]
    fn each_other_node_is_named_and_nothing_else() {
        let mut slots = machine(2, 8, &[4, 5, 6]);
        for slot in &mut slots {
            let node = u64::from(slot.index / 4);
            slot.props.insert("node-id".to_owned(), node.into());
        }
        // 6 is plugged and not in use yet; 7 was removed.
        let view = seen(&[(1, Some(0)), (4, Some(1)), (5, Some(0)), (7, Some(0))]);
        let found = disagreements(&slots, &view);
        let expected = Disagreement {
            vcpu: 5,
            qemu: Some(1),
            guest: Some(0),
        };
        assert_eq!(found, [expected]);
        let text = found[0].to_string();
        assert!(
            text.contains("vcpu 5 is in node 1 for QEMU and in node 0"),
            "{text}"
        );
    }

    #[test]
    fn no_node_on_either_side_is_agreement_and_on_one_side_is_not() {
        let slots = machine(1, 4, &[2]);
        assert_eq!(disagreements(&slots, &seen(&[(2, None)])), []);
        let found = disagreements(&slots, &seen(&[(2, Some(0))]));
        assert!(
            found[0].to_string().contains("in no node for QEMU"),
            "{found:?}"
        );
    }
}
