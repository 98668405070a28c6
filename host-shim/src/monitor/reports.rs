//! What the translator makes of the monitor's reports.

use std::time::Instant;

use hotvcpu_wire::control::{DEVICE_NOT_FOUND, Kind, Report};
use serde_json::json;

use super::answers;
use super::checks::refused;
use super::model::{MAX_SLOTS, Model, Nonsense};
use super::outstanding::{Asked, Waiting};
use super::report_reader::ControlItem;
use super::translator::{Output, Translator};
use crate::qmp::Failure;

impl<T> Translator<T> {
    /// Takes in what was read from the monitor's reports at `now`.
    pub fn control(&mut self, item: ControlItem, now: Instant) -> Vec<Output<T>> {
        match item {
            ControlItem::Report(report, _) => {
                if let Err(nonsense) = self.report(report, now) {
                    self.problem(nonsense);
                }
            }
            ControlItem::Bad(what) => self.problem(what),
            ControlItem::CaughtUp => {
                self.caught_up = true;
                if let Some(model) = &mut self.model {
                    model.end_telling();
                }
            }
            ControlItem::End => {}
        }
        self.act_on_waiting(now);
        self.taken()
    }

    fn report(&mut self, report: Report<String>, now: Instant) -> Result<(), Nonsense> {
        if report.kind == Kind::Hello {
            return self.hello(&report, now);
        }
        let model = self.model.as_mut();
        let model = model.ok_or("a report came before the monitor's hello")?;
        if report.kind == Kind::Slot {
            // With a tag it answers somebody's question, and is known already.
            if report.tag.is_none() {
                model.tell(checked_slot(&report)?, report.id);
            }
            return Ok(());
        }
        model.end_telling();
        match report.kind {
            Kind::Done => self.done(report),
            Kind::Refused => self.refused(report),
            Kind::Ost => self.ost(&report),
            Kind::Deleted => self.deleted(&report),
            Kind::Error => self.error(report),
            _ => Err("a report of an unknown kind came".to_owned()),
        }
    }

    /// The monitor has started: at power-on, or after a reset. What waits in the FIFO is still to be
    /// answered; what it had read before is lost. Its answer to one more question tells them apart, and
    /// ends the telling of its state.
    fn hello(&mut self, report: &Report<String>, now: Instant) -> Result<(), Nonsense> {
        let name = report.text.as_deref().unwrap_or_default();
        let generation = name
            .parse()
            .map_err(|error| format!("the monitor's hello: {error}"))?;
        let boot = report.cpu.filter(|boot| (1..=MAX_SLOTS).contains(boot));
        let boot = boot.ok_or("the monitor's hello names no possible number of CPUs")?;
        match &mut self.model {
            Some(model) => model.begin_telling(generation, boot),
            None => self.model = Some(Model::at_power_on(generation, boot)),
        }
        if self.caught_up && !self.outstanding.asks_state() {
            self.request(None, Asked::State, now);
        }
        Ok(())
    }

    fn done(&mut self, report: Report<String>) -> Result<(), Nonsense> {
        let answered = report.tag.and_then(|tag| self.outstanding.take(tag));
        let model = self.model.as_mut().ok_or("no hello")?;
        match answered {
            Some(Waiting { asker, asked, .. }) => {
                match asked {
                    Asked::Plug(add) => model.plug(add.slot, add.id),
                    Asked::Unplug { .. } => {}
                    Asked::State => {
                        self.outstanding.forget_earlier();
                        self.give_up_before(report.tag.unwrap_or_default());
                    }
                }
                if let Some(asker) = asker {
                    self.reply(asker, Ok(json!({})));
                }
            }
            // Somebody else's: it tells of a plug by its CPU, or of a removal of one that is there.
            None if report.cpu.is_some() => model.plug(checked_slot(&report)?, report.id),
            None => {}
        }
        Ok(())
    }

    /// What was asked before the answered question and is not answered was lost in a reset.
    fn give_up_before(&mut self, tag: u64) {
        for lost in self.outstanding.take_before(tag) {
            let desc = "the machine was reset before the monitor had answered; try again";
            match lost.asker {
                Some(asker) => self.reply(asker, Err(refused(desc))),
                None => self.problem("a request was lost in a reset of the machine".to_owned()),
            }
        }
    }

    fn refused(&mut self, report: Report<String>) -> Result<(), Nonsense> {
        let Some(answered) = report.tag.and_then(|tag| self.outstanding.take(tag)) else {
            return Ok(());
        };
        let desc = report.text.unwrap_or_else(|| "refused".to_owned());
        let class = match report.value {
            Some(DEVICE_NOT_FOUND) => "DeviceNotFound",
            _ => "GenericError",
        };
        let class = class.to_owned();
        match answered.asker {
            Some(asker) => self.reply(asker, Err(Failure { class, desc })),
            None => self.problem(format!(
                "what was accepted while the machine was stopped is refused: {desc}"
            )),
        }
        Ok(())
    }

    fn ost(&mut self, report: &Report<String>) -> Result<(), Nonsense> {
        let slot = self.real_slot(report)?;
        let model = self.model.as_mut().ok_or("no hello")?;
        let (Some(event), Some(status)) = (report.event, report.value) else {
            return Err("an `ost` without event or status came".to_owned());
        };
        model.set_ost(slot, event, status);
        let data = json!({"info": answers::ost_info(model, slot)});
        self.tell("ACPI_DEVICE_OST", data);
        Ok(())
    }

    fn deleted(&mut self, report: &Report<String>) -> Result<(), Nonsense> {
        let slot = self.real_slot(report)?;
        let cpu = self.model.as_mut().ok_or("no hello")?.unplug(slot)?;
        let mut data = json!({"path": cpu.qom_path(slot)});
        if let Some(id) = cpu.id() {
            data["device"] = id.into();
        }
        self.tell("DEVICE_DELETED", data);
        Ok(())
    }

    /// With a tag it is the asker's business; without, everybody's who was there.
    fn error(&mut self, report: Report<String>) -> Result<(), Nonsense> {
        let text = report
            .text
            .unwrap_or_else(|| "it gives no reason".to_owned());
        let answered = report.tag.and_then(|tag| self.outstanding.take(tag));
        match answered.map(|answered| answered.asker) {
            Some(Some(asker)) => {
                self.reply(asker, Err(refused(text)));
                Ok(())
            }
            None if report.tag.is_some() || !self.caught_up => Ok(()),
            Some(None) | None => Err(format!("the monitor reports an error: {text}")),
        }
    }

    /// What happened before anybody listened is no news.
    fn tell(&mut self, name: &'static str, data: serde_json::Value) {
        if self.caught_up {
            self.outputs.push(Output::Event { name, data });
        }
    }

    fn real_slot(&self, report: &Report<String>) -> Result<u32, Nonsense> {
        let slot = checked_slot(report)?;
        let exists = |layout: &super::model::Layout| (slot as usize) < layout.slots.len();
        if self.layout.as_ref().is_none_or(exists) {
            return Ok(slot);
        }
        Err(format!(
            "CPU {slot} is named, which this machine does not have"
        ))
    }
}

fn checked_slot(report: &Report<String>) -> Result<u32, Nonsense> {
    let slot = report.cpu.filter(|slot| *slot < MAX_SLOTS);
    slot.ok_or_else(|| "a report names no CPU, or an impossible one".to_owned())
}
