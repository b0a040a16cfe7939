//! Pictures of pages: OFD as SVG and PNG, with the stamps that signatures put on them.
//!
//! To look is not to verify: whatever a package shows is shown, judged or not.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::document::Ofd;
use crate::document::ofd::Mark;
use crate::error::{Error, ErrorKind};
use crate::font::Font;
use crate::limits::Limits;
use crate::picture::Picture;
use crate::seal::{Seal, SealSignature};
use crate::units::Page;

/// The millimetres of an inch.
const INCH: f64 = 25.4;

/// A page as a picture.
#[derive(Clone, Debug)]
pub struct Rendered {
    svg: String,
    size: (f64, f64),
    notes: Vec<String>,
    limits: Limits,
}

impl Ofd {
    /// Draws a page: text, paths, pictures, templates, annotations, and the stamps of all signatures, their
    /// pictures taken from what was signed. **Nothing is judged**: a forged stamp is shown like a good one.
    ///
    /// Characters that the document's own fonts lack are taken from `fonts`, the first that has them; what no
    /// font has is told by [`Rendered::notes`].
    ///
    /// ```
    /// # fn demo(licence: &eseal::Ofd, song: eseal::ofd::Font) -> Result<(), eseal::Error> {
    /// let page = licence.render(eseal::Page(1), &[song])?;
    /// let png = page.png(150.0)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such page, when it cannot be read, or when it exceeds the document's limits.
    pub fn render(&self, page: Page, fonts: &[Font]) -> Result<Rendered, Error> {
        let drawn = self.draw(page, fonts, &picture)?;
        Ok(Rendered { svg: drawn.svg, size: drawn.size, notes: drawn.notes, limits: self.limits().clone() })
    }
}

/// The picture in what was signed; for signatures without a seal in them, in the seal beside.
fn picture(mark: &Mark) -> Option<Picture> {
    let signed = SealSignature::from_der(&mark.value).ok().and_then(|signature| signature.seal().picture().ok());
    signed.or_else(|| Seal::from_der(mark.seal.as_deref()?).ok()?.picture().ok())
}

impl Rendered {
    /// The page as SVG, in millimetres; it refers to nothing outside.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// What could not be shown, in sentences; empty when all was.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The page as PNG, in so many dots per inch.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the resolution is not above zero, [`ErrorKind::TooLarge`] when the picture
    /// would have more than [`Limits::pixels`].
    pub fn png(&self, dots_per_inch: f64) -> Result<Vec<u8>, Error> {
        let pixmap = self.pixels(dots_per_inch)?;
        let mut png = Vec::new();
        let failed =
            |source: png::EncodingError| Error::malformed("the page cannot be written as PNG").caused_by(source);
        let mut encoder = png::Encoder::new(&mut png, pixmap.width(), pixmap.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        // Everything stands on white, so that nothing is transparent and premultiplied is plain.
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(pixmap.data()).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(png)
    }

    fn pixels(&self, dots_per_inch: f64) -> Result<Pixmap, Error> {
        let misuse = |detail: String| Error::new(ErrorKind::Misuse, detail);
        if !(dots_per_inch.is_finite() && dots_per_inch > 0.0) {
            return Err(misuse(format!("{dots_per_inch} dots per inch show nothing: give a number above zero")));
        }
        let [width, height] = [self.size.0, self.size.1].map(|side| (side / INCH * dots_per_inch).round().max(1.0));
        #[expect(clippy::cast_precision_loss, reason = "a limit far below 2^52")]
        let most = self.limits.pixels as f64;
        if width * height > most || width > f64::from(u16::MAX) || height > f64::from(u16::MAX) {
            return Err(Error::too_large(format!(
                "the page would have {width} × {height} pixels, more than {most} (Limits::pixels) or 65535 in a side"
            )));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 65535")]
        let (columns, rows) = (width as u32, height as u32);
        let mut pixmap = Pixmap::new(columns, rows).ok_or_else(|| Error::too_large("the page has too many pixels"))?;
        pixmap.fill(resvg::tiny_skia::Color::WHITE);
        let tree = Tree::from_str(&self.svg, &options())
            .map_err(|source| Error::malformed("the page's own SVG cannot be read").caused_by(source))?;
        let size = tree.size();
        #[expect(clippy::cast_possible_truncation, reason = "graphics count in single precision")]
        let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

/// Pictures come out of the SVG alone: no file is opened for one.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    let data = resvg::usvg::ImageHrefResolver::default_data_resolver();
    options.image_href_resolver.resolve_data =
        Box::new(move |kind, bytes: Arc<Vec<u8>>, options| data(kind, bytes, options));
    options
}
