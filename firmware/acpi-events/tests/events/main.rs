//! The doorbells of captured machines and of a few that do not exist, on simulated hardware.

mod captured;
mod devices;
mod gpio;
mod made_up;
mod power;
mod rig;
