//! May this machine be changed in this way now? Asked before anything is sent.
//!
//! QEMU would refuse some of this by itself, in words about APIC ids and object paths; some of it
//! it would accept and then never do. Each refusal here says what is in the way and what to do.
//! Pure, so that every one has a test.

use serde::{Deserialize, Serialize};

use crate::guest_log::printable;
use crate::monitor::Generation;
use crate::slots::{Origin, Slot};

/// Adding or removing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// A CPU comes.
    Add,
    /// A CPU goes.
    Remove,
}

impl Direction {
    /// The verb, for messages.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The machine has no CPU hotplug at all.
    #[error(
        "this machine has no CPU hotplug (QEMU: {0}); start the domain with --machine q35 or pc, or on aarch64 with --firmware ROM"
    )]
    NoHotplug(String),
    /// No slot was named.
    #[error("no vCPU was named; name at least one slot, as in 1-3")]
    Nothing,
    /// A slot twice.
    #[error("vcpu '{0}' is named twice; name each slot once")]
    Twice(u32),
    /// The slot does not exist.
    #[error(
        "vcpu '{index}' is not present in live config: this machine's slots are 0 to {last}; start the domain with a larger --maxvcpus"
    )]
    NoSuchSlot {
        /// Asked for.
        index: u32,
        /// The highest there is.
        last: u32,
    },
    /// Nothing to do.
    #[error("vcpu '{0}' is already in requested state; see `hotvcpu vcpucount` for what is there")]
    AlreadyThere(u32),
    /// The CPU that boots.
    #[error("vcpu '0' can't be unplugged: the guest boots on it; choose another slot")]
    BootCpu,
    /// A CPU of the machine's start.
    #[error(
        "vcpu '{0}' can't be unplugged: it was present when the domain was started; restart the domain with a smaller --vcpus"
    )]
    ColdPlugged(u32),
    /// A CPU without a name.
    #[error(
        "vcpu '{0}' can't be unplugged: it was added without an id, and QEMU removes devices by id only; restart the domain"
    )]
    Anonymous(u32),
    /// A host of the old aarch64 generation.
    #[error(
        "vcpu '{index}' can't be unplugged: this host's generation of CPU hotplug can only add vCPUs (QEMU: {said}); restart the domain with fewer --vcpus, or on a host of the new generation"
    )]
    OnlyAdds {
        /// The slot.
        index: u32,
        /// QEMU's words.
        said: String,
    },
    /// The guest would refuse.
    #[error(
        "the guest takes {limit} vCPUs at most (max_cpus={limit} on its command line), and there would be {target}; start it with a larger max_cpus, or add fewer"
    )]
    GuestMaximum {
        /// CPUs after the change.
        target: usize,
        /// The guest's limit.
        limit: u32,
    },
    /// The guest cannot live with its host.
    #[error(
        "the guest cannot take a vCPU from this host: {said}; start it without `generation=` on its command line, or the domain with the --generation that it wants, or use --force to try all the same"
    )]
    OtherGeneration {
        /// What the guest said, or what the two are.
        said: String,
    },
    /// It is being moved or saved.
    #[error(
        "cannot {verb} a vCPU while the VM is being migrated or saved (QEMU says: {status}); wait for its end (`hotvcpu events NAME` tells), then change it where it runs"
    )]
    Migrating {
        /// `add` or `remove`.
        verb: &'static str,
        /// QEMU's word.
        status: String,
    },
    /// The machine's state does not allow to do this with all of it.
    #[error("cannot {verb} the VM while it is {state}: {remedy}")]
    Machine {
        /// What was asked.
        verb: &'static str,
        /// QEMU's run state.
        state: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The machine's state does not allow it.
    #[error("cannot {verb} a vCPU while the VM is {state}: {remedy}")]
    State {
        /// `add` or `remove`.
        verb: &'static str,
        /// QEMU's run state.
        state: String,
        /// What to do.
        remedy: &'static str,
    },
}

/// Checks that the machine is not being moved; `status` is that of `query-migrate`. QEMU would
/// refuse the change, and what it took just before would be missing on the other side.
///
/// # Errors
/// The migration is under way.
pub fn check_migration(direction: Direction, status: &str) -> Result<(), Refusal> {
    match status {
        "none" | "completed" | "failed" | "cancelled" => Ok(()),
        status => Err(Refusal::Migrating {
            verb: direction.verb(),
            status: status.to_owned(),
        }),
    }
}

/// Checks that guest and host are of one generation of aarch64 hotplug: `played` is the host's, where it is known, `found`
/// what the guest read from its tables, `complaint` its own word that it was told to be of another one.
///
/// # Errors
/// They are not, or the guest has found no hotplug at all.
pub fn check_generation(
    played: Option<Generation>,
    found: Option<&str>,
    complaint: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(complaint) = complaint {
        let said = printable(complaint);
        return Err(Refusal::OtherGeneration { said });
    }
    let (Some(played), Some(found)) = (played, found) else {
        return Ok(());
    };
    let expected = match played {
        Generation::Old => "old",
        Generation::New | Generation::Rfc => "new",
    };
    if found.starts_with(expected) {
        return Ok(());
    }
    let found = printable(found);
    Err(Refusal::OtherGeneration {
        said: format!("the host plays `{played}`, and the guest's tables say `{found}`"),
    })
}

/// Checks that the guest takes so many CPUs in all.
///
/// # Errors
/// It takes fewer.
pub fn check_guest_maximum(target: usize, limit: u32) -> Result<(), Refusal> {
    match u32::try_from(target) {
        Ok(target) if target <= limit => Ok(()),
        _ => Err(Refusal::GuestMaximum { target, limit }),
    }
}

/// Checks a change of `wanted` slots against the machine as it is; `state` is QEMU's run state
/// (`query-status`).
///
/// # Errors
/// The first thing that stands in the way.
pub fn check(
    direction: Direction,
    wanted: &[u32],
    slots: &[Slot],
    state: &str,
) -> Result<(), Refusal> {
    check_state(direction, state)?;
    if wanted.is_empty() {
        return Err(Refusal::Nothing);
    }
    for (position, index) in wanted.iter().enumerate() {
        if wanted.iter().take(position).any(|earlier| earlier == index) {
            return Err(Refusal::Twice(*index));
        }
        let slot = slots.get(*index as usize).ok_or(Refusal::NoSuchSlot {
            index: *index,
            last: u32::try_from(slots.len())
                .unwrap_or(u32::MAX)
                .saturating_sub(1),
        })?;
        match direction {
            Direction::Add if slot.present() => return Err(Refusal::AlreadyThere(*index)),
            Direction::Add => {}
            Direction::Remove => check_removal(slot)?,
        }
    }
    Ok(())
}

fn check_removal(slot: &Slot) -> Result<(), Refusal> {
    match slot.origin() {
        None => Err(Refusal::AlreadyThere(slot.index)),
        Some(_) if slot.index == 0 => Err(Refusal::BootCpu),
        Some(Origin::Boot) => Err(Refusal::ColdPlugged(slot.index)),
        Some(Origin::Anonymous) => Err(Refusal::Anonymous(slot.index)),
        Some(Origin::Plugged(_)) => Ok(()),
    }
}

/// An add is safe on a stopped machine: the guest finds the CPU when it goes on. A removal needs
/// the guest to act.
fn check_state(direction: Direction, state: &str) -> Result<(), Refusal> {
    let remedy = match (direction, state) {
        (_, "running") | (Direction::Add, "paused" | "prelaunch") => return Ok(()),
        (Direction::Remove, "paused" | "prelaunch") => {
            "the guest has to let go of the vCPU itself; let it run first (`hotvcpu resume`)"
        }
        (_, "preconfig") => "let QEMU finish its start (x-exit-preconfig) first",
        (_, "inmigrate" | "postmigrate" | "finish-migrate" | "colo") => {
            "QEMU refuses changes during a migration; wait for its end, then change the VM where it runs"
        }
        (_, "save-vm" | "restore-vm") => "wait until the snapshot is done",
        (_, "suspended") => "the guest sleeps (S3); wake it first",
        (_, "shutdown") => "the guest has shut down; start the domain again",
        (_, "guest-panicked") => "the guest has crashed; reset or destroy the domain",
        (_, "internal-error" | "io-error" | "watchdog") => {
            "QEMU stopped the VM because of an error; see its log, then reset or destroy the domain"
        }
        (_, _) => "wait until it is running",
    };
    Err(Refusal::State {
        verb: direction.verb(),
        state: state.to_owned(),
        remedy,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::tests::machine;

    fn refusal(direction: Direction, wanted: &[u32]) -> Refusal {
        let mut slots = machine(2, 6, &[3]);
        slots[4].qom_path = Some("/machine/peripheral-anon/device[0]".to_owned());
        check(direction, wanted, &slots, "running").expect_err("refused")
    }

    #[test]
    fn what_can_be_done_passes() {
        let slots = machine(1, 4, &[2]);
        for state in ["running", "paused", "prelaunch"] {
            assert_eq!(check(Direction::Add, &[3, 1], &slots, state), Ok(()));
        }
        assert_eq!(check(Direction::Remove, &[2], &slots, "running"), Ok(()));
    }

    #[test]
    fn each_obstacle_has_its_own_refusal() {
        use Direction::{Add, Remove};
        assert_eq!(refusal(Add, &[]), Refusal::Nothing);
        assert_eq!(refusal(Add, &[2, 5, 2]), Refusal::Twice(2));
        assert_eq!(
            refusal(Add, &[6]),
            Refusal::NoSuchSlot { index: 6, last: 5 }
        );
        assert_eq!(refusal(Add, &[3]), Refusal::AlreadyThere(3));
        assert_eq!(refusal(Remove, &[2]), Refusal::AlreadyThere(2));
        assert_eq!(refusal(Remove, &[0]), Refusal::BootCpu);
        assert_eq!(refusal(Remove, &[1]), Refusal::ColdPlugged(1));
        assert_eq!(refusal(Remove, &[4]), Refusal::Anonymous(4));
    }

    #[test]
    fn the_texts_are_those_that_virsh_users_know() {
        let text = |direction, index| refusal(direction, &[index]).to_string();
        assert!(text(Direction::Remove, 1).starts_with("vcpu '1' can't be unplugged"));
        assert!(text(Direction::Add, 3).starts_with("vcpu '3' is already in requested state"));
        assert!(text(Direction::Add, 9).starts_with("vcpu '9' is not present in live config"));
    }

    #[test]
    fn the_guests_own_limit_is_kept() {
        assert_eq!(check_guest_maximum(4, 4), Ok(()));
        let refused = check_guest_maximum(5, 4).expect_err("too many");
        assert!(refused.to_string().contains("max_cpus=4"), "{refused}");
    }

    #[test]
    fn guest_and_host_are_of_one_generation() {
        use Generation::{New, Old, Rfc};
        for (played, found) in [
            (Some(Old), Some("old: so")),
            (Some(New), Some("new (openEuler): so")),
            (Some(Rfc), Some("new (upstream): so")),
            (None, Some("none: a host without hotplug is told elsewhere")),
            (Some(New), None),
        ] {
            assert_eq!(check_generation(played, found, None), Ok(()), "{found:?}");
        }
        for (played, found) in [(Old, "new (upstream): "), (New, "old: "), (New, "none: ")] {
            let refused = check_generation(Some(played), Some(found), None).expect_err(found);
            assert!(refused.to_string().contains(found.trim()), "{refused}");
        }
        let complaint = "generation=old: this host is of the new generation";
        let refused = check_generation(None, Some("new"), Some(complaint)).expect_err("told so");
        let text = refused.to_string();
        assert!(
            text.contains(complaint) && text.contains("--force"),
            "{text}"
        );
    }

    #[test]
    fn nothing_is_changed_during_a_migration() {
        for status in ["setup", "active", "postcopy-active", "device", "cancelling"] {
            let refused = check_migration(Direction::Add, status).expect_err(status);
            assert!(refused.to_string().contains(status), "{refused}");
        }
        for status in ["none", "completed", "failed", "cancelled"] {
            assert_eq!(check_migration(Direction::Remove, status), Ok(()));
        }
    }

    #[test]
    fn states_in_which_qemu_would_accept_and_forget_are_refused() {
        let slots = machine(1, 4, &[2]);
        for state in [
            "preconfig",
            "inmigrate",
            "postmigrate",
            "finish-migrate",
            "colo",
            "save-vm",
            "restore-vm",
            "suspended",
            "shutdown",
            "guest-panicked",
            "internal-error",
            "io-error",
            "watchdog",
            "debug",
        ] {
            for (direction, index) in [(Direction::Add, 1), (Direction::Remove, 2)] {
                let refused = check(direction, &[index], &slots, state);
                assert!(matches!(refused, Err(Refusal::State { .. })), "{state}");
            }
        }
        assert!(check(Direction::Remove, &[2], &slots, "paused").is_err());
    }
}
