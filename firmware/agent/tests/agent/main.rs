//! The agent on a machine that a test plays.

mod errors;
mod machine;
mod random;
mod shutdown;
mod vcpus;
