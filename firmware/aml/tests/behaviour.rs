//! What surrounds an evaluation: initialisation, several tables, PCI addresses, limits, and the state after an error.

mod support;

use hotvcpu_aml::{ErrorKind, InitStep, Limit, Limits, ObjectKind, RegionSpace, Value};
use support::acpica::compile_body;
use support::{call, failure, int, with_body};

#[test]
fn devices_are_initialised_from_the_root_down_and_only_where_present() {
    let body = r#"
        Name (LOG, "")
        Method (APND, 1) { LOG = Concatenate (LOG, Arg0) }
        Scope (\_SB) {
            Method (_INI) { \APND ("S") }
            Device (AAA) {
                Method (_INI) { \APND ("A") }
                Device (SUB) { Method (_INI) { \APND ("a") } }
            }
            Device (GONE) {
                Method (_STA) { Return (0) }
                Method (_INI) { \APND ("!") }
                Device (SUB) { Method (_INI) { \APND ("!") } }
            }
            Device (BUS) {
                Method (_STA) { Return (8) }
                Method (_INI) { \APND ("!") }
                Device (SUB) { Method (_INI) { \APND ("b") } }
            }
            Device (QUIE) { Method (_STA) { \APND ("!") Return (0xF) } }
        }
        Method (_INI) { \APND ("R") }
    "#;
    let (mut interpreter, mut host) = with_body("init_order", body, Limits::default());
    let report = interpreter.initialize(&mut host).expect("initialize");
    assert_eq!(report.failures, []);
    assert_eq!(report.initialized, 5);
    let log = call(&mut interpreter, &mut host, "\\LOG").expect("LOG");
    assert_eq!(log.as_str(), Some("RSAab"));
}

#[test]
fn reg_tells_a_device_about_the_spaces_that_the_host_serves() {
    let body = r#"
        Device (DEV0) {
            Name (SEEN, 0)
            Method (_REG, 2) { SEEN = ((SEEN << 8) | (Arg0 << 4) | Arg1) }
            OperationRegion (PCFG, PCI_Config, 0, 0x100)
            OperationRegion (MEM0, SystemMemory, 0x1000, 4)
            OperationRegion (ECR0, EmbeddedControl, 0, 4)
        }
    "#;
    let (mut interpreter, mut host) = with_body("reg", body, Limits::default());
    interpreter.initialize(&mut host).expect("initialize");
    let seen = call(&mut interpreter, &mut host, "\\DEV0.SEEN");
    assert_eq!(seen, Ok(int(0x21)));
}

#[test]
fn a_device_that_fails_is_reported_and_the_others_go_on() {
    let body = r#"
        Name (NULL, 0)
        Name (RAN, 0)
        Device (BAD) { Method (_INI) { Local0 = 1 / NULL } }
        Device (GOOD) { Method (_INI) { RAN = 1 } }
    "#;
    let (mut interpreter, mut host) = with_body("init_failure", body, Limits::default());
    let report = interpreter.initialize(&mut host).expect("initialize");
    let [failure] = report.failures.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(Some(failure.node), interpreter.find("\\BAD"));
    assert_eq!(failure.step, InitStep::Ini);
    assert_eq!(failure.error.kind(), ErrorKind::DivideByZero);
    assert_eq!(call(&mut interpreter, &mut host, "\\RAN"), Ok(int(1)));
}

#[test]
fn an_ssdt_adds_to_what_the_dsdt_defined() {
    let (mut interpreter, mut host) = with_body(
        "two_dsdt",
        "Device (DEV0) { Name (AAA, 1) }",
        Limits::default(),
    );
    let ssdt = compile_body(
        "two_ssdt",
        "SSDT",
        r#"External (\DEV0, DeviceObj) External (\DEV0.AAA, IntObj)
           Scope (\DEV0) { Method (BBB) { Return (AAA + 1) } }"#,
    );
    interpreter.load_table(&ssdt, &mut host).expect("SSDT");
    assert_eq!(call(&mut interpreter, &mut host, "\\DEV0.BBB"), Ok(int(2)));
}

#[test]
fn load_table_takes_what_the_host_lists_and_sets_the_parameter() {
    let body = r#"
        Device (DEV0) { }
        Method (MAIN) {
            Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "\\DEV0", "MYD", "set")
            Return (ObjectType (Local0))
        }
    "#;
    let (mut interpreter, mut host) = with_body("load_table", body, Limits::default());
    let listed = compile_body("load_table_oem", "OEM1", "Name (MYD, \"unset\")");
    host.tables.push(listed);
    assert_eq!(call(&mut interpreter, &mut host, "\\MAIN"), Ok(int(15)));
    let parameter = call(&mut interpreter, &mut host, "\\DEV0.MYD").expect("MYD");
    assert_eq!(parameter.as_str(), Some("set"));
}

#[test]
fn a_pci_region_belongs_to_the_function_that_adr_and_the_bridges_name() {
    let body = r#"
        Device (\_SB.PCI0) {
            Name (_HID, EisaId ("PNP0A08"))
            Name (_SEG, 1)
            Name (_BBN, 2)
            Device (BRDG) {
                Name (_ADR, 0x001E0000)
                Device (CARD) {
                    Method (_ADR) { Return (0x00030001) }
                    OperationRegion (CFG, PCI_Config, 0x40, 4)
                    Field (CFG, DWordAcc, NoLock, Preserve) { REG0, 32 }
                    Method (MAIN) { REG0 = 0x12345678 Return (REG0) }
                }
            }
        }
    "#;
    let (mut interpreter, mut host) = with_body("pci", body, Limits::default());
    // The bridge: a type 1 header, secondary bus 5.
    host.poke_config((2, 0x1E, 0), 0x0E, 1);
    host.poke_config((2, 0x1E, 0), 0x19, 5);
    let value = call(&mut interpreter, &mut host, "\\_SB.PCI0.BRDG.CARD.MAIN");
    assert_eq!(value, Ok(int(0x1234_5678)));
    assert_eq!(host.peek_config((5, 3, 1), 0x40), 0x78);
}

#[test]
fn locks_and_names_of_a_failed_method_are_gone() {
    let body = r#"
        Mutex (MTX, 3)
        Method (FAIL, 1, Serialized) {
            Name (TEMP, 5)
            Device (DEV0) { Name (SUB, 1) }
            Acquire (MTX, 0xFFFF)
            Return (TEMP / Arg0)
        }
        Method (LOW, 0, Serialized, 1) { Acquire (MTX, 0) Release (MTX) Return (7) }
    "#;
    let (mut interpreter, mut host) = with_body("locks", body, Limits::default());
    let objects = interpreter.object_count();
    let failed = interpreter.evaluate_path("\\FAIL", &[int(0)], &mut host);
    assert_eq!(failed.map_err(|e| e.kind()), Err(ErrorKind::DivideByZero));
    assert_eq!(interpreter.object_count(), objects);
    assert_eq!(call(&mut interpreter, &mut host, "\\LOW"), Ok(int(7)));
    let again = interpreter.evaluate_path("\\FAIL", &[int(1)], &mut host);
    assert_eq!(again, Ok(int(5)));
    assert_eq!(interpreter.object_count(), objects);
}

#[test]
fn an_error_names_table_offset_opcode_and_method() {
    let (mut interpreter, mut host) = with_body(
        "place",
        "Device (DEV0) { Method (FAIL, 1) { Return (1 / Arg0) } }",
        Limits::default(),
    );
    let error = interpreter
        .evaluate_path("\\DEV0.FAIL", &[int(0)], &mut host)
        .expect_err("division by zero");
    let place = error.location().expect("a place");
    assert_eq!(place.table.as_str(), "DSDT");
    assert_eq!(place.opcode, 0x78);
    assert_eq!(place.method.as_deref(), Some("\\DEV0.FAIL"));
    let table = compile_body(
        "place",
        "DSDT",
        "Device (DEV0) { Method (FAIL, 1) { Return (1 / Arg0) } }",
    );
    assert_eq!(table[place.offset as usize], 0x78);
}

#[test]
fn every_limit_is_an_error_of_its_own() {
    let body = r#"
        Method (SPIN) { While (1) { } }
        Method (DEEP) { DEEP () }
        Method (NEST, 1) { If (Arg0) { If (Arg0) { If (Arg0) { Return (1) } } } Return (0) }
        Method (IDLE) { While (1) { Sleep (60) } }
        Method (SLOW) { While (1) { Stall (200) } }
        Method (GROW) { Local0 = "0123456789ABCDEF" While (1) { Local0 = Concatenate (Local0, Local0) } }
        Device (DDD0) { Device (DDD1) { Device (DDD2) { Device (DDD3) { } } } }
        Method (DOWN) { Name (\DDD0.DDD1.DDD2.DDD3.DDD4, 0) }
        Method (FILL) { Name (N000, 0) Name (N001, 0) Name (N002, 0) Name (N003, 0) Name (N004, 0) }
    "#;
    let mut limits = Limits::default();
    limits.fuel = 100_000;
    limits.method_depth = 8;
    limits.stack_depth = 40;
    limits.loop_ms = 50;
    limits.sleep_ms = 1000;
    limits.object_bytes = 64 << 10;
    limits.nodes = 24;
    limits.namespace_depth = 4;
    let (mut interpreter, mut host) = with_body("limits", body, limits);
    for (path, limit) in [
        ("\\SPIN", Limit::Fuel),
        ("\\DEEP", Limit::MethodDepth),
        ("\\IDLE", Limit::LoopTime),
        ("\\SLOW", Limit::LoopTime),
        ("\\GROW", Limit::ObjectBytes),
        ("\\FILL", Limit::Nodes),
        ("\\DOWN", Limit::NamespaceDepth),
    ] {
        let kind = failure(&mut interpreter, &mut host, path);
        assert_eq!(kind, ErrorKind::Limit(limit), "{path}");
    }
    let fine = interpreter.evaluate_path("\\NEST", &[int(1)], &mut host);
    assert_eq!(fine, Ok(int(1)));
}

#[test]
fn a_stack_that_would_grow_too_high_is_an_error() {
    // Nested parentheses: each is an operator begun and not finished.
    let depth = 100;
    let body = format!(
        "Method (MAIN) {{ Local0 = 1 Return ({}Local0{}) }}",
        "(1 + ".repeat(depth),
        ")".repeat(depth)
    );
    let mut limits = Limits::default();
    limits.stack_depth = 64;
    let (mut interpreter, mut host) = with_body("stack_depth", &body, limits);
    let kind = failure(&mut interpreter, &mut host, "\\MAIN");
    assert_eq!(kind, ErrorKind::Limit(Limit::StackDepth));
}

#[test]
fn arguments_are_counted_and_data_takes_none() {
    let (mut interpreter, mut host) = with_body(
        "arguments",
        "Name (DATA, 7) Method (TWO, 2) { Return (Arg0 + Arg1) } Device (DEV0) { }",
        Limits::default(),
    );
    let two = interpreter.find("\\TWO").expect("TWO");
    assert_eq!(interpreter.kind(two), ObjectKind::Method { args: 2 });
    let wrong = interpreter.evaluate(two, &[int(1)], &mut host);
    let expected = ErrorKind::ArgumentCount {
        expected: 2,
        given: 1,
    };
    assert_eq!(wrong.map_err(|e| e.kind()), Err(expected));
    let right = interpreter.evaluate(two, &[int(1), Value::from("2")], &mut host);
    assert_eq!(right, Ok(int(3)));
    let data = interpreter.evaluate_path("\\DATA", &[int(1)], &mut host);
    assert!(data.is_err());
    assert_eq!(call(&mut interpreter, &mut host, "\\DATA"), Ok(int(7)));
    assert_eq!(
        failure(&mut interpreter, &mut host, "\\DEV0"),
        ErrorKind::NotEvaluable
    );
    assert_eq!(
        failure(&mut interpreter, &mut host, "\\NONE"),
        ErrorKind::PathNotFound
    );
}

#[test]
fn what_is_passed_in_comes_back_out() {
    let (mut interpreter, mut host) = with_body(
        "echo",
        "Method (ECHO, 1) { Return (Arg0) }",
        Limits::default(),
    );
    let root = interpreter.root();
    for value in [
        int(5),
        Value::from("text"),
        Value::Buffer(vec![1, 2]),
        Value::Package(vec![
            int(1),
            Value::Uninitialized,
            Value::Package(vec![int(2)]),
        ]),
        Value::Reference(root),
    ] {
        let echoed = interpreter.evaluate_path("\\ECHO", std::slice::from_ref(&value), &mut host);
        assert_eq!(echoed, Ok(value));
    }
    let mut deep = int(0);
    for _ in 0..100 {
        deep = Value::Package(vec![deep]);
    }
    let refused = interpreter.evaluate_path("\\ECHO", &[deep], &mut host);
    let limit = ErrorKind::Limit(Limit::PackageDepth);
    assert_eq!(refused.map_err(|e| e.kind()), Err(limit));
}

#[test]
fn garbage_of_many_evaluations_is_collected() {
    let (mut interpreter, mut host) = with_body(
        "garbage",
        "Method (MAIN) { Local0 = Buffer (10000) { 1 } Return (SizeOf (Local0)) }",
        Limits::default(),
    );
    for _ in 0..1000 {
        assert_eq!(call(&mut interpreter, &mut host, "\\MAIN"), Ok(int(10000)));
    }
    assert!(interpreter.object_bytes() < 1 << 20);
}

#[test]
fn regions_of_spaces_without_a_handler_give_the_hosts_reason() {
    let (mut interpreter, mut host) = with_body(
        "space",
        "OperationRegion (OEM0, 0x80, 0x10, 4)
         Field (OEM0, ByteAcc, NoLock, Preserve) { REG0, 8 }
         Method (MAIN) { Return (REG0) }",
        Limits::default(),
    );
    let region = interpreter.find("\\OEM0").expect("OEM0");
    let space = RegionSpace::Other(0x80);
    assert_eq!(
        interpreter.kind(region),
        ObjectKind::OperationRegion { space }
    );
    assert_eq!(call(&mut interpreter, &mut host, "\\MAIN"), Ok(int(0)));
    host.fail_access_in = Some(0);
    let kind = failure(&mut interpreter, &mut host, "\\MAIN");
    assert!(
        matches!(kind, ErrorKind::Region { address: 0x10, .. }),
        "{kind}"
    );
}
