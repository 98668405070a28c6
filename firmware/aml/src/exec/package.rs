//! Packages: their making, and copies of them.

use super::Exec;
use super::context::{Activity, Elements, Item, Pending};
use crate::decode::opcode::Class;
use crate::error::{ErrorKind, Limit};
use crate::namespace::{NodeData, NodeId, Path};
use crate::object::{HeapId, Object, Reference};

impl Exec<'_> {
    /// Package and VarPackage: makes the elements, then collects the initial ones.
    pub(super) fn begin_package(
        &mut self,
        pending: Pending,
        variable: bool,
    ) -> Result<(), ErrorKind> {
        let count = if variable {
            self.pop_integer()?
        } else {
            self.pop_number()?
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let package = self.vm.heap.empty_package(count)?;
        self.burn_bytes(count)?;
        self.begin(Activity::Elements(Elements {
            package,
            next: 0,
            end: pending.end,
            at: pending.at,
        }))
    }

    /// Takes the element that was just made, and begins the next one.
    pub(super) fn continue_package(&mut self, mut elements: Elements) -> Result<(), ErrorKind> {
        let count = self.vm.heap.package(elements.package).map_or(0, <[_]>::len) as u32;
        self.cx.at = elements.at;
        if self.cx.ip > elements.end {
            return Err(ErrorKind::Truncated);
        }
        // Initial values beyond the package's size are passed over, as ACPICA does.
        while self.cx.ip < elements.end && elements.next < count {
            let index = elements.next;
            elements.next += 1;
            let object = match self.quick_element(elements.end) {
                Some(object) => object,
                None if self.peek().is_some_and(Path::begins_with) => self.named_element()?,
                None => {
                    if let Some(top) = self.cx.stack.last_mut() {
                        *top = Activity::Elements(elements);
                    }
                    self.begin(Activity::Element(elements.package, index))?;
                    return self.term(Class::Expression);
                }
            };
            self.burn(1)?;
            self.set_element(elements.package, index as usize, object);
        }
        self.cx.stack.pop();
        self.cx.ip = elements.end;
        self.produce(Item::Fresh(Object::Package(elements.package)))
    }

    /// An element that is more than a name has been evaluated.
    pub(super) fn finish_element(&mut self, package: HeapId, index: u32) -> Result<(), ErrorKind> {
        self.cx.stack.pop();
        let (object, fresh) = self.pop_item()?;
        let object = self.owned(object, fresh)?;
        self.set_element(package, index as usize, object);
        Ok(())
    }

    fn set_element(&mut self, package: HeapId, index: usize, object: Object) {
        let elements = self.vm.heap.package_mut(package).unwrap_or_default();
        if let Some(element) = elements.get_mut(index) {
            *element = object;
        }
    }

    /// A name as an element: the data object itself, a reference to anything else. A name that does not exist
    /// yet is looked up when the element is used.
    fn named_element(&mut self) -> Result<Object, ErrorKind> {
        let offset = self.skip_name()?;
        match self.existing(offset) {
            Ok(node) => self.element_for(node),
            Err(ErrorKind::NotFound(_)) => Ok(Object::Reference(Reference::Unresolved {
                table: self.frame()?.table,
                offset,
                scope: self.cx.scope,
            })),
            Err(error) => Err(error),
        }
    }

    fn element_for(&mut self, node: NodeId) -> Result<Object, ErrorKind> {
        match self.vm.ns.data(node)? {
            NodeData::Data(Object::Integer(_)) if !self.vm.ns.is_temporary(node) => {
                Ok(Object::Reference(Reference::Alias(node)))
            }
            NodeData::Data(Object::Uninitialized) => Ok(Object::Reference(Reference::Node(node))),
            NodeData::Data(object) => Ok(*object),
            NodeData::Field(_) | NodeData::BufferField(_) => self.read_node(node),
            _ => Ok(Object::Reference(Reference::Node(node))),
        }
    }

    /// What an element that was a name without an object stands for now.
    pub(super) fn resolve_element(&mut self, reference: Reference) -> Result<Object, ErrorKind> {
        let node = self.vm.resolve_late(reference)?;
        match self.element_for(node)? {
            Object::Reference(Reference::Alias(node)) => self.read_node(node),
            object => Ok(object),
        }
    }

    /// A copy of a package with all that is in it.
    pub(super) fn copy_package(&mut self, source: HeapId) -> Result<HeapId, ErrorKind> {
        let copy = self.copy_elements(source)?;
        let mut pending = alloc::vec![(copy, 1u32)];
        while let Some((package, depth)) = pending.pop() {
            if depth > self.vm.limits.package_depth {
                return Err(ErrorKind::Limit(Limit::PackageDepth));
            }
            let count = self.vm.heap.package(package).map_or(0, <[_]>::len);
            for index in 0..count {
                let elements = self.vm.heap.package(package).unwrap_or_default();
                let copied = match elements.get(index) {
                    Some(Object::Package(inner)) => {
                        let inner = self.copy_elements(*inner)?;
                        pending.push((inner, depth + 1));
                        Object::Package(inner)
                    }
                    Some(&(Object::String(_) | Object::Buffer(_))) => {
                        let object = elements[index];
                        self.owned(object, false)?
                    }
                    Some(&Object::Reference(Reference::Alias(node))) => self.read_node(node)?,
                    _ => continue,
                };
                self.set_element(package, index, copied);
            }
        }
        Ok(copy)
    }

    /// A package with the same elements, not themselves copied.
    fn copy_elements(&mut self, source: HeapId) -> Result<HeapId, ErrorKind> {
        let elements = self.vm.heap.package(source).unwrap_or_default();
        let size = core::mem::size_of_val(elements);
        self.vm.heap.reserve(size)?;
        self.burn_bytes(size)?;
        let elements = self.vm.heap.package(source).unwrap_or_default().to_vec();
        self.vm.heap.add_package(elements)
    }
}
