//! Integer operators (ACPI 6.5, 19.6).
//!
//! Integers are 64 bits wide, 32 in a namespace that a DSDT of revision 1 made. Everything wraps; results are cut to
//! the width when they are made.

use super::Exec;
use super::context::Place;
use crate::error::ErrorKind;
use crate::object::Object;

/// An operator of two integers and a target.
#[derive(Clone, Copy)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    ShiftLeft,
    ShiftRight,
    And,
    Nand,
    Or,
    Nor,
    Xor,
    Mod,
}

impl Binary {
    fn apply(self, a: u64, b: u64) -> Result<u64, ErrorKind> {
        Ok(match self {
            Self::Add => a.wrapping_add(b),
            Self::Subtract => a.wrapping_sub(b),
            Self::Multiply => a.wrapping_mul(b),
            Self::ShiftLeft => shift(a, b, u64::checked_shl),
            Self::ShiftRight => shift(a, b, u64::checked_shr),
            Self::And => a & b,
            Self::Nand => !(a & b),
            Self::Or => a | b,
            Self::Nor => !(a | b),
            Self::Xor => a ^ b,
            Self::Mod => a.checked_rem(b).ok_or(ErrorKind::DivideByZero)?,
        })
    }
}

/// Shifting by the width or more leaves nothing.
fn shift(value: u64, count: u64, by: fn(u64, u32) -> Option<u64>) -> u64 {
    u32::try_from(count)
        .ok()
        .and_then(|count| by(value, count))
        .unwrap_or(0)
}

impl Exec<'_> {
    /// Stores an integer result and gives it.
    pub(super) fn deliver_integer(&mut self, value: u64, target: Place) -> Result<(), ErrorKind> {
        let value = value & self.vm.integer_mask();
        self.store(Object::Integer(value), true, target)?;
        self.produce_integer(value)
    }

    pub(super) fn binary(&mut self, operator: Binary) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let b = self.pop_integer()?;
        let a = self.pop_integer()?;
        self.deliver_integer(operator.apply(a, b)?, target)
    }

    pub(super) fn divide(&mut self) -> Result<(), ErrorKind> {
        let quotient = self.pop_place()?;
        let remainder = self.pop_place()?;
        let divisor = self.pop_integer()?;
        let dividend = self.pop_integer()?;
        let rest = dividend
            .checked_rem(divisor)
            .ok_or(ErrorKind::DivideByZero)?;
        self.store(Object::Integer(rest), true, remainder)?;
        self.deliver_integer(dividend / divisor, quotient)
    }

    pub(super) fn bitwise_not(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let value = self.pop_integer()?;
        self.deliver_integer(!value, target)
    }

    /// The position of the highest (`left`) or lowest set bit, counted from 1; 0 if there is none.
    pub(super) fn find_set_bit(&mut self, left: bool) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let value = self.pop_integer()?;
        let position = match value {
            0 => 0,
            _ if left => u64::BITS - value.leading_zeros(),
            _ => value.trailing_zeros() + 1,
        };
        self.deliver_integer(u64::from(position), target)
    }

    pub(super) fn step_by_one(&mut self, up: bool) -> Result<(), ErrorKind> {
        let place = self.pop_place()?;
        let object = self.load_place(place)?;
        let value = self.integer_from(object)?;
        let value = if up {
            value.wrapping_add(1)
        } else {
            value.wrapping_sub(1)
        };
        self.deliver_integer(value, place)
    }

    /// From binary coded decimal.
    pub(super) fn bcd_to_integer(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let mut bcd = self.pop_integer()?;
        let (mut value, mut weight) = (0u64, 1u64);
        while bcd != 0 {
            let digit = bcd & 0xF;
            if digit > 9 {
                return Err(ErrorKind::OperandValue);
            }
            value += digit * weight;
            weight = weight.wrapping_mul(10);
            bcd >>= 4;
        }
        self.deliver_converted(Object::Integer(value), target)
    }

    /// To binary coded decimal.
    pub(super) fn integer_to_bcd(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let mut value = self.pop_integer()?;
        let digits = self.vm.integer_mask().count_ones() / 4;
        let mut bcd = 0u64;
        for position in 0..digits {
            bcd |= (value % 10) << (4 * position);
            value /= 10;
        }
        if value != 0 {
            return Err(ErrorKind::OperandValue);
        }
        self.deliver_converted(Object::Integer(bcd), target)
    }
}
