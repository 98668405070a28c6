//! `top`: domains as they are, live in a terminal, or once as text.
//!
//! Three threads: one collects, one reads keys, this one draws. A key that changes vCPUs has a fourth
//! for as long as that takes, so that the picture goes on.

mod change;
mod keys;
mod operations;
mod render;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod watched;

use std::io::{IsTerminal, stdin, stdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use hotvcpu::Error;
use hotvcpu::domain::DomainFolder;
use ratatui::crossterm::event::{self, Event};
use ratatui::layout::Rect;
use ratatui::{DefaultTerminal, Terminal, backend::TestBackend};

use super::arguments::Top;
use super::output::{Finish, Output};
use keys::Wish;
use render::render;
use view::{DomainView, View};
use watched::Watched;

/// Lines of a picture of `--once` beside those of the vCPUs.
const FURTHER_LINES: u16 = 13;

/// The most lines of such a picture.
const MOST_LINES: u16 = 400;

pub fn run(arguments: &Top, output: &mut Output) -> Finish {
    let mut collector = Collector::new(arguments)?;
    if arguments.once {
        collector.collect()?;
        collector.pause();
        return once(collector.collect()?, arguments, output);
    }
    if output.is_json() {
        loop {
            let domains = collector.collect()?;
            output.object(&View {
                domains,
                ..View::default()
            })?;
            if collector.has_ended() {
                return Ok(());
            }
            collector.pause();
        }
    }
    if !stdout().is_terminal() || !stdin().is_terminal() {
        return Err(Error::Usage(
            "top needs a terminal for its picture; --once prints one as text, --json streams the numbers".to_owned(),
        )
        .into());
    }
    live(collector, arguments)
}

fn once(domains: Vec<DomainView>, arguments: &Top, output: &mut Output) -> Finish {
    let view = View {
        open: (domains.len() == 1).then_some(0),
        domains,
        ..View::default()
    };
    output.object(&view)?;
    let vcpus = view.domains.iter().map(|domain| domain.vcpus.len());
    let lines = vcpus.max().unwrap_or(0).max(view.domains.len());
    let lines = u16::try_from(lines).unwrap_or(MOST_LINES).min(MOST_LINES);
    let size = Rect::new(0, 0, arguments.width, lines + FURTHER_LINES);
    // In memory: no terminal is asked for anything.
    let mut terminal = match Terminal::new(TestBackend::new(size.width, size.height)) {
        Ok(terminal) => terminal,
        Err(error) => match error {},
    };
    match terminal.draw(|frame| render(&view, frame)) {
        Ok(_) => {}
        Err(error) => match error {},
    }
    let picture = text::as_text(terminal.backend().buffer());
    // The last line tells of keys.
    let picture: Vec<&str> = picture.trim_end().lines().collect();
    let lines = picture.split_last().map_or(&[][..], |(_, lines)| lines);
    let text = lines.join("\n");
    output.line(text.trim_end())
}

/// Follows one domain or all that run.
struct Collector {
    name: Option<String>,
    interval: Duration,
    timeout: Duration,
    watched: Vec<Watched>,
    _open: Sender<()>,
    stop: Receiver<()>,
}

impl Collector {
    fn new(arguments: &Top) -> Result<Self, Error> {
        let (open, stop) = channel();
        let mut collector = Self {
            name: arguments.name.clone(),
            interval: arguments.interval.max(Duration::from_millis(100)),
            timeout: arguments.timeout,
            watched: Vec::new(),
            _open: open,
            stop,
        };
        if let Some(name) = &arguments.name {
            let watched = collector.watch(&DomainFolder::of(name)?)?;
            collector.watched.push(watched);
        }
        Ok(collector)
    }

    fn watch(&self, folder: &DomainFolder) -> Result<Watched, Error> {
        Watched::new(folder, self.interval, self.timeout)
    }

    /// The domains as they are now.
    fn collect(&mut self) -> Result<Vec<DomainView>, Error> {
        if self.name.is_none() {
            self.find_domains()?;
        }
        Ok(self.watched.iter_mut().map(Watched::refresh).collect())
    }

    /// Those that have ended go, those that were started come.
    fn find_domains(&mut self) -> Result<(), Error> {
        self.watched.retain(|watched| !watched.has_ended());
        for folder in DomainFolder::list()? {
            let known = self
                .watched
                .iter()
                .any(|known| known.name() == folder.name());
            // One that does not run, or cannot be looked into, is for `list` to tell of.
            if !known && let Ok(watched) = self.watch(&folder) {
                self.watched.push(watched);
            }
        }
        self.watched
            .sort_by(|one, other| one.name().cmp(other.name()));
        Ok(())
    }

    fn has_ended(&self) -> bool {
        self.name.is_some() && self.watched.iter().all(Watched::has_ended)
    }

    /// Lets the interval pass.
    fn pause(&self) {
        // Nothing is ever sent: what ends the wait is time.
        let _ = self.stop.recv_timeout(self.interval);
    }
}

/// What the drawing thread hears.
enum Message {
    Domains(Vec<DomainView>),
    Terminal(Event),
    Told(String),
    Failed(Error),
    Stop,
}

fn live(collector: Collector, arguments: &Top) -> Finish {
    let (sender, receiver) = channel();
    let stopper = sender.clone();
    ctrlc::set_handler(move || drop(stopper.send(Message::Stop))).map_err(|error| {
        Error::io("cannot take SIGTERM")(std::io::Error::other(error.to_string()))
    })?;
    let collects = sender.clone();
    thread::spawn(move || collect(collector, &collects));
    let reads = sender.clone();
    let io = |what: &'static str| Error::io(what);
    let mut terminal = ratatui::try_init().map_err(io("cannot take the terminal"))?;
    thread::spawn(move || read_keys(&reads));
    let finish = draw(&mut terminal, &receiver, &sender, arguments);
    ratatui::restore();
    finish
}

fn collect(mut collector: Collector, sender: &Sender<Message>) {
    loop {
        let message = match collector.collect() {
            Ok(domains) => Message::Domains(domains),
            Err(error) => Message::Failed(error),
        };
        if sender.send(message).is_err() {
            return;
        }
        collector.pause();
    }
}

fn read_keys(sender: &Sender<Message>) {
    while let Ok(event) = event::read() {
        if sender.send(Message::Terminal(event)).is_err() {
            return;
        }
    }
    // A terminal that cannot be read any more is gone.
    let _ = sender.send(Message::Stop);
}

fn draw(
    terminal: &mut DefaultTerminal,
    receiver: &Receiver<Message>,
    sender: &Sender<Message>,
    arguments: &Top,
) -> Finish {
    let mut view = View {
        open: arguments.name.as_ref().map(|_| 0),
        ..View::default()
    };
    let (mut changing, mut collected) = (false, false);
    loop {
        if collected {
            terminal
                .draw(|frame| render(&view, frame))
                .map_err(Error::io("cannot draw on the terminal"))?;
        }
        // There is a picture at least each interval; the time is only a name for "for ever".
        let message = match receiver.recv_timeout(Duration::from_secs(3600)) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        match message {
            Message::Domains(domains) => {
                collected = true;
                take_in(&mut view, domains);
            }
            Message::Terminal(Event::Key(key)) => match keys::press(&mut view, key) {
                Some(Wish::Quit) => return Ok(()),
                Some(Wish::Change(..)) if changing => {
                    view.message = Some("the last change is still under way".to_owned());
                }
                Some(Wish::Change(name, direction)) => {
                    changing = true;
                    let (told, timeout) = (sender.clone(), arguments.timeout);
                    thread::spawn(move || {
                        let text = change::one_core(&name, direction, timeout);
                        // Nobody listens any more when the end has come.
                        let _ = told.send(Message::Told(text));
                    });
                }
                None => {}
            },
            Message::Terminal(_) => {}
            Message::Told(text) => (changing, view.message) = (false, Some(text)),
            Message::Failed(error) => view.message = Some(format!("error: {error}")),
            Message::Stop => return Ok(()),
        }
    }
}

/// New numbers, with what was open and chosen kept.
fn take_in(view: &mut View, domains: Vec<DomainView>) {
    if view.held {
        return;
    }
    let open = view.open.and_then(|open| view.domains.get(open));
    if let Some(name) = open.map(|domain| domain.name.clone()) {
        view.open = domains.iter().position(|domain| domain.name == name);
    }
    view.chosen = view.chosen.min(domains.len().saturating_sub(1));
    view.domains = domains;
}
