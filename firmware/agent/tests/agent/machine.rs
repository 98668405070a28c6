//! The machine, and a host that talks to its agent.

use std::collections::BTreeMap;

use hotvcpu_agent::{Agent, Progress, ShutdownMode, System, Usage, Vcpu};
use serde_json::Value;

/// A machine whose CPUs take as long as a test wants.
#[derive(Default)]
pub struct Machine {
    /// Whether each CPU is online.
    pub cpus: BTreeMap<u32, bool>,
    /// CPUs that never arrive where they are to go.
    pub stuck: Vec<u32>,
    /// What is under way.
    pub going: Option<(u32, bool)>,
    /// The time.
    pub now_ns: u64,
    /// How it was told to end.
    pub ending: Option<ShutdownMode>,
}

impl Machine {
    /// A machine with so many CPUs, all of them online.
    pub fn with_cpus(count: u32) -> Self {
        Self {
            cpus: (0..count).map(|cpu| (cpu, true)).collect(),
            ..Self::default()
        }
    }

    /// Lets what is under way arrive.
    pub fn arrive(&mut self) {
        if let Some((cpu, online)) = self.going.take() {
            self.cpus.insert(cpu, online);
        }
    }
}

impl System for Machine {
    fn now_ns(&mut self) -> u64 {
        self.now_ns
    }

    fn vcpus(&mut self) -> Vec<Vcpu> {
        let vcpu = |(cpu, online): (&u32, &bool)| Vcpu {
            logical_id: *cpu,
            online: *online,
            can_offline: *cpu != 0,
        };
        self.cpus.iter().map(vcpu).collect()
    }

    fn usage(&mut self) -> Vec<Usage> {
        let online = self.cpus.iter().filter(|(_, online)| **online);
        let usage = |(cpu, _): (&u32, &bool)| Usage {
            logical_id: *cpu,
            busy_ms: u64::from(*cpu),
            idle_ms: u64::MAX,
        };
        online.map(usage).collect()
    }

    fn set_online(&mut self, logical_id: u32, online: bool) -> Result<Progress, String> {
        assert!(self.going.is_none(), "one at a time");
        assert_ne!(
            self.cpus.get(&logical_id),
            Some(&online),
            "it is so already"
        );
        if self.stuck.contains(&logical_id) && online {
            return Err(format!("logical processor #{logical_id} is broken"));
        }
        self.going = Some((logical_id, online));
        Ok(Progress::UnderWay)
    }

    fn progress(&mut self, logical_id: u32, online: bool) -> Result<Progress, String> {
        match self.cpus.get(&logical_id) {
            Some(is) if *is == online => Ok(Progress::Done),
            Some(_) => Ok(Progress::UnderWay),
            None => Err("it is gone".into()),
        }
    }

    fn time_ns(&mut self) -> Result<i64, String> {
        Ok(1_700_000_000_000_000_000)
    }

    fn shut_down(&mut self, mode: ShutdownMode) {
        self.ending = Some(mode);
    }

    fn architecture(&self) -> &'static str {
        "x86_64"
    }
}

/// A host: sends bytes until the agent takes no more, and reads what it says.
#[derive(Default)]
pub struct Host {
    pub agent: Agent,
    pub machine: Machine,
}

impl Host {
    pub fn with_cpus(count: u32) -> Self {
        Self {
            machine: Machine::with_cpus(count),
            ..Self::default()
        }
    }

    /// Sends bytes and takes every answer at once; they end early where a command stays under way.
    pub fn say(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut said = Vec::new();
        loop {
            let used = self.agent.feed(bytes, &mut self.machine);
            bytes = &bytes[used..];
            said.extend(self.hear());
            if used == 0 || bytes.is_empty() {
                return said;
            }
        }
    }

    /// What the agent has to say.
    pub fn hear(&mut self) -> Vec<u8> {
        let said = self.agent.outgoing().to_vec();
        self.agent.sent(said.len());
        said
    }

    /// The one answer to a command.
    pub fn ask(&mut self, message: &str) -> Value {
        let said = self.say(message.as_bytes());
        assert!(said.ends_with(b"\n"), "{message}: {said:?}");
        serde_json::from_slice(&said).expect("one line of JSON")
    }

    /// The description of the error that a command comes to.
    pub fn refused(&mut self, message: &str) -> String {
        let answer = self.ask(message);
        let text = answer["error"]["desc"].as_str();
        text.unwrap_or_else(|| panic!("{message}: {answer}")).into()
    }
}
