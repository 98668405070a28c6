//! Events that come in by a pin of a GPIO controller, as the power button of QEMU's `virt` does without firmware.

use acpi_tables::Aml;
use acpi_tables::aml::{
    Arg, BufferData, Device, Interrupt, Memory32Fixed, Method, Name, Notify, ONE, Path,
    ResourceTemplate, Scope,
};
use hotvcpu_acpi_events::simulator::Pl061;
use hotvcpu_acpi_events::{EventError, Line, Source};
use hotvcpu_tables::{Polarity, Trigger};

use crate::made_up::machine;
use crate::rig::Rig;

const REGISTERS: u32 = 0x0903_0000;
const GSI: u32 = 39;

/// Flags of an interrupt connection.
const EDGE: u8 = 1 << 0;
const LEVEL: u8 = 0;
const ACTIVE_LOW: u8 = 1 << 1;
const ACTIVE_BOTH: u8 = 2 << 1;

/// The resource template with an interrupt connection (6.4.3.8.1) of these pins.
fn connection(flags: u8, pins: &[u16]) -> Vec<u8> {
    let (table, name) = (23, 23 + 2 * pins.len() as u8);
    let end = name + 5;
    let mut bytes = vec![0x8C, end - 3, 0, 1, 0, 1, 0, flags, 0, 0, 0, 0, 0, 0];
    bytes.extend([table, 0, 0, name, 0, end, 0, 0, 0]);
    bytes.extend(pins.iter().flat_map(|pin| pin.to_le_bytes()));
    bytes.extend(b"GPO0\0");
    bytes
}

/// A template of some connections.
fn template(connections: &[(u8, &[u16])]) -> BufferData {
    let connections = connections
        .iter()
        .flat_map(|(flags, pins)| connection(*flags, pins));
    BufferData::new(connections.chain([0x79, 0]).collect())
}

/// A machine with a controller that signals these events. Each of its handlers notifies `\_SB` with a value of its own.
fn with_events(events: &dyn Aml, handlers: &[&str]) -> Rig {
    let hid = Name::new("_HID".into(), &"ARMH0061");
    let registers = Memory32Fixed::new(true, REGISTERS, 0x1000);
    let interrupt = Interrupt::new(true, false, false, false, GSI);
    let own = ResourceTemplate::new(vec![&registers, &interrupt]);
    let crs = Name::new("_CRS".into(), &own);
    let aei = Name::new("_AEI".into(), events);
    let (scope, arg) = (Path::new("\\_SB_"), Arg(0));
    let values: Vec<u8> = (0..).map(|at| 0x80 + at).take(handlers.len()).collect();
    let notifies = values.iter().map(|value| Notify::new(&scope, value));
    let notifies: Vec<_> = notifies.collect();
    let told = Notify::new(&scope, &arg);
    let methods = handlers.iter().zip(&notifies);
    let methods: Vec<_> = methods
        .map(|(name, notify)| match *name {
            "_EVT" => Method::new("_EVT".into(), 1, true, vec![&told]),
            name => Method::new(name.into(), 0, false, vec![notify]),
        })
        .collect();
    let mut children: Vec<&dyn Aml> = vec![&hid, &crs, &aei];
    children.extend(methods.iter().map(|method| method as &dyn Aml));
    let device = Device::new("GPO0".into(), children);
    let scope = Scope::new("\\_SB_".into(), vec![&device]);
    let mut rig = machine("aarch64-new-hotplug-off", &[&scope]);
    rig.host.machine.gpio = Some((u64::from(REGISTERS), Pl061::default()));
    rig
}

impl Rig {
    fn gpio(&mut self) -> &mut Pl061 {
        let gpio = self.host.machine.gpio.as_mut();
        &mut gpio.expect("the machine has one").1
    }

    fn arm(&mut self) {
        let armed = self.doorbells.enable(&mut self.host);
        armed.expect("the doorbells can be armed");
    }

    /// Serves the controller's interrupt; the pins whose handlers ran, and what they notified.
    fn rang(&mut self) -> (Vec<u32>, Vec<u64>) {
        let service = self.service(GSI);
        assert_eq!(service.errors, []);
        let pins = service.runs.iter().map(|run| run.number).collect();
        let values = self.notifies().into_iter().map(|(_, value)| value);
        (pins, values.collect())
    }
}

#[test]
fn a_pin_rings_and_its_handler_runs_once() {
    let mut rig = with_events(&template(&[(EDGE, &[3])]), &["_E03"]);
    assert_eq!(rig.problems, []);
    let line = Line {
        gsi: GSI,
        trigger: Trigger::Level,
        polarity: Polarity::High,
        source: Source::Gpio,
    };
    assert!(rig.doorbells.lines().any(|it| it == line));
    // What rang before anybody listened is no event.
    rig.gpio().drive(3, true);
    rig.arm();
    assert_eq!(rig.rang(), (vec![], vec![]));
    for _ in 0..3 {
        rig.gpio().drive(3, false);
        assert_eq!(rig.rang(), (vec![], vec![]), "the wrong edge");
        rig.gpio().drive(3, true);
        assert_eq!(rig.gpio().ringing(), 1 << 3);
        assert_eq!(rig.rang(), (vec![3], vec![0x80]));
        assert_eq!(rig.gpio().ringing(), 0);
        assert_eq!(rig.rang(), (vec![], vec![]));
    }
    assert!(
        rig.service(GSI + 1).runs.is_empty(),
        "another device's line"
    );
}

#[test]
fn pins_ring_as_their_flags_say_and_others_do_not() {
    let events = template(&[
        (EDGE | ACTIVE_LOW, &[1]),
        (EDGE | ACTIVE_BOTH, &[2]),
        (LEVEL, &[5]),
    ]);
    let mut rig = with_events(&events, &["_E01", "_E02", "_L05", "_E06"]);
    rig.gpio().drive(1, true);
    rig.arm();
    for (pin, high, expected) in [
        (1, false, vec![1]),
        (1, true, vec![]),
        (2, true, vec![2]),
        (2, false, vec![2]),
        (6, true, vec![]),
        (5, true, vec![5]),
    ] {
        rig.gpio().drive(pin, high);
        assert_eq!(rig.rang().0, expected, "pin {pin}");
    }
    // A level stays until what drives it has gone.
    assert_eq!(rig.rang(), (vec![5], vec![0x82]));
    rig.gpio().drive(5, false);
    assert_eq!(rig.rang(), (vec![], vec![]));
}

#[test]
fn one_handler_for_all_pins_is_told_which_also_when_it_runs_again() {
    let mut rig = with_events(&template(&[(EDGE, &[0, 7])]), &["_EVT"]);
    rig.arm();
    rig.gpio().drive(7, true);
    rig.gpio().drive(0, true);
    let service = rig.service(GSI);
    let again = rig
        .doorbells
        .run_again(&service.runs[1], &mut rig.aml, &mut rig.host);
    assert!(again.result.is_ok());
    let values: Vec<_> = rig.notifies().into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [0, 7, 7]);
}

#[test]
fn pins_without_a_handler_or_beyond_the_controller_are_reported() {
    let events = template(&[(EDGE, &[3, 4, 8, 0xFFFF])]);
    let mut rig = with_events(&events, &["_E03", "_L04", "_E08"]);
    let path = || "\\_SB.GPO0".to_string();
    let problem = |pin| EventError::NoSuchPin { path: path(), pin };
    assert_eq!(rig.problems, [4, 8, 0xFFFF].map(problem));
    rig.arm();
    rig.gpio().drive(3, true);
    assert_eq!(rig.rang().0, [3], "the others work");
}

#[test]
fn events_that_make_no_sense_are_reported() {
    let rig = with_events(&ONE, &[]);
    let texts: Vec<_> = rig.problems.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["\\_SB.GPO0._AEI should be a buffer"]);
    let mut cut = connection(EDGE, &[3]);
    cut.truncate(20);
    let rig = with_events(&BufferData::new(cut), &["_E03"]);
    assert!(matches!(rig.problems[..], [EventError::Resources { .. }]));
    assert_eq!(rig.doorbells.lines().count(), 0);
}

#[test]
fn a_pin_that_is_listed_again_is_one_event() {
    let events = template(&[(EDGE, &[3, 3]), (LEVEL, &[3])]);
    let mut rig = with_events(&events, &["_E03", "_L03"]);
    assert_eq!(rig.problems, []);
    rig.arm();
    rig.gpio().drive(3, true);
    assert_eq!(rig.rang(), (vec![3], vec![0x80]), "as it was listed first");
    assert_eq!(rig.rang().0, [0; 0]);
}
