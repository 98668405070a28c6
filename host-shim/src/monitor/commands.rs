//! What the translator makes of the commands, once it knows the machine.

use std::collections::BTreeMap;
use std::time::Instant;

use hotvcpu_wire::MAX_LINE;
use hotvcpu_wire::control::{Op, Request};
use serde_json::{Value, json};

use super::answers;
use super::checks::{self, Add};
use super::model::{Model, Plugged};
use super::outstanding::Asked;
use super::translator::{Command, Output, Question, Translator};

/// Whether the command has no other arguments than these; with others, it is QEMU's to refuse.
fn has_only(command: &Command, known: &[&str]) -> bool {
    let arguments = command.arguments.as_object();
    let mut names = arguments.into_iter().flat_map(|it| it.keys());
    names.all(|name| known.contains(&name.as_str()))
}

impl<T> Translator<T> {
    /// What is not a CPU's business goes to QEMU at once, as far as that can be told.
    pub(super) fn is_translated(&self, command: &Command) -> bool {
        match command.name.as_str() {
            "query-hotpluggable-cpus" | "query-cpus-fast" | "query-acpi-ospm-status" => {
                has_only(command, &[])
            }
            "device_add" => checks::is_cpu(&command.arguments) || self.is_known(),
            "device_del" => self.model.is_some() && has_only(command, &["id"]),
            _ => false,
        }
    }

    pub(super) fn act(&mut self, asker: T, command: Command, now: Instant) {
        match command.name.as_str() {
            "query-hotpluggable-cpus" => {
                if let (Some(layout), Some(model)) = (&self.layout, self.view()) {
                    let list = answers::hotpluggable_cpus(layout, &model);
                    self.reply(asker, Ok(list));
                }
            }
            "query-cpus-fast" => self.ask(Question::CpusFast(asker), command),
            "query-acpi-ospm-status" => self.ask(Question::OspmStatus(asker), command),
            "device_add" => self.add(asker, command, now),
            "device_del" => self.delete(asker, command, now),
            _ => self.pass(asker, command),
        }
    }

    fn add(&mut self, asker: T, command: Command, now: Instant) {
        let id = command.arguments.get("id").and_then(Value::as_str);
        if checks::is_cpu(&command.arguments) {
            if id.is_none() {
                return self.add_beside(asker, &command, None, now);
            }
            let list = Command::new("qom-list", json!({"path": "/machine/peripheral"}));
            return self.ask(Question::Peripherals(asker, command), list);
        }
        // Another device, which cannot have a CPU's id.
        match id.and_then(|id| checks::duplicate(id, &self.plugged_or_asked())) {
            Some(failure) => self.reply(asker, Err(failure)),
            None => self.pass(asker, command),
        }
    }

    /// Adds a CPU beside QEMU's `others`: the objects of its devices that have an id, as far as it tells.
    pub(super) fn add_beside(
        &mut self,
        asker: T,
        command: &Command,
        others: Option<Value>,
        now: Instant,
    ) {
        let (Some(layout), Some(model)) = (&self.layout, &self.model) else {
            return;
        };
        let (arguments, taken) = (&command.arguments, self.plugged_or_asked());
        let checked = checks::add(arguments, model.generation, layout, &taken)
            .and_then(|add| checks::not_among(&others.unwrap_or_default(), add));
        match checked {
            Ok(add) => self.request(Some(asker), Asked::Plug(add), now),
            Err(failure) => self.reply(asker, Err(failure)),
        }
    }

    fn delete(&mut self, asker: T, command: Command, now: Instant) {
        let (Some(layout), Some(model)) = (&self.layout, &self.model) else {
            return;
        };
        let id = command.arguments.get("id").and_then(Value::as_str);
        let target = id.and_then(|id| checks::target(id, layout, &self.plugged_or_asked()));
        let Some((slot, cpu)) = target else {
            return self.pass(asker, command);
        };
        match checks::removal(model.generation, &cpu, &layout.type_name) {
            Ok(()) => self.request(Some(asker), Asked::Unplug { slot, cpu }, now),
            Err(failure) => self.reply(asker, Err(failure)),
        }
    }

    /// Asks the monitor.
    pub(super) fn request(&mut self, asker: Option<T>, asked: Asked, now: Instant) {
        let (op, slot, id) = match &asked {
            Asked::Plug(Add { slot, id }) => (Op::Plug, Some(*slot), id.clone()),
            // A CPU that has an id is named by it, as in QMP.
            Asked::Unplug { cpu, .. } if cpu.id().is_some() => {
                (Op::Unplug, None, cpu.id().map(str::to_owned))
            }
            Asked::Unplug { slot, .. } => (Op::Unplug, Some(*slot), None),
            Asked::State => (Op::State, None, None),
        };
        let (at_once, waiter) = match (self.stopped, asker) {
            (Some(true), asker) => (asker, None),
            (_, asker) => (None, asker),
        };
        let tag = match self.outstanding.add(waiter, asked, now) {
            Ok(tag) => tag,
            Err((asker, failure)) => {
                if let Some(asker) = at_once.or(asker) {
                    self.reply(asker, Err(failure));
                }
                return;
            }
        };
        let (cpu, mut line) = (slot, [0; MAX_LINE]);
        match (Request { tag, op, cpu, id }).encode(&mut line) {
            Ok(line) => {
                let line = line.to_vec();
                self.outputs.push(Output::Request { tag, line });
            }
            Err(error) => {
                let outputs = self.undelivered(tag, &error.to_string());
                self.outputs.extend(outputs);
            }
        }
        if let Some(asker) = at_once {
            self.reply(asker, Ok(json!({})));
        }
    }

    /// What is plugged, and what is on its way to be.
    fn plugged_or_asked(&self) -> BTreeMap<u32, Plugged> {
        let plugged = self.model.as_ref().map(Model::plugged);
        let mut taken = plugged.cloned().unwrap_or_default();
        for (slot, cpu) in self.outstanding.being_plugged() {
            taken.entry(slot).or_insert(cpu);
        }
        taken
    }
}
