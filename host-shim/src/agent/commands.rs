//! The commands that are used here, with their types.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::shown;
use super::{AgentClient, AgentError, CpuStats, GuestInfo, GuestVcpu, ShutdownMode, VcpuChange};

impl AgentClient {
    /// Whether the agent answers (`guest-ping`).
    ///
    /// # Errors
    /// As [`AgentClient::call`].
    pub fn ping(&mut self) -> Result<(), AgentError> {
        self.call("guest-ping", Value::Null, self.patience())
            .map(drop)
    }

    /// Who the agent is (`guest-info`).
    ///
    /// # Errors
    /// As [`AgentClient::call`], and [`AgentError::Unexpected`].
    pub fn info(&mut self) -> Result<GuestInfo, AgentError> {
        self.ask("guest-info")
    }

    /// The guest's clock, as the time since 1970 (`guest-get-time`).
    ///
    /// # Errors
    /// As [`AgentClient::info`].
    pub fn time(&mut self) -> Result<Duration, AgentError> {
        self.ask("guest-get-time").map(Duration::from_nanos)
    }

    /// The guest's CPUs by their numbers (`guest-get-vcpus`): those that are present in it, online or
    /// not.
    ///
    /// # Errors
    /// As [`AgentClient::info`].
    pub fn vcpus(&mut self) -> Result<Vec<GuestVcpu>, AgentError> {
        let command = "guest-get-vcpus";
        let vcpus = self.ask(command)?;
        sorted(command, vcpus, |vcpu: &GuestVcpu| vcpu.logical_id)
    }

    /// What each CPU that is online has done since the guest's boot (`guest-get-cpustats`), by their
    /// numbers.
    ///
    /// # Errors
    /// As [`AgentClient::info`]. Agents of before QEMU 7.1 do not know the command.
    pub fn cpu_stats(&mut self) -> Result<Vec<CpuStats>, AgentError> {
        let command = "guest-get-cpustats";
        let stats = self.ask(command)?;
        sorted(command, stats, |stats: &CpuStats| stats.cpu)
    }

    /// Takes CPUs online or offline, one after the other (`guest-set-vcpus`).
    ///
    /// The agent may stop at one that it cannot change, and then tells only how far it came; the rest
    /// is sent again, so that its reason is known.
    ///
    /// # Errors
    /// The agent's refusal for the first CPU that could not be changed: those before it have been. As
    /// [`AgentClient::info`].
    pub fn set_vcpus(&mut self, changes: &[VcpuChange]) -> Result<(), AgentError> {
        let command = "guest-set-vcpus";
        let mut rest = changes;
        while !rest.is_empty() {
            let answer = self.call(command, json!({"vcpus": rest}), self.patience())?;
            let done = answer.as_u64().and_then(|done| usize::try_from(done).ok());
            rest = match done {
                Some(done) if done > 0 => rest.get(done..),
                _ => None,
            }
            .ok_or_else(|| unexpected(command, &format!("{answer} of {} changed", rest.len())))?;
        }
        Ok(())
    }

    /// Asks the guest to end (`guest-shutdown`). An agent answers only if it cannot, so a refusal is
    /// awaited for `within`; that the guest has ended is for the caller to await.
    ///
    /// # Errors
    /// The agent's refusal, or no agent.
    pub fn shutdown(&mut self, mode: ShutdownMode, within: Duration) -> Result<(), AgentError> {
        self.call_without_answer("guest-shutdown", json!({"mode": mode.name()}), within)
    }

    fn ask<T: DeserializeOwned>(&mut self, command: &str) -> Result<T, AgentError> {
        let answer = self.call(command, Value::Null, self.patience())?;
        serde_json::from_value(answer).map_err(|error| unexpected(command, &error.to_string()))
    }
}

fn unexpected(command: &str, reason: &str) -> AgentError {
    AgentError::Unexpected {
        command: command.to_owned(),
        reason: shown(reason),
    }
}

/// By number; each of them once.
fn sorted<T>(
    command: &str,
    mut list: Vec<T>,
    number: impl Fn(&T) -> u32,
) -> Result<Vec<T>, AgentError> {
    let numbers: BTreeSet<u32> = list.iter().map(&number).collect();
    if numbers.len() != list.len() {
        return Err(unexpected(command, "a CPU is named twice"));
    }
    list.sort_by_key(number);
    Ok(list)
}
