//! What a guest is to be: a builder with defaults that fit most tests.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::accel::Accel;
use crate::backend::BackendKind;
use crate::error::Result;
use crate::hotplug::Wish;
use crate::images;
use crate::launch::{Console, LaunchSpec};
use crate::machine::{Machine, Profile};
use crate::monitor::Generation;

/// What is to be started. Every method but [`GuestConfig::new`] is optional.
#[derive(Clone, Debug)]
pub struct GuestConfig {
    pub(super) machine: Machine,
    pub(super) kernel: PathBuf,
    pub(super) qemu: Option<PathBuf>,
    pub(super) accel: Accel,
    pub(super) paused: bool,
    pub(super) force: bool,
    pub(super) foreign_kernel: bool,
    agent: bool,
    machine_type: Option<String>,
    firmware: Option<PathBuf>,
    generation: Option<Generation>,
    without_monitor: bool,
    cpus: u32,
    max_cpus: u32,
    topology: Option<String>,
    memory_mib: u32,
    cpu_model: Option<String>,
    cmdline: String,
    extra_args: Vec<OsString>,
}

impl GuestConfig {
    /// One CPU of one, 64 MiB, multi-threaded TCG, the QEMU that [`crate::qemu_binary::find`]
    /// finds.
    pub fn new(machine: Machine, kernel: impl Into<PathBuf>) -> Self {
        Self {
            machine,
            kernel: kernel.into(),
            qemu: None,
            accel: Accel::TcgMulti,
            paused: false,
            force: false,
            foreign_kernel: false,
            agent: true,
            machine_type: None,
            firmware: None,
            generation: None,
            without_monitor: false,
            cpus: 1,
            max_cpus: 1,
            topology: None,
            memory_mib: 64,
            cpu_model: None,
            cmdline: String::new(),
            extra_args: Vec::new(),
        }
    }

    /// Our own guest on `machine`, and on aarch64 the ROM that starts it: named by the variables `HOTVCPU_GUEST_X86_64`,
    /// `HOTVCPU_GUEST_AARCH64` and `HOTVCPU_ROM_AARCH64`, else the images inside this program, if there are any (see
    /// [`crate::images`]). The rest is as [`GuestConfig::new`] has it.
    ///
    /// # Errors
    /// There are no such images, or they cannot be read.
    pub fn reference_guest(machine: Machine) -> Result<Self> {
        let images = images::find(&machine.profile()?.arch)?;
        let config = Self::new(machine, images.kernel);
        Ok(Self {
            firmware: images.firmware,
            ..config
        })
    }

    /// The firmware, on aarch64: our ROM. Without it the kernel is started directly, and there is no
    /// CPU hotplug.
    pub fn firmware(self, path: impl Into<PathBuf>) -> Self {
        Self {
            firmware: Some(path.into()),
            ..self
        }
    }

    /// Which generation of aarch64 hotplug the monitor plays; without this, the newer one. For a QEMU
    /// that has none of its own.
    pub fn generation(self, generation: Generation) -> Self {
        Self {
            generation: Some(generation),
            ..self
        }
    }

    /// Leaves aarch64 without hotplug where QEMU has none of its own.
    pub fn without_monitor(self) -> Self {
        Self {
            without_monitor: true,
            ..self
        }
    }

    /// A versioned machine type, such as `virt-8.2`, in place of the newest.
    pub fn machine_type(self, name: impl Into<String>) -> Self {
        Self {
            machine_type: Some(name.into()),
            ..self
        }
    }

    /// CPUs at the start, and slots.
    pub fn cpus(self, at_start: u32, maximum: u32) -> Self {
        Self {
            cpus: at_start,
            max_cpus: maximum,
            ..self
        }
    }

    /// More for `-smp`, such as `sockets=2,cores=4,threads=2`.
    pub fn topology(self, topology: impl Into<String>) -> Self {
        Self {
            topology: Some(topology.into()),
            ..self
        }
    }

    /// Memory, in MiB.
    pub fn memory_mib(self, memory_mib: u32) -> Self {
        Self { memory_mib, ..self }
    }

    /// The accelerator.
    pub fn accel(self, accel: Accel) -> Self {
        Self { accel, ..self }
    }

    /// The QEMU to run, instead of the one that would be found.
    pub fn qemu(self, path: impl Into<PathBuf>) -> Self {
        Self {
            qemu: Some(path.into()),
            ..self
        }
    }

    /// The CPU model, instead of the profile's or QEMU's default.
    pub fn cpu_model(self, model: impl Into<String>) -> Self {
        Self {
            cpu_model: Some(model.into()),
            ..self
        }
    }

    /// Words for the kernel, after those of the machine's profile.
    pub fn cmdline(self, words: impl Into<String>) -> Self {
        Self {
            cmdline: words.into(),
            ..self
        }
    }

    /// More QEMU arguments, as they are.
    pub fn extra_args<T: Into<OsString>>(self, arguments: impl IntoIterator<Item = T>) -> Self {
        Self {
            extra_args: arguments.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// Leaves the CPUs stopped until [`crate::Guest::resume`].
    pub fn paused(self, paused: bool) -> Self {
        Self { paused, ..self }
    }

    /// Sends also what this QEMU is known not to survive.
    pub fn force(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// The kernel is not ours and keeps no event file: ends are found in QEMU's events alone.
    pub fn foreign_kernel(self, foreign_kernel: bool) -> Self {
        Self {
            foreign_kernel,
            ..self
        }
    }

    /// Leaves out the port of the guest agent.
    pub fn without_agent(self) -> Self {
        Self {
            agent: false,
            ..self
        }
    }

    /// What it means for the choice of who does hotplug.
    pub(super) fn wish<'a>(&'a self, profile: &'a Profile) -> Wish<'a> {
        Wish {
            profile,
            machine_type: self.machine_type.as_deref(),
            firmware: self.firmware.as_deref(),
            generation: self.generation,
            without_monitor: self.without_monitor,
            accel: self.accel,
        }
    }

    pub(super) fn into_spec(
        self,
        profile: Profile,
        accel: Accel,
        backend: BackendKind,
    ) -> LaunchSpec {
        LaunchSpec {
            name: "hotvcpu".to_owned(),
            profile,
            machine_type: self.machine_type,
            backend,
            firmware: self.firmware,
            accel,
            kernel: self.kernel,
            cmdline: self.cmdline,
            cpus: self.cpus,
            max_cpus: self.max_cpus,
            topology: self.topology,
            memory_mib: self.memory_mib,
            cpu_model: self.cpu_model,
            console: Console::Captured,
            agent: self.agent,
            extra_args: self.extra_args,
        }
    }
}
