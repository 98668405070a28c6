//! Starting a domain, so that an interruption at any moment leaves something that the next command
//! understands.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use hotvcpu_wire::Phase;
use serde::{Deserialize, Serialize};

use super::{DomainError, DomainFolder, Job, Meta, ProcessId};
use crate::accel::{self, Accel, Choice};
use crate::backend::BackendKind;
use crate::error::{Error, Result};
use crate::guest_log::printable;
use crate::history::HistoryStore;
use crate::hotplug::{self, Chosen, Wish};
use crate::images;
use crate::launch::{self, Console, LaunchSpec, Launched, Lifetime, ReadyReport};
use crate::machine::{Machine, Profile};
use crate::monitor::Generation;
use crate::nodes::Disagreement;
use crate::qemu_binary::{self, QemuBinary};

/// What to start.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StartConfig {
    /// The machine.
    pub machine: Machine,
    /// The kernel.
    pub kernel: PathBuf,
    /// CPUs at the start.
    pub vcpus: u32,
    /// Slots.
    pub max_vcpus: u32,
    /// More for `-smp`, such as `sockets=2,cores=4,threads=2`.
    pub topology: Option<String>,
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
    /// The CPU model, else QEMU's default.
    pub cpu_model: Option<String>,
    /// A versioned machine type, such as `virt-8.2`, in place of the newest.
    pub machine_type: Option<String>,
    /// The firmware, on aarch64: our ROM.
    pub firmware: Option<PathBuf>,
    /// Which generation of aarch64 hotplug a monitor plays, where QEMU has none of its own.
    pub generation: Option<Generation>,
    /// A port for a guest agent. A domain that an earlier version saved has none, and its state does
    /// not fit a machine with one.
    #[serde(default)]
    pub agent: bool,
    /// More QEMU arguments, as they are.
    pub extra_args: Vec<OsString>,
}

impl StartConfig {
    /// What is kept of it is read by commands that are given elsewhere.
    fn make_absolute(&mut self) {
        let files = [
            Some(&mut self.kernel),
            self.firmware.as_mut(),
            self.qemu.as_mut(),
        ];
        for file in files.into_iter().flatten() {
            // A mere command name is no path; a folder that is no more is noticed when it is opened.
            if (file.components().count() > 1 || file.exists())
                && let Ok(absolute) = std::path::absolute(&file)
            {
                *file = absolute;
            }
        }
    }
}

/// What was started.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    /// The note.
    #[serde(flatten)]
    pub meta: Meta,
    /// vCPUs that it has; those that can be removed are not among `meta`'s.
    #[serde(rename = "current")]
    pub vcpus: u32,
    /// Why this accelerator.
    pub accel_reason: String,
    /// Why this backend.
    pub backend_reason: String,
}

/// A domain that was just started, with its job lock and its monitor, so that nobody changes it
/// before its guest is up. Dropping it lets go of both; the domain goes on running.
#[derive(Debug)]
pub struct Starting {
    /// What was started.
    pub started: Started,
    pub(super) launched: Launched,
    folder: DomainFolder,
    _job: Job,
}

impl Starting {
    /// Awaits the guest's readiness to answer hotplug requests. A paused domain and a foreign kernel
    /// never get there.
    ///
    /// # Errors
    /// [`DomainError::NotReady`]: not within `timeout`, or QEMU has ended. The domain is left as it
    /// is, for whoever wants to know why.
    pub fn wait_ready(&mut self, timeout: Duration) -> Result<ReadyReport> {
        let outcome = self.launched.wait_ready(timeout);
        outcome.map_err(|cause| {
            let files = self.folder.files();
            DomainError::NotReady {
                name: self.folder.name().to_owned(),
                console: files.console(),
                events: files.events(),
                cause: Box::new(cause),
            }
            .into()
        })
    }
}

impl Starting {
    /// What the guest has complained of so far, such as a word of its command line that it does not know.
    pub fn complaints(&self) -> Vec<String> {
        let records = self.launched.session.records().map(|it| &it.record);
        records
            .filter(|record| record.phase == Phase::Error)
            .filter_map(|record| record.text.as_deref().map(printable))
            .collect()
    }

    /// vCPUs that the guest, which is ready, has in another NUMA node than QEMU.
    ///
    /// # Errors
    /// QEMU does not answer.
    pub fn node_disagreements(&mut self) -> Result<Vec<Disagreement>> {
        self.launched.session.node_disagreements()
    }
}

impl DomainFolder {
    /// Starts the domain and returns when its machine is built, and running unless it is to be
    /// paused.
    ///
    /// # Errors
    /// It runs already, or QEMU does not start; then nothing is left.
    pub fn start(&self, config: StartConfig) -> Result<Starting> {
        self.start_as(config, Console::Captured, Lifetime::Detached)
    }

    pub(super) fn start_as(
        &self,
        mut config: StartConfig,
        console: Console,
        lifetime: Lifetime,
    ) -> Result<Starting> {
        config.make_absolute();
        let profile = config.machine.profile()?;
        images::keep(&config.kernel)?;
        config.firmware.as_deref().map_or(Ok(()), images::keep)?;
        let Choices {
            qemu,
            accel,
            hotplug,
        } = choose(&config, &profile)?;
        self.create()?;
        let job = Job::take(self, "start")?;
        self.check_free()?;
        let mut meta = self.note(&config, &qemu, accel.accel, hotplug.backend);
        meta.write(self.path())?;
        self.forget_past();
        self.keep_recipe(&config)?;
        let (paused, speaks) = (config.paused, !config.foreign_kernel);
        let spec = self.spec(config, profile, &meta, console);
        let launched = self
            .launch(&qemu, &spec, speaks, lifetime)
            .and_then(|launched| self.note_and_run(launched, paused, &mut meta))
            .inspect_err(|_| {
                // The first error is the one to tell.
                let _ = self.remove();
            })?;
        Ok(Starting {
            started: Started {
                vcpus: meta.vcpus,
                meta,
                accel_reason: accel.reason,
                backend_reason: hotplug.reason,
            },
            launched,
            folder: self.clone(),
            _job: job,
        })
    }

    /// An earlier QEMU's past is not this one's.
    fn forget_past(&self) {
        for past in [
            self.history(),
            self.events_base_file(),
            self.reports_base_file(),
            self.path().join("tracked.json"),
        ] {
            let _ = std::fs::remove_file(past);
        }
    }

    fn check_free(&self) -> Result<()> {
        if Meta::read(self.path())?.is_none() {
            return Ok(());
        }
        match self.running() {
            Ok((meta, _)) => {
                let pid = meta.process.map_or(0, |process| process.pid);
                Err(DomainError::AlreadyRunning {
                    name: self.name().to_owned(),
                    pid,
                }
                .into())
            }
            Err(Error::Domain(DomainError::Ended { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn launch(
        &self,
        qemu: &QemuBinary,
        spec: &LaunchSpec,
        speaks: bool,
        lifetime: Lifetime,
    ) -> Result<Launched> {
        let history = HistoryStore::at(self.history())?;
        launch::start(qemu, spec, speaks, &self.files(), lifetime, history)
    }

    fn note_and_run(
        &self,
        mut launched: Launched,
        paused: bool,
        meta: &mut Meta,
    ) -> Result<Launched> {
        meta.process = ProcessId::of(launched.process.pid());
        let noted = meta.write(self.path());
        let running = noted.and_then(|()| if paused { Ok(()) } else { launched.resume() });
        if let Err(error) = running {
            launched.process.kill();
            return Err(error);
        }
        Ok(launched)
    }

    fn note(
        &self,
        config: &StartConfig,
        qemu: &QemuBinary,
        accel: Accel,
        backend: BackendKind,
    ) -> Meta {
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
            machine_type: config.machine_type.clone(),
            firmware: config.firmware.clone(),
            agent: config.agent,
            hotplug: backend.into(),
        }
    }

    fn spec(
        &self,
        config: StartConfig,
        profile: Profile,
        meta: &Meta,
        console: Console,
    ) -> LaunchSpec {
        LaunchSpec {
            name: self.name().to_owned(),
            profile,
            machine_type: config.machine_type,
            backend: meta.hotplug.into(),
            firmware: config.firmware,
            accel: meta.accel,
            kernel: config.kernel,
            cmdline: config.cmdline,
            cpus: config.vcpus,
            max_cpus: config.max_vcpus,
            topology: config.topology,
            memory_mib: config.memory_mib,
            cpu_model: config.cpu_model,
            console,
            agent: meta.agent,
            extra_args: config.extra_args,
        }
    }
}

/// What is decided before anything is made.
struct Choices {
    qemu: QemuBinary,
    accel: Choice,
    hotplug: Chosen,
}

fn choose(config: &StartConfig, profile: &Profile) -> Result<Choices> {
    let qemu = qemu_binary::find(config.qemu.as_deref(), &profile.arch)?;
    let (kernel, foreign) = (&config.kernel, config.foreign_kernel);
    let wish = Wish {
        profile,
        machine_type: config.machine_type.as_deref(),
        firmware: config.firmware.as_deref(),
        generation: config.generation,
        without_monitor: false,
        accel: config.accel,
    };
    let hotplug = hotplug::choose(&wish, &qemu, kernel)?;
    let accel = accel::resolve_for(config.accel, &qemu, config.machine, kernel, foreign)?;
    Ok(Choices {
        qemu,
        accel,
        hotplug,
    })
}
