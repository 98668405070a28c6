//! The input is what a host sends; a byte of 0xFD hangs up.
//!
//! `cargo +nightly fuzz run conversation`, in `firmware/agent`.
#![no_main]

use hotvcpu_agent::{Agent, MAX_MESSAGE, Progress, ShutdownMode, System, Usage, Vcpu};
use libfuzzer_sys::fuzz_target;

struct Machine {
    online: [bool; 4],
    now_ns: u64,
}

impl System for Machine {
    fn now_ns(&mut self) -> u64 {
        self.now_ns += 1_000_000_000;
        self.now_ns
    }

    fn vcpus(&mut self) -> Vec<Vcpu> {
        let vcpu = |(cpu, online): (usize, &bool)| Vcpu {
            logical_id: cpu as u32,
            online: *online,
            can_offline: cpu > 0,
        };
        self.online.iter().enumerate().map(vcpu).collect()
    }

    fn usage(&mut self) -> Vec<Usage> {
        Vec::new()
    }

    fn set_online(&mut self, logical_id: u32, online: bool) -> Result<Progress, String> {
        self.online[logical_id as usize] = online;
        Ok(Progress::UnderWay)
    }

    fn progress(&mut self, logical_id: u32, _: bool) -> Result<Progress, String> {
        if logical_id == 3 {
            return Ok(Progress::UnderWay);
        }
        Ok(Progress::Done)
    }

    fn time_ns(&mut self) -> Result<i64, String> {
        Err("there is no clock".into())
    }

    fn shut_down(&mut self, _: ShutdownMode) {}

    fn architecture(&self) -> &'static str {
        "none"
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut agent = Agent::new();
    let mut machine = Machine {
        online: [true; 4],
        now_ns: 0,
    };
    for part in bytes.split_inclusive(|byte| *byte == 0xFD) {
        let mut rest = part;
        while !rest.is_empty() {
            let used = agent.feed(rest, &mut machine);
            rest = &rest[used..];
            agent.go_on(&mut machine);
            // Any text is quoted, at worst with six bytes for one; what a request bore comes back as it is.
            assert!(agent.outgoing().len() < 2 * MAX_MESSAGE);
            let line = agent.outgoing().len();
            assert!(line == 0 || agent.outgoing().ends_with(b"\n"));
            agent.sent(line);
        }
        agent.hang_up();
    }
});
