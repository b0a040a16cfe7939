//! Path data: `AbbreviatedData` in the words of SVG (GB/T 33190-2016, 9.1.2, table 36).

use std::fmt::Write as _;

use crate::document::ofd::path_data::steps;
use crate::font::{Path, Segment};

/// Path data for SVG. What cannot be understood ends the path, as in SVG itself; `None` when nothing is left.
pub(super) fn from_abbreviated(data: &str) -> Option<String> {
    let mut out = String::with_capacity(data.len());
    for (letter, numbers) in steps(data) {
        out.push_str(match letter {
            'B' => "C",
            'C' => "Z",
            'M' => "M",
            'L' => "L",
            'Q' => "Q",
            _ => "A",
        });
        if let ('A', [rx, ry, angle, large, sweep, x, y]) = (letter, numbers.as_slice()) {
            let flag = |value: &f64| u8::from(*value != 0.0);
            let _ = write!(out, "{rx} {ry} {angle} {} {} {x} {y}", flag(large), flag(sweep));
        } else {
            let texts: Vec<_> = numbers.iter().map(f64::to_string).collect();
            out.push_str(&texts.join(" "));
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The outline of a glyph.
pub(super) fn of_glyph(path: &Path) -> String {
    let mut out = String::new();
    // Writing to a string does not fail; a thousandth of an em's thousandth is enough.
    for segment in path.segments() {
        let _ = match *segment {
            Segment::Move(to) => write!(out, "M{:.4} {:.4}", to.x, to.y),
            Segment::Line(to) => write!(out, "L{:.4} {:.4}", to.x, to.y),
            Segment::Cubic(a, b, to) => {
                write!(out, "C{:.4} {:.4} {:.4} {:.4} {:.4} {:.4}", a.x, a.y, b.x, b.y, to.x, to.y)
            }
            Segment::Close => write!(out, "Z"),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::from_abbreviated;

    #[test]
    fn paths_in_the_words_of_svg() {
        for (data, svg) in [
            ("M 0 1 L 2 3 Q 4 5 6 7 B 1 2 3 4 5 6 C", "M0 1L2 3Q4 5 6 7C1 2 3 4 5 6Z"),
            ("S 1 2 A 3 4 45 1 0 5 6", "M1 2A3 4 45 1 0 5 6"),
            ("M 0 0 L 1 1 2 2\n3,3 C M 4 4", "M0 0L1 1L2 2L3 3ZM4 4"),
            ("M 0 0 L 1 x 2", "M0 0"),
            ("M 0 0 L 1 NaN L 3 3", "M0 0"),
            ("M 0 0 X 1 1", "M0 0"),
            ("M 1e3 -.5", "M1000 -0.5"),
        ] {
            assert_eq!(from_abbreviated(data).as_deref(), Some(svg), "{data}");
        }
        for bad in ["", "L 1 1", "C", "M 1", "\" onload=\"x"] {
            assert_eq!(from_abbreviated(bad), None, "{bad}");
        }
    }
}
