//! Generic Timer Description Table (5.2.25): which interrupts the CPUs' timers raise.

use zerocopy::byteorder::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::{Polarity, Signature, Table, TableError, Trigger};

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawGtdt {
    _counter_control: U64,
    _reserved: U32,
    _secure_el1: RawTimer,
    _physical: RawTimer,
    virtual_: RawTimer,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawTimer {
    gsiv: U32,
    flags: U32,
}

const _: () = assert!(size_of::<RawGtdt>() == 36);

/// The interrupt of one of the timers that every CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerInterrupt {
    /// Its GSIV: a PPI.
    pub gsiv: u32,
    /// How it signals.
    pub trigger: Trigger,
    /// Which level it signals by.
    pub polarity: Polarity,
}

/// The interrupts of the timers that the guest uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gtdt {
    /// The EL1 virtual timer's; `None` where its GSIV is 0: there is none.
    pub virtual_timer: Option<TimerInterrupt>,
}

impl Gtdt {
    /// Reads the table.
    ///
    /// # Errors
    /// Another signature, or too short for its first three timers.
    pub fn parse(table: Table<'_>) -> Result<Self, TableError> {
        let (raw, _) = table.expect(Signature::GTDT)?.fixed_part::<RawGtdt>()?;
        Ok(Self {
            virtual_timer: raw.virtual_.decode(),
        })
    }
}

impl RawTimer {
    /// Flags: bit 0 edge, bit 1 active low (table 5.119).
    fn decode(&self) -> Option<TimerInterrupt> {
        let flags = self.flags.get();
        let edge = flags & 1 != 0;
        let low = flags & 2 != 0;
        let gsiv = self.gsiv.get();
        (gsiv != 0).then_some(TimerInterrupt {
            gsiv,
            trigger: if edge { Trigger::Edge } else { Trigger::Level },
            polarity: if low { Polarity::Low } else { Polarity::High },
        })
    }
}
