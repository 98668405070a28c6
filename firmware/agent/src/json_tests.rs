//! The parser against a known good one.

extern crate std;

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use proptest::prelude::*;

use super::*;

fn strings(text: &str) -> Option<String> {
    parse(text.as_bytes()).ok()?.string()
}

#[test]
fn what_a_value_holds_is_taken_out_of_it() {
    let text =
        br#" {"execute" : "guest-sync","arguments":{"id":-42 , "list":[1,[2],"x"]},"b":true} "#;
    let value = parse(text).expect("valid");
    let members: Vec<_> = value.members().expect("an object").collect();
    assert_eq!(members.len(), 3);
    assert!(members[0].0.is("execute") && members[0].1.is("guest-sync"));
    assert_eq!(members[2].1.boolean(), Some(true));
    let arguments: Vec<_> = members[1].1.members().expect("an object").collect();
    assert_eq!(arguments[0].1.integer(), Some(-42));
    let list: Vec<_> = arguments[1].1.elements().expect("an array").collect();
    assert_eq!(list.len(), 3);
    assert_eq!(list[1].text(), b"[2]");
    assert!(list[0].members().is_none());
}

#[test]
fn escapes_are_undone() {
    assert_eq!(strings(r#""\u0041\n\"\/\\""#), Some("A\n\"/\\".to_string()));
    assert_eq!(strings(r#""\ud83d\ude00""#), Some("\u{1F600}".to_string()));
    assert_eq!(strings(r#""\ud83dx""#), Some("\u{FFFD}x".to_string()));
    assert_eq!(strings(r#""\x""#), None);
    assert_eq!(strings(r#""\u00g0""#), None);
    assert_eq!(strings(r#""\u+041""#), None);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(Flaw::TooDeep));
}

#[test]
fn only_integers_of_64_bits_are_integers() {
    let integer = |text: &str| parse(text.as_bytes()).ok()?.integer();
    assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
    assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    assert_eq!(integer("9223372036854775808"), None);
    assert_eq!(integer("1.0"), None);
    assert_eq!(integer("1e3"), None);
    assert_eq!(integer("\"1\""), None);
}

/// JSON-like text: pieces of it in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{".to_string()),
        Just("}".to_string()),
        Just("[".to_string()),
        Just("]".to_string()),
        Just(",".to_string()),
        Just(":".to_string()),
        Just("\"a\"".to_string()),
        Just("true".to_string()),
        Just("null".to_string()),
        "-?[0-9.eE+]{1,4}",
        "\"(\\\\[u\"nd8c0/]|[a-z]){0,6}\"",
        Just(" ".to_string()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn tree() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same, by this parser.
fn rebuild(value: Value<'_>) -> serde_json::Value {
    if let Some(members) = value.members() {
        let members = members.map(|(name, value)| (name.string().expect("a name"), rebuild(value)));
        return serde_json::Value::Object(members.collect());
    }
    if let Some(elements) = value.elements() {
        return elements.map(rebuild).collect::<vec::Vec<_>>().into();
    }
    if let Some(string) = value.string() {
        return string.into();
    }
    serde_json::from_slice(value.text()).expect("a word or a number")
}

proptest! {
    #[test]
    fn what_is_written_is_read(tree in tree()) {
        let text = serde_json::to_string(&tree).expect("it is JSON");
        let value = parse(text.as_bytes()).expect("it is JSON");
        prop_assert_eq!(rebuild(value).to_string(), serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON").to_string());
    }

    #[test]
    fn it_accepts_what_another_parser_accepts(text in pieces()) {
        let other = serde_json::from_str::<serde_json::Value>(&text);
        let ours = parse(text.as_bytes());
        // The other one refuses lone halves of pairs, and numbers beyond what a double holds.
        let pickier = text.contains("\\u") || text.contains(['e', 'E']);
        if pickier {
            prop_assert!(other.is_err() || ours.is_ok(), "{text}: {ours:?}");
        } else {
            prop_assert_eq!(other.is_ok(), ours.is_ok(), "{}: {:?}", text, ours);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert!(core::str::from_utf8(value.text()).is_ok());
        }
    }
}
