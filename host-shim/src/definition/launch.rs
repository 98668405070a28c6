//! From a definition to what QEMU is told.
//!
//! The topology is always given in full, because QEMU's own choice changed between versions. NUMA
//! nodes get whole sockets (`-numa cpu,node-id=,socket-id=`), which is why a socket may lie in one
//! node only; each node's memory is a backend of its own, the one form that all machines take.

use std::ffi::OsString;

use super::Definition;
use crate::domain::StartConfig;
use crate::error::Result;
use crate::images::{self, GuestImages};
use crate::slots::Slot;

/// QEMU has put a vCPU into another node than the definition says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "vCPU {slot} is defined for NUMA node {defined}, and QEMU has it in {}: its guest would be misled, so it was not started; this QEMU counts vCPUs in another order, which is worth a report", node_or_none(.found)
)]
pub struct NodeMismatch {
    /// The vCPU.
    pub slot: u32,
    /// The node in the definition.
    pub defined: usize,
    /// QEMU's.
    pub found: Option<u64>,
}

fn node_or_none(node: &Option<u64>) -> String {
    node.map_or("none".to_owned(), |node| format!("node {node}"))
}

impl Definition {
    /// What to start; the vCPUs that are added before it runs come on top.
    ///
    /// # Errors
    /// It names no kernel, and our own guest is not to be had.
    pub fn start_config(&self, paused: bool) -> Result<StartConfig> {
        let topology = self.arrangement();
        let GuestImages { kernel, firmware } = self.images()?;
        Ok(StartConfig {
            machine: self.machine,
            machine_type: self.machine_type.clone(),
            firmware,
            generation: self.generation,
            kernel,
            vcpus: self.boot_count(),
            max_vcpus: self.vcpus.maximum,
            topology: Some(format!(
                "sockets={},cores={},threads={}",
                topology.sockets, topology.cores, topology.threads
            )),
            memory_mib: self.memory.mib,
            accel: self.accel,
            qemu: self.qemu.clone(),
            cmdline: self.cmdline.clone(),
            paused,
            foreign_kernel: self.foreign_kernel,
            agent: true,
            cpu_model: self.cpu.clone(),
            extra_args: self.extra_arguments(),
        })
    }

    /// What is named; our own ROM is for our own guest only, because a kernel may do without.
    fn images(&self) -> Result<GuestImages> {
        let firmware = self.firmware.clone();
        if let Some(kernel) = self.kernel.clone() {
            return Ok(GuestImages { kernel, firmware });
        }
        let own = images::find(&self.machine.profile()?.arch)?;
        Ok(GuestImages {
            firmware: firmware.or(own.firmware),
            ..own
        })
    }

    fn extra_arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        let topology = self.arrangement();
        for (number, node) in self.numa.iter().enumerate() {
            let mut pair = |option: &str, value: String| {
                arguments.extend([option.into(), OsString::from(value)]);
            };
            let size = node.memory.mib;
            pair(
                "-object",
                format!("memory-backend-ram,id=node{number},size={size}M"),
            );
            pair("-numa", format!("node,nodeid={number},memdev=node{number}"));
            let mut sockets: Vec<u64> = node.vcpus.iter().map(|v| topology.socket_of(v)).collect();
            sockets.dedup();
            for socket in sockets {
                pair("-numa", format!("cpu,node-id={number},socket-id={socket}"));
            }
        }
        arguments
    }

    /// Checks that QEMU has each slot in the node that the definition says.
    ///
    /// # Errors
    /// The first slot that lies elsewhere.
    pub fn check_nodes(&self, slots: &[Slot]) -> std::result::Result<(), NodeMismatch> {
        for (defined, node) in self.numa.iter().enumerate() {
            for slot in node.vcpus.iter() {
                let found = slots.get(slot as usize).and_then(Slot::node);
                if found != u64::try_from(defined).ok() {
                    return Err(NodeMismatch {
                        slot,
                        defined,
                        found,
                    });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::model::tests::example;
    use crate::slots::tests::machine;

    #[test]
    fn nodes_get_whole_sockets_and_their_memory() {
        let config = example().start_config(true).expect("its kernel is named");
        assert_eq!(
            config.topology.as_deref(),
            Some("sockets=2,cores=2,threads=2")
        );
        assert_eq!((config.vcpus, config.max_vcpus), (2, 8));
        let line = config.extra_args.join(" ".as_ref());
        let line = line.to_string_lossy();
        for part in [
            "-object memory-backend-ram,id=node1,size=32M",
            "-numa node,nodeid=1,memdev=node1",
            "-numa cpu,node-id=0,socket-id=0 ",
            "-numa cpu,node-id=1,socket-id=1",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }

    #[test]
    fn a_slot_in_another_node_is_found() {
        let definition = example();
        let mut slots = machine(2, 8, &[]);
        for slot in &mut slots {
            let node = u64::from(slot.index / 4);
            slot.props.insert("node-id".to_owned(), node.into());
        }
        assert_eq!(definition.check_nodes(&slots), Ok(()));
        slots[5].props.insert("node-id".to_owned(), 0.into());
        let wrong = definition.check_nodes(&slots).expect_err("in node 0");
        assert_eq!((wrong.slot, wrong.defined, wrong.found), (5, 1, Some(0)));
        slots[5].props.remove("node-id");
        let none = definition.check_nodes(&slots).expect_err("in none");
        assert!(none.to_string().contains("in none"), "{none}");
    }
}
