//! Events that are signalled over general-purpose I/O (5.6.5): the pins that `_AEI` lists, with a handler for each.
//!
//! QEMU's `virt` has its power button on one when no firmware was loaded, because it makes no generic event device
//! then. The controller is Arm's PrimeCell GPIO (PL061, Arm DDI 0190); other controllers are not driven.

use alloc::format;
use alloc::vec::Vec;

use hotvcpu_aml::resources::{GpioConnection, Resource};
use hotvcpu_aml::{Host, Interpreter, NodeId, RegionAccess, Value, Width};
use hotvcpu_tables::{AddressSpace, GenericAddress};

use crate::lines::{current_resources, interrupts, resources_child};
use crate::namespace::{evaluate, is_present};
use crate::registers::Register;
use crate::{EventError, Line, RegisterError, Run, Service, Source};

/// The `_HID` of a PL061.
pub(crate) const HARDWARE_ID: &str = "ARMH0061";
/// Its pins.
const PINS: u16 = 8;

// Its registers, of one bit for each pin (DDI 0190, 3.2).
const DIRECTION: u64 = 0x400;
const SENSE: u64 = 0x404;
const BOTH_EDGES: u64 = 0x408;
const HIGH_OR_RISING: u64 = 0x40C;
const ENABLE: u64 = 0x410;
const MASKED_STATUS: u64 = 0x418;
const CLEAR: u64 = 0x41C;

// Flags of an interrupt connection (6.4.3.8.1).
const EDGE: u16 = 1 << 0;
const POLARITY_SHIFT: u16 = 1;
const ACTIVE_LOW: u16 = 1;
const ACTIVE_BOTH: u16 = 2;

/// One controller with pins that signal events.
#[derive(Debug)]
pub(crate) struct Gpio {
    pub lines: Vec<Line>,
    registers: u64,
    pins: Vec<Pin>,
}

/// A pin that signals an event.
#[derive(Debug)]
struct Pin {
    number: u16,
    flags: u16,
    handler: Handler,
}

/// The method that is run.
#[derive(Clone, Copy, Debug)]
enum Handler {
    /// `_Exx` or `_Lxx`.
    OfPin(NodeId),
    /// `_EVT`, which is told the pin.
    OfAll(NodeId),
}

impl Pin {
    fn bit(&self) -> u64 {
        1 << self.number
    }

    fn is_edge(&self) -> bool {
        self.flags & EDGE != 0
    }

    fn polarity(&self) -> u16 {
        self.flags >> POLARITY_SHIFT & 0b11
    }
}

impl Gpio {
    /// Reads one controller; `None` if it is not present, or signals no events.
    pub fn read<H: Host>(
        aml: &mut Interpreter,
        host: &mut H,
        device: NodeId,
        problems: &mut Vec<EventError>,
    ) -> Result<Option<Self>, EventError> {
        let present = is_present(aml, host, device)?;
        let events = resources_child(aml, host, device, "_AEI")?;
        if !present || events.is_empty() {
            return Ok(None);
        }
        let own = current_resources(aml, host, device)?;
        let lines = interrupts(&own, Source::Gpio);
        let registers = own.iter().find_map(|resource| match resource {
            Resource::Memory32Fixed(range) => Some(u64::from(range.min)),
            _ => None,
        });
        let incomplete = |missing| EventError::IncompleteGpio {
            path: aml.path(device),
            missing,
        };
        if lines.is_empty() {
            return Err(incomplete("interrupt in its _CRS"));
        }
        let registers = registers.ok_or_else(|| incomplete("registers in its _CRS"))?;
        let mut pins = Vec::new();
        for resource in &events {
            if let Resource::Gpio(connection) = resource
                && connection.interrupt
            {
                add_pins(aml, device, connection, &mut pins, problems);
            }
        }
        Ok(Some(Self {
            lines,
            registers,
            pins,
        }))
    }

    /// Lets the pins that have a handler ring, and no others.
    pub fn enable<H: Host>(&self, host: &mut H) -> Result<(), RegisterError> {
        let bits = |is: &dyn Fn(&Pin) -> bool| -> u64 {
            let chosen = self.pins.iter().filter(|pin| is(pin));
            chosen.fold(0, |bits, pin| bits | pin.bit())
        };
        let all = bits(&|_| true);
        self.write(host, ENABLE, 0)?;
        let outputs = self.read_register(host, DIRECTION)? & !all;
        self.write(host, DIRECTION, outputs)?;
        self.write(host, SENSE, bits(&|pin| !pin.is_edge()))?;
        let both = bits(&|pin| pin.polarity() == ACTIVE_BOTH);
        self.write(host, BOTH_EDGES, both)?;
        let low = bits(&|pin| pin.polarity() == ACTIVE_LOW);
        self.write(host, HIGH_OR_RISING, all & !low)?;
        // What rang before anybody could answer is no event.
        self.write(host, CLEAR, all)?;
        self.write(host, ENABLE, all)
    }

    /// Runs the handlers of the pins that rang, if `gsi` is this controller's interrupt.
    pub fn service<H: Host>(
        &self,
        gsi: u32,
        aml: &mut Interpreter,
        host: &mut H,
        service: &mut Service,
    ) {
        if !self.lines.iter().any(|line| line.gsi == gsi) {
            return;
        }
        let rang = match self.read_register(host, MASKED_STATUS) {
            Ok(rang) => rang,
            Err(problem) => return service.errors.push(problem.into()),
        };
        for pin in self.pins.iter().filter(|pin| rang & pin.bit() != 0) {
            // An edge that comes while its handler runs is another event; a level stays until the handler has seen to it.
            let before = pin.is_edge().then(|| self.write(host, CLEAR, pin.bit()));
            service.runs.push(pin.run(aml, host));
            let after = (!pin.is_edge()).then(|| self.write(host, CLEAR, pin.bit()));
            let problems = [before, after].into_iter().flatten();
            let problems = problems.filter_map(Result::err).map(EventError::from);
            service.errors.extend(problems);
        }
    }

    /// Whether `method` is told which pin rang.
    pub fn is_told_the_pin(&self, method: NodeId) -> bool {
        let mut pins = self.pins.iter();
        pins.any(|pin| matches!(pin.handler, Handler::OfAll(node) if node == method))
    }

    fn register(&self, offset: u64) -> Register {
        let place = GenericAddress {
            space: AddressSpace::SystemMemory,
            bit_width: 32,
            bit_offset: 0,
            access_size: 3,
            address: self.registers.saturating_add(offset),
        };
        Register::at(place, Width::Dword)
    }

    fn read_register(
        &self,
        hardware: &mut impl RegionAccess,
        offset: u64,
    ) -> Result<u64, RegisterError> {
        self.register(offset).read(hardware)
    }

    fn write(
        &self,
        hardware: &mut impl RegionAccess,
        offset: u64,
        value: u64,
    ) -> Result<(), RegisterError> {
        self.register(offset).write(hardware, value)
    }
}

impl Pin {
    fn run<H: Host>(&self, aml: &mut Interpreter, host: &mut H) -> Run {
        let number = [Value::Integer(u64::from(self.number))];
        let (method, arguments) = match self.handler {
            Handler::OfPin(method) => (method, &[][..]),
            Handler::OfAll(method) => (method, &number[..]),
        };
        Run {
            number: u32::from(self.number),
            method,
            result: evaluate(aml, host, method, arguments).map(drop),
        }
    }
}

/// Adds the pins of one connection; those that have no handler, and that the controller does not have, to `problems`.
fn add_pins(
    aml: &Interpreter,
    device: NodeId,
    connection: &GpioConnection,
    pins: &mut Vec<Pin>,
    problems: &mut Vec<EventError>,
) {
    let flags = connection.io_flags;
    for number in connection.pins.iter().copied() {
        // Listed again, a pin is still one event: a list of thousands must not run a handler thousands of times.
        if pins.iter().any(|pin| pin.number == number) {
            continue;
        }
        let kind = if flags & EDGE != 0 { 'E' } else { 'L' };
        let of_pin = aml.child(device, &format!("_{kind}{number:02X}"));
        let of_all = || aml.child(device, "_EVT").map(Handler::OfAll);
        match of_pin.map(Handler::OfPin).or_else(of_all) {
            Some(handler) if number < PINS => pins.push(Pin {
                number,
                flags,
                handler,
            }),
            _ => problems.push(EventError::NoSuchPin {
                path: aml.path(device),
                pin: number,
            }),
        }
    }
}
