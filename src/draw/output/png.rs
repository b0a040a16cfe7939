//! PNG: red, green, blue and opacity of 8 bits each, with the resolution noted (`pHYs`).

use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};
use tiny_skia::{FillRule as Rule, Mask, PathBuilder, Transform};

use crate::draw::drawing::{Drawing, FillRule, Shape};
use crate::error::{Error, ErrorKind};
use crate::font::{Path, Segment};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};

impl Drawing {
    /// The drawing as PNG, transparent where nothing is drawn. 600 dots per inch are usual.
    ///
    /// What is drawn has the one colour and differs in opacity only; what is quite transparent is
    /// white, so that programs that leave opacity out show the seal on paper.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when `dpi` is 0, [`ErrorKind::TooLarge`] when the picture would have more
    /// dots than the default of [`Limits::pixels`].
    pub fn to_png(&self, dpi: u32) -> Result<Vec<u8>, Error> {
        let (width, height) = (pixels(self.width, dpi)?, pixels(self.height, dpi)?);
        let mask = mask_of(self, width, height)?;
        let Drawing { colour, .. } = self;
        let dots = mask.data().iter().flat_map(|opacity| match opacity {
            0 => [255, 255, 255, 0],
            opacity => [colour.red, colour.green, colour.blue, *opacity],
        });
        encode(width, height, ColorType::Rgba, &dots.collect::<Vec<u8>>(), dpi)
    }

    /// The drawing as a picture for a seal: PNG at `dpi` dots per inch, or SVG, for which `dpi` has no
    /// meaning.
    ///
    /// # Errors
    ///
    /// As [`Drawing::to_png`]; [`ErrorKind::Unsupported`] for other formats, which have no
    /// transparency or lose sharpness.
    pub fn to_picture(&self, format: PictureFormat, dpi: u32) -> Result<Picture, Error> {
        match format {
            PictureFormat::Png => Picture::png(&self.to_png(dpi)?, self.width(), self.height()),
            PictureFormat::Svg => Picture::svg(self.to_svg().as_bytes(), self.width(), self.height()),
            other => Err(Error::unsupported(format!("seals are drawn as PNG or SVG, not as {}", other.seal_name()))),
        }
    }
}

/// The number of dots of a length.
pub(in crate::draw) fn pixels(length: f64, dpi: u32) -> Result<u32, Error> {
    if dpi == 0 {
        return Err(Error::new(ErrorKind::Misuse, "0 dpi is no resolution: 600 is usual"));
    }
    let dots = (length * f64::from(dpi) / 25.4).round().max(1.0);
    if dots * dots > Limits::default().pixels as f64 * 4.0 {
        return Err(Error::too_large(format!("{length} mm at {dpi} dpi are {dots} dots: take fewer dpi")));
    }
    Ok(dots as u32)
}

/// The opacity of each dot, row by row.
pub(in crate::draw) fn mask_of(drawing: &Drawing, width: u32, height: u32) -> Result<Mask, Error> {
    let limit = Limits::default().pixels;
    let mask = (u64::from(width) * u64::from(height) <= limit).then(|| Mask::new(width, height)).flatten();
    let mut mask =
        mask.ok_or_else(|| Error::too_large(format!("{width} × {height} dots are too many: the limit is {limit}")))?;
    let place =
        Transform::from_scale((f64::from(width) / drawing.width) as f32, (f64::from(height) / drawing.height) as f32);
    for Shape { path, rule } in &drawing.shapes {
        let rule = match rule {
            FillRule::NonZero => Rule::Winding,
            FillRule::EvenOdd => Rule::EvenOdd,
        };
        if let Some(path) = build(path) {
            mask.fill_path(&path, rule, true, place);
        }
    }
    Ok(mask)
}

/// Writes a PNG file.
pub(in crate::draw) fn encode(
    width: u32,
    height: u32,
    colour: ColorType,
    dots: &[u8],
    dpi: u32,
) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::too_large("the picture cannot be written as PNG").caused_by(error);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    // Dots per metre (PNG, 11.3.4.3).
    let density = (f64::from(dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: density, yppu: density, unit: Unit::Meter }));
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(dots).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

fn build(path: &Path) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for segment in path.segments() {
        match *segment {
            Segment::Move(to) => builder.move_to(to.x as f32, to.y as f32),
            Segment::Line(to) => builder.line_to(to.x as f32, to.y as f32),
            Segment::Cubic(a, b, to) => {
                builder.cubic_to(a.x as f32, a.y as f32, b.x as f32, b.y as f32, to.x as f32, to.y as f32);
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}
