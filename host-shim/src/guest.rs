//! A guest of your own program: the library's front door.
//!
//! [`Guest::start`] runs QEMU as a child that cannot outlive this process, keeps its files in a
//! temporary folder, and gives the whole life of the machine in a dozen methods. It is what the
//! tests, the demo and the benchmark are written with. The command's domains, which outlive each
//! command, are in [`crate::domain`].

mod config;

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use hotvcpu_wire::Phase;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use config::GuestConfig;

use crate::accel::{self, Accel};
use crate::agent::{self, AgentClient};
use crate::backend::BackendKind;
use crate::error::{Error, Result};
use crate::guest_log::{GuestRecord, LogProblem};
use crate::history::HistoryStore;
use crate::hotplug;
use crate::launch::{self, LaunchFiles, Launched, Lifetime, ReadyReport};
use crate::monitor::ControlFiles;
use crate::ops::Operation;
use crate::qemu_binary;
use crate::qmp::{Event, Version};
use crate::session::Session;
use crate::slots::Slot;

/// The most of a console that is read back, in bytes: a guest may write without end.
const MOST_CONSOLE: u64 = 16 << 20;

/// A running guest. Dropping it ends QEMU and removes its files.
///
/// Fields are dropped in order: the session before the process, and the folder last.
#[derive(Debug)]
pub struct Guest {
    launched: Launched,
    backend: BackendKind,
    force: bool,
    files: LaunchFiles,
    folder: TempDir,
}

impl Guest {
    /// Starts QEMU and, unless the configuration says otherwise, the machine. Does not wait for the
    /// guest.
    ///
    /// # Errors
    /// No QEMU, no kernel, an impossible configuration, or QEMU's own words when it does not start.
    pub fn start(config: GuestConfig) -> Result<Self> {
        let profile = config.machine.profile()?;
        let qemu = qemu_binary::find(config.qemu.as_deref(), &profile.arch)?;
        let wish = config.wish(&profile);
        let backend = hotplug::choose(&wish, &qemu, &config.kernel)?.backend;
        let accel = accel::resolve_for(
            config.accel,
            &qemu,
            config.machine,
            &config.kernel,
            config.foreign_kernel,
        )?
        .accel;
        let folder = TempDir::with_prefix("hotvcpu-").map_err(Error::io(
            "cannot make a folder for the guest's sockets and files",
        ))?;
        let files = LaunchFiles::new(folder.path());
        let lifetime = Lifetime::OfParent {
            with_terminal: false,
        };
        let (speaks, paused, force) = (!config.foreign_kernel, config.paused, config.force);
        let spec = config.into_spec(profile, accel, backend);
        let history = HistoryStore::in_memory();
        let launched = launch::start(&qemu, &spec, speaks, &files, lifetime, history)?;
        let mut guest = Self {
            launched,
            backend,
            force,
            files,
            folder,
        };
        if !paused {
            guest.resume()?;
        }
        Ok(guest)
    }

    /// Lets the CPUs run: power-on, or the end of a pause.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn resume(&mut self) -> Result<()> {
        self.launched.resume()
    }

    /// Awaits the guest's record `ready`, or finds it among those that have come.
    ///
    /// # Errors
    /// Not ready within `timeout`, or QEMU's end.
    pub fn wait_ready(&mut self, timeout: Duration) -> Result<ReadyReport> {
        self.launched.wait_ready(timeout)
    }

    /// Adds CPUs and awaits their ends, `timeout` in all. One operation per slot, in the order
    /// asked for.
    ///
    /// # Errors
    /// Nothing was sent, or QEMU was lost. What became of one CPU is in its operation.
    pub fn add(&mut self, slots: &[u32], timeout: Duration) -> Result<Vec<Operation>> {
        self.launched.session.add(slots, timeout, self.force)
    }

    /// Removes CPUs; like [`Guest::add`].
    ///
    /// # Errors
    /// As there.
    pub fn remove(&mut self, slots: &[u32], timeout: Duration) -> Result<Vec<Operation>> {
        self.launched.session.remove(slots, timeout, self.force)
    }

    /// Adds CPUs and insists on each: awaits the guest's readiness, adds them, and makes the first that is not online at
    /// the end an error. For what is to be answered at once, while the guest boots, or one by one, there is
    /// [`Guest::add`]. The guest has `timeout` to be ready, and as much again for the vCPUs.
    ///
    /// # Errors
    /// As [`Guest::wait_ready`] and [`Guest::add`], or one of the operations did not end well.
    pub fn plug(&mut self, slots: &[u32], timeout: Duration) -> Result<Vec<Operation>> {
        self.await_answering(timeout)?;
        let operations = self.add(slots, timeout)?;
        operations.into_iter().map(Operation::into_done).collect()
    }

    /// Removes CPUs and insists on each; like [`Guest::plug`].
    ///
    /// # Errors
    /// As there.
    pub fn unplug(&mut self, slots: &[u32], timeout: Duration) -> Result<Vec<Operation>> {
        self.await_answering(timeout)?;
        let operations = self.remove(slots, timeout)?;
        operations.into_iter().map(Operation::into_done).collect()
    }

    /// A guest that keeps no records does not say when it is ready.
    fn await_answering(&mut self, timeout: Duration) -> Result<()> {
        let session = &mut self.launched.session;
        match session.speaks() {
            true => session.await_ready(timeout),
            false => Ok(()),
        }
    }

    /// The machine's slots.
    ///
    /// # Errors
    /// As [`Session::slots`].
    pub fn slots(&mut self) -> Result<Vec<Slot>> {
        self.launched.session.slots()
    }

    /// Runs any QMP command, 10 s at most.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        self.launched.session.execute(command, arguments)
    }

    /// The next record that `wanted` takes; see [`Session::await_record`].
    ///
    /// # Errors
    /// As there.
    pub fn await_record(
        &mut self,
        timeout: Duration,
        wanted: impl FnMut(&GuestRecord) -> bool,
    ) -> Result<GuestRecord> {
        self.launched.session.await_record(timeout, wanted)
    }

    /// The next record of `phase`, about `cpu` if that is given; see [`Session::await_phase`].
    ///
    /// # Errors
    /// As there.
    pub fn await_phase(
        &mut self,
        phase: Phase,
        cpu: Option<u32>,
        timeout: Duration,
    ) -> Result<GuestRecord> {
        self.launched.session.await_phase(phase, cpu, timeout)
    }

    /// The next QMP event that `wanted` takes; see [`Session::await_event`].
    ///
    /// # Errors
    /// As there.
    pub fn await_event(
        &mut self,
        timeout: Duration,
        wanted: impl FnMut(&Event) -> bool,
    ) -> Result<Event> {
        self.launched.session.await_event(timeout, wanted)
    }

    /// Takes in what has come, without waiting.
    pub fn poll(&mut self) {
        self.launched.session.poll();
    }

    /// From now on, the two waits above see only what is still to come.
    pub fn skip_seen(&mut self) {
        self.launched.session.skip_seen();
    }

    /// All records taken in so far.
    pub fn records(&self) -> impl Iterator<Item = &GuestRecord> {
        self.launched.session.records()
    }

    /// The phases that the guest has recorded about `cpu` so far, in their order.
    pub fn phases_of(&self, cpu: u32) -> Vec<Phase> {
        let records = self.records().map(|it| &it.record);
        let of_cpu = records.filter(|it| it.cpu == Some(cpu));
        of_cpu.map(|it| it.phase).collect()
    }

    /// All QMP events taken in so far.
    pub fn qmp_events(&self) -> impl Iterator<Item = &Event> {
        self.launched.session.events()
    }

    /// What was wrong with the guest's stream.
    pub fn log_problems(&self) -> &[LogProblem] {
        self.launched.session.log_problems()
    }

    /// The session underneath.
    pub fn session(&mut self) -> &mut Session {
        &mut self.launched.session
    }

    /// Presses the power button.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn powerdown(&mut self) -> Result<()> {
        self.execute("system_powerdown", json!({})).map(drop)
    }

    /// Presses the reset button: another power-on for [`Guest::wait_ready`].
    ///
    /// # Errors
    /// As [`Session::reset`].
    pub fn reset(&mut self) -> Result<()> {
        self.launched.reset()
    }

    /// Awaits QEMU's end.
    ///
    /// # Errors
    /// It still runs after `timeout`, or its status could not be had.
    pub fn wait_exit(&mut self, timeout: Duration) -> Result<ExitStatus> {
        let status = self.launched.session.await_exit(timeout)?;
        status.ok_or_else(|| {
            Error::io("cannot learn how QEMU ended")(std::io::Error::other("it was not reaped"))
        })
    }

    /// What the guest wrote to its console, the last 16 MiB. Bytes that are no text are replaced;
    /// nothing is escaped.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn console_text(&self) -> Result<String> {
        let path = self.files.console();
        let what = format!("cannot read {}", path.display());
        launch::last_bytes(&path, MOST_CONSOLE).map_err(Error::io(what))
    }

    /// The end of QEMU's error output.
    pub fn qemu_stderr(&self) -> String {
        self.launched.session.stderr_tail()
    }

    /// The file of the guest's records, for further followers.
    pub fn events_path(&self) -> PathBuf {
        self.files.events()
    }

    /// A second QMP monitor, for further followers.
    pub fn qmp_events_socket(&self) -> PathBuf {
        self.files.qmp_events()
    }

    /// Connects to the guest's agent; see [`agent::reach`].
    ///
    /// # Errors
    /// As there.
    pub fn agent(&mut self, patience: Duration) -> Result<AgentClient> {
        agent::reach(&mut self.launched.session, &self.files.agent(), patience)
    }

    /// The guest agent's port, for a connection of one's own.
    pub fn agent_socket(&self) -> PathBuf {
        self.files.agent()
    }

    /// Who does its CPU hotplug.
    pub fn backend(&self) -> BackendKind {
        self.backend
    }

    /// The channel to its monitor, if that does its hotplug.
    pub fn control_files(&self) -> Option<ControlFiles> {
        match self.backend {
            BackendKind::Native => None,
            BackendKind::Monitor(_) => Some(self.files.control_files()),
        }
    }

    /// The folder with all of its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// QEMU's process.
    pub fn pid(&self) -> u32 {
        self.launched.process.pid()
    }

    /// Ends QEMU at once, as a crash would; [`Guest::wait_exit`] tells when it is gone.
    pub fn kill(&self) {
        self.launched.process.kill();
    }

    /// QEMU's version.
    pub fn qemu_version(&self) -> Version {
        self.launched.session.version()
    }

    /// The accelerator taken; never `auto`.
    pub fn accel(&self) -> Accel {
        self.launched.session.accel()
    }
}
