//! Names as AML writes them, and how they lead to nodes (ACPI 6.5, 5.3 and 20.2.2).

use super::{Namespace, NodeId};
use crate::error::ErrorKind;
use crate::name::NameSeg;

const ROOT_CHAR: u8 = b'\\';
const PARENT_CHAR: u8 = b'^';
const DUAL_PREFIX: u8 = 0x2E;
const MULTI_PREFIX: u8 = 0x2F;
const NULL_NAME: u8 = 0x00;
/// More would lead out of any namespace; counting megabytes of them would take time for nothing.
const MOST_PARENTS: usize = 1 << 10;

/// A NameString, still in the bytes of its table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    from_root: bool,
    parents: usize,
    segments: &'a [[u8; 4]],
}

impl<'a> Path<'a> {
    /// Reads the name that `bytes` begins with; also gives its length.
    pub fn parse(bytes: &'a [u8]) -> Result<(Self, usize), ErrorKind> {
        let mut rest = bytes;
        let from_root = rest.first() == Some(&ROOT_CHAR);
        if from_root {
            rest = &rest[1..];
        }
        let carets = rest.iter().take(MOST_PARENTS + 1);
        let parents = carets.take_while(|byte| **byte == PARENT_CHAR).count();
        if parents > MOST_PARENTS {
            return Err(ErrorKind::Name);
        }
        rest = &rest[parents..];
        let (count, prefix) = match rest {
            [] => return Err(ErrorKind::Truncated),
            [NULL_NAME, ..] => (0, 1),
            [DUAL_PREFIX, ..] => (2, 1),
            [MULTI_PREFIX, count, ..] => (usize::from(*count), 2),
            _ => (1, 0),
        };
        let segments = rest
            .get(prefix..prefix + count * 4)
            .ok_or(ErrorKind::Truncated)?
            .as_chunks()
            .0;
        if !segments
            .iter()
            .all(|seg| NameSeg::from_bytes(*seg).is_some())
        {
            return Err(ErrorKind::Name);
        }
        let length = bytes.len() - rest.len() + prefix + count * 4;
        let path = Self {
            from_root,
            parents,
            segments,
        };
        Ok((path, length))
    }

    /// Whether `byte` can begin a name where a term is expected (there, a null name is the opcode Zero).
    pub fn begins_with(byte: u8) -> bool {
        matches!(
            byte,
            b'A'..=b'Z' | b'_' | ROOT_CHAR | PARENT_CHAR | DUAL_PREFIX | MULTI_PREFIX
        )
    }

    /// The segments, first to last.
    pub fn segments(&self) -> impl Iterator<Item = NameSeg> {
        self.segments.iter().map(|segment| NameSeg(*segment))
    }

    fn last(&self) -> NameSeg {
        self.segments
            .last()
            .map_or(NameSeg(*b"\\___"), |s| NameSeg(*s))
    }
}

impl Namespace {
    /// Where `path` begins, seen from `scope`.
    fn base(&self, path: &Path<'_>, scope: NodeId) -> Result<NodeId, ErrorKind> {
        let mut base = if path.from_root { self.root() } else { scope };
        for _ in 0..path.parents {
            base = self.parent(base).ok_or(ErrorKind::NotFound(path.last()))?;
        }
        Ok(base)
    }

    fn descend(&self, mut node: NodeId, segments: &[[u8; 4]]) -> Result<NodeId, ErrorKind> {
        for segment in segments {
            let name = NameSeg(*segment);
            node = self.child(node, name).ok_or(ErrorKind::NotFound(name))?;
        }
        Ok(node)
    }

    /// The node that `path` names, seen from `scope`. A single segment is also looked for in the scopes above.
    pub fn resolve(&self, path: &Path<'_>, scope: NodeId) -> Result<NodeId, ErrorKind> {
        match path.segments {
            [only] if !path.from_root && path.parents == 0 => {
                self.search_upward(scope, NameSeg(*only))
            }
            segments => self.descend(self.base(path, scope)?, segments),
        }
    }

    pub fn search_upward(&self, scope: NodeId, name: NameSeg) -> Result<NodeId, ErrorKind> {
        let mut scope = Some(scope);
        while let Some(node) = scope {
            if let Some(found) = self.child(node, name) {
                return Ok(found);
            }
            scope = self.parent(node);
        }
        Err(ErrorKind::NotFound(name))
    }

    /// The parent and the name of the object that `path` is to create; no search upward.
    pub fn resolve_new(
        &self,
        path: &Path<'_>,
        scope: NodeId,
    ) -> Result<(NodeId, NameSeg), ErrorKind> {
        let Some((last, above)) = path.segments.split_last() else {
            return Err(ErrorKind::Name);
        };
        let parent = self.descend(self.base(path, scope)?, above)?;
        Ok((parent, NameSeg(*last)))
    }

    /// The node with a path written as text, seen from `scope`: `\_SB.PCI0`, `^FOO`, `BAR`.
    pub fn find(&self, text: &str, scope: NodeId) -> Option<NodeId> {
        let (mut node, mut rest) = match text.strip_prefix('\\') {
            Some(rest) => (self.root(), rest),
            None => (scope, text),
        };
        let anchored = rest.len() != text.len() || rest.starts_with('^');
        while let Some(above) = rest.strip_prefix('^') {
            node = self.parent(node)?;
            rest = above;
        }
        if rest.is_empty() {
            return (!text.is_empty()).then_some(node);
        }
        if !anchored && !rest.contains('.') {
            return self.search_upward(node, NameSeg::parse(rest)?).ok();
        }
        for segment in rest.split('.') {
            node = self.child(node, NameSeg::parse(segment)?)?;
        }
        Some(node)
    }
}
