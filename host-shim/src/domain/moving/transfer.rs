//! One QEMU's state on its way into another, or into a file.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::MovingError;
use crate::error::Result;
use crate::guard::Refusal;
use crate::qmp::{Event, Version};
use crate::session::Session;

/// The first QEMU that reads and writes files by itself.
const KNOWS_FILES: Version = Version::new(8, 2, 0);

/// Where a state goes, in QEMU's form. Older QEMUs need a program for a file.
pub(super) fn to_file(path: &Path, version: Version) -> String {
    match version >= KNOWS_FILES {
        true => format!("file:{}", path.display()),
        false => format!("exec:cat > {}", quoted(path)),
    }
}

/// Where it comes from.
pub(super) fn from_file(path: &Path, version: Version) -> String {
    match version >= KNOWS_FILES {
        true => format!("file:{}", path.display()),
        false => format!("exec:cat {}", quoted(path)),
    }
}

/// For a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Whether the machine may be moved now, and whether it runs.
pub(super) fn check(session: &mut Session, verb: &'static str) -> Result<bool> {
    let status = session.execute("query-migrate", json!({}))?;
    let status = status.get("status").and_then(Value::as_str);
    // A machine that came by a migration remembers that as completed.
    let still = ["none", "failed", "cancelled", "completed"];
    let moving = status.is_some_and(|status| !still.contains(&status));
    let state = session.run_state()?;
    match state.as_str() {
        "running" if !moving => Ok(true),
        "paused" if !moving => Ok(false),
        _ => Err(Refusal::Machine {
            verb,
            state: if moving {
                "being migrated".to_owned()
            } else {
                state
            },
            remedy: "it has to be running or paused",
        }
        .into()),
    }
}

/// Lets QEMU tell how the transfer goes, so that nobody has to ask again and again.
pub(super) fn announce(session: &mut Session) -> Result<()> {
    let capability = json!([{"capability": "events", "state": true}]);
    session.execute(
        "migrate-set-capabilities",
        json!({"capabilities": capability}),
    )?;
    session.skip_seen();
    Ok(())
}

/// Awaits the end on one side.
pub(super) fn await_end(session: &mut Session, what: &'static str, within: Duration) -> Result<()> {
    let status = |event: &Event| {
        let status = event.data.get("status").and_then(Value::as_str);
        status
            .map(str::to_owned)
            .filter(|_| event.name == "MIGRATION")
    };
    let is_end = |event: &Event| {
        matches!(
            status(event).as_deref(),
            Some("completed" | "failed" | "cancelled")
        )
    };
    let end = session.await_event(within, is_end)?;
    if status(&end).as_deref() == Some("completed") {
        return Ok(());
    }
    let answer = session.execute("query-migrate", json!({}))?;
    let reason = answer.get("error-desc").and_then(Value::as_str);
    let reason = reason.unwrap_or("QEMU gives no reason").to_owned();
    Err(MovingError::Failed { what, reason }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_to_the_shell() {
        let path = Path::new("/a b/it's");
        let old = Version::new(7, 2, 22);
        assert_eq!(to_file(path, old), r"exec:cat > '/a b/it'\''s'");
        assert_eq!(from_file(path, KNOWS_FILES), "file:/a b/it's");
    }
}
