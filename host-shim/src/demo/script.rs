//! What happens in a demonstration, and on which machines.

use super::report::Action;
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::monitor::Generation;

/// One thing that is done, with CPUs.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// What.
    pub action: Action,
    /// With which.
    pub cpus: &'static [u32],
    /// Whether the host has to refuse it.
    pub refused: bool,
}

const fn act(action: Action, cpus: &'static [u32]) -> Act {
    Act {
        action,
        cpus,
        refused: false,
    }
}

/// One by one, several at once, away again, and one that has been away.
const COME_AND_GO: [Act; 6] = [
    act(Action::Add, &[1]),
    act(Action::Add, &[2]),
    act(Action::Add, &[3]),
    act(Action::Add, &[4, 5, 6, 7]),
    act(Action::Remove, &[4, 5, 6, 7]),
    act(Action::Add, &[4]),
];

/// The old generation on ARM knows no removal.
const COME_AND_STAY: [Act; 5] = [
    act(Action::Add, &[1]),
    act(Action::Add, &[2]),
    act(Action::Add, &[3]),
    act(Action::Add, &[4, 5, 6, 7]),
    Act {
        refused: true,
        ..act(Action::Remove, &[7])
    },
];

/// The architectures that there is a guest for, in the order in which they are shown.
const ARCHES: [&str; 2] = ["x86_64", "aarch64"];

/// One demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// On which machine.
    pub machine: Machine,
    /// Of which generation, on ARM.
    pub generation: Option<Generation>,
}

impl Script {
    /// The demonstrations that these options ask for; without any, one for each architecture.
    ///
    /// # Errors
    /// The options contradict each other, or the machine has no CPU hotplug to show.
    pub fn chosen(
        arch: Option<&str>,
        machine: Option<Machine>,
        generation: Option<Generation>,
    ) -> Result<Vec<Self>> {
        let usage = |text: String| Err(Error::Usage(text));
        if let Some(machine) = machine
            && !machine.profile()?.cpu_hotplug
        {
            return usage(format!(
                "{machine} has no CPU hotplug to be shown; take --machine q35, pc or virt"
            ));
        }
        // What names a machine or a generation names an architecture too.
        let by_machine = machine.map(arch_of);
        let by_generation = generation.map(|_| "aarch64");
        let mut named = [arch, by_machine, by_generation].into_iter().flatten();
        let only = named.next();
        if let Some((one, other)) = only.zip(named.find(|it| Some(*it) != only)) {
            return usage(format!(
                "the options name two architectures, {one} and {other}; --machine virt and --generation are about \
                 aarch64, the other machines about x86_64"
            ));
        }
        if let Some(unknown) = only.filter(|it| !ARCHES.contains(it)) {
            return usage(format!(
                "there is a guest for x86_64 and one for aarch64, and none for {unknown}"
            ));
        }
        let shown = ARCHES
            .into_iter()
            .filter(|it| only.is_none_or(|only| only == *it));
        let script = |arch| {
            let (default, generation) = match arch {
                "aarch64" => (Machine::Virt, Some(generation.unwrap_or_default())),
                _ => (Machine::Q35, None),
            };
            Self {
                machine: machine.unwrap_or(default),
                generation,
            }
        };
        Ok(shown.map(script).collect())
    }

    /// Whose guest.
    pub fn arch(self) -> &'static str {
        arch_of(self.machine)
    }

    /// What happens, in order.
    pub fn acts(self) -> &'static [Act] {
        match self.generation {
            Some(Generation::Old) => &COME_AND_STAY,
            _ => &COME_AND_GO,
        }
    }
}

fn arch_of(machine: Machine) -> &'static str {
    match machine {
        Machine::Virt => "aarch64",
        Machine::Q35 | Machine::Pc | Machine::Microvm => "x86_64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arches(
        arch: Option<&str>,
        machine: Option<Machine>,
        generation: Option<Generation>,
    ) -> Result<Vec<&'static str>> {
        let scripts = Script::chosen(arch, machine, generation)?;
        Ok(scripts.iter().map(|script| script.arch()).collect())
    }

    #[test]
    fn an_architecture_is_that_of_its_machines_profile() {
        for machine in Machine::ALL {
            let profile = machine.profile().expect("a valid file");
            assert_eq!(profile.arch, arch_of(machine));
        }
    }

    #[test]
    fn without_options_both_architectures_are_shown() {
        let both = Script::chosen(None, None, None).expect("no contradiction");
        let found: Vec<_> = both.iter().map(|it| (it.machine, it.generation)).collect();
        let virt = (Machine::Virt, Some(Generation::New));
        assert_eq!(found, [(Machine::Q35, None), virt]);
    }

    #[test]
    fn a_machine_or_a_generation_names_the_architecture() {
        let (x86, arm) = ("x86_64", "aarch64");
        let chosen = |arch, machine, generation| {
            arches(arch, machine, generation).expect("no contradiction")
        };
        assert_eq!(chosen(Some(arm), None, None), [arm]);
        assert_eq!(chosen(None, Some(Machine::Pc), None), [x86]);
        assert_eq!(chosen(None, Some(Machine::Virt), None), [arm]);
        assert_eq!(chosen(None, None, Some(Generation::Old)), [arm]);
    }

    #[test]
    fn contradictions_are_refused() {
        let (x86, arm) = (Some("x86_64"), Some("aarch64"));
        assert!(arches(arm, Some(Machine::Q35), None).is_err());
        assert!(arches(x86, Some(Machine::Virt), None).is_err());
        assert!(arches(x86, None, Some(Generation::New)).is_err());
        assert!(arches(None, Some(Machine::Pc), Some(Generation::New)).is_err());
        assert!(arches(Some("riscv64"), None, None).is_err());
        assert!(arches(None, Some(Machine::Microvm), None).is_err());
    }

    #[test]
    fn only_the_old_generation_has_to_refuse() {
        for generation in [Generation::New, Generation::Rfc, Generation::Old] {
            let script = Script {
                machine: Machine::Virt,
                generation: Some(generation),
            };
            let refused = script.acts().iter().any(|act| act.refused);
            assert_eq!(refused, generation == Generation::Old);
        }
    }
}
