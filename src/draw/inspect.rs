//! A look at pictures that come from elsewhere, and what can be done for them.
//!
//! Looking changes nothing: a seal that is migrated keeps its picture's bytes. What improves a picture
//! returns a new one.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Rgba, RgbaImage};
use png::ColorType;

use crate::draw::output::encode;
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};
use crate::units::Mm;

/// Sides of seals, in millimetres: name seals have 10 mm and more, the State Council's 60 mm.
const SIDES: (f64, f64) = (8.0, 62.0);

/// Fewer dots to the inch print with steps that can be seen; 600 are usual.
const LEAST_DPI: f64 = 300.0;

/// File sizes: below, a picture is hardly a seal; above the first, one platform refuses it; above the
/// second, most do.
const LEAST_BYTES: usize = 500;
const SMALL_BYTES: usize = 50 << 10;
const MOST_BYTES: usize = 5 << 20;

/// Dots with less opacity do not count as ink.
const FAINT: u8 = 26;

/// Dots whose least colour lies above are paper where a picture has no transparency.
const PAPER: u8 = 230;

/// How far the ink may stay away from the picture's sides, in parts of the side.
const MARGIN: f64 = 0.03;

/// What was seen in a picture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PictureReport {
    /// The picture's width in dots; `None` for pictures without dots and such that do not decode.
    pub width: Option<u32>,
    /// Its height in dots.
    pub height: Option<u32>,
    /// Dots to the inch, from the dots and the millimetres, across.
    pub dpi: Option<f64>,
    /// What there is to say, each thing with its check. Findings that are not needed tell what may be
    /// left as it is.
    pub findings: Vec<Finding>,
}

/// Looks at a picture: size, resolution, transparency, colour, margins, file size.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`] when the picture has more dots than the limits allow. A picture that does
/// not decode is a finding.
pub fn inspect(picture: &Picture, limits: &Limits) -> Result<PictureReport, Error> {
    let mut report = PictureReport { width: None, height: None, dpi: None, findings: Vec::new() };
    report.findings.push(file_size(picture));
    report.findings.push(sides(picture));
    if matches!(picture.format(), PictureFormat::Svg | PictureFormat::Ofd) {
        let name = picture.format().seal_name();
        let told = format!("{name} has no dots: it is sharp at every size, and its colours were not looked at");
        report.findings.push(Finding::note(checks::PICTURE_RESOLUTION, told));
        return Ok(report);
    }
    let image = match decode(picture, limits) {
        Ok(image) => image,
        Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
        Err(error) => {
            report.findings.push(Finding::fail(checks::PICTURE_DECODES, error.to_string()));
            return Ok(report);
        }
    };
    let (width, height) = (image.width(), image.height());
    report.findings.push(Finding::pass(checks::PICTURE_DECODES, format!("{width} × {height} dots")));
    let dpi = f64::from(width) * 25.4 / picture.width().0;
    (report.width, report.height, report.dpi) = (Some(width), Some(height), Some(dpi));
    report.findings.push(proportions(picture, width, height));
    report.findings.push(resolution(dpi, noted_dpi(picture)));
    let dots = image.to_rgba8();
    report.findings.push(transparency(picture, &dots));
    report.findings.push(colour(&dots));
    report.findings.push(margin(&dots));
    Ok(report)
}

/// The picture without the empty margins around its ink, as PNG; its millimetres shrink in proportion,
/// so the ink keeps its size.
///
/// # Errors
///
/// As [`inspect`]; [`ErrorKind::Malformed`] when the picture does not decode or has no ink,
/// [`ErrorKind::Unsupported`] when it has no dots.
pub fn crop_to_ink(picture: &Picture, limits: &Limits) -> Result<Picture, Error> {
    let image = decode(picture, limits)?.to_rgba8();
    let (whole_width, whole_height) = image.dimensions();
    let Some(ink) = ink_of(&image) else {
        return Err(Error::malformed("the picture has no ink: every dot is white or transparent"));
    };
    let cropped = image::imageops::crop_imm(&image, ink.left, ink.top, ink.width, ink.height).to_image();
    let side = |length: Mm, part: u32, whole: u32| Mm(length.0 * f64::from(part) / f64::from(whole));
    let width = side(picture.width(), ink.width, whole_width);
    let height = side(picture.height(), ink.height, whole_height);
    as_png(&cropped, width, height)
}

/// The picture with its white ground made transparent, as PNG of the same size.
///
/// `threshold` is the paper's darkest value of 0 to 255: a dot whose least colour is at or above it
/// becomes quite transparent. Below it opacity grows with the distance from the threshold, so that the
/// soft edge of the ink stays soft, and the colour is reckoned back to what the ink had before paper
/// shone through. 200 suits scans on white paper; greyer paper needs less, pale ink more. Dots that
/// are transparent already stay so.
///
/// # Errors
///
/// As [`crop_to_ink`]; [`ErrorKind::Misuse`] when the threshold is 0.
pub fn white_to_transparent(picture: &Picture, threshold: u8, limits: &Limits) -> Result<Picture, Error> {
    if threshold == 0 {
        return Err(Error::new(ErrorKind::Misuse, "a threshold of 0 leaves nothing: 200 is usual"));
    }
    let mut image = decode(picture, limits)?.to_rgba8();
    image.pixels_mut().for_each(|dot| *dot = without_paper(*dot, threshold));
    if ink_of(&image).is_none() {
        return Err(Error::malformed(format!(
            "nothing of the picture is left at the threshold {threshold}: take a higher one"
        )));
    }
    as_png(&image, picture.width(), picture.height())
}

/// Paper is white; what is darker in one colour is ink that lets some paper through.
fn without_paper(Rgba([red, green, blue, opacity]): Rgba<u8>, threshold: u8) -> Rgba<u8> {
    let least = red.min(green).min(blue);
    if least >= threshold || opacity == 0 {
        return Rgba([255, 255, 255, 0]);
    }
    let cover = f64::from(threshold - least) / f64::from(threshold);
    // What the ink had before white shone through it, in front of white of the threshold's value.
    let ink = |part: u8| {
        let paper = f64::from(threshold) * (1.0 - cover);
        ((f64::from(part) - paper) / cover).round().clamp(0.0, 255.0) as u8
    };
    let opacity = (f64::from(opacity) * cover).round().clamp(1.0, 255.0) as u8;
    Rgba([ink(red), ink(green), ink(blue), opacity])
}

/// Decodes within the limits. The size is looked at before anything is unpacked.
fn decode(picture: &Picture, limits: &Limits) -> Result<DynamicImage, Error> {
    let format = match picture.format() {
        PictureFormat::Bmp => ImageFormat::Bmp,
        PictureFormat::Gif => ImageFormat::Gif,
        PictureFormat::Jpeg => ImageFormat::Jpeg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Svg | PictureFormat::Ofd => {
            let name = picture.format().seal_name();
            return Err(Error::unsupported(format!("a picture in {name} has no dots: render it to PNG first")));
        }
    };
    let bytes = picture.bytes();
    if bytes.len() > limits.seal_bytes {
        return Err(Error::too_large(format!(
            "the picture has {} bytes; the limit is {}",
            bytes.len(),
            limits.seal_bytes
        )));
    }
    let failed = |error| Error::malformed("the picture does not decode").caused_by(error);
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(failed)?;
    let dots = u64::from(width).saturating_mul(u64::from(height));
    if dots > limits.pixels {
        return Err(Error::too_large(format!(
            "the picture has {width} × {height} dots; the limit is {}",
            limits.pixels
        )));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowance = image::Limits::default();
    // Sixteen bits each of four colours, and as much again while unpacking.
    allowance.max_alloc = Some(dots.saturating_mul(16).saturating_add(1 << 20));
    reader.limits(allowance);
    reader.decode().map_err(failed)
}

fn as_png(image: &RgbaImage, width: Mm, height: Mm) -> Result<Picture, Error> {
    let dpi = (f64::from(image.width()) * 25.4 / width.0).round().clamp(1.0, 1e6) as u32;
    let bytes = encode(image.width(), image.height(), ColorType::Rgba, image.as_raw(), dpi)?;
    Picture::png(&bytes, width, height)
}

fn file_size(picture: &Picture) -> Finding {
    let bytes = picture.bytes().len();
    let check = checks::PICTURE_FILE;
    if bytes < LEAST_BYTES && picture.format() != PictureFormat::Svg {
        return Finding::fail(check, format!("{bytes} bytes are hardly a seal: is it only a sample?"));
    }
    if bytes > MOST_BYTES {
        return Finding::fail(check, format!("{bytes} bytes: platforms take {MOST_BYTES} at most"));
    }
    if bytes > SMALL_BYTES {
        return Finding::note(check, format!("{bytes} bytes: at least one platform takes {SMALL_BYTES} only"));
    }
    Finding::pass(check, format!("{bytes} bytes"))
}

fn sides(picture: &Picture) -> Finding {
    let (width, height) = (picture.width(), picture.height());
    let right = |side: Mm| side.0 >= SIDES.0 && side.0 <= SIDES.1;
    let told = format!("shown at {width} × {height}");
    if right(width) && right(height) {
        return Finding::pass(checks::PICTURE_SIZE, told);
    }
    Finding::fail(checks::PICTURE_SIZE, format!("{told}; seals have {} to {} mm", SIDES.0, SIDES.1))
}

fn proportions(picture: &Picture, width: u32, height: u32) -> Finding {
    let shown = picture.width().0 / picture.height().0;
    let stored = f64::from(width) / f64::from(height.max(1));
    let told = format!("{width} × {height} dots are shown at {} × {}", picture.width(), picture.height());
    if (shown / stored - 1.0).abs() <= 0.02 {
        return Finding::pass(checks::PICTURE_SIZE, told);
    }
    Finding::fail(checks::PICTURE_SIZE, format!("{told}: the seal is distorted"))
}

fn resolution(dpi: f64, noted: Option<f64>) -> Finding {
    let note = noted.map_or(String::new(), |noted| format!("; the file says {noted:.0} dpi"));
    let told = format!("{dpi:.0} dpi{note}");
    if dpi < LEAST_DPI {
        return Finding::fail(checks::PICTURE_RESOLUTION, format!("{told}: below {LEAST_DPI} dpi steps show in print"));
    }
    if noted.is_some_and(|noted| (noted / dpi - 1.0).abs() > 0.02) {
        return Finding::note(checks::PICTURE_RESOLUTION, format!("{told}: the millimetres given with it count"));
    }
    Finding::pass(checks::PICTURE_RESOLUTION, told)
}

/// What the file itself says, where it says it: `pHYs` in PNG, JFIF in JPEG, the header of BMP.
fn noted_dpi(picture: &Picture) -> Option<f64> {
    let bytes = picture.bytes();
    let number = |at: usize, length: usize| -> Option<u32> {
        let digits = bytes.get(at..at.checked_add(length)?)?;
        Some(digits.iter().fold(0_u32, |value, byte| (value << 8) | u32::from(*byte)))
    };
    let metre = |dots: u32| (dots > 0).then(|| f64::from(dots) * 0.0254);
    match picture.format() {
        PictureFormat::Png => {
            // Chunks before the picture's data: length, name, data, checksum.
            let mut at: usize = 8;
            for _ in 0..64 {
                let length = usize::try_from(number(at, 4)?).ok()?;
                let data = at.checked_add(8)?;
                match bytes.get(at.checked_add(4)?..data)? {
                    b"pHYs" => {
                        let in_metres = bytes.get(data.checked_add(8)?) == Some(&1);
                        return in_metres.then(|| metre(number(data, 4)?)).flatten();
                    }
                    b"IDAT" => return None,
                    _ => at = data.checked_add(length)?.checked_add(4)?,
                }
            }
            None
        }
        PictureFormat::Jpeg => {
            let jfif = bytes.get(6..11) == Some(b"JFIF\0".as_slice());
            let density = f64::from(number(14, 2).filter(|density| jfif && *density > 0)?);
            match bytes.get(13)? {
                1 => Some(density),
                2 => Some(density * 2.54),
                _ => None,
            }
        }
        PictureFormat::Bmp => {
            let little = bytes.get(38..42).and_then(|four| <[u8; 4]>::try_from(four).ok()).map(u32::from_le_bytes);
            little.and_then(metre)
        }
        _ => None,
    }
}

fn transparency(picture: &Picture, image: &RgbaImage) -> Finding {
    let check = checks::PICTURE_TRANSPARENCY;
    let clear = image.pixels().filter(|dot| is_clear(dot)).count();
    let all = image.pixels().len().max(1);
    let share = 100.0 * clear as f64 / all as f64;
    if clear == 0 {
        let format = picture.format().seal_name();
        return Finding::fail(
            check,
            format!("the {format} has no transparent dot: it covers what it is stamped on; see `white_to_transparent`"),
        );
    }
    if share < 20.0 {
        return Finding::unknown(
            check,
            format!("{share:.0} % are transparent: more would be usual unless the ground is red"),
        );
    }
    Finding::pass(check, format!("{share:.0} % are transparent"))
}

fn is_clear(dot: &Rgba<u8>) -> bool {
    let Rgba([_, _, _, opacity]) = dot;
    *opacity < FAINT
}

fn is_ink(dot: &Rgba<u8>) -> bool {
    let Rgba([red, green, blue, opacity]) = dot;
    *opacity >= FAINT && (*red).min(*green).min(*blue) < PAPER
}

/// Red is where red is much stronger than the other two.
fn colour(image: &RgbaImage) -> Finding {
    let check = checks::PICTURE_COLOUR;
    let (mut ink, mut red) = (0_u64, 0_u64);
    for Rgba([r, g, b, _]) in image.pixels().filter(|dot| is_ink(dot)) {
        ink += 1;
        let other = i32::from(*g.max(b));
        red += u64::from(i32::from(*r) - other >= 40);
    }
    if ink == 0 {
        return Finding::fail(check, "the picture has no ink: every dot is white or transparent");
    }
    let share = 100.0 * red as f64 / ink as f64;
    let told = format!("{share:.0} % of the ink are red");
    if share >= 95.0 {
        Finding::pass(check, told)
    } else if share >= 50.0 {
        Finding::unknown(check, format!("{told}: another colour is mixed in"))
    } else {
        Finding::fail(check, format!("{told}: seals on official documents are red"))
    }
}

/// Where the ink lies, in dots.
struct Ink {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

fn ink_of(image: &RgbaImage) -> Option<Ink> {
    let mut found: Option<(u32, u32, u32, u32)> = None;
    for (x, y, _) in image.enumerate_pixels().filter(|(_, _, dot)| is_ink(dot)) {
        let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
        found = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
    }
    let (left, top, right, bottom) = found?;
    Some(Ink { left, top, width: right - left + 1, height: bottom - top + 1 })
}

fn margin(image: &RgbaImage) -> Finding {
    let check = checks::PICTURE_MARGIN;
    let Some(ink) = ink_of(image) else {
        return Finding::fail(check, "the picture has no ink");
    };
    let share = |part: u32, whole: u32| 1.0 - f64::from(part) / f64::from(whole.max(1));
    let empty = share(ink.width, image.width()).max(share(ink.height, image.height()));
    let told = format!("{:.1} % of a side are empty margin", empty * 100.0);
    if empty <= MARGIN {
        return Finding::pass(check, told);
    }
    Finding::fail(check, format!("{told}: the seal shows smaller than its millimetres say; see `crop_to_ink`"))
}

#[cfg(test)]
mod tests;
