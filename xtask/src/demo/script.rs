//! What happens in a demonstration, and on which machines.

use anyhow::{Result, bail};
use clap::ValueEnum;
use hotvcpu::{Generation, Machine};

use super::json::Action;
use crate::arch::Arch;

/// The machines on which CPUs can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Board {
    /// Q35
    Q35,
    /// i440FX
    Pc,
    /// ARM's virt
    Virt,
}

impl Board {
    fn machine(self) -> Machine {
        match self {
            Board::Q35 => Machine::Q35,
            Board::Pc => Machine::Pc,
            Board::Virt => Machine::Virt,
        }
    }

    fn arch(self) -> Arch {
        match self {
            Board::Q35 | Board::Pc => Arch::X86_64,
            Board::Virt => Arch::Aarch64,
        }
    }
}

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

/// One demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// Whose guest.
    pub arch: Arch,
    /// On which machine.
    pub machine: Machine,
    /// Of which generation, on ARM.
    pub generation: Option<Generation>,
}

impl Script {
    /// The demonstrations that these options ask for; without any, one for each architecture.
    ///
    /// # Errors
    /// If the options contradict each other.
    pub fn chosen(
        arch: Option<Arch>,
        board: Option<Board>,
        generation: Option<Generation>,
    ) -> Result<Vec<Self>> {
        // What names a machine or a generation names an architecture too.
        let by_board = board.map(Board::arch);
        let by_generation = generation.map(|_| Arch::Aarch64);
        let named = [arch, by_board, by_generation];
        let mut named = named.into_iter().flatten();
        let only = named.next();
        if let Some((one, other)) = only.zip(named.find(|it| Some(*it) != only)) {
            bail!(
                "the options name two architectures, {one} and {other}; --machine virt and --generation are about \
                 aarch64, the other machines about x86_64"
            );
        }
        let arches = only.map_or(Arch::ALL.to_vec(), |arch| vec![arch]);
        let script = |arch: Arch| Self {
            arch,
            machine: board.map_or(arch.machine(), Board::machine),
            generation: (arch == Arch::Aarch64).then(|| generation.unwrap_or(Generation::New)),
        };
        Ok(arches.into_iter().map(script).collect())
    }

    /// What happens, in order.
    pub fn acts(self) -> &'static [Act] {
        match self.generation {
            Some(Generation::Old) => &COME_AND_STAY,
            _ => &COME_AND_GO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arches(
        arch: Option<Arch>,
        board: Option<Board>,
        generation: Option<Generation>,
    ) -> Result<Vec<Arch>> {
        let scripts = Script::chosen(arch, board, generation)?;
        Ok(scripts.iter().map(|script| script.arch).collect())
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
        let (x86, arm) = (Arch::X86_64, Arch::Aarch64);
        let chosen =
            |arch, board, generation| arches(arch, board, generation).expect("no contradiction");
        assert_eq!(chosen(Some(arm), None, None), [arm]);
        assert_eq!(chosen(None, Some(Board::Pc), None), [x86]);
        assert_eq!(chosen(None, Some(Board::Virt), None), [arm]);
        assert_eq!(chosen(None, None, Some(Generation::Old)), [arm]);
    }

    #[test]
    fn contradictions_are_refused() {
        let (x86, arm) = (Some(Arch::X86_64), Some(Arch::Aarch64));
        assert!(arches(arm, Some(Board::Q35), None).is_err());
        assert!(arches(x86, Some(Board::Virt), None).is_err());
        assert!(arches(x86, None, Some(Generation::New)).is_err());
        assert!(arches(None, Some(Board::Pc), Some(Generation::New)).is_err());
    }

    #[test]
    fn only_the_old_generation_has_to_refuse() {
        for generation in [Generation::New, Generation::Rfc, Generation::Old] {
            let script = Script {
                arch: Arch::Aarch64,
                machine: Machine::Virt,
                generation: Some(generation),
            };
            let refused = script.acts().iter().any(|act| act.refused);
            assert_eq!(refused, generation == Generation::Old);
        }
    }
}
