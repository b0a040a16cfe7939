//! Pictures told apart by what they show, however a format stores them.

use std::io::Cursor;

use image::{ImageDecoder as _, ImageFormat, ImageReader};

use crate::crypto::{DigestAlgorithm, Digester, hex};
use crate::document::seen::Dots;
use crate::error::Error;
use crate::limits::Limits;

/// The digest of a picture's file. A JPEG travels as it is in either format, so its bytes count; of a PNG the dots
/// count, on white.
pub(super) fn digest_file(bytes: &[u8], limits: &Limits) -> Result<String, Error> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => digest_of(&[bytes]),
        [0x89, b'P', b'N', b'G', ..] => digest_png(bytes, limits),
        _ => Err(Error::unsupported("the picture is neither PNG nor JPEG: convert it to PNG")),
    }
}

/// The digest of a picture on a page; none where its kind is not one that licences have.
pub(super) fn digest_dots(dots: &Dots, limits: &Limits) -> Result<Option<String>, Error> {
    match dots {
        Dots::File(bytes) => digest_file(bytes, limits).map(Some),
        Dots::Raw { width, height, components, colours, opacity } => {
            let count = u64::from(*width).saturating_mul(u64::from(*height));
            let fits = count <= limits.pixels
                && colours.len() as u64 == count.saturating_mul(*components as u64)
                && opacity.as_ref().is_none_or(|opacity| opacity.len() as u64 == count);
            if !fits {
                return Ok(None);
            }
            if let (3, None) = (*components, opacity) {
                return digest_of(&[&size(*width, *height), colours]).map(Some);
            }
            let opaque = std::iter::repeat(u8::MAX);
            let opacity: Box<dyn Iterator<Item = u8>> = match opacity {
                Some(opacity) => Box::new(opacity.iter().copied()),
                None => Box::new(opaque),
            };
            let dots = colours.chunks(*components).zip(opacity).map(|(dot, opacity)| match *dot {
                [red, green, blue] => [red, green, blue, opacity],
                [gray, ..] => [gray, gray, gray, opacity],
                [] => [0, 0, 0, opacity],
            });
            digest_of(&[&size(*width, *height), &on_white(dots)]).map(Some)
        }
        Dots::Other => Ok(None),
    }
}

fn digest_png(bytes: &[u8], limits: &Limits) -> Result<String, Error> {
    let wrong = |source: image::ImageError| Error::malformed("the picture does not decode").caused_by(source);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut allowance = image::Limits::default();
    allowance.max_alloc = Some(limits.pixels.saturating_mul(8).saturating_add(16 << 20));
    reader.limits(allowance);
    let decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width).saturating_mul(u64::from(height)) > limits.pixels {
        let told = format!("the picture has {width} × {height} dots; the limit is {} dots in all", limits.pixels);
        return Err(Error::too_large(told));
    }
    match image::DynamicImage::from_decoder(decoder).map_err(wrong)? {
        image::DynamicImage::ImageRgb8(opaque) => digest_of(&[&size(width, height), opaque.as_raw()]),
        other => {
            let dots = on_white(other.into_rgba8().pixels().map(|pixel| pixel.0));
            digest_of(&[&size(width, height), &dots])
        }
    }
}

/// What is hashed before the dots: red, green and blue of each, line by line from the top.
fn size(width: u32, height: u32) -> Vec<u8> {
    [width, height].iter().flat_map(|side| side.to_be_bytes()).collect()
}

fn digest_of(parts: &[&[u8]]) -> Result<String, Error> {
    let mut digester = Digester::new(DigestAlgorithm::Sha256)?;
    parts.iter().for_each(|part| digester.update(part));
    Ok(hex(&digester.finish()))
}

/// Dots as they show on white.
fn on_white(dots: impl Iterator<Item = [u8; 4]>) -> Vec<u8> {
    let mixed = |ink: u8, opacity: u8| {
        let (ink, opacity) = (u32::from(ink), u32::from(opacity));
        ((ink * opacity + 255 * (255 - opacity) + 127) / 255) as u8
    };
    dots.flat_map(|[red, green, blue, opacity]| [red, green, blue].map(|ink| mixed(ink, opacity))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Dots, Limits, digest_dots, digest_file};

    fn png(colour: png::ColorType, dots: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(dots).unwrap();
        bytes
    }

    #[test]
    fn one_picture_has_one_digest_however_it_is_stored() {
        let limits = Limits::default();
        let raw = |components, colours: &[u8], opacity: Option<&[u8]>| Dots::Raw {
            width: 2,
            height: 1,
            components,
            colours: colours.to_vec(),
            opacity: opacity.map(<[u8]>::to_vec),
        };
        let digest = |dots: &Dots| digest_dots(dots, &limits).unwrap();
        let rgb = Some(digest_file(&png(png::ColorType::Rgb, &[1, 2, 3, 4, 5, 6]), &limits).unwrap());
        assert_eq!(digest(&raw(3, &[1, 2, 3, 4, 5, 6], None)), rgb);
        assert_ne!(digest(&raw(3, &[1, 2, 3, 4, 5, 7], None)), rgb);
        let gray = Some(digest_file(&png(png::ColorType::Grayscale, &[9, 8]), &limits).unwrap());
        assert_eq!(digest(&raw(1, &[9, 8], None)), gray);
        // The colour of what does not show says nothing.
        let clear = Some(digest_file(&png(png::ColorType::Rgba, &[1, 2, 3, 0, 4, 5, 6, 255]), &limits).unwrap());
        assert_eq!(digest(&raw(3, &[7, 7, 7, 4, 5, 6], Some(&[0, 255]))), clear);
        for broken in [raw(3, &[1, 2], None), raw(3, &[1, 2, 3, 4, 5, 6], Some(&[1])), Dots::Other] {
            assert_eq!(digest(&broken), None);
        }
        assert!(digest_file(b"GIF89a", &limits).is_err());
        assert!(digest_file(b"\x89PNG\r\n\x1a\n", &limits).is_err());
        let small = Limits { pixels: 1, ..Limits::default() };
        assert!(digest_file(&png(png::ColorType::Grayscale, &[9, 8]), &small).is_err());
    }
}
