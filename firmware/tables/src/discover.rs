//! From the root pointer to all the tables that the guest uses.
//!
//! What hotplug cannot do without (the root pointer, a root table, the FADT, the DSDT) is an error when it is
//! unusable. Everything else that is wrong is noted as a [`Problem`] and left out, so that the guest can report
//! it and go on.

use alloc::vec::Vec;

use crate::header::{HEADER_LENGTH, claimed_length};
use crate::{Fadt, Gtdt, Hpet, Madt, RootTable, Rsdp, Signature, Srat, Table, TableError};

/// How many tables of a root table are read. Real machines have some 30; a corrupt root table lists millions.
pub const MAX_TABLES: usize = 256;

/// A bounds-checked view of physical memory, given by the platform.
pub trait PhysicalMemory {
    /// The `length` bytes at physical `address`; `None` unless all of them can be read.
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]>;
}

/// A table that was left out, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Physical address of the table; of the root table for what concerns the whole list.
    pub address: u64,
    /// What is wrong with it.
    pub error: TableError,
}

/// The tables of one machine.
#[derive(Debug)]
pub struct Tables<'m> {
    /// Fixed hardware.
    pub fadt: Fadt,
    /// Interrupt controllers and CPUs.
    pub madt: Option<Madt<'m>>,
    /// NUMA nodes.
    pub srat: Option<Srat<'m>>,
    /// High precision timer.
    pub hpet: Option<Hpet>,
    /// The CPUs' timers, on aarch64.
    pub gtdt: Option<Gtdt>,
    /// The AML that is loaded first.
    pub dsdt: Table<'m>,
    /// The AML that is loaded after it, in this order.
    pub ssdts: Vec<Table<'m>>,
    /// Everything that was left out.
    pub problems: Vec<Problem>,
}

impl<'m> Tables<'m> {
    /// Follows the root pointer at physical address `rsdp`.
    ///
    /// # Errors
    /// The root pointer, the root table, the FADT or the DSDT is missing or unusable.
    pub fn discover<M: PhysicalMemory>(rsdp: u64, memory: &'m M) -> Result<Self, TableError> {
        let rsdp = read_rsdp(rsdp, memory)?;
        let mut found = Found::default();
        let root = found.root(&rsdp, memory)?;
        for address in root.addresses().take(MAX_TABLES) {
            if let Err(error) =
                read_table(address, memory).and_then(|table| found.take(address, table))
            {
                found.problems.push(Problem { address, error });
            }
        }
        found.finish(memory)
    }
}

/// What has been found so far.
#[derive(Default)]
struct Found<'m> {
    fadt: Option<Fadt>,
    madt: Option<Madt<'m>>,
    srat: Option<Srat<'m>>,
    hpet: Option<Hpet>,
    gtdt: Option<Gtdt>,
    ssdts: Vec<Table<'m>>,
    problems: Vec<Problem>,
}

impl<'m> Found<'m> {
    /// The XSDT, or the RSDT where there is no usable XSDT.
    fn root<M: PhysicalMemory>(
        &mut self,
        rsdp: &Rsdp,
        memory: &'m M,
    ) -> Result<RootTable<'m>, TableError> {
        let candidates = [rsdp.xsdt, rsdp.rsdt]
            .into_iter()
            .filter(|address| *address != 0);
        let mut last = TableError::Missing(Signature::RSDT);
        for address in candidates {
            match read_table(address, memory).and_then(RootTable::new) {
                Ok(root) => {
                    if root.len() > MAX_TABLES {
                        let error = TableError::TooManyTables { listed: root.len() };
                        self.problems.push(Problem { address, error });
                    }
                    return Ok(root);
                }
                Err(error) => {
                    self.problems.push(Problem { address, error });
                    last = error;
                }
            }
        }
        Err(last)
    }

    /// Keeps the table at `address` if it is one that the guest uses.
    fn take(&mut self, address: u64, table: Table<'m>) -> Result<(), TableError> {
        match table.signature() {
            Signature::FADT => keep(&mut self.fadt, Fadt::parse(table)?, Signature::FADT),
            Signature::MADT => {
                let madt = Madt::parse(table)?;
                self.note(address, madt.entries().find_map(Result::err));
                keep(&mut self.madt, madt, Signature::MADT)
            }
            Signature::SRAT => {
                let srat = Srat::parse(table)?;
                self.note(address, srat.entries().find_map(Result::err));
                keep(&mut self.srat, srat, Signature::SRAT)
            }
            // Several HPET blocks are allowed, each with a table of its own; one is enough for a clock.
            Signature::HPET if self.hpet.is_some() => Ok(()),
            Signature::HPET => keep(&mut self.hpet, Hpet::parse(table)?, Signature::HPET),
            Signature::GTDT => keep(&mut self.gtdt, Gtdt::parse(table)?, Signature::GTDT),
            Signature::SSDT => {
                self.ssdts.push(table);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes what is wrong inside a table that is used as far as it goes.
    fn note(&mut self, address: u64, error: Option<TableError>) {
        self.problems
            .extend(error.map(|error| Problem { address, error }));
    }

    /// Adds the DSDT, without which there is nothing to do.
    fn finish<M: PhysicalMemory>(self, memory: &'m M) -> Result<Tables<'m>, TableError> {
        let fadt = self.fadt.ok_or_else(|| self.why_no_fadt())?;
        if fadt.dsdt == 0 {
            return Err(TableError::Missing(Signature::DSDT));
        }
        let dsdt = read_table(fadt.dsdt, memory)?.expect(Signature::DSDT)?;
        let Self {
            madt,
            srat,
            hpet,
            gtdt,
            ssdts,
            problems,
            ..
        } = self;
        Ok(Tables {
            fadt,
            madt,
            srat,
            hpet,
            gtdt,
            dsdt,
            ssdts,
            problems,
        })
    }

    /// The reason that is worth most to a reader: what is wrong with the FADT that was there.
    fn why_no_fadt(&self) -> TableError {
        let reasons = self.problems.iter().map(|problem| problem.error);
        let mut concerning = reasons.filter(|error| error.table() == Some(Signature::FADT));
        concerning
            .next()
            .unwrap_or(TableError::Missing(Signature::FADT))
    }
}

/// Puts `value` into an empty `slot`.
fn keep<T>(slot: &mut Option<T>, value: T, signature: Signature) -> Result<(), TableError> {
    if slot.is_some() {
        return Err(TableError::Duplicate(signature));
    }
    *slot = Some(value);
    Ok(())
}

fn read_rsdp<M: PhysicalMemory>(address: u64, memory: &M) -> Result<Rsdp, TableError> {
    // One of ACPI 1.0 may be the last thing in readable memory, so the longer form is only a wish.
    let bytes = memory
        .bytes(address, Rsdp::MAX_LENGTH)
        .or_else(|| memory.bytes(address, Rsdp::MIN_LENGTH))
        .ok_or(TableError::Unreadable {
            address,
            length: Rsdp::MIN_LENGTH,
        })?;
    Rsdp::parse(bytes)
}

/// Reads the table at `address` in two steps, as its header says how long it is.
fn read_table<M: PhysicalMemory>(address: u64, memory: &M) -> Result<Table<'_>, TableError> {
    let bytes = |length| {
        memory
            .bytes(address, length)
            .ok_or(TableError::Unreadable { address, length })
    };
    let (_, length) = claimed_length(bytes(HEADER_LENGTH)?)?;
    Table::parse(bytes(length)?)
}
