//! `vcpucount` and `vcpuinfo`: what there is.

use std::time::Duration;

use hotvcpu::agent::{AgentError, GuestVcpu};
use hotvcpu::definition::{CpuList, Definition, DefinitionStore};
use hotvcpu::guard::Refusal;
use hotvcpu::guest_log::printable;
use hotvcpu::slots::Origin;
use hotvcpu::{
    Error, ErrorKind, Generation, LogProblem, Phase, Session, Slot, apic_id, mpidr, nodes,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::arguments::Vcpucount;
use super::output::{Finish, Output};
use super::target::{Live, Target};

/// What `vcpucount` tells of a running machine.
#[derive(Debug, Serialize)]
struct Counts {
    maximum: usize,
    current: usize,
    /// What the guest uses; `None` for a guest that does not say.
    online: Option<usize>,
    /// In the machine, and the guest has not come to it.
    pending: Vec<u32>,
    /// In the machine, and the guest leaves it offline.
    offline: Vec<u32>,
    guest_ready: bool,
    slots: Vec<Slot>,
    /// The definition's numbers, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
}

/// How long an agent that is there may take to be heard.
const AGENT_DEADLINE: Duration = Duration::from_secs(5);

pub fn count(target: &Target, flags: &Vcpucount, output: &mut Output) -> Finish {
    if flags.guest {
        return used_by_guest(target, output);
    }
    let of_config = flags.config || (!flags.live && !target.is_running());
    if of_config {
        let name = target.require_domain("--config")?;
        target.settle(output)?;
        let store = DefinitionStore::open()?;
        let definition = match flags.config {
            true => Some(store.require(name)?),
            false => store.get(name)?,
        };
        if let Some(definition) = definition {
            return configured(&definition, flags, output);
        }
    }
    let mut live = target.connect("vcpucount", output)?;
    let slots = slots_of(live.session())?;
    let counts = counts(&mut live, slots);
    if flags.maximum || flags.active || flags.live || flags.current {
        return one_number(&counts, flags, output);
    }
    // After the connection, which may have repaired it.
    let definition = match target.domain() {
        Some(name) => DefinitionStore::open()?.get(name)?,
        None => None,
    };
    everything(counts, definition.as_ref(), output)?;
    // The others are told by those who change something.
    let mut problems = live.session().log_problems().iter();
    match problems.find(|problem| matches!(problem, LogProblem::Shortened { .. })) {
        Some(shortened) => output.line(&format!("warning: {shortened}")),
        None => Ok(()),
    }
}

fn one_number(counts: &Counts, flags: &Vcpucount, output: &mut Output) -> Finish {
    let number = match flags.maximum {
        true => counts.maximum,
        false => counts.current,
    };
    output.object(&json!({"ok": true, "count": number}))?;
    output.line(&number.to_string())
}

/// The agent's word; of our guest, where there is none to be had, that of its records.
fn used_by_guest(target: &Target, output: &mut Output) -> Finish {
    let mut live = target.connect("vcpucount --guest", output)?;
    let (number, source) = match online_by_agent(&mut live) {
        Ok(vcpus) => (vcpus.iter().filter(|vcpu| vcpu.online).count(), "agent"),
        Err(error) if live.speaks() && says_nothing_of_qemu(&error) => {
            if let Error::Agent(AgentError::NoAnswer { .. } | AgentError::Garbage { .. }) = error {
                output.note(format!(
                    "warning: the number is that of the guest's records: {error}"
                ));
            }
            (live.session().guest_view().online().len(), "records")
        }
        Err(error) => return Err(error.into()),
    };
    output.object(&json!({"ok": true, "count": number, "source": source}))?;
    output.line(&number.to_string())
}

fn online_by_agent(live: &mut Live) -> Result<Vec<GuestVcpu>, Error> {
    Ok(live.agent(AGENT_DEADLINE)?.vcpus()?)
}

/// Whether the agent alone is out of reach.
fn says_nothing_of_qemu(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Agent | ErrorKind::Refused | ErrorKind::Timeout
    )
}

fn configured(definition: &Definition, flags: &Vcpucount, output: &mut Output) -> Finish {
    let (maximum, current) = (definition.vcpus.maximum, definition.vcpus.current);
    if flags.maximum || flags.active || flags.config || flags.current {
        let number = if flags.maximum { maximum } else { current };
        output.object(&json!({"ok": true, "count": number}))?;
        return output.line(&number.to_string());
    }
    output.object(&json!({
        "config": {"maximum": maximum, "current": current, "enabled": definition.enabled()},
    }))?;
    output.line(&row("maximum", "config", maximum))?;
    output.line(&row("current", "config", current))
}

/// virsh's columns.
fn row(what: &str, place: &str, number: impl std::fmt::Display) -> String {
    format!("{what:12} {place:12} {number:>3}")
}

fn everything(mut counts: Counts, definition: Option<&Definition>, output: &mut Output) -> Finish {
    counts.config = definition.map(|definition| {
        let vcpus = &definition.vcpus;
        json!({
            "maximum": vcpus.maximum, "current": vcpus.current, "enabled": definition.enabled(),
        })
    });
    output.object(&counts)?;
    if let Some(definition) = definition {
        output.line(&row("maximum", "config", definition.vcpus.maximum))?;
    }
    output.line(&row("maximum", "live", counts.maximum))?;
    if let Some(definition) = definition {
        output.line(&row("current", "config", definition.vcpus.current))?;
    }
    output.line(&row("current", "live", counts.current))?;
    if let Some(online) = counts.online {
        output.line(&row("online", "guest", online))?;
    }
    if !counts.pending.is_empty() {
        let list = commas(&counts.pending);
        output.line(&format!("waiting for the guest: vcpu {list}"))?;
    }
    if !counts.offline.is_empty() {
        let list = commas(&counts.offline);
        output.line(&format!("present and offline: vcpu {list}; {TO_ONLINE}"))?;
    }
    Ok(())
}

/// What a reader can do about a CPU that the guest leaves offline.
const TO_ONLINE: &str =
    "`hotvcpu setvcpus --guest` or `hotvcpu guestvcpus --enable` brings it online";

fn commas(list: &[u32]) -> String {
    let list: Vec<String> = list.iter().map(u32::to_string).collect();
    list.join(", ")
}

/// `None` for a machine without hotplug: it has the CPUs that it was started with.
fn slots_of(session: &mut Session) -> Result<Option<Vec<Slot>>, Error> {
    match session.slots() {
        Err(Error::Guard(Refusal::NoHotplug(_))) => Ok(None),
        other => Ok(Some(other?)),
    }
}

fn counts(live: &mut Live, slots: Option<Vec<Slot>>) -> Counts {
    let (speaks, fixed) = (live.speaks(), live.fixed_vcpus());
    let view = live.session().guest_view();
    let (maximum, hotplug) = (slots.as_ref().map_or(fixed, Vec::len), slots.is_some());
    let slots = slots.unwrap_or_default();
    let present = slots.iter().filter(|slot| slot.present());
    let offline = |slot: &&Slot| speaks && view.offline().contains(&slot.index);
    let waits = |slot: &&Slot| speaks && !view.online().contains(&slot.index) && !offline(slot);
    Counts {
        maximum,
        current: if hotplug {
            present.clone().count()
        } else {
            fixed
        },
        online: speaks.then(|| view.online().len()),
        offline: present
            .clone()
            .filter(offline)
            .map(|slot| slot.index)
            .collect(),
        pending: present.filter(waits).map(|slot| slot.index).collect(),
        guest_ready: view.ready(),
        slots,
        config: None,
    }
}

/// One vCPU.
#[derive(Debug, Serialize)]
struct Row {
    vcpu: u32,
    socket: Option<u64>,
    core: Option<u64>,
    thread: Option<u64>,
    /// Every level that the machine has, dies and clusters too.
    topology: Map<String, Value>,
    node: Option<u64>,
    /// Its node in the guest's tables.
    guest_node: Option<u64>,
    /// The generation of aarch64 hotplug: what the monitor plays, else what the guest found.
    generation: Option<String>,
    /// APIC ID or MPIDR: the guest's word, else as QEMU will make it.
    hw_id: Option<u64>,
    /// The thread of QEMU that runs it.
    host_thread: Option<u64>,
    host: String,
    guest: Option<String>,
}

pub fn info(target: &Target, output: &mut Output) -> Finish {
    let mut live = target.connect("vcpuinfo", output)?;
    let speaks = live.speaks();
    let session = live.session();
    let slots = session.slots()?;
    let threads = session.execute("query-cpus-fast", json!({}))?;
    let mut rows: Vec<Row> = slots
        .iter()
        .map(|slot| describe(slot, &slots, &threads, speaks, session))
        .collect();
    let disagreements = nodes::disagreements(&slots, session.guest_view());
    for found in disagreements.iter().filter(|_| speaks) {
        output.note(format!("warning: {found}"));
    }
    if !speaks && let Ok(vcpus) = online_by_agent(&mut live) {
        told_by_agent(&mut rows, &slots, &vcpus);
    }
    output.object(&rows)?;
    if let Some(generation) = generation(live.session()) {
        let limits = match only_adds(live.session()) {
            true => ", whose hosts add vCPUs and refuse to remove them",
            false => "",
        };
        output.line(&format!("CPU hotplug of generation {generation}{limits}"))?;
    }
    output.line("VCPU  SOCKET  CORE  THREAD  NODE  HW-ID     TID  GUEST           HOST")?;
    let or_dash = |number: Option<u64>| number.map_or("-".to_owned(), |number| number.to_string());
    for row in &rows {
        output.line(&format!(
            "{:>4}  {:>6}  {:>4}  {:>6}  {:>4}  {:>5}  {:>6}  {:14}  {}",
            row.vcpu,
            or_dash(row.socket),
            or_dash(row.core),
            or_dash(row.thread),
            or_dash(row.node),
            or_dash(row.hw_id),
            or_dash(row.host_thread),
            row.guest.as_deref().unwrap_or("-"),
            row.host
        ))?;
    }
    match rows
        .iter()
        .any(|row| row.guest.as_deref() == Some("offline"))
    {
        true => output.line(&format!("offline: present, not in use; {TO_ONLINE}")),
        false => Ok(()),
    }
}

fn describe(slot: &Slot, slots: &[Slot], threads: &Value, speaks: bool, session: &Session) -> Row {
    let level = |name: &str| slot.props.get(name).and_then(Value::as_u64);
    let of_this = |cpu: &&Value| {
        let path = cpu.get("qom-path").and_then(Value::as_str);
        path.is_some() && path == slot.qom_path.as_deref()
    };
    let cpu = threads
        .as_array()
        .and_then(|list| list.iter().find(of_this));
    let told = session
        .records()
        .filter(|record| record.record.cpu == Some(slot.index));
    let hw_id = told.filter_map(|record| record.record.hw_id).last();
    Row {
        vcpu: slot.index,
        socket: level("socket-id"),
        core: level("core-id"),
        thread: level("thread-id"),
        topology: slot.props.clone(),
        node: slot.node(),
        guest_node: session.guest_view().nodes().get(&slot.index).copied(),
        generation: generation(session),
        hw_id: hw_id.or_else(|| made_by_qemu(slots, slot.index, session)),
        host_thread: cpu
            .and_then(|cpu| cpu.get("thread-id"))
            .and_then(Value::as_u64),
        host: match slot.origin() {
            None => "free".to_owned(),
            Some(Origin::Boot) => "present from the start".to_owned(),
            Some(Origin::Plugged(id)) if only_adds(session) => {
                format!("added as {id}, cannot be removed")
            }
            Some(Origin::Plugged(id)) => format!("added as {id}, can be removed"),
            Some(Origin::Anonymous) => "added without a name, cannot be removed".to_owned(),
        },
        guest: speaks.then(|| guest_state(slot, session)),
    }
}

/// The state in a guest that keeps no records. Its agent has the guest's numbers, which are taken for
/// the slots' only if both name the same ones.
fn told_by_agent(rows: &mut [Row], slots: &[Slot], vcpus: &[GuestVcpu]) {
    let present = slots.iter().filter(|slot| slot.present());
    let present: CpuList = present.map(|slot| slot.index).collect();
    let named: CpuList = vcpus.iter().map(|vcpu| vcpu.logical_id).collect();
    if present != named {
        return;
    }
    for vcpu in vcpus {
        if let Some(row) = rows.iter_mut().find(|row| row.vcpu == vcpu.logical_id) {
            let state = if vcpu.online { "online" } else { "offline" };
            row.guest = Some(state.to_owned());
        }
    }
}

fn generation(session: &Session) -> Option<String> {
    if let Some(played) = session.generation() {
        return Some(played.to_string());
    }
    let found = session.guest_view().generation()?;
    Some(printable(
        found.split_once(':').map_or(found, |(name, _)| name),
    ))
}

/// Whether the host is of a generation that refuses removals.
fn only_adds(session: &Session) -> bool {
    let generation = generation(session).and_then(|name| name.parse::<Generation>().ok());
    generation.is_some_and(|generation| !generation.removes())
}

/// The hardware ID that QEMU gives a slot's CPU, as far as it follows from the slot.
fn made_by_qemu(slots: &[Slot], index: u32, session: &Session) -> Option<u64> {
    match generation(session) {
        None => apic_id::of_slot(slots, index).map(u64::from),
        Some(_) => Some(mpidr::of_slot(index)),
    }
}

/// The guest's state, and where it stopped on its way if it is none.
fn guest_state(slot: &Slot, session: &Session) -> String {
    let view = session.guest_view();
    if slot.present() && view.offline().contains(&slot.index) {
        return "offline".to_owned();
    }
    let online = view.online().contains(&slot.index);
    let last = session
        .records()
        // The host is told what has happened, and nothing happens by that.
        .filter(|it| it.record.cpu == Some(slot.index) && it.record.phase != Phase::Ost)
        .last()
        .map(|record| record.record.phase);
    match (online, slot.present(), last) {
        (true, _, _) => "online".to_owned(),
        (false, false, _) => "-".to_owned(),
        (false, true, None) => "not seen".to_owned(),
        (false, true, Some(phase @ (Phase::Failed | Phase::Refused))) => phase.to_string(),
        (false, true, Some(phase)) => format!("at {phase}"),
    }
}
