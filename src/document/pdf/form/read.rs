//! What the fields of a form say, whoever made it.

use std::collections::HashMap;
use std::rc::Rc;

use crate::document::pdf::field::{self, Field};
use crate::document::pdf::file::{Followed, Indirect, View};
use crate::document::pdf::form::{FieldKind, FieldOption, FieldWidget, FormField};
use crate::document::pdf::object::{Dictionary, Object, Reference, Value};
use crate::document::pdf::page::{self, PageNode, Rectangle};
use crate::error::{Context as _, Error};
use crate::units::Page;

/// `/Ff` (tables 227 to 230 of ISO 32000-2).
pub(super) mod flag {
    pub(in super::super) const READ_ONLY: i64 = 1;
    pub(in super::super) const REQUIRED: i64 = 1 << 1;
    pub(in super::super) const MULTI_LINE: i64 = 1 << 12;
    pub(in super::super) const PASSWORD: i64 = 1 << 13;
    pub(in super::super) const RADIO: i64 = 1 << 15;
    pub(in super::super) const PUSH_BUTTON: i64 = 1 << 16;
    pub(in super::super) const COMBO: i64 = 1 << 17;
    pub(in super::super) const EDIT: i64 = 1 << 18;
    pub(in super::super) const FILE: i64 = 1 << 20;
    pub(in super::super) const MULTI_SELECT: i64 = 1 << 21;
    pub(in super::super) const COMB: i64 = 1 << 24;
}

/// An object and the indirect object in which it stands.
pub(super) type Place = (Rc<Indirect>, Object);

/// Follows a key, keeping where its value stands: strings are encrypted by the object that holds them.
pub(super) fn find(
    view: &View<'_>,
    holder: &Rc<Indirect>,
    dictionary: &Dictionary,
    key: &str,
) -> Result<Option<Place>, Error> {
    match dictionary.get(key) {
        Some(value) => follow(view, holder, value).context(format_args!("/{key}")),
        None => Ok(None),
    }
}

pub(super) fn follow(view: &View<'_>, holder: &Rc<Indirect>, value: &Object) -> Result<Option<Place>, Error> {
    Ok(match view.follow(value)? {
        Followed::Here(object) => Some((Rc::clone(holder), object.clone())),
        Followed::There(indirect) => {
            let object = indirect.object.clone();
            Some((indirect, object))
        }
        Followed::Nothing(_) => None,
    }
    .filter(|(_, object)| object.value != Value::Null))
}

/// A key that a field may inherit from the nodes above it.
pub(super) fn inherited(view: &View<'_>, field: &Field, key: &str) -> Result<Option<Place>, Error> {
    for node in field.line() {
        let Some(dictionary) = node.dictionary() else { continue };
        if let Some(found) = find(view, node, dictionary, key)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What a byte of a text and an option cost that are kept, as much as so many bytes: many fields may inherit one long
/// text or one long list.
const KEPT: u64 = 64;
const OPTION: u64 = 2048;

/// A text string, or a stream that holds one; anything else is none.
pub(super) fn text(view: &View<'_>, (holder, object): &Place) -> Result<Option<String>, Error> {
    if let Some(bytes) = object.as_string() {
        view.work.spend(KEPT.saturating_mul(bytes.len() as u64))?;
        return Ok(Some(view.text(holder, bytes)?));
    }
    if holder.is_stream() && object.as_dictionary().is_some() {
        return Ok(Some(crate::document::pdf::text::decode(&view.stream(holder)?)));
    }
    Ok(None)
}

/// A name as text: UTF-8 as the standard has it, Latin-1 where it is none.
pub(super) fn name_text(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(text) => text.to_owned(),
        Err(_) => name.iter().map(|byte| char::from(*byte)).collect(),
    }
}

pub(super) fn flags(view: &View<'_>, field: &Field) -> Result<i64, Error> {
    Ok(inherited(view, field, "Ff")?.and_then(|(_, flags)| flags.as_integer()).unwrap_or(0))
}

pub(super) fn kind(field: &Field, flags: i64) -> FieldKind {
    let has = |flag: i64| flags & flag != 0;
    match field.kind.as_deref() {
        Some(b"Tx") if has(flag::PASSWORD) => FieldKind::Password,
        Some(b"Tx") if has(flag::FILE) => FieldKind::File,
        Some(b"Tx") => FieldKind::Text,
        Some(b"Btn") if has(flag::PUSH_BUTTON) => FieldKind::PushButton,
        Some(b"Btn") if has(flag::RADIO) => FieldKind::Radio,
        Some(b"Btn") => FieldKind::CheckBox,
        Some(b"Ch") if has(flag::COMBO) => FieldKind::DropDown,
        Some(b"Ch") => FieldKind::List,
        Some(b"Sig") => FieldKind::Signature,
        _ => FieldKind::Unknown,
    }
}

/// The whole form; a tree that is broken or reaches a field twice is told as an error.
pub(super) fn sound_form(view: &View<'_>) -> Result<field::Form, Error> {
    let form = field::form(view)?;
    if let Some(twice) = form.repeated {
        let detail = "the tree of the form's fields is broken: it reaches field";
        return Err(Error::malformed(format!("{detail} {twice} twice")));
    }
    Ok(form)
}

/// Where annotations are: the page that lists each.
pub(super) fn places(view: &View<'_>, pages: &[PageNode]) -> Result<HashMap<Reference, usize>, Error> {
    let mut places = HashMap::new();
    for (index, node) in pages.iter().enumerate() {
        for annotation in page::annotations(view, node.reference)? {
            places.entry(annotation).or_insert(index);
        }
    }
    Ok(places)
}

/// The fields of the form, in its order.
pub(in crate::document::pdf) fn fields(view: &View<'_>) -> Result<Vec<FormField>, Error> {
    let form = sound_form(view)?;
    let pages = page::pages(view)?;
    let places = places(view, &pages)?;
    let reader = Reader { view, pages: &pages, places: &places };
    let mut fields = Vec::with_capacity(form.fields.len());
    for field in &form.fields {
        fields.push(reader.field(field).context(format_args!("the field \"{}\"", field.name))?);
    }
    Ok(fields)
}

struct Reader<'r> {
    view: &'r View<'r>,
    pages: &'r [PageNode],
    places: &'r HashMap<Reference, usize>,
}

impl Reader<'_> {
    fn field(&self, field: &Field) -> Result<FormField, Error> {
        let view = self.view;
        let flags = flags(view, field)?;
        let kind = kind(field, flags);
        let has = |flag: i64| flags & flag != 0;
        let tip = inherited(view, field, "TU")?.map(|tip| text(view, &tip)).transpose()?.flatten();
        let most = inherited(view, field, "MaxLen")?.and_then(|(_, most)| usize::try_from(most.as_integer()?).ok());
        let is_button = matches!(kind, FieldKind::CheckBox | FieldKind::Radio);
        let states = if is_button { states(view, field)? } else { Vec::new() };
        let values = |key: &str| match kind {
            FieldKind::Signature | FieldKind::PushButton => Ok(Vec::new()),
            FieldKind::CheckBox | FieldKind::Radio => self.state(field, key, &states),
            _ => self.texts(field, key),
        };
        let options = if is_button { buttons(&states) } else { options(view, field)? };
        Ok(FormField {
            name: field.name.clone(),
            kind,
            values: values("V")?,
            defaults: values("DV")?,
            options,
            read_only: has(flag::READ_ONLY),
            required: has(flag::REQUIRED),
            multiple: match kind {
                FieldKind::Text => has(flag::MULTI_LINE),
                FieldKind::List => has(flag::MULTI_SELECT),
                _ => false,
            },
            editable: kind == FieldKind::DropDown && has(flag::EDIT),
            comb: kind == FieldKind::Text && is_comb(flags) && most.is_some(),
            max_length: most.filter(|_| kind == FieldKind::Text),
            tool_tip: tip,
            signed: kind == FieldKind::Signature && field.value.is_some(),
            widgets: self.widgets(field, &states)?,
        })
    }

    /// A text, or several that are chosen.
    fn texts(&self, field: &Field, key: &str) -> Result<Vec<String>, Error> {
        let Some(value) = inherited(self.view, field, key)? else { return Ok(Vec::new()) };
        let Some(items) = value.1.as_array() else { return Ok(text(self.view, &value)?.into_iter().collect()) };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Some(place) = follow(self.view, &value.0, item)? {
                texts.extend(text(self.view, &place)?);
            }
        }
        Ok(texts)
    }

    /// The value of the button that is on.
    fn state(&self, field: &Field, key: &str, states: &[State]) -> Result<Vec<String>, Error> {
        let Some(value) = inherited(self.view, field, key)? else { return Ok(Vec::new()) };
        let Some(name) = value.1.as_name() else { return Ok(text(self.view, &value)?.into_iter().collect()) };
        if name == b"Off" {
            return Ok(Vec::new());
        }
        let known = states.iter().flatten().find(|state| state.name == name);
        Ok(vec![known.map_or_else(|| name_text(name), |state| state.value.clone())])
    }

    fn widgets(&self, field: &Field, states: &[State]) -> Result<Vec<FieldWidget>, Error> {
        let mut widgets = Vec::with_capacity(field.widgets.len());
        for (place, reference) in field.widgets.iter().enumerate() {
            let indirect = self.view.load(*reference)?;
            let dictionary = indirect.as_ref().and_then(|indirect| indirect.dictionary());
            let rectangle = match dictionary.and_then(|dictionary| dictionary.get("Rect")) {
                Some(rectangle) => Rectangle::of(self.view, rectangle)?,
                None => None,
            };
            let index = self.places.get(reference).copied();
            let page = index.and_then(|index| Some((u32::try_from(index).ok()?, self.pages.get(index)?)));
            let area = match (page, rectangle) {
                (Some((index, node)), Some(rectangle)) => {
                    Some(node.geometry(self.view)?.area(Page(index.saturating_add(1)), &rectangle))
                }
                _ => None,
            };
            let value = states.get(place).and_then(|state| Some(state.as_ref()?.value.clone()));
            let drawn = dictionary.is_some_and(|dictionary| is_drawn(self.view, dictionary));
            widgets.push(FieldWidget { area, value, drawn });
        }
        Ok(widgets)
    }
}

/// Whether there is a normal appearance.
pub(super) fn is_drawn(view: &View<'_>, widget: &Dictionary) -> bool {
    let look = view.get(widget, "AP").ok().flatten();
    look.is_some_and(|look| look.as_dictionary().is_some_and(|look| look.get("N").is_some()))
}

pub(super) fn is_comb(flags: i64) -> bool {
    flags & flag::COMB != 0 && flags & (flag::MULTI_LINE | flag::PASSWORD | flag::FILE) == 0
}

/// What a button stands for when it is on, widget by widget; none where its appearance names no state.
pub(super) type State = Option<On>;

#[derive(Clone, Debug)]
pub(super) struct On {
    /// The name of the appearance, which is the field's value too.
    pub(super) name: Vec<u8>,
    /// What it means: the name, or the option that stands in its place (12.7.5.2.3).
    pub(super) value: String,
}

pub(super) fn states(view: &View<'_>, field: &Field) -> Result<Vec<State>, Error> {
    let options = options(view, field)?;
    let mut states = Vec::with_capacity(field.widgets.len());
    for (place, reference) in field.widgets.iter().enumerate() {
        let name = match view.load(*reference)? {
            Some(widget) => on_name(view, &widget)?,
            None => None,
        };
        states.push(name.map(|name| {
            let value = options.get(place).map_or_else(|| name_text(&name), |option| option.value.clone());
            On { name, value }
        }));
    }
    Ok(states)
}

/// The first name of a normal appearance that is not `Off`.
fn on_name(view: &View<'_>, widget: &Rc<Indirect>) -> Result<Option<Vec<u8>>, Error> {
    let Some(dictionary) = widget.dictionary() else { return Ok(None) };
    for kind in ["N", "D"] {
        let Some(look) = view.get(dictionary, "AP")? else { return Ok(None) };
        let Some(look) = look.as_dictionary() else { return Ok(None) };
        let Some(states) = view.get(look, kind)? else { continue };
        let named = states.as_dictionary().filter(|_| !matches!(&states, Followed::There(one) if one.is_stream()));
        let mut names = named.into_iter().flat_map(|states| &states.entries).map(|entry| &entry.key);
        if let Some(name) = names.find(|name| name.as_slice() != b"Off") {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

fn buttons(states: &[State]) -> Vec<FieldOption> {
    let mut options: Vec<FieldOption> = Vec::new();
    for state in states.iter().flatten() {
        if !options.iter().any(|known| known.value == state.value) {
            options.push(FieldOption { value: state.value.clone(), shown: state.value.clone() });
        }
    }
    options
}

/// `/Opt`: texts, or pairs of a value and what is shown.
pub(super) fn options(view: &View<'_>, field: &Field) -> Result<Vec<FieldOption>, Error> {
    let Some((holder, list)) = inherited(view, field, "Opt")? else { return Ok(Vec::new()) };
    let items = list.as_array().unwrap_or_default();
    view.work.spend(OPTION.saturating_mul(items.len() as u64))?;
    let mut options = Vec::with_capacity(items.len());
    for item in items {
        let Some(place) = follow(view, &holder, item)? else { continue };
        if let Some(text) = text(view, &place)? {
            options.push(FieldOption { value: text.clone(), shown: text });
            continue;
        }
        let mut pair = Vec::new();
        for part in place.1.as_array().unwrap_or_default().iter().take(2) {
            if let Some(part) = follow(view, &place.0, part)? {
                pair.extend(text(view, &part)?);
            }
        }
        if let Ok([value, shown]) = <[String; 2]>::try_from(pair) {
            options.push(FieldOption { value, shown });
        }
    }
    Ok(options)
}
