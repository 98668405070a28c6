//! Which CPUs a guest is to take online or offline. Pure.
//!
//! `setvcpus N --guest` and `guestvcpus --enable|--disable` mean what they mean in virsh, with one
//! difference: where CPUs have to go, the last go first, so that the ones that stay are those that
//! `setvcpus N --live` leaves in the machine.

use serde::Serialize;

use super::{AgentError, GuestVcpu};
use crate::definition::CpuList;

/// One CPU of the guest, and what it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct VcpuChange {
    /// The guest's number for it.
    pub logical_id: u32,
    /// Whether the guest is to use it.
    pub online: bool,
}

/// What leads from `vcpus`, as [`super::AgentClient::vcpus`] gives them, to `count` CPUs online: the first that are offline, or the last that can
/// go.
///
/// # Errors
/// The guest has fewer, or not enough of them can go.
pub fn to_count(vcpus: &[GuestVcpu], count: usize) -> Result<Vec<VcpuChange>, AgentError> {
    let online = vcpus.iter().filter(|vcpu| vcpu.online).count();
    if count > vcpus.len() {
        return Err(AgentError::Impossible(format!(
            "guest agent reports less cpu than requested: {} of {count}; add vCPUs to the machine first, with `hotvcpu setvcpus NAME {count} --live`",
            vcpus.len()
        )));
    }
    let change = |vcpu: &GuestVcpu| VcpuChange {
        logical_id: vcpu.logical_id,
        online: !vcpu.online,
    };
    if count >= online {
        let free = vcpus.iter().filter(|vcpu| !vcpu.online);
        return Ok(free.take(count - online).map(change).collect());
    }
    // One has to stay, and where all can go, that is the first.
    let first = vcpus.iter().find(|vcpu| vcpu.online);
    let can_go = vcpus.iter().rev().filter(|vcpu| {
        vcpu.online
            && vcpu.offlinable()
            && first.is_none_or(|first| first.logical_id != vcpu.logical_id)
    });
    let changes: Vec<_> = can_go.take(online - count).map(change).collect();
    match changes.len() == online - count {
        true => Ok(changes),
        false => Err(AgentError::Impossible(format!(
            "Cannot offline enough CPUs: of {online} that are online, {} can be taken offline",
            changes.len()
        ))),
    }
}

/// What makes the CPUs in `list` online, or not; `vcpus` as [`super::AgentClient::vcpus`] gives them.
///
/// # Errors
/// The guest has no such CPU, or it cannot go.
pub fn to_list(
    vcpus: &[GuestVcpu],
    list: &CpuList,
    online: bool,
) -> Result<Vec<VcpuChange>, AgentError> {
    let known = |number| {
        let at = vcpus.binary_search_by_key(&number, |vcpu| vcpu.logical_id);
        at.ok().and_then(|at| vcpus.get(at))
    };
    let missing: CpuList = list
        .iter()
        .filter(|number| known(*number).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(AgentError::Impossible(format!(
            "guest is missing vCPUs '{missing}'; `hotvcpu guestvcpus NAME` lists those that it has"
        )));
    }
    let named = list.iter().filter_map(known);
    let mut changes = Vec::new();
    for vcpu in named.filter(|vcpu| vcpu.online != online) {
        if !online && !vcpu.offlinable() {
            return Err(AgentError::Impossible(format!(
                "vCPU '{}' is not offlinable; nothing has changed",
                vcpu.logical_id
            )));
        }
        changes.push(VcpuChange {
            logical_id: vcpu.logical_id,
            online,
        });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vcpu(logical_id: u32, online: bool, can_offline: bool) -> GuestVcpu {
        GuestVcpu {
            logical_id,
            online,
            can_offline: Some(can_offline),
        }
    }

    /// A boot CPU that stays, two more, and one that waits.
    fn four() -> Vec<GuestVcpu> {
        vec![
            vcpu(0, true, false),
            vcpu(1, true, true),
            vcpu(2, false, true),
            vcpu(5, true, true),
        ]
    }

    fn list_of(text: &str) -> CpuList {
        let numbers = crate::slots::parse_list(text).expect("a list");
        numbers.into_iter().collect()
    }

    fn numbers(changes: &[VcpuChange]) -> Vec<(u32, bool)> {
        let pair = |change: &VcpuChange| (change.logical_id, change.online);
        changes.iter().map(pair).collect()
    }

    #[test]
    fn the_first_that_wait_come_and_the_last_that_can_go() {
        let change = |count| numbers(&to_count(&four(), count).expect("possible"));
        assert_eq!(change(4), [(2, true)]);
        assert_eq!(change(3), []);
        assert_eq!(change(2), [(5, false)]);
        assert_eq!(change(1), [(5, false), (1, false)]);
    }

    #[test]
    fn what_the_guest_cannot_do_is_said_in_virsh_words() {
        let refused = |count| {
            to_count(&four(), count)
                .expect_err("impossible")
                .to_string()
        };
        assert!(refused(5).contains("guest agent reports less cpu than requested"));
        assert!(refused(0).contains("Cannot offline enough CPUs"));
        let refused = |text, online| {
            let refused = to_list(&four(), &list_of(text), online);
            refused.expect_err("impossible").to_string()
        };
        assert!(refused("1,3-4", true).contains("guest is missing vCPUs '3-4'"));
        assert!(refused("0-1", false).contains("vCPU '0' is not offlinable"));
    }

    #[test]
    fn what_is_so_already_is_not_asked_for() {
        let list = list_of("1-2,5");
        let on = to_list(&four(), &list, true).expect("possible");
        assert_eq!(numbers(&on), [(2, true)]);
        let off = to_list(&four(), &list, false).expect("possible");
        assert_eq!(numbers(&off), [(1, false), (5, false)]);
    }

    #[test]
    fn one_stays_where_all_could_go() {
        let all = [vcpu(0, true, true), vcpu(1, true, true)];
        assert_eq!(numbers(&to_count(&all, 1).expect("possible")), [(1, false)]);
        assert!(to_count(&all, 0).is_err());
    }

    proptest! {
        #[test]
        fn the_count_is_reached_and_a_cpu_stays(
            cpus in proptest::collection::vec((any::<bool>(), any::<bool>()), 1..20),
            count in 0usize..24,
        ) {
            let mut vcpus: Vec<_> = (0..)
                .zip(&cpus)
                .map(|(number, (online, can))| vcpu(number, *online, *can))
                .collect();
            let Ok(changes) = to_count(&vcpus, count) else { return Ok(()) };
            for change in changes {
                let vcpu = vcpus.iter_mut().find(|vcpu| vcpu.logical_id == change.logical_id);
                let vcpu = vcpu.expect("one of them");
                prop_assert!(vcpu.online != change.online && (change.online || vcpu.offlinable()));
                vcpu.online = change.online;
            }
            prop_assert_eq!(vcpus.iter().filter(|vcpu| vcpu.online).count(), count);
        }
    }
}
