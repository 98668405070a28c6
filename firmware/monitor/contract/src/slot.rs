//! One slot, and the name that a hot-added CPU carries.
use alloc::string::String;
use core::fmt;

use hotvcpu_wire::control::{MAX_ID, is_valid_id};

/// A device id, kept in place: it also lives in the block that survives a reset, where no allocator reaches.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceId {
    bytes: [u8; MAX_ID],
    length: u8,
}

impl DeviceId {
    /// The id, if it is one ([`is_valid_id`]).
    pub fn new(id: &str) -> Option<Self> {
        let mut bytes = [0; MAX_ID];
        if !is_valid_id(id) {
            return None;
        }
        bytes.get_mut(..id.len())?.copy_from_slice(id.as_bytes());
        let length = u8::try_from(id.len()).ok()?;
        Some(Self { bytes, length })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        let used = self.bytes.get(..usize::from(self.length));
        used.and_then(|bytes| str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.as_str().into()
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Where a plugged CPU came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was there at power-on.
    ColdBooted,
    /// The host added it, with an id or without.
    HotAdded(Option<DeviceId>),
}

impl Origin {
    /// The id, if it has one.
    pub fn id(&self) -> Option<DeviceId> {
        match self {
            Self::ColdBooted => None,
            Self::HotAdded(id) => *id,
        }
    }
}

/// What is in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing.
    Free,
    /// A CPU.
    Plugged(Origin),
    /// A CPU that the guest ejected and that still runs; to the guest, nothing.
    Leaving(Origin),
}

/// One slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub mpidr: u64,
    pub content: Content,
    pub insert_event: bool,
    pub remove_event: bool,
    pub firmware_eject: bool,
    /// The source event of an `_OST` whose status has not come yet.
    pub ost_event: u32,
}

impl Slot {
    pub fn new(mpidr: u64, plugged: bool) -> Self {
        let content = if plugged {
            Content::Plugged(Origin::ColdBooted)
        } else {
            Content::Free
        };
        Self {
            mpidr,
            content,
            insert_event: false,
            remove_event: false,
            firmware_eject: false,
            ost_event: 0,
        }
    }

    /// Its CPU, as the guest may know it.
    pub fn plugged(&self) -> Option<Origin> {
        match self.content {
            Content::Plugged(origin) => Some(origin),
            Content::Free | Content::Leaving(_) => None,
        }
    }

    /// Its CPU, as the host knows it: one that is leaving still holds its slot and its id.
    pub fn occupied(&self) -> Option<Origin> {
        match self.content {
            Content::Plugged(origin) | Content::Leaving(origin) => Some(origin),
            Content::Free => None,
        }
    }

    pub fn has_event(&self) -> bool {
        self.insert_event || self.remove_event || self.firmware_eject
    }
}
