//! PDF: content streams, and documents of pages (ISO 32000-2, 8.5).

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish as _, Pdf, Rect, Ref, Settings};

use crate::draw::drawing::{Drawing, FillRule};
use crate::error::{Error, ErrorKind};
use crate::font::{Point, Segment};
use crate::units::Mm;

/// A drawing with the place of its upper left corner on a page, in millimetres.
#[derive(Clone, Debug)]
pub(in crate::draw) struct Placed<'a> {
    pub(in crate::draw) drawing: &'a Drawing,
    pub(in crate::draw) left: f64,
    pub(in crate::draw) top: f64,
}

impl Drawing {
    /// The drawing as a PDF document of one page that is exactly as large as the drawing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when the content cannot be compressed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, Error> {
        let whole = Placed { drawing: self, left: 0.0, top: 0.0 };
        document(self.width, self.height, &[vec![whole]])
    }

    /// The content stream of a form XObject with the `BBox` `[0 0 width height]` in points and no
    /// resources (ISO 32000-2, 8.10). Not compressed.
    #[must_use]
    pub fn to_pdf_content(&self) -> Vec<u8> {
        let mut content = Content::with_settings(Settings { pretty: false });
        paint(&mut content, &Placed { drawing: self, left: 0.0, top: 0.0 }, self.height);
        content.finish().into_vec()
    }
}

/// A document of pages, each with its drawings.
pub(in crate::draw) fn document(width: f64, height: f64, pages: &[Vec<Placed<'_>>]) -> Result<Vec<u8>, Error> {
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    let count = i32::try_from(pages.len())
        .ok()
        .filter(|count| *count < 1_000_000)
        .ok_or_else(|| Error::new(ErrorKind::TooLarge, format!("{} pages are too many for one sheet", pages.len())))?;
    let numbers = || (0..count).map(|at| (Ref::new(3 + 2 * at), Ref::new(4 + 2 * at)));
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(numbers().map(|(page, _)| page)).count(count);
    for ((page, stream), drawings) in numbers().zip(pages) {
        let mut entry = pdf.page(page);
        entry.media_box(Rect::new(0.0, 0.0, points(width), points(height)));
        entry.parent(tree).contents(stream);
        entry.resources();
        entry.finish();
        let mut content = Content::with_settings(Settings { pretty: false });
        for placed in drawings {
            paint(&mut content, placed, height);
        }
        let bytes = deflated(&content.finish().into_vec())?;
        pdf.stream(stream, &bytes).filter(Filter::FlateDecode);
    }
    Ok(pdf.finish())
}

/// Paints a drawing on a page of the given height. Coordinates are turned into points here rather than
/// by a matrix, so that what is printed can be measured in the stream.
fn paint(content: &mut Content, placed: &Placed<'_>, page_height: f64) {
    let Placed { drawing, left, top } = placed;
    let at = |point: Point| (points(left + point.x), points(page_height - top - point.y));
    let part = |value: u8| f32::from(value) / 255.0;
    content.set_fill_rgb(part(drawing.colour.red), part(drawing.colour.green), part(drawing.colour.blue));
    for shape in &drawing.shapes {
        for segment in shape.path.segments() {
            match *segment {
                Segment::Move(to) => {
                    let (x, y) = at(to);
                    content.move_to(x, y);
                }
                Segment::Line(to) => {
                    let (x, y) = at(to);
                    content.line_to(x, y);
                }
                Segment::Cubic(first, second, to) => {
                    let ((a, b), (c, d), (x, y)) = (at(first), at(second), at(to));
                    content.cubic_to(a, b, c, d, x, y);
                }
                Segment::Close => {
                    content.close_path();
                }
            }
        }
        match shape.rule {
            FillRule::NonZero => content.fill_nonzero(),
            FillRule::EvenOdd => content.fill_even_odd(),
        };
    }
}

/// To a ten-thousandth of a point, so that the numbers stay short.
fn points(length: f64) -> f32 {
    ((Mm(length).to_points() * 1e4).round() / 1e4) as f32
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_err(|source| Error::too_large("the drawing does not compress").caused_by(source))
}
