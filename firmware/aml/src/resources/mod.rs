//! Resource descriptors: what `_CRS`, `_PRS` and their kin hold (ACPI 6.5, 6.4).
//!
//! [`decode`] turns the bytes into typed [`Resource`]s one after the other and allocates only for lists. It works on
//! any bytes: it ends at the end tag, at the end of the bytes, or with an error.

mod large;
mod small;
mod types;

pub use types::{
    AddressKind, AddressRange, AddressSpace, GpioConnection, Interrupts, Io, Irq, MemoryRange,
    Polarity, Resource, ResourceError, SerialBus, Trigger,
};

/// Decodes a resource template.
///
/// The iterator ends after the end tag; bytes behind it are not looked at. A template without end tag ends with
/// [`ResourceError::NoEndTag`]. After an error nothing follows.
pub fn decode(bytes: &[u8]) -> impl Iterator<Item = Result<Resource, ResourceError>> {
    Decoder { rest: Some(bytes) }
}

struct Decoder<'a> {
    rest: Option<&'a [u8]>,
}

impl Iterator for Decoder<'_> {
    type Item = Result<Resource, ResourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.rest.take()?;
        match descriptor(bytes) {
            Ok(Some((resource, rest))) => {
                self.rest = Some(rest);
                Some(Ok(resource))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

/// An end tag without a checksum.
pub(crate) const END_TAG: [u8; 2] = [0x79, 0];

/// The length of the descriptors before the end tag; `None` if a descriptor or the end tag is cut off or missing.
///
/// No bytes at all count as a lone end tag (ACPI 6.5, 19.6, ConcatenateResTemplate).
pub(crate) fn length_before_end(bytes: &[u8]) -> Option<usize> {
    if bytes.is_empty() {
        return Some(0);
    }
    let mut at = 0usize;
    loop {
        let rest = bytes.get(at..)?;
        let (&tag, rest) = rest.split_first()?;
        if tag & 0x80 == 0 {
            if (tag >> 3) & 0xF == small::END_TAG {
                return rest.first().map(|_checksum| at);
            }
            at += 1 + usize::from(tag & 7);
        } else {
            let length = rest.first_chunk::<2>()?;
            at += 3 + usize::from(u16::from_le_bytes(*length));
        }
    }
}

/// The first descriptor of `bytes` and what follows it; `None` for the end tag.
fn descriptor(bytes: &[u8]) -> Result<Option<(Resource, &[u8])>, ResourceError> {
    let (&tag, rest) = bytes.split_first().ok_or(ResourceError::NoEndTag)?;
    if tag & 0x80 == 0 {
        let (kind, length) = ((tag >> 3) & 0xF, usize::from(tag & 7));
        let (body, rest) = rest
            .split_at_checked(length)
            .ok_or(ResourceError::Truncated { tag })?;
        if kind == small::END_TAG {
            return Ok(None);
        }
        return Ok(Some((small::decode(kind, tag, body)?, rest)));
    }
    let truncated = ResourceError::Truncated { tag };
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(truncated)?;
    let (body, rest) = rest
        .split_at_checked(usize::from(u16::from_le_bytes(*length)))
        .ok_or(truncated)?;
    Ok(Some((large::decode(tag, body)?, rest)))
}
