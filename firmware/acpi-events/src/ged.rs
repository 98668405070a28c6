//! Generic event devices (5.6.9): interrupts of their own in `_CRS`, one method `_EVT` that is told which it was.

use alloc::vec::Vec;

use hotvcpu_aml::{Host, Interpreter, NodeId, Value};

use crate::lines::{current_resources, interrupts};
use crate::namespace::{evaluate, is_present};
use crate::{EventError, Line, Run, Source};

/// The `_HID` of a generic event device.
pub(crate) const HARDWARE_ID: &str = "ACPI0013";

/// One generic event device.
#[derive(Debug)]
pub(crate) struct Ged {
    pub handler: NodeId,
    pub lines: Vec<Line>,
}

impl Ged {
    /// Reads one device; `None` if it is not present.
    pub fn read<H: Host>(
        aml: &mut Interpreter,
        host: &mut H,
        device: NodeId,
    ) -> Result<Option<Self>, EventError> {
        if !is_present(aml, host, device)? {
            return Ok(None);
        }
        let lines = interrupts(&current_resources(aml, host, device)?, Source::Ged);
        let incomplete = |missing| EventError::IncompleteGed {
            path: aml.path(device),
            missing,
        };
        if lines.is_empty() {
            return Err(incomplete("interrupt in its _CRS"));
        }
        let handler = aml
            .child(device, "_EVT")
            .ok_or_else(|| incomplete("_EVT"))?;
        Ok(Some(Self { handler, lines }))
    }

    /// Tells the device that `gsi` rang, if that is one of its interrupts.
    pub fn service<H: Host>(
        &self,
        gsi: u32,
        aml: &mut Interpreter,
        host: &mut H,
        runs: &mut Vec<Run>,
    ) {
        if self.lines.iter().any(|line| line.gsi == gsi) {
            let result = evaluate(aml, host, self.handler, &[Value::Integer(u64::from(gsi))]);
            runs.push(Run {
                number: gsi,
                method: self.handler,
                result: result.map(drop),
            });
        }
    }
}
