//! A machine as the AML of QEMU and its relatives sees it: the CPU hotplug register block, the GED's selector, and
//! plain memory, ports and PCI configuration space for everything else.

use std::collections::HashMap;

use hotvcpu_aml::{
    Access, Direction, Host, NodeId, PciFunction, Protocol, RegionAccess, RegionError, RegionSpace,
    TableQuery, Transfer,
};

const ENABLED: u8 = 1;
const INSERT: u8 = 1 << 1;
const REMOVE: u8 = 1 << 2;
const EJECT: u8 = 1 << 3;
const PRESENT: u8 = 1 << 5;

/// One CPU slot of the register block.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Slot {
    pub enabled: bool,
    pub inserting: bool,
    pub removing: bool,
    /// How often the guest ejected it.
    pub ejected: u32,
    pub ost_event: u32,
    pub ost_status: u32,
}

/// The register block (12 bytes), as QEMU 2.7 and everything derived from it has it.
#[derive(Clone, Debug)]
pub struct CpuBlock {
    pub space: RegionSpace,
    pub base: u64,
    pub slots: Vec<Slot>,
    pub selector: u32,
    command: u8,
    /// x86 up to QEMU 9: a bitmap of present CPUs until the first dword is written with 0.
    pub legacy: bool,
    /// The new ARM generation says in bit 5 that a slot's CPU is present though not enabled.
    pub reports_present: bool,
}

impl CpuBlock {
    pub fn new(space: RegionSpace, base: u64, slots: usize, plugged: usize) -> Self {
        let mut block = Self {
            space,
            base,
            slots: vec![Slot::default(); slots],
            selector: 0,
            command: 0,
            legacy: false,
            reports_present: false,
        };
        for slot in &mut block.slots[..plugged] {
            slot.enabled = true;
        }
        block
    }

    /// device_add: the CPU is there, and the guest has to be told.
    pub fn plug(&mut self, cpu: usize) {
        self.slots[cpu].enabled = true;
        self.slots[cpu].inserting = true;
    }

    /// device_del: the guest is asked.
    pub fn unplug(&mut self, cpu: usize) {
        self.slots[cpu].removing = true;
    }

    pub fn pending(&self) -> bool {
        self.slots
            .iter()
            .any(|slot| slot.inserting || slot.removing)
    }

    fn flags(&self) -> u8 {
        let Some(slot) = self.slots.get(self.selector as usize) else {
            return 0;
        };
        [
            (slot.enabled, ENABLED),
            (slot.inserting, INSERT),
            (slot.removing, REMOVE),
            (self.reports_present, PRESENT),
        ]
        .into_iter()
        .filter_map(|(set, flag)| set.then_some(flag))
        .sum()
    }

    fn read(&self, offset: u64, size: usize) -> Option<u64> {
        if self.legacy {
            let bits = (0..8).map(|bit| {
                let slot = self.slots.get(offset as usize * 8 + bit);
                u64::from(slot.is_some_and(|slot| slot.enabled)) << bit
            });
            return Some(bits.sum());
        }
        match (offset, size) {
            (0, 4) => Some(0),
            (4, 1) => Some(self.flags().into()),
            (8, 4) if self.command == 0 => Some(self.selector.into()),
            (8, 4) => Some(0),
            _ => None,
        }
    }

    fn write(&mut self, offset: u64, size: usize, value: u64) -> Option<()> {
        if self.legacy {
            if offset == 0 && value == 0 {
                self.legacy = false;
            }
            return Some(());
        }
        match (offset, size) {
            (0, 4) => self.selector = value as u32,
            (4, 1) => self.write_flags(value as u8),
            (5, 1) => self.run_command(value as u8),
            (8, 4) => self.write_data(value as u32),
            _ => return None,
        }
        Some(())
    }

    /// One write does one thing: clear the insert event, or the remove event, or eject.
    fn write_flags(&mut self, value: u8) {
        let boot_cpu = self.selector == 0;
        let Some(slot) = self.slots.get_mut(self.selector as usize) else {
            return;
        };
        if value & INSERT != 0 {
            slot.inserting = false;
        } else if value & REMOVE != 0 {
            slot.removing = false;
        } else if value & EJECT != 0 && slot.enabled && !boot_cpu {
            slot.enabled = false;
            slot.ejected += 1;
        }
    }

    fn run_command(&mut self, command: u8) {
        self.command = command;
        if command != 0 {
            return;
        }
        let count = self.slots.len();
        let start = self.selector as usize;
        let next = (0..count)
            .map(|step| (start + step) % count)
            .find(|cpu| self.slots[*cpu].inserting || self.slots[*cpu].removing);
        if let Some(next) = next {
            self.selector = next as u32;
        }
    }

    fn write_data(&mut self, value: u32) {
        if let Some(slot) = self.slots.get_mut(self.selector as usize) {
            match self.command {
                1 => slot.ost_event = value,
                2 => slot.ost_status = value,
                _ => {}
            }
        }
    }
}

/// What stands behind one byte that the machine has no device for.
type Location = (u8, Option<(u8, u8, u8)>, u64);

/// One transfer as the machine saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BusTransfer {
    pub direction: Direction,
    pub address: u64,
    pub command: u64,
    pub protocol: Protocol,
    pub connection: Option<Vec<u8>>,
    pub sent: Vec<u8>,
}

/// A host whose every address answers, and which remembers what it was told.
#[derive(Default)]
pub struct Machine {
    pub cpus: Option<CpuBlock>,
    /// The address and the value of the GED's selector; reading clears it.
    pub ged: Option<(u64, u32)>,
    pub notified: Vec<(NodeId, u64)>,
    pub debugged: Vec<String>,
    pub fatal: Option<(u8, u32, u64)>,
    pub slept_ms: u64,
    pub accesses: usize,
    /// What the firmware lists, for LoadTable.
    pub tables: Vec<Vec<u8>>,
    /// Refuses one access, after so many others.
    pub fail_access_in: Option<usize>,
    /// What went over buses: which way, address, command, protocol, connection, the buffer before.
    pub transfers: Vec<BusTransfer>,
    /// Levels of the pins of all connections.
    pub pins: u64,
    clock: u64,
    bytes: HashMap<Location, u8>,
}

impl Machine {
    /// A machine with a register block.
    pub fn with_cpus(cpus: CpuBlock) -> Self {
        Self {
            cpus: Some(cpus),
            ..Self::default()
        }
    }

    /// A machine with a GED whose selector reads `events` once.
    pub fn with_ged(address: u64, events: u32) -> Self {
        Self {
            ged: Some((address, events)),
            ..Self::default()
        }
    }

    pub fn cpus(&mut self) -> &mut CpuBlock {
        self.cpus.as_mut().expect("this machine has CPU slots")
    }

    /// What was notified since the last time.
    pub fn take_notified(&mut self) -> Vec<(NodeId, u64)> {
        std::mem::take(&mut self.notified)
    }

    fn count_access(&mut self) -> Result<(), RegionError> {
        self.accesses += 1;
        match self.fail_access_in.take() {
            Some(0) => Err(RegionError::Failed),
            left => {
                self.fail_access_in = left.map(|left| left - 1);
                Ok(())
            }
        }
    }

    fn cpu_offset(&self, access: Access) -> Option<u64> {
        let block = self.cpus.as_ref()?;
        let offset = access.address.checked_sub(block.base)?;
        (access.space == block.space && offset < 12).then_some(offset)
    }

    fn is_ged(&self, access: Access) -> bool {
        let base = self.ged.map(|(address, _)| address);
        access.space == RegionSpace::SystemMemory && base == Some(access.address)
    }

    /// Sets a byte of the configuration space of a PCI function (bus, device, function).
    pub fn poke_config(&mut self, function: (u8, u8, u8), address: u64, value: u8) {
        let space = RegionSpace::PciConfig.as_u8();
        self.bytes.insert((space, Some(function), address), value);
    }

    pub fn peek_config(&self, function: (u8, u8, u8), address: u64) -> u8 {
        let space = RegionSpace::PciConfig.as_u8();
        let byte = self.bytes.get(&(space, Some(function), address));
        byte.copied().unwrap_or(0)
    }

    fn access_pins(
        &mut self,
        transfer: Transfer<'_>,
        count: u32,
        buffer: &mut [u8],
    ) -> Result<(), RegionError> {
        for pin in 0..count.into() {
            let (byte, bit) = ((pin / 8) as usize, pin % 8);
            let level = 1 << (transfer.command + pin);
            match transfer.direction {
                Direction::Read if self.pins & level != 0 => buffer[byte] |= 1 << bit,
                Direction::Read => {}
                Direction::Write if buffer[byte] & (1 << bit) != 0 => self.pins |= level,
                Direction::Write => self.pins &= !level,
            }
        }
        Ok(())
    }

    fn location(access: Access, byte: usize) -> Location {
        let function = access.pci.map(
            |PciFunction {
                 bus,
                 device,
                 function,
                 ..
             }| (bus, device, function),
        );
        (
            access.space.as_u8(),
            function,
            access.address.wrapping_add(byte as u64),
        )
    }
}

impl RegionAccess for Machine {
    fn read(&mut self, access: Access) -> Result<u64, RegionError> {
        self.count_access()?;
        let size = access.width.bytes();
        if let Some(offset) = self.cpu_offset(access) {
            let value = self.cpus().read(offset, size);
            return value.ok_or(RegionError::NoDevice);
        }
        if self.is_ged(access) {
            let (_, events) = self.ged.as_mut().expect("just seen");
            return Ok(std::mem::take(events).into());
        }
        let bytes = (0..size).map(|byte| {
            let value = self.bytes.get(&Self::location(access, byte));
            u64::from(*value.unwrap_or(&0)) << (8 * byte)
        });
        Ok(bytes.sum())
    }

    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError> {
        self.count_access()?;
        let size = access.width.bytes();
        if let Some(offset) = self.cpu_offset(access) {
            let done = self.cpus().write(offset, size, value);
            return done.ok_or(RegionError::NoDevice);
        }
        for (byte, value) in value.to_le_bytes().into_iter().take(size).enumerate() {
            self.bytes.insert(Self::location(access, byte), value);
        }
        Ok(())
    }

    /// Every device on a bus answers as acpiexec's do: success, and data that count up from 0xA0; IPMI's answer counts
    /// from 4 behind its completion code.
    fn transfer(&mut self, transfer: Transfer<'_>, buffer: &mut [u8]) -> Result<(), RegionError> {
        self.count_access()?;
        self.transfers.push(BusTransfer {
            direction: transfer.direction,
            address: transfer.address,
            command: transfer.command,
            protocol: transfer.protocol,
            connection: transfer.connection.map(Into::into),
            sent: buffer.to_vec(),
        });
        let whole = buffer.len() - 2.min(buffer.len());
        let (length, filled) = match transfer.protocol {
            Protocol::Pins(count) => return self.access_pins(transfer, count, buffer),
            Protocol::Message => {
                for (value, byte) in (0..).zip(buffer.iter_mut()) {
                    *byte = value;
                }
                buffer[..4].copy_from_slice(&[0, 64, 0, 0]);
                return Ok(());
            }
            Protocol::Quick => (0, 0),
            Protocol::SendReceive | Protocol::Byte => (1, 1),
            Protocol::Word | Protocol::ProcessCall => (2, 2),
            _ => (32, whole),
        };
        buffer[..2].copy_from_slice(&[0, length]);
        for (value, byte) in (0..filled).zip(&mut buffer[2..]) {
            *byte = 0xA0u8.wrapping_add(value as u8);
        }
        Ok(())
    }
}

impl Host for Machine {
    fn notify(&mut self, node: NodeId, value: u64) {
        self.notified.push((node, value));
    }

    fn timer_100ns(&mut self) -> u64 {
        self.clock += 10;
        self.clock
    }

    fn sleep_ms(&mut self, ms: u64) {
        self.slept_ms += ms;
        self.clock += ms * 10_000;
    }

    fn stall_us(&mut self, us: u64) {
        self.clock += us * 10;
    }

    fn debug(&mut self, text: &str) {
        self.debugged.push(text.into());
    }

    fn find_table(&mut self, query: TableQuery<'_>) -> Option<Vec<u8>> {
        let listed = self.tables.iter().find(|table| query.matches(table));
        listed.cloned()
    }

    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        self.fatal = Some((kind, code, arg));
    }
}
