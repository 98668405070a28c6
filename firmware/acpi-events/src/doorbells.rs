//! All doorbells of a machine behind one interface.

use alloc::vec::Vec;

use hotvcpu_aml::{Interpreter, NodeId, Value};
use hotvcpu_tables::{Fadt, Madt, Polarity, Trigger};

use crate::fixed::{FixedPowerButton, enter_acpi_mode};
use crate::ged::{self, Ged};
use crate::gpe::Gpes;
use crate::gpio::{self, Gpio};
use crate::namespace::{devices_with_hids, evaluate};
use crate::{EventError, EventHost, Machine, Notify};

/// The `_HID` of a power button that is a device in the namespace.
const POWER_BUTTON_ID: &str = "PNP0C0C";
/// What such a button is notified with when it is pressed while the machine runs (5.6.6).
const POWER_BUTTON_PRESSED: u64 = 0x80;

/// Where an interrupt line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The system control interrupt of fixed hardware.
    Sci,
    /// A generic event device.
    Ged,
    /// A GPIO controller.
    Gpio,
    /// A device that is no doorbell.
    Device,
}

/// An interrupt line to wire up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its global system interrupt number.
    pub gsi: u32,
    /// How it signals.
    pub trigger: Trigger,
    /// Its active level.
    pub polarity: Polarity,
    /// What it belongs to.
    pub source: Source,
}

impl Line {
    /// A PCI interrupt that is wired to `gsi` directly: level-triggered and active low (PCI Local Bus 3.0, 2.2.6).
    pub(crate) fn pci(gsi: u32) -> Self {
        Self {
            gsi,
            trigger: Trigger::Level,
            polarity: Polarity::Low,
            source: Source::Device,
        }
    }
}

/// A handler that ran.
#[derive(Debug)]
pub struct Run {
    /// The event: a GPE number, the GSI of a generic event device, or the pin of a GPIO controller.
    pub number: u32,
    /// The handler: `_Exx`, `_Lxx`, or an `_EVT`.
    pub method: NodeId,
    /// How it ended. After an error the event works again the next time.
    pub result: Result<(), EventError>,
}

/// What a doorbell led to. Notifications wait in the host's queue.
#[derive(Debug, Default)]
pub struct Service {
    /// The handlers that ran, in their order.
    pub runs: Vec<Run>,
    /// The fixed power button was pressed.
    pub power_button: bool,
    /// What went wrong outside a handler; the events that could be served were.
    pub errors: Vec<EventError>,
}

/// All doorbells of a machine.
#[derive(Debug)]
pub struct Doorbells {
    fadt: Fadt,
    sci: Option<Line>,
    gpes: Gpes,
    fixed_button: FixedPowerButton,
    geds: Vec<Ged>,
    gpios: Vec<Gpio>,
    button_devices: Vec<NodeId>,
}

impl Doorbells {
    /// Finds the doorbells. To be called once the namespace is initialised.
    ///
    /// What is wrong with one of them is returned beside the others.
    pub fn discover<M: Machine>(
        fadt: &Fadt,
        madt: Option<&Madt<'_>>,
        aml: &mut Interpreter,
        host: &mut EventHost<M>,
    ) -> (Self, Vec<EventError>) {
        let mut problems = Vec::new();
        let fixed = !fadt.flags.hardware_reduced();
        let gpes = if fixed {
            Gpes::discover(fadt, aml, &mut problems)
        } else {
            Gpes::default()
        };
        let mut doorbells = Self {
            fadt: *fadt,
            sci: fixed.then(|| sci_line(fadt, madt)),
            gpes,
            fixed_button: FixedPowerButton::discover(fadt),
            geds: Vec::new(),
            gpios: Vec::new(),
            button_devices: Vec::new(),
        };
        doorbells.find_devices(aml, host, &mut problems);
        (doorbells, problems)
    }

    /// Finds the devices among them in one walk of the namespace.
    fn find_devices<M: Machine>(
        &mut self,
        aml: &mut Interpreter,
        host: &mut EventHost<M>,
        problems: &mut Vec<EventError>,
    ) {
        let ids = [ged::HARDWARE_ID, gpio::HARDWARE_ID, POWER_BUTTON_ID];
        for (device, id) in devices_with_hids(aml, host, &ids, problems) {
            let read = match id {
                ged::HARDWARE_ID => {
                    Ged::read(aml, host, device).map(|found| self.geds.extend(found))
                }
                gpio::HARDWARE_ID => {
                    let found = Gpio::read(aml, host, device, problems);
                    found.map(|found| self.gpios.extend(found))
                }
                _ => {
                    self.button_devices.push(device);
                    Ok(())
                }
            };
            problems.extend(read.err());
        }
    }

    /// The interrupt lines to wire up. One GSI may appear more than once.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let geds = self.geds.iter().flat_map(|ged| ged.lines.iter().copied());
        let gpios = self
            .gpios
            .iter()
            .flat_map(|gpio| gpio.lines.iter().copied());
        self.sci.into_iter().chain(geds).chain(gpios)
    }

    /// Enters ACPI mode and enables the events that have a handler. To be called when the lines are wired up;
    /// events that are pending already ring at once.
    ///
    /// # Errors
    /// A register cannot be accessed, or the machine does not enter ACPI mode within a second. Generic event
    /// devices need no enabling and work nevertheless.
    pub fn enable<M: Machine>(&self, host: &mut EventHost<M>) -> Result<(), EventError> {
        let gpios = self.gpios.iter().try_for_each(|gpio| gpio.enable(host));
        if self.sci.is_none() {
            return Ok(gpios?);
        }
        enter_acpi_mode(&self.fadt, host)?;
        self.fixed_button.enable(host)?;
        self.gpes.enable(&self.fadt, host)?;
        Ok(gpios?)
    }

    /// Serves the doorbell that rang as `gsi`: runs the handlers of all its pending events. The caller keeps the
    /// line masked meanwhile.
    ///
    /// A GSI that is no doorbell, and one that rang for nothing, give an empty [`Service`].
    pub fn service<M: Machine>(
        &self,
        gsi: u32,
        aml: &mut Interpreter,
        host: &mut EventHost<M>,
    ) -> Service {
        let mut service = Service::default();
        if self.sci.is_some_and(|sci| sci.gsi == gsi) {
            match self.fixed_button.take(host) {
                Ok(pressed) => service.power_button = pressed,
                Err(error) => service.errors.push(error.into()),
            }
            self.gpes.service(aml, host, &mut service);
        }
        for ged in &self.geds {
            ged.service(gsi, aml, host, &mut service.runs);
        }
        for gpio in &self.gpios {
            gpio.service(gsi, aml, host, &mut service);
        }
        service
    }

    /// Runs a handler again that ended in an error: the events that it had not come to yet are still there, but
    /// nothing rings for them a second time.
    pub fn run_again<M: Machine>(
        &self,
        failed: &Run,
        aml: &mut Interpreter,
        host: &mut EventHost<M>,
    ) -> Run {
        let Run { number, method, .. } = *failed;
        let is_told = self.geds.iter().any(|ged| ged.handler == method)
            || self.gpios.iter().any(|gpio| gpio.is_told_the_pin(method));
        let event = [Value::Integer(u64::from(number))];
        let args = if is_told { &event[..] } else { &[] };
        Run {
            number,
            method,
            result: evaluate(aml, host, method, args).map(drop),
        }
    }

    /// Whether a notification says that a power button was pressed.
    pub fn is_power_button(&self, notify: &Notify) -> bool {
        notify.value == POWER_BUTTON_PRESSED && self.button_devices.contains(&notify.node)
    }
}

/// The SCI's line: level-triggered and active low unless the MADT says otherwise (5.2.9, 5.2.12.5).
fn sci_line(fadt: &Fadt, madt: Option<&Madt<'_>>) -> Line {
    let isa = u8::try_from(fadt.sci_interrupt).ok();
    let wiring = madt
        .zip(isa)
        .and_then(|(madt, source)| madt.interrupt_override(source));
    Line {
        gsi: wiring.map_or(u32::from(fadt.sci_interrupt), |wiring| wiring.gsi),
        trigger: wiring
            .and_then(|wiring| wiring.flags.trigger())
            .unwrap_or(Trigger::Level),
        polarity: wiring
            .and_then(|wiring| wiring.flags.polarity())
            .unwrap_or(Polarity::Low),
        source: Source::Sci,
    }
}
