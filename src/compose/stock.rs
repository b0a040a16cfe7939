//! Fonts made ready for documents: what all documents of a layout show of them, made small and compressed once.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::compose::draft::{Draft, Sheet};
use crate::compose::words::Words;
use crate::document::ofd::NewFont;
use crate::document::pdf::{NewPdf, Typeface};
use crate::error::{Context as _, Error, ErrorKind};
use crate::font::Font;
use crate::units::Mm;

/// The fonts of a layout or a draft, by their places.
pub(super) struct Stock {
    faces: Vec<Face>,
    fallback: Option<usize>,
    /// A PDF with the fonts and the assets' pictures, decoded and compressed: documents are clones of it.
    master: Option<NewPdf>,
}

struct Face {
    name: String,
    typeface: Typeface,
    /// The characters of the part that all documents share, and its file.
    fixed: HashSet<char>,
    file: Option<NewFont>,
}

impl Stock {
    /// Fonts of which nothing is made ready.
    pub(super) fn plain(fonts: impl Iterator<Item = (String, Font)>, fallback: Option<&str>) -> Self {
        let face = |(name, font): (String, Font)| Face {
            name,
            typeface: Typeface::of(&font),
            fixed: HashSet::new(),
            file: None,
        };
        let faces: Vec<Face> = fonts.map(face).collect();
        let fallback = fallback.and_then(|name| faces.iter().position(|face| face.name == name));
        Stock { faces, fallback, master: None }
    }

    /// Makes the shared part of each font, of these characters by the fonts' names; what a font lacks is the
    /// fallback's.
    pub(super) fn prepare(&mut self, characters: &BTreeMap<Arc<str>, BTreeSet<char>>) -> Result<(), Error> {
        let mut known: Vec<BTreeSet<char>> = vec![BTreeSet::new(); self.faces.len()];
        for (name, wanted) in characters {
            let own = self.place(name)?;
            for character in wanted {
                let shows = |place: &usize| self.font(*place).is_ok_and(|font| font.shows(*character));
                let place = [Some(own), self.fallback].into_iter().flatten().find(shows);
                if let Some(known) = place.and_then(|place| known.get_mut(place)) {
                    known.insert(*character);
                }
            }
        }
        for (face, known) in self.faces.iter_mut().zip(known).filter(|(_, known)| !known.is_empty()) {
            let font = face.typeface.font().clone();
            let text = String::from_iter(&known);
            face.typeface = Typeface::prepared(&font, &text)?;
            face.file = Some(NewFont::embedded(font.name(), font.subset(&text)?).packed()?);
            face.fixed = known.into_iter().collect();
        }
        Ok(())
    }

    /// Makes the pictures that do not change from record to record.
    pub(super) fn prepare_pictures<'p>(&mut self, pictures: impl Iterator<Item = &'p Arc<[u8]>>) -> Result<(), Error> {
        let mut master = self.new_pdf();
        pictures.map(|picture| master.image(picture)).try_for_each(|made| made.map(drop)).context("the assets")?;
        self.master = Some(master);
        Ok(())
    }

    /// A PDF without pages, whose fonts have the places that they have here.
    pub(super) fn pdf(&self, id: &str) -> NewPdf {
        let mut pdf = self.master.clone().unwrap_or_else(|| self.new_pdf());
        pdf.id(id);
        pdf
    }

    fn new_pdf(&self) -> NewPdf {
        // Every page says its own size.
        let mut pdf = NewPdf::new("", Mm(210.0), Mm(297.0));
        for typeface in self.faces() {
            pdf.font(typeface.clone());
        }
        pdf
    }

    pub(super) fn place(&self, name: &str) -> Result<usize, Error> {
        let own = self.faces.iter().position(|face| face.name == name);
        own.or(self.fallback).ok_or_else(|| {
            let detail =
                format!("no font is called \"{}\": give one by Assets::font, or a fallback", name.escape_debug());
            Error::new(ErrorKind::Mismatch, detail)
        })
    }

    pub(super) fn faces(&self) -> impl Iterator<Item = &Typeface> {
        self.faces.iter().map(|face| &face.typeface)
    }

    pub(super) fn font(&self, place: usize) -> Result<&Font, Error> {
        Ok(self.face(place)?.typeface.font())
    }

    pub(super) fn is_fixed(&self, place: usize, character: char) -> bool {
        self.faces.get(place).is_some_and(|face| face.fixed.contains(&character))
    }

    pub(super) fn ofd_font(&self, place: usize) -> Result<NewFont, Error> {
        let file = self.face(place)?.file.clone();
        file.ok_or_else(|| Error::misuse("a font has no part that is shared"))
    }

    fn face(&self, place: usize) -> Result<&Face, Error> {
        self.faces.get(place).ok_or_else(|| Error::misuse("a font is one of another document"))
    }

    /// How far each character is from the next, in millimetres; of the last, how wide it is.
    pub(super) fn advances(&self, words: &Words, place: usize) -> Result<Vec<f64>, Error> {
        let font = self.font(place)?;
        let em = words.size.0 * words.stretch;
        let width = |character: char| font.advance(character) * em;
        let Some(given) = &words.advances else {
            font.require(&words.text)?;
            return Ok(words.text.chars().map(|character| width(character) + words.spacing.0).collect());
        };
        let last = words.text.chars().last().map(width);
        Ok(given.iter().copied().chain(last).collect())
    }
}

impl fmt::Debug for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.faces.iter().map(|face| (&face.name, face.fixed.len()))).finish()
    }
}

impl Draft {
    /// The fonts that were made ready, or those of the assets as they are.
    pub(super) fn stock(&self) -> Result<Arc<Stock>, Error> {
        Ok(self.stock.clone().unwrap_or_else(|| Arc::new(self.assets.stock())))
    }

    pub(super) fn first_sheet(&self) -> Result<&Sheet, Error> {
        self.sheets.first().ok_or_else(|| Error::misuse("a draft has no page: call Draft::page first"))
    }
}

/// How opaque something is, 0 to 255.
pub(super) fn opacity(share: f64) -> Result<u8, Error> {
    if !(0.0..=1.0).contains(&share) {
        return Err(Error::misuse(format!("{share} is no opacity: 0 is not seen, 1 hides what is below")));
    }
    Ok((share * 255.0).round() as u8)
}
