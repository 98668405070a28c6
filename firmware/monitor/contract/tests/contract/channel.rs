//! The control channel under good and bad input.

use hotvcpu_contract::Generation;
use hotvcpu_wire::control::{Kind, Report};

use crate::rig::{Host, contract};
use hotvcpu_contract::Channel;

fn host(slots: u32) -> Host {
    Host {
        contract: contract(Generation::New, slots, 2),
        channel: Channel::new(),
        now_ns: 0,
        running_on: Vec::new(),
    }
}

fn parsed(host: &mut Host) -> Vec<Report<String>> {
    let lines = host.reports();
    let parse = |line: &String| serde_json::from_str(line).expect("a report");
    lines.iter().map(parse).collect()
}

#[test]
fn hello_says_who_and_what_is_plugged() {
    let mut host = host(4);
    host.request(r#"{"tag":1,"op":"plug","cpu":3,"id":"late"}"#);
    host.reports();
    host.channel = Channel::new();
    host.channel.hello(&host.contract);
    let reports = parsed(&mut host);
    let kinds: Vec<Kind> = reports.iter().map(|report| report.kind).collect();
    assert_eq!(kinds, [Kind::Hello, Kind::Slot, Kind::Slot, Kind::Slot]);
    assert_eq!(reports[0].text.as_deref(), Some("new"));
    assert_eq!((reports[0].value, reports[0].cpu), (Some(4), Some(2)));
    assert_eq!(
        (reports[3].cpu, reports[3].id.as_deref()),
        (Some(3), Some("late"))
    );
    let numbers: Vec<u64> = reports.iter().map(|report| report.seq).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn requests_are_answered_with_their_tag() {
    let mut host = host(8);
    assert!(
        host.request(r#"{"tag":5,"op":"plug","cpu":4,"id":"c4"}"#),
        "rings"
    );
    assert!(!host.request(r#"{"tag":6,"op":"state"}"#));
    assert!(!host.request(r#"{"tag":7,"op":"plug","cpu":4,"id":"c5"}"#));
    assert!(!host.request(r#"{"tag":8,"op":"unplug","id":"zz"}"#));
    assert!(
        host.request(r#"{"tag":9,"op":"unplug","id":"c4"}"#),
        "rings"
    );
    let reports = parsed(&mut host);
    let seen: Vec<_> = reports
        .iter()
        .map(|report| {
            (
                report.tag.expect("an answer"),
                report.kind,
                report.cpu,
                report.value,
            )
        })
        .collect();
    let expected = [
        (5, Kind::Done, Some(4), None),
        (6, Kind::Slot, Some(0), Some(0)),
        (6, Kind::Slot, Some(1), Some(1)),
        (6, Kind::Slot, Some(4), Some(4)),
        (6, Kind::Done, None, None),
        (7, Kind::Refused, None, Some(0)),
        (8, Kind::Refused, None, Some(1)),
        (9, Kind::Done, Some(4), None),
    ];
    assert_eq!(seen, expected);
    assert_eq!(reports[0].id.as_deref(), Some("c4"));
}

#[test]
fn garbage_is_answered_and_forgotten() {
    let mut host = host(8);
    let long = vec![b'x'; 100_000];
    host.channel.receive(&long, &mut host.contract);
    assert_eq!(host.reports().len(), 0, "the line has not ended");
    host.channel
        .receive(b"\n\0\xFF\xFE\n{\"tag\":3}\n\n", &mut host.contract);
    host.request(r#"{"tag":4,"op":"state"}"#);
    let reports = parsed(&mut host);
    let errors: Vec<_> = reports
        .iter()
        .filter(|report| report.kind == Kind::Error)
        .map(|report| report.tag)
        .collect();
    assert_eq!(errors, [None, None, Some(3), None]);
    assert_eq!(reports.last().map(|report| report.kind), Some(Kind::Done));
}

#[test]
fn lines_may_come_in_pieces() {
    let mut host = host(8);
    let line = b"{\"tag\":4,\"op\":\"plug\",\"cpu\":7}\n";
    let mut rings = 0;
    for byte in line {
        rings += usize::from(host.channel.receive(&[*byte], &mut host.contract));
    }
    assert_eq!(rings, 1);
}

#[test]
fn nobody_listening_costs_reports_but_no_memory() {
    let mut host = host(512);
    for tag in 0..5_000 {
        host.request(&format!(r#"{{"tag":{tag},"op":"state"}}"#));
    }
    assert!(host.channel.is_busy());
    let reports = parsed(&mut host);
    assert!(reports.len() < 5_000);
    assert!(host.channel.is_empty());
    host.request(r#"{"tag":1,"op":"state"}"#);
    let next = &parsed(&mut host)[0];
    let last = reports.last().expect("some reports were kept");
    assert!(
        next.seq > last.seq + 1,
        "the gap shows that reports were lost"
    );
}
