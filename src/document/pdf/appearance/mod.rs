//! A seal's picture as PDF draws it: a form XObject, and what it needs (ISO 32000-2, 8.10).
//!
//! The form is as large as the picture is to be shown, in points; whoever shows it only has to put it
//! in its place. The same picture gives the same bytes each time.

mod jpeg;
mod raster;
#[cfg(feature = "svg")]
mod vector;

use pdf_writer::{Chunk, Content, Dict, Name, Rect, Ref, Settings};

#[cfg(all(feature = "svg", feature = "render"))]
use crate::document::Ofd;
use crate::error::{Context as _, Error, ErrorKind};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};
use crate::units::Mm;
#[cfg(all(feature = "svg", feature = "render"))]
use crate::units::Page;

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

/// How a picture is drawn where the file keeps to ISO 19005.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Style {
    /// Nothing is see-through in part: a dot covers what lies below it, or does not show.
    pub(super) opaque: bool,
    /// Colours are given as CIE values (8.6.5), for no device of that kind is described.
    pub(super) calibrated_rgb: bool,
    pub(super) calibrated_gray: bool,
    /// Printing inks cannot be shown.
    pub(super) no_inks: bool,
}

/// What colours are made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Space {
    Gray,
    Rgb,
    Inks,
}

impl Style {
    /// Writes the colour space of an image.
    fn space(self, space: Space, dict: &mut Dict<'_>, key: &[u8]) {
        match space {
            Space::Gray if self.calibrated_gray => calibrated_gray(dict, key),
            Space::Rgb if self.calibrated_rgb => calibrated_rgb(dict, key),
            Space::Gray => drop(dict.pair(Name(key), Name(b"DeviceGray"))),
            Space::Rgb => drop(dict.pair(Name(key), Name(b"DeviceRGB"))),
            Space::Inks => drop(dict.pair(Name(key), Name(b"DeviceCMYK"))),
        }
    }

    /// Writes what colours of a device mean within a form (8.6.5.6).
    fn defaults(self, resources: &mut Dict<'_>) {
        if !self.calibrated_rgb && !self.calibrated_gray {
            return;
        }
        let mut spaces = resources.insert(Name(b"ColorSpace")).dict();
        if self.calibrated_rgb {
            calibrated_rgb(&mut spaces, b"DefaultRGB");
        }
        if self.calibrated_gray {
            calibrated_gray(&mut spaces, b"DefaultGray");
        }
    }
}

/// The white of daylight, D65, under which sRGB is defined (IEC 61966-2-1).
const WHITE: [f32; 3] = [0.9505, 1.0, 1.089];

fn calibrated_gray(dict: &mut Dict<'_>, key: &[u8]) {
    let mut space = dict.insert(Name(key)).array();
    space.item(Name(b"CalGray"));
    let mut entries = space.push().dict();
    entries.insert(Name(b"WhitePoint")).array().items(WHITE);
    entries.pair(Name(b"Gamma"), 2.2_f32);
}

/// sRGB, but for the foot of its curve.
fn calibrated_rgb(dict: &mut Dict<'_>, key: &[u8]) {
    let mut space = dict.insert(Name(key)).array();
    space.item(Name(b"CalRGB"));
    let mut entries = space.push().dict();
    entries.insert(Name(b"WhitePoint")).array().items(WHITE);
    entries.insert(Name(b"Gamma")).array().items([2.2_f32; 3]);
    let matrix = [0.4124_f32, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505];
    entries.insert(Name(b"Matrix")).array().items(matrix);
}

/// Draws a picture with objects that are numbered `first`, `first` + 1, and so on.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when the picture does not decode, [`ErrorKind::TooLarge`] when it exceeds
/// a limit, [`ErrorKind::Unsupported`] when it shows what PDF cannot draw faithfully.
pub(super) fn form_xobject(picture: &Picture, limits: &Limits, first: i32, style: Style) -> Result<Appearance, Error> {
    let mut numbers = Numbers { next: first };
    let objects = match picture.format() {
        PictureFormat::Bmp | PictureFormat::Gif | PictureFormat::Png => {
            raster::draw(picture, limits, style, &mut numbers)
        }
        PictureFormat::Jpeg => jpeg::draw(picture, limits, style, &mut numbers),
        #[cfg(feature = "svg")]
        PictureFormat::Svg => vector::draw(picture, limits, style, &mut numbers),
        #[cfg(not(feature = "svg"))]
        PictureFormat::Svg => Err(Error::unsupported("drawing it needs the \"svg\" feature of this crate")),
        #[cfg(all(feature = "svg", feature = "render"))]
        PictureFormat::Ofd => {
            page_as_svg(picture, limits).and_then(|page| vector::draw(&page, limits, style, &mut numbers))
        }
        #[cfg(not(all(feature = "svg", feature = "render")))]
        PictureFormat::Ofd => {
            Err(Error::unsupported("drawing it needs the \"svg\" and \"render\" features of this crate"))
        }
    };
    let objects = objects.context(format_args!("the seal's {} picture", picture.format().seal_name()))?;
    Ok(Appearance { objects })
}

/// The first page of a picture in OFD, as tax seals have them. What cannot be shown of it is refused, not left out.
#[cfg(all(feature = "svg", feature = "render"))]
fn page_as_svg(picture: &Picture, limits: &Limits) -> Result<Picture, Error> {
    let drawn = Ofd::read_within(picture.bytes(), limits)?.draw(Page(1), &[], &|_| None)?;
    match drawn.notes.into_iter().next() {
        Some(note) => Err(Error::unsupported(format!("{note}: have the seal made with a PNG or SVG picture"))),
        None => Picture::svg(drawn.svg.as_bytes(), picture.width(), picture.height()),
    }
}

/// Writes a picture of dots as an image with the number `first`, and its mask behind it; how many objects there are.
/// Colours are those of devices, printing inks none.
///
/// # Errors
///
/// As [`form_xobject`].
#[cfg(feature = "compose")]
pub(super) fn image_xobject(picture: &Picture, limits: &Limits, chunk: &mut Chunk, first: Ref) -> Result<i32, Error> {
    match picture.format() {
        PictureFormat::Bmp | PictureFormat::Gif | PictureFormat::Png => raster::write(picture, limits, chunk, first),
        PictureFormat::Jpeg => jpeg::write(picture, limits, chunk, first),
        PictureFormat::Svg | PictureFormat::Ofd => {
            Err(Error::unsupported("the picture is not made of dots: convert it to PNG"))
        }
    }
}

#[cfg(feature = "compose")]
pub(in crate::document::pdf) use crate::document::pdf::appearance::raster::take_over;

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
fn image_form(number: Ref, image: Ref, (width, height): (Mm, Mm), style: Style) -> AppearanceObject {
    let (right, top) = (points(width), points(height));
    let mut content = content();
    content.save_state();
    content.transform([right, 0.0, 0.0, top, 0.0, 0.0]);
    content.x_object(Name(b"Im0"));
    content.restore_state();
    let dictionary = form_dictionary(Rect::new(0.0, 0.0, right, top), |dict| {
        let mut resources = dict.insert(Name(b"Resources")).dict();
        resources.insert(Name(b"XObject")).dict().pair(Name(b"Im0"), image);
        style.defaults(&mut resources);
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
pub(super) fn dictionary(write: impl FnOnce(&mut Dict<'_>)) -> Vec<u8> {
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

#[cfg(test)]
mod tests;
