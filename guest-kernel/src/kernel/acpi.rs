//! ACPI, brought up: the namespace, the doorbells, and the way to power off.

use alloc::format;
use alloc::vec::Vec;

use hotvcpu_acpi_events::{Doorbells, EventHost, PowerOff};
use hotvcpu_aml::{Interpreter, Limits};
use hotvcpu_platform::interrupts;
use hotvcpu_tables::{Polarity, Tables, Trigger};
use hotvcpu_wire::Phase;

use super::machine::GuestMachine;
use super::records::{Details, error, record};

/// Everything of ACPI that the running kernel needs.
pub struct Acpi {
    pub aml: Interpreter,
    pub host: EventHost<GuestMachine>,
    pub doorbells: Doorbells,
    /// The doorbells' lines as they are wired, with their GSIs.
    pub lines: Vec<(u32, interrupts::Line)>,
    pub power_off: Option<PowerOff>,
}

impl Acpi {
    /// Loads the namespace from `tables`, and finds the doorbells in it. What fails is reported; the rest works.
    pub fn load(tables: &Tables<'_>) -> Self {
        let mut aml = Interpreter::new(Limits::default());
        let mut host = EventHost::new(GuestMachine::new());
        for table in core::iter::once(&tables.dsdt).chain(&tables.ssdts) {
            if let Err(problem) = aml.load_table(table.bytes(), &mut host) {
                error(&format!("{}: {problem}", table.signature()));
            }
        }
        match aml.initialize(&mut host) {
            Ok(report) => {
                for failure in &report.failures {
                    let device = aml.path(failure.node);
                    error(&format!(
                        "initialisation of {device}, {:?}: {}",
                        failure.step, failure.error
                    ));
                }
            }
            Err(problem) => error(&format!("initialisation: {problem}")),
        }
        let objects = aml.object_count() as u64;
        record(
            Phase::Namespace,
            Details {
                value: Some(objects),
                ..Details::default()
            },
        );
        let (doorbells, problems) =
            Doorbells::discover(&tables.fadt, tables.madt.as_ref(), &mut aml, &mut host);
        for problem in problems {
            error(&format!("{problem}"));
        }
        let power_off = PowerOff::prepare(&tables.fadt, &mut aml, &mut host);
        let power_off = power_off
            .map_err(|problem| error(&format!("no power-off by ACPI: {problem}")))
            .ok();
        Self {
            aml,
            host,
            doorbells,
            lines: Vec::new(),
            power_off,
        }
    }

    /// Wires the doorbells' lines and enables what is behind them; from here on they ring.
    pub fn arm(&mut self) {
        for line in self.doorbells.lines() {
            if self.lines.iter().any(|(gsi, _)| *gsi == line.gsi) {
                continue;
            }
            let level = line.trigger == Trigger::Level;
            match interrupts::wire(line.gsi, level, line.polarity == Polarity::Low) {
                Some(wired) => self.lines.push((line.gsi, wired)),
                None => error(&format!("GSI {} of a doorbell is on no I/O APIC", line.gsi)),
            }
        }
        if let Err(problem) = self.doorbells.enable(&mut self.host) {
            error(&format!("the doorbells cannot be enabled: {problem}"));
        }
    }
}
