//! What the engine decided, and why, in numbers and in words.

use std::fmt;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::meter::Fault;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "action", content = "count")]
pub enum Action {
    /// Nothing.
    Hold,
    /// So many vCPUs more.
    Add(u32),
    /// So many fewer.
    Remove(u32),
}

impl Action {
    /// How many vCPUs there are afterwards.
    pub fn applied_to(self, present: u32) -> u32 {
        match self {
            Self::Hold => present,
            Self::Add(count) => present.saturating_add(count),
            Self::Remove(count) => present.saturating_sub(count),
        }
    }
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// More load than wanted.
    Busy {
        /// The load above which vCPUs are added, in percent.
        above: u32,
        /// vCPUs then.
        wanted: u32,
    },
    /// Less load than wanted.
    Idle {
        /// The load below which vCPUs are removed, in percent.
        below: u32,
        /// vCPUs then.
        wanted: u32,
    },
    /// The load is near enough to the target.
    InBand {
        /// From, in percent.
        from: u32,
        /// To, in percent.
        to: u32,
    },
    /// There is no better whole number of cores.
    NoBetterStep,
    /// More load than wanted, and all vCPUs that may be are there.
    AtMaximum {
        /// Their number.
        high: u32,
    },
    /// Less load than wanted, and as few vCPUs as may be are there.
    AtMinimum {
        /// Their number.
        low: u32,
    },
    /// Fewer vCPUs than there have to be.
    BelowMinimum {
        /// The least.
        low: u32,
    },
    /// More vCPUs than there may be.
    AboveMaximum {
        /// The most.
        high: u32,
    },
    /// No whole number of cores lies between the bounds.
    NoStep {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// It is too early to know the load.
    Measuring,
    /// The sample was not believed.
    Faulty,
    /// No sample came.
    NoSample(String),
    /// Guest and host disagree.
    Mismatch {
        /// CPUs that the guest uses.
        guest: u32,
        /// vCPUs that are there.
        host: u32,
    },
    /// Something would be done, but not so soon after the last change.
    Cooldown {
        /// What.
        would: Action,
        /// In how many ms it may be.
        left_ms: u64,
    },
    /// Something would be done, but an attempt has failed a short while ago.
    BackingOff {
        /// What.
        would: Action,
        /// In how many ms it may be.
        left_ms: u64,
    },
    /// Something would be done, but was refused for good.
    Refused {
        /// What.
        would: Action,
        /// The refusal.
        because: String,
    },
    /// Somebody else is changing the domain.
    Busied {
        /// Who.
        holder: String,
    },
}

impl Reason {
    /// Its name, for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "busy",
            Self::Idle { .. } => "idle",
            Self::InBand { .. } => "in_band",
            Self::NoBetterStep => "no_better_step",
            Self::AtMaximum { .. } => "at_maximum",
            Self::AtMinimum { .. } => "at_minimum",
            Self::BelowMinimum { .. } => "below_minimum",
            Self::AboveMaximum { .. } => "above_maximum",
            Self::NoStep { .. } => "no_step",
            Self::Measuring => "measuring",
            Self::Faulty => "faulty_sample",
            Self::NoSample(_) => "no_sample",
            Self::Mismatch { .. } => "mismatch",
            Self::Cooldown { .. } => "cooldown",
            Self::BackingOff { .. } => "backing_off",
            Self::Refused { .. } => "refused",
            Self::Busied { .. } => "other_operation",
        }
    }
}

/// The numbers that a decision was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// vCPUs that the host has.
    pub vcpus: u32,
    /// CPUs that the guest uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<u32>,
    /// Thousandths of a CPU in use, over all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busy_milli: Option<u64>,
    /// The mean load of a CPU, in thousandths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_milli: Option<u64>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When, in ms since the scaler's start.
    pub at_ms: u64,
    /// What.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Upon which numbers.
    pub measured: Measured,
    /// What was wrong with the sample.
    pub faults: Vec<Fault>,
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (action, count) = match self.action {
            Action::Hold => ("hold", 0),
            Action::Add(count) => ("add", count),
            Action::Remove(count) => ("remove", count),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("event", "decision")?;
        map.serialize_entry("t_ms", &self.at_ms)?;
        map.serialize_entry("action", action)?;
        map.serialize_entry("count", &count)?;
        let measured = &self.measured;
        map.serialize_entry("vcpus", &measured.vcpus)?;
        map.serialize_entry("online", &measured.online)?;
        map.serialize_entry("busy_milli", &measured.busy_milli)?;
        map.serialize_entry("load_milli", &measured.load_milli)?;
        map.serialize_entry("reason", self.reason.name())?;
        map.serialize_entry("text", &self.why())?;
        if !self.faults.is_empty() {
            map.serialize_entry("faults", &self.faults)?;
        }
        map.end()
    }
}

impl Decision {
    /// The reason in words, with its numbers.
    pub fn why(&self) -> String {
        let mut text = self.reason_text();
        for fault in &self.faults {
            text.push_str(&format!("; {fault}"));
        }
        text
    }

    fn reason_text(&self) -> String {
        let vcpus = vcpus(self.measured.vcpus);
        let load = percent(self.measured.load_milli.unwrap_or(0));
        // Bounds are kept without a load, too.
        let now = match self.measured.load_milli {
            Some(_) => format!("load {load}"),
            None => format!("{vcpus}, the load is not known yet"),
        };
        let each = |wanted: u32| {
            let busy = self.measured.busy_milli.unwrap_or(0);
            percent(busy / u64::from(wanted.max(1)))
        };
        match &self.reason {
            Reason::Busy { above, wanted } => format!(
                "load {load} on {vcpus}, above {above} %; {wanted} would be {}",
                each(*wanted)
            ),
            Reason::Idle { below, wanted } => format!(
                "load {load} on {vcpus}, below {below} %; {wanted} would be {}",
                each(*wanted)
            ),
            Reason::InBand { from, to } => {
                format!("load {load} on {vcpus}, within {from} to {to} %")
            }
            Reason::NoBetterStep => {
                format!("load {load} on {vcpus}, and no whole number of cores is nearer")
            }
            Reason::AtMaximum { high } => {
                format!("load {load} on {vcpus}, and {high} is the most there may be")
            }
            Reason::AtMinimum { low } => {
                format!("load {load} on {vcpus}, and {low} is the least there may be")
            }
            Reason::BelowMinimum { low } => format!("{vcpus}, fewer than {low}"),
            Reason::AboveMaximum { high } => format!("{vcpus}, more than {high}"),
            Reason::NoStep { min, max } => format!(
                "no number of vCPUs from {min} to {max} fills whole cores and can be reached; choose other bounds"
            ),
            Reason::Measuring => "the load is not known yet".to_owned(),
            Reason::Faulty => "the sample is not believed".to_owned(),
            Reason::NoSample(error) => format!("no sample: {error}"),
            Reason::Mismatch { guest, host } => format!(
                "the guest uses {guest} CPUs and there are {host}; until both agree nothing is done (`hotvcpu vcpuinfo` shows which; `hotvcpu setvcpus --guest` lets the guest use what it left offline)"
            ),
            Reason::Cooldown { would, left_ms } => {
                format!("{now}; would {would}, in {left_ms} ms (cooldown)")
            }
            Reason::BackingOff { would, left_ms } => {
                format!("{now}; would {would}, in {left_ms} ms (the last attempt failed)")
            }
            Reason::Refused { would, because } => {
                format!("{now}; would {would}, but cannot: {because}")
            }
            Reason::Busied { holder } => {
                format!("another operation on the domain is under way: {holder}")
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hold => f.write_str("hold"),
            Self::Add(count) => write!(f, "add {count}"),
            Self::Remove(count) => write!(f, "remove {count}"),
        }
    }
}

fn vcpus(count: u32) -> String {
    match count {
        1 => "1 vCPU".to_owned(),
        count => format!("{count} vCPUs"),
    }
}

/// Thousandths as percent.
pub fn percent(milli: u64) -> String {
    format!("{} %", milli.saturating_add(5) / 10)
}
