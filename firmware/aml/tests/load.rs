//! Every captured DSDT loads, initialises, and can be asked about.

mod support;

use hotvcpu_aml::{ErrorKind, Interpreter, Limits, ObjectKind, Value, eisa_id, resources};
use support::machine::Machine;
use support::{dsdt, int, loaded, machines};

#[test]
fn every_captured_dsdt_loads_and_initialises_without_a_failure() {
    for machine in machines() {
        let mut host = Machine::default();
        let mut interpreter = loaded(&machine, &mut host);
        let report = interpreter.initialize(&mut host).expect("initialize");
        assert_eq!(report.failures, [], "{machine}");
        assert!(interpreter.object_count() > 20, "{machine}");
    }
}

#[test]
fn every_data_object_and_every_crs_of_every_machine_can_be_evaluated() {
    for machine in machines() {
        let mut host = Machine::default();
        let mut interpreter = loaded(&machine, &mut host);
        interpreter.initialize(&mut host).expect("initialize");
        let mut pending = vec![interpreter.root()];
        while let Some(node) = pending.pop() {
            pending.extend(interpreter.children(node));
            let path = interpreter.path(node);
            assert_eq!(interpreter.find(&path), Some(node), "{machine}");
            let is_data = matches!(
                interpreter.kind(node),
                ObjectKind::Integer | ObjectKind::String | ObjectKind::Buffer | ObjectKind::Package
            );
            let is_crs = path.ends_with("_CRS") || path.ends_with("_PRT");
            if !is_data && !is_crs {
                continue;
            }
            let value = interpreter
                .evaluate(node, &[], &mut host)
                .unwrap_or_else(|error| panic!("{machine} {path}: {error}"));
            assert_ne!(value, Value::Uninitialized, "{machine} {path}");
            if path.ends_with("_CRS") {
                let bytes = value.as_buffer().expect("a resource template");
                let decoded: Result<Vec<_>, _> = resources::decode(bytes).collect();
                assert!(decoded.is_ok_and(|r| !r.is_empty()), "{machine} {path}");
            }
        }
    }
}

#[test]
fn what_is_no_whole_table_leaves_the_namespace_as_it_was() {
    let table = dsdt("x86_64-q35-10.0-1of8");
    let mut host = Machine::default();
    let mut interpreter = Interpreter::new(Limits::default());
    let before = interpreter.object_count();
    for cut in [0, 35, 36, 1000, table.len() - 1] {
        assert!(interpreter.load_table(&table[..cut], &mut host).is_err());
    }
    assert_eq!(interpreter.object_count(), before);
    interpreter.load_table(&table, &mut host).expect("whole");
    // Nothing in a second copy of the same table is new.
    let loaded = interpreter.object_count();
    let report = interpreter.load_table(&table, &mut host).expect("a report");
    assert!(!report.is_complete());
    for error in &report.skipped {
        assert!(error.location().is_some(), "{error}");
        assert!(
            matches!(error.kind(), ErrorKind::AlreadyExists(_)),
            "{error}"
        );
    }
    assert_eq!(interpreter.object_count(), loaded);
    let sta = interpreter.evaluate_path("\\_SB.CPUS.C000._STA", &[], &mut host);
    assert_eq!(sta, Ok(int(0)));
}

#[test]
fn bytes_behind_a_table_are_ignored() {
    let mut table = dsdt("x86_64-microvm-10.0");
    table.extend([0xFF; 100]);
    let mut interpreter = Interpreter::new(Limits::default());
    let loaded = interpreter.load_table(&table, &mut Machine::default());
    assert!(loaded.is_ok_and(|report| report.is_complete()));
}

#[test]
fn processors_and_devices_are_what_the_table_says() {
    let mut host = Machine::default();
    let interpreter = loaded("x86_64-q35-10.0-1of288", &mut host);
    let cpus = interpreter.find("\\_SB.CPUS").expect("CPU container");
    let kinds = interpreter
        .children(cpus)
        .filter(|node| {
            interpreter
                .name(*node)
                .is_some_and(|n| n.as_str().starts_with('C'))
        })
        .map(|node| interpreter.kind(node))
        .collect::<Vec<_>>();
    let count = |kind| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!(count(ObjectKind::Processor), 255);
    assert_eq!(count(ObjectKind::Device), 33);
    let c007 = interpreter.find("\\_SB.CPUS.C007").expect("C007");
    assert_eq!(interpreter.processor(c007).map(|info| info.id), Some(7));
    assert_eq!(interpreter.processor(cpus), None);
}

#[test]
fn hardware_ids_read_as_text() {
    let mut host = Machine::default();
    let mut interpreter = loaded("x86_64-q35-10.0-1of8", &mut host);
    let hid = interpreter
        .evaluate_path("\\_SB.PCI0._HID", &[], &mut host)
        .expect("_HID");
    let number = hid.as_integer().expect("an EISA id");
    assert_eq!(eisa_id(number as u32).as_str(), "PNP0A08");
}
