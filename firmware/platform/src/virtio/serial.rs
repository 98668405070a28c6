//! A named port of a virtio console with several (virtio 1.2, 5.3).
//!
//! Which port has the name only the device says, once it runs; and a queue is to be set up before it does (3.1.1). So
//! the console is started twice: first with its control queues alone, to hear the names, then with the port's queues
//! too. Everything is asked for and answered later, so nothing here waits for the device but its reset.

use virtio_drivers::transport::{DeviceStatus, Transport};

use super::{AnyTransport, Direction, Features, Lane};
use crate::clock;

mod control;

use control::{Event, Message};

/// The queues that carry [`Message`]s (5.3.2).
const CONTROL_IN: u16 = 2;
const CONTROL_OUT: u16 = 3;

/// Messages to be expected at once, one for each port, 31 of them at most on QEMU; and their bytes, with a name. What
/// is sent has none.
const MESSAGES_IN: (usize, usize) = (32, 128);
const MESSAGES_OUT: (usize, usize) = (32, 8);

/// Messages that are answered before something else has its turn.
const MESSAGES_A_TURN: usize = 8;

/// Where the configuration space says how many ports there may be (5.3.4).
const MAX_PORTS: usize = 4;

/// How long the device may take to reset, in ns.
const RESET_NS: u64 = 100_000_000;

/// Buffers in each direction of the port, and the bytes of each.
const BUFFERS: (usize, usize) = (4, 4096);

/// What [`SerialPort::serve`] has to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The port was found, and is open.
    pub opened: bool,
    /// The host's end was closed, or the port is gone: what was half said is void, and what was half read is no more.
    pub hung_up: bool,
    /// There may be more to serve.
    pub more: bool,
}

/// Looks for the port called `name` on the console behind `transport`. `None`: that has only one port, without a name,
/// or cannot be used.
pub(super) fn open(mut transport: AnyTransport, name: &'static str) -> Option<SerialPort> {
    let offered = Features::from_bits_truncate(transport.read_device_features());
    if !offered.contains(Features::MULTIPORT) {
        return None;
    }
    let mut port = SerialPort {
        transport,
        name,
        queues: None,
    };
    port.start(None).then_some(port)
}

/// A port with a given name, on a console that may or may not have it, now or later.
pub struct SerialPort {
    transport: AnyTransport,
    name: &'static str,
    /// `None`: the device cannot be used.
    queues: Option<Queues>,
}

struct Queues {
    control_in: Lane,
    control_out: Lane,
    /// The port, once it is known which it is.
    port: Option<Port>,
}

struct Port {
    number: u32,
    input: Lane,
    output: Lane,
    /// What is being read: the buffer, and which of its bytes are left.
    reading: Option<(usize, core::ops::Range<usize>)>,
}

// It is moved about by value, on a stack of 48 KiB: its queues are not to be part of it.
const _: () = assert!(size_of::<SerialPort>() <= 768);

impl SerialPort {
    /// Starts the device, with the queues of this port if one is named. False: it cannot be used.
    fn start(&mut self, port: Option<u32>) -> bool {
        if !self.stop() {
            return false;
        }
        let features = self
            .transport
            .begin_init(Features::MULTIPORT | Features::VERSION_1);
        let accepted = self
            .transport
            .get_status()
            .contains(DeviceStatus::FEATURES_OK);
        let legacy = self.transport.requires_legacy_layout();
        if !features.contains(Features::MULTIPORT) || !(accepted || legacy) {
            return false;
        }
        let Some(queues) = self.set_up(port) else {
            // Queues that were set up are gone again: the device must not know of them.
            self.stop();
            return false;
        };
        self.transport.finish_init();
        let queues = self.queues.insert(queues);
        queues.control_in.lend_all(&mut self.transport);
        if let Some(port) = &mut queues.port {
            port.input.lend_all(&mut self.transport);
        }
        self.say(Message::new(0, Event::DeviceReady, 1));
        true
    }

    /// Resets the device and forgets its queues. False: it does not reset, and may still use them.
    fn stop(&mut self) -> bool {
        self.transport.set_status(DeviceStatus::empty());
        let deadline_ns = clock::now_ns() + RESET_NS;
        while self.transport.get_status() != DeviceStatus::empty() {
            if clock::now_ns() >= deadline_ns {
                core::mem::forget(self.queues.take());
                return false;
            }
        }
        self.queues = None;
        true
    }

    fn set_up(&mut self, port: Option<u32>) -> Option<Queues> {
        let transport = &mut self.transport;
        let control_in = Lane::new(transport, CONTROL_IN, Direction::FromDevice, MESSAGES_IN)?;
        let control_out = Lane::new(transport, CONTROL_OUT, Direction::ToDevice, MESSAGES_OUT)?;
        let port = match port {
            Some(number) => {
                let most = transport.read_config_space::<u32>(MAX_PORTS).ok()?;
                let first = first_queue(number).filter(|_| number < most)?;
                Some(Port {
                    number,
                    input: Lane::new(transport, first, Direction::FromDevice, BUFFERS)?,
                    output: Lane::new(transport, first + 1, Direction::ToDevice, BUFFERS)?,
                    reading: None,
                })
            }
            None => None,
        };
        Some(Queues {
            control_in,
            control_out,
            port,
        })
    }

    /// Sends a message to the device. There is room: [`SerialPort::next_message`] sees to it.
    fn say(&mut self, message: Message) {
        if let Some(queues) = &mut self.queues {
            queues
                .control_out
                .send(&message.bytes(), &mut self.transport);
        }
    }

    /// The device's next message, with the name that it bears, as long as there is room to answer it.
    fn next_message(&mut self) -> Option<(Message, bool)> {
        let queues = self.queues.as_mut()?;
        queues.control_out.reclaim();
        queues.control_out.free()?;
        let (place, length) = queues.control_in.take_back()?;
        let bytes = queues.control_in.bytes(place);
        let bytes = bytes.get(..length).unwrap_or(&[]);
        let message = Message::read(bytes);
        let named = message.is_some() && control::name(bytes) == self.name.as_bytes();
        queues.control_in.lend(place, &mut self.transport);
        // What is no message is passed over.
        Some((message.unwrap_or(Message::new(0, Event::Other, 0)), named))
    }

    /// Gives up what the host had sent when it closed its end. What the next client sends comes behind the message that
    /// it is there, which has not been read yet.
    fn drop_input(&mut self) {
        for _ in 0..=BUFFERS.0 {
            if self.readable().is_empty() {
                break;
            }
            self.consume(usize::MAX);
        }
    }

    fn port(&mut self) -> Option<&mut Port> {
        self.queues.as_mut()?.port.as_mut()
    }

    /// Acts on one message. False: the device was started anew, and nothing that it said before counts.
    fn act_on(&mut self, message: Message, named: bool, news: &mut News) -> bool {
        let ours = self.port().is_some_and(|port| port.number == message.port);
        let searching = self.port().is_none();
        match message.event {
            Event::PortAdd => self.say(Message::new(message.port, Event::PortReady, 1)),
            Event::PortName if named && ours => {
                self.say(Message::new(message.port, Event::PortOpen, 1));
                news.opened = true;
            }
            Event::PortName if named && searching => {
                self.start(Some(message.port));
                return false;
            }
            // Another port has this number now, or none.
            Event::PortName | Event::PortRemove if ours => {
                news.hung_up = true;
                self.start(None);
                return false;
            }
            Event::PortOpen if ours && message.value == 0 => {
                news.hung_up = true;
                self.drop_input();
            }
            _ => {}
        }
        true
    }
}

impl SerialPort {
    /// Takes note of the device's interrupt. True: it was this device that rang.
    pub fn acknowledge(&mut self) -> bool {
        !self.transport.ack_interrupt().is_empty()
    }

    /// Answers what the device has to say about its ports.
    pub fn serve(&mut self) -> News {
        let mut news = News::default();
        for _ in 0..MESSAGES_A_TURN {
            let Some((message, named)) = self.next_message() else {
                return news;
            };
            if !self.act_on(message, named, &mut news) {
                break;
            }
        }
        news.more = true;
        news
    }

    /// Bytes from the host.
    pub fn readable(&mut self) -> &[u8] {
        let Some(queues) = &mut self.queues else {
            return &[];
        };
        let Some(port) = &mut queues.port else {
            return &[];
        };
        // Bytes behind a message may be another client's: the message comes first.
        if port.reading.is_none() && port.input.has_more() && !queues.control_in.has_more() {
            match port.input.take_back() {
                Some((place, 0)) => port.input.lend(place, &mut self.transport),
                taken => port.reading = taken.map(|(place, length)| (place, 0..length)),
            }
        }
        match port.reading.clone() {
            Some((place, left)) => port.input.bytes(place).get(left).unwrap_or(&[]),
            None => &[],
        }
    }

    /// Gives `count` of them up.
    pub fn consume(&mut self, count: usize) {
        let Some(queues) = &mut self.queues else {
            return;
        };
        let Some(port) = &mut queues.port else { return };
        let Some((place, left)) = &mut port.reading else {
            return;
        };
        left.start = left.start.saturating_add(count).min(left.end);
        if left.start == left.end {
            port.input.lend(*place, &mut self.transport);
            port.reading = None;
        }
    }

    /// Sends some of `bytes`: as many as there is room for, which may be none until the next interrupt.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let Some(queues) = &mut self.queues else {
            return 0;
        };
        let Some(port) = &mut queues.port else {
            return 0;
        };
        port.output.reclaim();
        let mut sent = 0;
        for piece in bytes.chunks(BUFFERS.1) {
            if !port.output.send(piece, &mut self.transport) {
                break;
            }
            sent += piece.len();
        }
        sent
    }
}

impl Drop for SerialPort {
    fn drop(&mut self) {
        // The device must not write into what is about to be freed.
        self.stop();
    }
}

/// The first of a port's two queues, the one from the host (5.3.2). `None`: no queue has such a number.
fn first_queue(port: u32) -> Option<u16> {
    match port {
        0 => Some(0),
        // Those of the first port and of control come before.
        _ => u16::try_from(port.checked_mul(2)?.checked_add(2)?).ok(),
    }
}
