//! The CPUs as the hotplug engine commands them: its orders become signals to CPUs and commands to workers, and its
//! reports become records.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hotvcpu_cpu_hotplug::{Cpu, CpuPower, Event, PowerError, Report, Work};
use hotvcpu_guest::config::Fault;
use hotvcpu_guest::workload::Usage;
use hotvcpu_platform::cpu::StartError;
use hotvcpu_platform::{clock, console, cpu};
use hotvcpu_wire::Phase;

use super::records::{Details, record, record_at};
use super::workers::{self, Answer, Reply};

/// The CPUs that were started, and what is to be said about them on the console.
pub struct Crew {
    members: Vec<Member>,
    /// CPUs whose start signals are not sent, by UID: a simulated fault.
    unreachable: Vec<u32>,
    /// What happened, for people; printed when there is time.
    lines: String,
    /// A removal has ended well since [`Crew::take_removed`].
    removed: bool,
    /// How CPUs spent their time until they were last taken out of use, by UID.
    past: BTreeMap<u32, Usage>,
}

struct Member {
    uid: u32,
    index: usize,
    /// What the engine knows of the CPU's answers.
    seen: Reply,
}

/// What a CPU has to say to the engine.
pub enum News {
    /// It runs; with the time of its first instruction, in ns.
    Hello(u32, u64),
    /// It has given back its work.
    Drained(u32),
    /// It is about to park.
    Parking(u32),
}

impl Crew {
    /// The crew before any CPU but the boot CPU runs.
    pub fn new(faults: &[Fault]) -> Self {
        let unreachable = faults.iter().filter_map(|fault| match fault {
            Fault::NoStart(uid) => Some(*uid),
            _ => None,
        });
        Self {
            members: Vec::new(),
            unreachable: unreachable.collect(),
            lines: String::new(),
            removed: false,
            past: BTreeMap::new(),
        }
    }

    /// What the CPUs have said since the last call.
    pub fn take_news(&mut self) -> Vec<News> {
        if !workers::take_news() {
            return Vec::new();
        }
        let news = self.members.iter_mut().filter_map(|member| {
            let (reply, hello_ns) = workers::reply(member.index);
            if core::mem::replace(&mut member.seen, reply) == reply {
                return None;
            }
            match reply.answer() {
                Answer::Nothing => None,
                Answer::Hello => Some(News::Hello(member.uid, hello_ns)),
                Answer::Drained => {
                    workers::is_idle(member.index).then_some(News::Drained(member.uid))
                }
                Answer::Parking => Some(News::Parking(member.uid)),
            }
        });
        news.collect()
    }

    /// Tells every CPU to give its work back, and waits for it: true once all have, false at `deadline_ns`.
    pub fn drain_all(&mut self, deadline_ns: u64) -> bool {
        for member in &self.members {
            workers::drain(member.index);
        }
        let idle = |member: &Member| workers::is_idle(member.index);
        while !self.members.iter().all(idle) {
            if clock::now_ns() >= deadline_ns {
                return false;
            }
            core::hint::spin_loop();
        }
        true
    }

    /// Prints what has gathered for people.
    pub fn print_lines(&mut self) {
        if !self.lines.is_empty() {
            console::print(format_args!("{}", self.lines));
            self.lines.clear();
        }
    }

    /// Whether a removal has ended well since the last call.
    pub fn take_removed(&mut self) -> bool {
        core::mem::take(&mut self.removed)
    }

    fn index(&self, cpu: Cpu) -> Option<usize> {
        self.members
            .iter()
            .find(|member| member.uid == cpu.uid)
            .map(|member| member.index)
    }

    /// How a CPU has spent its time, in all that it was in use.
    pub fn usage(&self, uid: u32) -> Usage {
        let member = self.members.iter().find(|member| member.uid == uid);
        let now = member.map_or(Usage::default(), |member| workers::usage(member.index));
        now + self.past.get(&uid).copied().unwrap_or_default()
    }

    fn dismiss(&mut self, cpu: Cpu) {
        let usage = self.usage(cpu.uid);
        self.past.insert(cpu.uid, usage);
        self.members.retain(|member| member.uid != cpu.uid);
    }
}

impl CpuPower for Crew {
    fn start(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        if self.unreachable.contains(&cpu.uid) {
            return Ok(());
        }
        let earlier = self.usage(cpu.uid);
        let start = cpu::start(cpu.id.value(), workers::reset);
        let index = start.map_err(|error| match error {
            StartError::TooMany | StartError::Memory(_) => PowerError::NoMemory,
            StartError::Running => PowerError::AlreadyOn,
            StartError::Unreachable => PowerError::Unreachable,
            StartError::NotDelivered => PowerError::NotDelivered,
            StartError::Denied => PowerError::Denied,
            StartError::InvalidParameters => PowerError::InvalidParameters,
            StartError::AlreadyOn => PowerError::AlreadyOn,
            StartError::OnPending => PowerError::OnPending,
            StartError::Firmware(code) => PowerError::Unknown(code),
        })?;
        // One that failed to stop in time has parked since, and comes back.
        self.dismiss(cpu);
        self.past.insert(cpu.uid, earlier);
        self.members.push(Member {
            uid: cpu.uid,
            index,
            seen: Reply::NOTHING,
        });
        Ok(())
    }

    fn signal_again(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        match self.index(cpu) {
            Some(index) if !cpu::start_again(index) => Err(PowerError::NotDelivered),
            _ => Ok(()),
        }
    }

    fn cancel(&mut self, cpu: Cpu) {
        if let Some(index) = self.index(cpu) {
            // Where a CPU cannot be reset, one that comes late finds this order.
            workers::park(index);
            cpu::abandon(index);
            self.dismiss(cpu);
        }
    }

    fn stop(&mut self, cpu: Cpu) -> Result<(), PowerError> {
        if let Some(index) = self.index(cpu) {
            workers::park(index);
        }
        Ok(())
    }

    fn is_off(&mut self, cpu: Cpu) -> bool {
        let Some(index) = self.index(cpu) else {
            return cpu::is_off(cpu.id.value());
        };
        let off = cpu::release(index);
        if off {
            self.dismiss(cpu);
        }
        off
    }
}

impl Work for Crew {
    fn begin(&mut self, cpu: Cpu) {
        if let Some(index) = self.index(cpu) {
            workers::work(index);
        }
    }

    fn drain(&mut self, cpu: Cpu) {
        if let Some(index) = self.index(cpu) {
            workers::drain(index);
        }
    }
}

impl Report for Crew {
    fn now_ns(&mut self) -> u64 {
        clock::now_ns()
    }

    fn report(&mut self, event: &Event<'_>) {
        let Event {
            cpu,
            hw_id,
            value,
            event: source,
            text,
            ..
        } = *event;
        let details = Details {
            cpu,
            hw_id,
            value,
            event: source,
            text,
            ..Details::default()
        };
        match event.t_ns {
            Some(t_ns) => record_at(t_ns, event.phase, details),
            None => record(event.phase, details),
        }
        const EJECTION: Option<u32> = Some(3);
        self.removed |= event.phase == Phase::Ost && source == EJECTION && value == Some(0);
        let outcome = match event.phase {
            Phase::Online => "online",
            Phase::Present => "present",
            Phase::Offline => "offline",
            Phase::Eject => "ejected",
            Phase::Refused => "refused",
            Phase::Failed => "failed",
            Phase::Error => "error",
            _ => return,
        };
        let micros = clock::now_ns() / 1_000;
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        self.lines += &format!("[{seconds:5}.{micros:06}] ");
        if let Some(uid) = cpu {
            self.lines += &format!("cpu {uid} ");
        }
        self.lines += outcome;
        if let Some(text) = text {
            self.lines += &format!(": {text}");
        }
        self.lines.push('\n');
    }
}
