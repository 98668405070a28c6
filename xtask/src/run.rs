//! `cargo xtask run`: a guest to look at and to play with, its console in this terminal.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Error, Result, bail};
use clap::Args;
use hotvcpu::{Console, ErrorKind, Guest, Machine};
use serde_json::json;

use crate::process;

/// How often the wait for the guest's end looks whether it should go on.
const POLL: Duration = Duration::from_secs(1);

/// What to run.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    guest: crate::guest::GuestOptions,
    /// The machine: q35, pc or microvm
    #[arg(long, default_value = "q35")]
    machine: Machine,
    /// CPUs that are there from the start
    #[arg(long, default_value_t = 1, value_name = "N")]
    cpus: u32,
    /// CPUs that there are places for; QEMU 10 never creates more than this in all, those that left included
    #[arg(long, default_value_t = 16, value_name = "N")]
    maxcpus: u32,
    /// The guest's memory, as 64M or 1G
    #[arg(long, default_value = "64M", value_name = "SIZE")]
    memory: Mebibytes,
    /// Words for the guest's command line, such as workload=full
    #[arg(long, default_value = "", value_name = "WORDS")]
    cmdline: String,
    /// Further arguments for QEMU, after --
    #[arg(last = true, value_name = "ARGUMENT")]
    qemu_arguments: Vec<String>,
}

/// A size of memory, in MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mebibytes(u32);

impl FromStr for Mebibytes {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (digits, factor) = match text.strip_suffix(['G', 'g']) {
            Some(digits) => (digits, 1024),
            None => (text.strip_suffix(['M', 'm']).unwrap_or(text), 1),
        };
        match digits
            .parse::<u32>()
            .ok()
            .and_then(|it| it.checked_mul(factor))
        {
            Some(size) if size > 0 => Ok(Self(size)),
            _ => bail!("`{text}` is no size of memory; write it as 64M or 1G"),
        }
    }
}

/// `cargo xtask run`.
pub fn command(options: &Options, offline: bool) -> Result<()> {
    let prepared = options.guest.prepare("run", options.machine, offline)?;
    let config = prepared
        .config(options.cpus, options.maxcpus)
        .memory_mib(options.memory.0)
        .cmdline(&options.cmdline)
        .extra_args(&options.qemu_arguments)
        .console(Console::Stdio);
    let mut guest = Guest::start(config)?;
    eprintln!(
        "QEMU {}, {} ({})",
        prepared.qemu.version, prepared.accel, prepared.accel_reason
    );
    eprintln!("{}", how_to_add(&mut guest));
    eprintln!("Ctrl-C ends it.\n");
    let status = loop {
        match guest.wait_exit(POLL) {
            Ok(status) => break status,
            Err(error) if error.kind() == ErrorKind::Timeout => process::check_interrupted()?,
            Err(error) => return Err(error.into()),
        }
    };
    process::check_interrupted()?;
    if !status.success() {
        bail!("QEMU ended with {status}");
    }
    Ok(())
}

/// What to type in another terminal to add a CPU.
fn how_to_add(guest: &mut Guest) -> String {
    let slots = guest.slots().unwrap_or_default();
    let Some(free) = slots.iter().find(|slot| !slot.present()) else {
        return "No CPU can be added to this machine.".to_owned();
    };
    let socket = guest.qmp_events_socket();
    let arguments = free.add_arguments(&format!("cpu{}", free.index));
    let hello = json!({"execute": "qmp_capabilities"});
    let add = json!({"execute": "device_add", "arguments": arguments});
    format!(
        "To add a CPU, open QMP in another terminal (`socat - UNIX-CONNECT:{}`, or nc -U) and send\n  {hello}\n  {add}",
        socket.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_has_a_unit() {
        let size = |text: &str| text.parse::<Mebibytes>().ok().map(|it| it.0);
        assert_eq!(size("64M"), Some(64));
        assert_eq!(size("2G"), Some(2048));
        assert_eq!(size("96"), Some(96));
    }

    #[test]
    fn nonsense_is_no_memory() {
        for text in [
            "",
            "M",
            "0",
            "-1M",
            "64K",
            "99999999999999999999G",
            "4194304G",
        ] {
            assert!(text.parse::<Mebibytes>().is_err(), "{text}");
        }
    }
}
