//! Bringing the devices to life after the tables are loaded (ACPI 6.5, 6.5.1 and 6.5.4).
//!
//! The order follows the specification where it is definite and ACPICA where it is not: the two global `_INI`, then
//! `_REG`, then `_STA` and `_INI` from the root down. `_STA` is asked only on the way to an `_INI`, because with
//! thousands of devices it would take most of the time for nothing.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::exec::evaluate;
use crate::host::{Host, RegionSpace};
use crate::name::NameSeg;
use crate::namespace::{NodeData, NodeId};
use crate::value::Value;
use crate::vm::Vm;

/// Which step of the initialisation failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InitStep {
    /// `_REG`: telling a device that an address space is available.
    Reg,
    /// `_STA`: asking for its presence.
    Sta,
    /// `_INI`.
    Ini,
}

/// A device whose initialisation failed; the others are not affected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InitFailure {
    /// The device.
    pub node: NodeId,
    /// The step.
    pub step: InitStep,
    /// What happened.
    pub error: Error,
}

/// What [`Interpreter::initialize`](crate::Interpreter::initialize) did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InitReport {
    /// Devices looked at: those with an `_INI` of their own or below them.
    pub devices: usize,
    /// `_INI` methods that ran to their end.
    pub initialized: usize,
    /// What failed.
    pub failures: Vec<InitFailure>,
}

/// `_STA`: the device is present.
const PRESENT: u64 = 1;
/// `_STA`: the device works; for what is not present, that its children are to be looked at.
const FUNCTIONAL: u64 = 8;
/// Second argument of `_REG`: the address space is available now.
const CONNECT: u64 = 1;

pub(crate) fn initialize(vm: &mut Vm, host: &mut dyn Host) -> InitReport {
    let mut init = Init {
        vm,
        host,
        report: InitReport::default(),
    };
    let root = init.vm.ns.root();
    init.run_ini(root);
    if let Some(sb) = init.vm.ns.child(root, NameSeg(*b"_SB_")) {
        init.run_ini(sb);
    }
    init.connect_regions();
    init.walk();
    init.report
}

struct Init<'a> {
    vm: &'a mut Vm,
    host: &'a mut dyn Host,
    report: InitReport,
}

impl Init<'_> {
    fn evaluate(&mut self, node: NodeId, args: &[Value]) -> Result<Value, Error> {
        evaluate(self.vm, self.host, node, args)
    }

    fn failed(&mut self, node: NodeId, step: InitStep, error: Error) {
        self.report.failures.push(InitFailure { node, step, error });
    }

    /// Runs the `_INI` of a device, if it has one.
    fn run_ini(&mut self, device: NodeId) {
        let Some(method) = self.vm.ns.child(device, NameSeg(*b"_INI")) else {
            return;
        };
        match self.evaluate(method, &[]) {
            Ok(_) => self.report.initialized += 1,
            Err(error) => self.failed(device, InitStep::Ini, error),
        }
    }

    /// Tells devices with operation regions that the address space is available. System memory and ports always are,
    /// so nobody is told about them.
    fn connect_regions(&mut self) {
        let mut told = Vec::new();
        for (region, data) in self.vm.ns.all() {
            if let NodeData::Region(data) = data
                && !matches!(
                    data.space,
                    RegionSpace::SystemMemory | RegionSpace::SystemIo
                )
                && data.table.is_none()
                && let Some(device) = self.vm.ns.parent(region)
                && let Some(method) = self.vm.ns.child(device, NameSeg(*b"_REG"))
            {
                told.push((device, method, data.space.as_u8()));
            }
        }
        let mut told = sorted(told);
        told.dedup();
        for (device, method, space) in told {
            if !self.host.serves(RegionSpace::from_u8(space)) {
                continue;
            }
            let args = [Value::Integer(space.into()), Value::Integer(CONNECT)];
            if let Err(error) = self.evaluate(method, &args) {
                self.failed(device, InitStep::Reg, error);
            }
        }
    }

    /// The devices on the way to an `_INI`, sorted.
    fn with_ini_below(&self) -> Vec<NodeId> {
        let mut found = Vec::new();
        for (node, _) in self.vm.ns.all() {
            if self.vm.ns.name(node) != Some(NameSeg(*b"_INI")) {
                continue;
            }
            let mut above = self.vm.ns.parent(node);
            while let Some(device) = above {
                found.push(device);
                above = self.vm.ns.parent(device);
            }
        }
        let mut found = sorted(found);
        found.dedup();
        found
    }

    /// `_STA` and `_INI` from the root down, parents before children, in the order of creation.
    fn walk(&mut self) {
        let wanted = self.with_ini_below();
        let root = self.vm.ns.root();
        let mut pending = alloc::vec![root];
        while let Some(node) = pending.pop() {
            if !self.visit(node) {
                continue;
            }
            let children: Vec<_> = self.vm.ns.children(node).collect();
            pending.extend(
                children
                    .into_iter()
                    .rev()
                    .filter(|child| wanted.binary_search(child).is_ok()),
            );
        }
    }

    /// Initialises one device; false if what is below it is to be left alone.
    fn visit(&mut self, node: NodeId) -> bool {
        let is_device = matches!(
            self.vm.ns.data(node),
            Ok(NodeData::Device | NodeData::Processor(_) | NodeData::ThermalZone)
        );
        // The two global _INI ran before everything else.
        let top = Some(self.vm.ns.root()) == self.vm.ns.parent(node)
            && self.vm.ns.name(node) == Some(NameSeg(*b"_SB_"));
        if !is_device || top {
            return true;
        }
        self.report.devices += 1;
        let status = match self.status(node) {
            Ok(status) => status,
            Err(error) => {
                self.failed(node, InitStep::Sta, error);
                return false;
            }
        };
        if status & PRESENT != 0 {
            self.run_ini(node);
        }
        status & (PRESENT | FUNCTIONAL) != 0
    }

    /// The status of a device; one without `_STA` is there and works.
    fn status(&mut self, device: NodeId) -> Result<u64, Error> {
        let Some(method) = self.vm.ns.child(device, NameSeg(*b"_STA")) else {
            return Ok(u64::MAX);
        };
        let value = self.evaluate(method, &[])?;
        value
            .as_integer()
            .ok_or_else(|| ErrorKind::OperandType.into())
    }
}

/// Sorts. By a heap, because the library's sort, which runs once here, is 10 KiB of an image that is to be small.
fn sorted<T: Ord>(all: Vec<T>) -> Vec<T> {
    BinaryHeap::from(all).into_sorted_vec()
}
