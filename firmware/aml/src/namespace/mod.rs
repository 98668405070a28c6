//! The tree of named objects.
//!
//! Nodes live in one vector and name each other by position, so that walking needs no pointers and removing a subtree
//! no recursion. A position is reused, its generation is not: a [`NodeId`] that outlived its object is recognised.
//! Children are found through one ordered map over (parent, name), whose cost stays logarithmic whatever names a
//! table chooses.

mod node;
mod path;
mod walk;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::error::{ErrorKind, Limit};
use crate::name::NameSeg;

pub(crate) use node::{
    BufferField, BusField, Connection, FieldKind, FieldUnit, Method, NodeData, Region, UpdateRule,
};
pub(crate) use path::Path;

/// A named object.
///
/// Stays distinct for ever: when the object is removed (a name that a method created, an unloaded table), its id
/// becomes stale and never means another object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId {
    index: u32,
    generation: u32,
}

/// "No node" in the links between nodes.
const NONE: u32 = u32::MAX;

struct Node {
    name: NameSeg,
    generation: u32,
    parent: u32,
    first_child: u32,
    last_child: u32,
    next: u32,
    previous: u32,
    /// How many nodes are above it.
    depth: u16,
    /// Whether it goes when the method that created it ends.
    temporary: bool,
    data: NodeData,
}

pub(crate) struct Namespace {
    nodes: Vec<Node>,
    free: Vec<u32>,
    children: BTreeMap<(u32, [u8; 4]), u32>,
    limit: usize,
    deepest: u16,
}

impl Namespace {
    /// The position of the root.
    const ROOT: u32 = 0;

    /// A namespace with nothing but its root, that takes `limit` nodes and names of `deepest` segments.
    pub fn new(limit: usize, deepest: u32) -> Self {
        let root = Node {
            name: NameSeg(*b"\\___"),
            generation: 0,
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            previous: NONE,
            depth: 0,
            temporary: false,
            data: NodeData::Scope,
        };
        Self {
            nodes: alloc::vec![root],
            free: Vec::new(),
            children: BTreeMap::new(),
            limit: limit.min(NONE as usize - 1),
            deepest: u16::try_from(deepest).unwrap_or(u16::MAX - 1),
        }
    }

    pub fn root(&self) -> NodeId {
        NodeId {
            index: Self::ROOT,
            generation: 0,
        }
    }

    pub fn count(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes
            .get(id.index as usize)
            .filter(|node| node.generation == id.generation)
    }

    /// The id of the node that lives at `index` now.
    fn id_at(&self, index: u32) -> Option<NodeId> {
        let node = self.nodes.get(index as usize)?;
        Some(NodeId {
            index,
            generation: node.generation,
        })
    }

    pub fn data(&self, id: NodeId) -> Result<&NodeData, ErrorKind> {
        match self.node(id) {
            Some(node) => Ok(&node.data),
            None => Err(ErrorKind::StaleNode),
        }
    }

    pub fn data_mut(&mut self, id: NodeId) -> Result<&mut NodeData, ErrorKind> {
        match self.nodes.get_mut(id.index as usize) {
            Some(node) if node.generation == id.generation => Ok(&mut node.data),
            _ => Err(ErrorKind::StaleNode),
        }
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.id_at(self.node(id)?.parent)
    }

    pub fn name(&self, id: NodeId) -> Option<NameSeg> {
        Some(self.node(id)?.name)
    }

    /// The child of `parent` with this name. An alias gives what it stands for.
    pub fn child(&self, parent: NodeId, name: NameSeg) -> Option<NodeId> {
        let index = *self.children.get(&(parent.index, name.0))?;
        let node = self.nodes.get(index as usize)?;
        match node.data {
            NodeData::Alias(target) => Some(target),
            _ => Some(NodeId {
                index,
                generation: node.generation,
            }),
        }
    }

    /// Adds a child.
    pub fn create(
        &mut self,
        parent: NodeId,
        name: NameSeg,
        data: NodeData,
    ) -> Result<NodeId, ErrorKind> {
        let above = self.node(parent).ok_or(ErrorKind::StaleNode)?;
        if above.depth >= self.deepest {
            return Err(ErrorKind::Limit(Limit::NamespaceDepth));
        }
        if self.children.contains_key(&(parent.index, name.0)) {
            return Err(ErrorKind::AlreadyExists(name));
        }
        if self.count() >= self.limit {
            return Err(ErrorKind::Limit(Limit::Nodes));
        }
        let id = self.allocate(parent.index, name, data);
        self.children.insert((parent.index, name.0), id.index);
        Ok(id)
    }

    /// Notes that a node goes when the method that created it ends.
    pub fn set_temporary(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(id.index as usize) {
            node.temporary |= node.generation == id.generation;
        }
    }

    /// Whether a node goes when the method that created it ends.
    pub fn is_temporary(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| node.temporary)
    }

    /// Takes a free position or a new one, and links the node as its parent's last child.
    fn allocate(&mut self, parent: u32, name: NameSeg, data: NodeData) -> NodeId {
        let previous = self.nodes[parent as usize].last_child;
        let mut node = Node {
            name,
            generation: 0,
            parent,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            previous,
            depth: self.nodes[parent as usize].depth.saturating_add(1),
            temporary: false,
            data,
        };
        let index = match self.free.pop() {
            Some(index) => {
                node.generation = self.nodes[index as usize].generation;
                self.nodes[index as usize] = node;
                index
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        };
        match self.nodes.get_mut(previous as usize) {
            Some(sibling) => sibling.next = index,
            None => self.nodes[parent as usize].first_child = index,
        }
        self.nodes[parent as usize].last_child = index;
        NodeId {
            index,
            generation: self.nodes[index as usize].generation,
        }
    }

    /// Removes a node with all that is below it. Does nothing for the root and for what is already gone.
    pub fn remove(&mut self, id: NodeId) {
        if id.index == Self::ROOT || self.node(id).is_none() {
            return;
        }
        self.unlink(id.index);
        let mut pending = alloc::vec![id.index];
        while let Some(index) = pending.pop() {
            let mut child = self.nodes[index as usize].first_child;
            while child != NONE {
                pending.push(child);
                child = self.nodes[child as usize].next;
            }
            let node = &mut self.nodes[index as usize];
            self.children.remove(&(node.parent, node.name.0));
            node.data = NodeData::Scope;
            node.first_child = NONE;
            node.last_child = NONE;
            node.parent = NONE;
            // A position whose generations are used up is given up, so that no stale id can ever match again.
            if node.generation == u32::MAX - 1 {
                node.generation = u32::MAX;
                continue;
            }
            node.generation += 1;
            self.free.push(index);
        }
    }

    fn unlink(&mut self, index: u32) {
        let (parent, previous, next) = {
            let node = &self.nodes[index as usize];
            (node.parent, node.previous, node.next)
        };
        match self.nodes.get_mut(previous as usize) {
            Some(sibling) => sibling.next = next,
            None => self.nodes[parent as usize].first_child = next,
        }
        match self.nodes.get_mut(next as usize) {
            Some(sibling) => sibling.previous = previous,
            None => self.nodes[parent as usize].last_child = previous,
        }
    }
}

#[cfg(test)]
mod tests;
