//! The monitor: CPU hotplug for a QEMU that has none, from EL2.
//!
//! A stock `virt` machine starts all its CPUs' slots filled and powered off. The monitor sits between it and the guest
//! and shows the guest a host on which some of them are plugged, and others may be. What such a host does is decided
//! in `hotvcpu-contract`; here are the ways by which the guest's doings come to it:
//!
//! | the guest | arrives as | goes to |
//! |---|---|---|
//! | reads or writes the register block or the GED's selector | data abort: holes in stage 2 ([`stage2`], [`window`]) | the contract |
//! | calls PSCI | trapped SMC, HVC | the contract, then QEMU's PSCI by SMC |
//! | drives the interrupt distributor | data abort | the distributor, but for the monitor's interrupts ([`distributor`]) |
//! | sends an inter-processor interrupt | trapped ICC_SGI1R_EL1 | the same register |
//! | touches what is not its own | data or instruction abort | a report, and an external abort for the guest |
//!
//! and the host's requests: a virtio console whose interrupt is in group 0 and so comes to EL2 as a FIQ, while EL1
//! runs or sleeps. The GED's interrupt is made pending in the distributor; from there it takes its ordinary way.
//!
//! One lock is around everything that is shared. It is taken with all interrupts masked (EL2 never unmasks them) and
//! is never held when the guest is entered.
//!
//! Limits: GICv3 without EL3. With FIQs at EL2, the priority mask that the guest writes (ICC_PMR_EL1) is a virtual one
//! (Arm IHI 0069, 8.1.7) and masks nothing: a guest has to mask interrupts by PSTATE. Loads and stores of pairs or
//! vector registers in the holes are not carried out, but answered as faults; so are accesses of AArch32 code. SVE and
//! SME are undefined instructions. An interrupt that the guest leaves in group 0, which is the monitor's, is disabled and
//! reported. A guest's devices can write to all RAM, the monitor's too: there is no IOMMU, and the guest is not an
//! adversary but software under test.
#![no_std]

#[cfg(all(target_arch = "aarch64", target_os = "none", target_feature = "neon"))]
compile_error!(
    "the monitor does not save the guest's vector registers, so it must not use them: build it for \
     aarch64-unknown-none-softfloat"
);

extern crate alloc;

pub mod abort;
pub mod distributor;
pub mod stage2;
pub mod window;

#[cfg(all(target_arch = "aarch64", target_os = "none"))]
mod el2;

#[cfg(all(target_arch = "aarch64", target_os = "none"))]
pub use el2::{Config, Cpu, Guest, Monitor, MonitorError, VirtioSlot, heap_needed};
pub use hotvcpu_contract::Settings;
pub use hotvcpu_contract::tables::{TableMemory, TablesError, has_hotplug};
