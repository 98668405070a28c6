//! The MPIDR that QEMU gives a slot's CPU on aarch64.
//!
//! With GICv3, which hotplug needs, sixteen CPUs are in each group of the lowest affinity level (a GICv3 SGI reaches sixteen at once),
//! and the slots are counted through. Pure.

/// CPUs of one Aff1 group.
const PER_AFF1: u32 = 16;

/// The affinity fields of the CPU in the slot number `index`.
pub fn of_slot(index: u32) -> u64 {
    u64::from(index / PER_AFF1) << 8 | u64::from(index % PER_AFF1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_share_aff1() {
        for (index, mpidr) in [(0, 0), (15, 15), (16, 0x100), (127, 0x70f)] {
            assert_eq!(of_slot(index), mpidr);
        }
    }
}
