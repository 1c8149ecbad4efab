//! Messages of protobuf: fields, one behind the other, each with its number and a type that tells its length
//! (Protocol Buffers, "Encoding").

/// Wire types.
pub(super) const VARINT: u64 = 0;
const FIXED64: u64 = 1;
pub(super) const LENGTH: u64 = 2;
pub(super) const FIXED32: u64 = 5;

/// The first string of a field; empty when there is none.
///
/// # Errors
/// When the message is broken.
pub(super) fn text(message: &[u8], number: u64) -> Result<String, String> {
    for field in Fields(message) {
        let field = field?;
        if (field.number, field.wire) == (number, LENGTH) {
            return Ok(String::from_utf8_lossy(field.value).into_owned());
        }
    }
    Ok(String::new())
}

/// Appends a field that has a length: a string, bytes or a message.
pub(super) fn put(to: &mut Vec<u8>, number: u64, value: &[u8]) {
    put_varint(to, number << 3 | LENGTH);
    put_varint(to, value.len() as u64);
    to.extend_from_slice(value);
}

/// Appends a number of variable length.
pub(super) fn put_varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// A field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) wire: u64,
    /// What it holds, without its length.
    pub(super) value: &'a [u8],
    /// All of it, as it stands in the message.
    pub(super) whole: &'a [u8],
}

/// The fields of a message, until its end or the first that is broken.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let message = std::mem::take(&mut self.0);
        let field = first_field(message);
        if let Some((_, rest)) = &field {
            self.0 = rest;
        }
        Some(
            field
                .map(|(field, _)| field)
                .ok_or_else(|| "it is broken: a part of it ends too early".to_owned()),
        )
    }
}

fn first_field(message: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (tag, after_tag) = varint(message)?;
    let (value, rest) = match tag & 7 {
        VARINT => {
            let (_, rest) = varint(after_tag)?;
            (&after_tag[..after_tag.len() - rest.len()], rest)
        }
        FIXED64 => after_tag.split_at_checked(8)?,
        FIXED32 => after_tag.split_at_checked(4)?,
        LENGTH => {
            let (length, rest) = varint(after_tag)?;
            rest.split_at_checked(usize::try_from(length).ok()?)?
        }
        _ => return None,
    };
    let whole = &message[..message.len() - rest.len()];
    Some((Field { number: tag >> 3, wire: tag & 7, value, whole }, rest))
}

/// The number of variable length that bytes begin with, and the rest.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * i as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[i + 1..]));
        }
    }
    None
}
