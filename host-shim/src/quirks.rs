//! What the QEMU at hand would not survive.
//!
//! Each quirk was measured on real QEMUs (7.2.22, 10.0.2, 11.1.3): QEMU aborts or corrupts its
//! heap, and the guest is lost. The table says when, from the version, the accelerator and what
//! this QEMU process has been through; the caller refuses beforehand with the reason, unless told
//! to go on all the same. Pure.

use serde::{Deserialize, Serialize};

use crate::accel::Accel;
use crate::guard::Direction;
use crate::qmp::Version;

/// What one QEMU process has been through. Kept for its whole life; counters only, so it stays
/// small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// CPUs asked for by `device_add` since the process began, whatever became of them.
    pub adds: u32,
    /// CPUs asked to go by `device_del`.
    pub removals: u32,
    /// Of `adds`, those that came after a removal.
    #[serde(default)]
    pub adds_after_removal: u32,
}

/// The QEMU and the machine at hand.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// QEMU's version.
    pub version: Version,
    /// How it executes the guest.
    pub accel: Accel,
    /// Whether the guest is x86: the quirks are those of x86 machines.
    pub x86: bool,
    /// CPUs at the machine's start.
    pub boot_cpus: u32,
    /// Slots.
    pub maximum: u32,
    /// The first slot asked for whose CPU needs x2APIC, with its APIC ID, where the CPU model is known to
    /// lack that.
    pub beyond_xapic: Option<(u32, u32)>,
    /// What was done before.
    pub history: History,
}

/// Something that QEMU would not survive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Quirk {
    /// Bug 1 of the version matrix.
    #[error(
        "QEMU {version} aborts when a vCPU is removed under single-threaded TCG (qemu_thread_join: Resource deadlock avoided); start the domain with --accel tcg (multi-threaded), or use --force to try all the same"
    )]
    SingleThreadedUnplug {
        /// The version at hand.
        version: Version,
    },
    /// Bug 2.
    #[error(
        "QEMU {version} under TCG: adding a vCPU after any was removed corrupts QEMU's memory (measured on 7.2; not known to be mended before 10.0); restart the domain first, run it on QEMU 10.0 or later (`cargo xtask setup`, or --qemu PATH), or use --force to try all the same"
    )]
    ReAddCorrupts {
        /// The version at hand.
        version: Version,
    },
    /// Bug 3.
    #[error(
        "QEMU {version} under TCG aborts when more vCPUs are created in its life than it has slots (tcg_register_thread): {created} of {maximum} were, {wanted} more are asked for; restart the domain with a larger --maxvcpus, or use --force to try all the same"
    )]
    TooManyCreated {
        /// The version at hand.
        version: Version,
        /// CPUs created so far, those of the start included.
        created: u32,
        /// Slots.
        maximum: u32,
        /// CPUs asked for now.
        wanted: u32,
    },
    /// The same damage as bug 2, met by a walk over all CPUs.
    #[error(
        "QEMU {version} under TCG: a removed vCPU leaves QEMU's memory damaged, and resetting, saving or migrating the domain then crashes it (measured on 7.2; not known to be mended before 10.0); shut the domain down and start it again, run it on QEMU 10.0 or later (`cargo xtask setup`, or --qemu PATH), or use --force to try all the same"
    )]
    CrashesAfterRemoval {
        /// The version at hand.
        version: Version,
    },
    /// Seen on 10.0.2: the migration's status stays `setup`, and it cannot be cancelled either.
    #[error(
        "QEMU {version} under TCG: once a vCPU was added after another one was removed, saving or migrating never gets beyond its setup, and blocks every later change; shut the domain down and start it again instead, or use --force to try all the same"
    )]
    NeverMoves {
        /// The version at hand.
        version: Version,
    },
    /// Seen on 10.0.2, under TCG and KVM alike. QEMU 7.2 does not start a machine with such IDs.
    #[error(
        "QEMU {version} aborts when it creates vcpu '{slot}': its APIC ID is {apic_id}, and the domain's CPU model has no x2APIC, which IDs from 255 on need; start the domain with a --cpu that has it, such as qemu64,+x2apic, or use --force to try all the same"
    )]
    BeyondXapic {
        /// The version at hand.
        version: Version,
        /// The slot.
        slot: u32,
        /// The APIC ID of its CPU.
        apic_id: u32,
    },
}

/// The first QEMU that reuses what an unplugged CPU leaves (and then runs out of it).
const REUSES: Version = Version::new(10, 0, 0);

/// The first QEMU that was seen to insist on x2APIC. Older ones were not seen with such machines.
const INSISTS_ON_X2APIC: Version = Version::new(10, 0, 0);

/// Whether this QEMU survives `count` changes in `direction`.
///
/// # Errors
/// The quirk that stands in the way.
pub fn check(at_hand: &Circumstances, direction: Direction, count: u32) -> Result<(), Quirk> {
    let version = at_hand.version;
    if !at_hand.x86 {
        return Ok(());
    }
    if let (Direction::Add, Some((slot, apic_id))) = (direction, at_hand.beyond_xapic)
        && version >= INSISTS_ON_X2APIC
    {
        return Err(Quirk::BeyondXapic {
            version,
            slot,
            apic_id,
        });
    }
    match (direction, at_hand.accel) {
        (Direction::Remove, Accel::TcgSingle) => Err(Quirk::SingleThreadedUnplug { version }),
        (Direction::Add, Accel::TcgMulti) if version < REUSES => {
            if at_hand.history.removals > 0 {
                return Err(Quirk::ReAddCorrupts { version });
            }
            Ok(())
        }
        (Direction::Add, Accel::TcgMulti) => check_created(at_hand, count),
        _ => Ok(()),
    }
}

/// Whether this QEMU survives a reset.
///
/// # Errors
/// The quirk that stands in the way.
pub fn check_reset(
    version: Version,
    accel: Accel,
    x86: bool,
    history: History,
) -> Result<(), Quirk> {
    let damaged = x86 && accel == Accel::TcgMulti && version < REUSES && history.removals > 0;
    match damaged {
        true => Err(Quirk::CrashesAfterRemoval { version }),
        false => Ok(()),
    }
}

/// Whether this QEMU can save its state, or move it.
///
/// # Errors
/// The quirk that stands in the way.
pub fn check_move(
    version: Version,
    accel: Accel,
    x86: bool,
    history: History,
) -> Result<(), Quirk> {
    check_reset(version, accel, x86, history)?;
    match accel {
        Accel::TcgMulti if x86 && history.adds_after_removal > 0 => {
            Err(Quirk::NeverMoves { version })
        }
        _ => Ok(()),
    }
}

/// Measured: with `-smp 1,maxcpus=4` the 4th add aborts, with `-smp 2,maxcpus=4` the 3rd, whatever
/// was removed in between. So the CPUs of the start count, and `maximum` creations in all are
/// survived.
fn check_created(at_hand: &Circumstances, wanted: u32) -> Result<(), Quirk> {
    let created = at_hand.boot_cpus.saturating_add(at_hand.history.adds);
    if created.saturating_add(wanted) <= at_hand.maximum {
        return Ok(());
    }
    let (version, maximum) = (at_hand.version, at_hand.maximum);
    Err(Quirk::TooManyCreated {
        version,
        created,
        maximum,
        wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const V7: Version = Version::new(7, 2, 22);
    const V10: Version = Version::new(10, 0, 2);

    fn at_hand(version: Version, accel: Accel, adds: u32, removals: u32) -> Circumstances {
        let history = History {
            adds,
            removals,
            adds_after_removal: 0,
        };
        Circumstances {
            version,
            accel,
            x86: true,
            boot_cpus: 2,
            maximum: 4,
            beyond_xapic: None,
            history,
        }
    }

    #[test]
    fn single_threaded_tcg_survives_no_removal() {
        for version in [V7, V10, Version::new(11, 1, 3)] {
            let single = at_hand(version, Accel::TcgSingle, 1, 0);
            let refused = check(&single, Direction::Remove, 1);
            assert_eq!(refused, Err(Quirk::SingleThreadedUnplug { version }));
            assert_eq!(check(&single, Direction::Add, 1), Ok(()));
        }
    }

    #[test]
    fn after_a_removal_7_2_gets_no_more_cpus() {
        assert_eq!(
            check(&at_hand(V7, Accel::TcgMulti, 2, 0), Direction::Add, 1),
            Ok(())
        );
        assert_eq!(
            check(&at_hand(V7, Accel::TcgMulti, 2, 1), Direction::Remove, 1),
            Ok(())
        );
        let refused = check(&at_hand(V7, Accel::TcgMulti, 1, 1), Direction::Add, 1);
        assert_eq!(refused, Err(Quirk::ReAddCorrupts { version: V7 }));
        assert_eq!(
            check(&at_hand(V10, Accel::TcgMulti, 1, 1), Direction::Add, 1),
            Ok(())
        );
    }

    #[test]
    fn from_10_on_the_creation_beyond_maxcpus_is_refused() {
        assert_eq!(
            check(&at_hand(V10, Accel::TcgMulti, 1, 1), Direction::Add, 1),
            Ok(())
        );
        assert_eq!(
            check(&at_hand(V10, Accel::TcgMulti, 0, 0), Direction::Add, 2),
            Ok(())
        );
        let refused = check(&at_hand(V10, Accel::TcgMulti, 2, 1), Direction::Add, 1);
        let expected = Quirk::TooManyCreated {
            version: V10,
            created: 4,
            maximum: 4,
            wanted: 1,
        };
        assert_eq!(refused, Err(expected));
    }

    #[test]
    fn an_apic_id_that_needs_x2apic_is_refused_on_every_accelerator() {
        for accel in [Accel::Kvm, Accel::TcgMulti, Accel::TcgSingle] {
            let mut beyond = at_hand(V10, accel, 0, 0);
            beyond.beyond_xapic = Some((192, 256));
            let refused = check(&beyond, Direction::Add, 1).expect_err("QEMU aborts");
            let text = refused.to_string();
            assert!(
                text.contains("vcpu '192'") && text.contains("ID is 256"),
                "{text}"
            );
            beyond.version = V7;
            assert_eq!(check(&beyond, Direction::Add, 1), Ok(()), "not seen there");
        }
    }

    #[test]
    fn after_an_add_that_followed_a_removal_tcg_moves_no_more() {
        let mut history = History {
            adds: 2,
            removals: 1,
            adds_after_removal: 0,
        };
        assert_eq!(check_move(V10, Accel::TcgMulti, true, history), Ok(()));
        history.adds_after_removal = 1;
        let refused = check_move(V10, Accel::TcgMulti, true, history);
        assert_eq!(refused, Err(Quirk::NeverMoves { version: V10 }));
        assert_eq!(check_move(V10, Accel::Kvm, true, history), Ok(()));
        assert_eq!(check_move(V10, Accel::TcgMulti, false, history), Ok(()));
    }

    #[test]
    fn after_a_removal_7_2_is_not_reset_and_not_moved() {
        let removed = History {
            adds: 1,
            removals: 1,
            adds_after_removal: 0,
        };
        for check in [check_reset, check_move] {
            let refused = check(V7, Accel::TcgMulti, true, removed);
            assert_eq!(refused, Err(Quirk::CrashesAfterRemoval { version: V7 }));
            assert_eq!(check(V10, Accel::TcgMulti, true, removed), Ok(()));
            assert_eq!(check(V7, Accel::Kvm, true, removed), Ok(()));
            assert_eq!(check(V7, Accel::TcgMulti, true, History::default()), Ok(()));
        }
    }

    #[test]
    fn kvm_and_other_machines_have_none_of_the_others() {
        for accel in [Accel::Kvm, Accel::TcgMulti, Accel::TcgSingle] {
            let mut other = at_hand(V7, accel, 9, 9);
            other.x86 = accel == Accel::Kvm;
            for direction in [Direction::Add, Direction::Remove] {
                assert_eq!(check(&other, direction, 1), Ok(()));
            }
        }
    }
}
