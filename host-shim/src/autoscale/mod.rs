//! The number of a domain's vCPUs follows its load.
//!
//! Pure but for what [`run`](mod@run) is given to call: a sample of the guest's counters goes into the
//! [`Meter`], the load that comes out of it into the [`Engine`], and a [`Decision`] comes out of that.
//! What the guest says can make a decision wrong, never one beyond the bounds.

pub mod agent_source;
pub mod config;
pub mod decision;
pub mod engine;
pub mod meter;
pub mod run;
pub mod steps;
pub mod summary;
pub mod work;

pub use agent_source::AgentSource;
pub use config::Config;
pub use decision::{Action, Decision, Reason};
pub use engine::Engine;
pub use meter::{CpuTime, Fault, Load, Meter, Reading, Sample};
pub use steps::Steps;

#[cfg(test)]
mod tests;
