//! The store of strings, buffers and packages: bounded, and collected by mark and sweep.
//!
//! Collection happens only between two steps of the interpreter, when everything alive can be reached from the
//! namespace and the stacks. It is due when as much was allocated as was alive after the last one, so that its cost
//! is shared out over the allocations.

use alloc::vec::Vec;

use super::Object;
use crate::error::{ErrorKind, Limit};

/// A handle to a string, buffer or package.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct HeapId(u32);

#[derive(Debug)]
enum Content {
    Free,
    Bytes(Vec<u8>),
    Package(Vec<Object>),
}

#[derive(Debug)]
struct Slot {
    content: Content,
    marked: bool,
}

impl Slot {
    fn cost(&self) -> usize {
        core::mem::size_of::<Self>()
            + match &self.content {
                Content::Free => 0,
                Content::Bytes(bytes) => bytes.len(),
                Content::Package(elements) => core::mem::size_of_val(elements.as_slice()),
            }
    }
}

#[derive(Debug)]
pub(crate) struct Heap {
    slots: Vec<Slot>,
    free: Vec<u32>,
    bytes: usize,
    limit: usize,
    collect_at: usize,
    /// Marked, but their elements not yet looked at.
    grey: Vec<HeapId>,
}

impl Heap {
    /// No collection before this much was allocated.
    const FIRST_COLLECTION: usize = 256 << 10;

    pub fn new(limit: usize) -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            bytes: 0,
            limit,
            collect_at: Self::FIRST_COLLECTION.min(limit / 2),
            grey: Vec::new(),
        }
    }

    /// Bytes in use, garbage included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Checks that `more` bytes fit, before anything of that size is made.
    pub fn reserve(&self, more: usize) -> Result<(), ErrorKind> {
        match self.bytes.checked_add(more) {
            Some(total) if total <= self.limit => Ok(()),
            _ => Err(ErrorKind::Limit(Limit::ObjectBytes)),
        }
    }

    fn allocate(&mut self, content: Content) -> Result<HeapId, ErrorKind> {
        let slot = Slot {
            content,
            marked: false,
        };
        self.reserve(slot.cost())?;
        self.bytes += slot.cost();
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = slot;
            return Ok(HeapId(index));
        }
        let index =
            u32::try_from(self.slots.len()).map_err(|_| ErrorKind::Limit(Limit::ObjectBytes))?;
        self.slots.push(slot);
        Ok(HeapId(index))
    }

    /// Stores the bytes of a string or buffer.
    pub fn add_bytes(&mut self, bytes: Vec<u8>) -> Result<HeapId, ErrorKind> {
        self.allocate(Content::Bytes(bytes))
    }

    /// Stores a copy of `bytes`.
    pub fn copy_bytes(&mut self, bytes: &[u8]) -> Result<HeapId, ErrorKind> {
        self.reserve(bytes.len())?;
        self.add_bytes(bytes.to_vec())
    }

    pub fn add_package(&mut self, elements: Vec<Object>) -> Result<HeapId, ErrorKind> {
        self.allocate(Content::Package(elements))
    }

    /// Stores a package of `count` uninitialised elements.
    pub fn empty_package(&mut self, count: usize) -> Result<HeapId, ErrorKind> {
        self.reserve(count.saturating_mul(core::mem::size_of::<Object>()))?;
        self.add_package(alloc::vec![Object::Uninitialized; count])
    }

    fn content(&self, id: HeapId) -> Option<&Content> {
        self.slots.get(id.0 as usize).map(|slot| &slot.content)
    }

    fn content_mut(&mut self, id: HeapId) -> Option<&mut Content> {
        self.slots
            .get_mut(id.0 as usize)
            .map(|slot| &mut slot.content)
    }

    /// The bytes of a string or buffer; none for a package.
    pub fn get(&self, id: HeapId) -> &[u8] {
        match self.content(id) {
            Some(Content::Bytes(bytes)) => bytes,
            _ => &[],
        }
    }

    pub fn get_mut(&mut self, id: HeapId) -> &mut [u8] {
        match self.content_mut(id) {
            Some(Content::Bytes(bytes)) => bytes,
            _ => &mut [],
        }
    }

    /// Gives a string or buffer new bytes; its handle stays the same.
    pub fn replace(&mut self, id: HeapId, new: Vec<u8>) -> Result<(), ErrorKind> {
        let old = self.get(id).len();
        self.reserve(new.len().saturating_sub(old))?;
        self.bytes = self.bytes - old + new.len();
        if let Some(content) = self.content_mut(id) {
            *content = Content::Bytes(new);
        }
        Ok(())
    }

    /// The elements of a package; `None` for a string or buffer.
    pub fn package(&self, id: HeapId) -> Option<&[Object]> {
        match self.content(id) {
            Some(Content::Package(elements)) => Some(elements),
            _ => None,
        }
    }

    pub fn package_mut(&mut self, id: HeapId) -> Option<&mut [Object]> {
        match self.content_mut(id) {
            Some(Content::Package(elements)) => Some(elements),
            _ => None,
        }
    }

    /// Gives a package new elements; its handle stays the same.
    pub fn replace_package(&mut self, id: HeapId, new: Vec<Object>) -> Result<(), ErrorKind> {
        let size = core::mem::size_of::<Object>();
        let old = self.package(id).map_or(0, <[_]>::len) * size;
        let added = new.len() * size;
        self.reserve(added.saturating_sub(old))?;
        self.bytes = self.bytes - old + added;
        if let Some(content) = self.content_mut(id) {
            *content = Content::Package(new);
        }
        Ok(())
    }

    /// Whether enough was allocated since the last collection to make one worth its time.
    pub fn collection_due(&self) -> bool {
        self.bytes >= self.collect_at
    }

    /// Marks what `object` refers to as alive.
    pub fn mark(&mut self, object: Object) {
        if let Some(id) = object.heap_id() {
            self.mark_id(id);
        }
    }

    pub fn mark_id(&mut self, id: HeapId) {
        if let Some(slot) = self.slots.get_mut(id.0 as usize)
            && !slot.marked
        {
            slot.marked = true;
            self.grey.push(id);
        }
    }

    /// Frees everything that was not marked and is not reachable from what was.
    pub fn sweep(&mut self) {
        while let Some(id) = self.grey.pop() {
            let count = self.package(id).map_or(0, <[_]>::len);
            for index in 0..count {
                if let Some(element) = self.package(id).and_then(|p| p.get(index)) {
                    self.mark(*element);
                }
            }
        }
        self.bytes = 0;
        for (slot, index) in self.slots.iter_mut().zip(0u32..) {
            if slot.marked {
                slot.marked = false;
                self.bytes += slot.cost();
            } else if !matches!(slot.content, Content::Free) {
                slot.content = Content::Free;
                self.free.push(index);
            }
        }
        let room = self.limit.saturating_sub(self.bytes);
        let wanted = self.bytes.max(Self::FIRST_COLLECTION);
        self.collect_at = self.bytes + wanted.min(room / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Reference;

    #[test]
    fn what_is_marked_survives_with_all_it_contains_and_the_rest_goes() {
        let mut heap = Heap::new(1 << 20);
        let kept = heap.copy_bytes(b"kept").unwrap();
        let package = heap.add_package(alloc::vec![Object::String(kept)]).unwrap();
        let lost = heap.copy_bytes(&[0; 1000]).unwrap();
        let before = heap.bytes();
        heap.mark(Object::Package(package));
        heap.sweep();
        assert_eq!(heap.get(kept), b"kept");
        assert!(heap.get(lost).is_empty());
        assert!(heap.bytes() + 1000 <= before);
        assert_eq!(heap.copy_bytes(b"x"), Ok(lost), "the slot is used again");
    }

    #[test]
    fn what_refers_only_to_itself_is_freed() {
        let mut heap = Heap::new(1 << 20);
        let package = heap.empty_package(1).unwrap();
        heap.package_mut(package).unwrap()[0] = Object::Reference(Reference::Element {
            container: package,
            index: 0,
        });
        heap.sweep();
        assert_eq!(heap.package(package), None);
        assert_eq!(heap.bytes(), 0);
    }

    #[test]
    fn the_limit_is_checked_before_memory_is_taken() {
        let mut heap = Heap::new(1000);
        let full = Err(ErrorKind::Limit(Limit::ObjectBytes));
        assert_eq!(heap.copy_bytes(&[0; 1001]), full);
        assert_eq!(heap.empty_package(usize::MAX), full);
        let id = heap.copy_bytes(&[0; 500]).unwrap();
        assert_eq!(
            heap.replace(id, alloc::vec![0; 2000]),
            Err(ErrorKind::Limit(Limit::ObjectBytes))
        );
        assert_eq!(heap.get(id).len(), 500);
    }
}
