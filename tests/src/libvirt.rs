//! A libvirt of a test's own: daemon, sockets, logs and domains are below one temporary folder, and all of it ends with
//! the test.
//!
//! The programs are those of `cargo xtask setup`, whose `libvirtd` takes itself for an ordinary user's and keeps
//! everything below the XDG folders. So the system's libvirt, if there is one, is neither asked nor changed.

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use hotvcpu::follow::Follower;
use hotvcpu::guest_log::{GuestItem, Parser};
use hotvcpu::{Phase, Record};

use crate::{PATIENCE, from_environment, guest_image};

/// The domain's name in the template.
pub const NAME: &str = "hotvcpu";

/// The template that users get, too.
const TEMPLATE: &str = include_str!("../../qemu/libvirt/hotvcpu-q35.xml");

/// The variable by which xtask finds what it started, should this process not come to end it.
const MARK: &str = "HOTVCPU_XTASK";

/// No security driver, which needs root, and no log daemon: QEMU writes its files itself.
const QEMU_CONF: &str = "security_driver = \"none\"\nstdio_handler = \"file\"\n";

const POLL: Duration = Duration::from_millis(20);

/// A running libvirtd with the domain [`NAME`] at most.
pub struct Libvirt {
    daemon: Child,
    folder: tempfile::TempDir,
}

impl Libvirt {
    /// Starts one that has no domain.
    pub fn start() -> Self {
        // The system's folder for such things, and not a longer one: paths of sockets have 107 bytes at most.
        let folder = tempfile::Builder::new()
            .prefix("hotvcpu-")
            .tempdir_in("/tmp");
        let folder = folder.expect("a folder");
        let configuration = folder.path().join("config/libvirt");
        fs::create_dir_all(&configuration).expect("a folder");
        fs::write(configuration.join("qemu.conf"), QEMU_CONF).expect("written");
        let daemon = start_daemon(folder.path());
        let mut libvirt = Self { daemon, folder };
        libvirt.await_socket();
        libvirt
    }

    /// Ends the daemon alone, and starts it again: the domain runs on, and libvirt looks at it anew.
    pub fn restart(&mut self) {
        self.daemon.kill().expect("it is a child");
        self.daemon.wait().expect("it is a child");
        fs::remove_file(self.socket()).expect("a killed daemon leaves its socket");
        self.daemon = start_daemon(self.path());
        self.await_socket();
    }

    /// The folder with everything.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The monitor that the domain's QEMU has beside libvirt's own.
    pub fn qmp(&self) -> String {
        self.path().join("qmp.sock").display().to_string()
    }

    /// Runs virsh with these words.
    pub fn virsh(&self, words: &[&str]) -> Output {
        let uri = format!("qemu+unix:///session?socket={}", self.socket().display());
        // It waits without end for a guest agent that does not answer.
        let mut virsh = Command::new("timeout");
        virsh.arg(PATIENCE.as_secs().to_string());
        virsh.arg(from_environment("HOTVCPU_VIRSH"));
        virsh.args(["--connect", &uri]).args(words);
        let virsh = virsh.envs(folders(self.path())).env("LC_ALL", "C.UTF-8");
        virsh.stdin(Stdio::null()).output().expect("virsh runs")
    }

    /// Runs virsh, which has to succeed; what it says.
    pub fn done(&self, words: &[&str]) -> String {
        let output = self.virsh(words);
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{words:?}: {said}{errors}\nthe daemon's log:\n{}",
            self.log()
        );
        said
    }

    /// Runs virsh, which has to fail; what it says.
    pub fn refused(&self, words: &[&str]) -> String {
        let output = self.virsh(words);
        assert!(!output.status.success(), "{words:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// How many vCPUs libvirt takes the running domain to have.
    pub fn live(&self) -> String {
        self.done(&["vcpucount", NAME, "--live", "--active"])
    }

    /// Waits until libvirt takes the running domain to have so many: a daemon that has just started answers before it has
    /// asked QEMU.
    pub fn await_live(&self, count: &str) {
        let end = Instant::now() + PATIENCE;
        while self.live() != count {
            assert!(Instant::now() < end, "libvirt says {}", self.live());
            thread::sleep(POLL);
        }
    }

    /// Waits until the guest's agent answers: its port is opened a moment after the guest is ready.
    pub fn await_agent(&self) {
        let ping = r#"{"execute":"guest-ping"}"#;
        let end = Instant::now() + PATIENCE;
        loop {
            let output = self.virsh(&["qemu-agent-command", NAME, ping]);
            if output.status.success() {
                return;
            }
            assert!(Instant::now() < end, "the agent never answers: {output:?}");
            thread::sleep(POLL);
        }
    }

    /// Defines the domain on this QEMU and machine, and starts it with these further words for the guest; its records.
    pub fn boot(&self, qemu: PathBuf, machine: &str, words: &str) -> Records {
        let file = self.path().join("domain.xml");
        fs::write(&file, self.definition(qemu, machine, words)).expect("written");
        self.done(&["define", file.to_str().expect("UTF-8")]);
        self.start_domain()
    }

    /// Starts the domain; its records, the first of them `ready`.
    pub fn start_domain(&self) -> Records {
        let _ = fs::remove_file(self.events());
        self.done(&["start", NAME]);
        Records::follow(&self.events())
    }

    /// Waits until the domain has been shut off.
    pub fn await_shut_off(&self) {
        let end = Instant::now() + PATIENCE;
        while self.done(&["domstate", NAME]) != "shut off" {
            assert!(Instant::now() < end, "the domain is never shut off");
            thread::sleep(POLL);
        }
    }

    /// The template with its gaps filled.
    fn definition(&self, qemu: PathBuf, machine: &str, words: &str) -> String {
        let text = |path: PathBuf| escaped(path.to_str().expect("UTF-8"));
        let definition = TEMPLATE
            .replace("@QEMU@", &text(qemu))
            .replace("@KERNEL@", &text(guest_image()))
            .replace("@FOLDER@", &text(self.path().to_owned()))
            .replace("machine='q35'", &format!("machine='{machine}'"))
            .replace("workload=paced", &format!("workload=paused {words}"));
        assert!(!definition.contains("='@") && !definition.contains(">@"));
        let Ok(mark) = std::env::var(MARK) else {
            return definition;
        };
        // Libvirt gives QEMU little of its own environment.
        let mark = format!("<qemu:env name='{MARK}' value='{}'/>", escaped(&mark));
        definition.replace("</qemu:commandline>", &format!("{mark}</qemu:commandline>"))
    }

    fn await_socket(&mut self) {
        let end = Instant::now() + PATIENCE;
        while UnixStream::connect(self.socket()).is_err() {
            let ended = self.daemon.try_wait().expect("it is a child");
            assert!(ended.is_none(), "libvirtd: {ended:?}\n{}", self.log());
            assert!(
                Instant::now() < end,
                "libvirtd never listens:\n{}",
                self.log()
            );
            thread::sleep(POLL);
        }
    }

    fn socket(&self) -> PathBuf {
        self.path().join("run/libvirt/libvirt-sock")
    }

    fn events(&self) -> PathBuf {
        self.path().join("events.jsonl")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path().join("libvirtd.log")).unwrap_or_default()
    }

    /// Ends the domain's QEMU, should libvirt not have done it: its process file tells which it is.
    fn end_qemu(&self) {
        let file = format!("run/libvirt/qemu/run/{NAME}.pid");
        let Ok(pid) = fs::read_to_string(self.path().join(file)) else {
            return;
        };
        let pid = pid.trim();
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        // The number may be another process's by now.
        if String::from_utf8_lossy(&line).contains(&*self.path().to_string_lossy()) {
            let _ = Command::new("kill").args(["-KILL", pid]).status();
        }
    }
}

impl Drop for Libvirt {
    fn drop(&mut self) {
        self.virsh(&["destroy", NAME]);
        self.end_qemu();
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The XDG folders that make a libvirt that of a test.
fn folders(folder: &Path) -> [(&'static str, PathBuf); 4] {
    [
        ("HOME", folder.to_owned()),
        ("XDG_RUNTIME_DIR", folder.join("run")),
        ("XDG_CONFIG_HOME", folder.join("config")),
        ("XDG_CACHE_HOME", folder.join("cache")),
    ]
}

fn start_daemon(folder: &Path) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("libvirtd.log"))
        .expect("a log");
    Command::new(from_environment("HOTVCPU_LIBVIRTD"))
        .envs(folders(folder))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("libvirtd runs")
}

/// `text` as it stands in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('\'', "&apos;")
}

/// What the guest says, as it comes.
pub struct Records {
    seen: Vec<Record<String>>,
    coming: Receiver<GuestItem>,
    _follower: Follower,
}

impl Records {
    /// Follows the file that QEMU has made, until the guest is ready.
    fn follow(path: &Path) -> Self {
        let (sender, coming) = channel();
        let sink = move |item| sender.send(item).is_ok();
        let follower = Follower::start(path, 0, Parser::default(), sink).expect("followed");
        let mut records = Self {
            seen: Vec::new(),
            coming,
            _follower: follower,
        };
        records.await_phase(Phase::Ready, None);
        records
    }

    /// Waits for the next record of `phase` about `cpu`.
    pub fn await_phase(&mut self, phase: Phase, cpu: Option<u32>) -> Record<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let more = end.saturating_duration_since(Instant::now());
            match self.coming.recv_timeout(more) {
                Ok(GuestItem::Record(it)) => self.seen.push(it.record),
                Ok(GuestItem::Problem(problem)) => panic!("{problem}"),
                Ok(_) => continue,
                Err(_) => panic!("no {phase} of CPU {cpu:?} in {:#?}", self.seen),
            }
            let last = self.seen.last().expect("just taken in");
            if last.phase == phase && (cpu.is_none() || last.cpu == cpu) {
                return last.clone();
            }
        }
    }

    /// Waits until a record of `phase` has come about each of `cpus`, in any order; those records.
    pub fn await_each(&mut self, phase: Phase, cpus: Range<u32>) -> Vec<Record<String>> {
        let mut left: Vec<_> = cpus.collect();
        let mut came = Vec::new();
        while !left.is_empty() {
            let record = self.await_phase(phase, None);
            left.retain(|&cpu| record.cpu != Some(cpu));
            came.push(record);
        }
        came
    }

    /// The phases of `cpu` so far, each with its value.
    pub fn of(&self, cpu: u32) -> Vec<(Phase, Option<u64>)> {
        let of_cpu = self.seen.iter().filter(|it| it.cpu == Some(cpu));
        of_cpu.map(|it| (it.phase, it.value)).collect()
    }
}
