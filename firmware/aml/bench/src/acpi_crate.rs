//! The `acpi` crate's interpreter. It panics on AML that it does not support, so every measurement is guarded.

use std::cell::RefCell;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

use acpi::address::{AddressSpace, GenericAddress, MappedGas};
use acpi::aml::namespace::AmlName;
use acpi::aml::{AmlError, Interpreter};
use acpi::registers::{FixedRegisters, Pm1ControlRegisterBlock, Pm1EventRegisterBlock};
use acpi::{Handle, Handler, PciAddress, PhysicalMapping};
use anyhow::{Result, anyhow, bail};

use crate::asl::CALLS;
use crate::median;
use crate::ram::Ram;

/// Length of the header that the crate wants removed (ACPI 6.5, table 5.4).
const HEADER: usize = 36;

/// The median time to load a DSDT into a new interpreter, in µs.
pub fn load(table: &[u8], rounds: usize) -> Result<f64> {
    guarded(|| {
        let times = (0..rounds).map(|_| {
            let host = Ports::new();
            let registers = registers(&host)?;
            let start = Instant::now();
            let interpreter = Interpreter::new(host, revision(table), registers, None);
            load_into(&interpreter, table)?;
            let time = start.elapsed();
            black_box(interpreter);
            Ok(time.as_secs_f64() * 1e6)
        });
        median(times.collect::<Result<_>>()?)
    })
}

/// The median time of a method's evaluation through the API, in µs.
pub fn evaluate(table: &[u8], method: &str, rounds: usize) -> Result<f64> {
    guarded(|| {
        let host = Ports::new();
        let registers = registers(&host)?;
        let interpreter = Interpreter::new(host, revision(table), registers, None);
        load_into(&interpreter, table)?;
        let name = AmlName::from_str(method).map_err(|error| anyhow!("{error:?}"))?;
        let times = (0..rounds).map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS {
                let result = interpreter.evaluate(name.clone(), Vec::new());
                black_box(
                    result.map_err(|error| anyhow!("it does not evaluate {method}: {error:?}"))?,
                );
            }
            Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS))
        });
        median(times.collect::<Result<_>>()?)
    })
}

/// Makes a panic an error.
fn guarded<T>(measure: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(measure)).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
        bail!("it panicked: {}", text.unwrap_or_default())
    })
}

fn revision(table: &[u8]) -> u8 {
    table.get(8).copied().unwrap_or_default()
}

fn load_into(interpreter: &Interpreter<Ports>, table: &[u8]) -> Result<()> {
    let aml = table.get(HEADER..).unwrap_or_default();
    interpreter
        .load_table(aml)
        .map_err(|error| anyhow!("it does not load the table: {error:?}"))
}

/// The fixed registers that the crate wants; nothing measured touches them.
#[expect(clippy::arc_with_non_send_sync)] // The crate wants an Arc, and there is one thread.
fn registers(host: &Ports) -> Result<Arc<FixedRegisters<Ports>>> {
    let port = |address| {
        let register = GenericAddress {
            address_space: AddressSpace::SystemIo,
            bit_width: 16,
            bit_offset: 0,
            access_size: 2,
            address,
        };
        // SAFETY: an I/O port of `Ports`, whose accesses are safe; only memory would be mapped.
        unsafe { MappedGas::map_gas(register, host) }.map_err(|error| anyhow!("{error:?}"))
    };
    Ok(Arc::new(FixedRegisters {
        pm1_event_registers: Pm1EventRegisterBlock {
            pm1_event_length: 4,
            pm1a: port(0x600)?,
            pm1b: None,
        },
        pm1_control_registers: Pm1ControlRegisterBlock {
            pm1a: port(0x604)?,
            pm1b: None,
        },
    }))
}

/// The same ports as behind the project's interpreter.
#[derive(Clone)]
struct Ports(Rc<RefCell<Ram>>);

impl Ports {
    fn new() -> Self {
        Self(Rc::new(RefCell::new(Ram::new())))
    }
}

/// Accesses to I/O ports.
macro_rules! ports {
    ($($read:ident $write:ident $type:ty),*) => {$(
        fn $read(&self, port: u16) -> $type {
            self.0.borrow().port(port.into(), size_of::<$type>()) as $type
        }
        fn $write(&self, port: u16, value: $type) {
            self.0.borrow_mut().set_port(port.into(), size_of::<$type>(), value.into());
        }
    )*};
}

/// Memory and PCI configuration space: there is none.
macro_rules! nothing {
    ($($read:ident $write:ident ($($argument:ty),*) $type:ty),*) => {$(
        fn $read(&self, $(_: $argument),*) -> $type {
            0
        }
        fn $write(&self, $(_: $argument,)* _: $type) {}
    )*};
}

impl Handler for Ports {
    ports!(read_io_u8 write_io_u8 u8, read_io_u16 write_io_u16 u16, read_io_u32 write_io_u32 u32);
    nothing!(
        read_u8 write_u8 (usize) u8, read_u16 write_u16 (usize) u16,
        read_u32 write_u32 (usize) u32, read_u64 write_u64 (usize) u64,
        read_pci_u8 write_pci_u8 (PciAddress, u16) u8, read_pci_u16 write_pci_u16 (PciAddress, u16) u16,
        read_pci_u32 write_pci_u32 (PciAddress, u16) u32
    );

    unsafe fn map_physical_region<T>(&self, _: usize, _: usize) -> PhysicalMapping<Self, T> {
        panic!("there is no memory to map")
    }

    fn unmap_physical_region<T>(_: &PhysicalMapping<Self, T>) {}

    fn nanos_since_boot(&self) -> u64 {
        self.0.borrow().elapsed_ns()
    }

    fn stall(&self, _: u64) {}

    fn sleep(&self, _: u64) {}

    fn create_mutex(&self) -> Handle {
        Handle(0)
    }

    // One thread: every mutex is free, or its own.
    fn acquire(&self, _: Handle, _: u16) -> Result<(), AmlError> {
        Ok(())
    }

    fn release(&self, _: Handle) {}
}
