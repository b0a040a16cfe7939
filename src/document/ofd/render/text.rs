//! Text: each character where the object says, as the outline of its glyph (GB/T 33190-2016, 11).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::document::ofd::render::colour::{Paint, alpha};
use crate::document::ofd::render::outline::of_glyph;
use crate::document::ofd::render::paint::{IDENTITY, Painter, Style, product};
use crate::document::ofd::render::svg::Matrix;
use crate::document::ofd::xml::Element;
use crate::error::Error;
use crate::font::{Font, is_invisible};

/// How much wider the strokes of a font become that is to be bold and is not, in ems.
const BOLDER: f64 = 0.02;
/// Advances and glyphs of one object that are looked at.
const MOST: usize = 1 << 18;

impl Painter<'_> {
    pub(super) fn text(&mut self, node: Element<'_>, style: &Style<'_>, matrix: Option<Matrix>) -> Result<(), Error> {
        let size = number(node, "Size").filter(|size| *size > 0.0);
        let Some(size) = size else { return Ok(()) };
        let paint = self.paint_of(node, style)?;
        let id = node.attribute("Font").unwrap_or_default().to_owned();
        let embedded = self.embedded(&id)?;
        let glyphs = transforms(node);
        let turn = turned(number(node, "CharDirection").unwrap_or(0.0));
        let scale = number(node, "HScale").unwrap_or(1.0);
        let slant = if node.attribute("Italic") == Some("true") { -0.25 } else { 0.0 };
        let shape = product(turn, [size * scale, 0.0, slant * size, size, 0.0, 0.0]);
        self.svg.open_transformed(matrix.unwrap_or(IDENTITY));
        let (mut position, mut start) = (0, (0.0, 0.0));
        for code in node.all("TextCode") {
            // Where one is left out, the one before holds.
            start = (number(code, "X").unwrap_or(start.0), number(code, "Y").unwrap_or(start.1));
            let steps = Steps::of(code, size);
            let mut place = start;
            for (at, character) in code.whole_text().chars().enumerate() {
                let (x, y) = place;
                place = steps.after(at, character, place);
                let transformed = glyphs.get(&position);
                position += 1;
                // Of several characters that one glyph stands for, the first shows it.
                let Some(number) = transformed.map_or(Some(None), |glyph| glyph.map(Some)) else { continue };
                let place = product([1.0, 0.0, 0.0, 1.0, x, y], shape);
                self.character(character, number, embedded.as_ref().map(|font| (id.as_str(), font)), place, &paint)?;
            }
        }
        self.svg.close();
        Ok(())
    }

    /// Fill and stroke as attributes.
    fn paint_of(&mut self, node: Element<'_>, style: &Style<'_>) -> Result<String, Error> {
        let fill = match node.attribute("Fill") {
            Some("false") => None,
            _ => Some(style.colour("FillColor", &self.resources, &mut self.svg)?.unwrap_or_else(Paint::black)),
        };
        let mut paint = Paint::attribute(fill.as_ref(), "fill");
        let weight = number(node, "Weight").unwrap_or(400.0);
        if node.attribute("Stroke") == Some("true") {
            let stroke = style.colour("StrokeColor", &self.resources, &mut self.svg)?.unwrap_or_else(Paint::black);
            paint.push_str(&format!(" {} stroke-width=\"{BOLDER}\"", Paint::attribute(Some(&stroke), "stroke")));
        } else if let Some(fill) = fill.filter(|_| weight > 500.0) {
            paint.push_str(&format!(" {} stroke-width=\"{BOLDER}\"", Paint::attribute(Some(&fill), "stroke")));
        }
        let opacity = alpha(node.attribute("Alpha"));
        if opacity < 1.0 {
            paint.push_str(&format!(" opacity=\"{opacity:.4}\""));
        }
        Ok(paint)
    }

    /// Shows a character: by the number of its glyph in the document's font, else by what that font or the
    /// caller's fonts have for it.
    fn character(
        &mut self,
        character: char,
        number: Option<u32>,
        embedded: Option<(&str, &Rc<Font>)>,
        place: Matrix,
        paint: &str,
    ) -> Result<(), Error> {
        if let Some((id, font)) = embedded {
            let glyph = number.or_else(|| font.number_of(character));
            if let Some((glyph, outline)) = glyph.and_then(|glyph| Some((glyph, font.outline_of(glyph)?))) {
                let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
                return self.svg.glyph(&format!("f{id}g{glyph}"), || of_glyph(&outline), place, paint);
            }
        }
        let fonts = self.fonts;
        for (at, font) in fonts.iter().enumerate() {
            let glyph = font.number_of(character);
            if let Some((glyph, outline)) = glyph.and_then(|glyph| Some((glyph, font.outline_of(glyph)?))) {
                return self.svg.glyph(&format!("c{at}g{glyph}"), || of_glyph(&outline), place, paint);
            }
        }
        if !character.is_whitespace() && !is_invisible(character) {
            self.note(&format!("no font at hand has the character {character} (U+{:04X})", u32::from(character)));
        }
        Ok(())
    }

    /// The document's own font of this number.
    fn embedded(&mut self, id: &str) -> Result<Option<Rc<Font>>, Error> {
        if let Some(known) = self.embedded.get(id) {
            return Ok(known.clone());
        }
        let mut font = None;
        if let Some(index) = self.resources.file(id) {
            let bytes = self.ofd.package().unfold(index)?.into_owned();
            match Font::of_document(bytes) {
                Ok(read) => font = Some(Rc::new(read)),
                Err(error) => self.note(&format!("the font {}: {error}", self.ofd.package().path(index))),
            }
        }
        self.embedded.insert(id.to_owned(), font.clone());
        Ok(font)
    }
}

fn number(node: Element<'_>, name: &str) -> Option<f64> {
    node.attribute(name)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Characters may stand turned by quarters, clockwise (table 46).
fn turned(degrees: f64) -> Matrix {
    match degrees.rem_euclid(360.0) {
        90.0 => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
        180.0 => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
        270.0 => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
        _ => IDENTITY,
    }
}

/// Which glyph stands for which character: positions that a transformation covers, and glyphs for as many of
/// them as it names (11.4).
fn transforms(node: Element<'_>) -> BTreeMap<usize, Option<u32>> {
    let mut found = BTreeMap::new();
    for transform in node.all("CGTransform") {
        let count = |name: &str| transform.attribute(name).and_then(|value| value.parse::<usize>().ok());
        let Some(first) = count("CodePosition") else { continue };
        let glyphs = transform.first("Glyphs").map_or("", Element::text);
        let mut glyphs = glyphs.split_whitespace().map(|word| word.parse::<u32>().ok());
        for at in 0..count("CodeCount").unwrap_or(1).min(MOST) {
            if found.len() >= MOST {
                return found;
            }
            found.insert(first.saturating_add(at), glyphs.next().flatten());
        }
    }
    found
}

/// How far each character of a line is from the next (11.3).
struct Steps {
    right: Vec<f64>,
    down: Vec<f64>,
    size: f64,
}

impl Steps {
    fn of(code: Element<'_>, size: f64) -> Self {
        Steps { right: advances(code.attribute("DeltaX")), down: advances(code.attribute("DeltaY")), size }
    }

    /// Where the next character stands. Of advances that are too few the last holds on; without any, an
    /// ideograph advances by its size and others by half of it, as readers do.
    fn after(&self, at: usize, character: char, (x, y): (f64, f64)) -> (f64, f64) {
        let step = |steps: &[f64]| steps.get(at).or(steps.last()).copied().unwrap_or(0.0);
        if self.right.is_empty() && self.down.is_empty() {
            let ems = if character.is_ascii() { 0.5 } else { 1.0 };
            return (x + self.size * ems, y);
        }
        (x + step(&self.right), y + step(&self.down))
    }
}

/// The numbers of a `ST_Array` in which `g count value` repeats a value.
pub(super) fn advances(text: Option<&str>) -> Vec<f64> {
    let mut values = Vec::new();
    let mut words = text.unwrap_or_default().split_whitespace();
    while let Some(word) = words.next().filter(|_| values.len() < MOST) {
        let (count, value) = match word {
            "g" => {
                let count = words.next().and_then(|word| word.parse::<usize>().ok()).unwrap_or(0);
                (count, words.next().unwrap_or_default())
            }
            _ => (1, word),
        };
        let value = value.parse().ok().filter(|value: &f64| value.is_finite()).unwrap_or(0.0);
        values.extend(std::iter::repeat_n(value, count.min(MOST.saturating_sub(values.len()))));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::advances;

    #[test]
    fn advances_are_unfolded() {
        assert_eq!(advances(Some("1 g 2 3.5 -1")), [1.0, 3.5, 3.5, -1.0]);
        assert_eq!(advances(Some("g 4000000000 1")).len(), super::MOST);
        assert_eq!(advances(Some("g")), [0.0; 0]);
        assert_eq!(advances(None), [0.0; 0]);
    }
}
