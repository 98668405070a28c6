//! The command `hotvcpu` as a person or a script runs it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use hotvcpu::Machine;
use serde_json::Value;

use crate::board::{guest_image_aarch64, rom};
use crate::qmp::Qmp;
use crate::{Board, PATIENCE, Q35, guest_image, host_command};

/// A place of its own for the domains of one test; what still runs there at the end is destroyed.
pub struct Host {
    command: PathBuf,
    runtime: tempfile::TempDir,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// A place without domains.
    pub fn new() -> Self {
        // As a login session's runtime folder is: nobody else's.
        let private = std::fs::Permissions::from_mode(0o700);
        let runtime = tempfile::Builder::new().permissions(private).tempdir();
        Self {
            command: host_command(),
            runtime: runtime.expect("a runtime folder"),
        }
    }

    /// The folder that the domains' files are below.
    pub fn runtime(&self) -> &Path {
        self.runtime.path()
    }

    /// The command with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.command);
        command
            .args(arguments)
            .env("XDG_RUNTIME_DIR", self.runtime.path())
            .env("XDG_CONFIG_HOME", self.runtime.path().join("config"));
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("hotvcpu runs")
    }

    /// Runs a command that has to succeed; its JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{arguments:?}: {stdout}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error} in {stdout}"))
    }

    /// Runs a command that has to fail with this exit code; what it says.
    pub fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// Starts the domain `one`, whose CPUs do not work.
    pub fn start(&self, accel: &str) {
        self.start_kernel(&guest_image(), &["--accel", accel]);
    }

    /// Starts the domain `one` with these words for its kernel.
    pub fn start_with(&self, words: &str) {
        self.start_kernel_with(&guest_image(), words, &["--accel", "tcg"]);
    }

    /// Starts the domain `one` on aarch64, with a monitor that plays this generation.
    pub fn start_aarch64(&self, generation: &str) {
        self.start_aarch64_with(generation, "workload=paused");
    }

    /// Starts the domain `one` on such a machine, x86 or aarch64, with these words for its kernel.
    pub fn start_on(&self, board: Board, words: &str) {
        match board.generation {
            Some(generation) => self.start_aarch64_with(&generation.to_string(), words),
            None => {
                let options = ["--machine", board.machine.name(), "--accel", "tcg"];
                self.start_kernel_with(&guest_image(), words, &options);
            }
        }
    }

    fn start_aarch64_with(&self, generation: &str, words: &str) {
        let rom = rom();
        let rom = rom.to_str().expect("the ROM's path is UTF-8");
        let options = [
            "--arch",
            "aarch64",
            "--firmware",
            rom,
            "--generation",
            generation,
        ];
        self.start_kernel_with(&guest_image_aarch64(), words, &options);
    }

    fn start_kernel(&self, kernel: &Path, options: &[&str]) {
        self.start_kernel_with(kernel, "workload=paused", options);
    }

    fn start_kernel_with(&self, kernel: &Path, words: &str, options: &[&str]) {
        let kernel = kernel.to_str().expect("the image's path is UTF-8");
        let arguments = ["start", "one", "--kernel", kernel, "--maxvcpus", "8"];
        let cmdline = ["--cmdline", words];
        self.json(&[&arguments[..], &cmdline, options].concat());
    }

    /// Defines the domain `one` on q35 with quiet CPUs, with this TOML after the plain keys.
    pub fn define(&self, tables: &str) {
        self.define_on(Q35, "", tables);
    }

    /// The same on any board, with more words for the guest.
    pub fn define_on(&self, board: Board, words: &str, tables: &str) {
        let file = self.runtime().join("one.toml");
        let (machine, is_arm) = (board.machine, board.machine == Machine::Virt);
        let kernel = match is_arm {
            true => guest_image_aarch64(),
            false => guest_image(),
        };
        let cmdline = format!("workload=paused {words}");
        let cmdline = cmdline.trim_end();
        let mut text = format!(
            "name = \"one\"\nmachine = \"{machine}\"\nkernel = {kernel:?}\naccel = \"tcg\"\ncmdline = \"{cmdline}\"\n"
        );
        if let (true, Some(generation)) = (is_arm, board.generation) {
            text.push_str(&format!(
                "firmware = {:?}\ngeneration = \"{generation}\"\n",
                rom()
            ));
        }
        std::fs::write(&file, text + tables).expect("written");
        self.json(&["define", file.to_str().expect("UTF-8")]);
    }

    /// A second client of the domain `one`.
    pub fn qmp(&self) -> Qmp {
        Qmp::connect(&self.second_monitor())
    }

    /// The socket of the monitor of the domain `one` that is for others.
    pub fn second_monitor(&self) -> PathBuf {
        self.runtime().join("hotvcpu/one/qmp-events.sock")
    }

    /// The numbers of the vCPUs that the domain `one` has: live ones, and those of its definition.
    pub fn live_and_config(&self) -> (Vec<u64>, Value) {
        let counts = self.json(&["vcpucount", "one"]);
        let slots = counts["slots"].as_array().expect("slots");
        let present = slots.iter().filter(|slot| slot["qom_path"].is_string());
        let live = present.filter_map(|slot| slot["index"].as_u64()).collect();
        (live, counts["config"]["enabled"].clone())
    }

    /// How often the guest of the domain `one` was asked to let go of a vCPU (Notify 3 in its records).
    pub fn eject_requests(&self) -> usize {
        let path = self.runtime().join("hotvcpu/one/events.jsonl");
        let records = std::fs::read_to_string(path).expect("records");
        let records = records
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        records
            .filter(|record| record["phase"] == "notify" && record["value"] == 3)
            .count()
    }

    /// Runs a command until its answer is what is awaited; a minute at most.
    pub fn await_answer(&self, arguments: &[&str], awaited: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let answer = self.json(arguments);
            if awaited(&answer) {
                return answer;
            }
        }
        panic!("{arguments:?} never answers as awaited");
    }

    /// How many vCPUs the domain `one` has.
    pub fn current(&self) -> Option<u64> {
        self.json(&["vcpucount", "one"])["current"].as_u64()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for name in ["one", "two"] {
            self.run(&["destroy", name]);
        }
    }
}
