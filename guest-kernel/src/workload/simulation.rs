//! CPUs, an offer and a clock that the test turns: what comes of demand, pace and a host that is not always in time.

use proptest::prelude::*;

use super::{INTERVAL_NS, Load, Offer, OfferTally, Pacer};

const S: u64 = 1_000_000_000;

/// CPUs that share an offer.
struct Cpus {
    offer: Offer,
    pacers: Vec<Pacer>,
    /// Steps that each has done.
    steps: Vec<u64>,
    now_ns: u64,
}

impl Cpus {
    fn new(count: usize, load: &str, most_waiting_ns: u64) -> Self {
        let load: Load = load.parse().expect("a schedule");
        let offer = Offer::new();
        offer.begin(load, most_waiting_ns, 0);
        let mut cpus = Self {
            offer,
            pacers: Vec::new(),
            steps: Vec::new(),
            now_ns: 0,
        };
        cpus.grow(count);
        cpus
    }

    fn grow(&mut self, count: usize) {
        self.pacers.resize(count, Pacer::default());
        self.steps.resize(count, 0);
    }

    /// Lets every CPU that is due look for work, until none is.
    fn turn(&mut self, now_ns: u64) {
        self.now_ns = now_ns;
        for (pacer, steps) in self.pacers.iter_mut().zip(&mut self.steps) {
            while pacer.due_ns() <= now_ns {
                if self.offer.take(now_ns) {
                    self.offer.done();
                    *steps += 1;
                    pacer.served(now_ns);
                } else {
                    pacer.idled(now_ns);
                }
            }
        }
    }

    /// Lets time pass in pieces of `tick_ns`.
    fn run(&mut self, until_ns: u64, tick_ns: u64) -> OfferTally {
        while self.now_ns < until_ns {
            self.turn(self.now_ns + tick_ns);
        }
        self.offer.tally(self.now_ns)
    }

    /// How busy they are together since `before`, in percent of one CPU.
    fn busy_percent(&self, before: &[Pacer]) -> u64 {
        let sum = |of: &dyn Fn(&Pacer) -> u64, pacers: &[Pacer]| pacers.iter().map(of).sum::<u64>();
        let busy = |pacer: &Pacer| pacer.usage().busy_ns;
        let all = |pacer: &Pacer| pacer.usage().busy_ns + pacer.usage().idle_ns;
        let busy_ns = sum(&busy, &self.pacers) - sum(&busy, before);
        let all_ns = sum(&all, &self.pacers) - sum(&all, before);
        busy_ns * 100 * self.pacers.len() as u64 / all_ns
    }
}

#[test]
fn demand_beyond_one_cpu_waits_and_is_worked_off_by_more() {
    let mut cpus = Cpus::new(1, "300", 60 * S);
    let one = cpus.run(5 * S, INTERVAL_NS / 4);
    let per_s = S / INTERVAL_NS;
    assert!(
        one.waiting.abs_diff(10 * per_s) < 5,
        "two thirds wait: {one:?}"
    );
    assert!((99..=100).contains(&cpus.busy_percent(&[Pacer::default()])));

    cpus.grow(8);
    let eight = cpus.run(10 * S, INTERVAL_NS / 4);
    assert!(
        eight.waiting < 8,
        "five CPUs more than needed for five seconds: {eight:?}"
    );
    assert_eq!(eight.dropped, 0);
    let before = cpus.pacers.clone();
    cpus.run(20 * S, INTERVAL_NS / 4);
    let busy = cpus.busy_percent(&before);
    assert!((295..=305).contains(&busy), "{busy} %");
}

#[test]
fn demand_has_nothing_to_do_with_the_number_of_cpus() {
    for count in [1, 2, 8] {
        let mut cpus = Cpus::new(count, "50", S);
        let tally = cpus.run(10 * S, INTERVAL_NS / 2);
        assert_eq!(tally.offered, 5 * S / INTERVAL_NS, "{count}");
        let busy = cpus.busy_percent(&vec![Pacer::default(); count]);
        assert!((49..=51).contains(&busy), "{count} CPUs: {busy} %");
    }
}

#[test]
fn what_finds_too_much_before_it_is_dropped_and_counted() {
    let mut cpus = Cpus::new(1, "1s:400,10s:0", S / 2);
    let tally = cpus.run(S, INTERVAL_NS);
    let per_s = S / INTERVAL_NS;
    assert_eq!(tally.offered, 4 * per_s);
    assert!(tally.waiting.abs_diff(per_s / 2) <= 1, "{tally:?}");
    assert!(tally.done.abs_diff(per_s) < 5, "{tally:?}");
    let end = cpus.run(3 * S, INTERVAL_NS);
    assert_eq!(end.waiting, 0);
    assert_eq!(end.done + end.dropped, 4 * per_s);
}

#[test]
fn a_host_that_is_late_changes_neither_throughput_nor_how_busy_a_cpu_is() {
    // Each CPU runs once in 7 intervals only.
    let mut cpus = Cpus::new(2, "150", 10 * S);
    let tally = cpus.run(10 * S, 7 * INTERVAL_NS);
    assert!(tally.waiting < 12, "{tally:?}");
    let busy = cpus.busy_percent(&[Pacer::default(); 2]);
    assert!((147..=153).contains(&busy), "{busy} %");
}

#[test]
fn a_cpu_that_its_host_starves_counts_as_busy() {
    // Once in 200 ms, of which it makes up for 50.
    let mut cpus = Cpus::new(1, "100", 60 * S);
    let tally = cpus.run(20 * S, 100 * INTERVAL_NS);
    assert!(tally.waiting > tally.done, "{tally:?}");
    assert!(cpus.busy_percent(&[Pacer::default()]) >= 98);
}

#[test]
fn a_paced_cpu_is_busy_all_the_time_and_makes_up_for_nothing() {
    let mut pacer = Pacer::default();
    let mut steps = 0;
    let mut now_ns = 5;
    while now_ns < S {
        if pacer.due_ns() <= now_ns {
            pacer.worked(now_ns);
            steps += 1;
        }
        now_ns += 3 * INTERVAL_NS / 2;
    }
    assert!(steps <= S / (3 * INTERVAL_NS / 2) + 1, "{steps}");
    assert_eq!(pacer.usage().idle_ns, 0);
    assert!(pacer.usage().busy_ns > S - 4 * INTERVAL_NS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the demand and however late the CPUs: nothing is lost, nothing is done twice or ahead of its time, no CPU
    /// does more than its pace, and its time never runs backwards.
    #[test]
    fn nothing_is_lost(
        parts in prop::collection::vec((1_u64..400, 0_u32..900), 1..5),
        most_waiting_ms in 0_u64..500,
        ticks in prop::collection::vec((0_usize..5, 1_u64..60_000_000), 1..300),
    ) {
        let words: Vec<_> = parts.iter().map(|(ms, percent)| format!("{ms}ms:{percent}")).collect();
        let load: Load = words.join(",").parse().expect("a schedule");
        let offer = Offer::new();
        offer.begin(load.clone(), most_waiting_ms * 1_000_000, 0);
        let mut pacers = [Pacer::default(); 5];
        let mut steps = [0_u64; 5];
        let mut begun_ns = [None; 5];
        let mut now_ns = 0;
        for (cpu, passed_ns) in ticks {
            now_ns += passed_ns / 5;
            let before = pacers[cpu].usage();
            let pacer = &mut pacers[cpu];
            begun_ns[cpu].get_or_insert(now_ns);
            while pacer.due_ns() <= now_ns {
                match offer.take(now_ns) {
                    true => {
                        offer.done();
                        steps[cpu] += 1;
                        pacer.served(now_ns);
                    }
                    false => pacer.idled(now_ns),
                }
            }
            let usage = pacer.usage();
            prop_assert!(usage.busy_ns >= before.busy_ns && usage.idle_ns >= before.idle_ns);
            let online_ns = now_ns - begun_ns[cpu].unwrap_or(now_ns);
            prop_assert!(usage.busy_ns + usage.idle_ns <= online_ns, "{usage:?} in {online_ns}");
            prop_assert!(steps[cpu] <= online_ns / INTERVAL_NS + 1);
            let tally = offer.tally(now_ns);
            prop_assert_eq!(tally.offered, load.arrived(now_ns));
            prop_assert_eq!(tally.offered, tally.done + tally.waiting + tally.dropped);
            prop_assert!(tally.waiting <= (most_waiting_ms * 1_000_000 / INTERVAL_NS).max(1));
        }
        prop_assert_eq!(steps.iter().sum::<u64>(), offer.tally(now_ns).done);
    }
}
