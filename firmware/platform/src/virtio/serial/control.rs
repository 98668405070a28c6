//! The messages about ports (virtio 1.2, 5.3.6.2): `struct virtio_console_control`, and behind it a name where one is
//! told.

/// Bytes of a message without a name.
const LENGTH: usize = 8;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// To the device: the driver runs.
    DeviceReady,
    /// A port is there.
    PortAdd,
    /// A port is gone.
    PortRemove,
    /// To the device: the port can be used.
    PortReady,
    /// The other end was opened (1) or closed (0).
    PortOpen,
    /// The port's name follows.
    PortName,
    /// What this driver has no use for.
    Other,
}

impl Event {
    const fn number(self) -> u16 {
        match self {
            Self::DeviceReady => 0,
            Self::PortAdd => 1,
            Self::PortRemove => 2,
            Self::PortReady => 3,
            Self::PortOpen => 6,
            Self::PortName => 7,
            Self::Other => u16::MAX,
        }
    }

    const fn from_number(number: u16) -> Self {
        match number {
            1 => Self::PortAdd,
            2 => Self::PortRemove,
            6 => Self::PortOpen,
            7 => Self::PortName,
            _ => Self::Other,
        }
    }
}

/// A message about a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The port's number.
    pub port: u32,
    /// What happened to it.
    pub event: Event,
    /// The event's own number.
    pub value: u16,
}

impl Message {
    /// A message.
    pub const fn new(port: u32, event: Event, value: u16) -> Self {
        Self { port, event, value }
    }

    /// A message as the device sends it. `None`: it is too short.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (port, rest) = bytes.split_first_chunk::<4>()?;
        let (event, rest) = rest.split_first_chunk::<2>()?;
        let value = rest.first_chunk::<2>()?;
        Some(Self {
            port: u32::from_le_bytes(*port),
            event: Event::from_number(u16::from_le_bytes(*event)),
            value: u16::from_le_bytes(*value),
        })
    }

    /// The message as the device reads it.
    pub fn bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&self.port.to_le_bytes());
        bytes[4..6].copy_from_slice(&self.event.number().to_le_bytes());
        bytes[6..].copy_from_slice(&self.value.to_le_bytes());
        bytes
    }
}

/// The name behind a message; QEMU ends it with a zero byte.
pub fn name(message: &[u8]) -> &[u8] {
    let name = message.get(LENGTH..).unwrap_or(&[]);
    name.strip_suffix(&[0]).unwrap_or(name)
}
