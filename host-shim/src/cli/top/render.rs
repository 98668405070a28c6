//! The picture: a pure function of the view and the size of the terminal.

use hotvcpu::guest_log::printable;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Wrap};

use super::operations::Ended;
use super::view::{CpuView, DomainView, View};

/// Lines for operations, their heading included.
const OPERATION_LINES: u16 = 6;

/// The columns before a vCPU's bar.
const BEFORE_BAR: usize = 42;

/// Draws the view.
pub fn render(view: &View, frame: &mut Frame) {
    let areas = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]);
    let [body, foot] = areas.areas(frame.area());
    match view.open.and_then(|open| view.domains.get(open)) {
        Some(domain) => draw_domain(domain, view.scrolled, body, frame),
        None => draw_list(view, body, frame),
    }
    frame.render_widget(Paragraph::new(footer(view)), foot);
}

fn footer(view: &View) -> Line<'static> {
    let keys = match (view.open, view.domains.len()) {
        (None, _) => "q quit  ↑↓ choose  Enter open",
        (Some(_), 0 | 1) => "q quit  + - one core  ↑↓ scroll  p hold",
        (Some(_), _) => "q quit  Esc list  + - one core  ↑↓ scroll  p hold",
    };
    let text = match (&view.message, view.held) {
        (Some(message), _) => printable(message),
        (None, true) => "held; p goes on".to_owned(),
        (None, false) => return Line::styled(keys, dim()),
    };
    Line::styled(text, Style::new().add_modifier(Modifier::BOLD))
}

fn draw_domain(domain: &DomainView, scrolled: usize, area: Rect, frame: &mut Frame) {
    let [head, trouble, cpus, operations] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(if domain.problem.is_some() { 3 } else { 1 }),
        Constraint::Min(2),
        Constraint::Length(OPERATION_LINES),
    ])
    .areas(area);
    frame.render_widget(Paragraph::new(heading(domain)), head);
    let problem = domain.problem.as_deref().map(printable).unwrap_or_default();
    let problem = Paragraph::new(problem).wrap(Wrap { trim: true });
    frame.render_widget(problem.style(Style::new().fg(Color::Yellow)), trouble);
    let lines = cpu_lines(domain, scrolled, cpus);
    frame.render_widget(Paragraph::new(lines), cpus);
    let lines = operation_lines(&domain.operations);
    frame.render_widget(Paragraph::new(lines), operations);
}

fn heading(domain: &DomainView) -> Vec<Line<'static>> {
    let (name, machine) = (printable(&domain.name), printable(&domain.machine));
    let title = format!("{name}  {machine}  guest {}", domain.state);
    let mut facts = format!("{} of {} vCPUs", domain.vcpus.len(), domain.slots);
    if let Some(load) = domain.load_milli {
        facts.push_str(&format!("  load {} %", (load + 5) / 10));
    }
    if let Some(rate) = domain.work_rate {
        facts.push_str(&format!("  workload {rate} numbers/s"));
    }
    if let Some(work) = domain.work {
        let percent = work.kept_milli().unwrap_or(1000) / 10;
        facts.push_str(&format!("  {percent} % of demand done"));
    }
    vec![
        Line::styled(title, Style::new().add_modifier(Modifier::BOLD)),
        Line::from(facts),
    ]
}

fn cpu_lines(domain: &DomainView, scrolled: usize, area: Rect) -> Vec<Line<'static>> {
    let header = format!(
        "{:>4}  {:>4}  {:7}  {:10}  {:>6}",
        "VCPU", "NODE", "HOST", "GUEST", "BUSY"
    );
    let mut lines = vec![Line::styled(header, dim())];
    let room = usize::from(area.height).saturating_sub(1);
    let count = domain.vcpus.len();
    let first = scrolled.min(count.saturating_sub(room));
    // What does not fit is counted in the last line.
    let fits = if count - first > room {
        room.saturating_sub(1)
    } else {
        room
    };
    let shown = domain.vcpus.iter().skip(first).take(fits);
    lines.extend(shown.map(|cpu| cpu_line(cpu, area.width)));
    let below = count.saturating_sub(first + fits);
    if below > 0 {
        lines.push(Line::styled(format!("... and {below} more below"), dim()));
    }
    lines
}

fn cpu_line(cpu: &CpuView, width: u16) -> Line<'static> {
    let node = cpu.node.map_or("-".to_owned(), |node| node.to_string());
    let busy = match cpu.load_milli {
        Some(load) => format!("{:>3} %", (load + 5) / 10),
        None => "    -".to_owned(),
    };
    let text = format!(
        "{:>4}  {node:>4}  {:7}  {:10}  {busy:>6}  ",
        cpu.vcpu, cpu.host, cpu.guest
    );
    let load = cpu.load_milli.unwrap_or(0);
    let room = usize::from(width).saturating_sub(BEFORE_BAR);
    let filled = room * load as usize / 1000;
    let color = match load {
        850.. => Color::Red,
        600.. => Color::Yellow,
        _ => Color::Green,
    };
    let bar = Span::styled("█".repeat(filled), Style::new().fg(color));
    Line::from(vec![Span::raw(text), bar])
}

fn operation_lines(operations: &[Ended]) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled("LAST OPERATIONS, AS THE GUEST TELLS", dim())];
    if operations.is_empty() {
        lines.push(Line::from("none yet"));
    }
    let shown = operations.iter().take(usize::from(OPERATION_LINES) - 1);
    lines.extend(shown.map(|ended| {
        let at = format!("{}.{:03} s", ended.at_ms / 1000, ended.at_ms % 1000);
        let took = format!(
            "{}.{:02} ms",
            ended.took_us / 1000,
            ended.took_us % 1000 / 10
        );
        let (action, vcpu, end) = (ended.action, ended.vcpu, printable(&ended.end));
        Line::from(format!(
            "{at:>12}  {action:6} vcpu {vcpu:<4} {took:>10}  {end}"
        ))
    }));
    lines
}

fn draw_list(view: &View, area: Rect, frame: &mut Frame) {
    let header = format!(
        "{:24} {:8} {:>9}  {:>6}  WORKLOAD",
        "DOMAIN", "GUEST", "VCPUS", "LOAD"
    );
    let mut lines = vec![Line::styled(header, dim())];
    if view.domains.is_empty() {
        lines.push(Line::from("no domain runs; see `hotvcpu start --help`"));
    }
    let room = usize::from(area.height).saturating_sub(1).max(1);
    let chosen = view.chosen.min(view.domains.len().saturating_sub(1));
    let first = chosen.saturating_sub(room - 1);
    let shown = view.domains.iter().enumerate().skip(first).take(room);
    lines.extend(shown.map(|(index, domain)| list_line(domain, index == chosen)));
    frame.render_widget(Paragraph::new(lines), area);
}

fn list_line(domain: &DomainView, is_chosen: bool) -> Line<'static> {
    let load = match domain.load_milli {
        Some(load) => format!("{} %", (load + 5) / 10),
        None => "-".to_owned(),
    };
    let rate = match domain.work_rate {
        Some(rate) => format!("{rate}/s"),
        None => "-".to_owned(),
    };
    let vcpus = format!("{} of {}", domain.vcpus.len(), domain.slots);
    let (name, state) = (printable(&domain.name), domain.state);
    let text = format!("{name:24} {state:8} {vcpus:>9}  {load:>6}  {rate}");
    let style = match is_chosen {
        true => Style::new().add_modifier(Modifier::REVERSED),
        false => Style::new(),
    };
    Line::styled(text, style)
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}
