//! CPUs that come and go, on the tables of real hypervisors, simulated hardware and a clock that the test turns.

mod boot;
mod generation;
mod guest;
mod insertion;
mod made_up;
mod misbehaviour;
mod offline;
mod random;
mod removal;
mod rig;
mod several;
mod states;
