//! The loop after the boot: doorbells, what the CPUs say, deadlines, a share of the workload, and sleep.

use alloc::format;
use alloc::vec::Vec;

use hotvcpu_acpi_events::{EventHost, Run};
use hotvcpu_aml::Interpreter;
use hotvcpu_cpu_hotplug::{Env, Hotplug, State};
use hotvcpu_guest::config::{Config, Pace};
use hotvcpu_guest::workload::{Tally, Usage};
use hotvcpu_platform::boot::BootInfo;
use hotvcpu_platform::cpu::BOOT_INDEX;
use hotvcpu_platform::{clock, interrupts, memory};
use hotvcpu_wire::Phase;

use super::acpi::Acpi;
use super::agent::AgentService;
use super::crew::{Crew, News};
use super::machine::GuestMachine;
use super::records::{self, Details, error, record, record_at};
use super::shutdown::Ending;
use super::time_of_day::TimeOfDay;
use super::workers::{self, Worker};

/// How often the workload's tally is reported.
const TALLY_INTERVAL_NS: u64 = 250_000_000;

/// How long records and the console wait for operations under way: one that hangs must not hide the others.
const CATCH_UP_INTERVAL_NS: u64 = 50_000_000;

/// How long a console may take to tell whether it has the agent's port, before the guest is ready without it.
const AGENT_NS: u64 = 50_000_000;

/// The running kernel.
pub struct Kernel {
    pub config: Config,
    pub acpi: Acpi,
    pub hotplug: Hotplug,
    pub crew: Crew,
    /// The boot CPU's own share of the workload.
    pub worker: Worker,
    /// The guest agent, where the machine has a port for it.
    pub agent: Option<AgentService>,
    /// For the agent: what time it is.
    pub time_of_day: TimeOfDay,
    /// How the run is to end, once that was asked for.
    pub ending: Option<Ending>,
    /// Events may have been missed: every CPU is to be looked at.
    missed: bool,
    /// The tally that was reported last, and when.
    reported: (Tally, u64),
    /// When records and the console were last caught up with, in ns.
    caught_up_ns: u64,
}

impl Kernel {
    /// A kernel with nothing under way.
    pub fn new(config: Config, acpi: Acpi, hotplug: Hotplug, crew: Crew) -> Self {
        let reported = (Tally::default(), clock::now_ns());
        Self {
            config,
            acpi,
            hotplug,
            crew,
            worker: Worker::new(BOOT_INDEX),
            agent: None,
            time_of_day: TimeOfDay::new(None),
            ending: None,
            missed: false,
            caught_up_ns: reported.1,
            reported,
        }
    }

    /// Starts the CPUs that are there already, and waits for them.
    pub fn boot_cpus(&mut self) {
        self.with_engine(|hotplug, env| hotplug.scan(env));
        while self.hotplug.next_deadline().is_some() {
            self.catch_up_if_due();
            self.sleep();
            self.serve();
        }
    }

    /// Looks for the guest agent's port, and gives the device some time to tell whether it has one; from here on the
    /// agent has its turn.
    pub fn open_agent(&mut self, boot: &BootInfo) {
        self.agent = AgentService::open(self, boot);
        let deadline_ns = clock::now_ns() + AGENT_NS;
        while let Some(agent) = &self.agent
            && !agent.is_open
            && clock::now_ns() < deadline_ns
        {
            if !agent.more {
                let lines = &self.acpi.lines;
                interrupts::wait_unless(|| {
                    clock::interrupt_at(Some(deadline_ns));
                    lines.iter().any(|wired| wired.line.is_ringing())
                });
            }
            self.serve();
        }
    }

    /// Answers hotplug requests until an end is asked for.
    pub fn run(&mut self) {
        loop {
            self.serve();
            if self.ending.is_some() {
                break;
            }
            self.catch_up_if_due();
            let due = self
                .worker
                .due_ns()
                .filter(|&due_ns| due_ns <= clock::now_ns());
            if due.is_some() {
                self.worker.work();
            } else if !self.agent.as_ref().is_some_and(|agent| agent.more) {
                self.sleep();
            }
        }
        self.catch_up();
    }

    /// Serves all that has happened.
    fn serve(&mut self) {
        self.answer_doorbells();
        for news in self.crew.take_news() {
            self.with_engine(|hotplug, env| match news {
                News::Hello(uid, t_ns) => hotplug.on_hello(env, uid, t_ns),
                News::Drained(uid) => hotplug.on_drained(env, uid),
                News::Parking(uid) => hotplug.on_off(env, uid),
            });
        }
        self.with_engine(|hotplug, env| hotplug.tick(env));
        if let Some(mut agent) = self.agent.take() {
            agent.serve(self);
            self.agent = Some(agent);
        }
    }

    fn answer_doorbells(&mut self) {
        for place in 0..self.acpi.lines.len() {
            let wired = &mut self.acpi.lines[place];
            wired.end_hold();
            let (gsi, ring) = (wired.gsi, wired.line.take());
            let Some(ring) = ring else { continue };
            // A PCI device may share a doorbell's line.
            let of_agent = self.agent.as_mut();
            let mut served = of_agent.is_some_and(|agent| agent.acknowledge(gsi));
            if self.acpi.lines[place].is_doorbell {
                record_at(ring.t_ns, Phase::Doorbell, Details::value(gsi.into()));
                served |= self.service(gsi);
            }
            self.acpi.lines[place].rearm(served);
            self.drain_notifies();
        }
    }

    fn press_power_button(&mut self) {
        if self.ending.is_none() {
            record(Phase::PowerButton, Details::default());
            self.ending = Some(self.config.power_button.into());
        }
    }

    /// Runs the handlers behind `gsi`. True: there was something behind it, and it was dealt with.
    ///
    /// A handler that ends in an error runs once more, and then every CPU is looked at: what the first run had not
    /// come to, or had cleared without notifying, must not be lost.
    fn service(&mut self, gsi: u32) -> bool {
        let Acpi {
            aml,
            host,
            doorbells,
            ..
        } = &mut self.acpi;
        let service = doorbells.service(gsi, aml, host);
        for problem in &service.errors {
            error(&format_args!("doorbell {gsi}: {problem}"));
        }
        for run in &service.runs {
            report_run(run, aml);
            if run.result.is_err() {
                report_run(&doorbells.run_again(run, aml, host), aml);
            }
        }
        let failed = service.runs.iter().any(|run| run.result.is_err());
        if failed || !service.errors.is_empty() {
            self.missed = true;
        }
        if service.power_button {
            self.press_power_button();
        }
        service.power_button || service.runs.iter().any(|run| run.result.is_ok())
    }

    /// Hands the notifications on.
    fn drain_notifies(&mut self) {
        while let Some(notify) = self.acpi.host.notifies.pop() {
            if self.acpi.doorbells.is_power_button(&notify) {
                self.press_power_button();
            } else {
                self.with_engine(|hotplug, env| hotplug.on_notify(env, notify.node, notify.value));
            }
        }
        let lost = self.acpi.host.notifies.take_lost();
        if lost > 0 {
            error(&format_args!(
                "{lost} notifications were more than the queue holds; looking at every CPU instead"
            ));
            self.missed = true;
        }
        if core::mem::take(&mut self.missed) {
            self.with_engine(|hotplug, env| hotplug.scan(env));
        }
    }

    /// How the CPUs that are online have spent their time, by UID: for as long as they were online since the boot.
    pub fn cpu_usage(&self) -> Vec<(u32, Usage)> {
        let online = self.hotplug.cpus().filter(|cpu| cpu.state == State::Online);
        let boot = self.hotplug.boot_uid();
        online
            .map(|cpu| match Some(cpu.uid) == boot {
                true => (cpu.uid, workers::usage(BOOT_INDEX)),
                false => (cpu.uid, self.crew.usage(cpu.uid)),
            })
            .collect()
    }

    /// Lends the engine what it works on.
    pub fn with_engine(
        &mut self,
        act: impl FnOnce(&mut Hotplug, &mut Env<'_, EventHost<GuestMachine>, Crew>),
    ) {
        let Acpi { aml, host, .. } = &mut self.acpi;
        act(
            &mut self.hotplug,
            &mut Env {
                aml,
                host,
                guest: &mut self.crew,
            },
        );
    }

    /// Catches up when nothing is under way, or when what is takes long.
    fn catch_up_if_due(&mut self) {
        if self.hotplug.next_deadline().is_none() || self.catch_up_due_ns() <= clock::now_ns() {
            self.catch_up();
        }
    }

    /// When to catch up although an operation is under way, in ns.
    fn catch_up_due_ns(&self) -> u64 {
        self.caught_up_ns + CATCH_UP_INTERVAL_NS
    }

    /// What waits while an operation is under way: telling the host, the console, and the tally. A CPU that leaves may
    /// hold work without being online, so the tally waits until none does.
    fn catch_up(&mut self) {
        let idle = self.hotplug.next_deadline().is_none();
        let (before, since_ns) = self.reported;
        let passed_ns = clock::now_ns() - since_ns;
        if idle && self.config.pace != Pace::Paused && passed_ns >= TALLY_INTERVAL_NS {
            let tally = workers::tally();
            let rate =
                (tally.tested - before.tested) as u128 * 1_000_000_000 / u128::from(passed_ns);
            let verdict = tally.verdict(self.hotplug.online());
            let mut text = format!("{verdict}, {} CPUs", self.hotplug.online());
            let load = workers::load();
            if let Some(load) = &load {
                text += &format!("; {load}");
            }
            let value = Some(rate as u64);
            record(
                Phase::Workload,
                Details {
                    value,
                    load,
                    text: Some(&text),
                    ..Details::default()
                },
            );
            self.reported = (tally, since_ns + passed_ns);
        }
        self.acpi.host.machine.print_debug();
        self.crew.print_lines();
        if idle && self.crew.take_removed() {
            self.record_memory();
        }
        records::flush();
        self.caught_up_ns = clock::now_ns();
    }

    /// Records what the heap holds, if the command line asks for it.
    pub fn record_memory(&self) {
        if self.config.memory_records {
            record(Phase::Memory, Details::value(memory::heap_used()));
        }
    }

    /// Halts until a doorbell, news, or the next deadline.
    fn sleep(&self) {
        let deadline = self.hotplug.next_deadline();
        let chores_ns = match deadline {
            Some(_) => Some(self.catch_up_due_ns()),
            None if self.config.pace == Pace::Paused => None,
            None => Some(self.reported.1 + TALLY_INTERVAL_NS),
        };
        let lines = &self.acpi.lines;
        let held_ns = lines.iter().filter_map(|wired| wired.held_until_ns).min();
        let agent_ns = self.agent.as_ref().and_then(AgentService::deadline_ns);
        let wakes = [deadline, chores_ns, held_ns, agent_ns, self.worker.due_ns()];
        let wake_ns = wakes.into_iter().flatten().min();
        interrupts::wait_unless(|| {
            // Set with interrupts off: one that fires before the halt ends it.
            clock::interrupt_at(wake_ns);
            workers::has_news() || lines.iter().any(|wired| wired.line.is_ringing())
        });
    }
}

/// Records that a handler ran, and how it ended.
fn report_run(run: &Run, aml: &Interpreter) {
    let method = aml.path(run.method);
    let value = Some(u64::from(run.number));
    record(
        Phase::Scan,
        Details {
            value,
            text: Some(&method),
            ..Details::default()
        },
    );
    if let Err(problem) = &run.result {
        error(problem);
    }
}
