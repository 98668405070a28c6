//! The border: values of the caller's, objects of the interpreter's, and texts about them.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Context, Exec};
use crate::error::{Error, ErrorKind, Limit};
use crate::namespace::{NodeData, NodeId};
use crate::object::{Object, Reference};
use crate::report::LoadReport;
use crate::value::Value;

impl Exec<'_> {
    /// Calls a method, or reads the value of anything else that has one.
    pub fn evaluate_node(&mut self, node: NodeId, args: &[Object]) -> Result<Object, Error> {
        let data = self.vm.ns.data(node)?;
        let expected = match data {
            NodeData::Method(method) => method.args,
            NodeData::Data(_) | NodeData::Field(_) | NodeData::BufferField(_) => 0,
            _ => return Err(ErrorKind::NotEvaluable.into()),
        };
        let given = args.len();
        if given != usize::from(expected) {
            return Err(ErrorKind::ArgumentCount { expected, given }.into());
        }
        if matches!(data, NodeData::Method(_)) {
            self.call(node, args)?;
            self.finish()?;
            return Ok(self.cx.result);
        }
        Ok(self.read_node(node)?)
    }

    /// The caller's value as an object.
    pub fn import(&mut self, value: &Value) -> Result<Object, ErrorKind> {
        self.import_at(value, self.vm.limits.package_depth)
    }

    fn import_at(&mut self, value: &Value, depth: u32) -> Result<Object, ErrorKind> {
        let heap = &mut self.vm.heap;
        Ok(match value {
            Value::Uninitialized | Value::UnnamedReference => Object::Uninitialized,
            Value::Integer(number) => Object::Integer(number & self.vm.integer_mask()),
            Value::String(text) => Object::String(heap.copy_bytes(&text_bytes(text))?),
            Value::Buffer(bytes) => Object::Buffer(heap.copy_bytes(bytes)?),
            Value::Reference(node) => Object::Reference(Reference::Node(*node)),
            Value::Package(elements) => {
                let depth = depth.checked_sub(1);
                let depth = depth.ok_or(ErrorKind::Limit(Limit::PackageDepth))?;
                let elements = elements
                    .iter()
                    .map(|element| self.import_at(element, depth))
                    .collect::<Result<Vec<_>, _>>()?;
                Object::Package(self.vm.heap.add_package(elements)?)
            }
        })
    }

    /// An object as a value of the caller's.
    pub fn export(&mut self, object: Object) -> Result<Value, ErrorKind> {
        let mut budget = self.vm.limits.object_bytes;
        self.export_at(object, self.vm.limits.package_depth, &mut budget)
    }

    fn export_at(
        &mut self,
        object: Object,
        depth: u32,
        budget: &mut usize,
    ) -> Result<Value, ErrorKind> {
        let heap = &self.vm.heap;
        let cost = object.heap_id().map_or(0, |id| heap.get(id).len()) + size_of::<Value>();
        *budget = budget
            .checked_sub(cost)
            .ok_or(ErrorKind::Limit(Limit::ObjectBytes))?;
        Ok(match object {
            Object::Uninitialized => Value::Uninitialized,
            Object::Integer(value) => Value::Integer(value),
            Object::String(id) => {
                Value::String(heap.get(id).iter().copied().map(char::from).collect())
            }
            Object::Buffer(id) => Value::Buffer(heap.get(id).to_vec()),
            Object::Reference(Reference::Node(node)) => Value::Reference(node),
            Object::Reference(Reference::Alias(node)) => match self.vm.ns.data(node) {
                Ok(NodeData::Data(Object::Integer(value))) => Value::Integer(*value),
                _ => Value::Uninitialized,
            },
            Object::Reference(unresolved @ Reference::Unresolved { .. }) => {
                match self.vm.resolve_late(unresolved) {
                    Ok(node) => Value::Reference(node),
                    Err(_) => Value::Uninitialized,
                }
            }
            Object::Reference(_) => Value::UnnamedReference,
            Object::Package(id) => {
                let depth = depth.checked_sub(1);
                let depth = depth.ok_or(ErrorKind::Limit(Limit::PackageDepth))?;
                let count = heap.package(id).map_or(0, <[_]>::len);
                let mut values = Vec::new();
                for index in 0..count {
                    let elements = self.vm.heap.package(id).unwrap_or_default();
                    let element = elements.get(index).copied();
                    let element = element.unwrap_or(Object::Uninitialized);
                    values.push(self.export_at(element, depth, budget)?);
                }
                Value::Package(values)
            }
        })
    }

    /// Writes an object as text, for the Debug object.
    pub(super) fn describe(&mut self, object: Object, text: &mut String) -> Result<(), ErrorKind> {
        let value = self.export(object)?;
        self.burn_bytes(self.cx.values.len())?;
        self.vm.describe(&value, text);
        Ok(())
    }
}

/// The bytes of a string: one per character, `?` for what is beyond Latin-1.
fn text_bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).unwrap_or(b'?'))
        .collect()
}

/// One evaluation from outside, with everything around it.
pub(crate) fn evaluate(
    vm: &mut crate::vm::Vm,
    host: &mut dyn crate::Host,
    node: NodeId,
    args: &[Value],
) -> Result<Value, Error> {
    let mut context = Context::new(node, vm.limits.fuel);
    let mut exec = Exec {
        vm,
        cx: &mut context,
        host,
    };
    // Reading a field makes garbage without a step of the loop that collects it.
    exec.collect_if_due();
    let args = args
        .iter()
        .map(|value| exec.import(value))
        .collect::<Result<Vec<_>, _>>()?;
    let result = exec.evaluate_node(node, &args)?;
    Ok(exec.export(result)?)
}

/// Loads a table from outside.
pub(crate) fn load_table(
    vm: &mut crate::vm::Vm,
    host: &mut dyn crate::Host,
    table: &[u8],
) -> Result<LoadReport, Error> {
    vm.tables.reserve(table.len())?;
    let mut context = Context::new(vm.ns.root(), vm.limits.fuel);
    let mut exec = Exec {
        vm,
        cx: &mut context,
        host,
    };
    exec.load_table(table.to_vec())
}
