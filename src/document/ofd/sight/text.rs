//! The places of characters (GB/T 33190-2016, 11.3). They stand in the file as Unicode, so fonts are not looked at;
//! where nothing says how wide the last character of a text is, an ideograph is as wide as high and others are half
//! of that.

use crate::document::ofd::sight::{Scope, boundary, six};
use crate::document::ofd::xml::Element;
use crate::document::sight::{Glyph, Ink, Sight, Visibility};
use crate::error::Error;
use crate::units::{Area, Mm};

/// How far ideographs reach above and below the line that they stand on, in sizes of the font.
const ASCENT: f64 = 0.88;
const DESCENT: f64 = 0.12;

/// The places of a text's characters (11.3).
pub(super) fn text(node: Element<'_>, scope: &Scope<'_>, sight: &mut Sight) -> Result<(), Error> {
    let Some(area) = boundary(node, scope.from, sight.page) else { return Ok(()) };
    let number =
        |name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
    let size = number("Size").unwrap_or(0.0);
    if size <= 0.0 {
        return Ok(());
    }
    let matrix = node.attribute("CTM").and_then(six).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let frame = Frame { matrix, origin: (area.left.0, area.top.0), size, stretch: number("HScale").unwrap_or(1.0) };
    let reading = match number("ReadDirection").unwrap_or(0.0) as i64 {
        90 => (0.0, 1.0),
        180 => (-1.0, 0.0),
        270 => (0.0, -1.0),
        _ => (1.0, 0.0),
    };
    let ink = if sight.is_close() { scope.styles.ink_of_text(node, scope.layer) } else { Ink::BLACK };
    let mut at = (0.0, 0.0);
    for code in node.all("TextCode") {
        let coordinate = |name: &str| code.attribute(name).and_then(|text| text.parse::<f64>().ok());
        // Where one is left out, the one before holds.
        at = (coordinate("X").unwrap_or(at.0), coordinate("Y").unwrap_or(at.1));
        let characters: Vec<char> = code.whole_text().chars().collect();
        let right = deltas(code.attribute("DeltaX"), characters.len());
        let down = deltas(code.attribute("DeltaY"), characters.len());
        let has_none = right.is_empty() && down.is_empty();
        let mut towards = reading;
        let mut place = at;
        for (index, character) in characters.iter().enumerate() {
            let natural = natural_width(*character) * size;
            let step = match has_none {
                true => Some((reading.0 * natural, reading.1 * natural)),
                false => right
                    .get(index)
                    .copied()
                    .or(down.get(index).map(|_| 0.0))
                    .map(|right| (right, down.get(index).copied().unwrap_or(0.0))),
            };
            if let Some((x, y)) = step
                && x.hypot(y) > 0.0
            {
                towards = (x / x.hypot(y), y / x.hypot(y));
            }
            let reach = step.map_or(natural, |(x, y)| x.hypot(y).min(natural.max(size)));
            frame.note(*character, (place, towards, reach), ink, sight)?;
            if let Some((x, y)) = step {
                place = (place.0 + x, place.1 + y);
            }
        }
    }
    Ok(())
}

/// In sizes of the font.
fn natural_width(character: char) -> f64 {
    if character.is_ascii() { 0.5 } else { 1.0 }
}

/// What a text object's coordinates mean.
struct Frame {
    matrix: [f64; 6],
    origin: (f64, f64),
    size: f64,
    stretch: f64,
}

impl Frame {
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.matrix;
        (self.origin.0 + a * x + c * y + e, self.origin.1 + b * x + d * y + f)
    }

    fn note(
        &self,
        character: char,
        ((x, y), towards, reach): ((f64, f64), (f64, f64), f64),
        ink: Ink,
        sight: &mut Sight,
    ) -> Result<(), Error> {
        let width = if towards.0.abs() > 0.5 { reach } else { self.size } * self.stretch;
        let (top, bottom) = (y - ASCENT * self.size, y + DESCENT * self.size);
        let corners = [(x, top), (x + width, top), (x, bottom), (x + width, bottom)].map(|corner| self.place(corner));
        let least = |each: fn(&(f64, f64)) -> f64| corners.iter().map(each).fold(f64::INFINITY, f64::min);
        let most = |each: fn(&(f64, f64)) -> f64| corners.iter().map(each).fold(f64::NEG_INFINITY, f64::max);
        let (left, top) = (least(|point| point.0), least(|point| point.1));
        let (wide, high) = (most(|point| point.0) - left, most(|point| point.1) - top);
        let area = Area { page: sight.page, left: Mm(left), top: Mm(top), width: Mm(wide), height: Mm(high) };
        if ![left, top, wide, high].iter().all(|number| number.is_finite()) || !area.overlaps(&sight.area()) {
            return Ok(());
        }
        let (origin, ahead) = (self.place((x, y)), self.place((x + towards.0, y + towards.1)));
        let (right, down) = (ahead.0 - origin.0, ahead.1 - origin.1);
        let length = right.hypot(down);
        if length <= 0.0 {
            return Ok(());
        }
        let [a, b, c, d, ..] = self.matrix;
        let page = sight.area();
        let glyph = Glyph {
            text: character.to_string(),
            area,
            origin,
            towards: (right / length, down / length),
            advance: reach * length,
            em: self.size * (a * d - b * c).abs().sqrt(),
            ink,
            seen: Visibility::Seen,
        };
        sight.add_glyph(glyph, &page)
    }
}

/// Steps between characters; `g 3 2.5` stands for `2.5 2.5 2.5` (11.3.1). No more than there are characters.
fn deltas(text: Option<&str>, most: usize) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut words = text.unwrap_or_default().split_whitespace();
    while let Some(word) = words.next().filter(|_| steps.len() < most) {
        if word == "g" {
            let count = words.next().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
            let step = words.next().and_then(|step| step.parse::<f64>().ok()).unwrap_or(0.0);
            steps.extend(std::iter::repeat_n(step, count.min(most - steps.len())));
        } else {
            steps.push(word.parse().unwrap_or(0.0));
        }
    }
    steps.iter_mut().filter(|step| !step.is_finite()).for_each(|step| *step = 0.0);
    steps
}

#[cfg(test)]
mod tests {
    use super::deltas;

    #[test]
    fn steps_are_repeated_as_often_as_they_say_and_no_more_than_there_are_characters() {
        assert_eq!(deltas(Some("g 3 2.5 1"), 9), [2.5, 2.5, 2.5, 1.0]);
        assert_eq!(deltas(Some("g 4000000000 2.5"), 3), [2.5; 3]);
        assert_eq!(deltas(Some("x NaN g"), 9), [0.0, 0.0]);
        assert!(deltas(None, 9).is_empty());
    }
}
