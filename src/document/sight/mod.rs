//! What a page shows, in millimetres as it is displayed: text with its places, pictures, annotations.
//!
//! Whoever places a stamp looks at the page through this, whatever the format. It is read from the very
//! objects and files that a verifier reads, never from a repaired or converted copy, so that a stamp does
//! not land by a text that nobody else sees.

mod lines;

use crate::error::Error;
use crate::units::{Area, Mm, Page};

pub(crate) use crate::document::sight::lines::Line;

/// More characters or pictures on one page are refused: the fullest honest pages have some ten thousand.
const MOST: usize = 1_000_000;

/// One page as it is displayed.
#[derive(Debug)]
#[doc(hidden)]
pub struct Sight {
    pub(crate) page: Page,
    pub(crate) width: Mm,
    pub(crate) height: Mm,
    pub(crate) glyphs: Vec<Glyph>,
    /// Pictures, lines, filled areas.
    pub(crate) marks: Vec<Area>,
    /// What lies upon the page: annotations, fields, stamps.
    pub(crate) upon: Vec<Area>,
    /// Of these the ones that paint more than words, be it white, and so may hide what lies below (PDF).
    pub(crate) covering: Vec<Area>,
    /// How often something else than words was painted, be it white (PDF).
    pub(crate) painted: usize,
    /// How many characters were shown of which the font does not say what they mean.
    pub(crate) unreadable: usize,
    /// What the page says of fields of the data, by their names, in the order in which it is shown: marked content
    /// of this crate's PDF documents.
    pub(crate) fields: Vec<(String, String)>,
}

/// A character, or several that the font shows as one.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    pub(crate) text: String,
    pub(crate) area: Area,
    /// Where it stands on its line of writing, in millimetres.
    pub(crate) origin: (f64, f64),
    /// Where the next one follows, as a vector of length 1.
    pub(crate) towards: (f64, f64),
    /// How far it reaches in that direction, in millimetres.
    pub(crate) advance: f64,
    /// The size of the font, in millimetres.
    pub(crate) em: f64,
}

/// A place that a document names: a field of a form, a tag.
#[derive(Clone, Debug, PartialEq)]
#[doc(hidden)]
pub struct Slot {
    pub(crate) area: Area,
    /// Whether it is a signature field of a PDF form, which the stamp then fills.
    pub(crate) is_field: bool,
}

impl Sight {
    pub(crate) fn new(page: Page, (width, height): (Mm, Mm)) -> Self {
        let (glyphs, marks, upon, fields) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (covering, painted, unreadable) = (Vec::new(), 0, 0);
        Sight { page, width, height, glyphs, marks, upon, covering, painted, unreadable, fields }
    }

    /// The whole page.
    pub(crate) fn area(&self) -> Area {
        Area { page: self.page, left: Mm(0.0), top: Mm(0.0), width: self.width, height: self.height }
    }

    pub(crate) fn add_glyph(&mut self, glyph: Glyph) -> Result<(), Error> {
        self.refuse_more(self.glyphs.len(), "characters")?;
        self.glyphs.push(glyph);
        Ok(())
    }

    pub(crate) fn add_mark(&mut self, area: Area) -> Result<(), Error> {
        self.refuse_more(self.marks.len(), "pictures and lines")?;
        self.marks.push(area);
        Ok(())
    }

    fn refuse_more(&self, count: usize, what: &str) -> Result<(), Error> {
        if count < MOST {
            return Ok(());
        }
        Err(Error::too_large(format!("{} has more than {MOST} {what}", self.page)))
    }

    /// Notes what was shown of a field; pieces in a row are one.
    pub(crate) fn add_to_field(&mut self, field: &str, text: &str, is_next: bool) -> Result<(), Error> {
        match self.fields.last_mut().filter(|(last, _)| is_next && last == field) {
            Some((_, said)) => said.push_str(text),
            None => {
                self.refuse_more(self.fields.len(), "fields")?;
                self.fields.push((field.to_owned(), text.to_owned()));
            }
        }
        Ok(())
    }

    /// What covers nearly the whole page lies behind everything: a tint, a pattern, a scan.
    pub(crate) fn is_background(&self, mark: &Area) -> bool {
        const NEARLY: f64 = 0.9;
        mark.width.0 >= self.width.0 * NEARLY && mark.height.0 >= self.height.0 * NEARLY
    }
}

impl Glyph {
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}
