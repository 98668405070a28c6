//! Tables with terms that fail: the terms are passed over and reported, the rest works.

mod support;

use hotvcpu_aml::{Error, ErrorKind, Interpreter, Limit, Limits, LoadReport, Value};
use support::acpica::compile_body;
use support::int;
use support::machine::Machine;

fn load(name: &str, body: &str) -> (Interpreter, Machine, Result<LoadReport, Error>) {
    let mut limits = Limits::default();
    limits.fuel = 200_000;
    let mut interpreter = Interpreter::new(limits);
    let mut host = Machine::default();
    let report = interpreter.load_table(&compile_body(name, "DSDT", body), &mut host);
    (interpreter, host, report)
}

fn kinds(report: &LoadReport) -> Vec<ErrorKind> {
    report.skipped.iter().map(Error::kind).collect()
}

#[test]
fn each_failing_term_is_reported_with_its_place_and_costs_nothing_else() {
    let body = r#"
        Name (BUF, Buffer (4) { })
        Name (NULL, 0)
        Scope (\_SB) { Scope (NONE) { Name (AAA, 1) } Name (BBB, 1) }
        Device (DEV0) { CreateField (BUF, 30, 10, CCC) Name (DDD, 1) }
        If (NULL == 0) { NULL = 1 / NULL Name (EEE, 1) } Else { Name (FFF, 1) }
        Name (GGG, 1)
    "#;
    let (interpreter, _, report) = load("skip_each", body);
    let report = report.expect("a report");
    assert_eq!(report.skipped_count, 3);
    let [missing, bounds, division] = kinds(&report)[..] else {
        panic!("{report:?}");
    };
    assert!(matches!(missing, ErrorKind::NotFound(_)));
    assert_eq!(bounds, ErrorKind::FieldBounds);
    assert_eq!(division, ErrorKind::DivideByZero);
    let opcodes: Vec<_> = report
        .skipped
        .iter()
        .filter_map(|error| Some(error.location()?.opcode))
        .collect();
    assert_eq!(opcodes, [0x10, 0x5B13, 0x78]);
    for path in ["\\_SB.BBB", "\\DEV0.DDD", "\\EEE", "\\GGG"] {
        assert!(interpreter.find(path).is_some(), "{path}");
    }
    for path in ["\\_SB.NONE", "\\DEV0.CCC", "\\FFF"] {
        assert!(interpreter.find(path).is_none(), "{path}");
    }
}

#[test]
fn an_if_whose_predicate_fails_goes_with_its_else() {
    let body = r#"
        Name (NULL, 0)
        If (1 / NULL) { Name (AAA, 1) } Else { Name (BBB, 1) }
        Name (CCC, 1)
    "#;
    let (interpreter, _, report) = load("skip_if", body);
    assert_eq!(kinds(&report.expect("a report")), [ErrorKind::DivideByZero]);
    assert!(interpreter.find("\\AAA").is_none());
    assert!(interpreter.find("\\BBB").is_none());
    assert!(interpreter.find("\\CCC").is_some());
}

#[test]
fn a_loop_with_a_failure_is_left_and_the_scope_around_it_holds() {
    let body = r#"
        Name (NULL, 0)
        Device (DEV0) {
            While (NULL < 10) { Scope (\_SB) { \NULL = 1 / \NULL } \NULL = \NULL + 1 }
            Name (AAA, 1)
        }
    "#;
    let (interpreter, _, report) = load("skip_loop", body);
    assert_eq!(kinds(&report.expect("a report")), [ErrorKind::DivideByZero]);
    assert!(interpreter.find("\\DEV0.AAA").is_some());
}

#[test]
fn a_method_that_fails_leaves_no_names_and_no_locks() {
    let body = r#"
        Name (NULL, 0)
        Name (ONE0, 0)
        Mutex (HIGH, 5)
        Mutex (LOW0, 1)
        Method (FAIL, 1, Serialized, 3) { Name (TEMP, 1) Acquire (HIGH, 0) Return (Arg0 / NULL) }
        Device (DEV0) { ONE0 = FAIL (FAIL (2)) Name (AAA, 1) FAIL (1) Name (BBB, 1) }
        Acquire (LOW0, 0)
        ONE0 = 7
    "#;
    let (mut interpreter, mut host, report) = load("skip_method", body);
    let report = report.expect("a report");
    let divisions = [ErrorKind::DivideByZero; 2];
    assert_eq!(kinds(&report), divisions, "LOW0 could be acquired");
    let method = report.skipped.first().and_then(Error::location);
    let method = method.and_then(|place| place.method.as_deref());
    assert_eq!(method, Some("\\FAIL"));
    for path in ["\\DEV0.AAA", "\\DEV0.BBB"] {
        assert!(interpreter.find(path).is_some(), "{path}");
    }
    assert!(interpreter.find("\\FAIL.TEMP").is_none());
    let value = interpreter.evaluate_path("\\ONE0", &[], &mut host);
    assert_eq!(value, Ok(int(7)));
}

#[test]
fn a_limit_ends_the_load_and_takes_all_names_along() {
    let body = "Name (AAA, 1) Device (DEV0) { While (1) { } } Name (BBB, 1)";
    let (interpreter, _, report) = load("skip_limit", body);
    let error = report.expect_err("endless");
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fuel));
    let fresh = Interpreter::new(Limits::default());
    assert_eq!(interpreter.object_count(), fresh.object_count());
}

#[test]
fn a_table_that_a_method_loads_is_as_tolerant_and_says_so_to_the_debugger() {
    let body = r#"
        Name (NULL, 0)
        Method (MAIN) {
            Local0 = LoadTable ("OEM1", "HOTVCP", "BODY", "", "", 0)
            Return (ObjectType (Local0))
        }
    "#;
    let (mut interpreter, mut host, report) = load("skip_nested", body);
    assert!(report.is_ok_and(|report| report.is_complete()));
    let listed = r"External (\NULL, IntObj) Name (AAA, 1) \NULL = 1 / \NULL Name (BBB, 2)";
    host.tables
        .push(compile_body("skip_nested_oem", "OEM1", listed));
    let value = interpreter.evaluate_path("\\MAIN", &[], &mut host);
    assert_eq!(value, Ok(int(15)));
    assert!(interpreter.find("\\BBB").is_some());
    let [text] = host.debugged.as_slice() else {
        panic!("{:?}", host.debugged);
    };
    assert!(text.contains("division by zero"), "{text}");
}

#[test]
fn after_bytes_that_are_no_aml_the_next_block_goes_on() {
    let mut table = compile_body(
        "skip_garbage",
        "DSDT",
        "Device (DEV0) { Name (AAA, 0x12345678) Name (BBB, 1) } Name (CCC, 1)",
    );
    let at = table.windows(4).position(|bytes| bytes == b"AAA_");
    table[at.expect("AAA") - 1] = 0xFE;
    table[9] = 0;
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table[9] = 0u8.wrapping_sub(sum);
    let mut interpreter = Interpreter::new(Limits::default());
    let report = interpreter.load_table(&table, &mut Machine::default());
    assert_eq!(kinds(&report.expect("a report")), [ErrorKind::Opcode(0xFE)]);
    assert!(interpreter.find("\\DEV0.BBB").is_none());
    let ccc = interpreter.evaluate_path("\\CCC", &[], &mut Machine::default());
    assert_eq!(ccc, Ok(Value::Integer(1)));
}

#[test]
fn the_report_keeps_the_first_failures_and_counts_all() {
    let body = "Name (AAA, 1) ".to_owned() + &"Scope (\\_SB) { Scope (NONE) { } } ".repeat(100);
    let (_, _, report) = load("skip_many", &body);
    let report = report.expect("a report");
    assert_eq!(report.skipped_count, 100);
    assert_eq!(report.skipped.len(), LoadReport::KEPT);
}
