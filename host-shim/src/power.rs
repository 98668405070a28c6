//! The buttons of a running machine: pause, go on, reset, reboot.
//!
//! QEMU takes these commands in any state and says `{}` even where they do nothing, so the state is
//! looked at first. A reboot is the power button and then the reset button: QEMU is told to stop
//! instead of ending when the guest powers off. Its process, its sockets and the plugged vCPUs stay.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::{AgentClient, ShutdownMode};
use crate::error::{Error, Result};
use crate::guard::Refusal;
use crate::qmp::{Event, QmpError};
use crate::session::Session;

/// A guest that is still booting does not see the power button, and not every guest tells when it
/// does: after this long it is pressed again.
const PRESS_AGAIN: Duration = Duration::from_secs(2);

/// How long an agent has to refuse a power-off.
const REFUSAL: Duration = Duration::from_secs(3);

/// What QEMU does by itself when the guest powers off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtPowerOff {
    /// It ends: the default.
    End,
    /// It stays, stopped: it was started with `-no-shutdown`.
    Stay,
}

/// Stops the vCPUs.
///
/// # Errors
/// They do not run.
pub fn suspend(session: &mut Session) -> Result<()> {
    match session.run_state()?.as_str() {
        "running" => session.execute("stop", json!({})).map(drop),
        state => Err(refused("suspend", state)),
    }
}

/// Lets stopped vCPUs run.
///
/// # Errors
/// They run, or cannot.
pub fn resume(session: &mut Session) -> Result<()> {
    match session.run_state()?.as_str() {
        "paused" | "prelaunch" | "suspended" => session.execute("cont", json!({})).map(drop),
        state => Err(refused("resume", state)),
    }
}

/// Presses the reset button. A machine that has stopped for good runs again.
///
/// # Errors
/// It is being migrated, QEMU would not survive it (unless `force`), or does not do it.
pub fn reset(session: &mut Session, force: bool) -> Result<()> {
    if !force {
        session.check_reset()?;
    }
    let state = session.run_state()?;
    match state.as_str() {
        "running" | "paused" | "prelaunch" | "suspended" => session.reset(),
        "shutdown" | "guest-panicked" | "internal-error" | "io-error" | "watchdog" => {
            session.reset()?;
            session.execute("cont", json!({})).map(drop)
        }
        state => Err(refused("reset", state)),
    }
}

/// Presses the power button, awaits the guest's power-off for `timeout` at most, and starts the
/// machine again.
///
/// # Errors
/// QEMU would not survive it (unless `force`); the guest does not power off, and then the machine is
/// as it was, and will end when it does.
pub fn reboot(
    session: &mut Session,
    timeout: Duration,
    default: AtPowerOff,
    force: bool,
) -> Result<()> {
    if !force {
        session.check_reset()?;
    }
    let state = session.run_state()?;
    if state != "running" {
        return Err(refused("reboot", &state));
    }
    session.execute("set-action", json!({"shutdown": "pause"}))?;
    let ended = power_off(session, timeout).and_then(|()| {
        session.reset()?;
        session.execute("cont", json!({})).map(drop)
    });
    if default == AtPowerOff::End && !matches!(ended, Err(Error::Lost { .. })) {
        end_at_power_off(session)?;
    }
    ended
}

/// Lets QEMU end when the guest powers off, also after a reboot that was interrupted.
pub(crate) fn end_at_power_off(session: &mut Session) -> Result<()> {
    match session.execute("set-action", json!({"shutdown": "poweroff"})) {
        // Before QEMU 6.0 there is no such command, and so no such reboot.
        Ok(_) | Err(Error::Qmp(QmpError::Refused { .. })) => Ok(()),
        Err(error) => Err(error),
    }
}

fn power_off(session: &mut Session, timeout: Duration) -> Result<()> {
    session.skip_seen();
    let deadline = Instant::now() + timeout;
    loop {
        session.execute("system_powerdown", json!({}))?;
        let left = deadline.saturating_duration_since(Instant::now());
        let is_end = |event: &Event| event.name == "SHUTDOWN";
        match session.await_event(left.min(PRESS_AGAIN), is_end) {
            Ok(_) => break,
            Err(Error::NotInTime { .. }) if left > PRESS_AGAIN => {}
            Err(Error::NotInTime { .. }) => return Err(ignored(timeout)),
            Err(error) => return Err(error),
        }
    }
    // The event comes first; a reset before the machine has stopped would be undone by the stop.
    while session.run_state()? != "shutdown" {
        let left = deadline.saturating_duration_since(Instant::now());
        session.await_event(left, |event| event.name == "STOP")?;
    }
    Ok(())
}

fn ignored(after: Duration) -> Error {
    Error::NotInTime {
        what: "the guest's power-off".to_owned(),
        after,
        hint: "the guest may ignore the power button, or hang; `hotvcpu reset` does not ask it"
            .to_owned(),
    }
}

/// How a guest is asked to power off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShutdownBy {
    /// By the power button.
    #[default]
    Button,
    /// Through its agent.
    Agent,
}

/// Asks the agent for a power-off. It is quiet when it does it; what it has against it is awaited.
///
/// # Errors
/// As [`AgentClient::shutdown`].
pub fn ask_agent(mut agent: AgentClient) -> Result<()> {
    Ok(agent.shutdown(ShutdownMode::Powerdown, REFUSAL)?)
}

/// Presses the power button and awaits QEMU's end.
///
/// # Errors
/// The machine is paused, or QEMU still runs after `timeout`.
pub fn shutdown(session: &mut Session, timeout: Duration) -> Result<()> {
    match session.run_state()?.as_str() {
        "running" => session.execute("system_powerdown", json!({}))?,
        "shutdown" => return quit(session, timeout),
        state => return Err(refused("shut down", state)),
    };
    session.await_exit(timeout).map(drop)
}

/// Ends QEMU.
///
/// # Errors
/// It does not end.
pub fn quit(session: &mut Session, timeout: Duration) -> Result<()> {
    match session.execute("quit", json!({})) {
        // Its end may overtake its answer.
        Ok(_) | Err(Error::Lost { .. } | Error::Qmp(QmpError::Closed { .. })) => Ok(()),
        Err(error) => Err(error),
    }?;
    session.await_exit(timeout).map(drop)
}

fn refused(verb: &'static str, state: &str) -> Error {
    let remedy = match (verb, state) {
        ("resume", "running") => "it runs already",
        ("resume", "shutdown") => "the guest has powered off; `hotvcpu reset` starts it again",
        (_, "paused" | "prelaunch") => "let it run first (`hotvcpu resume`)",
        (_, "shutdown") => "the guest has powered off already",
        (_, "inmigrate" | "postmigrate" | "finish-migrate") => "wait until the migration has ended",
        (_, "save-vm" | "restore-vm") => "wait until the snapshot is done",
        (_, "guest-panicked" | "internal-error" | "io-error" | "watchdog") => {
            "the machine has stopped for good; reset or destroy it"
        }
        _ => "wait until it is running",
    };
    Refusal::Machine {
        verb,
        state: state.to_owned(),
        remedy,
    }
    .into()
}
