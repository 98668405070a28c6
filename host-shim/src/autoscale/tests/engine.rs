use proptest::prelude::*;

use super::*;

fn config(min: u32, max: u32) -> Config {
    Config {
        min,
        max,
        ..Config::default()
    }
}

/// What an engine that has done nothing yet does.
fn action(config: Config, slots: &[Slot], reading: &Reading) -> Action {
    let order = no_order();
    let engine = Engine::new(config);
    engine
        .decide(seconds(9), reading, &Steps::of(slots, &order))
        .action
}

#[test]
fn load_is_brought_to_the_target() {
    let slots = cores_of(1, 1, 4, 8);
    let at = |busy| action(config(1, 8), &slots, &reading(4, busy));
    assert_eq!(at(4000), Action::Add(2), "4 at 70 % is 5.7");
    assert_eq!(at(3300), Action::Add(1), "3.3 at 70 % is 4.7");
    assert_eq!(at(3200), Action::Hold, "80 % is still within the band");
    assert_eq!(at(2400), Action::Hold, "60 % is still within it");
    assert_eq!(at(2000), Action::Remove(1), "2 at 70 % is 2.9");
    assert_eq!(at(0), Action::Remove(3), "one is left");
}

#[test]
fn cores_come_and_go_whole() {
    let slots = cores_of(2, 2, 4, 8);
    let at = |busy| action(config(1, 8), &slots, &reading(4, busy));
    assert_eq!(at(3300), Action::Add(2));
    assert_eq!(at(2000), Action::Hold, "three would be half a core");
    assert_eq!(at(1000), Action::Remove(2));
    let odd = action(config(1, 7), &slots, &reading(4, 4000));
    assert_eq!(odd, Action::Add(2), "7 is no whole number of cores, 6 is");
}

#[test]
fn boot_cpus_are_the_least() {
    let slots = cores_of(1, 3, 5, 8);
    assert_eq!(
        action(config(1, 8), &slots, &reading(5, 0)),
        Action::Remove(2)
    );
}

#[test]
fn bounds_count_without_any_load() {
    let slots = cores_of(1, 1, 2, 8);
    let nothing = Reading::default();
    assert_eq!(action(config(4, 8), &slots, &nothing), Action::Add(2));
    assert_eq!(action(config(1, 1), &slots, &nothing), Action::Remove(1));
    assert_eq!(action(config(2, 2), &slots, &nothing), Action::Hold);
}

#[test]
fn what_cannot_be_believed_is_not_acted_upon() {
    let slots = cores_of(1, 1, 2, 8);
    let mut lied = reading(2, 2000);
    lied.faults.push(Fault::Backwards { cpu: 1 });
    assert_eq!(action(config(1, 8), &slots, &lied), Action::Hold);
    // The guest uses one of two.
    assert_eq!(
        action(config(1, 8), &slots, &reading(1, 1000)),
        Action::Hold
    );
    assert_eq!(
        action(config(1, 8), &slots, &Reading::default()),
        Action::Hold
    );
}

#[test]
fn a_refused_add_is_tried_smaller_and_then_given_up() {
    let (slots, order) = (cores_of(1, 1, 4, 16), no_order());
    let steps = Steps::of(&slots, &order);
    let mut engine = Engine::new(config(1, 16));
    let mut decide = |refused: Option<Action>| {
        if let Some(action) = refused {
            engine.refused(action, "QEMU would abort".to_owned());
        }
        let decision = engine.decide(seconds(9), &reading(4, 4000), &steps);
        (decision.action, decision.why())
    };
    assert_eq!(decide(None).0, Action::Add(2));
    assert_eq!(decide(Some(Action::Add(2))).0, Action::Add(1));
    let (action, why) = decide(Some(Action::Add(1)));
    assert_eq!(action, Action::Hold);
    assert!(why.contains("QEMU would abort"), "{why}");
    let idle = engine.decide(seconds(9), &reading(4, 0), &steps);
    assert_eq!(idle.action, Action::Remove(3), "removals go on");
}

#[test]
fn failures_are_given_longer_and_longer_pauses() {
    let (slots, order) = (cores_of(1, 1, 1, 8), no_order());
    let steps = Steps::of(&slots, &order);
    let mut engine = Engine::new(config(1, 8));
    let mut pauses = Vec::new();
    let mut now = Duration::ZERO;
    for _ in 0..4 {
        engine.failed(now);
        let begin = now;
        while engine.decide(now, &reading(1, 1000), &steps).action == Action::Hold {
            now += seconds(1);
        }
        pauses.push((now - begin).as_secs());
    }
    assert_eq!(pauses, [1, 2, 4, 8]);
}

#[test]
fn reasons_have_their_numbers() {
    let (slots, order) = (cores_of(1, 1, 4, 8), no_order());
    let engine = Engine::new(config(1, 8));
    let steps = Steps::of(&slots, &order);
    let why = |busy| engine.decide(seconds(9), &reading(4, busy), &steps).why();
    assert_eq!(
        why(3600),
        "load 90 % on 4 vCPUs, above 80 %; 6 would be 60 %"
    );
    assert_eq!(
        why(1200),
        "load 30 % on 4 vCPUs, below 60 %; 2 would be 60 %"
    );
    assert_eq!(why(2800), "load 70 % on 4 vCPUs, within 60 to 80 %");
}

/// Any sensible configuration, and a machine of whole cores for it.
fn situations() -> impl Strategy<Value = (Config, u32, u32, u32, u32)> {
    let numbers = (1..=4u32, 1..=8u32, 1..=12u32, 1..=12u32, 1..=24u32);
    let percents = (30..=80u32, 1..=15u32);
    (numbers, percents).prop_map(|((threads, boot, cores, min, max), (target, band))| {
        let maximum = threads * cores.max(boot);
        let boot = (boot * threads).min(maximum);
        let mut config = config(min.min(max), max.max(min));
        (config.target, config.band) = (target, band);
        (config, threads, boot, maximum, 0)
    })
}

/// Lets an engine work on a constant demand until nothing happens for long; the numbers of vCPUs it
/// went through.
fn settle(config: Config, slots: &mut Vec<Slot>, threads: u32, demand: u64) -> Vec<u32> {
    let order = no_order();
    let mut engine = Engine::new(config);
    let (mut went, mut now, mut quiet) = (Vec::new(), Duration::ZERO, 0);
    let (boot, maximum) = (boot_of(slots), u32::try_from(slots.len()).expect("small"));
    while quiet < 20 {
        now += seconds(1);
        let present = Steps::of(slots, &order).present();
        let busy = demand.min(u64::from(present) * 1000);
        let steps = Steps::of(slots, &order);
        let action = engine.decide(now, &reading(present, busy), &steps).action;
        quiet += 1;
        if action != Action::Hold {
            quiet = 0;
            let after = action.applied_to(present);
            went.push(after);
            *slots = cores_of(threads, boot, after, maximum);
            engine.changed(now);
            assert!(went.len() < 100, "it never settles: {went:?}");
        }
    }
    went
}

fn boot_of(slots: &[Slot]) -> u32 {
    let boot = slots
        .iter()
        .filter(|slot| slot.present() && !crate::plan::removable(slot));
    u32::try_from(boot.count()).expect("small")
}

proptest! {
    #[test]
    fn a_constant_load_settles_without_turning_back(
        (config, threads, boot, maximum, _) in situations(),
        extra in 0..8u32,
        demand in 0..30_000u64,
    ) {
        let present = (boot + extra * threads).min(maximum);
        let mut slots = cores_of(threads, boot, present, maximum);
        let order = no_order();
        let bounds = Engine::new(config).bounds(&Steps::of(&slots, &order));
        let went = settle(config, &mut slots, threads, demand);
        let Some((low, high)) = bounds else {
            prop_assert!(went.is_empty());
            return Ok(());
        };
        prop_assert!(low >= config.min && high <= config.max);
        let is_outside = present < low || present > high;
        for number in &went {
            prop_assert!((low..=high).contains(number), "{number} is beyond {low}..={high}");
            prop_assert_eq!(number % threads, 0, "a core in part");
        }
        // From outside, the first step leads to a bound, and the load may lead back from there.
        let path: Vec<u32> = std::iter::once(present).chain(went).skip(usize::from(is_outside)).collect();
        let rises = path.windows(2).all(|pair| pair[0] < pair[1]);
        let falls = path.windows(2).all(|pair| pair[0] > pair[1]);
        prop_assert!(rises || falls, "it turns back: {path:?}");
    }

    #[test]
    fn nothing_happens_within_the_cooldown_or_beyond_the_bounds(
        (config, threads, boot, maximum, _) in situations(),
        loads in proptest::collection::vec((0..2000u64, 0..4000u64), 1..60),
    ) {
        let order = no_order();
        let mut engine = Engine::new(config);
        let mut slots = cores_of(threads, boot, boot, maximum);
        let (mut now, mut last) = (Duration::ZERO, None);
        for (load, pass_ms) in loads {
            now += Duration::from_millis(pass_ms);
            let steps = Steps::of(&slots, &order);
            let present = steps.present();
            let busy = load.min(1000) * u64::from(present);
            let decision = engine.decide(now, &reading(present, busy), &steps);
            let cooldown = match decision.action {
                Action::Hold => continue,
                Action::Add(_) => config.up_cooldown,
                Action::Remove(_) => config.down_cooldown,
            };
            if let Some(last) = last {
                prop_assert!(now - last >= cooldown);
            }
            let after = decision.action.applied_to(present);
            prop_assert!(after >= config.min && after <= config.max && after.is_multiple_of(threads));
            engine.changed(now);
            last = Some(now);
            slots = cores_of(threads, boot, after, maximum);
        }
    }

    #[test]
    fn more_load_never_means_fewer_vcpus(
        (config, threads, boot, maximum, _) in situations(),
        extra in 0..8u32,
        one in 0..=1000u64,
        other in 0..=1000u64,
    ) {
        let present = (boot + extra * threads).min(maximum);
        let slots = cores_of(threads, boot, present, maximum);
        let after = |load: u64| {
            let reading = reading(present, load * u64::from(present));
            action(config, &slots, &reading).applied_to(present)
        };
        prop_assert!(after(one.min(other)) <= after(one.max(other)));
    }
}
