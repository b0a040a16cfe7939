//! OFD path objects (GB/T 33190-2016, 9.1 and 9.3).

use std::fmt::Write as _;

#[cfg(feature = "ofd")]
use crate::document::Document as _;
#[cfg(feature = "ofd")]
use crate::document::ofd::{Content, Figure, Ink, NewOfd, Outline};
use crate::draw::drawing::{Drawing, FillRule};
use crate::draw::output::number;
#[cfg(feature = "ofd")]
use crate::error::Error;
use crate::font::Segment;

impl Drawing {
    /// The drawing as `ofd:PathObject` elements for a layer or a composite object, one to a line, with
    /// the identifiers `first_id`, `first_id` + 1 and so on; measured from the drawing's upper left
    /// corner in millimetres.
    ///
    /// Show them elsewhere by a composite object with a `Boundary`, or by moving each `Boundary`.
    #[must_use]
    pub fn to_ofd(&self, first_id: u32) -> String {
        let mut text = String::new();
        let boundary = format!("0 0 {} {}", number(self.width), number(self.height));
        let (red, green, blue) = (self.colour.red, self.colour.green, self.colour.blue);
        for (id, shape) in (first_id..).zip(&self.shapes) {
            let rule = match shape.rule {
                FillRule::NonZero => "",
                FillRule::EvenOdd => " Rule=\"Even-Odd\"",
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "<ofd:PathObject ID=\"{id}\" Boundary=\"{boundary}\" Stroke=\"false\" Fill=\"true\"{rule}>\
                 <ofd:FillColor Value=\"{red} {green} {blue}\"/>\
                 <ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>",
                data(shape.path.segments())
            );
        }
        text
    }
}

#[cfg(feature = "ofd")]
impl Drawing {
    /// The drawing as an OFD document of one page that is exactly as large as the drawing: the picture of a
    /// seal as vectors, which [`Picture::ofd`](crate::Picture::ofd) takes. Its `DocID` is nil, so that the same
    /// drawing gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when the drawing is empty in width or height.
    pub fn to_ofd_document(&self) -> Result<Vec<u8>, Error> {
        let mut document = NewOfd::new("0".repeat(32), self.width(), self.height());
        let mut page = Content::new();
        let ink = Ink::rgb(self.colour.red, self.colour.green, self.colour.blue);
        for shape in &self.shapes {
            let figure = Figure::of(outline(shape.path.segments()));
            page.figure(match shape.rule {
                FillRule::NonZero => figure.fill(ink.clone()),
                FillRule::EvenOdd => figure.fill_even_odd(ink.clone()),
            });
        }
        document.page(page);
        document.finish().map(|document| document.as_bytes().into_owned())
    }
}

#[cfg(feature = "ofd")]
fn outline(segments: &[Segment]) -> Outline {
    segments.iter().fold(Outline::new(), |outline, segment| match *segment {
        Segment::Move(to) => outline.move_to(to.x, to.y),
        Segment::Line(to) => outline.line_to(to.x, to.y),
        Segment::Cubic(a, b, to) => outline.cubic_to([(a.x, a.y), (b.x, b.y), (to.x, to.y)]),
        Segment::Close => outline.close(),
    })
}

/// M, L, B and C with their operands (GB/T 33190-2016, table 36).
fn data(segments: &[Segment]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut step = |letter: &str, values: &[f64]| {
        words.push(letter.into());
        words.extend(values.iter().map(|value| number(*value)));
    };
    for segment in segments {
        match *segment {
            Segment::Move(to) => step("M", &[to.x, to.y]),
            Segment::Line(to) => step("L", &[to.x, to.y]),
            Segment::Cubic(a, b, to) => step("B", &[a.x, a.y, b.x, b.y, to.x, to.y]),
            Segment::Close => step("C", &[]),
        }
    }
    words.join(" ")
}
