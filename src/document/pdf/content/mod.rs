//! What pages show: text with its places, pictures, annotations (ISO 32000-2, 8, 9 and 12.5).
//!
//! Text is read here and not by one of the crates that extract it, since those open the file anew by readers
//! that repair and guess: a stamp would be placed by a document that the verifier does not see. Here the
//! objects come through the same door as for verifying, decrypted, as of the newest revision, and within the
//! same limits. Only positions are worked out; nothing is drawn.

mod cmap;
mod encoding;
mod font;
mod glyphs;
mod ink;
mod interpret;
#[cfg(feature = "compose")]
mod letters;
pub(super) mod matrix;
mod metrics;
mod show;
mod slot;
mod state;
mod tokens;

#[cfg(test)]
mod tests;

use std::rc::Rc;

use crate::document::pdf::content::interpret::{Fonts, Interpreter};
use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::object::{Dictionary, Object};
use crate::document::pdf::page::{self, Geometry, PageNode, Rectangle};
use crate::document::sight::{Laid, Sight, WORK_OF_ALL};
use crate::error::{Context as _, Error, ErrorKind};
use crate::units::{Area, Page};

pub(super) use crate::document::pdf::content::slot::slot;

/// Looks at one page after the other; fonts are read once.
pub(super) struct Reader<'w> {
    view: View<'w>,
    pages: &'w [PageNode],
    fonts: Fonts,
    /// What may still be done to look closely.
    work: usize,
}

impl<'w> Reader<'w> {
    pub(super) fn new(view: View<'w>, pages: &'w [PageNode]) -> Self {
        Reader { view, pages, fonts: Fonts::new(), work: WORK_OF_ALL }
    }

    /// Looks at a page; closely, what hides what is told too.
    pub(super) fn look(&mut self, page: Page, closely: bool) -> Result<Sight, Error> {
        let node = page::page(self.pages, page)?;
        let geometry = node.geometry(&self.view)?;
        let sight = Sight::new(page, geometry.size());
        let mut sight = if closely { sight.closely(self.work) } else { sight };
        self.read(node, &geometry, &mut sight).context(page)?;
        self.work = sight.left_of(self.work);
        Ok(sight)
    }

    fn read(&mut self, node: &PageNode, geometry: &Geometry, sight: &mut Sight) -> Result<(), Error> {
        let Some(page) = self.view.load(node.reference)? else { return Ok(()) };
        let Some(entries) = page.dictionary() else { return Ok(()) };
        let resources = node.resources(&self.view, entries)?;
        let place = geometry.matrix();
        let mut interpreter = Interpreter::new(self.view, &mut self.fonts, sight, Matrix(place));
        let content = contents(&self.view, entries)?;
        interpreter.run(&content, &resources)?;
        interpreter.sight.settle(0);
        let annotations = annotations(&self.view, entries)?;
        // What lies upon the page is told apart by what it hides.
        let own = interpreter.sight.glyphs.len();
        if !annotations.is_empty() {
            interpreter.sight.hides(own);
        }
        for annotation in annotations {
            interpreter.annotation(&annotation, geometry)?;
        }
        #[cfg(feature = "compose")]
        interpreter.look_at_letters()?;
        Ok(())
    }
}

/// The streams of a page's content, which count as one (7.8.2); what cannot be read shows nothing.
fn contents(view: &View<'_>, page: &Dictionary) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    let Some(value) = page.get("Contents") else { return Ok(content) };
    let whole = view.follow(value)?;
    let parts = whole.as_array().map_or_else(|| vec![value.clone()], <[Object]>::to_vec);
    for part in parts {
        let Some(stream) = stream_of(view, &part)? else { continue };
        match view.stream(&stream) {
            Err(error) if error.kind() == ErrorKind::TooLarge => return Err(error),
            Err(_) => {}
            Ok(bytes) => content.extend(bytes),
        }
        content.push(b'\n');
    }
    Ok(content)
}

fn stream_of(view: &View<'_>, object: &Object) -> Result<Option<Rc<Indirect>>, Error> {
    use crate::document::pdf::file::Followed;
    match view.follow(object)? {
        Followed::There(indirect) if indirect.is_stream() => Ok(Some(indirect)),
        _ => Ok(None),
    }
}

/// The annotations of a page, direct ones too.
fn annotations(view: &View<'_>, page: &Dictionary) -> Result<Vec<Dictionary>, Error> {
    let Some(list) = view.get(page, "Annots")? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for item in list.as_array().unwrap_or_default() {
        view.work.spend(64)?;
        found.extend(view.follow(item)?.as_dictionary().cloned());
    }
    Ok(found)
}

impl Interpreter<'_, '_> {
    /// Notes an annotation that shows, and reads what it says (12.5.5): the value of a field can be the word
    /// that a stamp is placed by.
    fn annotation(&mut self, annotation: &Dictionary, geometry: &Geometry) -> Result<(), Error> {
        // Hidden and NoView (table 167); a link and a pop-up show nothing of their own, unless they are drawn.
        const UNSEEN: i64 = 2 | 32;
        let flags = self.view.get(annotation, "F")?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        let has_looks =
            !matches!(annotation.name("Subtype"), Some(b"Link" | b"Popup")) || annotation.get("AP").is_some();
        let rectangle = match annotation.get("Rect") {
            Some(rectangle) => Rectangle::of(&self.view, rectangle)?,
            None => None,
        };
        let Some(rectangle) = rectangle.filter(|rectangle| rectangle.width() > 0.0 && rectangle.height() > 0.0) else {
            return Ok(());
        };
        if flags & UNSEEN != 0 || !has_looks {
            return Ok(());
        }
        let before = (self.sight.glyphs.len(), self.sight.marks.len());
        let painted = self.sight.painted;
        self.has_layers = false;
        self.forms.clear();
        self.is_upon = self.sight.is_close();
        if let Some(form) = self.appearance(annotation)? {
            self.show_appearance(&form, &rectangle)?;
        }
        let painted = self.sight.painted.saturating_sub(painted);
        let is_blank = painted == 0 && before == (self.sight.glyphs.len(), self.sight.marks.len());
        if !(is_blank && self.is_kept_room(annotation)?) {
            let area = geometry.area(self.sight.page, &rectangle);
            self.sight.upon.push(area);
            self.note_laid(annotation, area, before.0, painted)?;
        }
        Ok(())
    }

    /// Notes what an annotation draws over the `first` characters, which are those of the page and of what lies below.
    fn note_laid(&mut self, annotation: &Dictionary, area: Area, first: usize, painted: usize) -> Result<(), Error> {
        /// What makes it show in print as on a screen; and NoZoom, NoRotate and ToggleNoView (table 167).
        const PRINT: i64 = 4;
        const MOVING: i64 = 8 | 16 | 256;
        if !self.sight.is_close() {
            return Ok(());
        }
        let looks = self.view.get(annotation, "AP")?;
        let looks = looks.as_ref().and_then(|looks| looks.as_dictionary());
        let has_others = looks.is_some_and(|looks| ["D", "R"].iter().any(|key| looks.get(key).is_some()));
        let flags = self.view.get(annotation, "F")?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        let stays = flags & PRINT != 0 && flags & MOVING == 0 && annotation.get("OC").is_none();
        let changes = self.has_layers || has_others || !stays;
        let hides = if painted > 0 { self.sight.hides(first) } else { (0, 0) };
        self.sight.settle(first);
        let words = first..self.sight.glyphs.len();
        self.sight.laid.push(Laid { area, words, painted, forms: std::mem::take(&mut self.forms), changes, hides });
        Ok(())
    }

    /// Whether it is a field for text into which nobody is to write by hand: one that shows nothing takes no room.
    fn is_kept_room(&self, annotation: &Dictionary) -> Result<bool, Error> {
        let flags = self.view.get(annotation, "Ff")?.and_then(|flags| flags.as_integer()).unwrap_or(0);
        Ok(annotation.name("FT") == Some(b"Tx") && flags & 1 != 0)
    }

    /// The normal appearance, in the state that the annotation is in.
    fn appearance(&self, annotation: &Dictionary) -> Result<Option<Rc<Indirect>>, Error> {
        let Some(appearances) = self.view.get(annotation, "AP")? else { return Ok(None) };
        let Some(normal) = appearances.as_dictionary().and_then(|entries| entries.get("N")) else { return Ok(None) };
        if let Some(form) = stream_of(&self.view, normal)? {
            return Ok(Some(form));
        }
        let states = self.view.follow(normal)?;
        let state = String::from_utf8_lossy(annotation.name("AS").unwrap_or_default()).into_owned();
        match states.as_dictionary().and_then(|entries| entries.get(&state)) {
            Some(form) => stream_of(&self.view, form),
            None => Ok(None),
        }
    }

    /// Fits the form's box, transformed, into the annotation's rectangle (12.5.5, algorithm 8).
    fn show_appearance(&mut self, form: &Indirect, rectangle: &Rectangle) -> Result<(), Error> {
        let Some(entries) = form.dictionary() else { return Ok(()) };
        let bounds = match entries.get("BBox") {
            Some(bounds) => Rectangle::of(&self.view, bounds)?,
            None => None,
        };
        let Some(bounds) = bounds else { return Ok(()) };
        let matrix = Matrix::of(&self.view, entries.get("Matrix"))?.unwrap_or(Matrix::IDENTITY);
        let corners = bounds.corners().map(|corner| matrix.apply(corner));
        let Some(turned) = state::extent(self.sight.page, &corners) else { return Ok(()) };
        if !turned.width.is_positive() || !turned.height.is_positive() {
            return Ok(());
        }
        let (wide, high) = (rectangle.width() / turned.width.0, rectangle.height() / turned.height.0);
        let fit = Matrix([
            wide,
            0.0,
            0.0,
            high,
            rectangle.left - turned.left.0 * wide,
            rectangle.lower - turned.top.0 * high,
        ]);
        let before = self.state.clone();
        self.state.place = fit.then(self.state.place);
        // What the annotation draws stands within it, which is noted already: only its words are of interest.
        let marks = self.sight.marks.len();
        let done = self.show_form(form, None);
        self.sight.marks.truncate(marks);
        self.state = before;
        done
    }
}
