//! The host side against the guest side: our AML interpreter and our hotplug engine on the tables built here.

mod channel;
mod flow;
mod persistent;
mod policy;
mod random;
mod rig;
mod tables;
