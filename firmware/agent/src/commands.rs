//! The commands, and what each does. Those that change nothing are done at once.

use alloc::format;

use crate::reply::{Quoted, Reply, list};
use crate::request::{Fields, Request};
use crate::vcpus::Job;
use crate::{Refusal, ShutdownMode, System};

/// A command that this agent knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    GetCpuStats,
    GetHostName,
    GetOsInfo,
    GetTime,
    GetVcpus,
    Info,
    Ping,
    SetVcpus,
    Shutdown,
    Sync,
    SyncDelimited,
}

const COMMANDS: &[(&str, Command)] = &[
    ("guest-get-cpustats", Command::GetCpuStats),
    ("guest-get-host-name", Command::GetHostName),
    ("guest-get-osinfo", Command::GetOsInfo),
    ("guest-get-time", Command::GetTime),
    ("guest-get-vcpus", Command::GetVcpus),
    ("guest-info", Command::Info),
    ("guest-ping", Command::Ping),
    ("guest-set-vcpus", Command::SetVcpus),
    ("guest-shutdown", Command::Shutdown),
    ("guest-sync", Command::Sync),
    ("guest-sync-delimited", Command::SyncDelimited),
];

/// The version that the agent gives as its own, and as the system's.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a command led to.
#[derive(Debug)]
pub enum Outcome {
    /// A reply.
    Reply(Reply),
    /// It takes time.
    Job(Job),
    /// It succeeded, and such commands are not replied to; with the words for a record.
    Silence(&'static str),
}

/// Carries a request out, or begins to.
pub fn execute(request: &Request<'_>, system: &mut dyn System) -> Result<Outcome, Refusal> {
    let Request { command, arguments } = request;
    let known = COMMANDS.iter().find(|(name, _)| name == command);
    let Some((_, command)) = known else {
        return Err(Refusal::no_such_command(command));
    };
    match command {
        Command::SetVcpus => return Job::read(arguments).map(Outcome::Job),
        Command::Shutdown => return shut_down(arguments, system).map(Outcome::Silence),
        Command::Sync | Command::SyncDelimited => {
            let id = arguments.integer("id")?;
            arguments.only(&["id"])?;
            let delimited = *command == Command::SyncDelimited;
            let value = format!("{id}");
            return Ok(Outcome::Reply(Reply { value, delimited }));
        }
        _ => arguments.only(&[])?,
    }
    let reply = match command {
        Command::Info => info(),
        Command::GetVcpus => vcpus(system),
        Command::GetCpuStats => cpu_stats(system),
        Command::GetTime => {
            let time = system.time_ns().map_err(Refusal::new)?;
            Reply::new(format!("{time}"))
        }
        Command::GetHostName => Reply::new("{\"host-name\":\"hotvcpu\"}"),
        Command::GetOsInfo => os_info(system),
        _ => Reply::nothing(),
    };
    Ok(Outcome::Reply(reply))
}

fn info() -> Reply {
    let commands = COMMANDS.iter().map(|(name, command)| {
        let replies = *command != Command::Shutdown;
        format!("{{\"enabled\":true,\"name\":\"{name}\",\"success-response\":{replies}}}")
    });
    Reply::new(format!(
        "{{\"version\":\"{VERSION}\",\"supported_commands\":{}}}",
        list(commands)
    ))
}

fn vcpus(system: &mut dyn System) -> Reply {
    let vcpus = system.vcpus();
    Reply::new(list(vcpus.iter().map(|vcpu| {
        format!(
            "{{\"online\":{},\"can-offline\":{},\"logical-id\":{}}}",
            vcpu.online, vcpu.can_offline, vcpu.logical_id
        )
    })))
}

/// Time in the kernel and in idle states is told apart here; work is a user's, as far as this guest has any.
fn cpu_stats(system: &mut dyn System) -> Reply {
    let usage = system.usage();
    Reply::new(list(usage.iter().map(|usage| {
        format!(
            "{{\"type\":\"linux\",\"cpu\":{},\"user\":{},\"nice\":0,\"system\":0,\"idle\":{}}}",
            usage.logical_id, usage.busy_ms, usage.idle_ms
        )
    })))
}

fn os_info(system: &mut dyn System) -> Reply {
    let machine = Quoted(system.architecture());
    Reply::new(format!(
        "{{\"id\":\"hotvcpu\",\"name\":\"hotvcpu\",\"pretty-name\":\"hotvcpu guest {VERSION}\",\
         \"version\":\"{VERSION}\",\"version-id\":\"{VERSION}\",\"kernel-release\":\"{VERSION}\",\
         \"machine\":{machine}}}"
    ))
}

fn shut_down(arguments: &Fields<'_>, system: &mut dyn System) -> Result<&'static str, Refusal> {
    let mode = arguments.optional_string("mode")?;
    arguments.only(&["mode"])?;
    let (mode, words) = match mode.as_deref() {
        None | Some("powerdown") => (ShutdownMode::Powerdown, "guest-shutdown powerdown"),
        Some("reboot") => (ShutdownMode::Reboot, "guest-shutdown reboot"),
        Some("halt") => (ShutdownMode::Halt, "guest-shutdown halt"),
        Some(_) => {
            return Err(Refusal::new(
                "Parameter 'mode' expects halt|powerdown|reboot",
            ));
        }
    };
    system.shut_down(mode);
    Ok(words)
}
