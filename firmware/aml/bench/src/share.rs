//! How much of the guest's image is the interpreter.
//!
//! Counted is the code of every function whose symbol names the crate, with whatever of others was inlined into it,
//! and code of the crate's source files that was inlined into functions of others. Not counted, because nothing in an
//! image says whose it is: constants in `.rodata`, and generic functions of `core` and `alloc` instantiated for the
//! crate's types.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use addr2line::Loader;
use anyhow::{Context, Result, anyhow, ensure};
use object::{Object, ObjectSymbol, SymbolKind};

/// The crate, as symbols have it.
const CRATE: &str = "hotvcpu_aml";

/// Its source files.
const SOURCES: &str = "firmware/aml/src/";

/// The bytes of the image that are the interpreter's code.
pub fn bytes(image: &Path) -> Result<f64> {
    let data = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let file = object::File::parse(&*data)?;
    let functions: Vec<_> = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text)
        .collect();
    // A set, because functions with the same code share it.
    let mut counted = BTreeSet::new();
    let end = functions
        .iter()
        .map(|it| it.address() + it.size())
        .max()
        .unwrap_or(0);
    for symbol in functions {
        if format!("{:#}", rustc_demangle::demangle(symbol.name()?)).contains(CRATE) {
            counted.extend(symbol.address()..symbol.address() + symbol.size());
        }
    }
    let loader = Loader::new(image).map_err(|error| anyhow!("no line tables: {error}"))?;
    let lines = loader
        .find_location_range(0, end)
        .map_err(|error| anyhow!("{error}"))?;
    for (start, length, location) in lines {
        if location.file.is_some_and(|file| file.contains(SOURCES)) {
            counted.extend(start..start + length);
        }
    }
    ensure!(!counted.is_empty(), "the image has no symbols of {CRATE}");
    Ok(counted.len() as f64)
}
