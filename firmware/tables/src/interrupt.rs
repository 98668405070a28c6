//! How an interrupt line signals: trigger mode and polarity, as the MADT, the FADT and resource descriptors give it.

/// How a line asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// By a change of level.
    Edge,
    /// By a level, until it is served.
    Level,
}

/// Which level asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Polarity {
    /// The high level, or the rising edge.
    High,
    /// The low level, or the falling edge.
    Low,
}

/// The MPS INTI flags of a MADT entry (5.2.12.5). A field that is 0 means "as its bus does".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InterruptFlags(pub u16);

impl InterruptFlags {
    /// The polarity; `None` if it conforms to its bus, or is reserved.
    pub fn polarity(self) -> Option<Polarity> {
        match self.0 & 0b11 {
            0b01 => Some(Polarity::High),
            0b11 => Some(Polarity::Low),
            _ => None,
        }
    }

    /// The trigger mode; `None` if it conforms to its bus, or is reserved.
    pub fn trigger(self) -> Option<Trigger> {
        match (self.0 >> 2) & 0b11 {
            0b01 => Some(Trigger::Edge),
            0b11 => Some(Trigger::Level),
            _ => None,
        }
    }
}
