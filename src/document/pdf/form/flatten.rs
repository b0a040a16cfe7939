//! Fields made a part of their pages.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use crate::document::pdf::content::matrix::Matrix;
use crate::document::pdf::field::{Field, Form};
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::form::copy::{name, print};
use crate::document::pdf::form::fill::{form_place, is_signed, refuse};
use crate::document::pdf::form::read::{self, Place, find, follow};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::document::pdf::page::{self, PageNode, Rectangle};
use crate::document::pdf::writer::{Writer, number};
use crate::error::{Context as _, Error, ErrorKind};

/// Hidden and NoView (ISO 32000-2, table 167).
const UNSEEN: i64 = 2 | 32;

/// The revision that draws all fields onto their pages; none when there are none.
pub(in crate::document::pdf) fn flatten(view: &View<'_>) -> Result<Option<Vec<u8>>, Error> {
    let form = read::sound_form(view)?;
    let Some(place) = form_place(view)? else { return Ok(None) };
    if is_signed(&form) {
        let detail =
            "the document has signatures, which flattening its form would break: flatten it before it is signed";
        return Err(Error::new(ErrorKind::NotAllowed, detail));
    }
    refuse(view)?;
    let (kept, gone): (Vec<&Field>, Vec<&Field>) = form.fields.iter().partition(|field| field.is_signature());
    if gone.is_empty() {
        return Ok(None);
    }
    let pages = page::pages(view)?;
    let mut flattening = Flattening { view: *view, writer: Writer::new(*view)?, looks: BTreeMap::new() };
    let places = read::places(view, &pages)?;
    for field in &gone {
        for widget in &field.widgets {
            let Some(index) = places.get(widget) else { continue };
            let look = flattening.look(*widget).context(format_args!("the field \"{}\"", field.name))?;
            flattening.looks.entry(*index).or_default().extend(look);
        }
    }
    let widgets: HashSet<Reference> = gone.iter().flat_map(|field| field.widgets.iter().copied()).collect();
    let mut done = HashSet::new();
    for (index, node) in pages.iter().enumerate() {
        if done.insert(node.reference) {
            flattening.page(index, node, &widgets).context(format_args!("page {}", index + 1))?;
        }
    }
    flattening.form(&place, &form, &kept)?;
    Ok(Some(flattening.writer.finish()?.bytes))
}

struct Flattening<'v> {
    view: View<'v>,
    writer: Writer<'v>,
    /// What is drawn on each page.
    looks: BTreeMap<usize, Vec<Look>>,
}

/// A form XObject, and where it is drawn.
struct Look {
    form: Reference,
    matrix: Matrix,
}

impl Flattening<'_> {
    /// What a widget shows; none when it is not seen.
    fn look(&self, widget: Reference) -> Result<Option<Look>, Error> {
        let Some(widget) = self.view.load(widget)? else { return Ok(None) };
        let Some(dictionary) = widget.dictionary() else { return Ok(None) };
        if dictionary.integer("F").unwrap_or(0) & UNSEEN != 0 {
            return Ok(None);
        }
        let rectangle = match dictionary.get("Rect") {
            Some(rectangle) => Rectangle::of(&self.view, rectangle)?,
            None => None,
        };
        let Some(rectangle) = rectangle.filter(|one| one.width() > 0.0 && one.height() > 0.0) else { return Ok(None) };
        let Some(appearance) = find(&self.view, &widget, dictionary, "AP")? else {
            return Err(Error::new(
                ErrorKind::NotAllowed,
                "it has no appearance, so that nothing would be left of it: draw it first (Pdf::draw_missing)",
            ));
        };
        let Some(normal) = appearance.1.as_dictionary().and_then(|entries| entries.get("N")) else { return Ok(None) };
        let Some(normal) = self.chosen(&appearance.0, normal, dictionary)? else { return Ok(None) };
        let form = normal.reference;
        let entries = normal.dictionary().filter(|_| normal.is_stream());
        let entries = entries.ok_or_else(|| Error::malformed(format!("its appearance {form} is no stream")))?;
        if entries.name("Subtype").is_some_and(|subtype| subtype != b"Form") || entries.get("Subtype").is_none() {
            return Err(Error::malformed(format!("its appearance {form} is no form XObject")));
        }
        let bounds = match entries.get("BBox") {
            Some(bounds) => Rectangle::of(&self.view, bounds)?,
            None => None,
        };
        let Some(bounds) = bounds else { return Err(Error::malformed(format!("its appearance {form} has no /BBox"))) };
        let own = Matrix::of(&self.view, entries.get("Matrix"))?.unwrap_or(Matrix::IDENTITY);
        Ok(placed(&bounds, own, &rectangle).map(|matrix| Look { form, matrix }))
    }

    /// The stream of the state that is shown.
    fn chosen(
        &self,
        holder: &Rc<Indirect>,
        normal: &Object,
        widget: &Dictionary,
    ) -> Result<Option<Rc<Indirect>>, Error> {
        let Some((holder, object)) = follow(&self.view, holder, normal)? else { return Ok(None) };
        if holder.is_stream() && normal.as_reference().is_some() {
            return Ok(Some(holder));
        }
        let state = widget.name("AS").map(|state| String::from_utf8_lossy(state).into_owned());
        let Some((states, state)) = object.as_dictionary().zip(state) else { return Ok(None) };
        Ok(find(&self.view, &holder, states, &state)?.map(|(stream, _)| stream).filter(|stream| stream.is_stream()))
    }

    /// Draws on a page what its widgets showed, and takes them off.
    fn page(&mut self, index: usize, node: &PageNode, widgets: &HashSet<Reference>) -> Result<(), Error> {
        let missing = || Error::malformed("the page is missing");
        let page = self.view.load(node.reference)?.ok_or_else(missing)?;
        let dictionary = page.dictionary().ok_or_else(missing)?;
        if let Some((holder, list)) = find(&self.view, &page, dictionary, "Annots")? {
            let items = list.as_array().unwrap_or_default();
            let is_gone = |item: &&Object| item.as_reference().is_some_and(|item| widgets.contains(&item));
            if items.iter().any(|item| is_gone(&item)) {
                let mut text = b"[".to_vec();
                for item in items.iter().filter(|item| !is_gone(item)) {
                    text.push(b' ');
                    print(&self.view, &self.writer, &holder, item, page.reference, &mut text)?;
                }
                text.extend_from_slice(b" ]");
                self.view.work.spend(text.len() as u64)?;
                self.set(&page, "Annots", &text)?;
            }
        }
        let looks = self.looks.remove(&index).unwrap_or_default();
        if looks.is_empty() {
            return Ok(());
        }
        let names = self.resources(&page, &looks)?;
        self.contents(&page, dictionary, &looks, &names)
    }

    fn set(&mut self, page: &Rc<Indirect>, key: &str, text: &[u8]) -> Result<(), Error> {
        // All that is not regular was written by number.
        self.writer.set(page, &page.object, key, &String::from_utf8_lossy(text))
    }

    /// The page's resources, own or of the nearest node above it that has some.
    fn old_resources(&self, page: &Rc<Indirect>) -> Result<Option<Place>, Error> {
        let mut node = Rc::clone(page);
        for _ in 0..self.view.work.limits.depth {
            let Some(dictionary) = node.dictionary() else { break };
            if let Some(found) = find(&self.view, &node, dictionary, "Resources")? {
                return Ok(Some(found));
            }
            match dictionary.reference("Parent").map(|above| self.view.load(above)).transpose()?.flatten() {
                Some(above) => node = above,
                None => break,
            }
        }
        Ok(None)
    }

    /// Gives the page resources of its own, with the looks under names that are free.
    fn resources(&mut self, page: &Rc<Indirect>, looks: &[Look]) -> Result<Vec<String>, Error> {
        let (holder, resources) = match self.old_resources(page)? {
            Some((holder, resources)) => (holder, resources.as_dictionary().cloned().unwrap_or_default()),
            None => (Rc::clone(page), Dictionary::default()),
        };
        let shown = find(&self.view, &holder, &resources, "XObject")?;
        let known = shown.as_ref().and_then(|(_, shown)| shown.as_dictionary());
        let is_free = |name: &str| known.is_none_or(|known| known.get(name).is_none());
        let free = (0..).map(|place: usize| format!("Field{place}")).filter(|name| is_free(name));
        let names: Vec<String> = free.take(looks.len()).collect();
        let mut text = b"<<".to_vec();
        for entry in resources.entries.iter().filter(|entry| entry.key != b"XObject") {
            text.extend_from_slice(&name(&entry.key));
            text.push(b' ');
            print(&self.view, &self.writer, &holder, &entry.value, page.reference, &mut text)?;
        }
        text.extend_from_slice(b" /XObject <<");
        if let Some((holder, shown)) = &shown {
            for entry in shown.as_dictionary().map(|shown| shown.entries.as_slice()).unwrap_or_default() {
                text.extend_from_slice(&name(&entry.key));
                text.push(b' ');
                print(&self.view, &self.writer, holder, &entry.value, page.reference, &mut text)?;
            }
        }
        for (name, look) in names.iter().zip(looks) {
            text.extend_from_slice(format!(" /{name} {} R", look.form).as_bytes());
        }
        text.extend_from_slice(b" >> >>");
        // Many pages may inherit long resources.
        self.view.work.spend(text.len() as u64)?;
        self.set(page, "Resources", &text)?;
        Ok(names)
    }

    /// The old content in a state of its own, then the looks.
    fn contents(
        &mut self,
        page: &Rc<Indirect>,
        dictionary: &Dictionary,
        looks: &[Look],
        names: &[String],
    ) -> Result<(), Error> {
        let mut streams: Vec<Reference> = Vec::new();
        if let Some(contents) = dictionary.get("Contents") {
            match follow(&self.view, page, contents)? {
                Some((_, list)) if list.as_array().is_some() => {
                    streams.extend(list.as_array().unwrap_or_default().iter().filter_map(Object::as_reference));
                }
                Some(_) => streams.extend(contents.as_reference()),
                None => {}
            }
        }
        let (before, after) = (self.writer.number()?, self.writer.number()?);
        self.writer.add_stream(before, b"<< >>", b"q\n".to_vec())?;
        let mut drawn = String::from("\nQ\n");
        for (name, look) in names.iter().zip(looks) {
            let numbers: Vec<String> = look.matrix.0.iter().map(|value| number(*value)).collect();
            drawn.push_str(&format!("q {} cm /{name} Do Q\n", numbers.join(" ")));
        }
        self.writer.add_stream(after, b"<< >>", drawn.into_bytes())?;
        let old: Vec<String> = streams.iter().map(|stream| format!("{stream} R")).collect();
        let list = format!("[{before} 0 R {} {after} 0 R]", old.join(" "));
        self.set(page, "Contents", list.as_bytes())
    }

    /// Leaves the form what waits for signatures, or nothing.
    fn form(&mut self, place: &Place, form: &Form, kept: &[&Field]) -> Result<(), Error> {
        if kept.is_empty() {
            let catalog = self.view.catalog()?;
            return self.writer.remove(&catalog, &catalog.object, "AcroForm");
        }
        let kept: HashSet<Reference> = kept.iter().flat_map(|field| field.line()).map(|node| node.reference).collect();
        let mut pruned = HashSet::new();
        let above = form.fields.iter().flat_map(|field| field.line().skip(1));
        for node in above.filter(|node| kept.contains(&node.reference)) {
            if pruned.insert(node.reference) {
                self.keep(node, &node.object, "Kids", &kept)?;
            }
        }
        let (holder, entries) = place;
        self.keep(holder, entries, "Fields", &kept)?;
        for key in ["NeedAppearances", "XFA", "CO"] {
            self.writer.remove(holder, entries, key)?;
        }
        Ok(())
    }

    /// Leaves in a list of references those that are kept.
    fn keep(
        &mut self,
        holder: &Rc<Indirect>,
        dictionary: &Object,
        key: &str,
        kept: &HashSet<Reference>,
    ) -> Result<(), Error> {
        let Some(entries) = dictionary.as_dictionary() else { return Ok(()) };
        let Some((_, list)) = find(&self.view, holder, entries, key)? else { return Ok(()) };
        let items = list.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
        let left: Vec<String> = items.filter(|item| kept.contains(item)).map(|item| format!("{item} R")).collect();
        self.writer.set(holder, dictionary, key, &format!("[{}]", left.join(" ")))
    }
}

/// The transformation that brings a form's box, as its own matrix turns it, onto the widget's rectangle
/// (ISO 32000-2, 12.5.5, algorithm 8).
fn placed(bounds: &Rectangle, own: Matrix, onto: &Rectangle) -> Option<Matrix> {
    let corners = [
        (bounds.left, bounds.lower),
        (bounds.right, bounds.lower),
        (bounds.left, bounds.upper),
        (bounds.right, bounds.upper),
    ];
    let corners = corners.map(|corner| own.apply(corner));
    let least = |part: fn(&(f64, f64)) -> f64| corners.iter().map(part).fold(f64::INFINITY, f64::min);
    let most = |part: fn(&(f64, f64)) -> f64| corners.iter().map(part).fold(f64::NEG_INFINITY, f64::max);
    let (left, lower) = (least(|one| one.0), least(|one| one.1));
    let (width, height) = (most(|one| one.0) - left, most(|one| one.1) - lower);
    let (across, up) = (onto.width() / width, onto.height() / height);
    let matrix = Matrix([across, 0.0, 0.0, up, onto.left - left * across, onto.lower - lower * up]);
    matrix.0.iter().all(|value| value.is_finite()).then_some(matrix)
}

#[cfg(test)]
mod tests {
    use super::placed;
    use crate::document::pdf::content::matrix::Matrix;
    use crate::document::pdf::page::Rectangle;

    #[test]
    fn a_look_is_brought_onto_its_widget() {
        let bounds = Rectangle { left: 0.0, lower: 0.0, right: 10.0, upper: 20.0 };
        let onto = Rectangle { left: 100.0, lower: 200.0, right: 120.0, upper: 210.0 };
        let turned = Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
        let matrix = turned.then(placed(&bounds, turned, &onto).unwrap());
        assert_eq!(matrix.apply((0.0, 0.0)), (120.0, 200.0));
        assert_eq!(matrix.apply((10.0, 20.0)), (100.0, 210.0));
        let empty = Rectangle { left: 0.0, lower: 0.0, right: 0.0, upper: 0.0 };
        assert_eq!(placed(&empty, Matrix::IDENTITY, &onto), None);
    }
}
