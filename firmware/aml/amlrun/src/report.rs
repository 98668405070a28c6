//! Text for people: the namespace as a tree, and a failure with the statements and bytes around it.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Error as AnyError, anyhow};
use hotvcpu_aml::{Error, Interpreter, LoadReport, NodeId, ObjectKind, opcode_name};

use crate::listing;

/// How many bytes before and after the failing opcode are shown.
const NEIGHBOURHOOD: usize = 8;

/// Every named object below the root: path and kind.
pub fn namespace(interpreter: &Interpreter) -> String {
    let mut text = String::new();
    let mut pending: Vec<NodeId> = interpreter.children(interpreter.root()).collect();
    pending.reverse();
    while let Some(node) = pending.pop() {
        let _ = writeln!(
            text,
            "{} {}",
            interpreter.path(node),
            kind(interpreter, node)
        );
        let mut children: Vec<NodeId> = interpreter.children(node).collect();
        children.reverse();
        pending.extend(children);
    }
    text
}

fn kind(interpreter: &Interpreter, node: NodeId) -> String {
    match interpreter.kind(node) {
        ObjectKind::Uninitialized => "Scope".into(),
        ObjectKind::Method { args } => format!("Method {args}"),
        ObjectKind::OperationRegion { space } => format!("OperationRegion {space:?}"),
        ObjectKind::Processor => match interpreter.processor(node) {
            Some(info) => format!("Processor {:#X}", info.id),
            None => "Processor".into(),
        },
        other => format!("{other:?}"),
    }
}

/// What a table lost because it failed; the table works without it.
pub fn skipped(path: &Path, report: &LoadReport, tables: &[Vec<u8>]) {
    for error in &report.skipped {
        let failure = failure(error, tables);
        eprintln!("amlrun: {}: passed over: {failure:#}", path.display());
    }
    let more = report.skipped_count - report.skipped.len();
    if more > 0 {
        eprintln!("amlrun: {}: and {more} more terms", path.display());
    }
}

/// An error of the interpreter with its place, the opcode's name, the statements and the bytes around it.
pub fn failure(error: &Error, tables: &[Vec<u8>]) -> AnyError {
    let Some(place) = error.location() else {
        return anyhow!("{error}");
    };
    let name = opcode_name(place.opcode).unwrap_or("a name or a constant");
    let mut text = format!("{error}\n  opcode {:#04x} is {name}", place.opcode);
    let table = tables.iter().find(|table| {
        table.get(..4) == Some(&place.table.bytes()[..])
            && table.get(16..24) == Some(&place.oem_table_id[..])
    });
    if let Some(table) = table {
        text.push_str(&listing::around(table, place.offset));
        let _ = write!(text, "\n  {}", neighbourhood(table, place.offset as usize));
    }
    anyhow!(text)
}

/// The bytes around `at`, with the one at `at` in brackets.
fn neighbourhood(table: &[u8], at: usize) -> String {
    let start = at.saturating_sub(NEIGHBOURHOOD);
    let end = at.saturating_add(NEIGHBOURHOOD + 1).min(table.len());
    let mut text = format!("{start:#06x}:");
    for (offset, byte) in table.iter().enumerate().take(end).skip(start) {
        let _ = match offset == at {
            true => write!(text, " [{byte:02X}]"),
            false => write!(text, " {byte:02X}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failing_byte_stands_in_brackets_at_both_ends_of_a_table() {
        let table: Vec<u8> = (0..12).collect();
        assert_eq!(
            neighbourhood(&table, 0),
            "0x0000: [00] 01 02 03 04 05 06 07 08"
        );
        assert_eq!(
            neighbourhood(&table, 11),
            "0x0003: 03 04 05 06 07 08 09 0A [0B]"
        );
    }
}
