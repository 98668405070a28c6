//! Match (ACPI 6.5, 19.6): the search through a package.
//!
//! The specification passes over elements that do not fit: what cannot be compared is no error here, unless a limit
//! is the reason. What Match itself is given must fit.

use core::cmp::Ordering;

use super::Exec;
use crate::error::ErrorKind;
use crate::object::{HeapId, Object, Reference};

impl Exec<'_> {
    /// Match: the first element of a package, from a position on, that passes both comparisons.
    pub(super) fn match_elements(&mut self) -> Result<(), ErrorKind> {
        let start = self.pop_integer()?;
        let second = self.pop_object()?;
        let second_test = MatchTest::from_number(self.pop_number()?)?;
        let first = self.pop_object()?;
        let first_test = MatchTest::from_number(self.pop_number()?)?;
        let source = self.pop_object()?;
        let Object::Package(id) = self.settle(source)? else {
            return Err(ErrorKind::OperandType);
        };
        let length = self.vm.heap.package(id).map_or(0, <[_]>::len) as u64;
        if start >= length {
            let index = start;
            return Err(ErrorKind::Index { index, length });
        }
        let first = self.operand_of_match(first)?;
        let second = self.operand_of_match(second)?;
        for index in start..length {
            self.burn(1)?;
            let element = self.element_to_match(id, index as usize)?;
            if self.passes(first_test, first, element)?
                && self.passes(second_test, second, element)?
            {
                return self.produce_integer(index);
            }
        }
        self.produce_truth(true)
    }

    /// An operand of Match, whether its test looks at it or not: an integer, a string or a buffer.
    fn operand_of_match(&mut self, operand: Object) -> Result<Object, ErrorKind> {
        match self.settle(operand)? {
            value @ (Object::Integer(_) | Object::String(_) | Object::Buffer(_)) => Ok(value),
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// An element as Match sees it. The name of nothing (any more, or yet) counts as uninitialised.
    fn element_to_match(&mut self, package: HeapId, index: usize) -> Result<Object, ErrorKind> {
        let elements = self.vm.heap.package(package).unwrap_or_default();
        let element = elements.get(index).copied();
        match element.unwrap_or(Object::Uninitialized) {
            Object::Reference(reference @ (Reference::Alias(_) | Reference::Unresolved { .. })) => {
                match self.load_reference(reference) {
                    Err(ErrorKind::NotFound(_) | ErrorKind::StaleNode) => Ok(Object::Uninitialized),
                    outcome => outcome,
                }
            }
            element => Ok(element),
        }
    }

    /// Whether `element` passes. An uninitialised one never does, another that cannot be compared only if the test
    /// does not look at it.
    fn passes(
        &mut self,
        test: MatchTest,
        value: Object,
        element: Object,
    ) -> Result<bool, ErrorKind> {
        if test == MatchTest::Any {
            return Ok(element != Object::Uninitialized);
        }
        match element {
            Object::Integer(_) | Object::String(_) | Object::Buffer(_) => {
                match self.order(value, element) {
                    Ok(ordering) => Ok(test.holds(ordering.reverse())),
                    Err(limit @ ErrorKind::Limit(_)) => Err(limit),
                    Err(_) => Ok(false),
                }
            }
            _ => Ok(false),
        }
    }
}

/// A comparison of Match, seen from the element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MatchTest {
    Any,
    Equal,
    LessEqual,
    Less,
    GreaterEqual,
    Greater,
}

impl MatchTest {
    fn from_number(number: u64) -> Result<Self, ErrorKind> {
        Ok(match number {
            0 => Self::Any,
            1 => Self::Equal,
            2 => Self::LessEqual,
            3 => Self::Less,
            4 => Self::GreaterEqual,
            5 => Self::Greater,
            _ => return Err(ErrorKind::OperandValue),
        })
    }

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Any => true,
            Self::Equal => ordering.is_eq(),
            Self::LessEqual => ordering.is_le(),
            Self::Less => ordering.is_lt(),
            Self::GreaterEqual => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }
}
