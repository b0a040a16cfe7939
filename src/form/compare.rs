//! The pages against the data: they are rendered again, and everything that is seen on one and not on the other is
//! told with the field that it belongs to.

use std::collections::BTreeMap;

use crate::compose::{Draft, Mark};
use crate::document::seen::Dots;
use crate::document::{Document, Glyph, Sight, Visibility};
use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::form::extract::Medium;
use crate::form::judge::ValidInstance;
use crate::form::remark::Place;
use crate::form::render::Renderer;
use crate::form::sealing::Particulars;
use crate::form::template::Template;
use crate::form::value::discreet;
use crate::units::{Area, Mm, Page};
use crate::verify::SignatureReport;

/// Differences that are told one by one.
const MOST_TOLD: usize = 20;
/// Less than that is rounding, in millimetres.
const NEAR: f64 = 0.15;

/// Compares the pages with those that the data give.
pub(crate) fn compare<D: Medium>(
    renderer: &Renderer,
    document: &D,
    signatures: &[SignatureReport],
    valid: &ValidInstance<'_>,
    particulars: &Particulars,
) -> Result<Vec<Finding>, Error> {
    // That a PDF begins with the very bytes that the data give says nothing: what follows may draw its pages anew.
    let again = D::rendered(renderer, valid, particulars)?;
    let draft = renderer.draft(valid, particulars)?;
    let (own, expected) = (document.count()?, again.count()?);
    let mut told = Told { template: valid.template, face: Vec::new(), pictures: Vec::new() };
    if own != expected {
        told.face.push(format!("the document has {own} pages, and the data give {expected}"));
    }
    let count = u32::try_from(own.min(expected)).unwrap_or(u32::MAX);
    for number in 1..=count {
        let page = Page(number);
        let words = Words::of(&draft, page);
        let (own, expected) = (sight(document, page)?, sight(&again, page)?);
        told.page(&own, &expected, &words);
        told.upon(&own, &expected, signatures);
        told.dots(page, document, &again)?;
    }
    told.fields(&document.filled_in()?, &again.filled_in()?);
    Ok(told.findings())
}

fn sight<D: Document>(document: &D, page: Page) -> Result<Sight, Error> {
    let mut seen = None;
    document.watch(&mut std::iter::once(page), &mut |sight| {
        seen = Some(sight);
        Ok(false)
    })?;
    seen.ok_or_else(|| Error::malformed(format!("{page} cannot be looked at")))
}

struct Told<'t> {
    template: &'t Template,
    face: Vec<String>,
    pictures: Vec<String>,
}

impl Told<'_> {
    fn page(&mut self, own: &Sight, expected: &Sight, words: &Words) {
        self.glyphs(own, expected, words);
        if own.unseen.len() != expected.unseen.len() {
            let count = own.unseen.len();
            self.pictures.push(format!("{}: something lies over {count} pictures, or they have no ink", own.page));
        }
        let marks = |sight: &Sight| sight.marks.clone();
        self.marks(&marks(own), &marks(expected), words);
    }

    /// Characters by their places: what stands where, not in which order it was drawn.
    fn glyphs(&mut self, own: &Sight, expected: &Sight, words: &Words) {
        let place = |glyph: &Glyph, page: Page| (glyph.text.clone(), square_of(glyph, page));
        // What nobody sees, or perhaps nobody, is not shown.
        let is_seen = |glyph: &&Glyph| !glyph.is_blank() && glyph.seen == Visibility::Seen;
        let own_glyphs: Vec<_> = own.glyphs.iter().filter(is_seen).map(|glyph| place(glyph, own.page)).collect();
        let mut standing = Standing::of(&own_glyphs);
        let mut lost: Vec<(String, String)> = Vec::new();
        for (number, glyph) in expected.glyphs.iter().filter(|glyph| !glyph.is_blank()).enumerate() {
            let (text, area) = &place(glyph, expected.page);
            if !is_seen(&glyph) || standing.take(text, area) {
                continue;
            }
            let field = words.of_glyph(number).unwrap_or_default();
            match lost.last_mut().filter(|(last, _)| *last == field) {
                Some((_, lost)) => lost.push_str(text),
                None => lost.push((field, text.clone())),
            }
        }
        for (field, text) in lost {
            let place = self.place(&field);
            self.face.push(format!("{place}: {} does not show \"{}\", which the data say", own.page, discreet(&text)));
        }
        for run in standing.left() {
            self.added(&run, words);
        }
        if own.unreadable != expected.unreadable {
            self.face.push(format!("{} shows characters whose meaning its font does not say", own.page));
        }
    }

    fn added(&mut self, glyphs: &[(String, Area)], words: &Words) {
        let Some((_, first)) = glyphs.first() else { return };
        let text: String = glyphs.iter().map(|(text, _)| text.as_str()).collect();
        let place = self.place(&words.at(first).unwrap_or_default());
        self.face.push(format!("{place}: {} shows \"{}\", which the data do not say", first.page, discreet(&text)));
    }

    /// Lines, ticks and pictures by their places.
    fn marks(&mut self, own: &[Area], expected: &[Area], words: &Words) {
        let mut left: Vec<&Area> = own.iter().collect();
        for mark in expected {
            match left.iter().position(|own| near(own, mark)) {
                Some(at) => drop(left.swap_remove(at)),
                None => {
                    let place = self.place(&words.at(mark).unwrap_or_default());
                    self.face.push(format!("{place}: {mark} does not show the mark that the data give"));
                }
            }
        }
        for mark in left {
            let place = self.place(&words.at(mark).unwrap_or_default());
            self.face.push(format!("{place}: {mark} shows a mark that the data do not give"));
        }
    }

    /// What lies upon the page: fields, seals, and nothing else.
    fn upon(&mut self, own: &Sight, expected: &Sight, signatures: &[SignatureReport]) {
        let seals = signatures.iter().flat_map(|signature| &signature.places);
        let is_in_no_field = |seal: &&Area| !expected.upon.iter().any(|field| near(field, seal));
        let mut left: Vec<&Area> = expected.upon.iter().chain(seals.filter(is_in_no_field)).collect();
        for area in &own.upon {
            // Each has a place of its own, so that nothing lies on a seal.
            if let Some(at) = left.iter().position(|known| near(known, area)) {
                left.swap_remove(at);
                continue;
            }
            self.face.push(format!("something lies upon {area} that is neither a field of the form nor a seal"));
        }
    }

    /// What can be filled in says what the data say.
    fn fields(&mut self, own: &[(String, Vec<String>)], expected: &[(String, Vec<String>)]) {
        for (name, values) in expected {
            let said: Vec<_> = own.iter().filter(|(own, _)| own == name).map(|(_, values)| values).collect();
            if said != [values] {
                let place = self.place(name);
                self.face.push(format!("{place}: the field of the PDF does not say what the data say"));
            }
        }
        for (name, _) in own.iter().filter(|(name, _)| expected.iter().all(|(known, _)| known != name)) {
            self.face.push(format!("the PDF has a field \"{}\" that the form does not have", name.escape_debug()));
        }
    }

    fn dots<D: Medium>(&mut self, page: Page, document: &D, again: &D) -> Result<(), Error> {
        let (own, expected) = (document.pictures_of(page)?, again.pictures_of(page)?);
        let mut left: Vec<&Dots> = own.iter().map(|seen| &seen.dots).collect();
        for picture in &expected {
            match left.iter().position(|own| same(own, &picture.dots)) {
                Some(at) => drop(left.swap_remove(at)),
                None => self.pictures.push(format!("{page} does not show a picture that the data have")),
            }
        }
        if !left.is_empty() {
            self.pictures.push(format!("{page} shows {} pictures that the data do not have", left.len()));
        }
        Ok(())
    }

    /// A field by the way to it, in the words of the form.
    fn place(&self, way: &str) -> String {
        let mut steps = way.split('.');
        let Some(field) = steps.next().and_then(|key| self.template.field(key)) else {
            return "what the form itself says".into();
        };
        let mut place = Place::of(field);
        if let Some(row) = steps.next().and_then(|row| row.parse().ok()) {
            place = place.row(row);
        }
        if let Some(column) = steps.next().and_then(|key| field.columns.iter().find(|column| column.key == key)) {
            place = place.column(column);
        }
        format!("{} ({})", place.label, place.path)
    }

    fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let told = [
            (checks::FORM_DATA_FACE, self.face, "the pages show what the data say"),
            (checks::FORM_DATA_PICTURE, self.pictures, "the pictures on the pages are those of the data"),
        ];
        for (check, details, good) in told {
            if details.is_empty() {
                findings.push(Finding::pass(check, good));
            }
            findings.extend(details.into_iter().take(MOST_TOLD).map(|detail| Finding::fail(check, detail)));
        }
        findings
    }
}

fn near(one: &Area, other: &Area) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= NEAR;
    one.page == other.page
        && close(one.left.0, other.left.0)
        && close(one.top.0, other.top.0)
        && close(one.right().0, other.right().0)
        && close(one.bottom().0, other.bottom().0)
}

/// The same bytes, or the same dots.
fn same(one: &Dots, other: &Dots) -> bool {
    match (one, other) {
        (Dots::File(one), Dots::File(other)) => one == other,
        (Dots::Raw { width, height, components, colours, opacity }, Dots::Raw { .. }) => matches!(
            other,
            Dots::Raw { width: w, height: h, components: c, colours: dots, opacity: clear }
                if (w, h, c) == (width, height, components) && dots == colours && clear == opacity
        ),
        _ => false,
    }
}

/// The characters of a page by what they are and where they stand, in squares of a millimetre.
struct Standing<'g> {
    glyphs: &'g [(String, Area)],
    by_place: BTreeMap<(&'g str, i64, i64), Vec<usize>>,
    taken: Vec<bool>,
}

impl<'g> Standing<'g> {
    fn of(glyphs: &'g [(String, Area)]) -> Self {
        let mut by_place: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (number, (text, area)) in glyphs.iter().enumerate() {
            let (left, top) = square(area);
            by_place.entry((text.as_str(), left, top)).or_default().push(number);
        }
        Standing { glyphs, by_place, taken: vec![false; glyphs.len()] }
    }

    /// Takes a character that stands here, if one does.
    fn take(&mut self, text: &str, area: &Area) -> bool {
        let (left, top) = square(area);
        let beside = (-1..=1).flat_map(|right| (-1..=1).map(move |down| (left + right, top + down)));
        for (left, top) in beside {
            for number in self.by_place.get(&(text, left, top)).into_iter().flatten() {
                let is_here = self.glyphs.get(*number).is_some_and(|(_, own)| near(own, area));
                if let Some(taken) = self.taken.get_mut(*number).filter(|taken| is_here && !**taken) {
                    *taken = true;
                    return true;
                }
            }
        }
        false
    }

    /// What nobody took, in runs.
    fn left(&self) -> Vec<Vec<(String, Area)>> {
        let mut runs: Vec<Vec<(String, Area)>> = Vec::new();
        let mut goes_on = false;
        for (glyph, taken) in self.glyphs.iter().zip(&self.taken) {
            match (taken, runs.last_mut().filter(|_| goes_on)) {
                (true, _) => {}
                (false, Some(run)) => run.push(glyph.clone()),
                (false, None) => runs.push(vec![glyph.clone()]),
            }
            goes_on = !taken;
        }
        runs
    }
}

/// The em square of a character: where it begins on its line, and its size. How far its font says that it reaches is
/// another matter, and differs from one subset of a font to the next.
fn square_of(glyph: &Glyph, page: Page) -> Area {
    let (left, baseline) = glyph.origin;
    let [left, top, em] = [left, baseline - glyph.em, glyph.em].map(Mm);
    Area { page, left, top, width: em, height: em }
}

/// The square that a character begins in; what is near may be in one beside it.
fn square(area: &Area) -> (i64, i64) {
    (area.left.0.floor() as i64, area.top.0.floor() as i64)
}

/// Which words of a page show which field.
struct Words {
    /// How many characters that are not blank come up to and with these words, and the field that they show.
    shown: Vec<(usize, String)>,
    /// Where fields stand.
    areas: Vec<(Area, String)>,
}

impl Words {
    fn of(draft: &Draft, page: Page) -> Self {
        let mut words = Words { shown: Vec::new(), areas: Vec::new() };
        let sheet = page.index().and_then(|index| draft.sheets().get(index));
        sheet.into_iter().flat_map(|sheet| sheet.marks()).for_each(|mark| words.add(mark, page, ""));
        words
    }

    fn add(&mut self, mark: &Mark, page: Page, within: &str) {
        match mark {
            Mark::Words(words) => {
                let before = self.shown.last().map_or(0, |(count, _)| *count);
                let own = words.text().chars().filter(|character| !character.is_whitespace()).count();
                self.shown.push((before + own, words.shows().unwrap_or(within).to_owned()));
            }
            Mark::Field(field) => {
                let [left, top, width, height] = field.area;
                self.areas.push((Area { page, left, top, width, height }, field.name.clone()));
                field.shown.iter().for_each(|mark| self.add(mark, page, &field.name));
            }
            Mark::Image(photo) => {
                let [left, top, width, height] = photo.area;
                let area = Area { page, left, top, width, height };
                self.areas.extend(photo.field.as_ref().map(|field| (area, field.to_string())));
            }
            _ => {}
        }
    }

    fn of_glyph(&self, number: usize) -> Option<String> {
        self.shown.iter().find(|(count, _)| number < *count).map(|(_, field)| field.clone())
    }

    /// The field that stands where this is.
    fn at(&self, area: &Area) -> Option<String> {
        self.areas.iter().find(|(own, _)| own.overlaps(area)).map(|(_, field)| field.clone())
    }
}
