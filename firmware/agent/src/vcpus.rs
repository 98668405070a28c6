//! `guest-set-vcpus`: in order, as far as it goes.
//!
//! What the reference says: the number of CPUs that were dealt with is returned; an error only if the first one failed,
//! and then nothing has changed. To set what is set already is a success. A client that gets less than it asked for
//! sends the rest again, and so learns why.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::request::Fields;
use crate::{Progress, Refusal, System};

/// How long one CPU may take, in ns.
const PATIENCE_NS: u64 = 30_000_000_000;

/// CPUs that are dealt with in one turn, if they take no time.
const CPUS_A_TURN: usize = 16;

/// What is to be done, and how far that has come.
#[derive(Debug)]
pub struct Job {
    wanted: Vec<Wanted>,
    /// CPUs that have been dealt with.
    done: usize,
    /// When the next one is to have been, in ns; set once it is under way.
    deadline_ns: Option<u64>,
}

#[derive(Debug)]
struct Wanted {
    logical_id: i64,
    online: bool,
}

impl Job {
    /// Reads the arguments.
    pub fn read(arguments: &Fields<'_>) -> Result<Self, Refusal> {
        let mut wanted = Vec::new();
        for (place, vcpu) in arguments.list("vcpus")?.enumerate() {
            let fields = Fields::of(vcpu, &format!("vcpus[{place}]"))?;
            wanted.push(Wanted {
                logical_id: fields.integer("logical-id")?,
                online: fields.boolean("online")?,
            });
            // Part of the type, and of no meaning here.
            fields.optional_boolean("can-offline")?;
            fields.only(&["logical-id", "online", "can-offline"])?;
        }
        arguments.only(&["vcpus"])?;
        Ok(Self {
            wanted,
            done: 0,
            deadline_ns: None,
        })
    }

    /// Whether it stopped only because it had dealt with enough for one turn: no CPU is on its way.
    pub fn has_more(&self) -> bool {
        self.deadline_ns.is_none()
    }

    /// When to look at it again at the latest, in ns.
    pub fn deadline_ns(&self) -> Option<u64> {
        self.deadline_ns
    }

    /// Goes on; `None` while it is under way. The result is the number of CPUs that were dealt with.
    pub fn go_on(&mut self, system: &mut dyn System) -> Option<Result<usize, Refusal>> {
        for _ in 0..CPUS_A_TURN {
            let Some(Wanted { logical_id, online }) = self.wanted.get(self.done) else {
                return Some(Ok(self.done));
            };
            let progress = match self.deadline_ns {
                None => begin(*logical_id, *online, system),
                Some(deadline_ns) => check(*logical_id, *online, deadline_ns, system),
            };
            match progress {
                Ok(Progress::Done) => {
                    self.done += 1;
                    self.deadline_ns = None;
                }
                Ok(Progress::UnderWay) => {
                    let deadline_ns = system.now_ns().saturating_add(PATIENCE_NS);
                    self.deadline_ns.get_or_insert(deadline_ns);
                    return None;
                }
                Err(_) if self.done > 0 => return Some(Ok(self.done)),
                Err(problem) => return Some(Err(Refusal::new(problem))),
            }
        }
        None
    }

    /// For people: what was asked for, and how much of it was done.
    pub fn describe(&self) -> String {
        let mut text = String::from("guest-set-vcpus");
        for Wanted { logical_id, online } in self.wanted.iter().take(8) {
            let state = if *online { "online" } else { "offline" };
            text += &format!(" {logical_id} {state}");
        }
        if self.wanted.len() > 8 {
            text += " ...";
        }
        text + &format!(": {} of {}", self.done, self.wanted.len())
    }
}

fn begin(logical_id: i64, online: bool, system: &mut dyn System) -> Result<Progress, String> {
    let known = u32::try_from(logical_id).ok();
    let vcpu = known.and_then(|logical_id| system.vcpu(logical_id));
    let vcpu = vcpu.ok_or_else(|| format!("logical processor #{logical_id} does not exist"))?;
    if vcpu.online == online {
        return Ok(Progress::Done);
    }
    if !online && !vcpu.can_offline {
        return Err(format!("logical processor #{logical_id} can't be offlined"));
    }
    system.set_online(vcpu.logical_id, online)
}

fn check(
    logical_id: i64,
    online: bool,
    deadline_ns: u64,
    system: &mut dyn System,
) -> Result<Progress, String> {
    let known = u32::try_from(logical_id).map_err(|problem| problem.to_string())?;
    let progress = system.progress(known, online)?;
    if progress == Progress::UnderWay && system.now_ns() >= deadline_ns {
        let state = if online { "online" } else { "offline" };
        let seconds = PATIENCE_NS / 1_000_000_000;
        return Err(format!(
            "logical processor #{logical_id} is not {state} after {seconds} s"
        ));
    }
    Ok(progress)
}
