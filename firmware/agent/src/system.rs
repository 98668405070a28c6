//! What the agent asks of the machine that it runs on.

use alloc::string::String;
use alloc::vec::Vec;

/// A CPU as `guest-get-vcpus` lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vcpu {
    /// Its number.
    pub logical_id: u32,
    /// Whether it takes work.
    pub online: bool,
    /// Whether it can be taken out of use.
    pub can_offline: bool,
}

/// What a CPU has done with its time since it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Its number.
    pub logical_id: u32,
    /// Milliseconds at work.
    pub busy_ms: u64,
    /// Milliseconds without any.
    pub idle_ms: u64,
}

/// How far a CPU is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is where it was to go.
    Done,
    /// Not yet.
    UnderWay,
}

/// How the machine is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownMode {
    /// Off.
    Powerdown,
    /// Started again.
    Reboot,
    /// Stopped, and still on.
    Halt,
}

/// The machine. Nothing here waits.
pub trait System {
    /// Nanoseconds of a clock that never goes back.
    fn now_ns(&mut self) -> u64;

    /// The CPUs that are there.
    fn vcpus(&mut self) -> Vec<Vcpu>;

    /// One of them.
    fn vcpu(&mut self, logical_id: u32) -> Option<Vcpu> {
        let vcpus = self.vcpus();
        vcpus.into_iter().find(|vcpu| vcpu.logical_id == logical_id)
    }

    /// What the CPUs that are online have done.
    fn usage(&mut self) -> Vec<Usage>;

    /// Takes a CPU into use, or out of it.
    ///
    /// # Errors
    /// Why not, for people. Nothing has changed then.
    fn set_online(&mut self, logical_id: u32, online: bool) -> Result<Progress, String>;

    /// How far [`System::set_online`] has come with a CPU.
    ///
    /// # Errors
    /// Why it failed, for people.
    fn progress(&mut self, logical_id: u32, online: bool) -> Result<Progress, String>;

    /// The time of day, in ns since 1970.
    ///
    /// # Errors
    /// Why it is not known, for people.
    fn time_ns(&mut self) -> Result<i64, String>;

    /// Ends the machine, once this has returned and there is nothing more urgent.
    fn shut_down(&mut self, mode: ShutdownMode);

    /// The architecture's name, as `uname -m` has it.
    fn architecture(&self) -> &'static str;
}
