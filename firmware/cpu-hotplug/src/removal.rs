//! A CPU goes: from the eject request to its ejection. The steps up to `off` serve [`crate::Hotplug::take_offline`], too.

use alloc::format;
use alloc::string::String;

use hotvcpu_acpi_events::namespace::{STA_ENABLED, STA_PRESENT, integer_child};
use hotvcpu_aml::{Host, NodeId, Value};
use hotvcpu_wire::Phase;

use crate::engine::{Env, Hotplug};
use crate::guest::{Event, Guest};
use crate::ost::{
    BUSY, EJECT_REQUEST, EJECTION_IN_PROGRESS, EJECTION_NOT_SUPPORTED, FAILURE, IN_USE, SUCCESS,
};
use crate::slots::{Goal, Index, Operation};
use crate::state::{Input, State};

/// Why an eject request is refused: the `_OST` status, and the reason.
type Refusal = (u64, &'static str);

impl Hotplug {
    /// The host wants a CPU back.
    pub(crate) fn eject_request<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
    ) {
        if let Some((status, reason)) = self.refusal(env, index) {
            env.report_text(self.event(index, Phase::Refused), &reason);
            self.answer(env, index, EJECT_REQUEST, status);
            return;
        }
        match self.slots.get(index).state {
            State::Online => self.drain(env, index, Goal::Ejection),
            // Said twice: it is under way. One on its way offline goes all the way now.
            State::Draining => {
                let operation = self.slots.operation(index);
                let operation = operation.map(|operation| operation.with_goal(Goal::Ejection));
                self.slots.set_operation(index, operation);
                self.answer(env, index, EJECT_REQUEST, EJECTION_IN_PROGRESS);
            }
            State::Failed | State::Enabled if self.slots.may_run(index) => {
                self.advance(env, index, Input::Drain);
                self.answer(env, index, EJECT_REQUEST, EJECTION_IN_PROGRESS);
                self.stop(env, index, Goal::Ejection);
            }
            State::Off => self.eject(env, index),
            _ => {
                self.answer(env, index, EJECT_REQUEST, EJECTION_IN_PROGRESS);
                self.advance(env, index, Input::Off);
                self.eject(env, index);
            }
        }
    }

    /// What speaks against giving the CPU away.
    fn refusal<H: Host, G: Guest>(&self, env: &mut Env<'_, H, G>, index: Index) -> Option<Refusal> {
        let slot = self.slots.get(index);
        if self.boot == Some(index) {
            return Some((EJECTION_NOT_SUPPORTED, "the boot CPU cannot be removed"));
        }
        let eject = slot.node.and_then(|node| env.aml.child(node, "_EJ0"));
        match slot.state {
            State::Absent | State::Disabled | State::Ejected => {
                Some((FAILURE, "eject request: this CPU is not there"))
            }
            State::Starting => Some((BUSY, "eject request: this CPU is starting")),
            _ if self.policy.misbehave.refuse_eject => {
                Some((BUSY, "refused on purpose (misbehave=refuse-eject)"))
            }
            _ if eject.is_none() => Some((
                EJECTION_NOT_SUPPORTED,
                "eject request: this CPU has no _EJ0",
            )),
            _ => None,
        }
    }

    /// Takes the work of a CPU that has some, for good.
    pub(crate) fn drain<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        goal: Goal,
    ) {
        self.advance(env, index, Input::Drain);
        let text = (goal == Goal::Offline).then_some("taken offline by the guest");
        env.guest.report(&Event {
            text,
            ..self.event(index, Phase::Drain)
        });
        let deadline_ns = env
            .guest
            .now_ns()
            .saturating_add(self.policy.deadlines.drain_ns);
        self.slots
            .set_operation(index, Some(Operation::Drain { goal, deadline_ns }));
        // The CPU drains while AML runs.
        if let Some(cpu) = self.slots.get(index).cpu {
            env.guest.drain(cpu);
        }
        self.answer_removal(env, index, goal, EJECTION_IN_PROGRESS);
    }

    /// Tells the host how its eject request stands, if there is one.
    fn answer_removal<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        goal: Goal,
        status: u64,
    ) {
        if goal == Goal::Ejection {
            self.answer(env, index, EJECT_REQUEST, status);
        }
    }

    /// What a CPU is being stopped for, if it is.
    pub(crate) fn goal(&self, index: Index) -> Option<Goal> {
        self.slots.operation(index).and_then(Operation::goal)
    }

    /// The CPU did not get rid of its work: it keeps it.
    pub(crate) fn miss_drain<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index) {
        let ms = self.policy.deadlines.drain_ns / 1_000_000;
        let text =
            format!("drain: the CPU's work was not handed over within {ms} ms; it stays online");
        self.resume(env, index, &text, IN_USE);
    }

    /// Gives a removal, or a way offline, up while the CPU runs.
    fn resume<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        text: &str,
        status: u64,
    ) {
        let goal = self.goal(index).unwrap_or(Goal::Offline);
        self.slots.set_operation(index, None);
        self.advance(env, index, Input::Resume);
        if let Some(cpu) = self.slots.get(index).cpu {
            env.guest.begin(cpu);
        }
        env.report_text(self.event(index, Phase::Failed), &text);
        self.answer_removal(env, index, goal, status);
    }

    /// Tells the CPU to stop.
    pub(crate) fn stop<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        goal: Goal,
    ) {
        env.guest.report(&self.event(index, Phase::Stop));
        let Some(cpu) = self.slots.get(index).cpu else {
            return;
        };
        let drained = matches!(self.slots.operation(index), Some(Operation::Drain { .. }));
        match env.guest.stop(cpu) {
            Ok(()) => {
                let now = env.guest.now_ns();
                let deadlines = &self.policy.deadlines;
                let operation = Operation::Stop {
                    goal,
                    deadline_ns: now.saturating_add(deadlines.stop_ns),
                    poll_ns: now.saturating_add(deadlines.stop_poll_ns),
                };
                self.slots.set_operation(index, Some(operation));
                self.check_off(env, index);
            }
            Err(error) if drained => {
                self.resume(
                    env,
                    index,
                    &format!("stop: {error}; the CPU stays online"),
                    BUSY,
                );
            }
            Err(error) => self.fail(env, index, goal, format!("stop: {error}"), BUSY),
        }
    }

    /// Looks whether a CPU that was told to stop is off, and whether it is high time.
    pub(crate) fn check_off<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index) {
        let (
            Some(Operation::Stop {
                goal, deadline_ns, ..
            }),
            Some(cpu),
        ) = (self.slots.operation(index), self.slots.get(index).cpu)
        else {
            return;
        };
        let now = env.guest.now_ns();
        if env.guest.is_off(cpu) {
            self.slots.set_operation(index, None);
            self.slots.set_off(index);
            self.advance(env, index, Input::Off);
            env.guest.report(&self.event(index, Phase::Off));
            match goal {
                Goal::Ejection => self.eject(env, index),
                Goal::Offline => self.keep(env, index),
            }
        } else if deadline_ns <= now {
            let ms = self.policy.deadlines.stop_ns / 1_000_000;
            self.fail(
                env,
                index,
                goal,
                format!("stop: the CPU was not off within {ms} ms"),
                BUSY,
            );
        } else {
            let poll_ns = now.saturating_add(self.policy.deadlines.stop_poll_ns);
            self.slots.set_operation(
                index,
                Some(Operation::Stop {
                    goal,
                    deadline_ns,
                    poll_ns,
                }),
            );
        }
    }

    /// Gives a CPU that is off back to the host.
    fn eject<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index) {
        if self.policy.misbehave.never_eject {
            return;
        }
        let Some(node) = self.slots.get(index).node else {
            return;
        };
        if let Err(text) = self.try_eject(env, index, node) {
            self.fail(env, index, Goal::Ejection, text, FAILURE);
            return;
        }
        self.advance(env, index, Input::Eject);
        let slot = self.slots.get_mut(index);
        (slot.cpu, slot.offline) = (None, false);
        self.answer(env, index, EJECT_REQUEST, SUCCESS);
    }

    /// `_EJ0`, which returns when the device is gone, and `_STA` to see that it is (6.3.3).
    fn try_eject<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        node: NodeId,
    ) -> Result<(), String> {
        let method = env
            .aml
            .child(node, "_EJ0")
            .ok_or("eject: the CPU has no _EJ0")?;
        let ejected = env.evaluate(method, &[Value::Integer(1)]);
        ejected.map_err(|error| format!("eject: {error}"))?;
        env.guest.report(&self.event(index, Phase::Eject));
        let status = integer_child(env.aml, env.host, node, "_STA");
        let status = status
            .map_err(|error| format!("eject: {error}"))?
            .unwrap_or(0);
        let event = self.event(index, Phase::Status);
        env.guest.report(&Event {
            value: Some(status),
            ..event
        });
        if status & STA_PRESENT != 0 && status & STA_ENABLED != 0 {
            return Err(format!("eject: _STA still reads {status:#x} after _EJ0"));
        }
        Ok(())
    }

    /// Ends an operation in failure.
    fn fail<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        goal: Goal,
        text: String,
        status: u64,
    ) {
        self.slots.set_operation(index, None);
        self.advance(env, index, Input::Fail);
        env.report_text(self.event(index, Phase::Failed), &text);
        self.answer_removal(env, index, goal, status);
    }
}
