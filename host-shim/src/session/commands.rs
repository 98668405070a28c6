//! Commands and their answers, one or several at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{COMMAND_DEADLINE, Session};
use crate::error::{Error, Result};
use crate::guard::Refusal;
use crate::qmp::{CommandId, Failure, QmpError};
use crate::slots::{self, Slot};
use crate::stream::Incoming;

/// The command for the slots.
const LIST_SLOTS: &str = "query-hotpluggable-cpus";

/// The command for the run state.
const TELL_STATE: &str = "query-status";

impl Session {
    /// Runs a command and awaits its reply, 10 s at most.
    ///
    /// # Errors
    /// QEMU's refusal, its silence, or its end.
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        self.execute_within(command, arguments, COMMAND_DEADLINE)
    }

    /// Runs a command with a deadline of its own; see [`Session::execute`].
    ///
    /// # Errors
    /// As there.
    pub fn execute_within(
        &mut self,
        command: &str,
        arguments: Value,
        within: Duration,
    ) -> Result<Value> {
        let id = self.send(command, arguments)?;
        let [answer] = self.await_replies([(id, command)], within)?;
        answer
    }

    fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId> {
        let sent = self.stream.send(command, arguments);
        sent.map_err(|error| self.lost(command, &error.to_string()))
    }

    /// Awaits the replies to commands that were sent, in whatever order they come: a backend answers some itself.
    fn await_replies<const N: usize>(
        &mut self,
        sent: [(CommandId, &str); N],
        within: Duration,
    ) -> Result<[Result<Value>; N]> {
        let deadline = Instant::now() + within;
        let mut answers = [const { None }; N];
        while let Some(open) = answers.iter().position(Option::is_none) {
            let waits_for = sent.get(open).map_or("", |(_, command)| *command);
            match self.step(deadline) {
                Some(Incoming::Reply(reply)) => {
                    let mut places = sent.iter().zip(&mut answers);
                    let place = places.find(|((id, _), _)| reply.id == Some(id.0));
                    if let Some(((_, command), answer)) = place {
                        *answer = Some(answer_to(command, reply.result));
                    }
                }
                Some(Incoming::QmpClosed { reason, .. }) => {
                    return Err(self.lost(waits_for, &reason));
                }
                Some(_) => {}
                None => {
                    let (during, after) = (waits_for.to_owned(), within);
                    return Err(QmpError::NoAnswer { during, after }.into());
                }
            }
        }
        Ok(answers.map(|answer| answer.unwrap_or(Ok(Value::Null))))
    }

    /// The machine's slots.
    ///
    /// # Errors
    /// As [`Session::execute`]; [`Refusal::NoHotplug`] from a machine that has none.
    pub fn slots(&mut self) -> Result<Vec<Slot>> {
        slots_in(self.execute(LIST_SLOTS, json!({})))
    }

    /// The machine's slots and its run state, asked for at once: one way to QEMU and back.
    pub(crate) fn slots_and_state(&mut self) -> Result<(Vec<Slot>, String)> {
        let slots = self.send(LIST_SLOTS, json!({}))?;
        let state = self.send(TELL_STATE, json!({}))?;
        let sent = [(slots, LIST_SLOTS), (state, TELL_STATE)];
        let [slots, state] = self.await_replies(sent, COMMAND_DEADLINE)?;
        Ok((slots_in(slots)?, state_in(&state?)?))
    }

    /// QEMU's run state: `running`, `paused`, `prelaunch`...
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn run_state(&mut self) -> Result<String> {
        state_in(&self.execute(TELL_STATE, json!({}))?)
    }
}

fn answer_to(command: &str, result: std::result::Result<Value, Failure>) -> Result<Value> {
    result.map_err(|failure| {
        let command = command.to_owned();
        QmpError::Refused { command, failure }.into()
    })
}

fn slots_in(answer: Result<Value>) -> Result<Vec<Slot>> {
    let answer = match answer {
        Err(Error::Qmp(QmpError::Refused { failure, .. })) => {
            return Err(Refusal::NoHotplug(failure.desc).into());
        }
        other => other?,
    };
    slots::parse(&answer).map_err(|reason| {
        let command = LIST_SLOTS.to_owned();
        QmpError::Unexpected { command, reason }.into()
    })
}

fn state_in(answer: &Value) -> Result<String> {
    let status = answer.get("status").and_then(Value::as_str);
    status.map(str::to_owned).ok_or_else(|| {
        let (command, reason) = (TELL_STATE.to_owned(), "no status".to_owned());
        QmpError::Unexpected { command, reason }.into()
    })
}
