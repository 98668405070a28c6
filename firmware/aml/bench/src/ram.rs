//! What stands behind the operation regions while interpreters are compared: ports that keep what is written, as
//! acpiexec has them. As little as possible, because it counts in the interpreters' times.

use std::time::Instant;

use hotvcpu_aml::{Access, Host, NodeId, RegionAccess, RegionError, RegionSpace};

/// The ports of an x86 machine.
const PORTS: usize = 0x1_0000;

/// The host.
pub struct Ram {
    ports: Vec<u8>,
    start: Instant,
}

impl Ram {
    /// Ports that read 0.
    pub fn new() -> Self {
        Self {
            ports: vec![0; PORTS],
            start: Instant::now(),
        }
    }

    /// Reads `size` bytes; 0 beyond the last port.
    pub fn port(&self, port: u64, size: usize) -> u64 {
        let bytes = usize::try_from(port)
            .ok()
            .and_then(|port| self.ports.get(port..))
            .unwrap_or(&[]);
        let bytes = bytes.iter().take(size).rev();
        bytes.fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// Writes `size` bytes.
    pub fn set_port(&mut self, port: u64, size: usize, value: u64) {
        let bytes = usize::try_from(port)
            .ok()
            .and_then(|port| self.ports.get_mut(port..));
        let bytes = bytes.into_iter().flatten().take(size);
        bytes
            .zip(value.to_le_bytes())
            .for_each(|(byte, value)| *byte = value);
    }

    /// The time since it was made, in ns.
    pub fn elapsed_ns(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl RegionAccess for Ram {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        match access.space {
            RegionSpace::SystemIo => Ok(self.port(access.address, access.width.bytes())),
            _ => Err(RegionError::Unsupported),
        }
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        match access.space {
            RegionSpace::SystemIo => self.set_port(access.address, access.width.bytes(), value),
            _ => return Err(RegionError::Unsupported),
        }
        Ok(())
    }
}

impl Host for Ram {
    fn notify(&mut self, _: NodeId, _: u64) {}

    fn timer_100ns(&mut self) -> u64 {
        self.elapsed_ns() / 100
    }

    fn sleep_ms(&mut self, _: u64) {}

    fn stall_us(&mut self, _: u64) {}
}
