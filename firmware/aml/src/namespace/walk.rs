//! Walking the tree.

use alloc::string::String;
use alloc::vec::Vec;

use super::{NONE, Namespace, NodeData, NodeId};

impl Namespace {
    /// The direct children of `id`, oldest first. Aliases are left out: what they stand for is listed where it is.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.node(id).map_or(NONE, |node| node.first_child);
        core::iter::from_fn(move || {
            loop {
                let node = self.nodes.get(next as usize)?;
                let child = NodeId {
                    index: next,
                    generation: node.generation,
                };
                next = node.next;
                if !matches!(node.data, NodeData::Alias(_)) {
                    return Some(child);
                }
            }
        })
    }

    /// The data of every node.
    pub fn all_data(&self) -> impl Iterator<Item = &NodeData> {
        self.nodes.iter().map(|node| &node.data)
    }

    /// Every node, in the order of their positions.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &NodeData)> {
        self.nodes.iter().zip(0u32..).filter_map(|(node, index)| {
            let live = node.parent != NONE || index == Self::ROOT;
            live.then_some((
                NodeId {
                    index,
                    generation: node.generation,
                },
                &node.data,
            ))
        })
    }

    /// The absolute path, padding removed; empty for a node that is gone.
    pub fn path(&self, id: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = self.node(id).map(|_| id);
        if at.is_none() {
            return String::new();
        }
        while let Some(node) = at {
            at = self.parent(node);
            if at.is_some() {
                names.extend(self.name(node));
            }
        }
        let mut path = String::from("\\");
        for (position, name) in names.iter().rev().enumerate() {
            if position > 0 {
                path.push('.');
            }
            path.push_str(name.trimmed());
        }
        path
    }
}
