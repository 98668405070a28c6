//! Going over terms without carrying them out: to pass over one that failed, and to show them to people.
//!
//! AML can be read without being run, but for one thing: a method's name says nothing of how many arguments follow.
//! Whoever walks must know that. Nothing here calls itself, and nesting is bounded.

use alloc::vec::Vec;

use super::opcode::{self, Operand};
use super::{little_endian, pkg_length};
use crate::error::ErrorKind;
use crate::namespace::Path;

/// Terms open at once; what is nested deeper counts as broken.
const DEEPEST: usize = 4096;

/// What stands at one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Item<'a> {
    /// An operator; its operands follow, one level deeper.
    Operator(u16),
    /// A constant with its opcode.
    Integer(u8, u64),
    Text(&'a [u8]),
    /// A local (0 to 7) or an argument (8 to 14).
    Slot(u8),
    Debug,
    /// A NameString.
    Name(&'a [u8]),
    /// No target.
    Nothing,
    /// A byte, word or dword that belongs to an operator.
    Number(u64),
    /// The bytes of a buffer.
    Bytes(&'a [u8]),
    /// The list of a Field, IndexField or BankField.
    Fields(&'a [u8]),
    /// No AML from here to the end of the block.
    Broken(&'a [u8]),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Visit<'a> {
    pub at: usize,
    /// How many terms are open around it; 1 for the first.
    pub depth: usize,
    /// Whether it stands where a statement stands.
    pub statement: bool,
    pub item: Item<'a>,
}

/// What an open term still waits for.
#[derive(Clone, Copy)]
enum Rest {
    Operands(&'static [Operand]),
    Arguments(u8),
    /// Statements up to the end.
    Statements,
    /// Elements of a package up to the end: names among them are not called.
    Elements,
}

#[derive(Clone, Copy)]
struct Open {
    rest: Rest,
    opcode: u16,
    end: usize,
    /// Whether it has an end of its own, where reading can go on after something broken.
    bounded: bool,
}

/// The walk. `arguments` gives the number of arguments that follow a name: 0 for what is no method, `None` if that
/// cannot be known.
pub(crate) struct Walk<'a, F> {
    code: &'a [u8],
    at: usize,
    open: Vec<Open>,
    arguments: F,
}

impl<'a, F: FnMut(&'a [u8]) -> Option<u8>> Walk<'a, F> {
    /// Over the statements from `at` to `end`.
    pub fn new(code: &'a [u8], at: usize, end: usize, arguments: F) -> Self {
        let end = end.min(code.len());
        let table = Open {
            rest: Rest::Statements,
            opcode: 0,
            end,
            bounded: true,
        };
        Self {
            code,
            at,
            open: alloc::vec![table],
            arguments,
        }
    }

    /// Goes over one statement; gives where it ends. What is broken, or a call of something unknown, takes all that is
    /// left with it.
    pub fn skip_statement(mut self) -> usize {
        let start = self.at;
        while self.at == start || self.open.len() > 1 {
            if self.next().is_none() {
                break;
            }
            self.close_complete();
        }
        self.at
    }

    /// Closes terms that have all they wait for, and begins what stands behind the operands of some.
    fn close_complete(&mut self) -> Option<Visit<'a>> {
        while let Some(top) = self.open.last_mut() {
            match top.rest {
                Rest::Operands([]) => match opcode::tail(top.opcode) {
                    opcode::Tail::None => {
                        if top.bounded {
                            self.at = top.end;
                        }
                        self.open.pop();
                    }
                    opcode::Tail::Statements => top.rest = Rest::Statements,
                    opcode::Tail::Elements => top.rest = Rest::Elements,
                    tail @ (opcode::Tail::Bytes | opcode::Tail::Fields) => {
                        let (at, end) = (self.at, top.end);
                        let bytes = self.code.get(at..end).unwrap_or_default();
                        self.at = end;
                        let visit = self.visit(
                            at,
                            match tail {
                                opcode::Tail::Bytes => Item::Bytes(bytes),
                                _ => Item::Fields(bytes),
                            },
                        );
                        self.open.pop();
                        return Some(visit);
                    }
                },
                Rest::Arguments(0) => {
                    self.open.pop();
                }
                Rest::Statements | Rest::Elements if self.at >= top.end => {
                    self.at = top.end;
                    self.open.pop();
                }
                _ => break,
            }
        }
        None
    }

    fn visit(&self, at: usize, item: Item<'a>) -> Visit<'a> {
        let statement = matches!(
            self.open.last(),
            Some(Open {
                rest: Rest::Statements,
                ..
            })
        );
        Visit {
            at,
            depth: self.open.len(),
            statement,
            item,
        }
    }

    /// Gives up the innermost term that has an end of its own.
    fn broken(&mut self, at: usize) -> Visit<'a> {
        while self.open.len() > 1 && self.open.last().is_some_and(|top| !top.bounded) {
            self.open.pop();
        }
        let end = self.open.last().map_or(at, |top| top.end);
        let visit = self.visit(at, Item::Broken(self.code.get(at..end).unwrap_or_default()));
        self.open.pop();
        self.at = end;
        visit
    }

    /// What is left of the innermost term.
    fn rest(&self) -> &'a [u8] {
        let end = self.open.last().map_or(0, |top| top.end);
        self.code.get(self.at..end).unwrap_or_default()
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ErrorKind> {
        let bytes = self.rest().get(..count).ok_or(ErrorKind::Truncated)?;
        self.at += count;
        Ok(bytes)
    }

    fn number(&mut self, size: usize) -> Result<u64, ErrorKind> {
        Ok(little_endian(self.take(size)?))
    }

    fn name(&mut self) -> Result<&'a [u8], ErrorKind> {
        let (_, length) = Path::parse(self.rest())?;
        self.take(length)
    }

    /// Reads what comes next. `None` for a PkgLength, which nobody wants to see.
    fn step(&mut self) -> Result<Option<Item<'a>>, ErrorKind> {
        let Some(top) = self.open.last_mut() else {
            return Err(ErrorKind::Truncated);
        };
        let operand = match &mut top.rest {
            Rest::Operands(operands) => match operands.split_first() {
                Some((first, others)) => {
                    *operands = others;
                    *first
                }
                None => return Err(ErrorKind::Truncated),
            },
            Rest::Arguments(left) => {
                *left = left.saturating_sub(1);
                Operand::Term
            }
            Rest::Statements => Operand::Term,
            Rest::Elements => Operand::Simple,
        };
        self.operand(operand)
    }

    fn operand(&mut self, operand: Operand) -> Result<Option<Item<'a>>, ErrorKind> {
        Ok(Some(match operand {
            Operand::Name => Item::Name(self.name()?),
            Operand::Byte => Item::Number(self.number(1)?),
            Operand::Word => Item::Number(self.number(2)?),
            Operand::Dword => Item::Number(self.number(4)?),
            Operand::Length => {
                self.length()?;
                return Ok(None);
            }
            Operand::Target | Operand::Super if self.rest().first() == Some(&opcode::ZERO) => {
                self.at += 1;
                Item::Nothing
            }
            Operand::Term | Operand::Target | Operand::Super => self.term(true)?,
            Operand::Simple | Operand::Optional => self.term(false)?,
        }))
    }

    fn length(&mut self) -> Result<(), ErrorKind> {
        let (length, taken) = pkg_length(self.rest())?;
        let end = self.at.saturating_add(length);
        let Some(top) = self.open.last_mut() else {
            return Err(ErrorKind::Truncated);
        };
        if length < taken || end > top.end {
            return Err(ErrorKind::Truncated);
        }
        top.end = end;
        top.bounded = true;
        self.at += taken;
        Ok(())
    }

    fn term(&mut self, calls: bool) -> Result<Item<'a>, ErrorKind> {
        let lead = *self.rest().first().ok_or(ErrorKind::Truncated)?;
        if Path::begins_with(lead) {
            let name = self.name()?;
            if calls {
                let count = (self.arguments)(name).ok_or(ErrorKind::Name)?;
                if count > 0 {
                    self.open(Rest::Arguments(count), 0)?;
                }
            }
            return Ok(Item::Name(name));
        }
        self.at += 1;
        Ok(match lead {
            opcode::ZERO => Item::Integer(lead, 0),
            opcode::ONE => Item::Integer(lead, 1),
            opcode::ONES => Item::Integer(lead, u64::MAX),
            opcode::BYTE_PREFIX => Item::Integer(lead, self.number(1)?),
            opcode::WORD_PREFIX => Item::Integer(lead, self.number(2)?),
            opcode::DWORD_PREFIX => Item::Integer(lead, self.number(4)?),
            opcode::QWORD_PREFIX => Item::Integer(lead, self.number(8)?),
            opcode::STRING_PREFIX => {
                let length = self.rest().iter().position(|byte| *byte == 0);
                let text = self.take(length.ok_or(ErrorKind::Truncated)?)?;
                self.at += 1;
                Item::Text(text)
            }
            opcode::LOCAL0..=opcode::ARG6 => Item::Slot(lead - opcode::LOCAL0),
            _ => return self.operator(lead),
        })
    }

    fn operator(&mut self, lead: u8) -> Result<Item<'a>, ErrorKind> {
        let code = match lead {
            opcode::EXTENDED_PREFIX => 0x5B00 | self.number(1)? as u16,
            _ => u16::from(lead),
        };
        if code == opcode::DEBUG {
            return Ok(Item::Debug);
        }
        let Some((_, operands)) = opcode::signature(code) else {
            return Err(ErrorKind::Opcode(code));
        };
        self.open(Rest::Operands(operands), code)?;
        Ok(Item::Operator(code))
    }

    fn open(&mut self, rest: Rest, opcode: u16) -> Result<(), ErrorKind> {
        if self.open.len() >= DEEPEST {
            return Err(ErrorKind::Truncated);
        }
        let end = self.open.last().map_or(0, |top| top.end);
        self.open.push(Open {
            rest,
            opcode,
            end,
            bounded: false,
        });
        Ok(())
    }
}

impl<'a, F: FnMut(&'a [u8]) -> Option<u8>> Iterator for Walk<'a, F> {
    type Item = Visit<'a>;

    fn next(&mut self) -> Option<Visit<'a>> {
        loop {
            if let Some(visit) = self.close_complete() {
                return Some(visit);
            }
            if self.open.is_empty() {
                return None;
            }
            let at = self.at;
            let before = self.visit(at, Item::Nothing);
            match self.step() {
                Ok(Some(item)) => return Some(Visit { item, ..before }),
                Ok(None) => {}
                Err(_) => return Some(self.broken(at)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
