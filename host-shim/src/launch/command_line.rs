//! From what is wanted to QEMU's arguments. Pure, so that the command line of every machine is
//! tested.

use std::ffi::OsString;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use super::LaunchError;
use super::files::{AGENT_FD, EVENTS_FD, PROXY_FD, QMP_FD};
use crate::accel::Accel;
use crate::backend::BackendKind;
use crate::machine::{MonitorProfile, Profile};
use crate::monitor::Generation;
use crate::qmp::Version;

/// Where the guest's console goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// To a file that is read back: `console_text()`.
    #[default]
    Captured,
    /// To the terminal, for a person: Ctrl-C ends QEMU.
    Stdio,
}

/// What is to be started.
#[derive(Clone, Debug)]
pub struct LaunchSpec {
    /// Shown in the process list.
    pub name: String,
    /// The machine's profile.
    pub profile: Profile,
    /// The versioned machine type, such as `virt-8.2`, in place of the profile's.
    pub machine_type: Option<String>,
    /// Who does CPU hotplug.
    pub backend: BackendKind,
    /// The firmware; without one, QEMU's own way to start a kernel.
    pub firmware: Option<PathBuf>,
    /// How QEMU executes the guest; not `auto` any more.
    pub accel: Accel,
    /// The kernel: a PVH ELF, or what else `-kernel` takes.
    pub kernel: PathBuf,
    /// Words for the kernel, after the profile's.
    pub cmdline: String,
    /// CPUs at the start.
    pub cpus: u32,
    /// Slots.
    pub max_cpus: u32,
    /// More for `-smp`, such as `sockets=2,cores=4,threads=2`.
    pub topology: Option<String>,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// The CPU model, else the profile's, else QEMU's default.
    pub cpu_model: Option<String>,
    /// Where the console goes.
    pub console: Console,
    /// Whether there is a port for a guest agent.
    pub agent: bool,
    /// More arguments, as they are.
    pub extra_args: Vec<OsString>,
}

impl LaunchSpec {
    /// Checks what QEMU would refuse in less helpful words.
    ///
    /// # Errors
    /// No CPUs, more than slots, more slots than the machine has, a CPU model on which our code cannot run, or
    /// no kernel.
    pub fn check(&self, version: Version, ours: bool) -> Result<(), LaunchError> {
        let (cpus, max) = (self.cpus, self.max_cpus);
        if cpus == 0 || cpus > max {
            return Err(LaunchError::Impossible(format!(
                "a machine starts with 1 to {max} (--maxvcpus) vCPUs, not with {cpus} (--vcpus)"
            )));
        }
        if let Some(limit) = self.profile.vcpu_limit(version)
            && max > limit
        {
            let machine = &self.profile.machine;
            return Err(LaunchError::Impossible(format!(
                "{max} slots are more than {machine} takes on QEMU {version}: choose --maxvcpus {limit} or less"
            )));
        }
        if let Some(model) = self.cpu_model.as_deref()
            && (ours || self.firmware.is_some())
            && self.profile.arch == "aarch64"
            && is_32_bit(model)
        {
            return Err(LaunchError::Impossible(format!(
                "{model} is a 32-bit CPU, and the guest and its ROM are for 64-bit ones: choose --cpu cortex-a57, another 64-bit model, or none"
            )));
        }
        if let Some(firmware) = &self.firmware {
            std::fs::File::open(firmware)
                .map_err(|error| LaunchError::no_firmware(firmware, &error))?;
        }
        std::fs::File::open(&self.kernel)
            .map(drop)
            .map_err(|error| LaunchError::no_kernel(&self.kernel, &error))
    }

    /// The arguments. `events` and `console` are the files for the guest's records and console;
    /// `control`, with `.in` and `.out` after it, are those of the monitor's channel.
    pub fn arguments(&self, events: &Path, console: &Path, control: &Path) -> Vec<OsString> {
        let mut arguments = Arguments::default();
        arguments.pair("-name", format!("guest={}", escaped(&self.name)));
        arguments.words("-nodefaults -no-user-config -display none -S");
        arguments.pair("-machine", self.machine_argument());
        arguments.pair("-accel", self.accel.argument());
        if let Some(model) = self.cpu_model.as_ref().or(self.profile.cpu_model.as_ref()) {
            arguments.pair("-cpu", model);
        }
        arguments.pair("-smp", self.smp());
        arguments.pair("-m", format!("{}M", self.memory_mib));
        arguments.qmp("qmp", QMP_FD);
        arguments.qmp("qmp-events", EVENTS_FD);
        for global in &self.profile.globals {
            arguments.pair("-global", global);
        }
        arguments.pair("-chardev", file_chardev("events", events));
        match self.console {
            Console::Captured => arguments.pair("-chardev", file_chardev("console", console)),
            Console::Stdio => arguments.pair("-chardev", "stdio,id=console,signal=on"),
        }
        arguments.pair("-serial", "chardev:console");
        for device in &self.profile.devices {
            arguments.pair("-device", device);
        }
        if self.agent {
            self.agent_arguments(&mut arguments);
        }
        self.monitor_arguments(control, &mut arguments);
        if let Some(firmware) = &self.firmware {
            arguments.pair("-bios", firmware.as_os_str());
        }
        arguments.pair("-kernel", self.kernel.as_os_str());
        arguments.pair(
            "-append",
            format!("{} {}", self.profile.cmdline, self.cmdline).trim(),
        );
        arguments.0.extend(self.extra_args.iter().cloned());
        arguments.0
    }

    /// The profile's part for a monitor, where there is one.
    fn monitor(&self) -> Option<(&MonitorProfile, Generation)> {
        match self.backend {
            BackendKind::Native => None,
            BackendKind::Monitor(generation) => Some((self.profile.monitor.as_ref()?, generation)),
        }
    }

    fn machine_argument(&self) -> String {
        let machine = self.profile.machine_argument(self.machine_type.as_deref());
        match self.monitor() {
            None => machine,
            Some((monitor, _)) => format!("{machine},{}", monitor.machine),
        }
    }

    /// Under a monitor all CPUs exist from the start; it says which of them count.
    fn smp(&self) -> String {
        let topology = self.topology.as_ref().map(|more| format!(",{more}"));
        let cpus = match self.monitor() {
            None => self.cpus,
            Some(_) => self.max_cpus,
        };
        let topology = topology.unwrap_or_default();
        format!("{cpus},maxcpus={}{topology}", self.max_cpus)
    }

    fn agent_arguments(&self, arguments: &mut Arguments) {
        arguments.socket("agent", AGENT_FD);
        for device in &self.profile.agent.devices {
            arguments.pair("-device", device);
        }
    }

    fn monitor_arguments(&self, control: &Path, arguments: &mut Arguments) {
        let Some((monitor, generation)) = self.monitor() else {
            return;
        };
        arguments.qmp("qmp-proxy", PROXY_FD);
        arguments.pair("-chardev", path_chardev("pipe,id=control", control));
        for device in &monitor.devices {
            arguments.pair("-device", device);
        }
        let (vcpus, address) = (self.cpus, &monitor.control);
        arguments.pair(
            "-fw_cfg",
            format!(
                "name=opt/hotvcpu/monitor,string=generation={generation} vcpus={vcpus} control={address}"
            ),
        );
    }
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn pair(&mut self, option: &str, value: impl Into<OsString>) {
        self.0.extend([option.into(), value.into()]);
    }

    /// A listening socket that QEMU finds open.
    fn socket(&mut self, id: &str, fd: RawFd) {
        let chardev = format!("socket,id={id},fd={fd},server=on,wait=off");
        self.pair("-chardev", chardev);
    }

    /// A QMP monitor on such a socket.
    fn qmp(&mut self, id: &str, fd: RawFd) {
        self.socket(id, fd);
        self.pair("-mon", format!("chardev={id},mode=control"));
    }

    fn words(&mut self, words: &str) {
        self.0.extend(words.split(' ').map(OsString::from));
    }
}

/// `append=on`: what an earlier run wrote stays, and readers in the middle of the file are not
/// thrown off.
/// Whether virt takes this model and it has no AArch64 state; others QEMU refuses itself.
fn is_32_bit(model: &str) -> bool {
    let name = model.split(',').next().unwrap_or_default();
    let name = name.strip_suffix("-arm-cpu").unwrap_or(name);
    matches!(name, "cortex-a7" | "cortex-a15")
}

fn file_chardev(id: &str, path: &Path) -> OsString {
    path_chardev(&format!("file,id={id},append=on"), path)
}

fn path_chardev(chardev: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(format!("{chardev},path="));
    argument.push(escaped(&path.to_string_lossy()));
    argument
}

/// QEMU's option syntax doubles a comma that is meant.
fn escaped(text: &str) -> String {
    text.replace(',', ",,")
}

#[cfg(test)]
mod tests;
