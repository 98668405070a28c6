//! `hotvcpu autoscale` and `hotvcpu top` on a real QEMU: a load that rises and falls, and a guest that lies about it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hotvcpu_tests::PATIENCE;
use hotvcpu_tests::command::Host;
use serde_json::{Value, json};

/// A scaler that runs, and the JSON lines that it tells.
struct Scaler {
    child: Child,
    told: Receiver<Value>,
}

impl Scaler {
    fn start(host: &Host, options: &[&str]) -> Self {
        let words = [
            &["autoscale", "one", "--json", "--max", "4", "--interval", "200ms"][..],
            &["--window", "400ms", "--cooldown", "400ms", "--cooldown-down", "800ms"],
            options,
        ]
        .concat();
        let mut command = host.command(&words);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("hotvcpu runs");
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

/// An agent in place of the guest's, whose CPUs have the counters that the test says.
struct Agent {
    /// The next samples: of each CPU the number, busy and idle ms.
    samples: std::sync::mpsc::Sender<Vec<(u64, u64, u64)>>,
}

impl Agent {
    /// Takes the place of the domain's port.
    fn in_place_of(host: &Host) -> Self {
        let path = host.runtime().join("hotvcpu/one/agent.sock");
        std::fs::remove_file(&path).expect("the port's socket");
        let listener = UnixListener::bind(&path).expect("the same place");
        let (samples, next) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(&stream, &next);
            }
        });
        Self { samples }
    }

    fn tell(&self, sample: &[(u64, u64, u64)]) {
        self.samples.send(sample.to_vec()).expect("it listens");
    }
}

fn serve(stream: &UnixStream, next: &Receiver<Vec<(u64, u64, u64)>>) {
    let mut writer = stream;
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let start = line.iter().position(|byte| *byte == b'{').unwrap_or(0);
        let Ok(command) = serde_json::from_slice::<Value>(&line[start..]) else {
            return;
        };
        let answer = match command["execute"].as_str() {
            Some("guest-sync-delimited") => json!({"return": command["arguments"]["id"]}),
            _ => {
                let Ok(sample) = next.recv() else { return };
                let cpu = |(cpu, busy, idle): &(u64, u64, u64)| {
                    json!({"type": "linux", "cpu": cpu, "user": busy, "nice": 0, "system": 0, "idle": idle})
                };
                json!({"return": sample.iter().map(cpu).collect::<Vec<_>>()})
            }
        };
        if writer.write_all(format!("\u{7f}{answer}\n").replace('\u{7f}', "").as_bytes()).is_err() {
            return;
        }
    }
}
