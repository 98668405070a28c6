//! What loading a table left out.

use alloc::vec::Vec;

use crate::Error;

/// What [`Interpreter::load_table`](crate::Interpreter::load_table) did.
///
/// A term at the level of the table that fails is passed over, and the rest of the table still takes effect, as in
/// ACPICA: a `Scope` of a device that this machine has not should not cost it all others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LoadReport {
    /// The terms that failed and were passed over, with the place of the failure; the first
    /// [`KEPT`](Self::KEPT) of them.
    pub skipped: Vec<Error>,
    /// How many there were.
    pub skipped_count: usize,
}

impl LoadReport {
    /// How many failures are kept.
    pub const KEPT: usize = 32;

    /// Whether the whole table took effect.
    pub fn is_complete(&self) -> bool {
        self.skipped_count == 0
    }
}
