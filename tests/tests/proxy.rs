//! `hotvcpu qmp-proxy`: to a QMP client that knows nothing of us, a stock QEMU looks like one with CPU hotplug.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};

use hotvcpu_tests::PATIENCE;
use hotvcpu_tests::command::Host;
use serde_json::{Value, json};

/// The proxy, in front of the domain `one`; killed when dropped.
struct Proxy {
    child: Child,
    socket: std::path::PathBuf,
}

impl Proxy {
    /// Starts it, and waits until it says that it listens.
    fn start(host: &Host) -> Self {
        let socket = host.runtime().join("proxy.sock");
        let listen = socket.to_str().expect("the path is UTF-8");
        let mut command = host.command(&["qmp-proxy", "one", "--listen", listen]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
        let mut said = String::new();
        let stdout = child.stdout.take().expect("its output is a pipe");
        BufReader::new(stdout)
            .read_line(&mut said)
            .expect("it speaks");
        assert!(said.contains("proxy.sock"), "{said}");
        Self { child, socket }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A QMP client of the plainest kind.
struct Client {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    events: Vec<Value>,
}

impl Client {
    /// Connects, and negotiates.
    fn connect(proxy: &Proxy) -> Self {
        let writer = UnixStream::connect(&proxy.socket).expect("the proxy listens");
        writer.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let reader = BufReader::new(writer.try_clone().expect("a socket"));
        let mut client = Self {
            reader,
            writer,
            events: Vec::new(),
        };
        let greeting = client.line();
        assert!(
            greeting["QMP"]["version"]["qemu"]["major"].is_u64(),
            "{greeting}"
        );
        client.returns("qmp_capabilities", json!({}));
        client
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line in time");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }

    /// Runs a command; its reply. Events in between are kept.
    fn call(&mut self, command: &str, arguments: Value) -> Value {
        let call = json!({ "execute": command, "arguments": arguments, "id": command });
        writeln!(self.writer, "{call}").expect("the proxy reads");
        loop {
            let line = self.line();
            if line["event"].is_string() {
                self.events.push(line);
                continue;
            }
            assert_eq!(line["id"], command, "{line}");
            return line;
        }
    }

    /// Runs a command that has to succeed; what it returns.
    fn returns(&mut self, command: &str, arguments: Value) -> Value {
        let reply = self.call(command, arguments);
        assert!(reply["error"].is_null(), "{command}: {reply}");
        reply["return"].clone()
    }

    /// Runs a command that has to fail; the class of the error, and its text.
    fn fails(&mut self, command: &str, arguments: Value) -> (String, String) {
        let reply = self.call(command, arguments);
        let text = |key: &str| reply["error"][key].as_str().map(str::to_owned);
        text("class")
            .zip(text("desc"))
            .unwrap_or_else(|| panic!("{command} was to fail: {reply}"))
    }

    /// The next event that `wanted` takes, of those that have come or are to come; it and those before it are forgotten.
    fn event(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            while !self.events.is_empty() {
                let event = self.events.remove(0);
                if wanted(&event) {
                    return event;
                }
            }
            let line = self.line();
            assert!(line["event"].is_string(), "nothing was asked: {line}");
            self.events.push(line);
        }
    }

    /// The next `_OST` of this source event that says success.
    fn ost(&mut self, source: u64) -> Value {
        let of = |info: &Value| info["source"] == source && info["status"] == 0;
        self.event(|it| it["event"] == "ACPI_DEVICE_OST" && of(&it["data"]["info"]))
    }

    /// The slots, as management software reads them: (properties, type, whether it is filled).
    fn slots(&mut self) -> Vec<(Value, String, bool)> {
        let slots = self.returns("query-hotpluggable-cpus", json!({}));
        let slots = slots.as_array().expect("a list").iter();
        let slot = |it: &Value| {
            let of_type = it["type"].as_str().unwrap_or_default().to_owned();
            (it["props"].clone(), of_type, !it["qom-path"].is_null())
        };
        slots.map(slot).collect()
    }

    fn filled(&mut self) -> usize {
        self.slots().iter().filter(|(_, _, filled)| *filled).count()
    }
}

/// The arguments that fill a slot.
fn filling((props, of_type, _): &(Value, String, bool), id: &str) -> Value {
    let mut arguments = props.clone();
    arguments["driver"] = of_type.as_str().into();
    arguments["id"] = id.into();
    arguments
}

#[test]
fn a_client_adds_and_removes_a_cpu_as_on_a_host_with_hotplug() {
    let host = Host::new();
    host.start_aarch64("new");
    let proxy = Proxy::start(&host);
    let mut client = Client::connect(&proxy);
    let slots = client.slots();
    assert_eq!(slots.len(), 8);
    assert_eq!(client.filled(), 1);
    // The highest slot comes first, as from QEMU.
    let free = slots.first().expect("eight slots");

    client.returns("device_add", filling(free, "hp7"));
    let ost = client.ost(1);
    assert_eq!(ost["data"]["info"]["device"], "hp7");
    assert_eq!(client.filled(), 2);
    let cpus = client.returns("query-cpus-fast", json!({}));
    assert_eq!(cpus.as_array().map(Vec::len), Some(2));
    let status = client.returns("query-acpi-ospm-status", json!({}));
    assert!(status.to_string().contains("hp7"), "{status}");

    client.returns("device_del", json!({ "id": "hp7" }));
    let deleted = client.event(|it| it["event"] == "DEVICE_DELETED");
    assert_eq!(deleted["data"]["device"], "hp7");
    assert_eq!(client.filled(), 1);
    client.returns("device_add", filling(free, "hp7"));
    client.ost(1);
}

#[test]
fn errors_have_qemu_s_words_and_classes() {
    let host = Host::new();
    host.start_aarch64("new");
    let proxy = Proxy::start(&host);
    let mut client = Client::connect(&proxy);
    let slots = client.slots();
    let boot = slots.last().expect("eight slots");
    let (class, text) = client.fails("device_add", filling(boot, "again"));
    assert_eq!(class, "GenericError");
    assert!(text.contains("exist"), "{text}");
    let (class, text) = client.fails("device_del", json!({ "id": "zz" }));
    assert_eq!(
        (class.as_str(), text.as_str()),
        ("DeviceNotFound", "Device 'zz' not found")
    );
    let path = boot_path(&mut client);
    let (_, text) = client.fails("device_del", json!({ "id": path }));
    assert_eq!(text, "Hot-unplug of cold-booted CPU not supported!");
    let mut outside = filling(&slots[0], "far");
    outside["core-id"] = 99.into();
    let (class, text) = client.fails("device_add", outside);
    assert_eq!(class, "GenericError");
    assert!(text.contains("core-id"), "{text}");
    let (class, text) = client.fails("query-hotpluggable-cpus", json!({ "all": true }));
    assert_eq!(
        (class.as_str(), text.as_str()),
        ("GenericError", "Parameter 'all' is unexpected")
    );
    let (class, _) = client.fails("no-such-command", json!({}));
    assert_eq!(class, "CommandNotFound");
}

/// QEMU's path of the CPU that was there at boot.
fn boot_path(client: &mut Client) -> Value {
    let slots = client.returns("query-hotpluggable-cpus", json!({}));
    let filled = slots
        .as_array()
        .and_then(|it| it.iter().find(|it| it["qom-path"].is_string()));
    filled.expect("the boot CPU")["qom-path"].clone()
}

#[test]
fn everything_else_passes_through_and_the_old_generation_refuses_a_removal() {
    let host = Host::new();
    host.start_aarch64("old");
    let proxy = Proxy::start(&host);
    let mut client = Client::connect(&proxy);
    assert_eq!(
        client.returns("query-status", json!({}))["status"],
        "running"
    );
    client.returns("stop", json!({}));
    client.event(|it| it["event"] == "STOP");
    client.returns("cont", json!({}));
    client.event(|it| it["event"] == "RESUME");
    let slots = client.slots();
    client.returns("device_add", filling(&slots[0], "hp7"));
    client.ost(1);
    let (class, text) = client.fails("device_del", json!({ "id": "hp7" }));
    assert_eq!(class, "GenericError");
    assert!(
        text.contains("device unplug request for unsupported device type"),
        "{text}"
    );
    assert_eq!(client.filled(), 2);
}
