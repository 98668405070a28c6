//! `hotvcpu autoscale` and `hotvcpu top` on a real QEMU: a load that rises and falls, and a guest that lies about it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use hotvcpu_tests::command::Host;
use hotvcpu_tests::{PATIENCE, VIRT, VIRT_OLD, guest_image};
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// A scaler that runs, and the JSON lines that it tells.
struct Scaler {
    child: Child,
    told: Receiver<Value>,
}

impl Scaler {
    fn start(host: &Host, options: &[&str]) -> Self {
        let words = [
            &[
                "autoscale",
                "one",
                "--json",
                "--max",
                "4",
                "--interval",
                "200ms",
            ][..],
            &[
                "--window",
                "400ms",
                "--cooldown",
                "400ms",
                "--cooldown-down",
                "800ms",
            ],
            options,
        ]
        .concat();
        let mut command = host.command(&words);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("hotvcpu runs");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (sender, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Self { child, told }
    }

    /// The next thing told that is `wanted`; every decision on the way is within the bounds.
    fn await_told(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let told = self.told.recv_timeout(4 * PATIENCE);
            let told = told.unwrap_or_else(|error| panic!("no {what}: {error}"));
            let numbers = ["vcpus", "before", "after"];
            for number in numbers.iter().filter_map(|name| told[name].as_u64()) {
                assert!((1..=4).contains(&number), "beyond the bounds: {told}");
            }
            if wanted(&told) {
                return told;
            }
        }
    }

    fn await_change(&self, what: &str, good: impl Fn(u64, u64) -> bool) {
        self.await_told(what, |told| {
            let numbers = (told["before"].as_u64(), told["after"].as_u64());
            matches!(numbers, (Some(before), Some(after)) if good(before, after))
        });
    }

    /// As Ctrl-C does it.
    fn interrupt(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::INT).expect("it runs");
    }

    /// The summary, and that it has ended well.
    fn await_end(mut self) -> Value {
        let summary = self.await_told("summary", |told| told["event"] == "summary");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        summary
    }
}

impl Drop for Scaler {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Of each CPU the number, busy and idle ms.
type Sample = Vec<(u64, u64, u64)>;

/// An agent in place of the guest's, whose CPUs have the counters that the test says.
struct Agent {
    samples: Sender<Sample>,
}

impl Agent {
    /// Takes the place of the domain's port.
    fn in_place_of(host: &Host) -> Self {
        let path = host.runtime().join("hotvcpu/one/agent.sock");
        std::fs::remove_file(&path).expect("the port's socket");
        let listener = UnixListener::bind(&path).expect("the same place");
        let (samples, next) = channel();
        std::thread::spawn(move || {
            let mut last = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                serve(&stream, &next, &mut last);
            }
        });
        Self { samples }
    }

    fn tell(&self, sample: &[(u64, u64, u64)]) {
        self.samples.send(sample.to_vec()).expect("it listens");
    }
}

/// Answers one client. Without a new sample the last one is told again; without a test there is no answer.
fn serve(stream: &UnixStream, next: &Receiver<Sample>, last: &mut Sample) {
    let mut writer = stream;
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let start = line.iter().position(|byte| *byte == b'{').unwrap_or(0);
        let Ok(command) = serde_json::from_slice::<Value>(&line[start..]) else {
            return;
        };
        let answer = match command["execute"].as_str() {
            Some("guest-sync-delimited") => json!({"return": command["arguments"]["id"]}),
            _ => {
                match next.try_recv() {
                    Ok(sample) => *last = sample,
                    Err(TryRecvError::Empty) => {}
                    Err(TryRecvError::Disconnected) => return,
                }
                let cpu = |(cpu, busy, idle): &(u64, u64, u64)| json!({"type": "linux", "cpu": cpu, "user": busy, "nice": 0, "system": 0, "idle": idle});
                json!({"return": last.iter().map(cpu).collect::<Vec<_>>()})
            }
        };
        if writer.write_all(&message(&answer)).is_err() {
            return;
        }
    }
}

/// An answer as the agent sends it: to a synchronisation with the byte in front that was asked for.
fn message(answer: &Value) -> Vec<u8> {
    let delimiter: &[u8] = if answer["return"].is_u64() {
        &[0xFF]
    } else {
        &[]
    };
    [delimiter, answer.to_string().as_bytes(), b"\n"].concat()
}

/// Defines and starts the domain `one` with this demand, and room for many vCPUs: under TCG, QEMU makes each only once.
fn start_with_load(host: &Host, load: &str) {
    let file = host.runtime().join("one.toml");
    let kernel = guest_image();
    let text = format!(
        "name = \"one\"\nmachine = \"q35\"\nkernel = {kernel:?}\naccel = \"tcg\"\n\
         cmdline = \"workload=offered load={load} backlog=60s\"\n[vcpus]\ncurrent = 1\nmaximum = 64\n"
    );
    std::fs::write(&file, text).expect("written");
    host.json(&["define", file.to_str().expect("UTF-8")]);
    host.json(&["start", "one"]);
}

#[test]
fn vcpus_follow_a_load_that_rises_and_falls() {
    let host = Host::new();
    start_with_load(&host, "1s:30,8s:250");
    let before = host.json(&["dumpconf", "one"]);
    let scaler = Scaler::start(&host, &["--until-idle"]);
    scaler.await_change("add", |before, after| after > before);
    scaler.await_change("removal", |before, after| after < before);
    let summary = scaler.await_end();
    assert_eq!(summary["end"], "idle", "{summary}");
    assert_eq!(summary["failures"], 0, "{summary}");
    assert!(summary["vcpu_ms"].as_u64() < summary["vcpu_ms_at_max"].as_u64());
    assert_eq!(summary["work"]["dropped_us"], 0, "{summary}");
    assert!(
        summary["work"]["done_us"].as_u64() > Some(10_000_000),
        "{summary}"
    );
    assert_eq!(host.current(), Some(1));
    assert_eq!(
        host.json(&["dumpconf", "one"]),
        before,
        "the definition is as it was"
    );
}

#[test]
fn on_aarch64_vcpus_follow_a_load_too() {
    let host = Host::new();
    host.start_on(VIRT, "workload=offered load=1s:30,4s:250 backlog=60s");
    let summary = Scaler::start(&host, &["--until-idle"]).await_end();
    assert!(summary["most"].as_u64() > Some(2), "{summary}");
    assert_eq!(summary["failures"], 0, "{summary}");
    assert_eq!(host.current(), Some(1));
}

#[test]
fn on_an_old_aarch64_host_vcpus_are_only_added() {
    let host = Host::new();
    host.start_on(VIRT_OLD, "workload=offered load=1s:30,4s:250 backlog=60s");
    let scaler = Scaler::start(&host, &["--until-idle"]);
    scaler.await_change("add", |before, after| after > before);
    let refused = scaler.await_told("refusal", |told| told["reason"] == "refused");
    let text = refused["text"].as_str().unwrap_or_default();
    assert!(text.contains("can only add"), "{refused}");
    let summary = scaler.await_end();
    assert_eq!(summary["removals"], 0, "{summary}");
    assert_eq!(summary["failures"], 1, "it is tried once: {summary}");
}

#[test]
fn a_guest_that_lies_about_its_load_stays_within_the_bounds() {
    let host = Host::new();
    host.start("tcg");
    let agent = Agent::in_place_of(&host);
    let scaler = Scaler::start(&host, &[]);
    let fault = |name: &'static str| {
        move |told: &Value| {
            let faults = told["faults"].as_array();
            let is_told = faults.is_some_and(|all| all.iter().any(|one| one["fault"] == name));
            assert!(!is_told || told["action"] == "hold", "acted upon: {told}");
            is_told
        }
    };
    scaler.await_told("empty", fault("empty"));
    agent.tell(&[(0, 1_000_000, 0)]);
    agent.tell(&[(0, 0, 0)]);
    scaler.await_told("backwards", fault("backwards"));
    agent.tell(&[(0, 1_000_000, 0)]);
    scaler.await_told("too fast", fault("too_fast"));
    agent.tell(&[]);
    scaler.await_told("empty", fault("empty"));
    // CPUs that nobody has given it.
    for busy in 0..3 {
        let sample: Vec<_> = (0..300).map(|cpu| (cpu, busy * 200, 0)).collect();
        agent.tell(&sample);
    }
    scaler.await_told("mismatch", |told| told["reason"] == "mismatch");
    drop(agent);
    scaler.await_told("no agent", |told| told["reason"] == "no_sample");
    scaler.interrupt();
    let summary = scaler.await_end();
    assert_eq!(summary["end"], "interrupted");
    assert_eq!(summary["adds"], 0, "{summary}");
    assert_eq!(host.current(), Some(1));
}

#[test]
fn a_domain_that_somebody_else_is_changing_is_left_alone() {
    let host = Host::new();
    host.start_with("workload=offered load=3s:10,150");
    let scaler = Scaler::start(&host, &[]);
    scaler.await_told("first load", |told| told["load_milli"].is_u64());
    // As a command holds it for as long as it changes the domain.
    let lock = host.runtime().join("hotvcpu/one/job.lock");
    let mut lock = File::options()
        .write(true)
        .open(lock)
        .expect("the job lock");
    flock(&lock, FlockOperation::LockExclusive).expect("locked");
    lock.set_len(0).expect("emptied");
    lock.write_all(b"process 7 runs `save`").expect("signed");
    let skipped = scaler.await_told("skipped", |told| told["reason"] == "other_operation");
    let text = skipped["text"].as_str().unwrap_or_default();
    assert!(text.contains("process 7 runs `save`"), "{skipped}");
    drop(lock);
    scaler.await_change("add", |before, after| after > before);
}

#[test]
fn what_cannot_be_scaled_is_told_at_the_start() {
    let host = Host::new();
    let kernel = guest_image();
    let kernel = kernel.to_str().expect("the image's path is UTF-8");
    // Nobody in it opens the port: its CPUs are stopped.
    host.json(&[
        "start", "one", "--kernel", kernel, "--accel", "tcg", "--paused",
    ]);
    let said = host.fails(&["autoscale", "one"], 4);
    assert!(said.contains("resume"), "{said}");
    let said = host.fails(&["autoscale", "one", "--min", "3", "--max", "2"], 2);
    assert!(said.contains("--max"), "{said}");
    let said = host.fails(&["autoscale", "nobody"], 3);
    assert!(said.contains("nobody"), "{said}");
}

#[test]
fn what_qemu_would_not_survive_is_not_asked_of_it_again() {
    let host = Host::new();
    // 8 slots: under TCG no more than 8 vCPUs are ever made.
    host.start_with("workload=offered load=2s:10,2s:250,repeat");
    let scaler = Scaler::start(&host, &[]);
    let refused = scaler.await_told("refusal", |told| told["reason"] == "refused");
    let text = refused["text"].as_str().unwrap_or_default();
    assert!(text.contains("--maxvcpus"), "{refused}");
    let again = scaler.await_told("the next decision", |told| told["event"] == "decision");
    assert_eq!(again["vcpus"], refused["vcpus"], "it goes on");
}

#[test]
fn top_shows_vcpus_with_their_load_and_needs_a_terminal_for_more() {
    let host = Host::new();
    host.start_with("workload=offered load=50");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let shown = host.run(&["top", "one", "--once", "--width", "80"]);
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(text.starts_with("one  q35"), "{text}");
    for part in [
        "2 of 8 vCPUs",
        "boot     online",
        "added    online",
        "add    vcpu 1",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let numbers = host.json(&["top", "--once"]);
    let vcpus = &numbers["domains"][0]["vcpus"];
    assert!(vcpus[1]["load_milli"].is_u64(), "{numbers}");
    let mut command = host.command(&["top", "one"]);
    let output = command.stdin(Stdio::null()).output().expect("hotvcpu runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--once"), "{said}");
}
