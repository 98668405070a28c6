//! `guestvcpus`, `setvcpus --guest`, `domtime`: what the guest's agent is asked.

use std::time::Duration;

use hotvcpu::agent::{self, AgentClient, GuestVcpu, VcpuChange};
use hotvcpu::definition::CpuList;
use hotvcpu::{Error, slots};
use serde_json::{Value, json};

use super::arguments::{Guestvcpus, Patience};
use super::output::{Finish, Output};
use super::target::Target;

/// `setvcpus N --guest`.
pub fn set_count(target: &Target, count: u32, timeout: Duration, output: &mut Output) -> Finish {
    let mut live = target.connect(&format!("setvcpus {count} --guest"), output)?;
    let mut agent = live.agent(timeout)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let changes = agent::to_count(&agent.vcpus()?, count)?;
    change(&mut agent, &changes, output)
}

pub fn vcpus(target: &Target, what: &Guestvcpus, output: &mut Output) -> Finish {
    let Some(text) = &what.cpulist else {
        let mut live = target.connect("guestvcpus", output)?;
        let vcpus = live.agent(what.timeout)?.vcpus()?;
        return table(&vcpus, output);
    };
    let list: CpuList = slots::parse_list(text)
        .map_err(Error::from)?
        .into_iter()
        .collect();
    let word = if what.enable { "--enable" } else { "--disable" };
    let mut live = target.connect(&format!("guestvcpus --cpulist {text} {word}"), output)?;
    let mut agent = live.agent(what.timeout)?;
    let changes = agent::to_list(&agent.vcpus()?, &list, what.enable)?;
    change(&mut agent, &changes, output)
}

/// Changes them, and looks what became of it: an agent is only believed where it says so twice.
fn change(agent: &mut AgentClient, changes: &[VcpuChange], output: &mut Output) -> Finish {
    agent.set_vcpus(changes)?;
    let vcpus = agent.vcpus()?;
    let is_so = |change: &&VcpuChange| {
        let now = vcpus
            .iter()
            .find(|vcpu| vcpu.logical_id == change.logical_id);
        now.is_some_and(|vcpu| vcpu.online == change.online)
    };
    for change in changes.iter().filter(|change| !is_so(change)) {
        output.note(format!(
            "warning: the agent says that vCPU {} was changed, and lists it as before",
            change.logical_id
        ));
    }
    let changed: Vec<Value> = changes
        .iter()
        .filter(is_so)
        .map(|change| json!({"vcpu": change.logical_id, "online": change.online}))
        .collect();
    let mut told = lists(&vcpus);
    told["changed"] = changed.into();
    output.object(&told)?;
    for change in changes.iter().filter(is_so) {
        let state = if change.online { "online" } else { "offline" };
        output.line(&format!("vcpu {}: {state} in the guest", change.logical_id))?;
    }
    let (online, all) = (online(&vcpus), vcpus.len());
    output.line(&format!(
        "the guest uses {} of its {all} vCPUs",
        online.len()
    ))
}

/// virsh's fields first, then each vCPU.
fn table(vcpus: &[GuestVcpu], output: &mut Output) -> Finish {
    let told = lists(vcpus);
    output.object(&told)?;
    for field in ["vcpus", "online", "offlinable"] {
        let list = told.get(field).and_then(Value::as_str).unwrap_or_default();
        output.line(&format!("{field:15}: {list}"))?;
    }
    output.line("\nVCPU  STATE    OFFLINABLE")?;
    for vcpu in vcpus {
        let state = if vcpu.online { "online" } else { "offline" };
        let offlinable = if vcpu.offlinable() { "yes" } else { "no" };
        output.line(&format!("{:>4}  {state:7}  {offlinable}", vcpu.logical_id))?;
    }
    Ok(())
}

fn lists(vcpus: &[GuestVcpu]) -> Value {
    let list = |wanted: fn(&&GuestVcpu) -> bool| -> CpuList {
        let chosen = vcpus.iter().filter(wanted);
        chosen.map(|vcpu| vcpu.logical_id).collect()
    };
    let each: Vec<Value> = vcpus
        .iter()
        .map(|vcpu| json!({"vcpu": vcpu.logical_id, "online": vcpu.online, "offlinable": vcpu.offlinable()}))
        .collect();
    json!({
        "ok": true, "vcpus": list(|_| true), "online": online(vcpus),
        "offlinable": list(|vcpu| vcpu.offlinable()), "list": each,
    })
}

fn online(vcpus: &[GuestVcpu]) -> CpuList {
    let online = vcpus.iter().filter(|vcpu| vcpu.online);
    online.map(|vcpu| vcpu.logical_id).collect()
}

/// The guest's clock, as virsh prints it.
pub fn time(target: &Target, how: &Patience, output: &mut Output) -> Finish {
    let mut live = target.connect("domtime", output)?;
    let time = live.agent(how.timeout)?.time()?;
    let (seconds, nanoseconds) = (time.as_secs(), time.subsec_nanos());
    output.object(&json!({"ok": true, "seconds": seconds, "nanoseconds": nanoseconds}))?;
    output.line(&format!("Time: {seconds}"))
}
