//! Every opcode with the operands that follow it (ACPI 6.5, 20.2.5 and 20.3).
//!
//! One table drives the whole decoder: the executor collects operands as the signature says and then carries the
//! operator out. What stands behind the operands (a body, a list of elements or fields) is up to the operator.

/// What an operand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operand {
    /// A TermArg: any expression, taken by value.
    Term,
    /// A Target: like `Super`, or nothing.
    Target,
    /// A SuperName: something to refer to; a method's name calls it.
    Super,
    /// A SuperName whose methods are not called, but meant themselves.
    Simple,
    /// Like `Simple`, and the name need not exist.
    Optional,
    /// A NameString, resolved by the operator itself.
    Name,
    Byte,
    Word,
    Dword,
    /// A PkgLength: sets where the operator ends.
    Length,
}

/// How an opcode takes part in the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// Gives exactly one value.
    Expression,
    /// Gives none, and may stand only where a statement may.
    Statement,
}

macro_rules! opcodes {
    ($($name:ident = $code:literal, $class:ident [$($operand:ident),*];)*) => {
        $(pub(crate) const $name: u16 = $code;)*

        /// The class and the operands of `opcode`; `None` if there is no such opcode, or if it is one of those that
        /// the decoder reads by itself (constants, locals, arguments, names).
        pub(crate) fn signature(opcode: u16) -> Option<(Class, &'static [Operand])> {
            Some(match opcode {
                $($name => (Class::$class, &[$(Operand::$operand),*]),)*
                _ => return None,
            })
        }

        /// The name of an opcode, as this crate's errors give it: `SHIFT_LEFT` for 0x79. `None` for constants, names,
        /// locals and arguments, and for what is no opcode.
        pub fn opcode_name(opcode: u16) -> Option<&'static str> {
            match opcode {
                $($name => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

opcodes! {
    ALIAS = 0x06, Statement [Name, Name];
    NAME = 0x08, Statement [Name, Term];
    SCOPE = 0x10, Statement [Length, Name];
    BUFFER = 0x11, Expression [Length, Term];
    PACKAGE = 0x12, Expression [Length, Byte];
    VAR_PACKAGE = 0x13, Expression [Length, Term];
    METHOD = 0x14, Statement [Length, Name, Byte];
    EXTERNAL = 0x15, Statement [Name, Byte, Byte];
    STORE = 0x70, Expression [Term, Target];
    REF_OF = 0x71, Expression [Simple];
    ADD = 0x72, Expression [Term, Term, Target];
    CONCATENATE = 0x73, Expression [Term, Term, Target];
    SUBTRACT = 0x74, Expression [Term, Term, Target];
    INCREMENT = 0x75, Expression [Super];
    DECREMENT = 0x76, Expression [Super];
    MULTIPLY = 0x77, Expression [Term, Term, Target];
    DIVIDE = 0x78, Expression [Term, Term, Target, Target];
    SHIFT_LEFT = 0x79, Expression [Term, Term, Target];
    SHIFT_RIGHT = 0x7A, Expression [Term, Term, Target];
    AND = 0x7B, Expression [Term, Term, Target];
    NAND = 0x7C, Expression [Term, Term, Target];
    OR = 0x7D, Expression [Term, Term, Target];
    NOR = 0x7E, Expression [Term, Term, Target];
    XOR = 0x7F, Expression [Term, Term, Target];
    NOT = 0x80, Expression [Term, Target];
    FIND_SET_LEFT_BIT = 0x81, Expression [Term, Target];
    FIND_SET_RIGHT_BIT = 0x82, Expression [Term, Target];
    DEREF_OF = 0x83, Expression [Term];
    CONCATENATE_RES_TEMPLATE = 0x84, Expression [Term, Term, Target];
    MOD = 0x85, Expression [Term, Term, Target];
    NOTIFY = 0x86, Statement [Super, Term];
    SIZE_OF = 0x87, Expression [Super];
    INDEX = 0x88, Expression [Term, Term, Target];
    MATCH = 0x89, Expression [Term, Byte, Term, Byte, Term, Term];
    CREATE_DWORD_FIELD = 0x8A, Statement [Term, Term, Name];
    CREATE_WORD_FIELD = 0x8B, Statement [Term, Term, Name];
    CREATE_BYTE_FIELD = 0x8C, Statement [Term, Term, Name];
    CREATE_BIT_FIELD = 0x8D, Statement [Term, Term, Name];
    OBJECT_TYPE = 0x8E, Expression [Simple];
    CREATE_QWORD_FIELD = 0x8F, Statement [Term, Term, Name];
    LOGICAL_AND = 0x90, Expression [Term, Term];
    LOGICAL_OR = 0x91, Expression [Term, Term];
    LOGICAL_NOT = 0x92, Expression [Term];
    LOGICAL_EQUAL = 0x93, Expression [Term, Term];
    LOGICAL_GREATER = 0x94, Expression [Term, Term];
    LOGICAL_LESS = 0x95, Expression [Term, Term];
    TO_BUFFER = 0x96, Expression [Term, Target];
    TO_DECIMAL_STRING = 0x97, Expression [Term, Target];
    TO_HEX_STRING = 0x98, Expression [Term, Target];
    TO_INTEGER = 0x99, Expression [Term, Target];
    TO_STRING = 0x9C, Expression [Term, Term, Target];
    COPY_OBJECT = 0x9D, Expression [Term, Simple];
    MID = 0x9E, Expression [Term, Term, Term, Target];
    CONTINUE = 0x9F, Statement [];
    IF = 0xA0, Statement [Length, Term];
    ELSE = 0xA1, Statement [Length];
    WHILE = 0xA2, Statement [Length];
    NOOP = 0xA3, Statement [];
    RETURN = 0xA4, Statement [Term];
    BREAK = 0xA5, Statement [];
    BREAK_POINT = 0xCC, Statement [];
    MUTEX = 0x5B01, Statement [Name, Byte];
    EVENT = 0x5B02, Statement [Name];
    COND_REF_OF = 0x5B12, Expression [Optional, Target];
    CREATE_FIELD = 0x5B13, Statement [Term, Term, Term, Name];
    LOAD_TABLE = 0x5B1F, Expression [Term, Term, Term, Term, Term, Term];
    LOAD = 0x5B20, Expression [Simple, Target];
    STALL = 0x5B21, Statement [Term];
    SLEEP = 0x5B22, Statement [Term];
    ACQUIRE = 0x5B23, Expression [Super, Word];
    SIGNAL = 0x5B24, Statement [Super];
    WAIT = 0x5B25, Expression [Super, Term];
    RESET = 0x5B26, Statement [Super];
    RELEASE = 0x5B27, Statement [Super];
    FROM_BCD = 0x5B28, Expression [Term, Target];
    TO_BCD = 0x5B29, Expression [Term, Target];
    UNLOAD = 0x5B2A, Statement [Super];
    REVISION = 0x5B30, Expression [];
    FATAL = 0x5B32, Statement [Byte, Dword, Term];
    TIMER = 0x5B33, Expression [];
    OPERATION_REGION = 0x5B80, Statement [Name, Byte, Term, Term];
    FIELD = 0x5B81, Statement [Length, Name, Byte];
    DEVICE = 0x5B82, Statement [Length, Name];
    PROCESSOR = 0x5B83, Statement [Length, Name, Byte, Dword, Byte];
    POWER_RESOURCE = 0x5B84, Statement [Length, Name, Byte, Word];
    THERMAL_ZONE = 0x5B85, Statement [Length, Name];
    INDEX_FIELD = 0x5B86, Statement [Length, Name, Name, Byte];
    BANK_FIELD = 0x5B87, Statement [Length, Name, Name, Term, Byte];
    DATA_REGION = 0x5B88, Statement [Name, Term, Term, Term];
    // No opcode of the encoding: the predicate of a While, which is evaluated again before each round.
    WHILE_PREDICATE = 0xA2A2, Statement [Term];
}

/// What stands behind the operands of an opcode, up to the end that its length gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tail {
    None,
    Statements,
    Elements,
    Bytes,
    Fields,
}

/// The tail of `opcode`.
pub(crate) fn tail(opcode: u16) -> Tail {
    match opcode {
        SCOPE | DEVICE | PROCESSOR | POWER_RESOURCE | THERMAL_ZONE | METHOD | IF | ELSE | WHILE => {
            Tail::Statements
        }
        PACKAGE | VAR_PACKAGE => Tail::Elements,
        BUFFER => Tail::Bytes,
        FIELD | INDEX_FIELD | BANK_FIELD => Tail::Fields,
        _ => Tail::None,
    }
}

pub(crate) const ZERO: u8 = 0x00;
pub(crate) const ONE: u8 = 0x01;
pub(crate) const BYTE_PREFIX: u8 = 0x0A;
pub(crate) const WORD_PREFIX: u8 = 0x0B;
pub(crate) const DWORD_PREFIX: u8 = 0x0C;
pub(crate) const STRING_PREFIX: u8 = 0x0D;
pub(crate) const QWORD_PREFIX: u8 = 0x0E;
pub(crate) const EXTENDED_PREFIX: u8 = 0x5B;
pub(crate) const LOCAL0: u8 = 0x60;
pub(crate) const ARG6: u8 = 0x6E;
pub(crate) const ONES: u8 = 0xFF;
/// The second byte of the Debug object, behind [`EXTENDED_PREFIX`].
pub(crate) const DEBUG: u16 = 0x5B31;
