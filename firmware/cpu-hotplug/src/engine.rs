//! The engine: its inputs, and what it keeps between them.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use hotvcpu_acpi_events::{EventError, namespace};
use hotvcpu_aml::{Host, Interpreter, NodeId, Value};
use hotvcpu_tables::{HardwareId, Madt, Srat};
use hotvcpu_wire::Phase;

use crate::generation::Family;
use crate::guest::{Cpu, Event, Guest};
use crate::identity::StaticTables;
use crate::insertion::Asker;
use crate::ost::{DEVICE_CHECK, EJECT_REQUEST, UNRECOGNIZED_NOTIFY};
use crate::policy::Policy;
use crate::slots::{Index, Operation, Slots};
use crate::state::{Input, State};

/// What the engine works on, lent to it for one input.
pub struct Env<'a, H, G> {
    /// The namespace.
    pub aml: &'a mut Interpreter,
    /// The hardware below it.
    pub host: &'a mut H,
    /// The guest around the engine.
    pub guest: &'a mut G,
}

impl<H: Host, G: Guest> Env<'_, H, G> {
    /// Evaluates an object.
    pub(crate) fn evaluate(&mut self, node: NodeId, args: &[Value]) -> Result<Value, EventError> {
        namespace::evaluate(self.aml, self.host, node, args)
    }

    /// Reports `event` with a text.
    pub(crate) fn report_text(&mut self, event: Event<'_>, text: &dyn Display) {
        self.guest.report(&Event {
            text: Some(&text.to_string()),
            ..event
        });
    }

    /// Reports something that concerns no operation.
    pub(crate) fn report_error(&mut self, cpu: Option<u32>, text: &dyn Display) {
        self.report_text(
            Event {
                cpu,
                ..Event::new(Phase::Error)
            },
            text,
        );
    }
}

/// One CPU as others may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuView {
    /// Its ACPI processor UID.
    pub uid: u32,
    /// Where it is in its life.
    pub state: State,
    /// Who it is, while that is known.
    pub cpu: Option<Cpu>,
}

/// The hotplug engine.
#[derive(Debug)]
pub struct Hotplug {
    pub(crate) policy: Policy,
    pub(crate) tables: StaticTables,
    pub(crate) slots: Slots,
    pub(crate) boot: Option<Index>,
    /// The first scan is behind us: what comes from now on was added.
    scanned: bool,
}

impl Hotplug {
    /// Builds the table of CPUs. What is wrong with one of them is reported, and the others are used.
    pub fn new<H: Host, G: Guest>(
        policy: Policy,
        madt: Option<&Madt<'_>>,
        srat: Option<&Srat<'_>>,
        env: &mut Env<'_, H, G>,
    ) -> Self {
        let tables = StaticTables::new(madt, srat);
        let mut problems = Vec::new();
        let slots = Slots::build(env.aml, env.host, &tables, &mut problems);
        for problem in &problems {
            env.report_error(None, problem);
        }
        for cpu in &tables.duplicates {
            let text = "the MADT has a second entry with this UID, which is ignored";
            let hw_id = Some(cpu.id.value());
            env.report_text(
                Event {
                    cpu: Some(cpu.uid),
                    hw_id,
                    ..Event::new(Phase::Error)
                },
                &text,
            );
        }
        for slot in slots.iter() {
            if let Some(reason) = &slot.unusable {
                env.report_error(Some(slot.uid), reason);
            }
        }
        let mut hotplug = Self {
            policy,
            tables,
            slots,
            boot: None,
            scanned: false,
        };
        hotplug.adopt_boot_cpu(env);
        hotplug
    }

    /// From now on CPUs are identified as a guest of this one generation does it, and no other way: on a host of the
    /// other generation, which [`crate::Generation::accepts`] tells beforehand, no CPU can be added.
    pub fn act_as(&mut self, family: Family) {
        self.tables.only = Some(family);
    }

    /// Finds the CPU that runs this, which is online by definition.
    fn adopt_boot_cpu<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>) {
        let id = self.policy.boot;
        let entry = self.tables.cpus().find(|cpu| cpu.id == id);
        self.boot = entry.and_then(|entry| self.slots.of_uid(entry.uid));
        let Some(index) = self.boot else {
            let text =
                "the boot CPU is not in the MADT; no CPU with its hardware ID will be started";
            let hw_id = Some(id.value());
            env.report_text(
                Event {
                    hw_id,
                    ..Event::new(Phase::Error)
                },
                &text,
            );
            return;
        };
        let uid = self.slots.get(index).uid;
        let node = self.tables.node(uid);
        self.slots.get_mut(index).state = State::Online;
        self.slots.set_running(index, Cpu { uid, id, node });
    }

    /// How many CPUs this machine can have.
    pub fn slot_count(&self) -> usize {
        self.slots.iter().count()
    }

    /// How many CPUs take work, the boot CPU included.
    pub fn online(&self) -> usize {
        self.slots
            .iter()
            .filter(|slot| slot.state == State::Online)
            .count()
    }

    /// The UID of the CPU that runs the engine; `None` if the MADT does not know it.
    pub fn boot_uid(&self) -> Option<u32> {
        self.boot.map(|index| self.slots.get(index).uid)
    }

    /// All CPUs, in the order of the namespace.
    pub fn cpus(&self) -> impl Iterator<Item = CpuView> {
        self.slots.iter().map(|slot| CpuView {
            uid: slot.uid,
            state: slot.state,
            cpu: slot.cpu,
        })
    }

    /// The state of one CPU.
    pub fn state(&self, uid: u32) -> Option<State> {
        self.slots
            .of_uid(uid)
            .map(|index| self.slots.get(index).state)
    }

    /// Looks at every CPU that is not in use, and starts those that are there: once at boot, and whenever
    /// notifications may be lost (the queue overflowed, or a handler of a doorbell ended in an error). These CPUs get
    /// no `_OST`, as nobody asked. The first scan starts them under any [`crate::OnlinePolicy`].
    pub fn scan<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>) {
        let asker = match core::mem::replace(&mut self.scanned, true) {
            true => Asker::Scan,
            false => Asker::Boot,
        };
        for index in self.slots.indices() {
            let slot = self.slots.get(index);
            let unused = matches!(
                slot.state,
                State::Absent | State::Disabled | State::Enabled | State::Ejected
            );
            if unused && slot.unusable.is_none() {
                self.look(env, index, asker);
            }
        }
    }

    /// AML notified `node` with `value` (5.6.6).
    pub fn on_notify<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        node: NodeId,
        value: u64,
    ) {
        let Some(index) = self.slots.of_node(node) else {
            let path = env.aml.path(node);
            let text = alloc::format!("Notify({path}, {value:#x}): this is no CPU; ignored");
            env.report_error(None, &text);
            return;
        };
        let cpu = Some(self.slots.get(index).uid);
        env.guest.report(&Event {
            cpu,
            value: Some(value),
            ..Event::new(Phase::Notify)
        });
        match value {
            DEVICE_CHECK => self.device_check(env, index),
            EJECT_REQUEST => self.eject_request(env, index),
            _ => {
                let text =
                    alloc::format!("Notify value {value:#x} means nothing for a CPU; ignored");
                env.report_error(cpu, &text);
                self.answer(env, index, value, UNRECOGNIZED_NOTIFY);
            }
        }
    }

    /// The CPU runs in the guest's kernel; `t_ns` is its own time.
    pub fn on_hello<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, uid: u32, t_ns: u64) {
        if let Some(index) = self.find(env, uid) {
            self.hello(env, index, t_ns);
        }
    }

    /// The CPU has no work left.
    pub fn on_drained<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, uid: u32) {
        let Some(index) = self.find(env, uid) else {
            return;
        };
        match self.slots.operation(index) {
            Some(Operation::Drain { goal, .. }) => self.stop(env, index, goal),
            _ => env.report_error(
                Some(uid),
                &"the CPU says that it is drained; that was not expected",
            ),
        }
    }

    /// The CPU is about to be off, or is: looks whether it is confirmed now instead of at the next poll.
    pub fn on_off<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>, uid: u32) {
        let Some(index) = self.find(env, uid) else {
            return;
        };
        match self.slots.operation(index) {
            Some(Operation::Stop { .. }) => self.check_off(env, index),
            _ => env.report_error(
                Some(uid),
                &"the CPU says that it is off; that was not expected",
            ),
        }
    }

    /// Time has passed: to be called at [`Hotplug::next_deadline`], or at any other time.
    pub fn tick<H: Host, G: Guest>(&mut self, env: &mut Env<'_, H, G>) {
        let now = env.guest.now_ns();
        let due: Vec<(Index, Operation)> = self
            .slots
            .operations()
            .filter(|(_, operation)| operation.wakes_at() <= now)
            .collect();
        for (index, operation) in due {
            match operation {
                Operation::Insertion { deadline_ns, .. } if deadline_ns <= now => {
                    self.miss_hello(env, index);
                }
                Operation::Insertion { .. } => self.signal_again(env, index),
                Operation::Drain { .. } => self.miss_drain(env, index),
                Operation::Stop { .. } => self.check_off(env, index),
            }
        }
    }

    /// When [`Hotplug::tick`] has something to do next, in nanoseconds of [`crate::Report::now_ns`].
    pub fn next_deadline(&self) -> Option<u64> {
        self.slots
            .operations()
            .map(|(_, operation)| operation.wakes_at())
            .min()
    }

    /// The slot of a CPU that the guest speaks of.
    fn find<H: Host, G: Guest>(&self, env: &mut Env<'_, H, G>, uid: u32) -> Option<Index> {
        let index = self.slots.of_uid(uid);
        if index.is_none() {
            env.report_error(Some(uid), &"there is no CPU with this UID");
        }
        index
    }

    /// Moves a CPU to its next state. A transition that does not exist is an error of the engine; it is reported and
    /// changes nothing.
    pub(crate) fn advance<H: Host, G: Guest>(
        &mut self,
        env: &mut Env<'_, H, G>,
        index: Index,
        input: Input,
    ) {
        let slot = self.slots.get_mut(index);
        match slot.state.next(input) {
            Ok(state) => slot.state = state,
            Err(error) => env.report_error(Some(slot.uid), &error),
        }
    }

    /// A record about a CPU.
    pub(crate) fn event(&self, index: Index, phase: Phase) -> Event<'static> {
        let slot = self.slots.get(index);
        let hw_id = slot.cpu.map(|cpu| cpu.id.value());
        Event {
            cpu: Some(slot.uid),
            hw_id,
            ..Event::new(phase)
        }
    }

    /// Whether `id` is the boot CPU's.
    pub(crate) fn is_boot_id(&self, id: HardwareId) -> bool {
        id == self.policy.boot
    }
}
