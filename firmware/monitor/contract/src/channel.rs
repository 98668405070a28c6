//! The control channel: bytes in, requests to the contract, reports out.
//!
//! Nothing that comes in can do harm: a line is at most [`MAX_LINE`] bytes, a longer one is swallowed to its end and
//! answered by one error, and whatever is no request is answered by an error too. What goes out waits in a bounded
//! queue until the device takes it. A report that finds the queue full is dropped whole, and its number is spent:
//! readers see the gap and ask for the state. To keep that from happening by mere asking, the owner stops taking
//! requests while [`Channel::is_busy`].
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use hotvcpu_wire::MAX_LINE;
use hotvcpu_wire::control::{GENERIC_ERROR, Kind, Op, Report, Request, RequestError};

use crate::contract::Contract;
use crate::refusal::Refusal;
use crate::registers::Effect;
use crate::slot::{DeviceId, Origin};

/// Bytes that may wait: the state of 512 slots fits twice.
const QUEUE_LIMIT: usize = 128 * 1024;

/// The monitor's end of the control channel.
#[derive(Debug, Default)]
pub struct Channel {
    line: Vec<u8>,
    /// The line is longer than can be; the rest of it is swallowed.
    too_long: bool,
    seq: u64,
    queue: VecDeque<u8>,
}

impl Channel {
    /// A channel that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first words after each start: who this is, and which slots are plugged.
    pub fn hello(&mut self, contract: &Contract) {
        let generation = alloc::format!("{}", contract.generation());
        let mut hello = Report::new(0, Kind::Hello);
        hello.cpu = Some(contract.cold_booted());
        hello.value = Some(u64::from(contract.slot_count()));
        hello.text = Some(generation.as_str());
        self.report(hello);
        self.slots(contract, None);
    }

    /// Takes bytes of the host, in pieces of any size. Returns whether the GED has to ring.
    pub fn receive(&mut self, bytes: &[u8], contract: &mut Contract) -> bool {
        let mut ring = false;
        for byte in bytes {
            match byte {
                b'\n' => ring |= self.line_ends(contract),
                _ if self.line.len() + 1 < MAX_LINE => self.line.push(*byte),
                _ => self.too_long = true,
            }
        }
        ring
    }

    /// Reports what the guest did to the register block. An eject is reported by [`Channel::deleted`], once the CPU
    /// is off.
    pub fn effect(&mut self, effect: Effect) {
        if let Effect::Ost {
            slot,
            id,
            event,
            status,
        } = effect
        {
            let mut report = Report::new(0, Kind::Ost);
            report.cpu = Some(slot);
            report.id = id.as_ref().map(DeviceId::as_str);
            report.event = Some(event);
            report.value = Some(u64::from(status));
            self.report(report);
        }
    }

    /// Reports that an ejected CPU is gone.
    pub fn deleted(&mut self, slot: u32, origin: Origin) {
        let id = origin.id();
        let mut report = Report::new(0, Kind::Deleted);
        report.cpu = Some(slot);
        report.id = id.as_ref().map(DeviceId::as_str);
        self.report(report);
    }

    /// Reports something wrong with the guest.
    pub fn error(&mut self, text: &str) {
        let mut report = Report::new(0, Kind::Error);
        report.text = Some(text);
        self.report(report);
    }

    /// Whether so much waits to be sent that no more requests should be taken.
    pub fn is_busy(&self) -> bool {
        self.queue.len() > QUEUE_LIMIT / 2
    }

    /// Whether anything waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Moves what waits into `buffer`, as much as fits; returns how much.
    pub fn send_into(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.queue.len());
        for (place, byte) in buffer.iter_mut().zip(self.queue.drain(..count)) {
            *place = byte;
        }
        count
    }

    fn line_ends(&mut self, contract: &mut Contract) -> bool {
        let line = core::mem::take(&mut self.line);
        let ring = if core::mem::take(&mut self.too_long) {
            self.bad_request(None, RequestError::TooLong);
            false
        } else {
            match Request::decode(&line) {
                Ok(request) => self.request(&request, contract),
                Err(bad) => {
                    self.bad_request(bad.tag, bad.error);
                    false
                }
            }
        };
        self.line = line;
        self.line.clear();
        ring
    }

    fn bad_request(&mut self, tag: Option<u64>, error: RequestError) {
        let text = alloc::format!("{error}");
        let mut report = Report::new(0, Kind::Error);
        report.tag = tag;
        report.value = Some(GENERIC_ERROR);
        report.text = Some(text.as_str());
        self.report(report);
    }

    fn request(&mut self, request: &Request<&str>, contract: &mut Contract) -> bool {
        let answer = match request.op {
            Op::State => {
                self.slots(contract, Some(request.tag));
                Ok(None)
            }
            Op::Plug => plug(request, contract).map(Some),
            Op::Unplug => unplug(request, contract).map(Some),
        };
        let slot = match answer {
            Ok(slot) => slot,
            Err(refusal) => {
                self.refused(request, &refusal);
                return false;
            }
        };
        let id = slot
            .and_then(|slot| contract.plugged(slot))
            .and_then(|origin| origin.id());
        let mut report = Report::new(0, Kind::Done);
        report.tag = Some(request.tag);
        report.cpu = slot;
        report.id = id.as_ref().map(DeviceId::as_str);
        self.report(report);
        slot.is_some()
    }

    fn refused(&mut self, request: &Request<&str>, refusal: &Refusal) {
        let text = alloc::format!("{refusal}");
        let mut report = Report::new(0, Kind::Refused);
        report.tag = Some(request.tag);
        report.value = Some(refusal.class());
        report.text = Some(text.as_str());
        self.report(report);
    }

    fn slots(&mut self, contract: &Contract, tag: Option<u64>) {
        for slot in 0..contract.slot_count() {
            let Some(origin) = contract.plugged(slot) else {
                continue;
            };
            let id = origin.id();
            let mut report = Report::new(0, Kind::Slot);
            report.tag = tag;
            report.cpu = Some(slot);
            report.id = id.as_ref().map(DeviceId::as_str);
            report.value = contract.mpidr(slot);
            self.report(report);
        }
    }

    /// Numbers a report and queues it, or drops it.
    fn report(&mut self, mut report: Report<&str>) {
        report.seq = self.seq;
        self.seq += 1;
        let mut line = [0; MAX_LINE];
        let line = report.encode(&mut line);
        if self.queue.len() + line.len() <= QUEUE_LIMIT {
            self.queue.extend(line);
        }
    }
}

fn plug(request: &Request<&str>, contract: &mut Contract) -> Result<u32, Refusal> {
    // `Request::decode` has seen to it that a plug names its slot, and that an id is one.
    let slot = request.cpu.unwrap_or(u32::MAX);
    contract.plug(slot, request.id.and_then(DeviceId::new))?;
    Ok(slot)
}

fn unplug(request: &Request<&str>, contract: &mut Contract) -> Result<u32, Refusal> {
    match (request.id.and_then(DeviceId::new), request.cpu) {
        (Some(id), _) => contract.unplug(&id),
        (None, slot) => contract.unplug_slot(slot.unwrap_or(u32::MAX)),
    }
}
