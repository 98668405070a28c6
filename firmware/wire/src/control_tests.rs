//! Both directions of the control channel, read back by the other side's JSON reader.
extern crate std;
use super::*;
use std::string::String;

fn refused(line: &str) -> BadRequest {
    Request::decode(line.as_bytes()).expect_err(line)
}

#[test]
fn a_request_always_fits() {
    let mut line = [0; MAX_LINE];
    let request = Request {
        tag: u64::MAX,
        op: Op::Unplug,
        cpu: Some(u32::MAX),
        id: Some("abcdefghijklmnopqrstuvwxyz01234"),
    };
    let sent = request.encode(&mut line).expect("the id is valid");
    assert_eq!(sent.last(), Some(&b'\n'));
    assert_eq!(Request::decode(sent), Ok(request));
}

#[test]
fn a_request_is_what_any_json_writer_makes() {
    let line = br#" { "cpu" : 3, "op":"plug", "id":"hp3", "tag": 9 } "#;
    let request = Request::decode(line).expect("field order and blanks are free");
    assert_eq!(
        (request.tag, request.cpu, request.id),
        (9, Some(3), Some("hp3"))
    );
    let owned: Request<String> = serde_json::from_slice(line).expect("so does the host's reader");
    assert_eq!(owned.id.as_deref(), request.id);
}

#[test]
fn garbage_is_named_and_keeps_its_tag() {
    assert_eq!(refused("").error, RequestError::NotARequest);
    assert_eq!(refused("\u{1}\u{0}garbage").tag, None);
    assert_eq!(refused("[[[[[[[[[[[[[[[[").error, RequestError::NotARequest);
    let unknown = refused(r#"{"tag":5,"op":"explode"}"#);
    assert_eq!(
        (unknown.tag, unknown.error),
        (Some(5), RequestError::NotARequest)
    );
    assert_eq!(
        refused(r#"{"tag":5,"op":"state"} x"#).error,
        RequestError::NotARequest
    );
    assert_eq!(
        refused(r#"{"tag":6,"op":"plug","id":"a"}"#).error,
        RequestError::NoCpu
    );
    assert_eq!(
        refused(r#"{"tag":6,"op":"unplug"}"#).error,
        RequestError::NoTarget
    );
    let long: String = core::iter::repeat_n(' ', 10)
        .chain(core::iter::repeat_n('x', MAX_LINE))
        .collect();
    assert_eq!(refused(&long).error, RequestError::TooLong);
}

#[test]
fn ids_are_qemus() {
    for good in ["a", "hp2", "A.b_c-9", "abcdefghijklmnopqrstuvwxyz01234"] {
        assert!(is_valid_id(good), "{good}");
    }
    for bad in [
        "",
        "1a",
        "-a",
        "a b",
        "ä",
        "a\"",
        "abcdefghijklmnopqrstuvwxyz012345",
    ] {
        assert!(!is_valid_id(bad), "{bad}");
        let mut line = [0; MAX_LINE];
        let request = Request {
            id: Some(bad),
            ..Request::new(1, Op::State)
        };
        assert_eq!(request.encode(&mut line), Err(RequestError::BadId));
    }
}

#[test]
fn a_report_is_read_back_and_its_text_cut_if_it_must() {
    let long: String = core::iter::repeat_n('"', 2 * MAX_LINE).collect();
    let mut report = Report::new(u64::MAX, Kind::Refused);
    report.tag = Some(u64::MAX);
    report.value = Some(DEVICE_NOT_FOUND);
    report.text = Some("Device 'zz' not found");
    let mut line = [0; MAX_LINE];
    let back: Report<String> = serde_json::from_slice(report.encode(&mut line)).expect("JSON");
    assert_eq!(back.text.as_deref(), report.text);
    assert_eq!(back.kind, Kind::Refused);

    report.text = Some(&long);
    let back: Report<String> = serde_json::from_slice(report.encode(&mut line)).expect("JSON");
    assert!(back.text.is_some_and(|text| text.len() > 100));
}

#[test]
fn an_ost_report_says_no_more_than_it_knows() {
    let mut report = Report::<&str>::new(4, Kind::Ost);
    report.cpu = Some(2);
    report.event = Some(3);
    report.value = Some(0x84);
    let mut line = [0; MAX_LINE];
    assert_eq!(
        report.encode(&mut line),
        b"{\"seq\":4,\"kind\":\"ost\",\"cpu\":2,\"event\":3,\"value\":132}\n"
    );
}
