use std::cell::Cell;
use std::rc::Rc;

use super::*;
use crate::autoscale::run::{Changed, LoadSource, Options, Pace, Scalable, Scaler, Tick, Told};
use crate::autoscale::summary::{End, Summary, Work};
use crate::domain::DomainError;
use crate::error::{Error, Result};
use crate::ops::{Operation, Outcome};
use crate::quirks::Quirk;
use crate::timeline::Timeline;
use crate::{Direction, qmp::Version};

/// What guest and machine have in common: the time, and how many CPUs there are.
#[derive(Default)]
struct World {
    now: Cell<u64>,
    present: Cell<u32>,
}

/// A guest whose CPUs share a demand that follows a script, in thousandths of a CPU by the second.
struct Guest {
    world: Rc<World>,
    demand: Vec<u64>,
    counters: Vec<CpuTime>,
    last: u64,
    work: Work,
    silent: bool,
}

impl LoadSource for Guest {
    fn sample(&mut self) -> Result<Vec<CpuTime>> {
        let (now, present) = (self.world.now.get(), self.world.present.get());
        self.counters.truncate(present as usize);
        while self.counters.len() < present as usize {
            let cpu = self.counters.len() as u64;
            let (busy_ms, idle_ms) = (0, 0);
            self.counters.push(CpuTime {
                cpu,
                busy_ms,
                idle_ms,
            });
        }
        for second in self.last..now {
            let demand = self.demand.get(second as usize).copied().unwrap_or(0);
            let each = (demand / u64::from(present)).min(1000);
            self.work.offered_us += demand * 1000;
            self.work.done_us += each * u64::from(present) * 1000;
            for time in &mut self.counters {
                time.busy_ms += each;
                time.idle_ms += 1000 - each;
            }
        }
        self.last = now;
        match self.silent {
            true => Err(Error::Usage("the agent is silent".to_owned())),
            false => Ok(self.counters.clone()),
        }
    }

    fn work(&mut self) -> Option<Work> {
        Some(self.work)
    }
}

/// A machine of 8 single cores, and what its changes come to.
struct Machine {
    world: Rc<World>,
    order: Order,
    fate: fn(u32, u32) -> Result<Outcome>,
    tried: Vec<(u32, u32)>,
}

impl Scalable for Machine {
    fn look(&mut self) -> Result<Vec<Slot>> {
        Ok(cores_of(1, 1, self.world.present.get(), 8))
    }

    fn resize(&mut self, expected: u32, wanted: u32) -> Result<Changed> {
        self.tried.push((expected, wanted));
        let outcome = (self.fate)(expected, wanted)?;
        if matches!(outcome, Outcome::Done) {
            self.world.present.set(wanted);
        }
        let operation = Operation {
            slot: wanted,
            direction: Direction::Add,
            outcome,
            left_offline: false,
            timeline: Timeline::default(),
        };
        Ok(Changed {
            operations: vec![operation],
            slots: self.look()?,
        })
    }

    fn order(&self) -> &Order {
        &self.order
    }

    fn is_running(&self) -> bool {
        self.world.present.get() > 0
    }
}

/// A second a tick, without waiting.
struct Seconds {
    world: Rc<World>,
    until: u64,
}

impl Pace for Seconds {
    fn now(&self) -> Duration {
        seconds(self.world.now.get())
    }

    fn next(&mut self) -> Tick {
        let now = self.world.now.get() + 1;
        self.world.now.set(now);
        match now >= self.until {
            true => Tick::End(End::TimeIsOver),
            false => Tick::Sample,
        }
    }
}

struct Run {
    summary: Summary,
    told: Vec<String>,
    tried: Vec<(u32, u32)>,
}

fn run(
    demand: Vec<u64>,
    options: Options,
    silent: bool,
    fate: fn(u32, u32) -> Result<Outcome>,
) -> Run {
    let world = Rc::new(World::default());
    world.present.set(1);
    let mut guest = Guest {
        world: Rc::clone(&world),
        demand,
        counters: Vec::new(),
        last: 0,
        work: Work::default(),
        silent,
    };
    let mut machine = Machine {
        world: Rc::clone(&world),
        order: no_order(),
        fate,
        tried: Vec::new(),
    };
    let mut pace = Seconds { world, until: 100 };
    let mut told = Vec::new();
    let mut scaler = Scaler::new(Config::default(), options, &mut guest, &mut machine)
        .expect("bounds that can be reached");
    let summary = scaler.run(&mut pace, |what: &Told| {
        told.push(serde_json::to_string(what).expect("JSON"));
        Ok::<(), ()>(())
    });
    Run {
        summary: summary.expect("told"),
        told,
        tried: machine.tried,
    }
}

/// Quiet, then 4 CPUs' worth, then quiet.
fn hill() -> Vec<u64> {
    let mut demand = vec![200; 10];
    demand.extend([4000; 40]);
    demand.extend([200; 50]);
    demand
}

#[test]
fn vcpus_follow_a_load_that_rises_and_falls() {
    let run = run(hill(), Options::default(), false, |_, _| Ok(Outcome::Done));
    let numbers: Vec<u32> = run.tried.iter().map(|(_, wanted)| *wanted).collect();
    assert_eq!(
        numbers,
        [2, 3, 5, 3, 1],
        "5 are 80 % busy, still within the band"
    );
    let summary = run.summary;
    assert_eq!(
        (summary.adds, summary.removals, summary.failures),
        (3, 2, 0)
    );
    assert_eq!((summary.fewest, summary.most), (1, 5));
    assert!(summary.vcpu_ms < summary.vcpu_ms_at_max / 2, "{summary}");
    let kept = summary.work.and_then(Work::kept_milli).expect("work");
    assert!((700..1000).contains(&kept), "{summary}");
}

#[test]
fn a_dry_run_changes_nothing() {
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    let run = run(hill(), options, false, |_, _| Ok(Outcome::Done));
    assert!(run.tried.is_empty());
    assert!(run.told.iter().any(|line| line.contains("\"add\"")));
    assert_eq!(run.summary.adds, 0);
}

#[test]
fn it_ends_when_the_load_is_gone() {
    let options = Options {
        until_idle: true,
        ..Options::default()
    };
    let demand = vec![0, 0, 0, 0, 900, 900, 900, 900, 900, 900, 900];
    let run = run(demand, options, false, |_, _| Ok(Outcome::Done));
    assert_eq!(run.summary.end, End::Idle);
    assert!(run.summary.ms > 10_000, "not before there was a load");
    assert_eq!(run.tried.last(), Some(&(2, 1)));
}

#[test]
fn a_refusal_for_good_is_not_asked_again() {
    let run = run(hill(), Options::default(), false, |_, _| {
        Err(Quirk::TooManyCreated {
            version: Version::new(10, 0, 2),
            created: 8,
            maximum: 8,
            wanted: 1,
        }
        .into())
    });
    assert_eq!(run.tried, [(1, 2)]);
    let line = run.told.iter().rfind(|line| line.contains("refused"));
    assert!(line.expect("told").contains("larger --maxvcpus"));
}

#[test]
fn a_domain_in_other_hands_is_left_alone() {
    let run = run(hill(), Options::default(), false, |_, _| {
        Err(DomainError::Busy {
            name: "demo".to_owned(),
            holder: "process 7 runs `save`".to_owned(),
        }
        .into())
    });
    assert_eq!(run.summary.failures, 0);
    let busy = run.told.iter().filter(|line| line.contains("`save`"));
    assert_eq!(busy.count(), run.tried.len());
    assert!(run.tried.len() > 10, "it is tried again at each sample");
}

#[test]
fn a_change_that_fails_is_tried_less_and_less_often() {
    let run = run(vec![4000; 100], Options::default(), false, |_, _| {
        Ok(Outcome::Failed(Error::Timeout {
            slot: 1,
            direction: Direction::Add,
            reached: "nothing".to_owned(),
            after: seconds(1),
        }))
    });
    // After 1, 2, 4, 8, 16 and 32 s.
    assert!((5..9).contains(&run.tried.len()), "{:?}", run.tried);
    assert_eq!(run.summary.failures as usize, run.tried.len());
}

#[test]
fn without_samples_nothing_happens() {
    let run = run(hill(), Options::default(), true, |_, _| Ok(Outcome::Done));
    assert!(run.tried.is_empty());
    assert!(
        run.told
            .iter()
            .all(|line| line.contains("the agent is silent"))
    );
}
