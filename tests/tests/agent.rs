//! The guest's agent, as the host's client, and as hosts that misbehave, find it.

use hotvcpu::agent::{AgentClient, GuestVcpu, ShutdownMode, VcpuChange};
use hotvcpu::{Guest, GuestConfig, Phase};
use hotvcpu_tests::agent_stream::AgentStream;
use hotvcpu_tests::{
    Board, PATIENCE, add, await_phase, console, errors, on_boards, phases_of, quiet, remove,
    shut_down, start,
};
use serde_json::json;

fn client(guest: &Guest) -> AgentClient {
    AgentClient::connect(&guest.agent_socket(), PATIENCE)
        .unwrap_or_else(|error| panic!("{error}\nits console:\n{}", console(guest)))
}

/// The CPUs that the agent lists, and whether each is online.
fn cpus(client: &mut AgentClient) -> Vec<(u32, bool)> {
    let vcpus = client.vcpus().expect("it lists its CPUs");
    let view = |vcpu: &GuestVcpu| (vcpu.logical_id, vcpu.online);
    vcpus.iter().map(view).collect()
}

fn change(logical_id: u32, online: bool) -> VcpuChange {
    VcpuChange { logical_id, online }
}

fn it_answers_and_ends_the_machine(board: Board) {
    let mut guest = start(quiet(board, 1, 1));
    let mut client = client(&guest);
    client.ping().expect("it is there");
    let info = client.info().expect("it says what it knows");
    for command in [
        "guest-sync",
        "guest-sync-delimited",
        "guest-ping",
        "guest-info",
        "guest-get-vcpus",
        "guest-set-vcpus",
        "guest-get-cpustats",
        "guest-get-time",
        "guest-shutdown",
    ] {
        let known = |it: &&hotvcpu::agent::SupportedCommand| it.name == command && it.enabled;
        assert!(
            info.supported_commands.iter().any(|it| known(&it)),
            "{command}"
        );
    }
    assert_eq!(cpus(&mut client), [(0, true)]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    let quickly = std::time::Duration::from_millis(500);
    client
        .shutdown(ShutdownMode::Powerdown, quickly)
        .expect("it is not refused");
    let asked = await_phase(&mut guest, Phase::Agent, None);
    assert_eq!(
        asked.record.text.as_deref(),
        Some("guest-shutdown powerdown")
    );
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert!(status.success(), "QEMU ended with {status}");
}

on_boards!(it_answers_and_ends_the_machine: Q35, PC, MICROVM, VIRT, VIRT_OLD, VIRT_STOCK);

fn cpus_go_offline_and_come_back(board: Board) {
    let mut guest = start(board.config(1, 4, "workload=paced"));
    let mut client = client(&guest);
    add(&mut guest, &[1, 2]);
    assert_eq!(cpus(&mut client), [(0, true), (1, true), (2, true)]);

    client
        .set_vcpus(&[change(2, false), change(0, true)])
        .expect("one goes, one is there already");
    assert_eq!(cpus(&mut client), [(0, true), (1, true), (2, false)]);
    await_phase(&mut guest, Phase::Offline, Some(2));
    let asked = await_phase(&mut guest, Phase::Agent, None);
    let text = asked.record.text.unwrap_or_default();
    assert_eq!(text, "guest-set-vcpus 2 offline 0 online: 2 of 2");
    let stats = client.cpu_stats().expect("it tells how busy they are");
    let counted: Vec<_> = stats.iter().map(|cpu| cpu.cpu).collect();
    assert_eq!(counted, [0, 1]);

    guest.skip_seen();
    client.set_vcpus(&[change(2, true)]).expect("it comes back");
    await_phase(&mut guest, Phase::Online, Some(2));
    assert_eq!(cpus(&mut client), [(0, true), (1, true), (2, true)]);

    // One that is offline can be removed, and is then none of the agent's.
    client
        .set_vcpus(&[change(1, false)])
        .expect("another one goes");
    remove(&mut guest, &[1]);
    assert_eq!(cpus(&mut client), [(0, true), (2, true)]);
    assert!(phases_of(&guest, 1).contains(&Phase::Eject));
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(cpus_go_offline_and_come_back: Q35, VIRT);

fn a_list_of_cpus_is_dealt_with_as_far_as_it_goes(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
    add(&mut guest, &[1, 2]);
    let mut stream = AgentStream::connect(&guest);
    let set = |list: &[(i64, bool)]| {
        let vcpu = |(id, online): &(i64, bool)| json!({"logical-id": id, "online": online});
        let vcpus: Vec<_> = list.iter().map(vcpu).collect();
        let request = json!({"execute": "guest-set-vcpus", "arguments": {"vcpus": vcpus}});
        request.to_string().into_bytes()
    };
    stream.refused(
        &set(&[(0, false), (1, false)]),
        "logical processor #0 can't be offlined",
    );
    stream.refused(&set(&[(3, true)]), "logical processor #3 does not exist");
    stream.refused(&set(&[(-1, true)]), "logical processor #-1 does not exist");
    stream.say(&set(&[]));
    assert_eq!(stream.answer(), json!({"return": 0}));
    stream.say(&set(&[(2, false), (1, false), (0, false), (1, true)]));
    assert_eq!(
        stream.answer(),
        json!({"return": 2}),
        "the third is the boot CPU"
    );
    // More than it does in one turn, and nothing else happens in this guest.
    stream.say(&set(&[(0, true)].repeat(1000)));
    assert_eq!(stream.answer(), json!({"return": 1000}));
    stream.hang_up();
    let mut client = client(&guest);
    assert_eq!(cpus(&mut client), [(0, true), (1, false), (2, false)]);
    shut_down(guest);
}

on_boards!(a_list_of_cpus_is_dealt_with_as_far_as_it_goes: Q35, VIRT);

fn a_bad_message_costs_itself(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
    let mut stream = AgentStream::connect(&guest);
    let long = [b"{\"x\":\"", &vec![b'y'; 200 << 10][..], b"\"}"].concat();
    let deep = [vec![b'['; 10_000], vec![b']'; 10_000]].concat();
    for (message, words) in [
        (&b"GET / HTTP/1.1\r\n"[..], "stray 'G'"),
        (b"{\"execute\":}", "JSON parse error"),
        (b"[1]", "must be a JSON object"),
        (b"{}", "lacks member 'execute'"),
        (b"{\"execute\":1}", "must be a string"),
        (b"{\"execute\":\"x\",\"y\":1}", "'y' is unexpected"),
        (
            b"{\"execute\":\"guest-rm-rf\"}",
            "guest-rm-rf has not been found",
        ),
        (b"{\"execute\":\"guest-sync\"}", "Parameter 'id' is missing"),
        (
            b"{\"execute\":\"guest-sync\",\"arguments\":{\"id\":\"a\"}}",
            "Invalid parameter type for 'id', expected: integer",
        ),
        (
            b"{\"execute\":\"guest-ping\",\"arguments\":{\"a\":1}}",
            "Parameter 'a' is unexpected",
        ),
        (
            b"{\"execute\":\"guest-shutdown\",\"arguments\":{\"mode\":\"no\"}}",
            "Parameter 'mode' expects halt|powerdown|reboot",
        ),
        (
            b"{\"execute\":\"guest-set-vcpus\",\"arguments\":{\"vcpus\":[{\"online\":true}]}}",
            "Parameter 'vcpus[0].logical-id' is missing",
        ),
        (&long, "longer than"),
        (&deep, "nested more than"),
        (b"{\"execute\": \"guest-pi\xFF", "premature end"),
        (b"{\"execute\": \"guest-pi\n", "invalid string"),
    ] {
        stream.refused(message, words);
        stream.say(b"{\"execute\":\"guest-ping\",\"id\":[1, {}]}");
        assert_eq!(
            stream.answer(),
            json!({"return": {}, "id": [1, {}]}),
            "after {words}"
        );
    }
    add(&mut guest, &[1]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(a_bad_message_costs_itself: Q35, VIRT);

fn half_a_message_does_not_outlive_its_sender(board: Board) {
    let guest = start(quiet(board, 1, 1));
    for _ in 0..5 {
        let mut stream = AgentStream::connect(&guest);
        stream.say(b"{\"execute\":\"guest-ping\"}{\"execute\": \"guest-shut");
        assert_eq!(stream.answer(), json!({"return": {}}));
        stream.hang_up();
    }
    client(&guest).ping().expect("it is there");
    shut_down(guest);
}

on_boards!(half_a_message_does_not_outlive_its_sender: Q35, VIRT);

fn a_flood_does_not_keep_the_guest_from_hotplug(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
    let mut stream = AgentStream::connect(&guest);
    // Nobody reads the answers, so at some point the port takes no more.
    let flood = b"{\"execute\":\"guest-get-vcpus\"} junk\n".repeat(1000);
    let mut rounds = 0;
    while stream.flood(&flood) {
        rounds += 1;
        assert!(rounds < 10_000, "the guest reads on without a reader");
    }
    add(&mut guest, &[1, 2]);
    stream.hang_up();
    // QEMU holds the port back for the next client when one leaves with answers unread (docs/src/agent.md).
    let seconds = std::time::Duration::from_secs(5);
    let again = || AgentClient::connect(&guest.agent_socket(), seconds).is_ok();
    assert!((0..5).any(|_| again()), "{}", console(&guest));

    // Nor does one that is read.
    let mut stream = AgentStream::connect(&guest);
    let junk = b"\xFF{\"execute\":\"guest-ping\"}\n".repeat(2000);
    let (added, answered) = std::thread::scope(|scope| {
        let pings = scope.spawn(|| {
            stream.say(&junk);
            (0..2000).filter(|_| stream.line().ends_with(b"}")).count()
        });
        let added = add(&mut guest, &[3]).len();
        (added, pings.join().expect("it ends"))
    });
    assert_eq!((added, answered), (1, 2000));
    stream.hang_up();
    client(&guest).ping().expect("it is there");
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(a_flood_does_not_keep_the_guest_from_hotplug: Q35, VIRT);

fn it_is_there_again_after_a_reboot(board: Board) {
    let mut guest = start(quiet(board, 1, 2));
    let quickly = std::time::Duration::from_millis(200);
    let mut before = client(&guest);
    before
        .shutdown(ShutdownMode::Reboot, quickly)
        .expect("it is not refused");
    drop(before);
    await_phase(&mut guest, Phase::Shutdown, None);
    await_phase(&mut guest, Phase::Boot, None);
    client(&guest).ping().expect("it is there again");
    shut_down(guest);
}

on_boards!(it_is_there_again_after_a_reboot: Q35, VIRT_STOCK);

#[test]
fn the_older_qemus_have_it_too() {
    for (board, qemu) in [
        (hotvcpu_tests::Q35, hotvcpu_tests::qemu_7_2()),
        (hotvcpu_tests::VIRT, hotvcpu_tests::qemu_7_2_aarch64()),
    ] {
        let mut guest = start(quiet(board, 1, 2).qemu(qemu));
        add(&mut guest, &[1]);
        let mut client = client(&guest);
        client
            .set_vcpus(&[change(1, false), change(1, true)])
            .expect("it goes and comes back");
        assert_eq!(cpus(&mut client), [(0, true), (1, true)]);
        shut_down(guest);
    }
}

#[test]
fn a_guest_that_halts_says_so_and_stays() {
    let mut guest = start(quiet(hotvcpu_tests::Q35, 1, 1));
    let quickly = std::time::Duration::from_millis(200);
    let mut client = client(&guest);
    client
        .shutdown(ShutdownMode::Halt, quickly)
        .expect("it is not refused");
    await_phase(&mut guest, Phase::Shutdown, None);
    let status = guest.execute("query-status", json!({})).expect("QEMU runs");
    assert_eq!(status["running"], true);
}

/// The agent's port on a machine that was told to have none.
fn elsewhere(config: GuestConfig, arguments: &[&str]) -> GuestConfig {
    let config = config.without_agent();
    config.extra_args(arguments.iter().copied())
}

#[test]
fn the_port_is_found_behind_bridges_and_above_4_gib() {
    let device = "virtserialport,bus=agent-bus.0,nr=7,chardev=agent,name=org.qemu.guest_agent.0";
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("agent.sock");
    let chardev = format!(
        "socket,id=agent,path={},server=on,wait=off",
        socket.display()
    );
    let bridges = [
        "-device",
        "pcie-root-port,id=root,chassis=1,slot=1,addr=5",
        "-device",
        "pcie-pci-bridge,id=pci,bus=root",
        "-device",
        "virtio-serial-pci,bus=pci,addr=3,id=agent-bus",
    ];
    let high = ["-device", "virtio-serial-pci,id=agent-bus"];
    for (memory_mib, console) in [
        (64, &bridges[..]),
        (64, &bridges[..2]),
        (6 << 10, &high[..]),
    ] {
        let behind_port = ["-device", "virtio-serial-pci,bus=root,id=agent-bus"];
        let mut arguments = console.to_vec();
        if console.len() == 2 && console != high {
            arguments.extend(behind_port);
        }
        // A port with another name on the same console, and a number that is not the first.
        arguments.extend([
            "-chardev",
            "null,id=other",
            "-device",
            "virtserialport,bus=agent-bus.0,nr=2,chardev=other,name=org.example.other",
            "-chardev",
            &chardev,
            "-device",
            device,
        ]);
        let config = quiet(hotvcpu_tests::Q35, 1, 2).memory_mib(memory_mib);
        let guest = start(elsewhere(config, &arguments));
        let mut client = AgentClient::connect(&socket, PATIENCE).unwrap_or_else(|error| {
            panic!("{arguments:?}: {error}\n{}", hotvcpu_tests::console(&guest))
        });
        client.ping().expect("it is there");
        drop(client);
        assert_eq!(errors(&guest), Vec::<String>::new());
        shut_down(guest);
    }
}

#[test]
fn a_port_that_comes_later_and_goes_again_is_followed() {
    let console_alone = ["-device", "virtio-serial-pci,id=agent-bus"];
    let mut guest = start(elsewhere(quiet(hotvcpu_tests::Q35, 1, 2), &console_alone));
    for round in 0..3 {
        let socket = guest.folder().join(format!("later{round}.sock"));
        let chardev = format!("agent{round}");
        let address = json!({"type": "unix", "data": {"path": socket}});
        let data = json!({"addr": address, "server": true, "wait": false});
        let backend = json!({"type": "socket", "data": data});
        guest
            .execute("chardev-add", json!({"id": chardev, "backend": backend}))
            .expect("QEMU makes a socket");
        let port = json!({
            "driver": "virtserialport", "id": format!("port{round}"), "bus": "agent-bus.0",
            "chardev": chardev, "name": "org.qemu.guest_agent.0",
        });
        guest
            .execute("device_add", port)
            .expect("QEMU takes a port");
        let mut client = AgentClient::connect(&socket, PATIENCE)
            .unwrap_or_else(|error| panic!("{round}: {error}\n{}", console(&guest)));
        client.ping().expect("it is there");
        drop(client);
        guest
            .execute("device_del", json!({"id": format!("port{round}")}))
            .expect("QEMU takes it away");
    }
    add(&mut guest, &[1]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

#[test]
fn a_machine_without_the_port_has_no_agent_and_no_complaint() {
    for board in [hotvcpu_tests::Q35, hotvcpu_tests::VIRT] {
        let guest = start(quiet(board, 1, 2).without_agent());
        assert_eq!(errors(&guest), Vec::<String>::new());
        assert!(!console(&guest).contains("agent"), "{}", console(&guest));
        shut_down(guest);
    }
}
