//! What QEMU's refusals mean, and what to do about them.
//!
//! Guard and quirks refuse beforehand what they can foresee; what QEMU refuses all the same (another client was quicker, or
//! asked for something else) comes in its words, which speak of APIC IDs and object paths. The table gives each of them its remedy.
//! Measured on QEMU 7.2.22 and 10.0.2, and on aarch64 hosts with hotplug of their own. Pure.

use crate::qmp::Failure;

/// One of QEMU's texts.
#[derive(Debug)]
pub struct Saying {
    /// What leads to it.
    pub situation: &'static str,
    /// What the text has in it, in this order; between these parts stand names and numbers.
    pub parts: &'static [&'static str],
    /// What to do.
    pub remedy: &'static str,
}

/// Every text that is known.
pub const SAYINGS: &[Saying] = &[
    Saying {
        situation: "slot taken",
        parts: &["CPU[", "with APIC ID", "exists"],
        remedy: TAKEN,
    },
    Saying {
        situation: "slot taken, aarch64",
        parts: &["cpu(id", "with arch-id", "exist"],
        remedy: TAKEN,
    },
    Saying {
        situation: "same id",
        parts: &["Duplicate device ID '"],
        remedy: "another device has this name; remove that one first, or choose another slot",
    },
    Saying {
        situation: "out of range",
        parts: &["Invalid CPU ", "-id: ", " must be in range "],
        remedy: RANGE,
    },
    Saying {
        situation: "out of range, aarch64",
        parts: &["Invalid ", "-id ", " specified, correct range "],
        remedy: RANGE,
    },
    Saying {
        situation: "id missing",
        parts: &["CPU ", "-id is not set"],
        remedy: "a slot is named by all of its properties; take them from query-hotpluggable-cpus",
    },
    Saying {
        situation: "wrong model",
        parts: &["Invalid CPU type, expected cpu type: '"],
        remedy: "all CPUs of a machine are of one model; take the type from query-hotpluggable-cpus",
    },
    Saying {
        situation: "during migration",
        parts: &[" not allowed while migrating"],
        remedy: "wait for the end of the migration, then change the VM where it runs",
    },
    Saying {
        situation: "before machine init",
        parts: &["is permitted only after machine initialization has completed"],
        remedy: "this QEMU waits in -preconfig; let it finish its start (x-exit-preconfig) first",
    },
    Saying {
        situation: "del of unknown or already gone",
        parts: &["Device '", "' not found"],
        remedy: "it is gone already; see `hotvcpu vcpucount` for what is there",
    },
    Saying {
        situation: "del of the boot CPU",
        parts: &["Boot CPU is unpluggable"],
        remedy: "the guest boots on it; choose another slot",
    },
    Saying {
        situation: "del of a CPU of the start, aarch64",
        parts: &["Hot-unplug of cold-booted CPU not supported!"],
        remedy: "restart the domain with fewer CPUs at its start",
    },
    Saying {
        situation: "del before the guest's AML switched",
        parts: &["device unplug request for not supported device type"],
        remedy: "the guest has not switched on ACPI CPU hotplug: it is still booting, or was started with acpi=off; try again once it is up",
    },
    Saying {
        situation: "del on the old aarch64 generation",
        parts: &["device unplug request for unsupported device type"],
        remedy: "this host can only add vCPUs; restart the domain with fewer, or on a host of the new generation",
    },
    Saying {
        situation: "SMI broadcast without CPU-hotplug SMI",
        parts: &["with SMI wasn't enabled by firmware"],
        remedy: "the guest's firmware took SMI broadcast without CPU hotplug; take a firmware that takes both, or start QEMU with -global ICH9-LPC.x-smi-broadcast=off",
    },
    Saying {
        situation: "no hotplug machine, 7.2",
        parts: &["'query-hotpluggable-cpus' is not enabled"],
        remedy: NO_HOTPLUG,
    },
    Saying {
        situation: "no hotplug machine",
        parts: &["machine does not support hot-plugging CPUs"],
        remedy: NO_HOTPLUG,
    },
    Saying {
        situation: "aarch64 virt device_add of a CPU",
        parts: &["Parameter 'driver' expects a pluggable device type"],
        remedy: "this QEMU has no CPU hotplug for that machine; start the domain with our ROM (--firmware), whose monitor has",
    },
    Saying {
        situation: "no firmware, aarch64",
        parts: &["GED acpi device does not exists"],
        remedy: "hotplug needs the GED, which comes with firmware and ACPI: start QEMU with -bios and without acpi=off",
    },
    Saying {
        situation: "no GICv3, aarch64",
        parts: &["CPU [cold|hot]plug not supported on this machine"],
        remedy: "hotplug needs GICv3 and an AArch64 CPU model: start QEMU with -M virt,gic-version=3",
    },
    Saying {
        situation: "disabled, aarch64",
        parts: &["CPU cold/hot plug is disabled"],
        remedy: "start QEMU with GICv3, an AArch64 CPU model, firmware (-bios), and without acpi=off",
    },
];

const TAKEN: &str = "there is a CPU in this slot already, perhaps another client's; see `hotvcpu vcpucount`, and choose another one";
const RANGE: &str = "the machine has no such slot; `hotvcpu vcpuinfo` lists those that it has";
const NO_HOTPLUG: &str =
    "start the domain with --machine q35 or pc, or on aarch64 with --firmware ROM";

/// What is known of QEMU's text.
pub fn explain(said: &Failure) -> Option<&'static Saying> {
    SAYINGS
        .iter()
        .find(|saying| has_in_order(&said.desc, saying.parts))
}

/// The remedy as the end of a message; nothing where the text is not known.
pub(crate) fn remedy(said: &Failure) -> String {
    explain(said).map_or_else(String::new, |saying| format!("; {}", saying.remedy))
}

fn has_in_order(text: &str, parts: &[&str]) -> bool {
    let mut rest = Some(text);
    for part in parts {
        rest = rest.and_then(|rest| Some(rest.split_once(part)?.1));
    }
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation(desc: &str) -> Option<&'static str> {
        let class = "GenericError".to_owned();
        let desc = desc.to_owned();
        explain(&Failure { class, desc }).map(|saying| saying.situation)
    }

    #[test]
    fn names_and_numbers_do_not_matter() {
        for (desc, expected) in [
            ("CPU[1] with APIC ID 1 exists", "slot taken"),
            (
                "cpu(id3=0:0:3:0) with arch-id 3 exist",
                "slot taken, aarch64",
            ),
            ("Invalid CPU die-id: 4 must be in range 0:3", "out of range"),
            (
                "Invalid core-id 9 specified, correct range 0:7",
                "out of range, aarch64",
            ),
            ("device_del not allowed while migrating", "during migration"),
        ] {
            assert_eq!(situation(desc), Some(expected), "{desc}");
        }
        assert_eq!(situation("exists, CPU[ with APIC ID"), None);
        assert_eq!(situation("Could not open '/x': No such file"), None);
    }

    #[test]
    fn no_text_hides_another() {
        for saying in SAYINGS {
            let text = saying.parts.join(" 7 ");
            assert_eq!(situation(&text), Some(saying.situation), "{text}");
            assert!(!saying.remedy.is_empty());
        }
    }
}
