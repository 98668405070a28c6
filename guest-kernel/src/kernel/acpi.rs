//! ACPI, brought up: the namespace, the doorbells, and the way to power off.

use alloc::vec::Vec;

use hotvcpu_acpi_events::{Doorbells, EventHost, Line, PowerOff, PowerOffError, Source};
use hotvcpu_aml::{Interpreter, Limits};
use hotvcpu_platform::{clock, interrupts};
use hotvcpu_tables::{Polarity, Reset, Table, Tables, Trigger};
use hotvcpu_wire::Phase;

use super::machine::GuestMachine;
use super::records::{Details, error, record};

/// Everything of ACPI that the running kernel needs.
pub struct Acpi {
    pub aml: Interpreter,
    pub host: EventHost<GuestMachine>,
    pub doorbells: Doorbells,
    /// The lines that are wired: the doorbells', and those of devices.
    pub lines: Vec<WiredLine>,
    pub power_off: Option<PowerOff>,
    /// The FADT's reset register.
    pub reset: Option<Reset>,
}

/// A line, as it is wired.
pub struct WiredLine {
    pub gsi: u32,
    pub line: interrupts::Line,
    /// Whether it is a doorbell's; another device may share it.
    pub is_doorbell: bool,
    /// Rings in a row behind which there was nothing.
    vain: u32,
    /// When it may ring again, in ns, while it is held back.
    pub held_until_ns: Option<u64>,
}

impl WiredLine {
    /// Rings in vain, in a row, that make a line count as stuck.
    const STUCK: u32 = 100;
    /// How long a stuck line is held back after each ring: whatever shares it is still heard.
    const HOLD_NS: u64 = 100_000_000;

    /// Lets the line ring again; not at once if there is never anything behind it (`served` is false), because a level
    /// that nobody clears rings without end.
    pub fn rearm(&mut self, served: bool) {
        self.vain = if served {
            0
        } else {
            self.vain.saturating_add(1)
        };
        if self.vain < Self::STUCK {
            self.line.rearm();
            return;
        }
        if self.vain == Self::STUCK {
            let gsi = self.gsi;
            error(&format_args!(
                "GSI {gsi} rings without end and for nothing; it is held back from now on"
            ));
        }
        self.held_until_ns = Some(clock::now_ns() + Self::HOLD_NS);
    }

    /// Lets a line that was held back for long enough ring again.
    pub fn end_hold(&mut self) {
        if self
            .held_until_ns
            .is_some_and(|until_ns| until_ns <= clock::now_ns())
        {
            self.held_until_ns = None;
            self.line.rearm();
        }
    }
}

/// Loads one table, and reports what of it cannot be used.
fn load(table: &Table<'_>, aml: &mut Interpreter, host: &mut EventHost<GuestMachine>) {
    let signature = table.signature();
    match aml.load_table(table.bytes(), host) {
        Ok(report) => {
            for skipped in &report.skipped {
                error(&format_args!("{signature}: passed over: {skipped}"));
            }
            let more = report.skipped_count - report.skipped.len();
            if more > 0 {
                error(&format_args!(
                    "{signature}: {more} further terms were passed over"
                ));
            }
        }
        Err(problem) => error(&format_args!("{signature}: {problem}")),
    }
}

impl Acpi {
    /// Loads the namespace from `tables`, and finds the doorbells in it. What fails is reported; the rest works.
    pub fn load(tables: &Tables<'_>) -> Self {
        let mut aml = Interpreter::new(Limits::default());
        let mut host = EventHost::new(GuestMachine::new());
        for table in core::iter::once(&tables.dsdt).chain(&tables.ssdts) {
            load(table, &mut aml, &mut host);
        }
        match aml.initialize(&mut host) {
            Ok(report) => {
                for failure in &report.failures {
                    let device = aml.path(failure.node);
                    error(&format_args!(
                        "initialisation of {device}, {:?}: {}",
                        failure.step, failure.error
                    ));
                }
            }
            Err(problem) => error(&format_args!("initialisation: {problem}")),
        }
        let objects = aml.object_count() as u64;
        record(Phase::Namespace, Details::value(objects));
        let (doorbells, problems) =
            Doorbells::discover(&tables.fadt, tables.madt.as_ref(), &mut aml, &mut host);
        for problem in problems {
            error(&problem);
        }
        let power_off = PowerOff::prepare(&tables.fadt, &mut aml, &mut host);
        let power_off = match power_off {
            Ok(power_off) => Some(power_off),
            // The machine goes off by its firmware then.
            Err(PowerOffError::NoS5) => None,
            Err(problem) => {
                error(&format_args!("no power-off by ACPI: {problem}"));
                None
            }
        };
        Self {
            aml,
            host,
            doorbells,
            lines: Vec::new(),
            power_off,
            reset: tables.fadt.reset,
        }
    }

    /// Wires the doorbells' lines and enables what is behind them; from here on they ring.
    pub fn arm(&mut self) {
        let doorbells: Vec<_> = self.doorbells.lines().collect();
        for line in doorbells {
            if !self.wire(line) {
                error(&format_args!(
                    "GSI {} of a doorbell cannot be wired",
                    line.gsi
                ));
            }
        }
        if let Err(problem) = self.doorbells.enable(&mut self.host) {
            error(&format_args!("the doorbells cannot be enabled: {problem}"));
        }
    }

    /// Wires a line, unless another device has it wired already. False: it cannot be.
    pub fn wire(&mut self, line: Line) -> bool {
        if self.lines.iter().any(|wired| wired.gsi == line.gsi) {
            return true;
        }
        let level = line.trigger == Trigger::Level;
        let wired = interrupts::wire(line.gsi, level, line.polarity == Polarity::Low);
        self.lines.extend(wired.map(|wired| WiredLine {
            gsi: line.gsi,
            line: wired,
            is_doorbell: line.source != Source::Device,
            vain: 0,
            held_until_ns: None,
        }));
        wired.is_some()
    }
}
