//! Objects written again at another place.

use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::object::{Object, Reference, Value};
use crate::document::pdf::writer::{Writer, number};
use crate::error::Error;

/// Writes what stands in `holder` for a place in the object `into`: strings are encrypted for it.
pub(super) fn print(
    view: &View<'_>,
    writer: &Writer<'_>,
    holder: &Indirect,
    object: &Object,
    into: Reference,
    text: &mut Vec<u8>,
) -> Result<(), Error> {
    match &object.value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Boolean(value) => text.extend_from_slice(value.to_string().as_bytes()),
        Value::Integer(value) => text.extend_from_slice(value.to_string().as_bytes()),
        Value::Real(value) => text.extend_from_slice(number(*value).as_bytes()),
        Value::String(bytes) => {
            text.extend_from_slice(&writer.string_in(into, &view.decrypted(holder, bytes)?)?);
        }
        Value::Name(bytes) => text.extend_from_slice(&name(bytes)),
        Value::Reference(reference) => text.extend_from_slice(format!("{reference} R").as_bytes()),
        Value::Array(items) => {
            text.push(b'[');
            for item in items {
                text.push(b' ');
                print(view, writer, holder, item, into, text)?;
            }
            text.extend_from_slice(b" ]");
        }
        Value::Dictionary(dictionary) => {
            text.extend_from_slice(b"<<");
            for entry in &dictionary.entries {
                text.push(b' ');
                text.extend_from_slice(&name(&entry.key));
                text.push(b' ');
                print(view, writer, holder, &entry.value, into, text)?;
            }
            text.extend_from_slice(b" >>");
        }
    }
    Ok(())
}

/// A name with what is not regular in it written by number (ISO 32000-2, 7.3.5).
pub(super) fn name(bytes: &[u8]) -> Vec<u8> {
    let mut text = vec![b'/'];
    for byte in bytes {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte) {
            text.push(*byte);
        } else {
            text.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_escaped() {
        assert_eq!(name(b"Yes"), b"/Yes");
        assert_eq!(name("是 #".as_bytes()), b"/#E6#98#AF#20#23");
    }
}
