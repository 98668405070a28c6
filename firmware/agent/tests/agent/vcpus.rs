//! `guest-set-vcpus`, as its reference has it.

use serde_json::{Value, json};

use crate::machine::Host;

fn request(list: &[(i64, bool)]) -> String {
    let vcpu = |(id, online): &(i64, bool)| json!({"logical-id": id, "online": online});
    let vcpus: Vec<Value> = list.iter().map(vcpu).collect();
    json!({"execute": "guest-set-vcpus", "arguments": {"vcpus": vcpus}, "id": 1}).to_string()
}

/// Sends a list, lets every CPU arrive, and takes the answer.
fn set(host: &mut Host, list: &[(i64, bool)]) -> Value {
    let mut said = host.say(request(list).as_bytes());
    while host.agent.is_busy() {
        assert_eq!(said, b"", "nothing is said while it is under way");
        host.machine.arrive();
        host.agent.go_on(&mut host.machine);
        said = host.hear();
    }
    let answer: Value = serde_json::from_slice(&said).expect("one answer");
    assert_eq!(answer["id"], 1);
    answer
}

fn online(host: &Host) -> Vec<u32> {
    let online = host.machine.cpus.iter().filter(|(_, online)| **online);
    online.map(|(cpu, _)| *cpu).collect()
}

#[test]
fn cpus_are_dealt_with_in_order() {
    let mut host = Host::with_cpus(4);
    let all = [(1, false), (3, false), (0, true), (1, true)];
    assert_eq!(set(&mut host, &all)["return"], 4);
    assert_eq!(online(&host), [0, 1, 2]);
    let happening = host.agent.take_happening().expect("it is recorded");
    assert_eq!(
        happening.text,
        "guest-set-vcpus 1 offline 3 offline 0 online 1 online: 4 of 4"
    );
}

#[test]
fn nothing_is_done_of_nothing() {
    let mut host = Host::with_cpus(2);
    assert_eq!(set(&mut host, &[])["return"], 0);
}

#[test]
fn only_the_first_ones_failure_is_an_error() {
    let mut host = Host::with_cpus(3);
    host.machine.stuck = vec![2];
    let error = |answer: Value| answer["error"]["desc"].as_str().map(str::to_owned);
    let first = error(set(&mut host, &[(0, false), (1, false)]));
    let words = "logical processor #0 can't be offlined";
    assert_eq!(first.as_deref(), Some(words));
    for nobody in [3, -1, i64::MAX] {
        let words = format!("logical processor #{nobody} does not exist");
        assert_eq!(error(set(&mut host, &[(nobody, true)])), Some(words));
    }
    assert_eq!(online(&host), [0, 1, 2], "nothing has changed");

    let list = [(2, false), (2, true), (1, false)];
    assert_eq!(set(&mut host, &list)["return"], 1);
    assert_eq!(online(&host), [0, 1], "the second one ends it");
    let rest = error(set(&mut host, &list[1..]));
    assert_eq!(rest.as_deref(), Some("logical processor #2 is broken"));
}

#[test]
fn a_cpu_that_never_arrives_is_given_up() {
    let mut host = Host::with_cpus(2);
    assert_eq!(host.say(request(&[(1, false)]).as_bytes()), b"");
    let deadline_ns = host.agent.deadline_ns().expect("there is a deadline");
    host.machine.now_ns = deadline_ns - 1;
    host.agent.go_on(&mut host.machine);
    assert!(host.agent.is_busy());
    host.machine.now_ns = deadline_ns;
    host.agent.go_on(&mut host.machine);
    let answer: Value = serde_json::from_slice(&host.hear()).expect("an answer");
    let text = answer["error"]["desc"].as_str();
    assert_eq!(text, Some("logical processor #1 is not offline after 30 s"));
    assert!(host.agent.is_listening());
}

#[test]
fn what_is_said_meanwhile_waits() {
    let mut host = Host::with_cpus(2);
    host.say(request(&[(1, false)]).as_bytes());
    let ping = br#"{"execute":"guest-ping"}"#;
    assert_eq!(host.agent.feed(ping, &mut host.machine), 0);
    host.machine.arrive();
    host.agent.go_on(&mut host.machine);
    host.hear();
    assert_eq!(host.agent.feed(ping, &mut host.machine), ping.len());
}

#[test]
fn who_has_gone_is_not_answered_and_the_command_goes_on() {
    let mut host = Host::with_cpus(2);
    host.say(request(&[(1, false)]).as_bytes());
    host.agent.hang_up();
    host.machine.arrive();
    host.agent.go_on(&mut host.machine);
    assert_eq!(host.hear(), b"");
    assert_eq!(online(&host), [0]);
    assert!(host.agent.take_happening().is_some());
}

#[test]
fn a_long_list_takes_several_turns_and_asks_for_them() {
    let mut host = Host::with_cpus(2);
    let mut list = [(0, true)].repeat(1000);
    list.push((1, false));
    let mut said = host.say(request(&list).as_bytes());
    let mut turns = 0;
    while host.agent.has_more() {
        assert_eq!((said, host.agent.deadline_ns()), (Vec::new(), None));
        turns += 1;
        host.agent.go_on(&mut host.machine);
        said = host.hear();
    }
    assert!(turns > 1, "one turn is bounded");
    assert!(host.agent.is_busy(), "a CPU is on its way");
    assert!(host.agent.deadline_ns().is_some());
    host.machine.arrive();
    host.agent.go_on(&mut host.machine);
    let answer: Value = serde_json::from_slice(&host.hear()).expect("one answer");
    assert_eq!(answer["return"], 1001);
    assert!(!host.agent.has_more());
}
