//! What stands on a page: text, paths, pictures (GB/T 33190-2016, 7.7 and 8 to 11).

use crate::document::ofd::compose::ink::{Ink, Stroke};
use crate::document::ofd::compose::outline::Outline;
use crate::document::ofd::compose::xml::{Part, number, numbers, push_number};
use crate::document::ofd::compose::{FontId, ImageId};
use crate::error::{Error, ErrorKind};
use crate::units::Mm;

/// What stands on a page, a template, or in an annotation, from the bottom to the top.
///
/// Coordinates count from the upper left corner of the page, y downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    objects: Vec<Object>,
}

/// An object of a [`Content`], for those who refer to it ([`Tag`](crate::ofd::Tag)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Item(pub(super) usize);

#[derive(Clone, Debug, PartialEq)]
enum Object {
    Text(Text),
    Figure(Figure),
    Image { image: ImageId, area: [f64; 4] },
}

impl Content {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Content::default()
    }

    /// Adds a line of text.
    pub fn text(&mut self, text: Text) -> Item {
        self.add(Object::Text(text))
    }

    /// Adds a path.
    pub fn figure(&mut self, figure: Figure) -> Item {
        self.add(Object::Figure(figure))
    }

    /// Adds a picture, stretched to its area.
    pub fn image(&mut self, image: ImageId, left: Mm, top: Mm, width: Mm, height: Mm) -> Item {
        self.add(Object::Image { image, area: [left.0, top.0, width.0, height.0] })
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    fn add(&mut self, object: Object) -> Item {
        self.objects.push(object);
        Item(self.objects.len().saturating_sub(1))
    }

    /// Writes the objects, numbered from `first_id` on, moved by an origin.
    pub(super) fn write(&self, part: &mut Part, first_id: u32, origin: (f64, f64), known: &Known) -> Result<(), Error> {
        for (id, object) in (first_id..).zip(&self.objects) {
            match object {
                Object::Text(text) => text.write(part, id, origin, known)?,
                Object::Figure(figure) => figure.write(part, id, origin, known)?,
                Object::Image { image, area } => write_image(part, id, *image, *area, origin, known)?,
            }
        }
        Ok(())
    }
}

/// What objects refer to, by the numbers that it was given.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) fonts: Vec<u32>,
    pub(super) images: Vec<u32>,
    /// With how many components.
    pub(super) spaces: Vec<(u32, usize)>,
}

/// A line of text.
///
/// In OFD a character stands where the line says, not where the font would put it. Without
/// [`Text::advances`] an ideograph advances by the size and a narrow character by half of it, as in Song
/// faces; for other fonts measure the advances.
///
/// ```
/// # fn demo(content: &mut eseal::ofd::Content, font: eseal::ofd::FontId) {
/// use eseal::Mm;
/// use eseal::ofd::{Ink, Text};
///
/// content.text(Text::new("示例市人民政府", font, Mm(7.76)).at(Mm(50.0), Mm(60.0)).ink(Ink::rgb(255, 0, 0)));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a text is shown where it is given to"]
pub struct Text {
    text: String,
    font: FontId,
    size: f64,
    at: (f64, f64),
    advances: Option<Vec<f64>>,
    glyphs: Option<Vec<u16>>,
    is_vertical: bool,
    ink: Ink,
    is_bold: bool,
    stretch: f64,
    angle: f64,
}

impl Text {
    /// A line in a font; `size` is the side of the em square.
    pub fn new(text: impl Into<String>, font: FontId, size: Mm) -> Self {
        Text {
            text: text.into(),
            font,
            size: size.0,
            at: (0.0, 0.0),
            advances: None,
            glyphs: None,
            is_vertical: false,
            ink: Ink::BLACK,
            is_bold: false,
            stretch: 1.0,
            angle: 0.0,
        }
    }

    /// Where the first character begins on its base line.
    pub fn at(mut self, left: Mm, baseline: Mm) -> Self {
        self.at = (left.0, baseline.0);
        self
    }

    /// How far each character but the last is from the next, in millimetres (`DeltaX`).
    pub fn advances(mut self, advances: impl IntoIterator<Item = f64>) -> Self {
        self.advances = Some(advances.into_iter().collect());
        self
    }

    /// The font's own numbers of the glyphs, one for each character (`CGTransform`): for fonts whose map of
    /// characters was left out, as subsets have it.
    pub fn glyphs(mut self, glyphs: impl IntoIterator<Item = u16>) -> Self {
        self.glyphs = Some(glyphs.into_iter().collect());
        self
    }

    /// From top to bottom: the advances then lead downwards.
    pub fn vertical(mut self) -> Self {
        self.is_vertical = true;
        self
    }

    /// In a colour other than black.
    pub fn ink(mut self, ink: Ink) -> Self {
        self.ink = ink;
        self
    }

    /// How wide characters are shown, 1 being as the font has them. Advances are not stretched.
    pub fn stretch(mut self, ratio: f64) -> Self {
        self.stretch = ratio;
        self
    }

    /// Turned around its beginning, in degrees against the clock.
    pub fn turned(mut self, degrees: f64) -> Self {
        self.angle = degrees;
        self
    }

    /// In bold, where the reader's font has it.
    pub fn bold(mut self) -> Self {
        self.is_bold = true;
        self
    }

    fn write(&self, part: &mut Part, id: u32, origin: (f64, f64), known: &Known) -> Result<(), Error> {
        let misuse = |detail: String| Error::new(ErrorKind::Misuse, format!("the text \"{}\" {detail}", self.text));
        let font = known.fonts.get(self.font.0).ok_or_else(|| misuse("is in a font of another document".into()))?;
        if self.text.is_empty() || !(self.size.is_finite() && self.size > 0.0) {
            return Err(misuse(format!("of {} mm shows nothing: give it characters and a size", self.size)));
        }
        if !(0.01..=100.0).contains(&self.stretch) || !self.angle.is_finite() {
            return Err(misuse("is stretched or turned by no number: 1 and 0 are as it is".into()));
        }
        let advances = self.measured().map_err(misuse)?;
        let (left, baseline) = (self.at.0 + origin.0, self.at.1 + origin.1);
        let along: f64 = advances.iter().sum();
        if ![left, baseline, along].iter().all(|value| value.is_finite()) {
            return Err(misuse("has no place: give finite distances".into()));
        }
        let matrix = Transform::of(self.stretch, self.angle);
        // Room for the last character, above for ascenders and below for descenders; readers clip what is outside.
        let em = self.size * self.stretch;
        let extent = if self.is_vertical {
            [0.0, -self.size * 1.1, em.max(self.size), along + self.size * 0.5]
        } else {
            [0.0, -self.size * 1.1, along + em.max(self.size), self.size * 0.5]
        };
        let [near, top, far, bottom] = matrix.around(extent);
        let boundary = numbers(&[left + near, baseline + top, far - near, bottom - top]);
        let (id, font, size) = (id.to_string(), font.to_string(), number(self.size));
        let mut attributes = vec![("ID", id.as_str()), ("Boundary", &boundary), ("Font", &font), ("Size", &size)];
        let placed = numbers(&matrix.placed(-near, -top));
        if !matrix.is_upright() {
            attributes.insert(2, ("CTM", &placed));
        }
        if self.is_bold {
            attributes.push(("Weight", "700"));
        }
        part.open("TextObject", &attributes);
        self.ink.write(part, "FillColor", &known.spaces)?;
        self.write_glyphs(part).map_err(misuse)?;
        // Where the object is transformed its own coordinates begin where the text does, and are stretched with it.
        let (x, y) = if matrix.is_upright() { (-near, -top) } else { (0.0, 0.0) };
        let deltas = match self.is_vertical || self.stretch == 1.0 {
            true => runs(&advances),
            false => runs(&advances.iter().map(|advance| advance / self.stretch).collect::<Vec<_>>()),
        };
        let mut code = vec![("X", number(x)), ("Y", number(y))];
        if !deltas.is_empty() {
            code.push((if self.is_vertical { "DeltaY" } else { "DeltaX" }, deltas));
        }
        let code: Vec<_> = code.iter().map(|(key, value)| (*key, value.as_str())).collect();
        part.leaf("TextCode", &code, &self.text);
        part.close();
        Ok(())
    }

    fn write_glyphs(&self, part: &mut Part) -> Result<(), String> {
        let Some(glyphs) = &self.glyphs else { return Ok(()) };
        let count = self.text.chars().count();
        if glyphs.len() != count {
            return Err(format!("has {count} characters and {} glyphs: give one for each", glyphs.len()));
        }
        let count = count.to_string();
        part.open("CGTransform", &[("CodePosition", "0"), ("CodeCount", &count), ("GlyphCount", &count)]);
        part.leaf("Glyphs", &[], &glyphs.iter().map(u16::to_string).collect::<Vec<_>>().join(" "));
        part.close();
        Ok(())
    }

    /// The advances of all characters but the last.
    fn measured(&self) -> Result<Vec<f64>, String> {
        let count = self.text.chars().count().saturating_sub(1);
        match &self.advances {
            None => Ok(self.text.chars().take(count).map(|character| self.size * em(character)).collect()),
            Some(given) if given.len() == count && given.iter().all(|value| value.is_finite()) => Ok(given.clone()),
            Some(given) => {
                Err(format!("needs {count} finite advances, one less than it has characters, not {given:?}"))
            }
        }
    }
}

/// A change of an object's own coordinates: stretched to the right, then turned against the clock.
#[derive(Clone, Copy, Debug)]
struct Transform([f64; 4]);

impl Transform {
    fn of(stretch: f64, degrees: f64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        Transform([stretch * cosine, -stretch * sine, sine, cosine])
    }

    fn is_upright(self) -> bool {
        self.0 == [1.0, 0.0, 0.0, 1.0] || self.0 == [1.0, -0.0, 0.0, 1.0]
    }

    /// With what a point is moved by beside.
    fn placed(self, x: f64, y: f64) -> [f64; 6] {
        let [a, b, c, d] = self.0;
        [a, b, c, d, x, y]
    }

    /// What holds an area after the turn; the area is measured as it is shown, so it is not stretched again.
    fn around(self, [left, top, right, bottom]: [f64; 4]) -> [f64; 4] {
        let [_, _, sine, cosine] = self.0;
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        let turned = corners.map(|(x, y)| (x * cosine + y * sine, y * cosine - x * sine));
        let ends = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        turned.iter().fold(ends, |[a, b, c, d], (x, y)| [a.min(*x), b.min(*y), c.max(*x), d.max(*y)])
    }
}

/// How many ems a character takes in a Song face: half of one for those of ASCII, Latin and their like.
fn em(character: char) -> f64 {
    if character < '\u{1100}' { 0.5 } else { 1.0 }
}

/// Advances in the form of `ST_Array`, equal ones in a row as `g count value` (GB/T 33190-2016, 11.3).
fn runs(advances: &[f64]) -> String {
    // By what is written of them.
    let written = |value: &f64| (value * 1e4).round();
    let mut text = String::with_capacity(advances.len() * 4);
    for run in advances.chunk_by(|one, next| written(one) == written(next)) {
        let Some(value) = run.first() else { continue };
        let is_short = run.len() <= 2;
        if !is_short {
            separate(&mut text);
            text.push_str("g ");
            text.push_str(&run.len().to_string());
        }
        for _ in 0..if is_short { run.len() } else { 1 } {
            separate(&mut text);
            push_number(&mut text, *value);
        }
    }
    text
}

fn separate(text: &mut String) {
    if !text.is_empty() {
        text.push(' ');
    }
}

/// A path that is filled, drawn along, or both.
///
/// ```
/// use eseal::ofd::{Figure, Ink, Outline, Stroke};
///
/// let frame = Figure::of(Outline::rectangle(15.0, 15.0, 180.0, 267.0)).stroke(Stroke::new(Ink::rgb(255, 0, 0), 0.35));
/// # let _ = frame;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a figure is shown where it is given to"]
pub struct Figure {
    pub(in crate::document) outline: Outline,
    pub(in crate::document) fill: Option<Ink>,
    pub(in crate::document) stroke: Option<Stroke>,
    pub(in crate::document) is_even_odd: bool,
    pub(in crate::document) clip: Option<Outline>,
}

impl Figure {
    /// A figure that is not seen until it is filled or drawn along.
    pub fn of(outline: Outline) -> Self {
        Figure { outline, fill: None, stroke: None, is_even_odd: false, clip: None }
    }

    /// Fills it; of what crosses itself, everything around which a line winds is inside.
    pub fn fill(mut self, ink: Ink) -> Self {
        self.fill = Some(ink);
        self
    }

    /// Fills it, what is wound around twice being outside.
    pub fn fill_even_odd(mut self, ink: Ink) -> Self {
        self.is_even_odd = true;
        self.fill(ink)
    }

    /// Draws along it.
    pub fn stroke(mut self, stroke: Stroke) -> Self {
        self.stroke = Some(stroke);
        self
    }

    /// The same at another place: so many millimetres to the right and downwards.
    pub fn moved(mut self, right: f64, down: f64) -> Self {
        self.outline.shift(right, down);
        if let Some(clip) = &mut self.clip {
            clip.shift(right, down);
        }
        self
    }

    /// Shows only what lies within another outline.
    pub fn clip(mut self, outline: Outline) -> Self {
        self.clip = Some(outline);
        self
    }

    fn write(&self, part: &mut Part, id: u32, origin: (f64, f64), known: &Known) -> Result<(), Error> {
        if self.fill.is_none() && self.stroke.is_none() {
            let detail = "a figure is neither filled nor drawn along, so that nobody would see it";
            return Err(Error::new(ErrorKind::Misuse, detail));
        }
        let [left, top, right, bottom] = self.outline.bounds();
        // A boundary cuts: it has room for the line, and for points that miters reach.
        let margin = self.stroke.as_ref().map_or(0.0, |stroke| stroke.width * 3.0);
        let (x, y) = (left - margin, top - margin);
        let boundary = numbers(&[x + origin.0, y + origin.1, right - left + 2.0 * margin, bottom - top + 2.0 * margin]);
        let id = id.to_string();
        let mut attributes = vec![("ID", id.as_str()), ("Boundary", &boundary)];
        let line = self.stroke.as_ref().map_or(Ok(Vec::new()), Stroke::attributes)?;
        attributes.extend(line.iter().map(|(key, value)| (*key, value.as_str())));
        attributes.push(("Stroke", if self.stroke.is_some() { "true" } else { "false" }));
        attributes.push(("Fill", if self.fill.is_some() { "true" } else { "false" }));
        if self.is_even_odd {
            attributes.push(("Rule", "Even-Odd"));
        }
        part.open("PathObject", &attributes);
        if let Some(clip) = &self.clip {
            write_clip(part, &clip.data((x, y))?, &boundary);
        }
        if let Some(stroke) = &self.stroke {
            stroke.ink.write(part, "StrokeColor", &known.spaces)?;
        }
        if let Some(ink) = &self.fill {
            ink.write(part, "FillColor", &known.spaces)?;
        }
        part.leaf("AbbreviatedData", &[], &self.outline.data((x, y))?);
        part.close();
        Ok(())
    }
}

/// A clip counts from the upper left corner of the object's boundary (GB/T 33190-2016, 8.4).
fn write_clip(part: &mut Part, data: &str, boundary: &str) {
    let size = boundary.splitn(3, ' ').nth(2).unwrap_or("0 0");
    for name in ["Clips", "Clip", "Area"] {
        part.open(name, &[]);
    }
    part.open("Path", &[("Boundary", &format!("0 0 {size}")), ("Stroke", "false"), ("Fill", "true")]);
    part.leaf("AbbreviatedData", &[], data);
    (0..4).for_each(|_| part.close());
}

fn write_image(
    part: &mut Part,
    id: u32,
    image: ImageId,
    [left, top, width, height]: [f64; 4],
    origin: (f64, f64),
    known: &Known,
) -> Result<(), Error> {
    let misuse = |detail: &str| Error::new(ErrorKind::Misuse, detail);
    let resource = known.images.get(image.0).ok_or_else(|| misuse("a picture is one of another document"))?;
    let area = [left + origin.0, top + origin.1, width, height];
    if !area.iter().all(|value| value.is_finite()) || width <= 0.0 || height <= 0.0 {
        return Err(misuse("a picture has no place or no size: give finite distances and sides above zero"));
    }
    let (id, resource) = (id.to_string(), resource.to_string());
    let (boundary, matrix) = (numbers(&area), numbers(&[width, 0.0, 0.0, height, 0.0, 0.0]));
    let attributes = [("ID", id.as_str()), ("Boundary", &boundary), ("CTM", &matrix), ("ResourceID", &resource)];
    part.empty("ImageObject", &attributes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn equal_advances_are_written_once() {
        assert_eq!(runs(&[]), "");
        assert_eq!(runs(&[5.0, 5.0]), "5 5");
        assert_eq!(runs(&[5.0, 5.0, 5.0, 2.5, 5.0]), "g 3 5 2.5 5");
        assert_eq!(runs(&[0.1 + 0.2, 0.3, 0.300_001]), "g 3 0.3");
    }
}
