//! AML as text, for people who look for a mistake in a table.
//!
//! Term by term, in the order of the bytes: no expression is rebuilt and no name resolved. How many arguments a call
//! has comes from the methods and the External terms of the same table, by the last segment of the name.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt::Write;

use crate::decode::field_list::{self, Entry};
use crate::decode::opcode;
use crate::decode::walk::{Item, Visit, Walk};
use crate::name::NameSeg;
use crate::namespace::Path;
use crate::opcode_name;
use crate::table::HEADER;

/// A term is cut after so much text: it may hold a buffer of megabytes.
const LONGEST: usize = 48;
/// What External says of a method (ACPI 6.5, 19.6, External: the object type).
const METHOD_OBJECT: u64 = 8;

/// One term of a table: an operator without its operands, or one operand.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Term {
    /// Where it begins, counted from the table's header.
    pub offset: u32,
    /// How many terms are open around it; 1 at the level of the table.
    pub depth: usize,
    /// Whether it stands where a statement stands; otherwise it is an operand of what is above it.
    pub statement: bool,
    /// Its opcode, if it has one: `0x5Bxx` for an extended one; the prefix of a constant, a local or an argument. A name,
    /// or a number that belongs to an operator, has none.
    pub opcode: Option<u16>,
    /// As text: `ShiftLeft`, `Local0`, `0x2A`, `"text"`, `\_SB.PCI0`, `[01 02]`.
    pub text: String,
}

/// The terms of a whole table, its header included. Bytes that are no AML are one term to the end of their block, and
/// what follows that block is read again.
pub fn disassemble(table: &[u8]) -> impl Iterator<Item = Term> {
    let methods = methods(table);
    Walk::new(table, HEADER, table.len(), move |name| {
        let segment = name.last_chunk::<4>();
        Some(segment.and_then(|s| methods.get(s)).copied().unwrap_or(0))
    })
    .map(term)
}

/// The methods that a table defines or declares, by the last segment of their names, with their numbers of arguments.
fn methods(table: &[u8]) -> BTreeMap<[u8; 4], u8> {
    let mut found = BTreeMap::new();
    let mut walk = Walk::new(table, HEADER, table.len(), |_| Some(0));
    while let Some(visit) = walk.next() {
        let Item::Operator(operator @ (opcode::METHOD | opcode::EXTERNAL)) = visit.item else {
            continue;
        };
        let Some(Item::Name(name)) = walk.next().map(|visit| visit.item) else {
            continue;
        };
        let arguments = match operator {
            opcode::METHOD => number(&mut walk).map(|flags| flags & 7),
            _ if number(&mut walk) == Some(METHOD_OBJECT) => number(&mut walk),
            _ => None,
        };
        if let (Some(segment), Some(arguments)) = (name.last_chunk::<4>(), arguments) {
            found.insert(*segment, arguments.min(7) as u8);
        }
    }
    found
}

/// The number that stands next.
fn number<'a>(walk: &mut impl Iterator<Item = Visit<'a>>) -> Option<u64> {
    match walk.next()?.item {
        Item::Number(number) => Some(number),
        _ => None,
    }
}

fn term(visit: Visit<'_>) -> Term {
    let mut text = String::new();
    write_item(&mut text, visit.item);
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("...");
    }
    Term {
        offset: visit.at as u32,
        depth: visit.depth,
        statement: visit.statement,
        opcode: item_opcode(visit.item),
        text,
    }
}

fn item_opcode(item: Item<'_>) -> Option<u16> {
    Some(match item {
        Item::Operator(code) => code,
        Item::Integer(prefix, _) => prefix.into(),
        Item::Text(_) => opcode::STRING_PREFIX.into(),
        Item::Slot(slot) => u16::from(opcode::LOCAL0 + slot),
        Item::Debug => opcode::DEBUG,
        _ => return None,
    })
}

fn write_item(text: &mut String, item: Item<'_>) {
    // Writing to a String cannot fail.
    let _ = match item {
        Item::Operator(code) => {
            write_mnemonic(text, opcode_name(code).unwrap_or_default());
            Ok(())
        }
        Item::Integer(opcode::ZERO, _) => write!(text, "Zero"),
        Item::Integer(opcode::ONE, _) => write!(text, "One"),
        Item::Integer(opcode::ONES, _) => write!(text, "Ones"),
        Item::Integer(_, value) | Item::Number(value) => write!(text, "{value:#X}"),
        Item::Text(bytes) => {
            let shown = bytes.iter().take(LONGEST).copied().map(char::from);
            write!(text, "{:?}", shown.collect::<String>())
        }
        Item::Slot(slot @ 0..8) => write!(text, "Local{slot}"),
        Item::Slot(slot) => write!(text, "Arg{}", slot - 8),
        Item::Debug => write!(text, "Debug"),
        Item::Name(name) => {
            write_name(text, name);
            Ok(())
        }
        Item::Nothing => Ok(()),
        Item::Bytes(bytes) => write_bytes(text, bytes),
        Item::Fields(list) => {
            write_fields(text, list);
            Ok(())
        }
        Item::Broken(bytes) => {
            let _ = write!(text, "no AML: ");
            write_bytes(text, bytes)
        }
    };
}

fn write_bytes(text: &mut String, bytes: &[u8]) -> core::fmt::Result {
    text.push('[');
    for (position, byte) in bytes.iter().take(LONGEST).enumerate() {
        let separator = if position > 0 { " " } else { "" };
        write!(text, "{separator}{byte:02X}")?;
    }
    text.push(']');
    Ok(())
}

/// `SHIFT_LEFT` as ASL writes it: `ShiftLeft`.
fn write_mnemonic(text: &mut String, name: &str) {
    for word in name.split('_') {
        let mut letters = word.chars();
        text.extend(letters.next());
        text.extend(letters.map(|letter| letter.to_ascii_lowercase()));
    }
}

/// A NameString with its prefixes, padding removed.
fn write_name(text: &mut String, name: &[u8]) {
    let prefixes = name.iter().take_while(|byte| matches!(byte, b'\\' | b'^'));
    text.extend(prefixes.take(LONGEST).map(|byte| char::from(*byte)));
    let Ok((path, _)) = Path::parse(name) else {
        return;
    };
    for (position, segment) in path.segments().enumerate() {
        if position > 0 {
            text.push('.');
        }
        text.push_str(segment.trimmed());
    }
}

/// The names of a list of fields with their lengths in bits.
fn write_fields(text: &mut String, mut list: &[u8]) {
    text.push('{');
    while !list.is_empty() && text.len() <= LONGEST {
        let Ok((entry, length)) = field_list::entry(list) else {
            break;
        };
        if let Entry::Field { name, bits } = entry {
            let separator = if text.len() > 1 { ", " } else { "" };
            let name: NameSeg = name;
            let _ = write!(text, "{separator}{name} {bits}");
        }
        list = list.get(length..).unwrap_or_default();
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::*;

    fn terms(code: &[u8]) -> Vec<(usize, bool, String)> {
        let mut table = alloc::vec![0; HEADER];
        table.extend_from_slice(code);
        disassemble(&table)
            .map(|term| (term.depth, term.statement, term.text))
            .collect()
    }

    fn expected(terms: &[(usize, bool, &str)]) -> Vec<(usize, bool, String)> {
        let owned = terms.iter().map(|(d, s, t)| (*d, *s, (*t).to_string()));
        owned.collect()
    }

    #[test]
    fn a_call_has_the_arguments_that_its_method_takes() {
        // Store (FOO (Local0), Debug), then Method (FOO, 1) { Return (Arg0) }
        let code = b"\x70FOO_\x60\x5B\x31\x14\x08FOO_\x01\xA4\x68";
        let wanted = [
            (1, true, "Store"),
            (2, false, "FOO"),
            (3, false, "Local0"),
            (2, false, "Debug"),
            (1, true, "Method"),
            (2, false, "FOO"),
            (2, false, "0x1"),
            (2, true, "Return"),
            (3, false, "Arg0"),
        ];
        assert_eq!(terms(code), expected(&wanted));
    }

    #[test]
    fn buffers_fields_and_what_is_no_aml_are_cut_to_a_length() {
        let mut code = b"\x5B\x81\x0CREG0\x01\x00\x08AAA_\x04".to_vec();
        code[2] = (code.len() - 2) as u8;
        code.extend(b"\x11\x44\x08\x0A\x80");
        code.extend([0xAB; 0x80]);
        code.extend([0xFE; 0x100]);
        let found = terms(&code);
        let texts: Vec<_> = found.iter().map(|(_, _, text)| text.as_str()).collect();
        let [field, region, flags, list, buffer, size, bytes, broken] = texts[..] else {
            panic!("{texts:?}");
        };
        assert_eq!([field, region, flags], ["Field", "REG0", "0x1"]);
        assert_eq!(list, "{AAA 4}");
        assert_eq!([buffer, size], ["Buffer", "0x80"]);
        assert!(
            bytes.starts_with("[AB AB") && bytes.ends_with("..."),
            "{bytes}"
        );
        assert!(broken.starts_with("no AML: [FE"), "{broken}");
        assert!(texts.iter().all(|text| text.len() <= LONGEST + 3));
    }
}
