//! Definitions: kept without running, started as they say, changed with the running domain or not at all.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::process::Stdio;
use std::time::{Duration, Instant};

use hotvcpu::Machine;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, on_boards};

/// Two sockets of two cores of two threads, in a node each; vCPU 4 can be removed.
const TWO_NODES: &str = "\
[vcpus]
current = 3
maximum = 8
enabled = \"0-1,4\"
[topology]
sockets = 2
cores = 2
threads = 2
[[numa]]
vcpus = \"0-3\"
memory = \"32M\"
[[numa]]
vcpus = \"4-7\"
memory = \"32M\"
[[vcpu]]
id = 4
hotpluggable = true
";

#[test]
fn a_defined_domain_is_started_as_it_says() {
    let host = Host::new();
    host.define(TWO_NODES);
    let listed = host.json(&["list", "--all"]);
    assert_eq!(listed[0]["state"], "shut off", "{listed}");
    host.json(&["start", "one"]);
    let vcpus = host.json(&["vcpuinfo", "one"]);
    let vcpu = |number: usize| &vcpus[number];
    assert_eq!(
        (vcpu(4)["guest"].as_str(), vcpu(4)["node"].as_u64()),
        (Some("online"), Some(1))
    );
    assert_eq!(vcpu(2)["host"], "free");
    // It came with the start, and can go all the same.
    host.json(&["setvcpu", "one", "4", "--disable", "--live"]);
    assert_eq!(host.live_and_config(), (vec![0, 1], "0-1,4".into()));
    host.json(&["undefine", "one"]);
    assert_eq!(host.json(&["dominfo", "one"])["persistent"], false);
    host.json(&["shutdown", "one"]);
    let mut without_a_guest = host.command(&["start", "one"]);
    let refused = without_a_guest.env_remove("HOTVCPU_GUEST_X86_64").output();
    let refused = refused.expect("hotvcpu runs");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("--kernel") && said.contains("hotvcpu define"),
        "{said}"
    );
}

#[test]
fn a_socket_in_two_nodes_is_refused_at_define() {
    let host = Host::new();
    host.define(TWO_NODES);
    let file = host.runtime().join("one.toml");
    let text = std::fs::read_to_string(&file).expect("readable");
    let wrong = text.replace("sockets = 2\ncores = 2", "sockets = 1\ncores = 4");
    std::fs::write(&file, wrong).expect("written");
    let said = host.fails(&["define", file.to_str().expect("UTF-8")], 2);
    assert!(said.contains("lock up"), "{said}");
    assert_eq!(
        host.json(&["dumpconf", "one"])["topology"]["sockets"],
        2,
        "the earlier one stays"
    );
}

#[test]
fn an_edit_that_is_wrong_is_kept_and_changes_nothing() {
    let host = Host::new();
    host.define(TWO_NODES);
    let edit = |editor: &str| {
        let mut command = host.command(&["edit", "one"]);
        let output = command
            .env_remove("VISUAL")
            .env("EDITOR", editor)
            .env("TMPDIR", host.runtime())
            .output();
        output.expect("hotvcpu runs")
    };
    let wrong = edit("sed -i s/32M/33M/");
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    let kept = said
        .split_whitespace()
        .find(|word| word.ends_with(".toml:"))
        .expect("a file is named");
    let kept = std::fs::read_to_string(kept.trim_end_matches(':')).expect("it is there");
    assert!(kept.contains("33M"), "{kept}");
    assert!(edit("sed -i s/paused/full/").status.success());
    let now = host.json(&["dumpconf", "one"]);
    assert_eq!(
        (now["cmdline"].as_str(), now["numa"][0]["memory"].as_str()),
        (Some("workload=full"), Some("32M"))
    );
}

#[test]
fn machine_and_definition_change_together() {
    let host = Host::new();
    host.define("[vcpus]\ncurrent = 1\nmaximum = 8\n");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "3", "--live", "--config"]);
    assert_eq!(host.live_and_config(), (vec![0, 1, 2], "0-2".into()));
    host.json(&["setvcpus", "one", "4", "--config"]);
    assert_eq!(host.live_and_config(), (vec![0, 1, 2], "0-3".into()));
    // Neither flag: the running one.
    host.json(&["setvcpus", "one", "2"]);
    assert_eq!(host.live_and_config(), (vec![0, 1], "0-3".into()));
    let count =
        |flags: &[&str]| host.json(&[&["vcpucount", "one"], flags].concat())["count"].clone();
    assert_eq!(count(&["--live"]), 2);
    assert_eq!(count(&["--config"]), 4);
    assert_eq!(count(&["--maximum", "--config"]), 8);
    assert_eq!(count(&["--guest"]), 2);
    // What cannot be done live is not written either.
    host.json(&["suspend", "one"]);
    let said = host.fails(&["setvcpus", "one", "1", "--live", "--config"], 4);
    assert!(said.contains("hotvcpu resume"), "{said}");
    assert_eq!(host.live_and_config(), (vec![0, 1], "0-3".into()));
}

#[test]
fn a_removal_that_the_guest_refuses_leaves_the_definition_alone() {
    let host = Host::new();
    host.define("[vcpus]\ncurrent = 1\nmaximum = 8\n");
    let file = host.runtime().join("one.toml");
    let text = std::fs::read_to_string(&file).expect("readable");
    let stubborn = text.replace("workload=paused", "workload=paused misbehave=refuse-eject");
    std::fs::write(&file, stubborn).expect("written");
    host.json(&["define", file.to_str().expect("UTF-8")]);
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "2", "--live", "--config"]);
    let said = host.fails(&["setvcpus", "one", "1", "--live", "--config"], 5);
    assert!(said.contains("the definition is as it was"), "{said}");
    assert_eq!(host.live_and_config(), (vec![0, 1], "0-1".into()));
}

/// How often the command is killed; `HOTVCPU_KILLS` says otherwise, up to 150: there are slots for no more.
fn kills() -> u32 {
    let wanted = std::env::var("HOTVCPU_KILLS").ok();
    wanted.and_then(|number| number.parse().ok()).unwrap_or(50)
}

/// From 1 to 4 vCPUs or back, live and in the definition.
fn change(target: &str) -> [&str; 5] {
    ["setvcpus", "one", target, "--live", "--config"]
}

/// How long the change takes where nobody kills it: the longest of some.
fn duration_of_change(host: &Host) -> Duration {
    let mut longest = Duration::ZERO;
    for target in ["4", "1", "4", "1"] {
        let begin = Instant::now();
        host.json(&change(target));
        longest = longest.max(begin.elapsed());
    }
    longest
}

fn killed_at_any_moment_machine_and_definition_agree_at_the_next_command(board: Board) {
    let host = Host::new();
    // On x86 every add is one of those that QEMU survives.
    let maximum = if board.machine == Machine::Virt {
        8
    } else {
        250
    };
    host.define_on(
        board,
        "",
        &format!("[vcpus]\ncurrent = 1\nmaximum = {maximum}\n"),
    );
    host.json(&["start", "one"]);
    let whole = duration_of_change(&host);
    let mut random = Random::new();
    // How often it was killed before it changed anything, in the middle, and after all.
    let (mut before, mut told, mut after) = (0, 0, 0);
    for round in 0..kills() {
        let (from, target) = if round % 2 == 0 { (1, "4") } else { (4, "1") };
        // The moment is the one thing here that has to be a time: one in each part of the whole, anywhere in it.
        let part = whole.mul_f64((f64::from(round) + random.next()) / f64::from(kills()));
        kill_after(&host, &change(target), part);
        let next = host.json(&["vcpucount", "one"]);
        let (live, config) = host.live_and_config();
        assert_eq!(config, written(&live), "after kill {round}: {next}");
        match next["notes"][0].as_str() {
            Some(note) => {
                assert!(note.contains("interrupted"), "{note}");
                told += 1;
            }
            None if live.len() == from => before += 1,
            None => after += 1,
        }
        // On to where the next round begins.
        host.json(&change(target));
    }
    println!("killed before, within, after the change: {before}, {told}, {after} of {whole:?}");
    assert!(
        before > 0 && told > 0,
        "{before} kills came before the change, {told} hit it: the moments are wrong for this machine"
    );
}

on_boards!(killed_at_any_moment_machine_and_definition_agree_at_the_next_command: Q35, VIRT);

fn kill_after(host: &Host, arguments: &[&str], delay: Duration) {
    let mut command = host.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("started");
    std::thread::sleep(delay);
    child.kill().expect("it is our child");
    child.wait().expect("it has ended");
}

/// Numbers from 0 to 1 that are others in each run: xorshift, seeded by the standard library's hasher.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let seed = RandomState::new().build_hasher().finish();
        Self(seed | 1)
    }

    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from((self.0 >> 32) as u32) / f64::from(u32::MAX)
    }
}

/// Numbers as ranges.
fn written(numbers: &[u64]) -> String {
    let list: hotvcpu::definition::CpuList = numbers
        .iter()
        .filter_map(|number| u32::try_from(*number).ok())
        .collect();
    list.to_string()
}
