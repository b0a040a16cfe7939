//! The room for a signature's value: laid out, measured and filled (ISO 32000-2, 12.8.1).

use pdf_writer::{Chunk, Finish as _, Name, Ref, Settings, Str};

use crate::document::Layout;
use crate::document::pdf::Hole;
use crate::document::pdf::source::Source;
use crate::document::pdf::writer::{Writer, hex_digits};
use crate::error::{Error, ErrorKind};

/// Where the placeholders stand in the text of the signature dictionary.
pub(super) struct Template {
    ranges: (usize, usize),
    contents: (usize, usize),
}

/// The signature dictionary, still open, as far as its placeholders. Their numbers have ten digits
/// each, enough for offsets of 9 GB.
pub(super) fn template(layout: &Layout<'_>) -> Result<(Vec<u8>, Template), Error> {
    let mut chunk = Chunk::with_settings(Settings { pretty: false });
    let kind: &[u8] = if layout.sub_filter == "ETSI.RFC3161" { b"DocTimeStamp" } else { b"Sig" };
    let mut dictionary = chunk.indirect(Ref::new(1)).dict();
    dictionary.pair(Name(b"Type"), Name(kind));
    dictionary.pair(Name(b"Filter"), Name(layout.filter.as_bytes()));
    dictionary.pair(Name(b"SubFilter"), Name(layout.sub_filter.as_bytes()));
    dictionary.insert(Name(b"ByteRange")).array().items([i32::MAX; 4]);
    // A byte above 0x7F makes a hexadecimal string, which gives way to the room.
    dictionary.pair(Name(b"Contents"), Str(&[0x80]));
    dictionary.finish();
    let odd = || Error::malformed("the signature dictionary could not be laid out");
    let bytes = chunk.as_bytes();
    let start = find(bytes, b"<<", 0).ok_or_else(odd)?;
    let contents = find(bytes, b"/Contents", start).and_then(|at| find(bytes, b"<", at)).ok_or_else(odd)?;
    let ranges = find(bytes, b"/ByteRange", start).and_then(|at| find(bytes, b"[", at)).ok_or_else(odd)?;
    let ranges_end = find(bytes, b"]", ranges).ok_or_else(odd)? + 1;
    let digits = layout.room.checked_mul(2).ok_or_else(odd)?;
    let mut body = Vec::with_capacity(digits.saturating_add(1024));
    body.extend_from_slice(bytes.get(start..=contents).ok_or_else(odd)?);
    body.resize(body.len().saturating_add(digits), b'0');
    body.push(b'>');
    let template = Template { ranges: (ranges - start, ranges_end - start), contents: (contents - start, body.len()) };
    Ok((body, template))
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    Some(from + bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?)
}

/// Closes the revision and writes the ranges into their room.
pub(super) fn finish(
    writer: Writer<'_>,
    signature: u32,
    template: &Template,
    before: u64,
) -> Result<(Vec<u8>, Hole), Error> {
    let mut written = writer.finish()?;
    let odd = || Error::malformed("the signature dictionary was not written");
    let body = written.bodies.get(&signature).copied().ok_or_else(odd)?;
    let total = before.saturating_add(written.bytes.len() as u64);
    let start = body.saturating_add(template.contents.0 as u64);
    let end = body.saturating_add(template.contents.1 as u64);
    let ranges = vec![(0, start), (end, total.saturating_sub(end))];
    let (from, to) = template.ranges;
    let text = format!("{:<1$}", byte_range(&ranges), to - from);
    let place = usize::try_from(body.saturating_sub(before)).map_err(|_| odd())?.saturating_add(from);
    match written.bytes.get_mut(place..place.saturating_add(to - from)) {
        Some(room) if room.len() == text.len() => room.copy_from_slice(text.as_bytes()),
        _ => return Err(Error::too_large("the offsets of this file do not fit their room in /ByteRange")),
    }
    Ok((written.bytes, Hole { offset: start, length: end - start, ranges }))
}

/// Ranges as `/ByteRange` says them.
pub(in crate::document::pdf) fn byte_range(ranges: &[(u64, u64)]) -> String {
    let numbers: Vec<String> = ranges.iter().map(|(start, length)| format!("{start} {length}")).collect();
    format!("[{}]", numbers.join(" "))
}

/// Whether nothing was filled in: looked at in pieces, which processors do many digits at a time.
fn is_empty(digits: &[u8]) -> bool {
    digits.chunks(1024).all(|piece| piece.iter().fold(0, |differs, digit| differs | (digit ^ b'0')) == 0)
}

/// The digits to put into the room, which has to be there and still empty.
pub(in crate::document::pdf) fn contents(source: &Source, hole: &Hole, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let mismatch = |problem: &str| {
        Error::new(ErrorKind::Mismatch, format!("this is not the document that was prepared: {problem}"))
    };
    let end = hole.offset.checked_add(hole.length).filter(|end| *end <= source.len());
    let end = end.ok_or_else(|| mismatch("the room for the signature lies beyond its end"))?;
    if hole.ranges != [(0, hole.offset), (end, source.len() - end)] {
        return Err(mismatch("its length is another"));
    }
    let room = source.slice(hole.offset..end)?.unwrap_or_default();
    match room.as_ref() {
        [b'<', digits @ .., b'>'] if is_empty(digits) => {
            let most = digits.len() / 2;
            if payload.len() > most {
                return Err(Error::too_large(format!(
                    "the signature has {} bytes, and the room left for it has {most}: prepare it again with room for \
                     {} (`Stamp::room`)",
                    payload.len(),
                    payload.len()
                )));
            }
            let mut filled = hex_digits(payload);
            filled.resize(digits.len(), b'0');
            Ok(filled)
        }
        _ => Err(mismatch("there is no empty room where the signature belongs")),
    }
}
