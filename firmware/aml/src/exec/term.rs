//! Operands and statements: what the next bytes of the code are.

use super::Exec;
use super::context::{Activity, Call, Item, Pending, Place};
use crate::decode::opcode::{self, Class, Operand};
use crate::error::ErrorKind;
use crate::namespace::{NodeData, NodeId, Path};
use crate::object::{Object, Reference};

impl Exec<'_> {
    /// Reads one operand, or begins the operator that yields it.
    pub(super) fn operand(&mut self, operand: Operand) -> Result<(), ErrorKind> {
        let item = match operand {
            Operand::Term => return self.term(Class::Expression),
            Operand::Target | Operand::Super | Operand::Simple | Operand::Optional => {
                return self.place(operand);
            }
            Operand::Name => Item::Name(self.skip_name()?),
            Operand::Byte => Item::Number(self.number(1)?),
            Operand::Word => Item::Number(self.number(2)?),
            Operand::Dword => Item::Number(self.number(4)?),
            Operand::Length => {
                let end = self.length()?;
                if let Some(Activity::Operator(pending)) = self.cx.stack.last_mut() {
                    pending.end = end;
                }
                return Ok(());
            }
        };
        self.cx.values.push(item);
        Ok(())
    }

    /// Begins the next statement of the running block.
    pub(super) fn statement(&mut self) -> Result<(), ErrorKind> {
        if self.quick_if()? {
            return Ok(());
        }
        self.term(Class::Statement)
    }

    /// Reads a term: gives its value at once if it is simple, begins it if not.
    pub(super) fn term(&mut self, allowed: Class) -> Result<(), ErrorKind> {
        let at = self.cx.ip;
        self.cx.at = at;
        let byte = self.byte()?;
        self.cx.opcode = u16::from(byte);
        let item = match byte {
            opcode::ZERO => Item::Fresh(Object::Integer(0)),
            opcode::ONE => Item::Fresh(Object::Integer(1)),
            opcode::ONES => Item::Fresh(Object::Integer(self.vm.integer_mask())),
            opcode::BYTE_PREFIX => Item::Fresh(Object::Integer(self.number(1)?)),
            opcode::WORD_PREFIX => Item::Fresh(Object::Integer(self.number(2)?)),
            opcode::DWORD_PREFIX => Item::Fresh(Object::Integer(self.number(4)?)),
            opcode::QWORD_PREFIX => {
                let number = self.number(8)?;
                Item::Fresh(Object::Integer(number & self.vm.integer_mask()))
            }
            opcode::STRING_PREFIX => {
                let text = self.string()?;
                Item::Fresh(Object::String(self.vm.heap.add_bytes(text)?))
            }
            opcode::LOCAL0..=opcode::ARG6 => match self.slot(byte - opcode::LOCAL0)? {
                Object::Uninitialized => return Err(ErrorKind::Uninitialized),
                object => Item::Shared(object),
            },
            byte if Path::begins_with(byte) => {
                self.cx.ip = at;
                let name = self.skip_name()?;
                let node = self.existing(name)?;
                return self.use_name(node);
            }
            byte => {
                self.cx.ip = at;
                return self.operator(byte, allowed);
            }
        };
        self.produce(item)
    }

    /// Begins an operator.
    fn operator(&mut self, lead: u8, allowed: Class) -> Result<(), ErrorKind> {
        let at = self.cx.ip;
        let opcode = self.opcode(lead)?;
        self.cx.opcode = opcode;
        let Some((class, signature)) = opcode::signature(opcode) else {
            return Err(ErrorKind::Opcode(opcode));
        };
        if class == Class::Statement && allowed == Class::Expression {
            return Err(ErrorKind::Opcode(opcode));
        }
        self.begin(Activity::Operator(Pending {
            opcode,
            begun: 0,
            signature,
            at,
            end: 0,
        }))
    }

    /// Reads an opcode of one or two bytes.
    fn opcode(&mut self, lead: u8) -> Result<u16, ErrorKind> {
        self.cx.ip += 1;
        if lead == opcode::EXTENDED_PREFIX {
            return Ok(0x5B00 | u16::from(self.byte()?));
        }
        Ok(u16::from(lead))
    }

    /// A name where a value is wanted: the value, or the call of a method.
    fn use_name(&mut self, node: NodeId) -> Result<(), ErrorKind> {
        let object = match self.vm.ns.data(node)? {
            NodeData::Method(_) => return self.begin_call(node),
            NodeData::Data(object) => *object,
            _ => self.read_node(node)?,
        };
        self.produce(Item::Shared(object))
    }

    pub(super) fn begin_call(&mut self, method: NodeId) -> Result<(), ErrorKind> {
        let NodeData::Method(data) = self.vm.ns.data(method)? else {
            return Err(ErrorKind::NotEvaluable);
        };
        let call = Call {
            method,
            wanted: data.args,
            base: self.cx.values.len() as u32,
            at: self.cx.at,
        };
        self.begin(Activity::Call(call))
    }

    /// Reads something to store to or refer to, or begins the operator that yields it.
    fn place(&mut self, operand: Operand) -> Result<(), ErrorKind> {
        let at = self.cx.ip;
        let byte = self.peek().ok_or(ErrorKind::Truncated)?;
        let place = match byte {
            opcode::ZERO if operand == Operand::Target => {
                self.cx.ip += 1;
                Place::Nothing
            }
            opcode::LOCAL0..=opcode::ARG6 => {
                self.cx.ip += 1;
                Place::Slot(byte - opcode::LOCAL0)
            }
            byte if Path::begins_with(byte) || byte == opcode::ZERO => {
                return self.named_place(operand);
            }
            _ => {
                let opcode = self.opcode(byte)?;
                if opcode != opcode::DEBUG {
                    self.cx.ip = at;
                    self.cx.at = at;
                    return self.operator(byte, Class::Expression);
                }
                Place::Debug
            }
        };
        self.cx.values.push(Item::Place(place));
        Ok(())
    }

    fn named_place(&mut self, operand: Operand) -> Result<(), ErrorKind> {
        let name = self.skip_name()?;
        let node = match self.existing(name) {
            Ok(node) => node,
            Err(ErrorKind::NotFound(_)) if operand == Operand::Optional => {
                self.cx.values.push(Item::Place(Place::Nothing));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let called = matches!(operand, Operand::Target | Operand::Super);
        if called && matches!(self.vm.ns.data(node)?, NodeData::Method(_)) {
            return self.begin_call(node);
        }
        self.cx
            .values
            .push(Item::Place(Place::Reference(Reference::Node(node))));
        Ok(())
    }

    /// Hands a value to whatever waits for it.
    pub(super) fn produce(&mut self, item: Item) -> Result<(), ErrorKind> {
        let item = match self.cx.stack.last() {
            Some(Activity::Block(_)) => return Ok(()),
            Some(Activity::Operator(pending)) if wants_place(pending) => Item::Place(match item {
                Item::Shared(Object::Reference(reference))
                | Item::Fresh(Object::Reference(reference)) => Place::Reference(reference),
                Item::Shared(object) | Item::Fresh(object) => Place::Value(object),
                _ => return Err(ErrorKind::OperandType),
            }),
            Some(_) => item,
            None => {
                if let Item::Shared(object) | Item::Fresh(object) = item {
                    self.cx.result = object;
                }
                return Ok(());
            }
        };
        self.cx.values.push(item);
        Ok(())
    }

    /// Whether the value being made is to be stored to or referred to.
    pub(super) fn place_wanted(&self) -> bool {
        matches!(self.cx.stack.last(), Some(Activity::Operator(pending)) if wants_place(pending))
    }

    /// The value of a local or argument of the running method.
    pub(super) fn slot(&self, slot: u8) -> Result<Object, ErrorKind> {
        let slots = &self.frame()?.slots;
        slots
            .get(usize::from(slot))
            .copied()
            .ok_or(ErrorKind::OperandType)
    }
}

fn wants_place(pending: &Pending) -> bool {
    let begun = usize::from(pending.begun).wrapping_sub(1);
    matches!(
        pending.signature.get(begun),
        Some(Operand::Target | Operand::Super | Operand::Simple | Operand::Optional)
    )
}
