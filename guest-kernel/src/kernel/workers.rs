//! The CPUs at work: what each is told to do, and what it last said.
//!
//! The boot CPU commands, the others answer; a mailbox of atomics per CPU is all that they share. Orders are numbered
//! and an answer bears its order's number, so that a late answer is not taken for one to a later order, nor a second
//! "drain" for the first. A CPU wakes the boot CPU when it has news. The workload itself is in the library, where it
//! is tested.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use hotvcpu_guest::config::{Config, Pace};
use hotvcpu_guest::workload::{Offer, Pacer, Pool, STEP, Share, Tally, Usage, micros};
use hotvcpu_platform::cpu::{BOOT_INDEX, MAX};
use hotvcpu_platform::{clock, cpu, interrupts};
use hotvcpu_wire::Load;

static POOL: Pool = Pool::new();
static OFFER: Offer = Offer::new();
static PACE: AtomicU8 = AtomicU8::new(Pace::Paused as u8);
/// A CPU has said something that the boot CPU has not looked at.
static NEWS: AtomicBool = AtomicBool::new(false);
static MAILBOXES: [Mailbox; MAX] = [const { Mailbox::new() }; MAX];

struct Mailbox {
    /// A [`Command`], with the order's number above it; only the boot CPU writes it.
    order: AtomicU32,
    /// An [`Answer`], with the number of the order it answers above it.
    answer: AtomicU32,
    /// When the CPU ran its first instruction in the kernel, in ns.
    hello_ns: AtomicU64,
    /// The CPU's [`Usage`] since then; only the CPU itself writes it.
    busy_ns: AtomicU64,
    idle_ns: AtomicU64,
}

impl Mailbox {
    const fn new() -> Self {
        Self {
            order: AtomicU32::new(Command::Stand as u32),
            answer: AtomicU32::new(Answer::Nothing as u32),
            hello_ns: AtomicU64::new(0),
            busy_ns: AtomicU64::new(0),
            idle_ns: AtomicU64::new(0),
        }
    }
}

/// What the boot CPU tells another.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Command {
    /// Stand by.
    Stand,
    /// Take work.
    Work,
    /// Give back what you have.
    Drain,
    /// Stop for good.
    Park,
}

/// What a CPU answered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Answer {
    /// Nothing yet.
    Nothing,
    /// It runs.
    Hello,
    /// It has given back its work.
    Drained,
    /// It is about to park; it has given back its work before.
    Parking,
}

/// One order's number, in the bits above a command or an answer.
const ONE_ORDER: u32 = 1 << 8;
const NUMBER: u32 = !(ONE_ORDER - 1);

/// What a CPU said last: its answer, and which order that was to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reply(u32);

impl Reply {
    /// Of a CPU that has said nothing since [`reset`].
    pub const NOTHING: Self = Self(Answer::Nothing as u32);

    /// The answer alone.
    pub fn answer(self) -> Answer {
        match self.0 as u8 {
            answer if answer == Answer::Hello as u8 => Answer::Hello,
            answer if answer == Answer::Drained as u8 => Answer::Drained,
            answer if answer == Answer::Parking as u8 => Answer::Parking,
            _ => Answer::Nothing,
        }
    }
}

/// Sets how fast all CPUs work; before the first is started.
pub fn set_pace(pace: Pace) {
    PACE.store(pace as u8, Ordering::Relaxed);
}

/// Whether any CPU has news since the last call.
pub fn take_news() -> bool {
    NEWS.swap(false, Ordering::AcqRel)
}

/// Whether any CPU has news.
pub fn has_news() -> bool {
    NEWS.load(Ordering::Acquire)
}

/// What the CPU with this index said last, with the time of its hello.
pub fn reply(index: usize) -> (Reply, u64) {
    let Some(mailbox) = MAILBOXES.get(index) else {
        return (Reply::NOTHING, 0);
    };
    let reply = Reply(mailbox.answer.load(Ordering::Acquire));
    (reply, mailbox.hello_ns.load(Ordering::Relaxed))
}

/// Whether the CPU with this index, which was told to drain, holds no work: it has said so, or never had any.
pub fn is_idle(index: usize) -> bool {
    let Some(mailbox) = MAILBOXES.get(index) else {
        return true;
    };
    let reply = Reply(mailbox.answer.load(Ordering::Acquire));
    match reply.answer() {
        Answer::Nothing | Answer::Parking => true,
        Answer::Hello => false,
        Answer::Drained => (reply.0 ^ mailbox.order.load(Ordering::Relaxed)) & NUMBER == 0,
    }
}

/// Empties the mailbox of a CPU that is about to be started.
pub fn reset(index: usize) {
    if let Some(mailbox) = MAILBOXES.get(index) {
        mailbox
            .order
            .store(Command::Stand as u32, Ordering::Relaxed);
        mailbox.hello_ns.store(clock::now_ns(), Ordering::Relaxed);
        mailbox.busy_ns.store(0, Ordering::Relaxed);
        mailbox.idle_ns.store(0, Ordering::Relaxed);
        mailbox.answer.store(Reply::NOTHING.0, Ordering::Release);
    }
}

/// Tells a CPU to take work.
pub fn work(index: usize) {
    tell(index, Command::Work);
}

/// Tells a CPU to give its work back; it answers [`Answer::Drained`].
pub fn drain(index: usize) {
    tell(index, Command::Drain);
}

/// Tells a CPU to stop for good.
pub fn park(index: usize) {
    tell(index, Command::Park);
}

/// What the workload has done so far.
pub fn tally() -> Tally {
    POOL.tally()
}

/// From now on the work arrives that the command line asks for, at [`Pace::Offered`].
pub fn begin_offer(config: &Config) {
    if config.pace == Pace::Offered {
        OFFER.begin(config.load.clone(), config.backlog_ns, clock::now_ns());
    }
}

/// What has become of that work; `None` at any other pace.
pub fn load() -> Option<Load> {
    if !has_pace(Pace::Offered) {
        return None;
    }
    let tally = OFFER.tally(clock::now_ns());
    Some(Load {
        offered_us: micros(tally.offered),
        done_us: micros(tally.done),
        waiting_us: micros(tally.waiting),
        dropped_us: micros(tally.dropped),
    })
}

/// How the CPU with this index has spent its time since it was started.
pub fn usage(index: usize) -> Usage {
    let Some(mailbox) = MAILBOXES.get(index) else {
        return Usage::default();
    };
    let read = |time: &AtomicU64| time.load(Ordering::Relaxed);
    Usage {
        busy_ns: read(&mailbox.busy_ns),
        // One that never works says nothing of its time.
        idle_ns: match has_pace(Pace::Paused) {
            true => clock::now_ns().saturating_sub(read(&mailbox.hello_ns)),
            false => read(&mailbox.idle_ns),
        },
    }
}

fn has_pace(pace: Pace) -> bool {
    PACE.load(Ordering::Relaxed) == pace as u8
}

fn tell(index: usize, command: Command) {
    if let Some(mailbox) = MAILBOXES.get(index) {
        let number = mailbox
            .order
            .load(Ordering::Relaxed)
            .wrapping_add(ONE_ORDER)
            & NUMBER;
        mailbox
            .order
            .store(number | command as u32, Ordering::Release);
        cpu::wake(index);
    }
}

/// What every CPU but the boot CPU runs, from its first moment to its last.
pub fn run(index: usize) -> ! {
    let Some(mailbox) = MAILBOXES.get(index) else {
        cpu::park()
    };
    mailbox.hello_ns.store(clock::now_ns(), Ordering::Relaxed);
    let say = |order: u32, answer: Answer| {
        let reply = order & NUMBER | answer as u32;
        mailbox.answer.store(reply, Ordering::Release);
        NEWS.store(true, Ordering::Release);
        cpu::wake(BOOT_INDEX);
    };
    let told = || mailbox.order.load(Ordering::Acquire);
    let mut worker = Worker::new(index);
    say(Command::Stand as u32, Answer::Hello);
    loop {
        let order = told();
        let command = order as u8;
        if command == Command::Work as u8 {
            worker.step(|| told() != order);
            continue;
        }
        if command == Command::Drain as u8 {
            worker.drain();
            say(order, Answer::Drained);
        } else if command == Command::Park as u8 {
            worker.drain();
            say(order, Answer::Parking);
            cpu::park();
        }
        while told() == order {
            interrupts::wait_unless(|| told() != order);
        }
    }
}

/// One CPU at work; the boot CPU has one too, and works between its other duties.
pub struct Worker {
    index: usize,
    share: Share,
    pacer: Pacer,
}

impl Worker {
    /// The worker of the CPU with this index.
    pub fn new(index: usize) -> Self {
        Self {
            index,
            share: Share::new(),
            pacer: Pacer::default(),
        }
    }

    /// Works one step, if one is due; else waits until it is, or `interrupted` says that there is a new command.
    fn step(&mut self, interrupted: impl Fn() -> bool) {
        match self.due_ns() {
            None => interrupts::wait_unless(interrupted),
            Some(due_ns) if due_ns > clock::now_ns() => interrupts::wait_unless(|| {
                clock::interrupt_at(Some(due_ns));
                interrupted()
            }),
            Some(_) => self.work(),
        }
    }

    /// When the next step is due, in ns: 0 is now, `None` never.
    pub fn due_ns(&self) -> Option<u64> {
        match PACE.load(Ordering::Relaxed) {
            pace if pace == Pace::Full as u8 => Some(0),
            pace if pace == Pace::Paused as u8 => None,
            _ => Some(self.pacer.due_ns()),
        }
    }

    /// Works one step now, if there is one.
    pub fn work(&mut self) {
        if has_pace(Pace::Offered) {
            self.serve();
        } else {
            self.share.work(&POOL, STEP);
            match has_pace(Pace::Full) {
                true => self.pacer.worked_without_pause(clock::now_ns()),
                false => self.pacer.worked(clock::now_ns()),
            }
        }
        if let Some(mailbox) = MAILBOXES.get(self.index) {
            let Usage { busy_ns, idle_ns } = self.pacer.usage();
            mailbox.busy_ns.store(busy_ns, Ordering::Relaxed);
            mailbox.idle_ns.store(idle_ns, Ordering::Relaxed);
        }
    }

    /// Works one step of what is offered.
    fn serve(&mut self) {
        if OFFER.take(clock::now_ns()) {
            self.share.work(&POOL, STEP);
            OFFER.done();
            self.pacer.served(clock::now_ns());
        } else {
            self.pacer.idled(clock::now_ns());
        }
    }

    /// Gives back what the CPU has, and stops its timer.
    pub fn drain(&mut self) {
        clock::interrupt_at(None);
        self.share.drain(&POOL);
    }
}
