//! What can be wrong with a definition, each with what to do.

use std::collections::BTreeSet;

use crate::machine::Machine;

/// One thing that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A name that cannot be a domain's.
    #[error("{0}")]
    Name(String),
    /// No vCPU, or more than slots.
    #[error("vcpus.current is {current}: it has to be 1 to {maximum} (vcpus.maximum)")]
    Current {
        /// vCPUs at the start.
        current: u32,
        /// Slots.
        maximum: u32,
    },
    /// More slots than the machine ever has.
    #[error("vcpus.maximum is {maximum}: {machine} takes {limit} at most, on its newest QEMU")]
    Maximum {
        /// Slots.
        maximum: u32,
        /// The machine.
        machine: Machine,
        /// Its limit.
        limit: u32,
    },
    /// A machine without hotplug.
    #[error(
        "{machine} has no CPU hotplug: make vcpus.maximum equal to vcpus.current and no vCPU hotpluggable, or take another machine"
    )]
    NoHotplug {
        /// The machine.
        machine: Machine,
    },
    /// Somebody else's kernel, and none is named.
    #[error("foreign_kernel is about a kernel that is not ours, and none is named: add kernel")]
    WhoseKernel,
    /// A list of another length.
    #[error(
        "vcpus.enabled names {listed} vCPUs, vcpus.current says {current}: correct one of them"
    )]
    Enabled {
        /// In the list.
        listed: usize,
        /// As counted.
        current: u32,
    },
    /// The guest boots on it.
    #[error("vcpus.enabled lacks vCPU 0, on which the guest boots: add it")]
    NoBootCpu,
    /// A vCPU beyond the slots.
    #[error("{place} names vCPU {vcpu}, the highest is {last}: raise vcpus.maximum, or correct it")]
    NoSuchVcpu {
        /// The key.
        place: &'static str,
        /// The vCPU.
        vcpu: u32,
        /// The last slot.
        last: u32,
    },
    /// Said twice.
    #[error("{place} names vCPU {vcpu} twice: keep one entry")]
    Twice {
        /// The key.
        place: &'static str,
        /// The vCPU.
        vcpu: u32,
    },
    /// The boot CPU cannot be removed.
    #[error("vCPU 0 cannot be hotpluggable: the guest boots on it; set hotpluggable = false")]
    BootCpuHotpluggable,
    /// A gap below a fixed vCPU.
    #[error(
        "vCPU {vcpu} is enabled and not hotpluggable, but vCPU {gap} below it is not: QEMU fills its lowest slots first; set hotpluggable = true for vCPU {vcpu}"
    )]
    Gap {
        /// The vCPU.
        vcpu: u32,
        /// The first that is missing below.
        gap: u32,
    },
    /// Not a place in an order.
    #[error("the order of vCPU {vcpu} is {order}: orders begin at 1, and each is used once")]
    Order {
        /// The vCPU.
        vcpu: u32,
        /// Its order.
        order: u32,
    },
    /// A topology of another size.
    #[error(
        "the topology has {slots} slots (sockets x cores x threads), vcpus.maximum is {maximum}: make them equal"
    )]
    Topology {
        /// The product.
        slots: u64,
        /// The slots.
        maximum: u32,
    },
    /// The guest may lock up.
    #[error(
        "socket {socket} lies in the NUMA nodes {nodes:?}: a guest may lock up when vCPUs of one socket are in several nodes; give each node whole sockets, or define a topology with a socket for each node"
    )]
    SocketInSeveralNodes {
        /// The socket.
        socket: u64,
        /// Its nodes.
        nodes: BTreeSet<usize>,
    },
    /// A vCPU without a node.
    #[error("vCPU {0} is in no NUMA node: name it in numa.vcpus of one")]
    NoNode(u32),
    /// Memory does not add up.
    #[error("the NUMA nodes have {nodes} MiB of memory, the domain has {memory}: make them equal")]
    NodeMemory {
        /// Of the nodes.
        nodes: u64,
        /// Of the domain.
        memory: u32,
    },
    /// A machine whose profile is damaged.
    #[error("{0}")]
    Machine(String),
}
