//! From an opcode with its operands complete to the function that carries it out.

use super::Exec;
use super::arithmetic::Binary;
use super::context::{Item, Pending, Place};
use super::logic::Comparison;
use crate::decode::opcode as op;
use crate::error::ErrorKind;
use crate::object::Object;

impl Exec<'_> {
    /// Carries out an operator; its operands are the topmost of `values`.
    pub(super) fn carry_out(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        self.cx.at = pending.at;
        self.cx.opcode = pending.opcode;
        if pending.end != 0 && self.cx.ip > pending.end {
            return Err(ErrorKind::Truncated);
        }
        match pending.opcode {
            op::ADD => self.binary(Binary::Add),
            op::SUBTRACT => self.binary(Binary::Subtract),
            op::MULTIPLY => self.binary(Binary::Multiply),
            op::SHIFT_LEFT => self.binary(Binary::ShiftLeft),
            op::SHIFT_RIGHT => self.binary(Binary::ShiftRight),
            op::AND => self.binary(Binary::And),
            op::NAND => self.binary(Binary::Nand),
            op::OR => self.binary(Binary::Or),
            op::NOR => self.binary(Binary::Nor),
            op::XOR => self.binary(Binary::Xor),
            op::MOD => self.binary(Binary::Mod),
            op::DIVIDE => self.divide(),
            op::NOT => self.bitwise_not(),
            op::FIND_SET_LEFT_BIT => self.find_set_bit(true),
            op::FIND_SET_RIGHT_BIT => self.find_set_bit(false),
            op::INCREMENT => self.step_by_one(true),
            op::DECREMENT => self.step_by_one(false),
            op::FROM_BCD => self.bcd_to_integer(),
            op::TO_BCD => self.integer_to_bcd(),
            op::LOGICAL_AND => self.logical(|a, b| a && b),
            op::LOGICAL_OR => self.logical(|a, b| a || b),
            op::LOGICAL_NOT => self.logical_not(),
            op::LOGICAL_EQUAL => self.compare(Comparison::Equal),
            op::LOGICAL_GREATER => self.compare(Comparison::Greater),
            op::LOGICAL_LESS => self.compare(Comparison::Less),
            _ => self.carry_out_flow(pending),
        }
    }

    fn carry_out_flow(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        match pending.opcode {
            op::IF => self.begin_if(pending),
            op::ELSE => Err(ErrorKind::Opcode(op::ELSE)),
            op::WHILE => self.begin_while(pending),
            op::WHILE_PREDICATE => self.while_predicate(),
            op::BREAK => self.break_loop(),
            op::CONTINUE => self.continue_loop(),
            op::RETURN => self.return_value(),
            op::NOOP | op::BREAK_POINT => Ok(()),
            op::NOTIFY => self.notify(),
            op::ACQUIRE => self.acquire(),
            op::RELEASE => self.release(),
            op::SIGNAL => self.signal(),
            op::WAIT => self.wait(),
            op::RESET => self.reset(),
            op::SLEEP => self.sleep(),
            op::STALL => self.stall(),
            op::TIMER => {
                let now = self.host.timer_100ns() & self.vm.integer_mask();
                self.produce_integer(now)
            }
            op::FATAL => self.fatal(),
            op::REVISION => self.produce_integer(crate::vm::REVISION),
            op::LOAD => self.load(),
            op::LOAD_TABLE => self.load_from_host(),
            op::UNLOAD => self.unload(),
            _ => self.carry_out_data(pending),
        }
    }

    fn carry_out_data(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        match pending.opcode {
            op::STORE => self.store_operator(),
            op::COPY_OBJECT => self.copy_object(),
            op::REF_OF => self.ref_of(),
            op::COND_REF_OF => self.cond_ref_of(),
            op::DEREF_OF => self.deref_of(),
            op::INDEX => self.index(),
            op::SIZE_OF => self.size_of(),
            op::OBJECT_TYPE => self.object_type(),
            op::BUFFER => self.buffer(pending),
            op::PACKAGE => self.begin_package(pending, false),
            op::VAR_PACKAGE => self.begin_package(pending, true),
            op::CONCATENATE => self.concatenate(),
            op::CONCATENATE_RES_TEMPLATE => self.concatenate_templates(),
            op::MID => self.mid(),
            op::MATCH => self.match_elements(),
            op::TO_BUFFER => self.convert_to_buffer(),
            op::TO_DECIMAL_STRING => self.convert_to_text(10),
            op::TO_HEX_STRING => self.convert_to_text(16),
            op::TO_INTEGER => self.convert_to_integer(),
            op::TO_STRING => self.convert_to_string(),
            _ => self.carry_out_definition(pending),
        }
    }

    fn carry_out_definition(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        match pending.opcode {
            op::NAME => self.define_name(),
            op::ALIAS => self.define_alias(),
            op::EXTERNAL => self.external(),
            op::SCOPE => self.open_scope(pending),
            op::DEVICE | op::THERMAL_ZONE | op::PROCESSOR | op::POWER_RESOURCE => {
                self.define_container(pending)
            }
            op::METHOD => self.define_method(pending),
            op::MUTEX => self.define_mutex(),
            op::EVENT => self.define_event(),
            op::OPERATION_REGION => self.define_region(),
            op::DATA_REGION => self.define_data_region(),
            op::FIELD => self.define_fields(pending),
            op::INDEX_FIELD => self.define_index_fields(pending),
            op::BANK_FIELD => self.define_bank_fields(pending),
            op::CREATE_BIT_FIELD => self.create_fixed_field(1),
            op::CREATE_BYTE_FIELD => self.create_fixed_field(8),
            op::CREATE_WORD_FIELD => self.create_fixed_field(16),
            op::CREATE_DWORD_FIELD => self.create_fixed_field(32),
            op::CREATE_QWORD_FIELD => self.create_fixed_field(64),
            op::CREATE_FIELD => self.create_field(),
            opcode => Err(ErrorKind::Opcode(opcode)),
        }
    }

    /// The topmost operand as a value, and whether it is fresh.
    pub(super) fn pop_item(&mut self) -> Result<(Object, bool), ErrorKind> {
        match self.pop()? {
            Item::Shared(object) => Ok((object, false)),
            Item::Fresh(object) => Ok((object, true)),
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn pop_object(&mut self) -> Result<Object, ErrorKind> {
        Ok(self.pop_item()?.0)
    }

    /// The topmost operand, converted to an integer.
    pub(super) fn pop_integer(&mut self) -> Result<u64, ErrorKind> {
        let object = self.pop_object()?;
        self.integer_from(object)
    }

    pub(super) fn pop_place(&mut self) -> Result<Place, ErrorKind> {
        match self.pop()? {
            Item::Place(place) => Ok(place),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// The topmost operand as a number that stands in the code.
    pub(super) fn pop_number(&mut self) -> Result<u64, ErrorKind> {
        match self.pop()? {
            Item::Number(number) => Ok(number),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// The topmost operand as the position of a name.
    pub(super) fn pop_name(&mut self) -> Result<u32, ErrorKind> {
        match self.pop()? {
            Item::Name(at) => Ok(at),
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn produce_integer(&mut self, value: u64) -> Result<(), ErrorKind> {
        self.produce(Item::Fresh(Object::Integer(value)))
    }

    /// Gives a truth value: all ones or zero.
    pub(super) fn produce_truth(&mut self, truth: bool) -> Result<(), ErrorKind> {
        let value = if truth { self.vm.integer_mask() } else { 0 };
        self.produce_integer(value)
    }
}
