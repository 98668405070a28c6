//! Reading the running frame's code.

use super::Exec;
use super::context::Frame;
use crate::decode;
use crate::error::ErrorKind;
use crate::namespace::{NodeId, Path};

impl Exec<'_> {
    pub(super) fn frame(&self) -> Result<&Frame, ErrorKind> {
        self.cx.frames.last().ok_or(ErrorKind::NotEvaluable)
    }

    /// What is left of the running block.
    pub(super) fn rest(&self) -> Result<&[u8], ErrorKind> {
        let code = &self.frame()?.code;
        code.get(self.cx.ip as usize..self.cx.end as usize)
            .ok_or(ErrorKind::Truncated)
    }

    /// The bytes of the code from `from` to `to`.
    pub(super) fn code(&self, from: u32, to: u32) -> Result<&[u8], ErrorKind> {
        let code = &self.frame()?.code;
        code.get(from as usize..to as usize)
            .ok_or(ErrorKind::Truncated)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().ok()?.first().copied()
    }

    pub(super) fn byte(&mut self) -> Result<u8, ErrorKind> {
        let byte = *self.rest()?.first().ok_or(ErrorKind::Truncated)?;
        self.cx.ip += 1;
        Ok(byte)
    }

    /// A little-endian number of `size` bytes.
    pub(super) fn number(&mut self, size: u32) -> Result<u64, ErrorKind> {
        let bytes = self
            .rest()?
            .get(..size as usize)
            .ok_or(ErrorKind::Truncated)?;
        let number = decode::little_endian(bytes);
        self.cx.ip += size;
        Ok(number)
    }

    /// A PkgLength; gives the end of what it measures, which lies within the running block.
    pub(super) fn length(&mut self) -> Result<u32, ErrorKind> {
        let start = self.cx.ip;
        let (length, taken) = decode::pkg_length(self.rest()?)?;
        let end = start as usize + length;
        if length < taken || end > self.cx.end as usize {
            return Err(ErrorKind::Truncated);
        }
        self.cx.ip = start + taken as u32;
        Ok(end as u32)
    }

    /// Skips a NameString; gives where it begins.
    pub(super) fn skip_name(&mut self) -> Result<u32, ErrorKind> {
        let at = self.cx.ip;
        let (_, length) = Path::parse(self.rest()?)?;
        self.cx.ip += length as u32;
        Ok(at)
    }

    /// The bytes of a zero-terminated string, without the zero.
    pub(super) fn string(&mut self) -> Result<alloc::vec::Vec<u8>, ErrorKind> {
        let rest = self.rest()?;
        let length = rest
            .iter()
            .position(|byte| *byte == 0)
            .ok_or(ErrorKind::Truncated)?;
        self.vm.heap.reserve(length)?;
        let text = rest[..length].to_vec();
        self.burn_bytes(length)?;
        self.cx.ip += length as u32 + 1;
        Ok(text)
    }

    fn path_at(&self, at: u32) -> Result<Path<'_>, ErrorKind> {
        let code = &self.frame()?.code;
        let bytes = code.get(at as usize..).ok_or(ErrorKind::Truncated)?;
        Ok(Path::parse(bytes)?.0)
    }

    /// The existing object that the name at `at` leads to.
    pub(super) fn existing(&self, at: u32) -> Result<NodeId, ErrorKind> {
        self.vm.ns.resolve(&self.path_at(at)?, self.cx.scope)
    }

    /// The parent and the name of the object that the name at `at` is to create.
    pub(super) fn new_name(&self, at: u32) -> Result<(NodeId, crate::NameSeg), ErrorKind> {
        self.vm.ns.resolve_new(&self.path_at(at)?, self.cx.scope)
    }
}
