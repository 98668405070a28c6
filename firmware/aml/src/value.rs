//! Values that go into and come out of an evaluation.
//!
//! A [`Value`] owns its data. Inside, the interpreter works with handles into its own heap; the copy at the border is
//! what lets a caller keep a result while the interpreter goes on.

use alloc::string::String;
use alloc::vec::Vec;

use crate::NodeId;

/// An argument or a result of an evaluation.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Value {
    /// No value: what a method without Return gives, and a package element that was never set.
    #[default]
    Uninitialized,
    /// An integer. 32 bits wide in tables of revision 1, 64 otherwise.
    Integer(u64),
    /// A string.
    String(String),
    /// A buffer.
    Buffer(Vec<u8>),
    /// A package.
    Package(Vec<Value>),
    /// A reference to a named object.
    Reference(NodeId),
    /// A reference to something without a name: a local, an argument, or an element of a package or buffer. It means
    /// something only while the method that made it runs.
    UnnamedReference,
}

impl Value {
    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<u64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes, if it is a buffer.
    pub fn as_buffer(&self) -> Option<&[u8]> {
        match self {
            Self::Buffer(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The elements, if it is a package.
    pub fn as_package(&self) -> Option<&[Value]> {
        match self {
            Self::Package(elements) => Some(elements),
            _ => None,
        }
    }

    /// The named object, if it is a reference to one.
    pub fn as_reference(&self) -> Option<NodeId> {
        match self {
            Self::Reference(node) => Some(*node),
            _ => None,
        }
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Buffer(bytes)
    }
}
