//! Shapes that layouts draw: check boxes, frames, QR codes, paths.

use std::collections::BTreeMap;

use fast_qr::{ECL, QRBuilder};

use crate::compose::colour::Colour;
use crate::compose::draft::Mark;
use crate::compose::layout::{CodeLevel, Curve, Frame, Line};
use crate::document::ofd::{Cap, Figure, Ink, Join, Outline, Stroke};
use crate::error::{Error, ErrorKind};

pub(super) fn ink(colour: Colour) -> Ink {
    Ink::rgb(colour.0, colour.1, colour.2)
}

/// A square with its tick, drawn and not written: fonts draw these signs in many ways, or lack them.
pub(super) fn check_box([left, top, width, height]: [f64; 4], is_on: bool, colour: Colour) -> Vec<Mark> {
    let side = width.min(height);
    let (left, top) = (left + (width - side) / 2.0, top + (height - side) / 2.0);
    let line = side * 0.07;
    let inner = side - line;
    let square = Outline::rectangle(left + line / 2.0, top + line / 2.0, inner, inner);
    let mut marks = vec![Mark::Figure(Figure::of(square).stroke(Stroke::new(ink(colour), line)))];
    if is_on {
        let at = |x: f64, y: f64| (left + side * x, top + side * y);
        let ((a, b), (c, d), (e, f)) = (at(0.2, 0.5), at(0.42, 0.74), at(0.82, 0.24));
        let tick = Outline::new().move_to(a, b).line_to(c, d).line_to(e, f);
        let stroke = Stroke { cap: Cap::Round, join: Join::Round, ..Stroke::new(ink(colour), side * 0.11) };
        marks.push(Mark::Figure(Figure::of(tick).stroke(stroke)));
    }
    marks
}

pub(super) fn line(line: &Line) -> Result<Mark, Error> {
    let ([a, b], [c, d]) = (line.from, line.to);
    finite(&[a, b, c, d])?;
    positive("a line", line.width)?;
    let mut stroke = Stroke::new(ink(line.colour), line.width);
    if line.dash.iter().any(|length| !(length.is_finite() && *length >= 0.0)) {
        return Err(Error::malformed("a dash has no length: give millimetres"));
    }
    // A pattern without any length would never end.
    if line.dash.iter().sum::<f64>() > 0.01 {
        stroke.dashes.clone_from(&line.dash);
    }
    Ok(Mark::Figure(Figure::of(Outline::new().move_to(a, b).line_to(c, d)).stroke(stroke)))
}

/// The lines of a frame lie within its area, whatever their widths.
pub(super) fn frame(frame: &Frame, area: [f64; 4]) -> Result<Vec<Mark>, Error> {
    let [left, top, width, height] = area;
    let mut marks = Vec::new();
    if let Some(colour) = frame.fill {
        marks.push(Mark::Figure(Figure::of(Outline::rectangle(left, top, width, height)).fill(ink(colour))));
    }
    for line in &frame.lines {
        positive("a line of a frame", line.width)?;
        let inset = line.inset + line.width / 2.0;
        let (width, height) = (width - 2.0 * inset, height - 2.0 * inset);
        if !(inset.is_finite() && width > 0.0 && height > 0.0) {
            return Err(Error::malformed(format!("a line {} mm within the frame has no room in it", line.inset)));
        }
        let outline = Outline::rectangle(left + inset, top + inset, width, height);
        marks.push(Mark::Figure(Figure::of(outline).stroke(Stroke::new(ink(frame.colour), line.width))));
    }
    Ok(marks)
}

/// A path of the steps `M`, `L`, `C` and `Z`.
pub(super) fn curve(curve: &Curve) -> Result<Mark, Error> {
    let mut outline = Outline::new();
    let mut words = curve.data.split([' ', ',', '\n', '\t']).filter(|word| !word.is_empty());
    let mut is_begun = false;
    while let Some(word) = words.next() {
        let mut point = || -> Result<(f64, f64), Error> {
            let mut number = || words.next().and_then(|word| word.parse::<f64>().ok());
            match (number(), number()) {
                (Some(x), Some(y)) => finite(&[x, y]).map(|()| (x, y)),
                _ => Err(Error::malformed("a step of a path lacks numbers: they stand apart from its letter")),
            }
        };
        outline = match word {
            "M" => {
                let (x, y) = point()?;
                is_begun = true;
                outline.move_to(x, y)
            }
            "L" if is_begun => {
                let (x, y) = point()?;
                outline.line_to(x, y)
            }
            "C" if is_begun => outline.cubic_to([point()?, point()?, point()?]),
            "Z" if is_begun => outline.close(),
            other => {
                let shown: String = other.chars().take(20).collect();
                return Err(Error::malformed(format!(
                    "\"{shown}\" is no step of a path: it begins with M, and has L, C and Z behind that"
                )));
            }
        };
    }
    if !is_begun {
        return Err(Error::malformed("a path has no steps"));
    }
    let mut figure = Figure::of(outline);
    if let Some(colour) = curve.fill {
        figure = figure.fill(ink(colour));
    }
    if let Some(colour) = curve.stroke {
        positive("the line along a path", curve.width)?;
        figure = figure.stroke(Stroke::new(ink(colour), curve.width));
    }
    if curve.fill.is_none() && curve.stroke.is_none() {
        return Err(Error::malformed("a path is neither filled nor drawn along: give \"fill\" or \"stroke\""));
    }
    Ok(Mark::Figure(figure))
}

/// A QR code in the middle of an area, on white, its modules as one path.
pub(super) fn code(
    text: &str,
    level: CodeLevel,
    quiet: u32,
    colour: Colour,
    area: [f64; 4],
) -> Result<Vec<Mark>, Error> {
    let level = match level {
        CodeLevel::L => ECL::L,
        CodeLevel::M => ECL::M,
        CodeLevel::Q => ECL::Q,
        CodeLevel::H => ECL::H,
    };
    let code = QRBuilder::new(text).ecl(level).build().map_err(|_| {
        let detail = format!("{} bytes are more than a QR code of this level holds: shorten them", text.len());
        Error::new(ErrorKind::Mismatch, detail)
    })?;
    let [left, top, width, height] = area;
    let side = width.min(height);
    let (left, top) = (left + (width - side) / 2.0, top + (height - side) / 2.0);
    let count = f64::from(u32::try_from(code.size).unwrap_or(u32::MAX)) + 2.0 * f64::from(quiet);
    // Modules of whole hundredths of a millimetre have short numbers; what is left over is more quiet around them.
    let module = match (side / count * 100.0).floor() / 100.0 {
        whole if whole >= 0.1 => whole,
        _ => side / count,
    };
    let margin = (side - module * count) / 2.0 + module * f64::from(quiet);
    let [across, down] = [left, top].map(|edge| ((edge + margin) * 100.0).round() / 100.0);
    let is_dark = |x: usize, y: usize| {
        x < code.size && y < code.size && code.data.get(y * code.size + x).is_some_and(|module| module.value())
    };
    let mut outline = Outline::new();
    for corners in contours(code.size, is_dark) {
        let mut corners = corners.into_iter().map(|(x, y)| (across + module * x as f64, down + module * y as f64));
        if let Some((x, y)) = corners.next() {
            outline = corners.fold(outline.move_to(x, y), |outline, (x, y)| outline.line_to(x, y)).close();
        }
    }
    Ok(vec![
        Mark::Figure(Figure::of(Outline::rectangle(left, top, side, side)).fill(Ink::rgb(255, 255, 255))),
        Mark::Figure(Figure::of(outline).fill(ink(colour))),
    ])
}

type Corner = (usize, usize);

/// The edges of the dark areas, dark always to the right of the way: one outline for what hangs together, so that no
/// viewer shows seams between modules.
fn contours(size: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<Vec<Corner>> {
    // From each corner to the next; at most two ways lead away from one.
    let mut ways: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    let mut add = |from: Corner, to: Corner| ways.entry(from).or_default().push(to);
    for y in 0..size {
        for x in (0..size).filter(|x| is_dark(*x, y)) {
            if y == 0 || !is_dark(x, y - 1) {
                add((x, y), (x + 1, y));
            }
            if !is_dark(x + 1, y) {
                add((x + 1, y), (x + 1, y + 1));
            }
            if !is_dark(x, y + 1) {
                add((x + 1, y + 1), (x, y + 1));
            }
            if x == 0 || !is_dark(x - 1, y) {
                add((x, y + 1), (x, y));
            }
        }
    }
    let mut contours = Vec::new();
    while let Some((start, _)) = ways.first_key_value() {
        let start = *start;
        let (mut at, mut contour) = (start, Vec::new());
        while let Some(next) = step(&mut ways, at) {
            let turns = contour.last().is_none_or(|last: &Corner| (last.0 == at.0) != (at.0 == next.0));
            if turns {
                contour.push(at);
            }
            at = next;
            if at == start {
                break;
            }
        }
        contours.push(contour);
    }
    contours
}

/// Takes a way that leads on from a corner. Where two dark modules touch by their corners there are two, and either
/// gives the same areas.
fn step(ways: &mut BTreeMap<Corner, Vec<Corner>>, at: Corner) -> Option<Corner> {
    let choices = ways.get_mut(&at)?;
    let next = choices.pop();
    if choices.is_empty() {
        ways.remove(&at);
    }
    next
}

pub(super) fn finite(values: &[f64]) -> Result<(), Error> {
    /// No paper is larger than five metres.
    const MOST: f64 = 5000.0;
    match values.iter().find(|value| !(value.is_finite() && value.abs() <= MOST)) {
        None => Ok(()),
        Some(value) => Err(Error::malformed(format!("{value} is no place on a page: give millimetres up to {MOST}"))),
    }
}

pub(super) fn positive(what: &str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value <= 5000.0 {
        return Ok(());
    }
    Err(Error::malformed(format!("{what} of {value} mm cannot be drawn: give a width above nought")))
}

#[cfg(test)]
mod tests {
    use super::contours;

    #[test]
    fn contours_go_around_dark_areas_and_holes() {
        // A ring of eight around a hole, and one that touches its corner.
        let dark = |x: usize, y: usize| (x < 3 && y < 3 && (x, y) != (1, 1)) || (x, y) == (3, 3);
        let found = contours(4, dark);
        let area = |corners: &[(usize, usize)]| -> i64 {
            let next = corners.iter().cycle().skip(1);
            let cross = |((a, b), (c, d)): (&(usize, usize), &(usize, usize))| (*a * *d) as i64 - (*c * *b) as i64;
            corners.iter().zip(next).map(cross).sum::<i64>() / 2
        };
        assert_eq!(found.iter().map(|contour| area(contour)).sum::<i64>(), 9, "{found:?}");
        assert!(found.iter().any(|contour| area(contour) == -1), "the hole runs the other way: {found:?}");
        assert!(contours(4, |_, _| false).is_empty());
        assert_eq!(
            contours(2, |x, y| x < 2 && y < 2),
            [vec![(0, 0), (2, 0), (2, 2), (0, 2)]],
            "no corners along a side"
        );
    }
}
