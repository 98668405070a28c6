//! What has to be asked of QEMU before a change is sent.
//!
//! QEMU's run state alone does not tell of a migration: the source runs while its memory is copied.

use serde_json::{Value, json};

use crate::error::Result;
use crate::guard::{self, Direction};
use crate::session::Session;

/// # Errors
/// The machine is being moved.
pub(super) fn check(session: &mut Session, direction: Direction) -> Result<()> {
    let answer = session.execute("query-migrate", json!({}))?;
    let status = answer.get("status").and_then(Value::as_str);
    Ok(guard::check_migration(direction, status.unwrap_or("none"))?)
}
