//! What differs between the generations of the protocol, as the host side sees it.
use core::fmt;
use core::str::FromStr;

/// A generation of the aarch64 CPU hotplug protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// openEuler before 24.03: a free slot is absent, a CPU brings its identity along in `_MAT`, and nothing can be
    /// removed.
    Old,
    /// openEuler from 24.03 on: every slot is present, a free one is not enabled, identities stand in the MADT.
    New,
    /// The same in the form of the upstream proposal, version 5: every CPU but the first is marked as online
    /// capable, and the scan hangs off the GED.
    Rfc,
}

impl Generation {
    /// Whether free slots are present and the register block has the bit that says so.
    pub fn has_present_bit(self) -> bool {
        self != Self::Old
    }

    /// Whether a CPU brings its identity along, in `_MAT`.
    pub fn has_mat(self) -> bool {
        self == Self::Old
    }

    /// Whether the host lets CPUs be removed.
    pub fn can_unplug(self) -> bool {
        self != Self::Old
    }

    /// Flags of a slot's GICC entry in the MADT (ACPI 6.5, 5.2.12.14): 1 enabled, 8 online capable.
    pub fn gicc_flags(self, slot: u32, plugged: bool) -> u32 {
        match (self, plugged) {
            (Self::Old | Self::New, true) => 1,
            (Self::Old, false) => 0,
            (Self::New, false) => 8,
            (Self::Rfc, _) if slot == 0 => 1,
            (Self::Rfc, _) => 8,
        }
    }

    /// What PSCI_VERSION answers: the major version in the upper half.
    pub fn psci_version(self) -> u32 {
        match self {
            Self::Old => 0x0000_0002,
            Self::New | Self::Rfc => 0x0001_0001,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::Rfc => "rfc",
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown generation: use old, new or rfc")]
pub struct UnknownGeneration;

impl FromStr for Generation {
    type Err = UnknownGeneration;

    fn from_str(word: &str) -> Result<Self, UnknownGeneration> {
        [Self::Old, Self::New, Self::Rfc]
            .into_iter()
            .find(|generation| generation.name() == word)
            .ok_or(UnknownGeneration)
    }
}
