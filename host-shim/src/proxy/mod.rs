//! A QMP socket in front of QEMU, for programs that know nothing of the aarch64 monitor.
//!
//! [`Proxy`] holds QEMU's own socket, follows the monitor's reports, and serves any number of clients,
//! one after another or at once. Each has its own greeting and negotiation; commands keep their ids, and
//! answers may come in another order than the commands, as QMP allows. Everything meets on one thread and goes
//! through one [`Translator`](crate::monitor::Translator), so there is nothing to lock.
//!
//! Nothing that a client does holds up the others: the commands that it sends are bounded, and so is what it
//! leaves unread, after which it is let go.
//!
//! Out-of-band execution is not offered, and file descriptors are not passed on (`add-fd`, `getfd`).

mod client;
mod desk;
mod input;
mod listen;
mod server;

pub use server::{Proxy, ProxyConfig, Stopper};

#[cfg(test)]
mod tests;
