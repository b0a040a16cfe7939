//! Text on sheets: set in lines, embedded as text in PDF and drawn in pictures.

use crate::draw::drawing::{Colour, Drawing};
use crate::error::Error;
use crate::font::{Embedded, Font, Path, Point, Set, Subset};

/// A paragraph that was set.
#[derive(Clone, Debug)]
pub(super) struct Writing {
    pub(super) font: Font,
    /// The em in millimetres.
    pub(super) size: f64,
    pub(super) colour: Colour,
    /// Each line with the place of its first character on the baseline, in millimetres.
    pub(super) lines: Vec<(String, Point)>,
}

impl Writing {
    /// Sets a paragraph in a column; returns it and where it ends below.
    pub(super) fn set(
        font: &Font,
        text: &str,
        size: f64,
        column: (Point, f64),
        pitch: f64,
    ) -> Result<(Self, f64), Error> {
        let (corner, width) = column;
        let mut writing = Writing { font: font.clone(), size, colour: Colour::BLACK, lines: Vec::new() };
        // The em square of the first line begins at the column's upper side.
        let mut baseline = corner.y + 0.88 * size;
        let mut bottom = corner.y;
        for line in font.lines(text, width / size)? {
            writing.lines.push((line.text.to_owned(), Point::new(corner.x, baseline)));
            bottom = baseline + 0.12 * size;
            baseline += pitch;
        }
        Ok((writing, bottom))
    }

    /// The outlines, for pictures.
    pub(super) fn drawing(&self, width: f64, height: f64) -> Result<Drawing, Error> {
        let mut drawing = Drawing::new(width, height, self.colour);
        for (text, start) in &self.lines {
            let mut at = start.x;
            let mut path = Path::new();
            for character in text.chars().filter(|character| !crate::font::is_invisible(*character)) {
                let glyph = self.font.glyph(character, None)?;
                path.append(
                    &glyph.path.map(|point| Point::new(at + point.x * self.size, start.y + point.y * self.size)),
                );
                at += glyph.advance * self.size;
            }
            drawing.add(&path);
        }
        Ok(drawing)
    }
}

/// The fonts of a document, each once, with what is shown of it.
pub(super) struct Faces<'f> {
    faces: Vec<(&'f Font, Subset<'f>)>,
}

impl<'f> Faces<'f> {
    pub(super) fn new() -> Self {
        Faces { faces: Vec::new() }
    }

    /// Takes a text in; returns the place of its font and its glyphs.
    pub(super) fn set(&mut self, font: &'f Font, text: &str) -> Result<(usize, Vec<Set>), Error> {
        let place = match self.faces.iter().position(|(known, _)| known.is_same(font)) {
            Some(place) => place,
            None => {
                self.faces.push((font, Subset::of(font)));
                self.faces.len() - 1
            }
        };
        let face = self.faces.get_mut(place).ok_or_else(|| Error::malformed("the font is gone"))?;
        Ok((place, face.1.set(text)?))
    }

    pub(super) fn finish(self) -> Result<Vec<Embedded>, Error> {
        self.faces.into_iter().map(|(_, subset)| subset.finish()).collect()
    }
}
