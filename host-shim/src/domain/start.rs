//! Starting a domain, so that an interruption at any moment leaves something that the next command
//! understands.

use serde::Serialize;
use serde_json::json;

use super::{DomainError, DomainFolder, Job, Meta, ProcessId};
use crate::accel::{self, Accel};
use crate::error::{Error, Result};
use crate::history::HistoryStore;
use crate::launch::{self, Console, LaunchSpec, Launched, Lifetime};
use crate::machine::Machine;
use crate::qemu_binary;

use std::path::PathBuf;

/// What to start.
#[derive(Clone, Debug)]
pub struct StartConfig {
    /// The machine.
    pub machine: Machine,
    /// The kernel.
    pub kernel: PathBuf,
    /// CPUs at the start.
    pub vcpus: u32,
    /// Slots.
    pub max_vcpus: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// The accelerator.
    pub accel: Accel,
    /// The QEMU to run, instead of the one that would be found.
    pub qemu: Option<PathBuf>,
    /// Words for the kernel.
    pub cmdline: String,
    /// Leaves the CPUs stopped.
    pub paused: bool,
    /// The kernel is not ours.
    pub foreign_kernel: bool,
}

/// What was started.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    /// The note.
    #[serde(flatten)]
    pub meta: Meta,
    /// Why this accelerator.
    pub accel_reason: String,
}

impl DomainFolder {
    /// Starts the domain and returns when its machine is built, and running unless it is to be
    /// paused.
    ///
    /// # Errors
    /// It runs already, or QEMU does not start; then nothing is left.
    pub fn start(&self, config: StartConfig) -> Result<Started> {
        let profile = config.machine.profile()?;
        let qemu = qemu_binary::find(config.qemu.as_deref(), &profile.arch)?;
        let choice = accel::resolve_for(
            config.accel,
            &qemu,
            config.machine,
            &config.kernel,
            config.foreign_kernel,
        )?;
        self.create()?;
        let _job = Job::take(self, "start")?;
        self.check_free()?;
        let mut meta = self.note(&config, &qemu, choice.accel);
        let spec = self.spec(config.clone(), profile, choice.accel);
        meta.write(self.path())?;
        // An earlier QEMU's history is not this one's.
        let _ = std::fs::remove_file(self.history());
        let result = self.launch(&config, &qemu, &spec, &mut meta);
        if result.is_err() {
            // The first error is the one to tell.
            let _ = self.remove();
        }
        result.map(|()| Started {
            meta,
            accel_reason: choice.reason,
        })
    }

    fn check_free(&self) -> Result<()> {
        match self.running() {
            Ok((meta, _)) => {
                let pid = meta.process.map_or(0, |process| process.pid);
                Err(DomainError::AlreadyRunning {
                    name: self.name().to_owned(),
                    pid,
                }
                .into())
            }
            Err(Error::Domain(DomainError::Unknown(_) | DomainError::Ended { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn launch(
        &self,
        config: &StartConfig,
        qemu: &qemu_binary::QemuBinary,
        spec: &LaunchSpec,
        meta: &mut Meta,
    ) -> Result<()> {
        let speaks = !config.foreign_kernel;
        let history = HistoryStore::at(self.history())?;
        let mut launched = launch::start(
            qemu,
            spec,
            speaks,
            &self.files(),
            Lifetime::Detached,
            history,
        )?;
        let noted = self.note_and_run(&mut launched, config.paused, meta);
        if noted.is_err() {
            launched.process.kill();
        }
        noted
    }

    fn note_and_run(&self, launched: &mut Launched, paused: bool, meta: &mut Meta) -> Result<()> {
        meta.process = ProcessId::of(launched.process.pid());
        meta.write(self.path())?;
        if !paused {
            launched.session.execute("cont", json!({}))?;
        }
        Ok(())
    }

    fn note(&self, config: &StartConfig, qemu: &qemu_binary::QemuBinary, accel: Accel) -> Meta {
        Meta {
            name: self.name().to_owned(),
            process: None,
            qemu: qemu.path.clone(),
            version: qemu.version,
            machine: config.machine,
            accel,
            kernel: config.kernel.clone(),
            vcpus: config.vcpus,
            max_vcpus: config.max_vcpus,
            foreign_kernel: config.foreign_kernel,
        }
    }

    fn spec(
        &self,
        config: StartConfig,
        profile: crate::machine::Profile,
        accel: Accel,
    ) -> LaunchSpec {
        LaunchSpec {
            name: self.name().to_owned(),
            profile,
            accel,
            kernel: config.kernel,
            cmdline: config.cmdline,
            cpus: config.vcpus,
            max_cpus: config.max_vcpus,
            topology: None,
            memory_mib: config.memory_mib,
            cpu_model: None,
            console: Console::Captured,
            extra_args: Vec::new(),
        }
    }
}
