//! Work that arrives by itself, however many CPUs there are.

use hotvcpu::{Guest, Load, Phase};
use hotvcpu_tests::{
    Board, add, await_phase, console, errors, on_boards, remove, shut_down, start,
};

/// What the next tally says that `wanted` is true of.
fn await_load(guest: &mut Guest, wanted: impl Fn(&Load) -> bool) -> Load {
    guest.skip_seen();
    loop {
        let record = await_phase(guest, Phase::Workload, None).record;
        let load = record.load.expect("a tally of what is offered");
        if wanted(&load) {
            return load;
        }
    }
}

/// Nothing is lost: what is neither done nor waiting nor dropped is what CPUs are at, a step of 2 ms each.
fn check(load: &Load, cpus: u64) {
    let accounted = load.done_us + load.waiting_us + load.dropped_us;
    let under_way = load.offered_us.checked_sub(accounted);
    assert!(under_way.is_some_and(|us| us <= cpus * 2_000), "{load:?}");
}

fn what_one_cpu_cannot_do_waits_and_more_cpus_work_it_off(board: Board) {
    let mut guest = start(board.config(1, 8, "workload=offered load=300 backlog=1h"));
    let one = await_load(&mut guest, |load| load.waiting_us > 500_000);
    let later = await_load(&mut guest, |load| load.offered_us > one.offered_us);
    assert!(later.waiting_us > one.waiting_us, "{one:?} {later:?}");
    check(&later, 1);

    add(&mut guest, &[1, 2, 3, 4, 5, 6, 7]);
    let eight = await_load(&mut guest, |load| load.waiting_us < 50_000);
    check(&eight, 8);
    assert_eq!(eight.kept_percent(), 100);

    // CPUs that leave in the middle of it take nothing along.
    remove(&mut guest, &[5, 6, 7]);
    let five = await_load(&mut guest, |load| load.offered_us > eight.offered_us);
    check(&five, 5);
    assert_eq!(five.dropped_us, 0);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(what_one_cpu_cannot_do_waits_and_more_cpus_work_it_off: Q35, VIRT);

fn what_finds_a_full_backlog_is_dropped_and_the_end_tells_all(board: Board) {
    let config = board.config(1, 2, "workload=offered load=500ms:400 backlog=100ms");
    let mut guest = start(config);
    let end = await_load(&mut guest, |load| {
        load.offered_us == 2_000_000 && load.waiting_us == 0
    });
    assert!(end.dropped_us > 0 && end.kept_percent() < 100, "{end:?}");
    guest.powerdown().expect("QEMU takes the power button");
    let shutdown = await_phase(&mut guest, Phase::Shutdown, None).record;
    let load = shutdown.load.expect("a tally of what was offered");
    assert_eq!(load.done_us + load.dropped_us, 2_000_000, "{load:?}");
    let text = shutdown.text.unwrap_or_default();
    assert!(text.contains("workload right"), "{text}");
    assert!(text.contains("throughput kept"), "{text}");
    guest.wait_exit(hotvcpu_tests::PATIENCE).expect("QEMU ends");
    let said = console(&guest);
    assert!(said.contains("busy: cpu 0 "), "{said}");
}

on_boards!(what_finds_a_full_backlog_is_dropped_and_the_end_tells_all: Q35, VIRT);

fn a_schedule_that_cannot_be_read_is_reported(board: Board) {
    let guest = start(board.config(1, 2, "workload=offered load=5:50"));
    let errors = errors(&guest);
    assert!(
        errors.iter().any(|text| text.contains("no duration")),
        "{errors:?}"
    );
    shut_down(guest);
}

on_boards!(a_schedule_that_cannot_be_read_is_reported: Q35);
