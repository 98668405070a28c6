//! Interrupt lines as resource templates name them.

use alloc::vec::Vec;

use hotvcpu_aml::resources::{self, Irq, Resource};
use hotvcpu_aml::{Host, Interpreter, NodeId, Value};
use hotvcpu_tables::{Polarity, Trigger};

use crate::namespace::{evaluate_child, wrong_type};
use crate::{EventError, Line, Source};

/// The resources in `device`'s `_CRS`; none if it has no such child.
pub(crate) fn current_resources<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
) -> Result<Vec<Resource>, EventError> {
    resources_child(aml, host, device, "_CRS")
}

/// The resources that `device`'s child `name` lists; none if it has no such child.
pub(crate) fn resources_child<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
    name: &str,
) -> Result<Vec<Resource>, EventError> {
    let bytes = match evaluate_child(aml, host, device, name)? {
        Some(Value::Buffer(bytes)) => bytes,
        Some(_) => return Err(wrong_type(aml, device, name, "a buffer")),
        None => return Ok(Vec::new()),
    };
    let resources: Result<_, _> = resources::decode(&bytes).collect();
    resources.map_err(|error| EventError::Resources {
        path: aml.path(aml.child(device, name).unwrap_or(device)),
        error,
    })
}

/// The interrupts among `resources`.
pub(crate) fn interrupts(resources: &[Resource], source: Source) -> Vec<Line> {
    let lines = resources.iter().flat_map(|resource| match resource {
        Resource::ExtendedInterrupt(interrupts) => {
            let gsis = interrupts.gsis.iter().copied();
            let (trigger, polarity) = (interrupts.trigger, interrupts.polarity);
            gsis.map(|gsi| line(gsi, trigger, polarity, source))
                .collect()
        }
        Resource::Irq(irq) => legacy(irq, source),
        _ => Vec::new(),
    });
    lines.collect()
}

/// The interrupts of the two 8259s are the same GSIs on machines with I/O APICs (ACPI 6.5, 5.2.12.5, overrides aside).
fn legacy(irq: &Irq, source: Source) -> Vec<Line> {
    let irqs = (0..16).filter(|number| irq.mask & 1 << number != 0);
    irqs.map(|gsi| line(gsi, irq.trigger, irq.polarity, source))
        .collect()
}

fn line(
    gsi: u32,
    trigger: resources::Trigger,
    polarity: resources::Polarity,
    source: Source,
) -> Line {
    Line {
        gsi,
        trigger: match trigger {
            resources::Trigger::Edge => Trigger::Edge,
            resources::Trigger::Level => Trigger::Level,
        },
        polarity: match polarity {
            resources::Polarity::Low => Polarity::Low,
            resources::Polarity::High | resources::Polarity::Both => Polarity::High,
        },
        source,
    }
}
