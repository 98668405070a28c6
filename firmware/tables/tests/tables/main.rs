//! The readers against the tables of real hypervisors, whole and damaged.

mod captured;
mod common;
mod discover;
mod hostile;
