//! The pages against the data: they are rendered again, and everything that is seen on one and not on the other is
//! told with the field that it belongs to.

use crate::compose::{Draft, Mark};
use crate::document::seen::Dots;
use crate::document::{Document, Sight};
use crate::error::Error;
use crate::finding::{Finding, checks};
use crate::form::extract::Medium;
use crate::form::judge::ValidInstance;
use crate::form::remark::Place;
use crate::form::render::Renderer;
use crate::form::sealing::Particulars;
use crate::form::template::Template;
use crate::form::value::discreet;
use crate::units::{Area, Page};

/// Differences that are told one by one.
const MOST_TOLD: usize = 20;
/// Less than that is rounding, in millimetres.
const NEAR: f64 = 0.15;

/// Compares the pages with those that the data give.
pub(crate) fn compare<D: Medium>(
    renderer: &Renderer,
    document: &D,
    valid: &ValidInstance<'_>,
    particulars: &Particulars,
) -> Result<Vec<Finding>, Error> {
    let again = D::rendered(renderer, valid, particulars)?;
    // A PDF is stamped by adding to it, so the whole form is seen to be the same at once.
    if document.as_bytes().starts_with(&again.as_bytes()) {
        return Ok(vec![
            Finding::pass(checks::FORM_DATA_FACE, "the document begins with the very bytes that the data give"),
            Finding::pass(checks::FORM_DATA_PICTURE, "the document begins with the very bytes that the data give"),
        ]);
    }
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
        told.page(&sight(document, page)?, &sight(&again, page)?, &words);
        told.dots(page, document, &again)?;
    }
    if particulars.is_interactive {
        told.face.push("the fields that can be filled in are not the bytes that the data give".into());
    }
    Ok(told.findings())
}

fn sight<D: Document>(document: &D, page: Page) -> Result<Sight, Error> {
    let mut seen = None;
    document.look(&mut std::iter::once(page), &mut |sight| {
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
        let marks = |sight: &Sight| sight.marks.clone();
        self.marks(&marks(own), &marks(expected), words);
    }

    /// Characters in their order, each with its place; those that are written alike are passed over.
    fn glyphs(&mut self, own: &Sight, expected: &Sight, words: &Words) {
        let seen = |sight: &Sight| -> Vec<(String, Area)> {
            let shown = sight.glyphs.iter().filter(|glyph| !glyph.is_blank());
            shown.map(|glyph| (glyph.text.clone(), glyph.area)).collect()
        };
        let (own_glyphs, expected_glyphs) = (seen(own), seen(expected));
        let alike = |one: &(String, Area), other: &(String, Area)| one.0 == other.0 && near(&one.1, &other.1);
        let mut lost: Vec<(String, String, String)> = Vec::new();
        let mut at = 0;
        for (number, expected) in expected_glyphs.iter().enumerate() {
            match own_glyphs.iter().skip(at).position(|own| alike(own, expected)) {
                // What stands between is not in the data.
                Some(0) => at += 1,
                Some(skipped) => {
                    self.added(own_glyphs.get(at..at + skipped).unwrap_or_default(), words);
                    at += skipped + 1;
                }
                None => {
                    let field = words.of_glyph(number).unwrap_or_default();
                    match lost.last_mut().filter(|(last, ..)| *last == field) {
                        Some((_, text, _)) => text.push_str(&expected.0),
                        None => lost.push((field, expected.0.clone(), String::new())),
                    }
                }
            }
        }
        self.added(own_glyphs.get(at..).unwrap_or_default(), words);
        for (field, text, _) in lost {
            let place = self.place(&field);
            self.face.push(format!("{place}: {} does not show \"{}\", which the data say", own.page, discreet(&text)));
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
