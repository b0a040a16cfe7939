//! Whether what a stamp shows is its seal's picture: the same objects that this crate draws of it.

use flate2::read::ZlibDecoder;

use crate::document::pdf::Pdf;
use crate::document::pdf::appearance::{AppearanceObject, form_xobject};
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::lexer::Lexer;
use crate::document::pdf::object::{Dictionary, Reference};
use crate::document::pdf::stamp::style_of;
use crate::error::Error;
use crate::picture::Picture;

impl Pdf {
    /// Whether the form XObject with this number draws a picture as this crate draws it. One that does not may draw it
    /// in another way: that is not told.
    pub(crate) fn draws(&self, form: u32, picture: &Picture) -> Result<bool, Error> {
        let work = self.work();
        let view = work.view();
        let Ok(first) = i32::try_from(form) else { return Ok(false) };
        let appearance = match form_xobject(picture, &work.limits, first, style_of(&view)?) {
            Err(error) if error.ends_the_work() => return Err(error),
            Err(_) => return Ok(false),
            Ok(appearance) => appearance,
        };
        for object in &appearance.objects {
            if !is_drawn(&view, object)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether the file has this very object under its number, however its data are packed.
fn is_drawn(view: &View<'_>, object: &AppearanceObject) -> Result<bool, Error> {
    let Ok(number) = u32::try_from(object.number) else { return Ok(false) };
    let Some(own) = readable(view.load(Reference { number, generation: 0 }))? else { return Ok(false) };
    let Some(entries) = own.dictionary().filter(|_| own.is_stream()) else { return Ok(false) };
    let expected = Lexer::new(&object.dictionary, 0, &view.work.limits).object()?;
    let Some(expected) = expected.as_dictionary() else { return Ok(false) };
    if without_length(entries) != without_length(expected) {
        return Ok(false);
    }
    let span = view.data_span(&own)?;
    view.work.spend(span.end.saturating_sub(span.start))?;
    let Some(data) = view.file().source.slice(span)? else { return Ok(false) };
    Ok(data.as_ref() == object.stream || is_unpacked(&data, &object.stream))
}

fn without_length(entries: &Dictionary) -> Dictionary {
    let entries = entries.entries.iter().filter(|entry| entry.key != b"Length").cloned();
    Dictionary { entries: entries.collect() }
}

/// Whether two packed streams hold the same, compared piece by piece.
fn is_unpacked(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (ZlibDecoder::new(one), ZlibDecoder::new(other));
    let (mut left, mut right) = ([0_u8; 4096], [0_u8; 4096]);
    loop {
        let (Some(count), Some(others)) = (fill(&mut one, &mut left), fill(&mut other, &mut right)) else {
            return false;
        };
        if left.get(..count) != right.get(..others) {
            return false;
        }
        if count == 0 {
            return true;
        }
    }
}

/// Reads as much as there is room for; nothing where the data do not unpack.
fn fill(from: &mut impl std::io::Read, into: &mut [u8]) -> Option<usize> {
    let mut count = 0_usize;
    while let Some(room) = into.get_mut(count..).filter(|room| !room.is_empty()) {
        match from.read(room) {
            Ok(0) => break,
            Ok(more) => count = count.saturating_add(more),
            Err(_) => return None,
        }
    }
    Some(count)
}
