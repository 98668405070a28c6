//! The interrupts of a device, as lines to wire up.

use alloc::vec::Vec;

use hotvcpu_aml::resources::{self, Resource};
use hotvcpu_tables::{Polarity, Trigger};

use crate::{Line, Source};

/// The interrupts among a device's resources.
pub(crate) fn lines(resources: &[Resource], source: Source) -> Vec<Line> {
    let mut lines = Vec::new();
    for resource in resources {
        if let Resource::ExtendedInterrupt(interrupts) = resource {
            let trigger = match interrupts.trigger {
                resources::Trigger::Edge => Trigger::Edge,
                resources::Trigger::Level => Trigger::Level,
            };
            let polarity = match interrupts.polarity {
                resources::Polarity::Low => Polarity::Low,
                resources::Polarity::High | resources::Polarity::Both => Polarity::High,
            };
            let line = |gsi: &u32| Line {
                gsi: *gsi,
                trigger,
                polarity,
                source,
            };
            lines.extend(interrupts.gsis.iter().map(line));
        }
    }
    lines
}
