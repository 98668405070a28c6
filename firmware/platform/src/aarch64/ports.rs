//! Spaces beside memory: this architecture has no I/O ports, and the guest reaches no PCI configuration space.

use hotvcpu_aml::{Access, RegionError};

/// Always [`RegionError::Unsupported`].
pub fn read(_access: Access) -> Result<u64, RegionError> {
    Err(RegionError::Unsupported)
}

/// Always [`RegionError::Unsupported`].
pub fn write(_access: Access, _value: u64) -> Result<(), RegionError> {
    Err(RegionError::Unsupported)
}
