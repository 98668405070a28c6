//! Small helpers over the AML builder: paths as strings, and terms that are made of terms.
use acpi_tables::aml::{And, Equal, If, Path, Store};
use acpi_tables::{Aml, AmlSink};
use alloc::vec::Vec;

/// AML that is already bytes.
pub struct Bytes(pub Vec<u8>);

impl Aml for Bytes {
    fn to_aml_bytes(&self, sink: &mut dyn AmlSink) {
        sink.vec(&self.0);
    }
}

/// The terms, one after the other.
pub fn sequence(terms: &[&dyn Aml]) -> Bytes {
    let mut bytes = Vec::new();
    for term in terms {
        term.to_aml_bytes(&mut bytes);
    }
    Bytes(bytes)
}

/// A name string. Only names of this crate come here: each of their segments has four characters.
pub fn path(name: &str) -> Path {
    Path::new(name)
}

/// `target = value`.
pub fn store(target: &dyn Aml, value: &dyn Aml) -> Bytes {
    sequence(&[&Store::new(target, value)])
}

/// `If (left == right) { then }`.
pub fn if_equal(left: &dyn Aml, right: &dyn Aml, then: &[&dyn Aml]) -> Bytes {
    sequence(&[&If::new(&Equal::new(left, right), then.to_vec())])
}

/// `If ((value & bit) == bit) { then }`.
pub fn if_bit(value: &dyn Aml, bit: u8, then: &dyn Aml) -> Bytes {
    let nothing = acpi_tables::aml::ZERO;
    let masked = And::new(&nothing, value, &bit);
    if_equal(&masked, &bit, &[then])
}

/// `Break` (ACPI 6.5, 20.2.5.3), which the builder lacks.
pub struct Break;

impl Aml for Break {
    fn to_aml_bytes(&self, sink: &mut dyn AmlSink) {
        sink.byte(0xA5);
    }
}
