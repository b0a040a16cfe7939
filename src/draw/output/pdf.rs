//! PDF: content streams, and documents of pages (ISO 32000-2, 8.5).

use std::collections::BTreeSet;

use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Settings, Str};

use crate::deflate::zlib_small;
use crate::draw::drawing::{Drawing, FillRule};
use crate::draw::writing::{Faces, Writing};
use crate::error::{Error, ErrorKind};
use crate::font::{OBJECTS, Point, Segment, codes};
use crate::units::Mm;

/// A drawing with the place of its upper left corner on a page, in millimetres.
#[derive(Clone, Debug)]
pub(in crate::draw) struct Placed<'a> {
    pub(in crate::draw) drawing: &'a Drawing,
    pub(in crate::draw) left: f64,
    pub(in crate::draw) top: f64,
}

/// What a page shows.
pub(in crate::draw) struct Contents<'a> {
    pub(in crate::draw) drawings: Vec<Placed<'a>>,
    pub(in crate::draw) writings: &'a [Writing],
}

impl Drawing {
    /// The drawing as a PDF document of one page that is exactly as large as the drawing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when the content cannot be compressed.
    pub fn to_pdf(&self) -> Result<Vec<u8>, Error> {
        let whole = Placed { drawing: self, left: 0.0, top: 0.0 };
        document(self.width, self.height, &[Contents { drawings: vec![whole], writings: &[] }])
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

/// A document of pages, each with its drawings and its text.
pub(in crate::draw) fn document(width: f64, height: f64, pages: &[Contents<'_>]) -> Result<Vec<u8>, Error> {
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    let count = i32::try_from(pages.len())
        .ok()
        .filter(|count| *count < 1_000_000)
        .ok_or_else(|| Error::new(ErrorKind::TooLarge, format!("{} pages are too many for one sheet", pages.len())))?;
    let numbers = || (0..count).map(|at| (Ref::new(3 + 2 * at), Ref::new(4 + 2 * at)));
    let mut faces = Faces::new();
    let mut streams = Vec::new();
    for page in pages {
        let mut content = Content::with_settings(Settings { pretty: false });
        for placed in &page.drawings {
            paint(&mut content, placed, height);
        }
        let mut used = BTreeSet::new();
        for writing in page.writings {
            write(&mut content, writing, height, &mut faces, &mut used)?;
        }
        streams.push((content.finish().into_vec(), used));
    }
    let first_font = count.saturating_mul(2).saturating_add(3);
    let font = |place: usize| Ref::new(first_font.saturating_add(OBJECTS.saturating_mul(place as i32)));
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(numbers().map(|(page, _)| page)).count(count);
    for ((page, stream), (content, used)) in numbers().zip(&streams) {
        let mut entry = pdf.page(page);
        entry.media_box(Rect::new(0.0, 0.0, points(width), points(height)));
        entry.parent(tree).contents(stream);
        let mut resources = entry.resources();
        if !used.is_empty() {
            let mut fonts = resources.fonts();
            for place in used {
                fonts.pair(Name(format!("F{place}").as_bytes()), font(*place));
            }
        }
        resources.finish();
        entry.finish();
        let bytes = zlib_small(content)?;
        pdf.stream(stream, &bytes).filter(Filter::FlateDecode);
    }
    for (place, face) in faces.finish()?.iter().enumerate() {
        face.write(&mut pdf, font(place).get())?;
    }
    Ok(pdf.finish())
}

/// Shows text in the fonts that it is embedded with.
fn write<'w>(
    content: &mut Content,
    writing: &'w Writing,
    page_height: f64,
    faces: &mut Faces<'w>,
    used: &mut BTreeSet<usize>,
) -> Result<(), Error> {
    let part = |value: u8| f32::from(value) / 255.0;
    content.set_fill_rgb(part(writing.colour.red), part(writing.colour.green), part(writing.colour.blue));
    content.begin_text();
    for (text, start) in &writing.lines {
        let (place, set) = faces.set(&writing.font, text)?;
        used.insert(place);
        content.set_font(Name(format!("F{place}").as_bytes()), points(writing.size));
        let at = (points(start.x), points(page_height - start.y));
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, at.0, at.1]);
        content.show(Str(&codes(&set)));
    }
    content.end_text();
    Ok(())
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
