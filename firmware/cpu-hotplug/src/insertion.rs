//! A CPU comes: from the device check, or a scan, to its first unit of work.

use alloc::format;
use alloc::string::{String, ToString};

use hotvcpu_acpi_events::EventError;
use hotvcpu_acpi_events::namespace::{STA_DEFAULT, STA_ENABLED, STA_PRESENT, integer_child};
use hotvcpu_aml::Host;
use hotvcpu_wire::Phase;

use crate::engine::{Env, Hotplug};
use crate::guest::{Cpu, Event, Guest};
use crate::ost::{
    DEVICE_CHECK, FAILURE, INSERTION_NOT_SUPPORTED, START_FAILURE, SUCCESS, start_status,
};
use crate::slots::{Goal, Index, Operation};
use crate::state::{Input, State};

/// Who wants a CPU to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The host, by a device check: it awaits an `_OST`.
    Host,
    /// Nobody: it was there when the guest booted.
    Boot,
    /// Nobody: it was found by a later scan.
    Scan,
    /// The guest's own user.
    User,
}

impl Asker {
    /// The text of the `start` record.
    fn text(self) -> Option<&'static str> {
        match self {
            Self::Host => None,
            Self::Boot | Self::Scan => Some("found by a scan"),
            Self::User => Some("brought online by the guest"),
        }
    }
}

/// Why a CPU does not come.
pub(crate) struct Setback {
    /// [`Phase::Refused`] if the guest does not want it, [`Phase::Failed`] if it could not have it.
    phase: Phase,
    /// The `_OST` status.
    status: u64,
    /// The step, and what it missed.
    pub text: String,
}

impl Setback {
    fn failed(status: u64, text: String) -> Self {
        Self {
            phase: Phase::Failed,
            status,
            text,
        }
    }

    fn refused(text: String) -> Self {
        Self {
            phase: Phase::Refused,
            status: INSERTION_NOT_SUPPORTED,
            text,
        }
    }
}

impl From<EventError> for Setback {
    fn from(error: EventError) -> Self {
        Self::failed(FAILURE, error.to_string())
    }
}

impl Hotplug {
    /// The host says that a CPU may have come.
    pub(crate) fn device_check<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
    ) {
        match self.slots.get(index).state {
            // Said twice, or found by a scan before: the answer is the same.
            State::Online => self.answer(env, index, DEVICE_CHECK, SUCCESS),
            State::Starting => self.owe_answer(index),
            // It is registered, which is all that the host asks for.
            State::Draining if self.goal(index) == Some(Goal::Offline) => {
                self.answer(env, index, DEVICE_CHECK, SUCCESS);
            }
            State::Draining => {
                let text = "device check: the CPU is being removed";
                env.report_text(self.event(index, Phase::Refused), &text);
                self.answer(env, index, DEVICE_CHECK, FAILURE);
            }
            // What speaks against it has been reported.
            _ => drop(self.insert(env, index, Asker::Host)),
        }
    }

    /// The answer comes when the start that is under way ends.
    fn owe_answer(&mut self, index: Index) {
        if let Some(Operation::Insertion {
            deadline_ns,
            signal_again_ns,
            ..
        }) = self.slots.operation(index)
        {
            let operation = Operation::Insertion {
                answer: true,
                deadline_ns,
                signal_again_ns,
            };
            self.slots.set_operation(index, Some(operation));
        }
    }

    /// Starts the CPU if it is there; says nothing about one that is not, or that is known to be offline.
    pub(crate) fn look<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        asker: Asker,
    ) {
        let slot = self.slots.get(index);
        let (uid, offline) = (slot.uid, slot.offline);
        match self.status(env, index) {
            Ok(status) if status & STA_ENABLED == 0 => self.see(env, index, status),
            Ok(_) if offline => {}
            Err(error) if offline => env.report_error(Some(uid), &error),
            _ => drop(self.insert(env, index, asker)),
        }
    }

    /// Begins an insertion, or reports why not, and tells the host if it asked.
    pub(crate) fn insert<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        asker: Asker,
    ) -> Result<(), Setback> {
        let Err(setback) = self.try_insert(env, index, asker) else {
            return Ok(());
        };
        // One that is not even there has not failed.
        if setback.phase == Phase::Failed && self.slots.get(index).state == State::Enabled {
            self.advance(env, index, Input::Fail);
        }
        env.report_text(self.event(index, setback.phase), &setback.text);
        if asker == Asker::Host {
            self.answer(env, index, DEVICE_CHECK, setback.status);
        }
        Err(setback)
    }

    fn try_insert<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        asker: Asker,
    ) -> Result<(), Setback> {
        if let Some(reason) = &self.slots.get(index).unusable {
            return Err(Setback::refused(reason.clone()));
        }
        let status = self.status(env, index)?;
        let event = self.event(index, Phase::Status);
        env.guest.report(&Event {
            value: Some(status),
            ..event
        });
        self.see(env, index, status);
        if status & STA_PRESENT == 0 || status & STA_ENABLED == 0 {
            let text = format!("_STA: {status:#x} says that the CPU is not present and enabled");
            return Err(Setback::failed(FAILURE, text));
        }
        let cpu = self.identify(env, index)?;
        if let Some(wish) = self.wish_to_wait(index, asker) {
            self.leave_offline(env, index, asker, wish);
            return Ok(());
        }
        let boot_cpu = usize::from(self.boot.is_none());
        if self.slots.others_running(index) + boot_cpu >= self.policy.max_cpus {
            let text = format!(
                "CPU {}: this guest has all of its {} CPUs in use",
                cpu.uid, self.policy.max_cpus
            );
            return Err(Setback::refused(text));
        }
        self.start(env, index, cpu, asker)
    }

    /// `_STA` (6.3.7). What has none is present and enabled; so is a CPU that only the MADT knows, as its slot is made
    /// from an enabled entry.
    fn status<H: Host, G: Guest>(
        &self,
        env: &mut Env<'_, H, G>,
        index: Index,
    ) -> Result<u64, EventError> {
        let status = match self.slots.get(index).node {
            Some(node) => integer_child(env.aml, env.host, node, "_STA")?,
            None => None,
        };
        Ok(status.unwrap_or(STA_DEFAULT))
    }

    /// Takes note of a status.
    fn see<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index, status: u64) {
        let input = match (status & STA_PRESENT != 0, status & STA_ENABLED != 0) {
            (false, _) => Input::SeenAbsent,
            (true, false) => Input::SeenDisabled,
            (true, true) => Input::SeenEnabled,
        };
        self.advance(env, index, input);
        // The host has taken it, whatever it did last.
        if input != Input::SeenEnabled {
            self.slots.set_off(index);
            self.slots.get_mut(index).offline = false;
        }
    }

    /// Finds out who the CPU is, and that nobody else is.
    fn identify<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
    ) -> Result<Cpu, Setback> {
        let slot = self.slots.get(index);
        let (uid, device) = (slot.uid, slot.node);
        let found = self.tables.identify(env.aml, env.host, device, uid)?;
        let Some((entry, source)) = found else {
            return Err(Setback::failed(FAILURE, self.unidentified()));
        };
        let node = self.tables.find_node(env.aml, env.host, device, uid)?;
        let hw_id = entry.id.value();
        if self.is_boot_id(entry.id) {
            let text = format!("identity: CPU {uid} has the boot CPU's hardware ID {hw_id:#x}");
            return Err(Setback::failed(FAILURE, text));
        }
        if let Some(owner) = self.slots.owner(entry.id, index) {
            let text = format!(
                "identity: CPU {uid} has the hardware ID {hw_id:#x}, which CPU {} has already",
                owner.uid
            );
            return Err(Setback::failed(FAILURE, text));
        }
        let cpu = Cpu {
            uid,
            id: entry.id,
            node,
        };
        self.slots.get_mut(index).cpu = Some(cpu);
        let event = self.event(index, Phase::Identity);
        let value = node.map(u64::from);
        env.guest.report(&Event {
            value,
            text: Some(source.text()),
            ..event
        });
        Ok(cpu)
    }

    /// Why nobody knows who a CPU is.
    fn unidentified(&self) -> String {
        match self.tables.only {
            None => "identity: neither _MAT nor the MADT has a hardware ID for this CPU".into(),
            Some(family) => format!(
                "identity: a guest of the {family} generation, which this one was told to be, finds no hardware ID \
                 for this CPU"
            ),
        }
    }

    /// Tells the CPU to start.
    fn start<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        cpu: Cpu,
        asker: Asker,
    ) -> Result<(), Setback> {
        if self.policy.misbehave.fail_start {
            let text = "start: failed on purpose (misbehave=fail-start)";
            return Err(Setback::failed(START_FAILURE, text.to_string()));
        }
        env.guest.report(&Event {
            text: asker.text(),
            ..self.event(index, Phase::Start)
        });
        let started = env.guest.start(cpu);
        started.map_err(|error| Setback::failed(start_status(error), format!("start: {error}")))?;
        self.advance(env, index, Input::Start);
        self.slots.set_running(index, cpu);
        let now = env.guest.now_ns();
        let deadlines = &self.policy.deadlines;
        let operation = Operation::Insertion {
            answer: asker == Asker::Host,
            deadline_ns: now.saturating_add(deadlines.hello_ns),
            signal_again_ns: deadlines
                .second_signal_ns
                .map(|after| now.saturating_add(after)),
        };
        self.slots.set_operation(index, Some(operation));
        Ok(())
    }

    /// The CPU says hello.
    pub(crate) fn hello<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        t_ns: u64,
    ) {
        let event = self.event(index, Phase::Hello);
        env.guest.report(&Event {
            t_ns: Some(t_ns),
            ..event
        });
        let slot = self.slots.get(index);
        let (state, cpu) = (slot.state, slot.cpu);
        let (Some(Operation::Insertion { answer, .. }), Some(cpu)) =
            (self.slots.operation(index), cpu)
        else {
            let text = format!("hello from a CPU that is {state}: it is not used");
            env.report_error(event.cpu, &text);
            // One that came too late would go on running beside its next start.
            if let (State::Failed | State::Enabled, Some(cpu)) = (state, cpu) {
                env.guest.cancel(cpu);
            }
            return;
        };
        self.slots.set_operation(index, None);
        self.advance(env, index, Input::Hello);
        env.guest.begin(cpu);
        env.guest.report(&self.event(index, Phase::Online));
        if answer {
            self.answer(env, index, DEVICE_CHECK, SUCCESS);
        }
    }

    /// No hello yet: signals once more.
    pub(crate) fn signal_again<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
    ) {
        let Some(Operation::Insertion {
            answer,
            deadline_ns,
            ..
        }) = self.slots.operation(index)
        else {
            return;
        };
        let operation = Operation::Insertion {
            answer,
            deadline_ns,
            signal_again_ns: None,
        };
        self.slots.set_operation(index, Some(operation));
        let event = self.event(index, Phase::Start);
        env.guest.report(&Event {
            text: Some("second signal"),
            ..event
        });
        if let Some(cpu) = self.slots.get(index).cpu
            && let Err(error) = env.guest.signal_again(cpu)
        {
            env.report_error(event.cpu, &format!("second start signal: {error}"));
        }
    }

    /// No hello at all.
    pub(crate) fn miss_hello<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, index: Index) {
        let answer = matches!(
            self.slots.operation(index),
            Some(Operation::Insertion { answer: true, .. })
        );
        self.slots.set_operation(index, None);
        if let Some(cpu) = self.slots.get(index).cpu {
            env.guest.cancel(cpu);
        }
        self.advance(env, index, Input::Fail);
        let ms = self.policy.deadlines.hello_ns / 1_000_000;
        let text = format!("hello: the CPU did not answer its start signal within {ms} ms");
        env.report_text(self.event(index, Phase::Failed), &text);
        if answer {
            self.answer(env, index, DEVICE_CHECK, START_FAILURE);
        }
    }
}
