//! The PrimeCell GPIO controller (Arm DDI 0190), as far as it signals events.

const DIRECTION: u64 = 0x400;
const SENSE: u64 = 0x404;
const BOTH_EDGES: u64 = 0x408;
const HIGH_OR_RISING: u64 = 0x40C;
const ENABLE: u64 = 0x410;
const MASKED_STATUS: u64 = 0x418;
const CLEAR: u64 = 0x41C;

/// Length of the registers in bytes.
pub(super) const LENGTH: u64 = 0x1000;

/// One controller.
#[derive(Clone, Debug, Default)]
pub struct Pl061 {
    /// The levels of the pins.
    pub levels: u8,
    direction: u8,
    sense: u8,
    both_edges: u8,
    high_or_rising: u8,
    enabled: u8,
    edges: u8,
}

impl Pl061 {
    /// Somebody drives a pin.
    pub fn drive(&mut self, pin: u8, high: bool) {
        let bit = 1 << pin;
        let was = self.levels & bit != 0;
        self.levels = self.levels & !bit | if high { bit } else { 0 };
        let wanted = self.both_edges & bit != 0 || high == (self.high_or_rising & bit != 0);
        if was != high && wanted && self.sense & bit == 0 {
            self.edges |= bit;
        }
    }

    /// The pins that ring.
    pub fn ringing(&self) -> u8 {
        let active = !(self.levels ^ self.high_or_rising);
        (self.edges & !self.sense | active & self.sense) & self.enabled
    }

    pub(super) fn read(&self, offset: u64) -> u64 {
        u64::from(match offset {
            DIRECTION => self.direction,
            MASKED_STATUS => self.ringing(),
            ENABLE => self.enabled,
            _ => 0,
        })
    }

    pub(super) fn write(&mut self, offset: u64, value: u64) {
        let value = value as u8;
        match offset {
            DIRECTION => self.direction = value,
            SENSE => self.sense = value,
            BOTH_EDGES => self.both_edges = value,
            HIGH_OR_RISING => self.high_or_rising = value,
            ENABLE => self.enabled = value,
            CLEAR => self.edges &= !value,
            _ => {}
        }
    }
}
