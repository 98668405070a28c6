//! Which conversions a compiled program has (ACPI 6.5, 19.3.5), as far as its code shows the types.
//!
//! A constant shows its own type; a name the type of what Name gave it, or that it is a field; a local the type of the
//! constant that was last stored to it. What comes out of a method or an operator has no known type here.

use std::collections::{BTreeMap, BTreeSet};

use hotvcpu_aml::{Term, disassemble};

/// What is converted, or what it is converted to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Integer,
    String,
    Buffer,
    FieldUnit,
    BufferField,
}

/// The kinds that a value has.
const VALUES: [Kind; 3] = [Kind::Integer, Kind::String, Kind::Buffer];
/// The kinds that a named target has.
const TARGETS: [Kind; 5] = [
    Kind::Integer,
    Kind::String,
    Kind::Buffer,
    Kind::FieldUnit,
    Kind::BufferField,
];

/// How a value comes to be converted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Conversion {
    /// Store of a value to a named target.
    Store { from: Kind, to: Kind },
    /// The second operand of an operator whose first operand, or which itself, wants `to`.
    Operand { from: Kind, to: Kind },
    /// One of the operators that convert, by its opcode.
    Explicit { operator: u16, from: Kind },
    /// The result of such an operator, stored to a named target.
    ExplicitTarget { result: Kind, to: Kind },
}

const STORE: u16 = 0x70;
const ADD: u16 = 0x72;
const CONCATENATE: u16 = 0x73;
const TO_BUFFER: u16 = 0x96;
const TO_DECIMAL_STRING: u16 = 0x97;
const TO_HEX_STRING: u16 = 0x98;
const TO_INTEGER: u16 = 0x99;
const TO_STRING: u16 = 0x9C;
const NAME: u16 = 0x08;
const BUFFER: u16 = 0x11;
const FIELDS: [u16; 3] = [0x5B81, 0x5B86, 0x5B87];
const CREATE_FIELDS: [u16; 6] = [0x8A, 0x8B, 0x8C, 0x8D, 0x8F, 0x5B13];

/// The type that a converting operator makes.
fn result(operator: u16) -> Option<Kind> {
    Some(match operator {
        TO_BUFFER => Kind::Buffer,
        TO_DECIMAL_STRING | TO_HEX_STRING | TO_STRING => Kind::String,
        TO_INTEGER => Kind::Integer,
        _ => return None,
    })
}

/// Every conversion that the language has.
pub fn wanted_conversions() -> impl Iterator<Item = Conversion> {
    let operators = [
        TO_BUFFER,
        TO_DECIMAL_STRING,
        TO_HEX_STRING,
        TO_INTEGER,
        TO_STRING,
    ];
    let stores = VALUES.into_iter().flat_map(|from| {
        TARGETS
            .into_iter()
            .map(move |to| Conversion::Store { from, to })
    });
    let operands = VALUES.into_iter().flat_map(|from| {
        VALUES
            .into_iter()
            .map(move |to| Conversion::Operand { from, to })
    });
    let explicit = operators.into_iter().flat_map(|operator| {
        VALUES
            .into_iter()
            .map(move |from| Conversion::Explicit { operator, from })
    });
    let targets = VALUES.into_iter().flat_map(|result| {
        TARGETS
            .into_iter()
            .map(move |to| Conversion::ExplicitTarget { result, to })
    });
    stores.chain(operands).chain(explicit).chain(targets)
}

/// The conversions that a table's code has.
pub fn conversions(table: &[u8]) -> BTreeSet<Conversion> {
    let terms: Vec<_> = disassemble(table).collect();
    let mut types = Types::default();
    let mut found = BTreeSet::new();
    for index in 0..terms.len() {
        let operands = operands(&terms, index);
        types.learn(&terms[index], &operands);
        found.extend(types.conversion(&terms[index], &operands));
    }
    found
}

/// The operands of the term at `index`.
fn operands(terms: &[Term], index: usize) -> Vec<&Term> {
    let depth = terms[index].depth;
    terms[index + 1..]
        .iter()
        .take_while(|term| term.depth > depth)
        .filter(|term| term.depth == depth + 1 && !term.statement)
        .collect()
}

/// What is known about names and locals, by their text.
#[derive(Default)]
struct Types(BTreeMap<String, Kind>);

impl Types {
    fn of(&self, term: &Term) -> Option<Kind> {
        match term.opcode {
            Some(0x00 | 0x01 | 0xFF | 0x0A | 0x0B | 0x0C | 0x0E) => Some(Kind::Integer),
            Some(0x0D) => Some(Kind::String),
            Some(BUFFER) => Some(Kind::Buffer),
            _ => self.0.get(&term.text).copied(),
        }
    }

    /// Notes what a term says of a name or a local.
    fn learn(&mut self, term: &Term, operands: &[&Term]) {
        match (term.opcode, operands) {
            (Some(NAME), [name, value]) => self.set(name, self.of(value)),
            (Some(STORE), [value, target]) if target.text.starts_with("Local") => {
                self.set(target, self.of(value));
            }
            (Some(operator), [.., name]) if CREATE_FIELDS.contains(&operator) => {
                self.set(name, Some(Kind::BufferField));
            }
            (Some(operator), [.., list]) if FIELDS.contains(&operator) => {
                let names = list.text.trim_matches(['{', '}']).split(", ");
                for name in names.filter_map(|field| field.split(' ').next()) {
                    self.0.insert(name.into(), Kind::FieldUnit);
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, name: &Term, kind: Option<Kind>) {
        match kind {
            Some(kind) => self.0.insert(name.text.clone(), kind),
            None => self.0.remove(&name.text),
        };
    }

    /// The conversions that one term makes.
    fn conversion(&self, term: &Term, operands: &[&Term]) -> Vec<Conversion> {
        let kinds: Vec<_> = operands.iter().map(|operand| self.of(operand)).collect();
        match (term.opcode, kinds.as_slice()) {
            (Some(STORE), [Some(from), Some(to)]) if !operands[1].text.starts_with("Local") => {
                vec![Conversion::Store {
                    from: *from,
                    to: *to,
                }]
            }
            (Some(ADD), [_, Some(from), ..]) => vec![Conversion::Operand {
                from: *from,
                to: Kind::Integer,
            }],
            (Some(CONCATENATE), [Some(to), Some(from), ..]) => vec![Conversion::Operand {
                from: *from,
                to: *to,
            }],
            (Some(operator), [from, .., to]) => match result(operator) {
                Some(result) => {
                    let explicit = from.map(|from| Conversion::Explicit { operator, from });
                    let target = to.map(|to| Conversion::ExplicitTarget { result, to });
                    explicit.into_iter().chain(target).collect()
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
