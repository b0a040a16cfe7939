//! JPEG: PDF knows it, so the bytes pass as they are. Their header says how they are to be shown.

use std::sync::Arc;

#[cfg(feature = "compose")]
use pdf_writer::{Chunk, Ref};
use pdf_writer::{Dict, Name};

use crate::document::pdf::appearance::{AppearanceObject, Numbers, Space, Style, dictionary, image_form, raster};
use crate::error::Error;
use crate::limits::Limits;
use crate::picture::Picture;

/// What a reader must be told about a JPEG (ITU-T T.81, B.2.2, and Adobe's APP14 segment).
#[derive(Debug, PartialEq)]
struct Header {
    width: u16,
    height: u16,
    /// The identifiers of the components: one for gray, three for colour, four for printing inks.
    components: Vec<u8>,
    /// The colour transform in Adobe's segment; its writers turn printing inks around.
    adobe: Option<u8>,
    /// Whether a JFIF segment says that three components are luminance and chrominance.
    jfif: bool,
}

/// The form and the image.
pub(super) fn draw(
    picture: &Picture,
    limits: &Limits,
    style: Style,
    numbers: &mut Numbers,
) -> Result<Vec<AppearanceObject>, Error> {
    let header = header(picture, limits)?;
    let form = numbers.take()?;
    let image = numbers.take()?;
    Ok(vec![
        image_form(form, image, (picture.width(), picture.height()), style),
        AppearanceObject {
            number: image.get(),
            dictionary: header.dictionary(style)?,
            stream: picture.bytes().to_vec(),
        },
    ])
}

fn header(picture: &Picture, limits: &Limits) -> Result<Arc<Header>, Error> {
    let header = picture.prepared(|| {
        let header = Header::read(picture.bytes())?;
        raster::check_size(header.width.into(), header.height.into(), limits)?;
        // Decoded only to know that a reader will not show an empty frame where the picture should be.
        drop(raster::decode(picture, limits)?);
        Ok(header)
    })?;
    raster::check_size(header.width.into(), header.height.into(), limits)?;
    Ok(header)
}

/// Writes the image `number` alone.
#[cfg(feature = "compose")]
pub(super) fn write(picture: &Picture, limits: &Limits, chunk: &mut Chunk, number: Ref) -> Result<i32, Error> {
    let style = Style { no_inks: true, ..Style::default() };
    let header = header(picture, limits)?;
    let space = header.space(style)?;
    header.entries(&mut chunk.stream(number, picture.bytes()), style, space);
    Ok(1)
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Header, Error> {
        let mut header = Header { width: 0, height: 0, components: Vec::new(), adobe: None, jfif: false };
        let mut rest = bytes.get(2..).unwrap_or_default();
        loop {
            let at = bytes.len().saturating_sub(rest.len());
            let (marker, segment, after) = segment(rest).ok_or_else(|| {
                Error::malformed(format!("its header breaks off at byte {at}, where a segment should begin"))
            })?;
            rest = after;
            match marker {
                0xE0 => header.jfif |= segment.starts_with(b"JFIF\0"),
                0xEE if segment.starts_with(b"Adobe") => header.adobe = segment.get(11).copied(),
                0xC0..=0xC2 => header.frame(segment, at)?,
                // The huffman and arithmetic tables stand among the frames by their number.
                0xC4 | 0xC8 | 0xCC => {}
                0xC3 | 0xC5..=0xCF => {
                    return Err(Error::unsupported(
                        "it is of a kind (lossless, hierarchical or arithmetic) that PDF does not know: save it as \
                         baseline or progressive",
                    ));
                }
                0xDA if header.components.is_empty() => {
                    return Err(Error::malformed(format!("its dots begin at byte {at}, before any frame header")));
                }
                // Decoders fill up what is missing with gray. Among dots these two bytes mean nothing
                // but the end.
                0xDA if !rest.windows(2).any(|pair| pair == [0xFF, 0xD9]) => {
                    return Err(Error::malformed("it breaks off: the marker of its end is missing"));
                }
                0xDA => return Ok(header),
                _ => {}
            }
        }
    }

    /// A frame header: precision, height, width, and three bytes for each component.
    fn frame(&mut self, segment: &[u8], at: usize) -> Result<(), Error> {
        let [precision, h1, h0, w1, w0, count, components @ ..] = segment else {
            return Err(Error::malformed(format!("its frame header at byte {at} is cut off")));
        };
        if *precision != 8 {
            return Err(Error::unsupported(format!("it has {precision} bits per component; PDF shows 8")));
        }
        if !self.components.is_empty() {
            return Err(Error::malformed(format!("it has a second frame header, at byte {at}")));
        }
        self.height = u16::from_be_bytes([*h1, *h0]);
        self.width = u16::from_be_bytes([*w1, *w0]);
        self.components = components.chunks_exact(3).filter_map(|component| component.first().copied()).collect();
        if self.components.len() != usize::from(*count) {
            return Err(Error::malformed(format!("its frame header at byte {at} does not hold {count} components")));
        }
        Ok(())
    }

    fn dictionary(&self, style: Style) -> Result<Vec<u8>, Error> {
        let space = self.space(style)?;
        Ok(dictionary(|dict| self.entries(dict, style, space)))
    }

    fn space(&self, style: Style) -> Result<Space, Error> {
        match self.components.len() {
            1 => Ok(Space::Gray),
            3 => Ok(Space::Rgb),
            4 if style.no_inks => Err(Error::unsupported(
                "it is in printing inks (CMYK), which this PDF/A document does not describe: save it in RGB",
            )),
            4 => Ok(Space::Inks),
            count => Err(Error::unsupported(format!("it has {count} components; PDF shows 1, 3 or 4"))),
        }
    }

    fn entries(&self, dict: &mut Dict<'_>, style: Style, space: Space) {
        raster::image_entries(dict, (self.width.into(), self.height.into()), 8);
        style.space(space, dict, b"ColorSpace");
        if self.components.len() == 4 && self.adobe.is_some() {
            dict.insert(Name(b"Decode")).array().items([1, 0, 1, 0, 1, 0, 1, 0]);
        }
        if self.plain_rgb() {
            dict.insert(Name(b"DecodeParms")).dict().pair(Name(b"ColorTransform"), 0);
        }
        dict.pair(Name(b"Filter"), Name(b"DCTDecode"));
    }

    /// Three components that call themselves red, green and blue, where no segment says otherwise:
    /// PDF would take them for luminance and chrominance.
    fn plain_rgb(&self) -> bool {
        self.components == *b"RGB" && self.adobe.is_none() && !self.jfif
    }
}

/// The next marker, its segment, and what follows.
fn segment(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [0xFF, rest @ ..] = bytes else { return None };
    // A marker may be preceded by any number of fill bytes.
    let fill = rest.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, rest) = rest.get(fill..)?.split_first()?;
    if matches!(marker, 0x00 | 0x01 | 0xD0..=0xD9) {
        return None;
    }
    let (length, _) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (segment, after) = rest.split_at_checked(length)?;
    Some((*marker, segment.get(2..)?, after))
}

#[cfg(test)]
mod tests {
    use super::Header;
    use crate::document::pdf::appearance::Style;
    use crate::error::ErrorKind;

    /// A marker and what its segment holds.
    type Segment<'a> = (u8, &'a [u8]);

    fn header(segments: &[Segment<'_>]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        for (marker, segment) in segments {
            bytes.extend([0xFF, *marker]);
            bytes.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
            bytes.extend_from_slice(segment);
        }
        bytes.extend([0xFF, 0xD9]);
        bytes
    }

    const RGB_FRAME: &[u8] = &[8, 0, 2, 0, 3, 3, b'R', 0x11, 0, b'G', 0x11, 0, b'B', 0x11, 0];
    const SCAN: Segment<'_> = (0xDA, &[0]);

    #[test]
    fn plain_colours_are_told_and_others_are_not() {
        let plain = Header::read(&header(&[(0xC0, RGB_FRAME), SCAN])).unwrap();
        assert_eq!((plain.width, plain.height, plain.plain_rgb()), (3, 2, true));
        let text = String::from_utf8(plain.dictionary(Style::default()).unwrap()).unwrap();
        assert!(text.contains("/ColorTransform 0"), "{text}");
        let jfif = Header::read(&header(&[(0xE0, b"JFIF\0"), (0xC0, RGB_FRAME), SCAN])).unwrap();
        assert!(!jfif.plain_rgb());
        let adobe = Header::read(&header(&[(0xEE, b"Adobe\0\x64\0\0\0\0\x02"), (0xC2, RGB_FRAME), SCAN])).unwrap();
        assert_eq!((adobe.adobe, adobe.plain_rgb()), (Some(2), false));
    }

    #[test]
    fn headers_that_cannot_be_shown() {
        let deep = [12, 0, 2, 0, 3, 1, 1, 0x11, 0];
        let two = [8, 0, 2, 0, 3, 2, 1, 0x11, 0, 2, 0x11, 0];
        let short = [8, 0, 2, 0, 3, 2, 1, 0x11, 0];
        let cases: &[(&[Segment<'_>], ErrorKind, &str)] = &[
            (&[(0xC3, RGB_FRAME), SCAN], ErrorKind::Unsupported, "lossless"),
            (&[(0xC9, RGB_FRAME), SCAN], ErrorKind::Unsupported, "arithmetic"),
            (&[(0xC1, &deep), SCAN], ErrorKind::Unsupported, "12 bits"),
            (&[(0xC0, &short), SCAN], ErrorKind::Malformed, "does not hold 2 components"),
            (&[(0xC0, &[8, 0]), SCAN], ErrorKind::Malformed, "cut off"),
            (&[(0xC0, RGB_FRAME), (0xC0, RGB_FRAME)], ErrorKind::Malformed, "second frame header, at byte 21"),
            (&[SCAN], ErrorKind::Malformed, "before any frame"),
            (&[(0xC0, RGB_FRAME)], ErrorKind::Malformed, "breaks off at byte 21"),
            (&[(0xD8, &[])], ErrorKind::Malformed, "breaks off at byte 2"),
        ];
        for (segments, kind, says) in cases {
            let error = Header::read(&header(segments)).unwrap_err();
            assert_eq!(error.kind(), *kind, "{error}");
            assert!(error.to_string().contains(says), "{error}");
        }
        let error = Header::read(&header(&[(0xC0, &two), SCAN])).unwrap().dictionary(Style::default()).unwrap_err();
        assert!(error.to_string().contains("2 components"), "{error}");
    }
}
