//! What a page shows, in millimetres as it is displayed: text with its places, pictures, annotations.
//!
//! Whoever places a stamp looks at the page through this, whatever the format. It is read from the very
//! objects and files that a verifier reads, never from a repaired or converted copy, so that a stamp does
//! not land by a text that nobody else sees.

mod lines;
mod shape;
mod veil;

use std::ops::Range;

use crate::error::Error;
use crate::units::{Area, Mm, Page};

pub(crate) use crate::document::sight::lines::Line;
pub(crate) use crate::document::sight::shape::Shape;
use crate::document::sight::veil::Veil;

pub(crate) use crate::document::sight::veil::WORK_OF_ALL;

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
    /// What lies upon the page, with what it draws, the lowest first; only of pages that are looked at closely.
    pub(crate) laid: Vec<Laid>,
    /// The pictures of the page that are not seen, or perhaps not: covered, or without ink.
    pub(crate) unseen: Vec<(Area, Visibility)>,
    /// How often something else than words was painted, be it white.
    pub(crate) painted: usize,
    /// How many characters were shown of which the font does not say what they mean.
    pub(crate) unreadable: usize,
    /// What the page says of fields of the data, by their names, in the order in which it is shown: marked content
    /// of this crate's PDF documents.
    pub(crate) fields: Vec<(String, String)>,
    /// The letters that are shown, each once for its font, where some lie upon the page; only of pages that are looked
    /// at closely (PDF).
    pub(crate) letters: Vec<Letter>,
    /// What hides what; only of pages that are looked at closely.
    veil: Option<Veil>,
}

/// Something that lies upon a page: an annotation, a field, a seal.
#[derive(Clone, Debug)]
pub(crate) struct Laid {
    pub(crate) area: Area,
    /// Its words among those of the page.
    pub(crate) words: Range<usize>,
    /// How often it paints something else than words, be it white.
    pub(crate) painted: usize,
    /// The form XObjects that it shows, by their numbers, each with how often it paints (PDF).
    pub(crate) forms: Vec<(u32, usize)>,
    /// Whether it shows in some states and not in others: layers, looks for when it is touched.
    pub(crate) changes: bool,
    /// How many words and pictures below it hides, surely and perhaps.
    pub(crate) hides: (usize, usize),
}

/// A letter of a font.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// What the font says that it means.
    pub(crate) text: String,
    /// What it is a part of, among what lies upon the page; nothing of the page itself.
    pub(crate) laid: Option<usize>,
    /// What it looks like, where that can be told.
    pub(crate) look: Option<Look>,
}

/// What a letter looks like, in ems from where it stands on its line, y downwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// Its outline, in thousandths; empty where it draws nothing.
    pub(crate) outline: Vec<i32>,
    /// Left, top, right and bottom.
    pub(crate) reach: [f64; 4],
    /// Which part of the em square is filled.
    pub(crate) ink: f64,
}

/// What something is painted with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink {
    /// Red, green and blue; nothing where it is a pattern, or the colours of a space that is not known here.
    pub(crate) colour: Option<[u8; 3]>,
    /// From 0, which lets all through, to 1.
    pub(crate) opacity: f32,
    /// Whether that is all: no mask, no mixing of colours, no layer that may be switched off.
    pub(crate) is_plain: bool,
}

impl Ink {
    pub(crate) const BLACK: Ink = Ink { colour: Some([0; 3]), opacity: 1.0, is_plain: true };
    pub(crate) const NONE: Ink = Ink { opacity: 0.0, ..Ink::BLACK };
}

/// Whether a person sees something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Visibility {
    Seen,
    /// It is covered, cut off or without a colour of its own.
    Unseen,
    /// That cannot be told.
    Doubtful,
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
    pub(crate) ink: Ink,
    /// Whether it is seen, by what is known when the page has been looked at.
    pub(crate) seen: Visibility,
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
        let (laid, unseen, painted, unreadable) = (Vec::new(), Vec::new(), 0, 0);
        let (letters, veil) = (Vec::new(), None);
        Sight { page, width, height, glyphs, marks, upon, laid, unseen, painted, unreadable, fields, letters, veil }
    }

    /// The same, to be looked at closely, with what may be done for that at most.
    pub(crate) fn closely(mut self, most: usize) -> Self {
        self.veil = Some(Veil::new(self.area(), most));
        self
    }

    /// What of the work that may be done for all pages is left behind this one.
    pub(crate) fn left_of(&self, work: usize) -> usize {
        work.saturating_sub(self.veil.as_ref().map_or(0, Veil::spent))
    }

    /// Whether it is looked at closely.
    pub(crate) fn is_close(&self) -> bool {
        self.veil.is_some()
    }

    /// The whole page.
    pub(crate) fn area(&self) -> Area {
        Area { page: self.page, left: Mm(0.0), top: Mm(0.0), width: self.width, height: self.height }
    }

    /// Adds a character that shows within `clip`.
    pub(crate) fn add_glyph(&mut self, glyph: Glyph, clip: &Area) -> Result<(), Error> {
        self.refuse_more(self.glyphs.len(), "characters")?;
        if let Some(veil) = &mut self.veil {
            veil.show(&glyph.area, clip, glyph.ink);
        }
        self.glyphs.push(glyph);
        Ok(())
    }

    /// Paints a shape over what is there.
    pub(crate) fn paint(&mut self, shape: &Shape, clip: &Area, ink: Ink) {
        if let Some(veil) = &mut self.veil {
            veil.paint(shape, clip, ink);
        }
    }

    /// Paints a shape of which each place, in millimetres of the page, is opaque to another degree.
    pub(crate) fn paint_by(&mut self, shape: &Shape, clip: &Area, ink: Ink, opacity: impl Fn(f64, f64) -> f32) {
        if let Some(veil) = &mut self.veil {
            veil.paint_by(shape, clip, ink, opacity);
        }
    }

    /// Tells of the characters from one on whether they are seen, when all is painted that they are judged by.
    pub(crate) fn settle(&mut self, from: usize) {
        let Some(veil) = &self.veil else { return };
        for (number, glyph) in self.glyphs.iter_mut().enumerate().skip(from) {
            glyph.seen = veil.seen(number, &glyph.area);
        }
        if from == 0 {
            self.unseen = veil.unseen_pictures().collect();
        }
    }

    /// Notes where a picture has been painted.
    pub(crate) fn show_picture(&mut self, area: &Area, clip: &Area, ink: Ink) {
        if let Some(veil) = &mut self.veil {
            veil.show_picture(area, clip, ink);
        }
    }

    /// The characters of the page itself, without what lies upon it.
    pub(crate) fn own(&self) -> &[Glyph] {
        let end = self.laid.first().map_or(self.glyphs.len(), |laid| laid.words.start);
        self.glyphs.get(..end).unwrap_or_default()
    }

    /// How many of the first `count` characters were hidden since this was last asked, surely and perhaps.
    pub(crate) fn hides(&mut self, count: usize) -> (usize, usize) {
        let Some(veil) = &mut self.veil else { return (0, 0) };
        let areas = self.glyphs.iter().take(count).map(|glyph| &glyph.area);
        let hides = veil.hides(areas);
        (hides.0, hides.1.saturating_add(usize::from(veil.has_given_up())))
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
