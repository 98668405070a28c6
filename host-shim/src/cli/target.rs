//! Whom a command is meant for: a domain by its name, or any QEMU by its QMP socket.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hotvcpu::agent::AgentClient;
use hotvcpu::definition::DefinitionStore;
use hotvcpu::domain::{Connected, DomainError, DomainFolder, External, ProcessId, Tracker};
use hotvcpu::power::AtPowerOff;
use hotvcpu::resize::Journal;
use hotvcpu::{Error, Operation, Session};

use super::arguments::Attach;
use super::output::Output;

/// The one that was named.
#[derive(Debug)]
pub enum Target {
    /// A domain of ours.
    Domain(DomainFolder),
    /// A QEMU that somebody else started.
    External {
        /// Its QMP socket.
        qmp: PathBuf,
        /// The socket of its guest's agent, where that was named.
        agent: Option<PathBuf>,
    },
}

/// A connection to it, with the right to change it.
#[derive(Debug)]
pub enum Live {
    /// A domain of ours.
    Domain(Box<Connected>),
    /// A QEMU that somebody else started.
    External(Box<External>),
}

impl Target {
    /// Exactly one of both has to be named.
    pub fn of(name: Option<&str>, attach: Option<Attach<'_>>) -> Result<Self, Error> {
        match (name, attach) {
            (Some(name), None) => Ok(Self::Domain(DomainFolder::of(name)?)),
            (None, Some(attach)) => Ok(Self::External {
                qmp: attach.qmp.to_path_buf(),
                agent: attach.agent.map(Path::to_path_buf),
            }),
            (None, None) => Err(Error::Usage(
                "which domain? name it (see `hotvcpu list`), or a QMP socket with --attach"
                    .to_owned(),
            )),
            (Some(name), Some(_)) => Err(Error::Usage(format!(
                "either the domain '{name}' or --attach: both name a QEMU; leave one out"
            ))),
        }
    }

    /// The domain's name.
    pub fn domain(&self) -> Option<&str> {
        match self {
            Self::Domain(folder) => Some(folder.name()),
            Self::External { .. } => None,
        }
    }

    /// The same for something that only a domain has.
    pub fn require_domain(&self, what: &str) -> Result<&str, Error> {
        self.domain().ok_or_else(|| {
            Error::Usage(format!(
                "{what} is about a definition, and a QEMU behind --attach has none; leave it out"
            ))
        })
    }

    /// The most vCPUs that the guest takes, where that is known.
    pub fn guest_maximum(&self) -> Option<u32> {
        match self {
            Self::Domain(folder) => folder.recipe().ok()?.guest_maximum(),
            Self::External { .. } => None,
        }
    }

    /// Whether there is a QEMU.
    pub fn is_running(&self) -> bool {
        match self {
            Self::Domain(folder) => folder.running().is_ok(),
            Self::External { .. } => true,
        }
    }

    /// Whether there is a definition and no QEMU.
    pub fn is_only_defined(&self) -> bool {
        let defined = |name| DefinitionStore::open().and_then(|store| store.path(name));
        let domain = self.domain().filter(|_| !self.is_running());
        domain.is_some_and(|name| defined(name).is_ok_and(|path| path.exists()))
    }

    /// Connects, for `what`, and looks after what earlier commands have left open.
    pub fn connect(&self, what: &str, output: &mut Output) -> Result<Live, Error> {
        let mut live = match self {
            Self::Domain(folder) => Live::Domain(Box::new(connect(folder, what)?)),
            Self::External { qmp, agent } => {
                let mut external = External::connect(qmp, what)?;
                external.agent.clone_from(agent);
                Live::External(Box::new(external))
            }
        };
        if let Live::Domain(domain) = &mut live {
            repair(domain, output)?;
        }
        let notes = Tracker::of(live.notes())?.review(live.session())?;
        notes.into_iter().for_each(|note| output.note(note));
        Ok(live)
    }

    /// Looks after an interrupted change of machine and definition, for those who only want the
    /// definition.
    pub fn settle(&self, output: &mut Output) -> Result<(), Error> {
        let Self::Domain(folder) = self else {
            return Ok(());
        };
        let store = DefinitionStore::open()?;
        let name = folder.name();
        let Some(journal) = Journal::find(&store, name)? else {
            return Ok(());
        };
        match folder.running() {
            Ok((meta, _)) if journal.is_about(meta.process) => match connect(folder, "repair") {
                Ok(mut domain) => repair(&mut domain, output),
                // Whoever wrote the journal is at work.
                Err(Error::Domain(DomainError::Busy { .. })) => Ok(()),
                Err(error) => Err(error),
            },
            _ => {
                let lock = store.lock(name, "repair")?;
                output.note(journal.repair(&store, &lock, None)?.to_string());
                Ok(())
            }
        }
    }
}

/// What is only defined is told from what is not known at all.
fn connect(folder: &DomainFolder, what: &str) -> Result<Connected, Error> {
    folder.connect(what).map_err(|error| {
        let defined = DefinitionStore::open().and_then(|store| store.get(folder.name()));
        match (error, defined) {
            (Error::Domain(DomainError::Unknown(name)), Ok(Some(_))) => {
                DomainError::NotRunning(name).into()
            }
            (error, _) => error,
        }
    })
}

/// The domain's job lock is held, so nobody else is at work on both.
fn repair(domain: &mut Connected, output: &mut Output) -> Result<(), Error> {
    // A user without a home has no definitions.
    let Ok(store) = DefinitionStore::open() else {
        return Ok(());
    };
    let name = domain.meta.name.clone();
    let Some(journal) = Journal::find(&store, &name)? else {
        return Ok(());
    };
    let lock = match store.lock(&name, "repair") {
        // Somebody edits the definition: the next command repairs.
        Err(Error::Domain(DomainError::Busy { .. })) => return Ok(()),
        lock => lock?,
    };
    let about = journal.is_about(domain.meta.process);
    let repaired = journal.repair(&store, &lock, about.then_some(&mut domain.session))?;
    output.note(repaired.to_string());
    Ok(())
}

impl Live {
    /// Which process, where that is known to be ours.
    pub fn process(&self) -> Option<ProcessId> {
        match self {
            Self::Domain(domain) => domain.meta.process,
            Self::External(_) => None,
        }
    }

    /// Where notes about it lie.
    fn notes(&self) -> &Path {
        match self {
            Self::Domain(domain) => domain.folder(),
            Self::External(external) => external.folder(),
        }
    }

    /// Remembers those operations whose end has not been seen.
    pub fn track(&mut self, operations: &[Operation], command: &str) -> Result<(), Error> {
        let mut tracker = Tracker::of(self.notes())?;
        tracker.note(operations, command, self.session())
    }

    /// The session.
    pub fn session(&mut self) -> &mut Session {
        match self {
            Self::Domain(domain) => &mut domain.session,
            Self::External(external) => &mut external.session,
        }
    }

    /// Connects to its guest's agent, which has so long for that and for each answer.
    pub fn agent(&mut self, patience: Duration) -> Result<AgentClient, Error> {
        match self {
            Self::Domain(domain) => domain.agent(patience),
            Self::External(external) => external.agent(patience),
        }
    }

    /// What to call it.
    pub fn label(&self) -> String {
        match self {
            Self::Domain(domain) => format!("Domain '{}'", domain.meta.name),
            Self::External(external) => external.label(),
        }
    }

    /// Its name for programs: the domain's, or the socket's path.
    pub fn name(&self) -> String {
        match self {
            Self::Domain(domain) => domain.meta.name.clone(),
            Self::External(external) => external.socket.display().to_string(),
        }
    }

    /// Whether its guest keeps an event file.
    pub fn speaks(&self) -> bool {
        match self {
            Self::Domain(domain) => !domain.meta.foreign_kernel,
            Self::External(_) => false,
        }
    }

    /// CPUs of a machine without hotplug, as far as that is known.
    pub fn fixed_vcpus(&self) -> usize {
        match self {
            Self::Domain(domain) => domain.meta.vcpus as usize,
            Self::External(_) => 0,
        }
    }

    /// What its QEMU does when the guest powers off.
    pub fn at_power_off(&self) -> AtPowerOff {
        match self {
            Self::Domain(_) => AtPowerOff::End,
            Self::External(external) => external.at_power_off,
        }
    }
}
