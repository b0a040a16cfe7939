//! Appearances of pictures. A stand-in: an empty form of the picture's size.

use crate::error::Error;
use crate::limits::Limits;
use crate::picture::Picture;

/// The objects that draw a picture; the first is the form XObject.
#[derive(Debug)]
pub(super) struct Appearance {
    pub(super) objects: Vec<AppearanceObject>,
}

/// A stream object without its header and its `/Length`.
#[derive(Debug)]
pub(super) struct AppearanceObject {
    pub(super) number: i32,
    pub(super) dictionary: Vec<u8>,
    pub(super) stream: Vec<u8>,
}

pub(super) fn form_xobject(picture: &Picture, _limits: &Limits, first: i32) -> Result<Appearance, Error> {
    let (w, h) = (picture.width().to_points(), picture.height().to_points());
    let dictionary = format!("<< /Type /XObject /Subtype /Form /BBox [0 0 {w:.4} {h:.4}] >>").into_bytes();
    let stream = format!("1 0 0 RG 2 w 1 1 {:.4} {:.4} re S", w - 2.0, h - 2.0).into_bytes();
    Ok(Appearance { objects: vec![AppearanceObject { number: first, dictionary, stream }] })
}
