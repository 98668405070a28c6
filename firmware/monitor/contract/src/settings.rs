//! What the host asks for at power-on: the text of the fw_cfg item `opt/hotvcpu/monitor`.
use core::num::ParseIntError;
use core::str::FromStr;

use crate::generation::{Generation, UnknownGeneration};

/// The monitor's settings: `generation=new vcpus=2 control=0xa003e00`, in any order, and `tables=host` for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which generation to play. Default: the new one.
    pub generation: Generation,
    /// CPUs that are plugged at power-on, from slot 0 on. Default: all.
    pub vcpus: Option<u32>,
    /// Physical address of the virtio-mmio slot that carries the control channel.
    pub control: u64,
    /// The host's tables stay as they are: they describe a host with hotplug, and the monitor plays all of it, the GED
    /// too. So captured tables of such a host can be run where there is none. Default: no.
    pub host_tables: bool,
}

/// Why the settings are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A word without `=`, or with an unknown key.
    #[error(
        "opt/hotvcpu/monitor: unknown word; use generation=old|new|rfc vcpus=N control=ADDRESS"
    )]
    UnknownWord,
    /// Not a generation.
    #[error("opt/hotvcpu/monitor: {0}")]
    Generation(#[from] UnknownGeneration),
    /// Not a number.
    #[error("opt/hotvcpu/monitor: vcpus and control are numbers, decimal or 0x")]
    Number,
    /// `vcpus=0`.
    #[error("opt/hotvcpu/monitor: vcpus is 1 or more")]
    NoCpu,
    /// `tables=` with something else.
    #[error("opt/hotvcpu/monitor: tables is host or own")]
    Tables,
    /// `control=` is missing.
    #[error(
        "opt/hotvcpu/monitor: control=ADDRESS is missing: the virtio-mmio slot of the control channel"
    )]
    NoControl,
}

impl From<ParseIntError> for SettingsError {
    fn from(_: ParseIntError) -> Self {
        Self::Number
    }
}

impl FromStr for Settings {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let mut generation = Generation::New;
        let mut vcpus = None;
        let mut control = None;
        let mut host_tables = false;
        for word in text.trim_matches('\0').split_whitespace() {
            match word.split_once('=') {
                Some(("generation", value)) => generation = value.parse()?,
                Some(("vcpus", value)) => {
                    vcpus = Some(u32::try_from(number(value)?).map_err(|_| SettingsError::Number)?)
                }
                Some(("control", value)) => control = Some(number(value)?),
                Some(("tables", "host")) => host_tables = true,
                Some(("tables", "own")) => host_tables = false,
                Some(("tables", _)) => return Err(SettingsError::Tables),
                _ => return Err(SettingsError::UnknownWord),
            }
        }
        if vcpus == Some(0) {
            return Err(SettingsError::NoCpu);
        }
        Ok(Self {
            generation,
            vcpus,
            control: control.ok_or(SettingsError::NoControl)?,
            host_tables,
        })
    }
}

fn number(text: &str) -> Result<u64, ParseIntError> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_any_order() {
        let settings = Settings {
            generation: Generation::Old,
            vcpus: Some(2),
            control: 0x0a00_3e00,
            host_tables: false,
        };
        assert_eq!(
            "control=0xa003e00 vcpus=2  generation=old\0".parse(),
            Ok(settings)
        );
        let of_host = "tables=host generation=old control=0xa003e00 vcpus=2".parse();
        let expected = Settings {
            host_tables: true,
            ..settings
        };
        assert_eq!(of_host, Ok(expected));
        let all: Settings = "control=10".parse().expect("the rest has defaults");
        assert_eq!(
            (all.generation, all.vcpus, all.control),
            (Generation::New, None, 10)
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let parse = |text: &str| text.parse::<Settings>();
        assert_eq!(parse("generation=new"), Err(SettingsError::NoControl));
        assert_eq!(parse("control=1 vcpus=0"), Err(SettingsError::NoCpu));
        assert_eq!(parse("control=x"), Err(SettingsError::Number));
        assert_eq!(
            parse("control=1 vcpus=4294967296"),
            Err(SettingsError::Number)
        );
        assert_eq!(parse("control=1 tables=none"), Err(SettingsError::Tables));
        assert_eq!(parse("control=1 verbose"), Err(SettingsError::UnknownWord));
        assert_eq!(
            parse("control=1 generation=newer"),
            Err(SettingsError::Generation(UnknownGeneration))
        );
    }
}
