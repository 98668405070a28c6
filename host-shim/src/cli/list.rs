//! `list` and `dominfo`: what there is.

use std::collections::BTreeSet;
use std::time::Duration;

use hotvcpu::Error;
use hotvcpu::agent::AgentError;
use hotvcpu::definition::{Definition, DefinitionStore};
use hotvcpu::domain::{Connected, DomainError, DomainFolder, Meta};
use hotvcpu::guest_log::printable;
use serde::Serialize;
use serde_json::json;

use super::output::{Finish, Output};
use super::target::Target;

/// One domain in the list.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    state: String,
    persistent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(flatten)]
    meta: Option<Meta>,
}

pub fn list(all: bool, output: &mut Output) -> Finish {
    let store = DefinitionStore::open();
    let defined: BTreeSet<String> = match &store {
        Ok(store) => store.names()?.into_iter().collect(),
        // Who has no home has no definitions.
        Err(_) => BTreeSet::new(),
    };
    let mut rows: Vec<Row> = DomainFolder::list()?
        .iter()
        .map(|folder| row(folder, defined.contains(folder.name())))
        .collect();
    if all {
        let started: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
        rows.extend(defined.difference(&started).map(|name| shut_off(name)));
        rows.sort_by(|one, other| one.name.cmp(&other.name));
    }
    // As a value, because a name that comes twice in the row has to come once.
    output.object(&json!(rows))?;
    if rows.is_empty() {
        return output.line(
            "No domains; start one with `hotvcpu start NAME --kernel PATH`, or see `hotvcpu list --all`",
        );
    }
    let widths = rows.iter().map(|row| row.name.len());
    let width = widths.max().unwrap_or(0).max(4);
    output.line(&format!(
        "{:width$}  STATE      MACHINE  QEMU     ACCEL       PID",
        "NAME"
    ))?;
    for row in &rows {
        output.line(&text(row, width))?;
    }
    rows.iter()
        .filter_map(|row| row.problem.as_ref())
        .try_for_each(|text| output.line(text))
}

fn shut_off(name: &str) -> Row {
    Row {
        name: name.to_owned(),
        state: "shut off".to_owned(),
        persistent: true,
        problem: None,
        meta: None,
    }
}

fn row(folder: &DomainFolder, persistent: bool) -> Row {
    let checked = DomainFolder::of(folder.name()).and_then(|folder| folder.running());
    let (state, problem) = match checked {
        // The process runs; only who may ask QEMU knows more.
        Ok(_) => (
            folder.glance().unwrap_or_else(|| "running".to_owned()),
            None,
        ),
        Err(error) => {
            let state = match error {
                Error::Domain(DomainError::Ended { .. }) => "ended",
                Error::Domain(DomainError::HalfStarted(_)) => "starting",
                _ => "damaged",
            };
            (state.to_owned(), Some(error.to_string()))
        }
    };
    Row {
        name: folder.name().to_owned(),
        state,
        persistent,
        problem,
        meta: folder.meta().ok(),
    }
}

/// QEMU's word, for people: before its first run and after a reset a stopped machine is `prelaunch`.
fn for_people(state: &str) -> &str {
    match state {
        "prelaunch" => "paused",
        state => state,
    }
}

fn text(row: &Row, width: usize) -> String {
    let start = format!("{:width$}  {:9}", row.name, for_people(&row.state));
    let Some(meta) = &row.meta else {
        return start.trim_end().to_owned();
    };
    let pid = meta
        .process
        .map_or("-".to_owned(), |process| process.pid.to_string());
    let (machine, version) = (meta.machine.name(), meta.version.to_string());
    format!(
        "{start}  {machine:7}  {version:7}  {:10}  {pid}",
        meta.accel.name()
    )
}

/// What `dominfo` tells.
#[derive(Debug, Serialize)]
struct Info {
    name: String,
    state: String,
    persistent: bool,
    definition: Option<Definition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Meta>,
    /// What is known of the guest's agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Agent>,
    folder: Option<String>,
}

/// Whether the guest's agent answers.
#[derive(Debug, Serialize)]
struct Agent {
    state: AgentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum AgentState {
    Answers,
    /// Nobody in the guest has opened the port.
    NotConnected,
    /// The machine has no port.
    NoPort,
    /// The machine does not run.
    NotAsked,
    /// It is there, and does not answer as it should.
    Silent,
}

/// How long an agent has for `dominfo`.
const AGENT_DEADLINE: Duration = Duration::from_secs(2);

pub fn info(name: &str, output: &mut Output) -> Finish {
    Target::of(Some(name), None)?.settle(output)?;
    let folder = DomainFolder::of(name)?;
    let definition = DefinitionStore::open()?.get(name)?;
    let running = folder.running();
    let mut agent = None;
    let (state, live) = match running {
        Ok((meta, _)) => {
            let (state, found) = ask(&folder);
            agent = found;
            (state, Some(meta))
        }
        Err(Error::Domain(DomainError::Unknown(_))) if definition.is_some() => {
            ("shut off".to_owned(), None)
        }
        Err(Error::Domain(DomainError::Ended { .. })) => ("ended".to_owned(), folder.meta().ok()),
        Err(Error::Domain(DomainError::HalfStarted(_))) => ("starting".to_owned(), None),
        Err(error) => return Err(error.into()),
    };
    let info = Info {
        name: name.to_owned(),
        state,
        persistent: definition.is_some(),
        definition,
        agent,
        folder: live.as_ref().map(|_| folder.path().display().to_string()),
        live,
    };
    output.object(&info)?;
    for (label, value) in lines(&info) {
        output.line(&format!("{:16}{value}", format!("{label}:")))?;
    }
    Ok(())
}

/// QEMU's own word where it can be had, and its guest's; who holds the domain may not let us ask.
fn ask(folder: &DomainFolder) -> (String, Option<Agent>) {
    let answers = |mut connected: Connected| {
        let state = connected.session.run_state()?;
        Ok((state, Some(agent_of(&mut connected))))
    };
    let asked = folder.connect("dominfo").and_then(answers);
    asked.unwrap_or_else(|error| {
        let state = match error {
            Error::Domain(DomainError::Busy { holder, .. }) => format!("running, busy: {holder}"),
            error => format!("running, and does not answer: {error}"),
        };
        (state, None)
    })
}

fn agent_of(connected: &mut Connected) -> Agent {
    let agent = connected.agent(AGENT_DEADLINE);
    let error = match agent.and_then(|mut agent| Ok(agent.info()?)) {
        Ok(info) => {
            return Agent {
                state: AgentState::Answers,
                version: Some(printable(&info.version)),
                reason: None,
            };
        }
        Err(error) => error,
    };
    let state = match &error {
        Error::Agent(AgentError::NotConnected) => AgentState::NotConnected,
        Error::Agent(AgentError::NoPort(_)) => AgentState::NoPort,
        Error::Guard(_) => AgentState::NotAsked,
        _ => AgentState::Silent,
    };
    Agent {
        state,
        version: None,
        reason: Some(error.to_string()),
    }
}

impl Agent {
    fn text(&self) -> String {
        let reason = self.reason.as_deref().unwrap_or_default();
        match self.state {
            AgentState::Answers => {
                format!(
                    "answers, version {}",
                    self.version.as_deref().unwrap_or("?")
                )
            }
            AgentState::NotConnected => "none: nobody in the guest has opened its port".to_owned(),
            AgentState::NoPort => "none: the machine has no port for it".to_owned(),
            AgentState::NotAsked => "not asked: the machine does not run".to_owned(),
            AgentState::Silent => format!("does not answer: {reason}"),
        }
    }
}

fn lines(info: &Info) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("Name", info.name.clone()),
        ("State", for_people(&info.state).to_owned()),
    ];
    if let Some(meta) = &info.live {
        let pid = meta.process.map_or(0, |process| process.pid);
        lines.push(("QEMU", format!("{}, process {pid}", meta.version)));
        lines.push(("Machine", meta.machine.to_string()));
        lines.push(("Accelerator", meta.accel.to_string()));
        lines.push(("Kernel", meta.kernel.display().to_string()));
        let slots = format!("{} at the start, {} slots", meta.vcpus, meta.max_vcpus);
        lines.push(("CPU(s) live", slots));
    }
    if let Some(agent) = &info.agent {
        lines.push(("Guest agent", agent.text()));
    }
    if let Some(definition) = &info.definition {
        let vcpus = &definition.vcpus;
        lines.push((
            "CPU(s) defined",
            format!(
                "{} ({}), {} slots",
                vcpus.current,
                definition.enabled(),
                vcpus.maximum
            ),
        ));
        lines.push(("Memory", format!("{} MiB", definition.memory.mib)));
        lines.push(("NUMA nodes", definition.numa.len().max(1).to_string()));
    }
    let persistent = if info.persistent { "yes" } else { "no" };
    lines.push(("Persistent", persistent.to_owned()));
    if let Some(folder) = &info.folder {
        lines.push(("Folder", folder.clone()));
    }
    lines
}
