//! Logical operators and comparisons (ACPI 6.5, 19.6).

use core::cmp::Ordering;

use super::Exec;
use crate::error::ErrorKind;
use crate::object::Object;

#[derive(Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    Greater,
    Less,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Greater => ordering.is_gt(),
            Self::Less => ordering.is_lt(),
        }
    }
}

impl Exec<'_> {
    pub(super) fn logical(&mut self, operator: fn(bool, bool) -> bool) -> Result<(), ErrorKind> {
        let b = self.pop_integer()?;
        let a = self.pop_integer()?;
        self.produce_truth(operator(a != 0, b != 0))
    }

    pub(super) fn logical_not(&mut self) -> Result<(), ErrorKind> {
        let value = self.pop_integer()?;
        self.produce_truth(value == 0)
    }

    pub(super) fn compare(&mut self, comparison: Comparison) -> Result<(), ErrorKind> {
        let b = self.pop_object()?;
        let a = self.pop_object()?;
        let ordering = self.order(a, b)?;
        self.produce_truth(comparison.holds(ordering))
    }

    /// Compares two values; the second is converted to the type of the first.
    pub(super) fn order(&mut self, a: Object, b: Object) -> Result<Ordering, ErrorKind> {
        if let (Object::Integer(a), Object::Integer(b)) = (a, b) {
            return Ok(a.cmp(&b));
        }
        let (a, b) = (self.settle(a)?, self.settle(b)?);
        match a {
            Object::Integer(a) => Ok(a.cmp(&self.integer_from(b)?)),
            Object::String(id) => {
                let other = self.text_from(b)?;
                self.burn_bytes(other.len())?;
                Ok(self.vm.heap.get(id).cmp(&other))
            }
            Object::Buffer(id) => {
                let other = self.bytes_from(b)?;
                self.burn_bytes(other.len())?;
                Ok(self.vm.heap.get(id).cmp(&other))
            }
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }
}
