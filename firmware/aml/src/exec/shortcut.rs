//! Short cuts for what tables are full of: `If (Local == constant)`, and packages of constants.
//!
//! QEMU's `CTFY` is one `If (Arg0 == n) Notify (...)` per CPU, walked to its end for every event: with thousands of
//! CPUs nearly all the time goes there. Both short cuts do exactly what the general way does, for operands that are
//! plain integers; anything else they leave to it.

use super::Exec;
use super::context::BlockKind;
use crate::decode::{self, opcode};
use crate::error::ErrorKind;
use crate::object::Object;

impl Exec<'_> {
    /// The integer that `bytes` begin with, if it is a constant, or a local or argument that holds an integer; and
    /// its length.
    fn plain_integer(&self, bytes: &[u8]) -> Option<(u64, usize)> {
        let (&lead, rest) = bytes.split_first()?;
        let size = match lead {
            opcode::ZERO => return Some((0, 1)),
            opcode::ONE => return Some((1, 1)),
            opcode::ONES => return Some((self.vm.integer_mask(), 1)),
            opcode::LOCAL0..=opcode::ARG6 => {
                return match self.slot(lead - opcode::LOCAL0) {
                    Ok(Object::Integer(value)) => Some((value, 1)),
                    _ => None,
                };
            }
            opcode::BYTE_PREFIX => 1,
            opcode::WORD_PREFIX => 2,
            opcode::DWORD_PREFIX => 4,
            opcode::QWORD_PREFIX => 8,
            _ => return None,
        };
        let number = decode::little_endian(rest.get(..size)?);
        Some((number & self.vm.integer_mask(), 1 + size))
    }

    /// Carries out an If whose predicate compares two plain integers for equality; false, and nothing done, if the
    /// statement at hand is anything else.
    pub(super) fn quick_if(&mut self) -> Result<bool, ErrorKind> {
        let start = self.cx.ip;
        let Ok([lead, rest @ ..]) = self.rest() else {
            return Ok(false);
        };
        if u16::from(*lead) != opcode::IF {
            return Ok(false);
        }
        let Ok((length, taken)) = decode::pkg_length(rest) else {
            return Ok(false);
        };
        // Within the If, so that operands beyond its end are left to the general way, which reports them.
        let Some([operator, operands @ ..]) = rest.get(taken..length) else {
            return Ok(false);
        };
        if u16::from(*operator) != opcode::LOGICAL_EQUAL {
            return Ok(false);
        }
        let Some((left, left_length)) = self.plain_integer(operands) else {
            return Ok(false);
        };
        let Some((right, right_length)) = self.plain_integer(&operands[left_length..]) else {
            return Ok(false);
        };
        let end = start + 1 + length as u32;
        self.cx.at = start;
        self.cx.opcode = opcode::IF;
        if left == right {
            self.cx.ip = start + (2 + taken + left_length + right_length) as u32;
            self.begin_block(BlockKind::Branch, end)?;
        } else {
            self.cx.ip = end;
            self.begin_else()?;
        }
        Ok(true)
    }

    /// The next element of a package, if it is a constant integer.
    pub(super) fn quick_element(&mut self, end: u32) -> Option<Object> {
        let bytes = self.code(self.cx.ip, end).ok()?;
        let lead = *bytes.first()?;
        if (opcode::LOCAL0..=opcode::ARG6).contains(&lead) {
            return None;
        }
        let (value, length) = self.plain_integer(bytes)?;
        self.cx.ip += length as u32;
        Some(Object::Integer(value))
    }
}
