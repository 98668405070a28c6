//! The simulated platform: memory behind every region and command of a bus, a clock that runs only when somebody looks or waits.

use std::collections::HashMap;

use hotvcpu_aml::{
    Access, Direction, Host, NodeId, PciFunction, Protocol, RegionAccess, RegionError, RegionSpace,
    TableQuery, Transfer,
};

use crate::args::Regions;

/// Where one byte lies: the space, the PCI function if it has one, the address.
type Location = (u8, Option<PciFunction>, u64);

/// What a command of a bus goes to: the space, the address, the command, the connection.
type Device = (u8, u64, u64, Option<Vec<u8>>);

pub struct SimulatedHost {
    regions: Regions,
    tables: Vec<Vec<u8>>,
    bytes: HashMap<Location, u8>,
    /// What was last sent to each command.
    sent: HashMap<Device, Vec<u8>>,
    clock: u64,
    /// What AML notified.
    pub notified: Vec<(NodeId, u64)>,
}

impl SimulatedHost {
    /// A platform that lists `tables` for LoadTable.
    pub fn new(regions: Regions, tables: Vec<Vec<u8>>) -> Self {
        Self {
            regions,
            tables,
            bytes: HashMap::new(),
            sent: HashMap::new(),
            clock: 0,
            notified: Vec::new(),
        }
    }

    fn log(&self, what: &str, access: Access, value: u64) {
        if self.regions == Regions::Log {
            let digits = access.width.bytes() * 2;
            println!(
                "{what} {:?} {:#X} {:?} 0x{value:0digits$X}",
                access.space, access.address, access.width
            );
        }
    }
}

fn location(access: Access, byte: u64) -> Location {
    let address = access.address.wrapping_add(byte);
    (access.space.as_u8(), access.pci, address)
}

impl RegionAccess for SimulatedHost {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        let value = (0..access.width.bytes() as u64).fold(0, |value, byte| {
            let stored = self.bytes.get(&location(access, byte));
            value | (u64::from(stored.copied().unwrap_or(0)) << (8 * byte))
        });
        self.log("Read", access, value);
        Ok(value)
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        self.log("Write", access, value);
        for (byte, stored) in (0..access.width.bytes() as u64).zip(value.to_le_bytes()) {
            self.bytes.insert(location(access, byte), stored);
        }
        Ok(())
    }

    /// Each command of each device gives back what was last sent to it, with the status 0 (success).
    fn transfer(&mut self, transfer: Transfer<'_>, buffer: &mut [u8]) -> Result<(), RegionError> {
        if self.regions == Regions::Log {
            println!(
                "{:?} {:?} {:#X} command {:#X} {:?} {buffer:02X?}",
                transfer.direction,
                transfer.space,
                transfer.address,
                transfer.command,
                transfer.protocol
            );
        }
        let device = (
            transfer.space.as_u8(),
            transfer.address,
            transfer.command,
            transfer.connection.map(Into::into),
        );
        match (transfer.direction, self.sent.get(&device)) {
            (Direction::Read, Some(sent)) => {
                for (to, from) in buffer.iter_mut().zip(sent) {
                    *to = *from;
                }
            }
            (Direction::Read, None) => {}
            (Direction::Write, _) => {
                self.sent.insert(device, buffer.to_vec());
            }
        }
        if let ([status, ..], false) = (buffer, matches!(transfer.protocol, Protocol::Pins(_))) {
            *status = 0;
        }
        Ok(())
    }
}

impl Host for SimulatedHost {
    fn notify(&mut self, node: NodeId, value: u64) {
        self.notified.push((node, value));
    }

    fn timer_100ns(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn sleep_ms(&mut self, ms: u64) {
        self.clock = self.clock.saturating_add(ms.saturating_mul(10_000));
    }

    fn stall_us(&mut self, us: u64) {
        self.clock = self.clock.saturating_add(us.saturating_mul(10));
    }

    fn debug(&mut self, text: &str) {
        println!("Debug {text}");
    }

    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        eprintln!("amlrun: Fatal {kind:#X} {code:#X} {arg:#X}");
    }

    fn find_table(&mut self, query: TableQuery<'_>) -> Option<Vec<u8>> {
        self.tables
            .iter()
            .find(|table| query.matches(table))
            .cloned()
    }

    fn serves(&mut self, _space: RegionSpace) -> bool {
        true
    }
}
