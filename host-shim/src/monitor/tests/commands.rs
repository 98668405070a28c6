//! Commands and their answers.

use hotvcpu_wire::control::{Kind, Op, Report};
use serde_json::{Value, json};

use super::{Scene, report};
use crate::monitor::Command;

#[test]
fn the_slots_are_listed_as_on_a_native_host() {
    let mut scene = Scene::up("new", 2);
    scene.plug(3, "hp3");
    scene.command(1, "query-hotpluggable-cpus", json!({}));
    let list = scene.reply();
    let highest = json!({"props": {"core-id": 3, "thread-id": 0, "socket-id": 0, "cluster-id": 0},
        "vcpus-count": 1, "type": "cortex-a57-arm-cpu", "qom-path": "/machine/peripheral/hp3"});
    assert_eq!(list[0], highest);
    assert_eq!(list[1].get("qom-path"), None);
    assert_eq!(list[2]["qom-path"], "/machine/unattached/device[1]");
}

#[test]
fn a_cpu_comes_and_goes() {
    let mut scene = Scene::up("new", 1);
    scene.add(7, 2, "hp2");
    let plug = scene.requests.last().expect("a request").clone();
    assert_eq!(
        (plug.op, plug.cpu, plug.id.as_deref()),
        (Op::Plug, Some(2), Some("hp2"))
    );
    assert!(scene.replies.is_empty(), "the monitor has not answered");
    scene.take();
    assert_eq!(scene.replies.pop(), Some((7, Ok(json!({})))));
    let ost = |event, value| Report {
        cpu: Some(2),
        event: Some(event),
        value: Some(value),
        ..report(Kind::Ost)
    };
    scene.report(ost(1, 0));
    let told = json!({"info": {"device": "hp2", "slot": "2", "slot-type": "CPU", "source": 1, "status": 0}});
    assert_eq!(scene.events.pop(), Some(("ACPI_DEVICE_OST", told)));
    scene.command(8, "device_del", json!({"id": "hp2"}));
    let unplug = scene.requests.last().expect("a request").clone();
    assert_eq!(
        (unplug.op, unplug.cpu, unplug.id.as_deref()),
        (Op::Unplug, None, Some("hp2"))
    );
    scene.take();
    scene.report(Report {
        cpu: Some(2),
        id: Some("hp2".to_owned()),
        ..report(Kind::Deleted)
    });
    let deleted = json!({"device": "hp2", "path": "/machine/peripheral/hp2"});
    assert_eq!(scene.events.pop(), Some(("DEVICE_DELETED", deleted)));
    scene.report(ost(3, 0));
    assert_eq!(scene.paths()[2], None);
    scene.command(9, "query-acpi-ospm-status", json!({}));
    let status = scene.reply();
    assert_eq!(
        status[2],
        json!({"slot": "2", "slot-type": "CPU", "source": 3, "status": 0})
    );
    assert_eq!(status[3]["source"], 0);
    assert!(scene.problems.is_empty(), "{:?}", scene.problems);
}

#[test]
fn qemus_view_of_its_cpus_shows_the_plugged_ones() {
    let mut scene = Scene::up("new", 1);
    scene.plug(3, "hp3");
    scene.command(1, "query-cpus-fast", json!({}));
    let list = scene.reply();
    let seen: Vec<_> = list.as_array().expect("a list").iter().collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0]["qom-path"], "/machine/unattached/device[0]");
    assert_eq!(seen[1]["qom-path"], "/machine/peripheral/hp3");
    assert_eq!(seen[1]["thread-id"], 9, "the rest is QEMU's");
}

#[test]
fn each_refusal_has_qemus_words() {
    let mut scene = Scene::up("new", 2);
    scene.plug(2, "hp2");
    let mut refused = |name: &str, arguments: Value| {
        scene.command(1, name, arguments);
        scene.refusal()
    };
    let cpu = |core: Value, more: Value| {
        let mut arguments = json!({"driver": "cortex-a57-arm-cpu", "id": "x", "core-id": core,
            "thread-id": 0, "socket-id": 0, "cluster-id": 0});
        for (key, value) in more.as_object().expect("an object") {
            arguments[key] = value.clone();
        }
        arguments
    };
    let none = json!({});
    let mut add = |core: Value, more: Value| refused("device_add", cpu(core, more));
    let taken = "cpu(id1=0:0:1:0) with arch-id 1 exist";
    assert_eq!(add(json!(1), none.clone()), taken);
    assert_eq!(add(json!("1"), none.clone()), taken, "a number as text");
    let range = "Invalid core-id 4 specified, correct range 0:3";
    assert_eq!(add(json!(4), none), range);
    let twice = json!({"id": "hp2"});
    assert_eq!(add(json!(3), twice), "Duplicate device ID 'hp2'");
    let device = json!({"id": "control-bus"});
    let expected = "Duplicate device ID 'control-bus'";
    assert_eq!(add(json!(3), device), expected);
    let model = json!({"driver": "max-arm-cpu"});
    let expected = "Invalid CPU type, expected cpu type: 'cortex-a57-arm-cpu'";
    assert_eq!(add(json!(3), model), expected);
    let unknown = json!({"die-id": 0});
    let expected = "Property 'cortex-a57-arm-cpu.die-id' not found";
    assert_eq!(add(json!(3), unknown), expected);
    assert!(add(json!(3), json!({"id": "1 2"})).contains("expects an identifier"));
    let unset = json!({"driver": "cortex-a57-arm-cpu", "socket-id": 0, "cluster-id": 0});
    assert_eq!(refused("device_add", unset), "CPU core-id is not set");
    let other = json!({"driver": "virtio-rng-device", "id": "hp2"});
    assert_eq!(refused("device_add", other), "Duplicate device ID 'hp2'");
    let boot = json!({"id": "/machine/unattached/device[1]"});
    let expected = "Hot-unplug of cold-booted CPU not supported!";
    assert_eq!(refused("device_del", boot), expected);
}

#[test]
fn the_old_generation_does_not_remove() {
    let mut scene = Scene::up("old", 1);
    scene.add(1, 4, "hp4");
    let range = "Invalid CPU core-id: 4 must be in range 0:3";
    assert_eq!(scene.refusal(), range, "its own words for this, too");
    scene.plug(1, "hp1");
    scene.command(1, "device_del", json!({"id": "hp1"}));
    let expected = "device unplug request for unsupported device type: cortex-a57-arm-cpu";
    assert_eq!(scene.refusal(), expected);
}

#[test]
fn what_is_no_cpus_business_is_qemus() {
    let mut scene = Scene::up("new", 1);
    for (name, arguments) in [
        ("query-status", json!({})),
        (
            "device_add",
            json!({"driver": "virtio-rng-device", "id": "rng"}),
        ),
        ("device_del", json!({"id": "rng"})),
        ("device_del", json!({"id": 3})),
        ("device_add", json!({})),
        // QEMU refuses these, in its own words.
        ("query-hotpluggable-cpus", json!({"all": true})),
        ("query-cpus-fast", json!({"all": true})),
        (
            "device_del",
            json!({"id": "/machine/unattached/device[0]", "force": true}),
        ),
    ] {
        scene.command(1, name, arguments.clone());
        assert_eq!(scene.passed.pop(), Some(Command::new(name, arguments)));
    }
    assert!(scene.requests.is_empty());
}

#[test]
fn the_monitors_refusal_keeps_class_and_words() {
    let mut scene = Scene::up("new", 1);
    scene.plug(1, "hp1");
    scene.command(1, "device_del", json!({"id": "hp1"}));
    let tag = scene.requests.last().map(|request| request.tag);
    let text = Some("Device 'hp1' not found".to_owned());
    scene.report(Report {
        tag,
        text,
        value: Some(1),
        ..report(Kind::Refused)
    });
    let (_, result) = scene.replies.pop().expect("a reply");
    let failure = result.expect_err("a refusal");
    assert_eq!(
        failure.to_string(),
        "Device 'hp1' not found (DeviceNotFound)"
    );
}

#[test]
fn of_two_adds_of_one_slot_the_second_is_refused_at_once() {
    let mut scene = Scene::up("new", 1);
    scene.add(1, 2, "a");
    scene.add(2, 2, "b");
    assert!(scene.refusal().contains("exist"));
    scene.add(3, 3, "a");
    assert_eq!(scene.refusal(), "Duplicate device ID 'a'");
    scene.take();
    assert_eq!(scene.replies.pop(), Some((1, Ok(json!({})))));
}
