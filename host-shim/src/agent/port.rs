//! The agent's port as QEMU sees it: where its socket is, and whether the guest has opened it.
//!
//! Bytes for a port that nobody in the guest has open wait in QEMU without a word, so QEMU is asked
//! first: `query-chardev` says of each character device whether its frontend is open, which for a
//! virtio-serial port is what the guest last told.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{AgentClient, AgentError, PORT};
use crate::error::{Error, Result};
use crate::guard::Refusal;
use crate::session::Session;

/// How long our guest may take to open its port once it is ready.
const OPENING: Duration = Duration::from_secs(2);

/// Connects to the agent of the guest that runs in the session's QEMU, at `socket`. Our own guest,
/// while it boots, is awaited first. `patience` is the deadline of that, of the synchronisation, and of
/// each command.
///
/// # Errors
/// The machine does not run, so the guest cannot answer; the guest has no agent; it does not answer.
pub fn reach(session: &mut Session, socket: &Path, patience: Duration) -> Result<AgentClient> {
    may_ask(session)?;
    if session.speaks() && !session.guest_view().ready() && !session.guest_view().shutting_down() {
        session.await_ready(patience)?;
    }
    await_open(session, socket, patience)?;
    Ok(AgentClient::connect(socket, patience)?)
}

/// Our own guest opens its port a moment after it is ready; another one's agent is there or not.
fn await_open(session: &mut Session, socket: &Path, patience: Duration) -> Result<()> {
    let grace = match session.speaks() {
        true => OPENING.min(patience),
        false => Duration::ZERO,
    };
    let deadline = Instant::now() + grace;
    loop {
        let devices = session.execute("query-chardev", json!({}))?;
        let port = devices_of(&devices).find(|device| device.socket.as_deref() == Some(socket));
        if port.is_none_or(|port| port.open) {
            return Ok(());
        }
        let left = deadline.saturating_duration_since(Instant::now());
        match session.await_event(left, |event| event.name == "VSERPORT_CHANGE") {
            Ok(_) => {}
            Err(Error::NotInTime { .. }) => return Err(AgentError::NotConnected.into()),
            Err(error) => return Err(error),
        }
    }
}

/// Whether the guest's CPUs run.
fn may_ask(session: &mut Session) -> Result<()> {
    let state = session.run_state()?;
    let remedy = match state.as_str() {
        "running" => return Ok(()),
        "paused" | "prelaunch" => {
            "its vCPUs are stopped, so no agent can answer; let it run first (`hotvcpu resume`)"
        }
        "suspended" => "it sleeps, so no agent can answer; wake it up first (`hotvcpu resume`)",
        "inmigrate" | "postmigrate" | "finish-migrate" => "wait until the migration has ended",
        "save-vm" | "restore-vm" => "wait until the snapshot is done",
        "shutdown" => "the guest has powered off",
        _ => "the machine has stopped for good; reset or destroy it",
    };
    Err(Refusal::Machine {
        verb: "ask the guest agent of",
        state,
        remedy,
    }
    .into())
}

/// Where the agent's port of a QEMU that somebody else started is reached; `None` if it has none, or
/// not on a UNIX socket with an absolute path.
///
/// # Errors
/// As [`Session::execute`].
pub fn find_socket(session: &mut Session) -> Result<Option<PathBuf>> {
    let Some(label) = chardev_of_port(session)? else {
        return Ok(None);
    };
    let devices = session.execute("query-chardev", json!({}))?;
    let device = devices_of(&devices).find(|device| device.label == label);
    let socket = device.and_then(|device| device.socket);
    Ok(socket.filter(|socket| socket.is_absolute()))
}

/// The character device behind the port of the agent's name.
fn chardev_of_port(session: &mut Session) -> Result<Option<String>> {
    for folder in ["/machine/peripheral", "/machine/peripheral-anon"] {
        let children = session.execute("qom-list", json!({"path": folder}))?;
        for child in children.as_array().into_iter().flatten() {
            let text = |key| child.get(key).and_then(Value::as_str);
            let (Some("child<virtserialport>"), Some(name)) = (text("type"), text("name")) else {
                continue;
            };
            let path = format!("{folder}/{name}");
            let mut get = |property| {
                let arguments = json!({"path": path, "property": property});
                session.execute("qom-get", arguments)
            };
            if get("name")?.as_str() == Some(PORT) {
                return Ok(get("chardev")?.as_str().map(str::to_owned));
            }
        }
    }
    Ok(None)
}

/// A character device of QEMU's.
#[derive(Debug, PartialEq, Eq)]
struct Device {
    label: String,
    /// The path of the UNIX socket that it is, if it is one.
    socket: Option<PathBuf>,
    open: bool,
}

/// Those in the answer to `query-chardev`.
fn devices_of(answer: &Value) -> impl Iterator<Item = Device> {
    let device = |value: &Value| {
        let text = |key| value.get(key).and_then(Value::as_str);
        Some(Device {
            label: text("label")?.to_owned(),
            socket: text("filename").and_then(path_in),
            open: value.get("frontend-open").and_then(Value::as_bool)?,
        })
    };
    answer.as_array().into_iter().flatten().filter_map(device)
}

/// The path in `unix:PATH,server=on`, with `disconnected:` in front when no client is there.
fn path_in(filename: &str) -> Option<PathBuf> {
    let name = filename.strip_prefix("disconnected:").unwrap_or(filename);
    let rest = name.strip_prefix("unix:")?;
    let path = rest.rsplit_once(",server=").map_or(rest, |(path, _)| path);
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::agent::scripted_agent;
    use crate::error::ErrorKind;
    use crate::qmp::scripted_peer::{Step, handshake, send};
    use crate::session::tests::session;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// QEMU in this state, and what is asked of it then.
    fn qemu(state: &str, more: Vec<Step>) -> Vec<Step> {
        let mut script = handshake();
        script.extend([
            Step::Expect("query-status"),
            Step::Return(json!({"status": state})),
        ]);
        script.extend(more);
        script
    }

    fn chardevs(socket: &Path, open: bool) -> Vec<Step> {
        let filename = format!("disconnected:unix:{},server=on", socket.display());
        let device = json!({"label": "agent", "filename": filename, "frontend-open": open});
        vec![Step::Expect("query-chardev"), Step::Return(json!([device]))]
    }

    #[test]
    fn the_port_is_found_by_its_path() {
        // As 7.2 and 10.0.2 say it.
        let answer = json!([
            {"frontend-open": true, "filename": "file", "label": "events"},
            {"frontend-open": false, "filename": "disconnected:unix:/r/a,b/agent.sock,server=on", "label": "agent"},
            {"frontend-open": true, "filename": "unix:/r/qmp.sock,server=on", "label": "qmp"},
            {"label": "half"}
        ]);
        let devices: Vec<_> = devices_of(&answer).collect();
        let seen: Vec<_> = devices
            .iter()
            .map(|device| (device.label.as_str(), device.socket.as_deref(), device.open))
            .collect();
        assert_eq!(
            seen,
            [
                ("events", None, true),
                ("agent", Some(Path::new("/r/a,b/agent.sock")), false),
                ("qmp", Some(Path::new("/r/qmp.sock")), true),
            ]
        );
    }

    #[test]
    fn an_agent_that_is_there_is_reached() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("agent.sock");
        let script = qemu("running", chardevs(&socket, true));
        let (mut session, _qemu) = session(script, None);
        let agent = scripted_agent::play_at(&socket, vec![scripted_agent::Step::Sync]);
        reach(&mut session, &socket, PATIENCE).expect("an agent");
        agent.join().expect("the whole script");
    }

    #[test]
    fn a_port_that_nobody_has_opened_is_told_without_a_wait() {
        let socket = Path::new("/r/agent.sock");
        let script = qemu("running", chardevs(socket, false));
        let (mut session, _qemu) = session(script, None);
        let error = reach(&mut session, socket, PATIENCE).expect_err("no agent");
        assert!(
            matches!(error, Error::Agent(AgentError::NotConnected)),
            "{error}"
        );
        assert_eq!(error.kind(), ErrorKind::Agent);
    }

    #[test]
    fn a_port_of_our_guest_may_open_a_moment_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("agent.sock");
        let events = folder.path().join("events.jsonl");
        let ready = b"{\"seq\":1,\"t_ns\":9,\"phase\":\"ready\"}\n";
        std::fs::write(&events, ready).expect("written");
        let mut script = qemu("running", chardevs(&socket, false));
        script.push(send(
            r#"{"event": "VSERPORT_CHANGE", "data": {"open": true, "id": ""}}"#,
        ));
        script.extend(chardevs(&socket, true));
        let (mut session, _qemu) = session(script, Some(&events));
        let agent = scripted_agent::play_at(&socket, vec![scripted_agent::Step::Sync]);
        reach(&mut session, &socket, PATIENCE).expect("an agent");
        agent.join().expect("the whole script");
    }

    #[test]
    fn a_machine_that_does_not_run_is_not_asked() {
        for (state, remedy) in [
            ("paused", "hotvcpu resume"),
            ("prelaunch", "hotvcpu resume"),
            ("shutdown", "powered off"),
            ("inmigrate", "migration"),
            ("guest-panicked", "reset"),
        ] {
            let (mut session, _qemu) = session(qemu(state, vec![]), None);
            let error = reach(&mut session, Path::new("/r/a"), PATIENCE).expect_err("stopped");
            assert_eq!(error.kind(), ErrorKind::Refused);
            let text = error.to_string();
            assert!(text.contains(state) && text.contains(remedy), "{text}");
        }
    }

    #[test]
    fn the_port_of_somebody_elses_qemu_is_found_by_its_name() {
        let socket = Path::new("/var/lib/channel.sock");
        let mut script = handshake();
        let mut say = |command, answer| {
            script.extend([Step::Expect(command), Step::Return(answer)]);
        };
        say("qom-list", json!([{"name": "type", "type": "string"}]));
        say(
            "qom-list",
            json!([
                {"name": "device[0]", "type": "child<virtio-serial-pci>"},
                {"name": "device[1]", "type": "child<virtserialport>"},
                {"name": "device[2]", "type": "child<virtserialport>"}
            ]),
        );
        say("qom-get", json!("com.redhat.spice.0"));
        say("qom-get", json!("org.qemu.guest_agent.0"));
        say("qom-get", json!("agent"));
        script.extend(chardevs(socket, true));
        let (mut session, qemu) = session(script, None);
        let found = find_socket(&mut session).expect("asked");
        assert_eq!(found.as_deref(), Some(socket));
        let commands = qemu.join().expect("the whole script");
        let asked = &commands[5]["arguments"];
        assert_eq!(asked["path"], "/machine/peripheral-anon/device[2]");
    }
}
