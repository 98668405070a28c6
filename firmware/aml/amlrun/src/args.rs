//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use hotvcpu_aml::Value;

/// Load ACPI tables, initialise the devices, and evaluate an object.
///
/// The result is the last line: Integer 0x2A, String "abc", Buffer [01 02], Package [Integer 0x1, String "x"],
/// Reference \_SB.FOO, or Uninitialized.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// Tables with AML, in the order to load them: the DSDT, then SSDTs.
    #[arg(required = true, value_name = "TABLE")]
    pub tables: Vec<PathBuf>,

    /// Evaluate this object, with these arguments: 42, 0x2A, text, or [01 02] for a buffer. Without --call, \MAIN.
    #[arg(long, num_args = 1.., value_names = ["PATH", "ARG"], allow_hyphen_values = true)]
    pub call: Vec<String>,

    /// Print every named object with its kind.
    #[arg(long)]
    pub namespace: bool,

    /// Print what was notified, one line each.
    #[arg(long)]
    pub notify_log: bool,

    /// What stands behind operation regions: memory, or memory with a line for each access.
    #[arg(long, value_enum, default_value_t = Regions::Ram)]
    pub regions: Regions,
}

/// What stands behind operation regions.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Regions {
    /// Memory that is zero at first.
    Ram,
    /// The same, and every access is printed.
    Log,
}

/// An argument as it is written on the command line.
pub fn value(text: &str) -> Result<Value> {
    if let Some(inner) = text.strip_prefix('[') {
        let Some(inner) = inner.strip_suffix(']') else {
            bail!("{text}: a buffer ends with ]");
        };
        let bytes = inner
            .split([' ', ','])
            .filter(|byte| !byte.is_empty())
            .map(|byte| {
                let digits = byte.trim_start_matches("0x");
                u8::from_str_radix(digits, 16).with_context(|| format!("{byte} is no byte"))
            })
            .collect::<Result<Vec<_>>>()?;
        return Ok(Value::Buffer(bytes));
    }
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    Ok(number.map_or_else(|| Value::String(text.into()), Value::Integer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_numbers_buffers_or_text() {
        assert_eq!(value("42").unwrap(), Value::Integer(42));
        assert_eq!(value("0x2A").unwrap(), Value::Integer(42));
        assert_eq!(value("2A").unwrap(), Value::String("2A".into()));
        assert_eq!(
            value("[01 2 0xFF]").unwrap(),
            Value::Buffer(vec![1, 2, 255])
        );
        assert_eq!(value("[]").unwrap(), Value::Buffer(vec![]));
        assert!(value("[1").is_err());
        assert!(value("[100]").is_err());
    }
}
