//! Pictures as text, and what keys do.

use hotvcpu::autoscale::summary::Work;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::operations::Ended;
use super::render::render;
use super::text::as_text;
use super::view::{CpuView, DomainView, View};

fn cpu(vcpu: u32, host: &'static str, guest: &'static str, load_milli: Option<u32>) -> CpuView {
    CpuView {
        vcpu,
        node: Some(u64::from(vcpu / 2)),
        host,
        guest,
        load_milli,
    }
}

fn domain() -> DomainView {
    DomainView {
        name: "demo".to_owned(),
        machine: "q35, QEMU 10.0.2, tcg".to_owned(),
        state: "ready",
        slots: 16,
        vcpus: vec![
            cpu(0, "boot", "online", Some(1000)),
            cpu(1, "added", "online", Some(500)),
            cpu(2, "added", "starting", None),
        ],
        load_milli: Some(750),
        work_rate: Some(250_000),
        work: Some(Work {
            offered_us: 120,
            done_us: 118,
            dropped_us: 1,
        }),
        operations: vec![Ended {
            at_ms: 12_345,
            vcpu: 1,
            action: "add",
            end: "online".to_owned(),
            took_us: 2_480,
        }],
        problem: None,
    }
}

fn open(domain: DomainView) -> View {
    View {
        domains: vec![domain],
        open: Some(0),
        ..View::default()
    }
}

fn picture(view: &View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| render(view, frame)).expect("drawn");
    as_text(terminal.backend().buffer())
}

#[test]
fn one_domain() {
    let expected = "\
demo  q35, QEMU 10.0.2, tcg  guest ready
3 of 16 vCPUs  load 75 %  workload 250000 numbers/s  98 % of demand done

VCPU  NODE  HOST     GUEST         BUSY
   0     0  boot     online       100 %  ██████████████████████████████████████
   1     0  added    online        50 %  ███████████████████
   2     1  added    starting         -
LAST OPERATIONS, AS THE GUEST TELLS
    12.345 s  add    vcpu 1       2.48 ms  online




q quit  + - one core  ↑↓ scroll  p hold
";
    assert_eq!(picture(&open(domain()), 80, 14), expected);
}

#[test]
fn several_domains() {
    let view = View {
        domains: vec![domain(), DomainView::default()],
        chosen: 1,
        ..View::default()
    };
    let text = picture(&view, 80, 6);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "demo                     ready      3 of 16    75 %  250000/s"
    );
    assert!(lines[5].contains("Enter open"), "{text}");
    let many = View {
        domains: vec![domain(); 40],
        chosen: 39,
        ..View::default()
    };
    assert_eq!(picture(&many, 80, 6).matches("demo").count(), 4);
    let none = picture(&View::default(), 80, 6);
    assert!(none.contains("no domain runs"), "{none}");
}

#[test]
fn more_vcpus_than_lines_are_counted_and_can_be_scrolled_to() {
    let mut many = domain();
    many.vcpus = (0..300)
        .map(|n| cpu(n, "added", "online", Some(1)))
        .collect();
    let mut view = open(many);
    let text = picture(&view, 80, 20);
    assert!(text.contains("... and 292 more below"), "{text}");
    view.scrolled = usize::MAX;
    let text = picture(&view, 80, 20);
    assert!(text.contains("\n 299   149"), "{text}");
    assert!(!text.contains("more below"), "{text}");
}

#[test]
fn what_others_say_cannot_control_the_terminal() {
    let mut evil = domain();
    evil.problem = Some("\u{1b}[2Jgone\r\n".to_owned());
    evil.operations[0].end = "failed: \u{1b}]0;title\u{7}".to_owned();
    let mut view = open(evil);
    view.message = Some("\u{9b}31m".to_owned());
    let text = picture(&view, 80, 20);
    assert!(
        text.chars().all(|c| c == '\n' || !c.is_control()),
        "{text:?}"
    );
    assert!(text.contains("gone"), "{text}");
}

#[test]
fn no_size_is_too_small() {
    for (width, height) in [(1, 1), (2, 30), (200, 1), (41, 5), (43, 3)] {
        picture(&open(domain()), width, height);
        picture(&View::default(), width, height);
    }
}
