use proptest::prelude::*;

use super::*;

fn time(cpu: u64, busy_ms: u64, idle_ms: u64) -> CpuTime {
    CpuTime {
        cpu,
        busy_ms,
        idle_ms,
    }
}

/// The readings of samples that came a second after each other.
fn readings(samples: &[&[CpuTime]]) -> Vec<Reading> {
    let mut meter = Meter::new(seconds(2));
    let samples = (0..).zip(samples);
    samples
        .map(|(at, cpus)| {
            meter.take(&Sample {
                at: seconds(at),
                cpus: cpus.to_vec(),
            })
        })
        .collect()
}

fn last_fault(samples: &[&[CpuTime]]) -> String {
    let last = readings(samples).pop().expect("a reading");
    assert_eq!(last.load, None, "a window with a fault in it has no load");
    last.faults.first().expect("a fault").to_string()
}

#[test]
fn the_load_is_that_of_the_window() {
    let readings = readings(&[
        &[time(0, 0, 0), time(1, 500, 500)],
        &[time(0, 1000, 0), time(1, 500, 1500)],
        &[time(0, 2000, 0), time(1, 1000, 2000)],
        &[time(0, 2000, 1000), time(1, 1500, 2500)],
    ]);
    let shares = |index: usize| readings[index].load.as_ref().map(|load| load.cpus.clone());
    assert_eq!((shares(0), shares(1)), (None, None));
    assert_eq!(shares(2), Some(vec![(0, 1000), (1, 250)]));
    assert_eq!(shares(3), Some(vec![(0, 500), (1, 500)]));
    let load = readings[2].load.as_ref().expect("a load");
    assert_eq!((load.busy_milli(), load.mean_milli()), (1250, 625));
}

#[test]
fn each_lie_has_a_name() {
    let good: &[CpuTime] = &[time(0, 1000, 1000), time(1, 1000, 1000)];
    let said = |next: &[CpuTime]| last_fault(&[good, next]);
    assert!(said(&[]).contains("no CPU"));
    assert!(said(&[time(0, 0, 3000), time(1, 1000, 2000)]).contains("backwards"));
    assert!(said(&[time(0, 1000, 2000)]).contains("CPU 1 is not"));
    let twice = &[time(0, 1000, 2000), time(0, 1000, 2000)];
    assert!(said(twice).contains("CPU 0 twice"));
    assert!(said(good).contains("stand still"));
    let ten_times = &[time(0, 11_000, 1000), time(1, 1000, 2000)];
    assert!(said(ten_times).contains("10000 ms in 1000 ms"));
    let many: Vec<CpuTime> = (0..5000).map(|cpu| time(cpu, 0, 0)).collect();
    assert!(said(&many).contains("5000"));
}

#[test]
fn the_window_begins_anew_when_cpus_come() {
    let readings = readings(&[
        &[time(0, 0, 0)],
        &[time(0, 0, 1000)],
        &[time(0, 0, 2000), time(1, 0, 0)],
        &[time(0, 0, 3000), time(1, 1000, 0)],
        &[time(0, 0, 4000), time(1, 2000, 0)],
    ]);
    let known: Vec<bool> = readings.iter().map(|found| found.load.is_some()).collect();
    assert_eq!(known, [false, false, false, false, true]);
    assert!(readings.iter().all(|found| found.faults.is_empty()));
}

#[test]
fn busy_time_is_counted_from_each_sample_to_the_next() {
    let readings = readings(&[
        &[time(0, 100, 0), time(1, 0, 0)],
        &[time(0, 1000, 100), time(1, 400, 600)],
        // One goes, another comes, and one runs ahead.
        &[time(0, 1900, 200), time(2, 700, 0)],
        &[time(0, 2900, 200), time(2, 99_000, 0)],
    ]);
    let busy: Vec<u64> = readings.iter().map(|found| found.busy_ms).collect();
    assert_eq!(busy, [0, 1300, 900, 1000]);
}

#[test]
fn a_long_window_needs_no_more_memory() {
    let mut meter = Meter::new(seconds(100_000));
    for at in 0..5000 {
        let cpus = vec![time(0, at * 1000, 0)];
        meter.take(&Sample {
            at: seconds(at),
            cpus,
        });
    }
    assert!(meter.samples() <= 1024);
}

/// Counters of all kinds: near each other, and anywhere.
fn counter() -> impl Strategy<Value = u64> {
    prop_oneof![0..5000u64, any::<u64>(), Just(u64::MAX)]
}

proptest! {
    #[test]
    fn no_counters_make_a_load_beyond_all_cpus(
        samples in proptest::collection::vec(
            (0..3000u64, proptest::collection::vec((0..4u64, counter(), counter()), 0..6)),
            0..30,
        ),
    ) {
        let mut meter = Meter::new(Duration::from_millis(500));
        let mut at = Duration::ZERO;
        for (pass_ms, cpus) in samples {
            at += Duration::from_millis(pass_ms);
            let cpus: Vec<CpuTime> = cpus.into_iter().map(|(cpu, busy, idle)| time(cpu, busy, idle)).collect();
            let count = cpus.len();
            let reading = meter.take(&Sample { at, cpus });
            if let Some(load) = reading.load {
                prop_assert!(reading.faults.is_empty());
                prop_assert_eq!(load.cpus.len(), count);
                prop_assert!(load.cpus.iter().all(|(_, share)| *share <= 1000));
            }
        }
    }
}
