//! General-purpose events (4.8.4.1, 5.6.4): status and enable bits in two register blocks, handlers in `\_GPE`.
//!
//! Only events that have a handler are enabled. What is pending when they are is served, not discarded: a CPU
//! added while the firmware ran has rung already.

use alloc::vec::Vec;

use hotvcpu_aml::{Host, Interpreter, NodeId, ObjectKind, Width};
use hotvcpu_tables::{Fadt, RegisterBlock, Trigger};

use crate::namespace::evaluate;
use crate::registers::Register;
use crate::{EventError, RegisterError, Run, Service};

/// One general-purpose event that has a handler.
#[derive(Clone, Copy, Debug)]
struct Gpe {
    number: u8,
    trigger: Trigger,
    handler: NodeId,
    status: Register,
    enable: Register,
    /// The event's bit in its two registers.
    bit: u64,
}

/// All events that have a handler.
#[derive(Debug, Default)]
pub(crate) struct Gpes(Vec<Gpe>);

impl Gpes {
    /// Finds the handlers in `\_GPE` and the registers of their events.
    pub fn discover(fadt: &Fadt, aml: &Interpreter, problems: &mut Vec<EventError>) -> Self {
        let mut gpes: Vec<Gpe> = Vec::new();
        let scope = aml.find("\\_GPE");
        for handler in scope.into_iter().flat_map(|scope| aml.children(scope)) {
            let Some((trigger, number)) = handler_name(aml, handler) else {
                continue;
            };
            match registers(fadt, number) {
                None => problems.push(EventError::NoSuchGpe {
                    path: aml.path(handler),
                }),
                Some(_) if gpes.iter().any(|gpe| gpe.number == number) => {
                    problems.push(EventError::DuplicateHandler {
                        path: aml.path(handler),
                    });
                }
                Some((status, enable)) => {
                    let bit = 1 << (number % 8);
                    gpes.push(Gpe {
                        number,
                        trigger,
                        handler,
                        status,
                        enable,
                        bit,
                    });
                }
            }
        }
        Self(gpes)
    }

    /// Enables exactly the events that have a handler.
    pub fn enable<H: Host>(&self, fadt: &Fadt, host: &mut H) -> Result<(), RegisterError> {
        for register in all_enable_registers(fadt) {
            let bits = self
                .0
                .iter()
                .filter(|gpe| gpe.enable == register)
                .map(|gpe| gpe.bit);
            register.write(host, bits.sum())?;
        }
        Ok(())
    }

    /// Runs the handlers of all events that have happened.
    pub fn service<H: Host>(&self, aml: &mut Interpreter, host: &mut H, service: &mut Service) {
        for gpe in &self.0 {
            match gpe.service(aml, host) {
                Ok(run) => service.runs.extend(run),
                Err(error) => service.errors.push(error.into()),
            }
        }
    }
}

impl Gpe {
    /// Runs the handler if the event has happened.
    fn service<H: Host>(
        &self,
        aml: &mut Interpreter,
        host: &mut H,
    ) -> Result<Option<Run>, RegisterError> {
        if self.status.read(host)? & self.enable.read(host)? & self.bit == 0 {
            return Ok(None);
        }
        // An edge is forgotten before its handler runs, so that one that comes meanwhile is not lost. A level
        // only goes away by what the handler does (5.6.4).
        if self.trigger == Trigger::Edge {
            self.status.write(host, self.bit)?;
        }
        let result = evaluate(aml, host, self.handler, &[]).map(drop);
        if self.trigger == Trigger::Level {
            self.status.write(host, self.bit)?;
        }
        Ok(Some(Run {
            number: u32::from(self.number),
            method: self.handler,
            result,
        }))
    }
}

/// What the name of an object in `\_GPE` says: `_Exx` or `_Lxx`, with a hexadecimal event number (5.6.4.1).
fn handler_name(aml: &Interpreter, node: NodeId) -> Option<(Trigger, u8)> {
    if !matches!(aml.kind(node), ObjectKind::Method { .. }) {
        return None;
    }
    let [b'_', kind, high, low] = aml.name(node)?.bytes() else {
        return None;
    };
    let trigger = match kind {
        b'E' => Trigger::Edge,
        b'L' => Trigger::Level,
        _ => return None,
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let number = digit(high)? * 16 + digit(low)?;
    Some((trigger, u8::try_from(number).ok()?))
}

/// Status and enable register of event `number`, from the block that it lies in.
fn registers(fadt: &Fadt, number: u8) -> Option<(Register, Register)> {
    let in_block = |block: RegisterBlock, base: u8| {
        let half = usize::from(block.length / 2);
        let byte = usize::from(number.checked_sub(base)? / 8);
        if byte >= half {
            return None;
        }
        let status = Register::inside(&block, byte, Width::Byte)?;
        Some((status, Register::inside(&block, half + byte, Width::Byte)?))
    };
    let in_first = fadt.gpe0.and_then(|block| in_block(block, 0));
    in_first.or_else(|| in_block(fadt.gpe1?, fadt.gpe1_base))
}

/// The enable registers of both blocks: the second half of each.
fn all_enable_registers(fadt: &Fadt) -> impl Iterator<Item = Register> {
    [fadt.gpe0, fadt.gpe1]
        .into_iter()
        .flatten()
        .flat_map(|block| {
            let half = usize::from(block.length / 2);
            (0..half).filter_map(move |byte| Register::inside(&block, half + byte, Width::Byte))
        })
}
