//! Bitmaps: decoded, and written again without loss as PDF's own kind of image.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
#[cfg(feature = "compose")]
use pdf_writer::Chunk;
use pdf_writer::{Dict, Name, Ref};

use crate::deflate::zlib_small;
use crate::document::pdf::appearance::{AppearanceObject, Numbers, Space, Style, dictionary, image_form};
use crate::error::Error;
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};

/// Dots of 8 bits per component, line by line from the top, deflated.
struct Bitmap {
    width: u32,
    height: u32,
    gray: bool,
    /// One component for each dot, or three.
    colours: Vec<u8>,
    /// Whether the colours stand in the rows of a PNG, each with its predictor in front.
    in_rows: bool,
    /// Opacity, where any dot is not opaque.
    alpha: Option<Vec<u8>>,
}

/// Which dots of an image show at all, in bits, deflated: for files that know no soft masks.
struct CutOut {
    bitmap: Bitmap,
    /// One bit for each dot, set where nothing shows; lines begin on whole bytes.
    hidden: Option<Vec<u8>>,
}

/// The form, the image, and the image's mask if it needs one.
pub(super) fn draw(
    picture: &Picture,
    limits: &Limits,
    style: Style,
    numbers: &mut Numbers,
) -> Result<Vec<AppearanceObject>, Error> {
    if style.opaque {
        let cut = picture.prepared(|| CutOut::of(decode(picture, limits)?))?;
        let mask = cut.hidden.as_deref().map(|hidden| (Mask::Hard, hidden));
        return objects(picture, &cut.bitmap, mask, limits, style, numbers);
    }
    let bitmap = picture.prepared(|| Bitmap::read(picture, limits))?;
    let mask = bitmap.alpha.as_deref().map(|alpha| (Mask::Soft, alpha));
    objects(picture, &bitmap, mask, limits, style, numbers)
}

/// What kind of image says where another shows.
#[derive(Clone, Copy)]
enum Mask {
    Soft,
    /// An explicit mask (8.9.6.3).
    Hard,
}

fn objects(
    picture: &Picture,
    bitmap: &Bitmap,
    mask: Option<(Mask, &[u8])>,
    limits: &Limits,
    style: Style,
    numbers: &mut Numbers,
) -> Result<Vec<AppearanceObject>, Error> {
    let size = (bitmap.width, bitmap.height);
    check_size(size.0, size.1, limits)?;
    let form = numbers.take()?;
    let image = numbers.take()?;
    let mask = mask.map(|(kind, data)| Ok::<_, Error>((kind, data, numbers.take()?))).transpose()?;
    let link = mask.map(|(kind, _, number)| (kind, number));
    let space = if bitmap.gray { Space::Gray } else { Space::Rgb };
    let mut objects = vec![
        image_form(form, image, (picture.width(), picture.height()), style),
        image_object(image, size, link, &bitmap.colours, |dict| {
            style.space(space, dict, b"ColorSpace");
            bitmap.rows_entry(dict);
        }),
    ];
    match mask {
        // A soft mask's colour space is always the device's (table 146).
        Some((Mask::Soft, data, number)) => {
            let gray = |dict: &mut Dict<'_>| Style::default().space(Space::Gray, dict, b"ColorSpace");
            objects.push(image_object(number, size, None, data, gray));
        }
        Some((Mask::Hard, data, number)) => objects.push(stencil(number, size, data)),
        None => {}
    }
    Ok(objects)
}

/// Decodes a bitmap of any format within the limit of dots.
pub(super) fn decode(picture: &Picture, limits: &Limits) -> Result<DynamicImage, Error> {
    let mut reader = reader(picture).ok_or_else(|| Error::unsupported("it is not made of dots"))?;
    let mut allowance = image::Limits::default();
    // A decoder holds the dots once in its own form, at most 8 bytes each, and lines besides.
    allowance.max_alloc = Some(limits.pixels.saturating_mul(8).saturating_add(16 << 20));
    reader.limits(allowance);
    let mut decoder = reader.into_decoder().map_err(undecodable)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, limits)?;
    if decoder.orientation().unwrap_or(Orientation::NoTransforms) != Orientation::NoTransforms {
        return Err(Error::unsupported(
            "its Exif note says that it is to be turned, which PDF readers do not do: save it upright",
        ));
    }
    DynamicImage::from_decoder(decoder).map_err(undecodable)
}

/// Refuses more dots than allowed, and none at all.
pub(super) fn check_size(width: u32, height: u32, limits: &Limits) -> Result<(), Error> {
    if width == 0 || height == 0 || i32::try_from(width.max(height)).is_err() {
        return Err(Error::malformed(format!("it claims a size of {width} × {height} dots")));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        return Err(Error::too_large(format!(
            "it has {width} × {height} dots; the limit is {} dots in all",
            limits.pixels
        )));
    }
    Ok(())
}

/// The dictionary of an image, but for its colours, its filter and its length.
pub(super) fn image_entries(dict: &mut Dict<'_>, (width, height): (u32, u32), bits: i32) {
    let number = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    dict.pair(Name(b"Type"), Name(b"XObject"));
    dict.pair(Name(b"Subtype"), Name(b"Image"));
    dict.pair(Name(b"Width"), number(width));
    dict.pair(Name(b"Height"), number(height));
    dict.pair(Name(b"BitsPerComponent"), bits);
}

fn reader(picture: &Picture) -> Option<ImageReader<Cursor<&[u8]>>> {
    let format = match picture.format() {
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Ofd | PictureFormat::Svg => return None,
    };
    Some(ImageReader::with_format(Cursor::new(picture.bytes()), format))
}

fn undecodable(error: ImageError) -> Error {
    let message = format!("it does not decode: {error}");
    let kind = match error {
        ImageError::Limits(_) => Error::too_large(message),
        ImageError::Unsupported(_) => Error::unsupported(message),
        _ => Error::malformed(message),
    };
    kind.caused_by(error)
}

fn image_object(
    number: Ref,
    size: (u32, u32),
    mask: Option<(Mask, Ref)>,
    deflated: &[u8],
    colours: impl FnOnce(&mut Dict<'_>),
) -> AppearanceObject {
    let dictionary = dictionary(|dict| bitmap_entries(dict, size, mask, colours));
    AppearanceObject { number: number.get(), dictionary, stream: deflated.to_vec() }
}

fn bitmap_entries(
    dict: &mut Dict<'_>,
    size: (u32, u32),
    mask: Option<(Mask, Ref)>,
    colours: impl FnOnce(&mut Dict<'_>),
) {
    image_entries(dict, size, 8);
    colours(dict);
    match mask {
        Some((Mask::Soft, mask)) => drop(dict.pair(Name(b"SMask"), mask)),
        Some((Mask::Hard, mask)) => drop(dict.pair(Name(b"Mask"), mask)),
        None => {}
    }
    dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
}

/// Makes a picture ready that somebody has decoded already: where its rows are taken over, it is not decoded again.
#[cfg(feature = "compose")]
pub(in crate::document::pdf) fn take_over(picture: &Picture) -> Result<(), Error> {
    match rows_of_png(picture.bytes()) {
        Some(bitmap) => picture.prepared(|| Ok(bitmap)).map(drop),
        None => Ok(()),
    }
}

/// Writes the image `first` alone and, if it needs one, its soft mask behind it; how many objects there are.
#[cfg(feature = "compose")]
pub(super) fn write(picture: &Picture, limits: &Limits, chunk: &mut Chunk, first: Ref) -> Result<i32, Error> {
    let bitmap = picture.prepared(|| Bitmap::read(picture, limits))?;
    let size = (bitmap.width, bitmap.height);
    check_size(size.0, size.1, limits)?;
    let style = Style::default();
    let mask = bitmap.alpha.as_deref().map(|alpha| (Ref::new(first.get().saturating_add(1)), alpha));
    let space = if bitmap.gray { Space::Gray } else { Space::Rgb };
    let mut image = chunk.stream(first, &bitmap.colours);
    let link = mask.map(|(number, _)| (Mask::Soft, number));
    bitmap_entries(&mut image, size, link, |dict| {
        style.space(space, dict, b"ColorSpace");
        bitmap.rows_entry(dict);
    });
    drop(image);
    let Some((number, alpha)) = mask else { return Ok(1) };
    let mut mask = chunk.stream(number, alpha);
    bitmap_entries(&mut mask, size, None, |dict| style.space(Space::Gray, dict, b"ColorSpace"));
    Ok(2)
}

fn stencil(number: Ref, size: (u32, u32), deflated: &[u8]) -> AppearanceObject {
    let dictionary = dictionary(|dict| {
        image_entries(dict, size, 1);
        dict.pair(Name(b"ImageMask"), true);
        dict.pair(Name(b"Filter"), Name(b"FlateDecode"));
    });
    AppearanceObject { number: number.get(), dictionary, stream: deflated.to_vec() }
}

impl CutOut {
    /// Dots that are at least half opaque show as they would on white paper, the others not at all.
    fn of(image: DynamicImage) -> Result<CutOut, Error> {
        let (width, height) = (image.width(), image.height());
        let gray = !image.color().has_color();
        let dots = image.into_rgba8().into_raw();
        let (dots, _) = dots.as_chunks::<4>();
        let mut colours = Vec::with_capacity(dots.len().saturating_mul(if gray { 1 } else { 3 }));
        for [red, green, blue, opacity] in dots {
            let on_white = |ink: &u8| {
                let opacity = u32::from(*opacity);
                ((u32::from(*ink) * opacity + 255 * (255 - opacity) + 127) / 255) as u8
            };
            let inks = [red, green, blue].map(on_white);
            colours.extend(inks.iter().take(if gray { 1 } else { 3 }));
        }
        let shows = |dot: &[u8; 4]| dot.last().is_some_and(|opacity| *opacity >= 128);
        let hidden = if dots.iter().all(shows) {
            None
        } else {
            let lines = dots.chunks(usize::try_from(width).unwrap_or(usize::MAX).max(1));
            let bit = |(place, dot): (usize, &[u8; 4])| u8::from(!shows(dot)) << (7 - place % 8);
            let byte = |dots: &[[u8; 4]]| dots.iter().enumerate().map(bit).fold(0, |byte, bit| byte | bit);
            let bits: Vec<u8> = lines.flat_map(|line| line.chunks(8).map(byte)).collect();
            Some(zlib_small(&bits)?)
        };
        let bitmap = Bitmap { width, height, gray, colours: zlib_small(&colours)?, in_rows: false, alpha: None };
        Ok(CutOut { bitmap, hidden })
    }
}

impl Bitmap {
    /// Whatever is taken over as it stands has been decoded before: what does not decode is refused, not embedded.
    fn read(picture: &Picture, limits: &Limits) -> Result<Bitmap, Error> {
        let image = decode(picture, limits)?;
        rows_of_png(picture.bytes()).map_or_else(|| Bitmap::of(image), Ok)
    }

    /// How the rows of a PNG are undone (7.4.4.4).
    fn rows_entry(&self, dict: &mut Dict<'_>) {
        if self.in_rows {
            let mut parameters = dict.insert(Name(b"DecodeParms")).dict();
            parameters.pair(Name(b"Predictor"), 15).pair(Name(b"Colors"), if self.gray { 1 } else { 3 });
            parameters.pair(Name(b"Columns"), i32::try_from(self.width).unwrap_or(i32::MAX));
        }
    }

    fn of(image: DynamicImage) -> Result<Bitmap, Error> {
        let (width, height) = (image.width(), image.height());
        let colour: ColorType = image.color();
        let gray = !colour.has_color();
        let (colours, alpha) = match (gray, colour.has_alpha()) {
            (true, false) => (image.into_luma8().into_raw(), None),
            (false, false) => (image.into_rgb8().into_raw(), None),
            (true, true) => apart::<2>(image.into_luma_alpha8().into_raw()),
            (false, true) => apart::<4>(image.into_rgba8().into_raw()),
        };
        let alpha = alpha.map(|alpha| zlib_small(&alpha)).transpose()?;
        Ok(Bitmap { width, height, gray, colours: zlib_small(&colours)?, in_rows: false, alpha })
    }
}

/// The compressed rows of a PNG, where PDF stores them the very same way: grey or RGB of eight bits, all opaque, not
/// interlaced (PNG, 11.2.1; no `tRNS`), and no note that may say how to turn it.
fn rows_of_png(bytes: &[u8]) -> Option<Bitmap> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let (mut header, mut rows) = (None, Vec::new());
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        match (kind, data) {
            (b"IHDR", [a, b, c, d, e, f, g, h, 8, kind @ (0 | 2), 0, 0, 0]) => {
                let side = |bytes: [&u8; 4]| u32::from_be_bytes(bytes.map(|byte| *byte));
                header = Some((side([a, b, c, d]), side([e, f, g, h]), *kind == 0));
            }
            (b"IHDR" | b"tRNS" | b"eXIf", _) => return None,
            (b"IDAT", rows_in_part) => rows.extend_from_slice(rows_in_part),
            (b"IEND", _) => break,
            _ => {}
        }
        // The chunk's CRC, which decoding has checked.
        rest = after.get(4..)?;
    }
    let (width, height, gray) = header.filter(|_| !rows.is_empty())?;
    Some(Bitmap { width, height, gray, colours: rows, in_rows: true, alpha: None })
}

/// Separates opacity, the last of `COMPONENTS`, from colour.
///
/// Dots that do not show take the mean of those that do: a reader that scales colour and opacity
/// apart would otherwise mix an invisible black into the edges of the seal.
fn apart<const COMPONENTS: usize>(dots: Vec<u8>) -> (Vec<u8>, Option<Vec<u8>>) {
    let (dots, _) = dots.as_chunks::<COMPONENTS>();
    let mut alpha = Vec::with_capacity(dots.len());
    let mut colours = Vec::with_capacity(dots.len().saturating_mul(COMPONENTS.saturating_sub(1)));
    let mut sums = [0_u64; COMPONENTS];
    for dot in dots {
        let opacity = dot.last().copied().unwrap_or(u8::MAX);
        alpha.push(opacity);
        colours.extend(dot.iter().take(COMPONENTS - 1));
        for (sum, component) in sums.iter_mut().zip(dot.iter().take(COMPONENTS - 1).chain(&[1])) {
            // Below 2^16 for each of at most 2^32 dots that the limits of memory let through.
            *sum = sum.saturating_add(u64::from(*component) * u64::from(opacity));
        }
    }
    if alpha.iter().all(|opacity| *opacity == u8::MAX) {
        return (colours, None);
    }
    let weight = sums.last().copied().unwrap_or_default().max(1);
    let mean = sums.map(|sum| u8::try_from(sum / weight).unwrap_or(u8::MAX));
    for (dot, _) in colours.chunks_mut(COMPONENTS - 1).zip(&alpha).filter(|(_, opacity)| **opacity == 0) {
        dot.iter_mut().zip(&mean).for_each(|(component, mean)| *component = *mean);
    }
    (colours, Some(alpha))
}

#[cfg(test)]
mod tests {
    use super::rows_of_png;

    /// A PNG of so many bits, of this kind of colour, interlaced or not; what stands in its checksums counts for nothing here.
    fn file(header: [u8; 5], more: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let header = [&[0, 0, 0, 2, 0, 0, 0, 1][..], &header].concat();
        for (kind, data) in [(&b"IHDR"[..], header.as_slice())].iter().chain(more) {
            bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            bytes.extend([*kind, *data, &[0; 4]].concat());
        }
        bytes
    }

    #[test]
    fn only_rows_that_pdf_knows_are_taken_over() {
        let rows_of_png = |bytes: &[u8]| {
            let bitmap = rows_of_png(bytes)?;
            assert_eq!((bitmap.width, bitmap.height), (2, 1));
            Some((bitmap.gray, bitmap.colours))
        };
        let parts: [(&[u8], &[u8]); 4] = [(b"tEXt", b"x"), (b"IDAT", b"ab"), (b"IDAT", b"c"), (b"IEND", b"")];
        assert_eq!(rows_of_png(&file([8, 2, 0, 0, 0], &parts)), Some((false, b"abc".to_vec())));
        assert_eq!(rows_of_png(&file([8, 0, 0, 0, 0], &parts)), Some((true, b"abc".to_vec())));
        // Of 16 bits, with a palette, with opacity of either colour, interlaced.
        for header in [[16, 2, 0, 0, 0], [8, 3, 0, 0, 0], [8, 4, 0, 0, 0], [8, 6, 0, 0, 0], [8, 2, 0, 0, 1]] {
            assert_eq!(rows_of_png(&file(header, &parts)), None, "{header:?}");
        }
        let clear: [(&[u8], &[u8]); 2] = [(b"tRNS", b"xxxxxx"), (b"IDAT", b"ab")];
        assert_eq!(rows_of_png(&file([8, 2, 0, 0, 0], &clear)), None, "one colour that does not show");
        let whole = file([8, 2, 0, 0, 0], &parts);
        assert_eq!(rows_of_png(&whole[..whole.len() - 14]), None, "cut off in a part");
        assert_eq!(rows_of_png(&file([8, 2, 0, 0, 0], &[])), None, "no rows");
    }
}
