//! The name of a fw_cfg item, as it stands in the directory and in the loader script.

use core::fmt;

/// Bytes of a name's field, the terminating zero among them (QEMU docs/specs/fw_cfg.rst, "File Directory").
const FIELD: usize = 56;

/// The name of a fw_cfg item: printable ASCII.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName {
    bytes: [u8; FIELD],
    length: usize,
}

impl FileName {
    /// Reads the name from its field: it ends at the first zero, which must be there. `None` if it is empty or if it
    /// has characters that no name has.
    pub fn parse(field: &[u8; FIELD]) -> Option<Self> {
        let length = field.iter().position(|byte| *byte == 0)?;
        let name = field.get(..length)?;
        let printable = name
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        (length > 0 && printable).then_some(Self {
            bytes: *field,
            length,
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let name = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(name).unwrap_or_default()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
