//! `setvcpus` and `setvcpu`: of the running machine, of the definition, or of both.

use std::time::Duration;

use hotvcpu::definition::{CpuList, Definition, DefinitionStore};
use hotvcpu::nodes::Disagreement;
use hotvcpu::plan::{Order, PlanError};
use hotvcpu::resize::{self, ConfigChange, How, LivePlan, What};
use hotvcpu::{Direction, Error, Operation, Outcome, slots};
use serde_json::{Value, json};

use super::arguments::{Change, Setvcpu, Setvcpus};
use super::guest;
use super::output::{Finish, Output, Stop};
use super::progress::Progress;
use super::target::{Live, Target};

/// How long a request that is not awaited has for QEMU to say no.
const NO_WAIT: Duration = Duration::from_millis(200);

pub fn count(target: &Target, arguments: &Setvcpus, output: &mut Output) -> Finish {
    if arguments.maximum {
        return maximum(target, arguments.count, output);
    }
    if arguments.guest {
        return guest::set_count(target, arguments.count, arguments.change.timeout, output);
    }
    let set = Set {
        what: What::Count(arguments.count),
        command: format!("setvcpus {}", arguments.count),
        hotpluggable: arguments.hotpluggable,
        strict: arguments.strict_topology,
        change: &arguments.change,
    };
    set.carry_out(target, output)
}

pub fn list(target: &Target, arguments: &Setvcpu, output: &mut Output) -> Finish {
    let word = match arguments.enable {
        true => "--enable",
        false => "--disable",
    };
    let set = Set {
        what: What::List {
            slots: slots::parse_list(&arguments.list).map_err(Error::from)?,
            enable: arguments.enable,
        },
        command: format!("setvcpu {} {word}", arguments.list),
        hotpluggable: true,
        strict: false,
        change: &arguments.change,
    };
    set.carry_out(target, output)
}

/// A change on its way.
struct Set<'a> {
    what: What,
    command: String,
    hotpluggable: bool,
    strict: bool,
    change: &'a Change,
}

impl Set<'_> {
    fn carry_out(mut self, target: &Target, output: &mut Output) -> Finish {
        // As in virsh, neither flag means what is there now.
        let neither = !self.change.live && !self.change.config;
        let live = self.change.live || (neither && !target.is_only_defined());
        let config = self.change.config || (neither && !live);
        for (flag, word) in [(live, " --live"), (config, " --config")] {
            self.command.push_str(if flag { word } else { "" });
        }
        match (live, config) {
            (true, true) => self.both(target, output),
            (true, false) => self.live(target, output),
            _ => self.config(target, output),
        }
    }

    fn how(&self, target: &Target) -> How {
        How {
            timeout: match self.change.no_wait {
                true => NO_WAIT,
                false => self.change.timeout,
            },
            force: self.change.force,
            guest_maximum: target.guest_maximum().filter(|_| !self.change.force),
        }
    }

    /// The plan, and what is to be said about it.
    fn plan(
        &self,
        live: &mut Live,
        order: &Order,
        output: &mut Output,
    ) -> Result<Option<LivePlan>, Error> {
        let plan = resize::plan_live(live.session(), &self.what, order)?;
        if let Some(disorder) = plan.as_ref().and_then(|plan| plan.disorder.clone()) {
            if self.strict {
                return Err(PlanError::Disorder(disorder).into());
            }
            output.note(format!("warning: {disorder}"));
        }
        Ok(plan)
    }

    fn live(&self, target: &Target, output: &mut Output) -> Finish {
        let mut live = target.connect(&self.command, output)?;
        let order = match target.domain() {
            Some(name) => order_of(name)?,
            None => Order::new(),
        };
        let Some(plan) = self.plan(&mut live, &order, output)? else {
            return self.nothing(output);
        };
        let progress = self.progress(&plan, output);
        let operations = resize::live(live.session(), &plan, self.how(target))?;
        drop(progress);
        self.tell(&mut live, &operations, None, output)
    }

    fn config(&self, target: &Target, output: &mut Output) -> Finish {
        let name = target.require_domain("--config")?;
        target.settle(output)?;
        let store = DefinitionStore::open()?;
        let lock = store.lock(name, &self.command)?;
        let before = store.require(name)?;
        let Some(after) = resize::plan_config(&before, &self.what, self.hotpluggable)? else {
            return self.nothing(output);
        };
        store.put(&after, &lock)?;
        output.object(&json!({"ok": true, "operations": [], "definition": after}))?;
        output.line(&says(&after))
    }

    fn both(&self, target: &Target, output: &mut Output) -> Finish {
        let name = target.require_domain("--config")?;
        let store = DefinitionStore::open()?;
        let mut live = target.connect(&self.command, output)?;
        let lock = store.lock(name, &self.command)?;
        let before = store.require(name)?;
        let after = resize::plan_config(&before, &self.what, self.hotpluggable)?;
        let plan = self.plan(&mut live, &before.order(), output)?;
        let after = after.unwrap_or_else(|| before.clone());
        let config = ConfigChange {
            store: &store,
            lock: &lock,
            before,
            after,
            process: live.process(),
            command: self.command.clone(),
        };
        let Some(plan) = plan else {
            if config.after == config.before {
                return self.nothing(output);
            }
            resize::config(&config)?;
            output.object(&json!({"ok": true, "operations": [], "definition": config.after}))?;
            return output.line(&says(&config.after));
        };
        let progress = self.progress(&plan, output);
        let done = resize::live_and_config(live.session(), &plan, self.how(target), &config)?;
        drop(progress);
        let written = done.config_written.then_some(&config.after);
        if written.is_none() {
            output.note(
                "the definition is as it was, because not all of the change has happened; when the guest is in order, run the command again".to_owned(),
            );
        }
        self.tell(&mut live, &done.operations, written, output)
    }

    fn progress(&self, plan: &LivePlan, output: &Output) -> Option<Progress> {
        let slots: CpuList = plan.slots.iter().copied().collect();
        let what = match plan.direction {
            Direction::Add => "use",
            Direction::Remove => "let go of",
        };
        let timeout = self.change.timeout;
        output.progress(format!(
            "waiting for the guest to {what} vcpu {slots} ({timeout:?} at most)"
        ))
    }

    fn nothing(&self, output: &mut Output) -> Finish {
        output.object(&json!({"ok": true, "operations": []}))?;
        match self.what {
            What::Count(count) => output.line(&format!("There are {count} vCPUs already")),
            What::List { .. } => output.line("Nothing to do"),
        }
    }

    /// Operations as they ended, and what has to be remembered of them.
    fn tell(
        &self,
        live: &mut Live,
        operations: &[Operation],
        written: Option<&Definition>,
        output: &mut Output,
    ) -> Finish {
        live.track(operations, &self.command)?;
        for found in changed_nodes(live, operations)? {
            output.note(format!("warning: {found}"));
        }
        let awaited =
            |error: &&Error| !(self.change.no_wait && matches!(error, Error::Timeout { .. }));
        let failed = operations.iter().filter_map(Operation::error).find(awaited);
        let shown: Vec<Value> = operations
            .iter()
            .map(|operation| self.value(operation))
            .collect();
        let mut told = json!({"ok": failed.is_none(), "operations": shown});
        if let Some(definition) = written {
            told["definition"] = json!(definition);
        }
        output.object(&told)?;
        for operation in operations {
            output.line(&self.headline(operation))?;
            output.line(&operation.timeline.to_string())?;
        }
        for problem in live.session().log_problems() {
            output.line(&format!("warning: {problem}"))?;
        }
        if let Some(definition) = written {
            output.line(&says(definition))?;
        }
        match failed {
            None => Ok(()),
            Some(error) => Err(Stop::Told(error.kind())),
        }
    }

    fn is_sent_only(&self, operation: &Operation) -> bool {
        self.change.no_wait && matches!(operation.outcome, Outcome::Failed(Error::Timeout { .. }))
    }

    fn value(&self, operation: &Operation) -> Value {
        let mut value = json!(operation);
        if self.is_sent_only(operation) {
            value["outcome"] = "requested".into();
            value["error"] = Value::Null;
            value["kind"] = Value::Null;
        }
        value
    }

    fn headline(&self, operation: &Operation) -> String {
        let slot = operation.slot;
        if self.is_sent_only(operation) {
            let verb = operation.direction.verb();
            return format!(
                "vcpu {slot}: asked to {verb}, not awaited; the next command, or `hotvcpu events`, tells its end"
            );
        }
        match (&operation.outcome, operation.direction) {
            (Outcome::Done, _) if operation.left_offline => {
                let milliseconds = operation.timeline.total_us() as f64 / 1000.0;
                format!(
                    "vcpu {slot}: added in {milliseconds:.1} ms; it is present, and the guest's policy leaves it \
                     offline until `hotvcpu setvcpus --guest` or `hotvcpu guestvcpus --enable`"
                )
            }
            (Outcome::Done, direction) => {
                let done = match direction {
                    Direction::Add => "added",
                    Direction::Remove => "removed",
                };
                let milliseconds = operation.timeline.total_us() as f64 / 1000.0;
                format!("vcpu {slot}: {done} in {milliseconds:.1} ms")
            }
            (Outcome::Pending, _) => format!(
                "vcpu {slot}: accepted; the guest is not ready and finds it when it comes up (see `hotvcpu vcpucount`)"
            ),
            (Outcome::Failed(error), _) => format!("vcpu {slot}: error: {error}"),
        }
    }
}

/// Of the CPUs that came: those that the guest has in another NUMA node than QEMU.
fn changed_nodes(live: &mut Live, operations: &[Operation]) -> Result<Vec<Disagreement>, Error> {
    let is_new = |vcpu: u32| {
        let mut done = operations.iter().filter(|operation| operation.ok());
        done.any(|operation| operation.slot == vcpu && operation.direction == Direction::Add)
    };
    if !live.speaks() || !operations.iter().any(|operation| is_new(operation.slot)) {
        return Ok(Vec::new());
    }
    let mut found = live.session().node_disagreements()?;
    found.retain(|found| is_new(found.vcpu));
    Ok(found)
}

fn order_of(name: &str) -> Result<Order, Error> {
    // A user without a home has no definitions.
    let Ok(store) = DefinitionStore::open() else {
        return Ok(Order::new());
    };
    let definition = store.get(name)?;
    Ok(definition.map(|found| found.order()).unwrap_or_default())
}

fn maximum(target: &Target, count: u32, output: &mut Output) -> Finish {
    let name = target.require_domain("--maximum")?;
    target.settle(output)?;
    let store = DefinitionStore::open()?;
    let lock = store.lock(name, "setvcpus --maximum")?;
    let after = store.require(name)?.with_maximum(count)?;
    store.put(&after, &lock)?;
    output.object(&json!({"ok": true, "operations": [], "definition": after}))?;
    output.line(&says(&after))?;
    match target.is_running() {
        true => output.line("the running domain keeps its slots until it is started again"),
        false => Ok(()),
    }
}

fn says(definition: &Definition) -> String {
    let vcpus = &definition.vcpus;
    format!(
        "the definition of '{}' says {} of {} vCPUs ({})",
        definition.name,
        vcpus.current,
        vcpus.maximum,
        definition.enabled()
    )
}
