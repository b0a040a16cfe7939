//! SVG 1.1, in millimetres.

use std::fmt::Write as _;

use crate::draw::drawing::{Drawing, FillRule};
use crate::draw::output::number;
use crate::font::Segment;

impl Drawing {
    /// The drawing as SVG: paths only, one unit to the millimetre, transparent where nothing is drawn.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
             viewBox=\"0 0 {width} {height}\" fill=\"{}\">\n",
            self.colour
        );
        for shape in &self.shapes {
            let rule = match shape.rule {
                FillRule::NonZero => "",
                FillRule::EvenOdd => " fill-rule=\"evenodd\"",
            };
            // Writing to a string does not fail.
            let _ = writeln!(svg, "<path{rule} d=\"{}\"/>", data(shape.path.segments()));
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn data(segments: &[Segment]) -> String {
    let mut data = String::new();
    for segment in segments {
        match *segment {
            Segment::Move(to) => numbers(&mut data, 'M', &[to.x, to.y]),
            Segment::Line(to) => numbers(&mut data, 'L', &[to.x, to.y]),
            Segment::Cubic(a, b, to) => numbers(&mut data, 'C', &[a.x, a.y, b.x, b.y, to.x, to.y]),
            Segment::Close => data.push('Z'),
        }
    }
    data
}

fn numbers(data: &mut String, letter: char, values: &[f64]) {
    data.push(letter);
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            data.push(' ');
        }
        data.push_str(&number(*value));
    }
}
