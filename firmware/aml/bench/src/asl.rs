//! The programs that are measured: the same AML for every interpreter, which times itself with the operator `Timer`
//! (ACPI 6.5, 19.6.137), so that neither a process's start nor the way in through an API counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;

/// Calls of `_STA` or `_E02` that are timed together.
pub const CALLS: u32 = 500;

/// The timed loops: nothing, `_STA`, `_E02`.
pub const LOOPS: [&str; 3] = ["\\LNIL", "\\LSTA", "\\LE02"];

/// The timed `Load`.
pub const LOAD: &str = "\\LTAB";

/// The files for one DSDT.
pub struct Programs {
    /// The DSDT itself.
    pub dsdt: PathBuf,
    /// An SSDT with the loops.
    pub loops: PathBuf,
    /// A DSDT that holds the other one in a buffer and loads it.
    pub loader: PathBuf,
    /// Deletes them.
    _folder: TempDir,
}

impl Programs {
    /// Writes and compiles them.
    pub fn build(dsdt: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("dsdt.aml");
        fs::write(&path, dsdt)?;
        Ok(Self {
            loops: compile(folder.path(), "loops", "SSDT", &loops())?,
            loader: compile(folder.path(), "loader", "DSDT", &loader(dsdt)?)?,
            dsdt: path,
            _folder: folder,
        })
    }
}

/// One of ACPICA's tools: from the environment variable `variable`, or from PATH.
pub fn tool(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), Into::into)
}

/// The time of one call in µs, without the loop around it; `ticks` are the medians of [`LOOPS`], in 100 ns.
pub fn call_time(ticks: &Result<Vec<f64>>, index: usize) -> Result<f64> {
    let ticks = ticks.as_ref().map_err(|error| anyhow!("{error:#}"))?;
    let (Some(empty), Some(full)) = (ticks.first(), ticks.get(index + 1)) else {
        bail!("a loop was not timed");
    };
    Ok((full - empty) / 10.0 / f64::from(CALLS))
}

fn loops() -> String {
    let timed = |name: &str, call: &str| {
        format!(
            "Method ({name}) {{ Local0 = {CALLS} Local1 = Timer
             While (Local0) {{ {call} Local0-- }} Return (Timer - Local1) }}\n"
        )
    };
    let declarations =
        "External (\\_SB.CPUS.C001._STA, MethodObj) External (\\_GPE._E02, MethodObj)\n";
    [
        declarations,
        &timed("LNIL", ""),
        &timed("LSTA", "\\_SB.CPUS.C001._STA ()"),
        &timed("LE02", "\\_GPE._E02 ()"),
    ]
    .concat()
}

/// Load takes SSDTs, so the table's signature is changed.
fn loader(dsdt: &[u8]) -> Result<String> {
    let mut table = dsdt.to_vec();
    let signature = table.get_mut(..4).context("no table")?;
    signature.copy_from_slice(b"SSDT");
    let checksum = table.get_mut(9).context("no table")?;
    *checksum = 0;
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    if let Some(checksum) = table.get_mut(9) {
        *checksum = sum.wrapping_neg();
    }
    let bytes: Vec<_> = table.iter().map(u8::to_string).collect();
    Ok(format!(
        "Name (BUF0, Buffer () {{ {} }})
         Method (LTAB) {{ Local0 = Timer Load (BUF0, Local1) Local0 = Timer - Local0 Unload (Local1) Return (Local0) }}",
        bytes.join(", ")
    ))
}

/// A DSDT with CPU devices of the shape that QEMU generates, for more of them than were captured.
pub fn synthetic(slots: usize) -> Result<Vec<u8>> {
    let devices = (0..slots).map(|slot| {
        format!(
            "Device (C{slot:03X}) {{ Name (_HID, \"ACPI0007\") Name (_UID, {slot})
               Method (_STA, 0, Serialized) {{ Return (CSTA ({slot})) }}
               Name (_MAT, Buffer () {{ 0, 8, {low}, {low}, 1, 0, 0, 0 }})
               Method (_EJ0, 1, NotSerialized) {{ CEJ0 ({slot}) }}
               Method (_OST, 3, Serialized) {{ COST ({slot}, Arg0, Arg1, Arg2) }} }}\n",
            low = slot % 256
        )
    });
    let notify = (0..slots)
        .map(|slot| format!("If (Arg0 == {slot}) {{ Notify (\\_SB.CPUS.C{slot:03X}, Arg1) }}\n"));
    let body = format!(
        "Device (\\_SB.CPUS) {{ Name (_HID, \"ACPI0010\")
           Method (CSTA, 1) {{ Return (Arg0) }} Method (CEJ0, 1) {{ }} Method (COST, 4) {{ }}
           {devices} Method (CTFY, 2) {{ {notify} }} }}",
        devices = devices.collect::<String>(),
        notify = notify.collect::<String>()
    );
    let folder = tempfile::tempdir()?;
    Ok(fs::read(compile(
        folder.path(),
        "synthetic",
        "DSDT",
        &body,
    )?)?)
}

fn compile(folder: &Path, name: &str, signature: &str, body: &str) -> Result<PathBuf> {
    let prefix = folder.join(name);
    let source = prefix.with_extension("asl");
    let head = format!("DefinitionBlock (\"\", \"{signature}\", 2, \"HOTVCP\", \"BENCH\", 1)");
    fs::write(&source, format!("{head}\n{{\n{body}\n}}\n"))?;
    let output = Command::new(tool("IASL", "iasl"))
        .arg("-p")
        .arg(&prefix)
        .arg(&source)
        .stdin(Stdio::null())
        .output()
        .context("cannot start iasl: install acpica-tools or run cargo xtask setup")?;
    if !output.status.success() {
        bail!(
            "iasl rejects {name}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    Ok(prefix.with_extension("aml"))
}
