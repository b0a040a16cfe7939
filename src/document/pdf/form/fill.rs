//! Fields filled in by a revision behind the file (ISO 32000-2, 12.7.4.3): values and what shows them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::deflate::zlib;
use crate::document::pdf::appearance::dictionary;
use crate::document::pdf::compose::{Faces, Part, Typeface};
use crate::document::pdf::field::{Field, Form};
use crate::document::pdf::file::{Indirect, View};
use crate::document::pdf::form::copy::name;
use crate::document::pdf::form::draw::Sketch;
use crate::document::pdf::form::look::Drawn;
use crate::document::pdf::form::read::{self, Place, State, find, inherited};
use crate::document::pdf::form::value::{Taken, take};
use crate::document::pdf::form::{FieldKind, FieldValue, FormField};
use crate::document::pdf::stamp::{refuse_broken, refuse_filling};
use crate::document::pdf::text;
use crate::document::pdf::writer::Writer;
use crate::error::{Context as _, Error, ErrorKind};
use crate::font::{Font, OBJECTS, SYSTEM};

/// The revision that fills in fields; none when there is nothing to do.
pub(in crate::document::pdf) fn fill(
    view: &View<'_>,
    values: &[(&str, FieldValue)],
    font: &Font,
) -> Result<Option<Vec<u8>>, Error> {
    let found = Found::of(view)?;
    let mut wanted: BTreeMap<usize, Taken> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for (name, value) in values {
        if !named.insert(*name) {
            return Err(Error::misuse(format!("the field \"{name}\" is given two values")));
        }
        let places = found.named(name)?;
        for place in places {
            let Some(one) = found.fields.get(place) else { continue };
            let taken = take(&one.told, &one.states, value, one.flags).context(format_args!("the field \"{name}\""))?;
            wanted.insert(place, taken);
        }
    }
    // Where readers are told to draw all fields, all are drawn here; in a signed form others may be locked.
    let mut others = BTreeSet::new();
    if found.is_redrawn()? && !found.is_signed() {
        others = found.undrawn()?;
        others.retain(|place| !wanted.contains_key(place));
    }
    found.write(wanted, others, font)
}

/// The revision that draws what has no appearance, and what readers are told to draw anew; none when all is drawn.
pub(in crate::document::pdf) fn draw_missing(view: &View<'_>, font: &Font) -> Result<Option<Vec<u8>>, Error> {
    let found = Found::of(view)?;
    let others = found.undrawn()?;
    found.write(BTreeMap::new(), others, font)
}

/// The revision that takes the XFA out of a form that has fields as well; none when there is none.
pub(in crate::document::pdf) fn without_xfa(view: &View<'_>) -> Result<Option<Vec<u8>>, Error> {
    let form = read::sound_form(view)?;
    let Some(dictionary) = form_place(view)? else { return Ok(None) };
    let has_xfa = dictionary.1.as_dictionary().is_some_and(|entries| entries.get("XFA").is_some());
    if !has_xfa {
        return Ok(None);
    }
    if form.fields.is_empty() {
        return Err(not_allowed("the form consists of XFA alone: nothing would be left of it"));
    }
    if is_signed(&form) {
        return Err(not_allowed("the document has signatures, which taking the XFA out would break"));
    }
    refuse(view)?;
    let mut writer = Writer::new(*view)?;
    writer.remove(&dictionary.0, &dictionary.1, "XFA")?;
    let catalog = view.catalog()?;
    writer.remove(&catalog, &catalog.object, "NeedsRendering")?;
    Ok(Some(writer.finish()?.bytes))
}

/// What a byte of a text costs that is drawn, as much as so many bytes: many fields may inherit one long text.
const GLYPH: u64 = 64;

fn not_allowed(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotAllowed, text)
}

/// Refuses files to which nothing is to be added.
pub(super) fn refuse(view: &View<'_>) -> Result<(), Error> {
    if view.work.file.chain.hybrid {
        return Err(not_allowed(
            "the file is a hybrid of cross-reference tables and streams, in which old and new readers see different \
             documents: save it anew as PDF 1.5 or later",
        ));
    }
    refuse_broken(view, true)
}

pub(super) fn is_signed(form: &Form) -> bool {
    form.fields.iter().any(|field| field.is_signature() && field.value.is_some())
}

/// The form's dictionary and where it stands.
pub(super) fn form_place(view: &View<'_>) -> Result<Option<Place>, Error> {
    let catalog = view.catalog()?;
    match catalog.dictionary() {
        Some(dictionary) => find(view, &catalog, dictionary, "AcroForm"),
        None => Ok(None),
    }
}

/// A form that is to be filled in.
struct Found<'v> {
    view: View<'v>,
    form: Form,
    place: Place,
    fields: Vec<One>,
}

/// A field as it is.
struct One {
    told: FormField,
    states: Vec<State>,
    flags: i64,
}

impl One {
    fn is_text(&self) -> bool {
        matches!(self.told.kind, FieldKind::Text | FieldKind::DropDown | FieldKind::List)
    }

    /// Buttons of a group have no names while nobody drew them.
    fn can_be_drawn(&self) -> bool {
        self.is_text() || matches!(self.told.kind, FieldKind::CheckBox | FieldKind::PushButton)
    }
}

impl<'v> Found<'v> {
    fn of(view: &View<'v>) -> Result<Self, Error> {
        refuse(view)?;
        let form = read::sound_form(view)?;
        let place = form_place(view)?.ok_or_else(|| not_allowed("the document has no form"))?;
        if place.1.as_dictionary().is_some_and(|entries| entries.get("XFA").is_some()) {
            return Err(not_allowed(
                "the form is in XFA as well, and readers that know it would show the old values: take it out first \
                 (Pdf::without_xfa)",
            ));
        }
        let told = read::fields(view)?;
        let mut fields = Vec::with_capacity(told.len());
        for (field, told) in form.fields.iter().zip(told) {
            let is_button = matches!(told.kind, FieldKind::CheckBox | FieldKind::Radio);
            let states = if is_button { read::states(view, field)? } else { Vec::new() };
            fields.push(One { told, states, flags: read::flags(view, field)? });
        }
        Ok(Found { view: *view, form, place, fields })
    }

    /// The fields with a name: several are one field that is written down several times (12.7.4.2).
    fn named(&self, name: &str) -> Result<Vec<usize>, Error> {
        let fields = self.fields.iter().enumerate();
        let places: Vec<usize> = fields.filter(|(_, one)| one.told.name == name).map(|(place, _)| place).collect();
        if !places.is_empty() {
            return Ok(places);
        }
        let known: Vec<&str> = self.fields.iter().map(|one| one.told.name.as_str()).take(20).collect();
        let known = if known.is_empty() { "no field".to_owned() } else { format!("the fields {}", known.join(", ")) };
        Err(Error::new(ErrorKind::Mismatch, format!("the form has no field \"{name}\"; it has {known}")))
    }

    /// Whether readers are told to draw all fields anew.
    fn is_redrawn(&self) -> Result<bool, Error> {
        let Some(entries) = self.place.1.as_dictionary() else { return Ok(false) };
        Ok(self.view.get(entries, "NeedAppearances")?.and_then(|value| value.as_boolean()) == Some(true))
    }

    fn is_signed(&self) -> bool {
        is_signed(&self.form)
    }

    /// The fields that have no appearance, and those that readers are told to draw anew.
    fn undrawn(&self) -> Result<BTreeSet<usize>, Error> {
        let is_redrawn = self.is_redrawn()?;
        let is_missing = |one: &One| one.told.widgets.iter().any(|widget| !widget.drawn) && one.can_be_drawn();
        let wanted = |one: &One| is_missing(one) || is_redrawn && one.is_text();
        Ok(self.fields.iter().enumerate().filter(|(_, one)| wanted(one)).map(|(place, _)| place).collect())
    }

    /// Writes new values, and draws these fields and `others`.
    fn write(
        &self,
        wanted: BTreeMap<usize, Taken>,
        others: BTreeSet<usize>,
        font: &Font,
    ) -> Result<Option<Vec<u8>>, Error> {
        if wanted.is_empty() && others.is_empty() {
            return Ok(None);
        }
        let touched: BTreeSet<usize> = wanted.keys().chain(&others).copied().collect();
        let targets = self.form.fields.iter().enumerate().filter(|(place, _)| touched.contains(place));
        refuse_filling(&self.view, &self.form, targets.map(|(_, field)| field))?;
        let typefaces = [Typeface::of(font)];
        let mut filling =
            Filling { found: self, writer: Writer::new(self.view)?, faces: Faces::of(&typefaces), looks: Vec::new() };
        for place in &touched {
            let (Some(field), Some(one)) = (self.form.fields.get(*place), self.fields.get(*place)) else { continue };
            filling.field(field, one, wanted.get(place)).context(format_args!("the field \"{}\"", field.name))?;
        }
        let is_all_drawn = |(place, one): (usize, &One)| {
            touched.contains(&place) && one.can_be_drawn() || one.told.widgets.iter().all(|widget| widget.drawn)
        };
        let has_looks = |one: &&One| one.told.kind != FieldKind::Signature;
        let mut fields = self.fields.iter().enumerate().filter(|(_, one)| has_looks(one));
        // In a signed form fields that a signature locked may be old, so that the word stays what it was.
        if self.is_redrawn()? && !self.is_signed() && fields.all(is_all_drawn) {
            filling.writer.set(&self.place.0, &self.place.1, "NeedAppearances", "false")?;
        }
        filling.finish().map(Some)
    }
}

/// A revision in the making.
struct Filling<'f, 'v, 't> {
    found: &'f Found<'v>,
    writer: Writer<'v>,
    faces: Faces<'t>,
    looks: Vec<(Rc<Indirect>, Sketch, Looks)>,
}

/// What shows a widget.
enum Looks {
    One(Drawn),
    /// Off, on, and the name of on.
    Button(Vec<u8>, Vec<u8>, Vec<u8>),
}

impl Filling<'_, '_, '_> {
    fn field(&mut self, field: &Field, one: &One, value: Option<&Taken>) -> Result<(), Error> {
        let mut told = one.told.clone();
        match value {
            Some(Taken::Text(text)) => {
                self.set_text(field, text)?;
                told.values = vec![text.clone()];
            }
            Some(Taken::Chosen { places, own }) => {
                told.values = self.set_chosen(field, one, places, own.as_deref())?;
            }
            Some(Taken::State(state)) => return self.set_state(field, one, state.as_deref()),
            None => {}
        }
        let is_button = matches!(told.kind, FieldKind::CheckBox | FieldKind::Radio);
        for (widget, place) in field.widgets.iter().zip(&one.told.widgets) {
            let Some(widget) = self.found.view.load(*widget)? else { continue };
            if is_button && place.drawn {
                continue;
            }
            let Some(sketch) = self.sketch(field, one, &widget)? else { continue };
            let length: usize = told.values.iter().map(String::len).sum();
            self.found.view.work.spend(GLYPH.saturating_mul(length as u64))?;
            let looks = if is_button {
                let state = told.values.first().map_or("Yes", String::as_str);
                let shown = if told.values.is_empty() { "Off" } else { state };
                let shown = String::from_utf8_lossy(&name(shown.as_bytes())).into_owned();
                self.writer.set(&widget, &widget.object, "AS", &shown)?;
                Looks::Button(sketch.button(false), sketch.button(true), state.as_bytes().to_vec())
            } else {
                Looks::One(sketch.draw(&told, &mut self.faces)?)
            };
            self.looks.push((widget, sketch, looks));
        }
        Ok(())
    }

    fn sketch(&self, field: &Field, one: &One, widget: &Rc<Indirect>) -> Result<Option<Sketch>, Error> {
        Sketch::of(&self.found.view, &self.found.place, field, widget, one.flags, one.told.kind)
    }

    fn set(&mut self, field: &Field, key: &str, value: &[u8]) -> Result<(), Error> {
        let value = String::from_utf8_lossy(value);
        self.writer.set(&field.indirect, &field.indirect.object, key, &value)
    }

    fn string(&self, field: &Field, text: &str) -> Result<Vec<u8>, Error> {
        self.writer.string_in(field.indirect.reference, &text::encode(text))
    }

    fn set_text(&mut self, field: &Field, text: &str) -> Result<(), Error> {
        let string = self.string(field, text)?;
        self.set(field, "V", &string)?;
        // Rich text says the same in another way, and would say the old.
        let is_rich = inherited(&self.found.view, field, "RV")?.is_some();
        if is_rich && self.found.is_signed() {
            return Err(not_allowed(
                "it is rich text, and the document has signatures: not all verifiers take a change of rich text for \
                 filling in",
            ));
        }
        if is_rich {
            self.set(field, "RV", &string)?;
        }
        Ok(())
    }

    /// Values and places of what is chosen; gives the values.
    fn set_chosen(
        &mut self,
        field: &Field,
        one: &One,
        places: &[usize],
        own: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let chosen = places.iter().filter_map(|place| one.told.options.get(*place));
        let values: Vec<String> = chosen.map(|option| option.value.clone()).chain(own.map(str::to_owned)).collect();
        let value = match values.as_slice() {
            [] => b"()".to_vec(),
            [value] => self.string(field, value)?,
            several => {
                let strings: Result<Vec<_>, _> = several.iter().map(|value| self.string(field, value)).collect();
                [&b"["[..], &strings?.join(&b' '), b"]"].concat()
            }
        };
        self.set(field, "V", &value)?;
        // Where both are there the values count (table 234), and verifiers take other places for a change of the field.
        if self.found.is_signed() {
            return Ok(values);
        }
        let is_list = one.told.kind == FieldKind::List;
        if is_list || inherited(&self.found.view, field, "I")?.is_some() {
            let places: Vec<String> = places.iter().map(usize::to_string).collect();
            self.set(field, "I", format!("[{}]", places.join(" ")).as_bytes())?;
        }
        Ok(values)
    }

    /// The buttons of one name are on, all others off.
    fn set_state(&mut self, field: &Field, one: &One, state: Option<&[u8]>) -> Result<(), Error> {
        let off = name(b"Off");
        let value = state.map_or_else(|| off.clone(), name);
        self.set(field, "V", &value)?;
        for (place, reference) in field.widgets.iter().enumerate() {
            let Some(widget) = self.found.view.load(*reference)? else { continue };
            let own = one.states.get(place).and_then(Option::as_ref).map(|on| on.name.as_slice());
            let is_on = match own {
                Some(own) => state == Some(own),
                None => state.is_some(),
            };
            let shown = if is_on { value.clone() } else { off.clone() };
            self.writer.set(&widget, &widget.object, "AS", &String::from_utf8_lossy(&shown))?;
            if own.is_none()
                && let Some(sketch) = self.sketch(field, one, &widget)?
            {
                let looks = Looks::Button(sketch.button(false), sketch.button(true), state.unwrap_or(b"Yes").to_vec());
                self.looks.push((widget, sketch, looks));
            }
        }
        Ok(())
    }

    /// Writes the font and the looks behind the values.
    fn finish(mut self) -> Result<Vec<u8>, Error> {
        let mut used: BTreeSet<Part> = BTreeSet::new();
        for (_, _, looks) in &self.looks {
            if let Looks::One(drawn) = looks {
                used.extend(&drawn.fonts);
            }
        }
        let numbers = write_fonts(&mut self.writer, self.faces, &used)?;
        for (widget, sketch, looks) in std::mem::take(&mut self.looks) {
            let look = match looks {
                Looks::One(drawn) => format!("<< /N {} 0 R >>", add(&mut self.writer, &sketch, &drawn, &numbers)?),
                Looks::Button(off, on, state) => {
                    let mut numbers = [0; 2];
                    for (number, stream) in numbers.iter_mut().zip([off, on]) {
                        let drawn = Drawn { stream, fonts: BTreeSet::new() };
                        *number = add(&mut self.writer, &sketch, &drawn, &HashMap::new())?;
                    }
                    let [off, on] = numbers;
                    let state = String::from_utf8_lossy(&name(&state)).into_owned();
                    format!("<< /N << /Off {off} 0 R {state} {on} 0 R >> >>")
                }
            };
            self.writer.set(&widget, &widget.object, "AP", &look)?;
        }
        Ok(self.writer.finish()?.bytes)
    }
}

/// Writes the fonts of what is drawn in a revision; the numbers of its objects.
pub(super) fn write_fonts(
    writer: &mut Writer<'_>,
    faces: Faces<'_>,
    used: &BTreeSet<Part>,
) -> Result<HashMap<Part, i32>, Error> {
    let first = writer.upcoming();
    for _ in 0..used.len().saturating_mul(usize::try_from(OBJECTS).unwrap_or_default()) {
        let number = writer.number()?;
        writer.add(number, b"null".to_vec());
    }
    let first = i32::try_from(first).map_err(|_| Error::too_large("there are too many objects"))?;
    faces.write(used, first, |font, first| {
        for place in 0..OBJECTS {
            let number = u32::try_from(first.saturating_add(place)).unwrap_or_default();
            let [registry, ordering] = SYSTEM.map(|text| writer.stored(number, text));
            let (registry, ordering) = (registry?, ordering?);
            let entries = dictionary(|dict| font.entries(place, first, [&registry, &ordering], dict));
            match font.data(place) {
                Some(data) => writer.add_stream(number, &entries, data.to_vec())?,
                None => writer.add(number, entries),
            }
        }
        Ok(())
    })
}

/// Adds a form XObject; its number.
fn add(writer: &mut Writer<'_>, sketch: &Sketch, drawn: &Drawn, numbers: &HashMap<Part, i32>) -> Result<u32, Error> {
    let number = writer.number()?;
    let fonts = drawn.fonts.iter().filter_map(|part| Some(format!("/{} {} 0 R", part.name(), numbers.get(part)?)));
    let fonts: Vec<String> = fonts.collect();
    let resources = if fonts.is_empty() { String::new() } else { format!(" /Font << {} >>", fonts.join(" ")) };
    let dictionary = format!(
        "<< /Type /XObject /Subtype /Form {} /Resources <<{resources} >> /Filter /FlateDecode >>",
        sketch.entries()
    );
    writer.add_stream(number, dictionary.as_bytes(), zlib(&drawn.stream)?)?;
    Ok(number)
}
