//! What has to be asked before a change is sent.
//!
//! QEMU's run state alone does not tell of a migration: the source runs while its memory is copied.
//! And QEMU adds more CPUs than the guest takes, and CPUs that a guest of another generation never finds, if it is asked to.

use serde_json::{Value, json};

use super::{How, LivePlan};
use crate::error::Result;
use crate::guard::{self, Direction};
use crate::session::Session;

/// # Errors
/// The machine is being moved, the guest would refuse, or is of another generation than its host.
pub(super) fn check(session: &mut Session, plan: &LivePlan, how: How) -> Result<()> {
    let answer = session.execute("query-migrate", json!({}))?;
    let status = answer.get("status").and_then(Value::as_str);
    guard::check_migration(plan.direction, status.unwrap_or("none"))?;
    if plan.direction == Direction::Add && !how.force {
        session.check_generation()?;
    }
    if let (Direction::Add, Some(limit)) = (plan.direction, how.guest_maximum) {
        let slots = session.slots()?;
        let present = slots.iter().filter(|slot| slot.present()).count();
        guard::check_guest_maximum(present + plan.slots.len(), limit)?;
    }
    Ok(())
}
