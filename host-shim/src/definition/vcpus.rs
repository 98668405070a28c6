//! What a definition means for each vCPU, and changes of it.
//!
//! QEMU fills its lowest slots at the start, and those CPUs stay for its life. A vCPU that is
//! hot-pluggable, or that leaves a gap below it, is therefore added before the machine runs.

use std::collections::BTreeMap;

use super::{CpuList, Definition, DefinitionError, Vcpu};
use crate::slots::Slot;

/// One vCPU of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VcpuConfig {
    /// It is there at the start.
    pub enabled: bool,
    /// It can be removed.
    pub hotpluggable: bool,
    /// Its place in the order of taking.
    pub order: Option<u32>,
}

/// A change of a definition that cannot be. The texts begin as virsh's do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no such slot.
    #[error(
        "vcpu '{index}' is not present in persistent config: it has {maximum} slots; raise their number with `hotvcpu setvcpus NAME N --maximum --config`"
    )]
    NoSuchSlot {
        /// Asked for.
        index: u32,
        /// Slots.
        maximum: u32,
    },
    /// Nothing to do.
    #[error(
        "vcpu '{0}' is already in requested state in the definition; see `hotvcpu dumpconf NAME`"
    )]
    AlreadyThere(u32),
    /// The CPU that boots.
    #[error("vcpu '0' can't be disabled: the guest boots on it; choose another one")]
    BootCpu,
    /// Fewer slots than vCPUs.
    #[error(
        "the maximum cannot be {maximum}: vcpu '{highest}' is enabled in the definition; disable it first (`hotvcpu setvcpus NAME N --config`)"
    )]
    MaximumBelow {
        /// Asked for.
        maximum: u32,
        /// The highest enabled.
        highest: u32,
    },
    /// A topology that would not fit.
    #[error(
        "the maximum cannot be {maximum}: the definition's topology has {slots} slots; change both with `hotvcpu edit NAME`"
    )]
    Topology {
        /// Asked for.
        maximum: u32,
        /// Slots of the topology.
        slots: u64,
    },
}

impl Definition {
    /// Every vCPU, by slot.
    pub fn vcpu_configs(&self) -> Vec<VcpuConfig> {
        let said: BTreeMap<u32, &Vcpu> = self.vcpu.iter().map(|vcpu| (vcpu.id, vcpu)).collect();
        (0..self.vcpus.maximum)
            .map(|slot| {
                let enabled = match &self.vcpus.enabled {
                    Some(list) => list.contains(slot),
                    None => slot < self.vcpus.current,
                };
                let said = said.get(&slot);
                VcpuConfig {
                    enabled,
                    hotpluggable: said.map_or(!enabled, |vcpu| vcpu.hotpluggable || !enabled),
                    order: said.and_then(|vcpu| vcpu.order),
                }
            })
            .collect()
    }

    /// The vCPUs that are there at the start.
    pub fn enabled(&self) -> CpuList {
        self.slots_where(|vcpu| vcpu.enabled)
    }

    /// How many vCPUs QEMU makes with its machine: enabled ones that are not to be removed.
    pub fn boot_count(&self) -> u32 {
        let configs = self.vcpu_configs();
        let stays = |vcpu: &&VcpuConfig| vcpu.enabled && !vcpu.hotpluggable;
        u32::try_from(configs.iter().filter(stays).count()).unwrap_or(u32::MAX)
    }

    /// The vCPUs to be added before the machine runs, in their order.
    pub fn added_at_start(&self) -> Vec<u32> {
        let configs = self.vcpu_configs();
        let mut added: Vec<(u32, &VcpuConfig)> = (0..)
            .zip(&configs)
            .filter(|(_, vcpu)| vcpu.enabled && vcpu.hotpluggable)
            .collect();
        added.sort_by_key(|(slot, vcpu)| (vcpu.order.unwrap_or(u32::MAX), *slot));
        added.into_iter().map(|(slot, _)| slot).collect()
    }

    /// Places in the order of taking, by slot, of those that have one.
    pub fn order(&self) -> BTreeMap<u32, u32> {
        let said = self.vcpu.iter();
        said.filter_map(|vcpu| Some((vcpu.id, vcpu.order?)))
            .collect()
    }

    /// The machine as the planner sees it: every vCPU but the one that boots can be changed, because
    /// it does not run.
    pub fn as_slots(&self) -> Vec<Slot> {
        let topology = self.arrangement();
        let (cores, threads) = (topology.cores.max(1), topology.threads.max(1));
        let slot = |(index, vcpu): (u32, VcpuConfig)| {
            let levels = [
                ("socket-id", index / threads / cores),
                ("core-id", index / threads % cores),
                ("thread-id", index % threads),
            ];
            let props = levels.map(|(level, number)| (level.to_owned(), number.into()));
            Slot {
                index,
                type_name: String::new(),
                props: props.into_iter().collect(),
                qom_path: vcpu.enabled.then(|| match index {
                    0 => "/machine/unattached/device[0]".to_owned(),
                    _ => format!("/machine/peripheral/vcpu{index}"),
                }),
            }
        };
        (0..).zip(self.vcpu_configs()).map(slot).collect()
    }

    fn slots_where(&self, wanted: impl Fn(&VcpuConfig) -> bool) -> CpuList {
        let configs = self.vcpu_configs();
        let slots = (0..).zip(&configs);
        slots
            .filter(|(_, vcpu)| wanted(vcpu))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// The definition with these vCPUs enabled or disabled. Enabled ones become part of the machine
    /// unless `hotpluggable` is asked for, or a gap below makes it necessary.
    ///
    /// # Errors
    /// No such vCPU, the boot CPU, or nothing to do.
    pub fn with_vcpus(
        &self,
        slots: &[u32],
        enable: bool,
        hotpluggable: bool,
    ) -> Result<Self, DefinitionError> {
        let mut configs = self.vcpu_configs();
        for slot in slots {
            let vcpu = configs
                .get_mut(*slot as usize)
                .ok_or(ConfigError::NoSuchSlot {
                    index: *slot,
                    maximum: self.vcpus.maximum,
                })?;
            if vcpu.enabled == enable {
                return Err(ConfigError::AlreadyThere(*slot).into());
            }
            if *slot == 0 {
                return Err(ConfigError::BootCpu.into());
            }
            vcpu.enabled = enable;
            vcpu.hotpluggable = hotpluggable || !enable;
        }
        self.with(configs)
    }

    /// The definition with another number of slots.
    ///
    /// # Errors
    /// vCPUs that would have no slot, or a topology of another size.
    pub fn with_maximum(&self, maximum: u32) -> Result<Self, DefinitionError> {
        let highest = self.enabled().last().unwrap_or(0);
        if maximum <= highest {
            return Err(ConfigError::MaximumBelow { maximum, highest }.into());
        }
        if let Some(topology) = self.topology
            && topology.slots() != u64::from(maximum)
        {
            let slots = topology.slots();
            return Err(ConfigError::Topology { maximum, slots }.into());
        }
        let mut changed = self.clone();
        changed.vcpus.maximum = maximum;
        changed.vcpu.retain(|vcpu| vcpu.id < maximum);
        changed.check()?;
        Ok(changed)
    }

    /// The definition with these vCPUs, in its shortest form.
    fn with(&self, mut configs: Vec<VcpuConfig>) -> Result<Self, DefinitionError> {
        // What lies above a gap cannot be of the machine's start.
        let mut gap = false;
        for vcpu in &mut configs {
            gap |= !vcpu.enabled || vcpu.hotpluggable;
            vcpu.hotpluggable |= gap;
        }
        let mut changed = self.clone();
        let enabled: CpuList = (0..)
            .zip(&configs)
            .filter_map(|(slot, vcpu)| vcpu.enabled.then_some(slot))
            .collect();
        changed.vcpus.current = u32::try_from(enabled.len()).unwrap_or(u32::MAX);
        let lowest = enabled.last().map(|last| last as usize + 1) == Some(enabled.len());
        changed.vcpus.enabled = (!lowest).then_some(enabled);
        changed.vcpu = (0..)
            .zip(&configs)
            .filter_map(|(id, vcpu)| {
                let hotpluggable = vcpu.enabled && vcpu.hotpluggable;
                let order = vcpu.order;
                (hotpluggable || order.is_some()).then_some(Vcpu {
                    id,
                    hotpluggable,
                    order,
                })
            })
            .collect();
        changed.check()?;
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::model::tests::example;
    use proptest::prelude::*;

    fn plain(current: u32, maximum: u32) -> Definition {
        let mut definition = example();
        definition.vcpus = crate::definition::Vcpus {
            current,
            maximum,
            enabled: None,
        };
        definition.topology = None;
        definition.numa.clear();
        definition.vcpu.clear();
        definition
    }

    #[test]
    fn hot_pluggable_ones_are_added_at_the_start_in_their_order() {
        let definition = example();
        assert_eq!(definition.boot_count(), 2);
        assert_eq!(definition.added_at_start(), [4]);
        let more = definition
            .with_vcpus(&[2, 6], true, true)
            .expect("possible");
        assert_eq!(more.boot_count(), 2);
        assert_eq!(more.added_at_start(), [4, 2, 6], "4 has the order 1");
        assert_eq!(more.vcpus.current, 5);
    }

    #[test]
    fn what_lies_above_a_gap_becomes_hot_pluggable() {
        let definition = plain(2, 8).with_vcpus(&[3], true, false).expect("fine");
        assert_eq!(
            (definition.boot_count(), definition.added_at_start()),
            (2, vec![3])
        );
        let filled = plain(2, 8).with_vcpus(&[2], true, false).expect("fine");
        assert_eq!((filled.boot_count(), filled.vcpu.len()), (3, 0));
    }

    #[test]
    fn impossible_changes_are_refused_in_words_that_virsh_users_know() {
        let definition = plain(2, 4);
        let text = |slots: &[u32], enable| {
            let refused = definition.with_vcpus(slots, enable, false);
            refused.expect_err("impossible").to_string()
        };
        assert!(text(&[9], true).starts_with("vcpu '9' is not present in persistent config"));
        assert!(text(&[1], true).starts_with("vcpu '1' is already in requested state"));
        assert!(text(&[0], false).starts_with("vcpu '0' can't be disabled"));
        assert!(definition.with_maximum(1).is_err());
        assert!(definition.with_maximum(2).is_ok());
        assert!(
            example().with_maximum(16).is_err(),
            "its topology has 8 slots"
        );
    }

    proptest! {
        #[test]
        fn enabling_and_disabling_again_is_the_identity(
            current in 1u32..6, maximum in 6u32..12, slots in proptest::collection::btree_set(1u32..12, 1..5),
            hotpluggable: bool,
        ) {
            let definition = plain(current, maximum);
            let slots: Vec<u32> = slots.into_iter().filter(|slot| (current..maximum).contains(slot)).collect();
            let more = definition.with_vcpus(&slots, true, hotpluggable).expect("free slots");
            prop_assert_eq!(more.vcpus.current as usize, current as usize + slots.len());
            prop_assert_eq!(more.boot_count() as usize + more.added_at_start().len(), more.vcpus.current as usize);
            let less = more.with_vcpus(&slots, false, false).expect("they are there");
            prop_assert_eq!(less, definition);
        }
    }
}
