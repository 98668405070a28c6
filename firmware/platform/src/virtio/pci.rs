//! virtio consoles among the functions of a PCI bus, and of the buses behind it.
//!
//! Firmware has numbered the buses and given out the addresses (every x86 machine of QEMU's with PCI starts a BIOS). It
//! is not trusted to have done it well: no bus is walked twice, however many bridges claim to lead to it.

use alloc::vec::Vec;

use hotvcpu_aml::PciFunction;

use super::AnyTransport;
use super::pci_transport::PciTransport;
use super::serial::{self, SerialPort};
use crate::arch::ports::{read_config, write_config};

// Configuration registers (PCI Local Bus 3.0, 6.1; PCI-to-PCI Bridge Architecture 1.2, 3.2).
const ID: u8 = 0x00;
const COMMAND: u8 = 0x04;
const HEADER: u8 = 0x0C;
const BUSES: u8 = 0x18;
const INTERRUPT: u8 = 0x3C;

/// No function has this vendor.
const NOBODY: u16 = 0xFFFF;
/// The header type register, in the third byte of its dword.
const MULTI_FUNCTION: u32 = 1 << 23;
const HEADER_TYPE: u32 = 0x7F << 16;
const BRIDGE: u32 = 1 << 16;

// Bits of the command register.
const MEMORY_SPACE: u32 = 1 << 1;
const BUS_MASTER: u32 = 1 << 2;
const INTERRUPT_DISABLE: u32 = 1 << 10;

/// virtio's vendor, and a console's device numbers: transitional, and of virtio 1.0 on (virtio 1.2, 4.1.2).
const VIRTIO: u16 = 0x1AF4;
const CONSOLES: [u16; 2] = [0x1003, 0x1043];

/// Bridges on the way to a function, at the most: the walk is on a small stack.
const DEEPEST: usize = 16;

/// A virtio console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    /// The bridges on the way from the root bus, then the console itself.
    pub path: Vec<PciFunction>,
    /// Its interrupt pin, 0 for INTA; `None`: it has none.
    pub pin: Option<u8>,
}

/// All virtio consoles on this bus and behind its bridges.
pub fn consoles(bus: u8) -> Vec<Console> {
    let mut found = Vec::new();
    walk(bus, &mut Vec::new(), &mut [false; 256], &mut found);
    found
}

fn walk(bus: u8, above: &mut Vec<PciFunction>, walked: &mut [bool; 256], found: &mut Vec<Console>) {
    if above.len() > DEEPEST || core::mem::replace(&mut walked[usize::from(bus)], true) {
        return;
    }
    for function in functions(bus) {
        above.push(function);
        if is_console(function) {
            let pin = (read_config(function, INTERRUPT) >> 8) as u8;
            found.push(Console {
                path: above.clone(),
                pin: pin.checked_sub(1).filter(|pin| *pin < 4),
            });
        } else if read_config(function, HEADER) & HEADER_TYPE == BRIDGE {
            let behind = (read_config(function, BUSES) >> 8) as u8;
            walk(behind, above, walked, found);
        }
        above.pop();
    }
}

/// The functions on a bus that answer.
fn functions(bus: u8) -> impl Iterator<Item = PciFunction> {
    let at = move |device, function| PciFunction {
        segment: 0,
        bus,
        device,
        function,
    };
    let answers = |function: &PciFunction| read_config(*function, ID) as u16 != NOBODY;
    (0..32)
        .filter(move |device| answers(&at(*device, 0)))
        .flat_map(move |device| {
            let several = read_config(at(device, 0), HEADER) & MULTI_FUNCTION != 0;
            let count = if several { 8 } else { 1 };
            (0..count).map(move |function| at(device, function))
        })
        .filter(answers)
}

fn is_console(function: PciFunction) -> bool {
    let id = read_config(function, ID);
    id as u16 == VIRTIO && CONSOLES.contains(&((id >> 16) as u16))
}

/// Looks for the port called `name` on this console. `None`: it is none with several ports, or cannot be used.
pub fn open_port(console: &Console, name: &'static str) -> Option<SerialPort> {
    let function = console.path.last()?;
    let transport = PciTransport::open(*function)?;
    for hop in &console.path {
        let command = read_config(*hop, COMMAND) as u16;
        let wanted = (u32::from(command) | MEMORY_SPACE | BUS_MASTER) & !INTERRUPT_DISABLE;
        write_config(*hop, COMMAND, wanted);
    }
    serial::open(AnyTransport::Pci(transport), name)
}
