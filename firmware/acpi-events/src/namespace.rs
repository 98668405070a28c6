//! Finding devices in the namespace by what they say they are.

use alloc::vec;
use alloc::vec::Vec;

use hotvcpu_aml::{Host, Interpreter, NodeId, ObjectKind, Value, eisa_number};

use crate::EventError;

/// Bit 0 of `_STA`: the device is there (6.3.7).
pub const STA_PRESENT: u64 = 1 << 0;
/// Bit 1 of `_STA`: the device is enabled and decodes its resources.
pub const STA_ENABLED: u64 = 1 << 1;
/// What a device without `_STA` is: present, enabled, shown and working (6.3.7).
pub const STA_DEFAULT: u64 = 0xF;

/// All objects of the namespace, parents before their children.
pub fn nodes(aml: &Interpreter) -> Vec<NodeId> {
    let mut found = vec![aml.root()];
    let mut next = 0;
    while let Some(node) = found.get(next).copied() {
        found.extend(aml.children(node));
        next += 1;
    }
    found
}

/// All devices whose `_HID` is `id`, be it a string or a compressed EISA id. The objects that could not be asked
/// are added to `problems`.
pub fn devices_with_hid<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    id: &str,
    problems: &mut Vec<EventError>,
) -> Vec<NodeId> {
    let found = devices_with_hids(aml, host, &[id], problems);
    found.into_iter().map(|(device, _)| device).collect()
}

/// The same for several ids at once, because machines with thousands of CPUs have as many devices: each device with
/// its id.
pub fn devices_with_hids<'a, H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    ids: &[&'a str],
    problems: &mut Vec<EventError>,
) -> Vec<(NodeId, &'a str)> {
    let mut found = Vec::new();
    for device in nodes(aml) {
        if aml.kind(device) != ObjectKind::Device {
            continue;
        }
        match evaluate_child(aml, host, device, "_HID") {
            Ok(Some(hid)) => {
                let id = ids.iter().find(|id| is_id(&hid, id));
                found.extend(id.map(|id| (device, *id)));
            }
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    found
}

/// Whether `device` is there, as its `_STA` says (6.3.7).
///
/// # Errors
/// As [`integer_child`].
pub(crate) fn is_present<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
) -> Result<bool, EventError> {
    let status = integer_child(aml, host, device, "_STA")?.unwrap_or(STA_DEFAULT);
    Ok(status & STA_PRESENT != 0)
}

/// The value of `device`'s child `name`, evaluated without arguments; `None` if there is no such child.
///
/// # Errors
/// What AML ran into, with the object's path.
pub fn evaluate_child<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
    name: &str,
) -> Result<Option<Value>, EventError> {
    let Some(node) = aml.child(device, name) else {
        return Ok(None);
    };
    evaluate(aml, host, node, &[]).map(Some)
}

/// Evaluates `node`.
///
/// # Errors
/// What AML ran into, with the object's path.
pub fn evaluate<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    node: NodeId,
    args: &[Value],
) -> Result<Value, EventError> {
    aml.evaluate(node, args, host)
        .map_err(|error| EventError::Aml {
            path: aml.path(node),
            error,
        })
}

/// The integer that `device`'s child `name` gives; `None` if there is no such child.
///
/// # Errors
/// What AML ran into, or that it gave something else.
pub fn integer_child<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
    name: &str,
) -> Result<Option<u64>, EventError> {
    match evaluate_child(aml, host, device, name)? {
        None => Ok(None),
        Some(Value::Integer(value)) => Ok(Some(value)),
        Some(_) => Err(wrong_type(aml, device, name, "an integer")),
    }
}

/// The error for a child that has another type than the specification says.
pub fn wrong_type(
    aml: &Interpreter,
    device: NodeId,
    name: &str,
    expected: &'static str,
) -> EventError {
    let child = aml.child(device, name).unwrap_or(device);
    EventError::WrongType {
        path: aml.path(child),
        expected,
    }
}

/// Whether the value of a `_HID` is `id`.
fn is_id(hid: &Value, id: &str) -> bool {
    match hid {
        Value::String(text) => text == id,
        Value::Integer(number) => eisa_number(id).is_some_and(|eisa| u64::from(eisa) == *number),
        _ => false,
    }
}
