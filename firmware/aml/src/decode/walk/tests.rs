use super::*;

/// `Store (Add (One, FOO (Local0), ), BAR)`, where FOO is a method with one argument.
const STORE: &[u8] = b"\x70\x72\x01FOO_\x60\x00BAR_";

fn foo(name: &[u8]) -> Option<u8> {
    match name {
        b"FOO_" => Some(1),
        b"BAR_" => Some(0),
        _ => None,
    }
}

#[test]
fn a_statement_without_a_length_ends_with_its_last_operand() {
    let mut code = STORE.to_vec();
    code.extend([0xA3, 0xA3]);
    let walk = Walk::new(&code, 0, code.len(), foo);
    assert_eq!(walk.skip_statement(), STORE.len());
    let depths: Vec<_> = Walk::new(STORE, 0, STORE.len(), foo)
        .map(|visit| (visit.depth, visit.statement))
        .collect();
    let inner = |depth| (depth, false);
    let expected = [
        (1, true),
        inner(2),
        inner(3),
        inner(3),
        inner(4),
        inner(3),
        inner(2),
    ];
    assert_eq!(depths, expected);
}

#[test]
fn a_statement_with_a_length_ends_there_whatever_is_inside() {
    // If (One) { 0xFE is no opcode }, NoOp
    let code = [0xA0, 0x04, 0x01, 0xFE, 0xFE, 0xA3];
    assert_eq!(Walk::new(&code, 0, code.len(), foo).skip_statement(), 5);
    let items: Vec<_> = Walk::new(&code, 0, code.len(), foo)
        .map(|v| v.item)
        .collect();
    let broken = Item::Broken(&[0xFE, 0xFE]);
    let noop = Item::Operator(opcode::NOOP);
    let expected = [
        Item::Operator(opcode::IF),
        Item::Integer(1, 1),
        broken,
        noop,
    ];
    assert_eq!(items, expected);
}

#[test]
fn a_call_of_something_unknown_takes_the_rest_with_it() {
    let code = b"\x70WHO_\x60\xA3\xA3";
    assert_eq!(Walk::new(code, 0, 8, foo).skip_statement(), 8);
    assert_eq!(Walk::new(code, 0, 7, foo).skip_statement(), 7);
}

#[test]
fn nesting_without_end_is_broken() {
    let code = [0x80; 3 * DEEPEST];
    let walk = Walk::new(&code, 0, code.len(), foo);
    assert_eq!(walk.skip_statement(), code.len());
}
