//! A seal's picture as PDF draws it: a form XObject, and what it needs (ISO 32000-2, 8.10).
//!
//! The form is as large as the picture is to be shown, in points; whoever shows it only has to put it
//! in its place. The same picture gives the same bytes each time.

mod jpeg;
mod raster;
#[cfg(feature = "svg")]
mod vector;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Chunk, Content, Dict, Name, Rect, Ref, Settings};

use crate::error::{Context as _, Error, ErrorKind};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};
use crate::units::Mm;

/// The objects that draw a picture; the first is the form XObject.
#[derive(Debug, PartialEq)]
pub(super) struct Appearance {
    pub(super) objects: Vec<AppearanceObject>,
}

/// One stream object.
#[derive(Debug, PartialEq)]
pub(super) struct AppearanceObject {
    /// The object's number; its generation is 0.
    pub(super) number: i32,
    /// `<< … >>`, without `/Length`.
    pub(super) dictionary: Vec<u8>,
    /// What stands between `stream` and `endstream`.
    pub(super) stream: Vec<u8>,
}

/// Draws a picture with objects that are numbered `first`, `first` + 1, and so on.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when the picture does not decode, [`ErrorKind::TooLarge`] when it exceeds
/// a limit, [`ErrorKind::Unsupported`] when it shows what PDF cannot draw faithfully.
pub(super) fn form_xobject(picture: &Picture, limits: &Limits, first: i32) -> Result<Appearance, Error> {
    let mut numbers = Numbers { next: first };
    let objects = match picture.format() {
        PictureFormat::Bmp | PictureFormat::Gif | PictureFormat::Png => raster::draw(picture, limits, &mut numbers),
        PictureFormat::Jpeg => jpeg::draw(picture, limits, &mut numbers),
        #[cfg(feature = "svg")]
        PictureFormat::Svg => vector::draw(picture, limits, &mut numbers),
        #[cfg(not(feature = "svg"))]
        PictureFormat::Svg => Err(Error::unsupported("drawing it needs the \"svg\" feature of this crate")),
        PictureFormat::Ofd => Err(Error::unsupported(
            "it is an OFD page, which PDF cannot show: have the seal made with a PNG or SVG picture",
        )),
    };
    let objects = objects.context(format_args!("the seal's {} picture", picture.format().seal_name()))?;
    Ok(Appearance { objects })
}

/// Hands out the numbers of objects.
struct Numbers {
    next: i32,
}

impl Numbers {
    fn take(&mut self) -> Result<Ref, Error> {
        let number = self.next;
        let after = number.checked_add(1).filter(|_| number > 0);
        self.next = after.ok_or_else(|| Error::new(ErrorKind::Misuse, format!("no object has the number {number}")))?;
        Ok(Ref::new(number))
    }
}

/// The form that shows one image over its whole area.
fn image_form(number: Ref, image: Ref, width: Mm, height: Mm) -> AppearanceObject {
    let (right, top) = (points(width), points(height));
    let mut content = content();
    content.save_state();
    content.transform([right, 0.0, 0.0, top, 0.0, 0.0]);
    content.x_object(Name(b"Im0"));
    content.restore_state();
    let dictionary = form_dictionary(Rect::new(0.0, 0.0, right, top), |dict| {
        dict.insert(Name(b"Resources")).dict().insert(Name(b"XObject")).dict().pair(Name(b"Im0"), image);
    });
    AppearanceObject { number: number.get(), dictionary, stream: content.finish().into_vec() }
}

/// A form's dictionary, and what `more` adds to it.
fn form_dictionary(bounds: Rect, more: impl FnOnce(&mut Dict<'_>)) -> Vec<u8> {
    dictionary(|dict| {
        dict.pair(Name(b"Type"), Name(b"XObject"));
        dict.pair(Name(b"Subtype"), Name(b"Form"));
        dict.pair(Name(b"BBox"), bounds);
        more(dict);
    })
}

/// A dictionary on its own: the writer knows only whole objects, whose first and last line go.
fn dictionary(write: impl FnOnce(&mut Dict<'_>)) -> Vec<u8> {
    const HEAD: &[u8] = b"1 0 obj\n";
    const TAIL: &[u8] = b"\nendobj\n";

    let mut chunk = Chunk::with_settings(Settings { pretty: false });
    let mut dict = chunk.indirect(Ref::new(1)).dict();
    write(&mut dict);
    drop(dict);
    let bytes = chunk.as_bytes();
    let bytes = bytes.strip_prefix(HEAD).unwrap_or(bytes);
    bytes.strip_suffix(TAIL).unwrap_or(bytes).to_vec()
}

fn content() -> Content {
    Content::with_settings(Settings { pretty: false })
}

/// PDF's numbers in this crate's writer are single precision, which leaves a seal's side exact to a
/// hundred-thousandth of a point.
fn points(length: Mm) -> f32 {
    length.to_points() as f32
}

/// The bytes for `/FlateDecode`.
fn deflated(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|source| Error::too_large("it does not compress").caused_by(source))
}

#[cfg(test)]
mod tests;
