//! Whether two revisions say the same: entry by entry, and streams byte by byte as they are encoded.

use std::rc::Rc;

use crate::document::pdf::file::{Followed, Indirect, View, readable};
use crate::document::pdf::object::{Dictionary, Entry, Object, Value};
use crate::document::pdf::text;
use crate::error::Error;

/// A value as of one revision, and the object in which it stands.
#[derive(Clone)]
pub(super) struct Part<'w> {
    pub(super) view: View<'w>,
    pub(super) holder: Rc<Indirect>,
    pub(super) value: Object,
}

impl<'w> Part<'w> {
    /// The whole of an object.
    pub(super) fn of(view: View<'w>, holder: Rc<Indirect>) -> Self {
        let value = holder.object.clone();
        Part { view, holder, value }
    }

    /// The value of a key as it is written; a reference stays one.
    pub(super) fn raw(&self, key: &str) -> Option<Self> {
        let value = self.value.as_dictionary()?.get(key)?.clone();
        Some(Part { value, ..self.clone_place() })
    }

    /// The value of a key, followed.
    pub(super) fn get(&self, key: &str) -> Result<Option<Self>, Error> {
        match self.raw(key) {
            Some(part) => part.followed(),
            None => Ok(None),
        }
    }

    /// What the value is or refers to; nothing when that is null.
    pub(super) fn followed(self) -> Result<Option<Self>, Error> {
        let found = match self.view.follow(&self.value)? {
            Followed::Here(_) => None,
            Followed::There(indirect) => Some(indirect),
            Followed::Nothing(_) => return Ok(None),
        };
        let part = match found {
            Some(indirect) => Part::of(self.view, indirect),
            None => self,
        };
        Ok(Some(part).filter(|part| part.value.value != Value::Null))
    }

    /// The items of an array.
    pub(super) fn items(&self) -> &[Object] {
        self.value.as_array().unwrap_or_default()
    }

    /// Another value that stands in the same object.
    pub(super) fn beside(&self, value: &Object) -> Self {
        Part { value: value.clone(), ..self.clone_place() }
    }

    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        self.value.as_dictionary()
    }

    pub(super) fn name(&self, key: &str) -> Option<&[u8]> {
        self.dictionary()?.name(key)
    }

    /// Whether it is a whole stream.
    pub(super) fn is_stream(&self) -> bool {
        self.holder.is_stream() && self.value.span == self.holder.object.span
    }

    fn clone_place(&self) -> Self {
        Part { view: self.view, holder: Rc::clone(&self.holder), value: Object::null() }
    }

    /// The value as a short text.
    pub(super) fn shown(&self) -> String {
        let mut text = String::new();
        self.show(&self.value, &mut text);
        let stream = if self.is_stream() { " (a stream)" } else { "" };
        let mut short: String = text.chars().take(SHOWN).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short + stream
    }

    fn show(&self, value: &Object, text: &mut String) {
        if text.len() > SHOWN * 4 {
            return;
        }
        match &value.value {
            Value::Null => text.push_str("null"),
            Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
            Value::Integer(number) => text.push_str(&number.to_string()),
            Value::Real(number) => text.push_str(&number.to_string()),
            Value::String(bytes) => {
                let bytes = self.view.decrypted(&self.holder, bytes).unwrap_or_default();
                let head = bytes.get(..SHOWN * 4).unwrap_or(&bytes);
                text.push_str(&format!("\"{}\"", text::decode(head).escape_debug()));
            }
            Value::Name(name) => text.push_str(&format!("/{}", String::from_utf8_lossy(name).escape_debug())),
            Value::Reference(reference) => text.push_str(&format!("{reference} R")),
            Value::Array(items) => {
                text.push('[');
                for item in items {
                    text.push(' ');
                    self.show(item, text);
                }
                text.push_str(" ]");
            }
            Value::Dictionary(dictionary) => {
                text.push_str("<<");
                for entry in &dictionary.entries {
                    text.push_str(&format!(" /{} ", String::from_utf8_lossy(&entry.key).escape_debug()));
                    self.show(&entry.value, text);
                }
                text.push_str(" >>");
            }
        }
    }
}

/// How many characters of a value are told.
const SHOWN: usize = 120;

/// Whether two objects are the same, streams with their data.
pub(super) fn same_object(old: &Part<'_>, new: &Part<'_>) -> Result<bool, Error> {
    if old.is_stream() != new.is_stream() || !same(old, new)? {
        return Ok(false);
    }
    if !old.is_stream() { Ok(true) } else { same_data(old, new) }
}

/// Whether two values say the same. References are the same when they name the same object; one that
/// took the place of a value, or the reverse, is followed.
pub(super) fn same(old: &Part<'_>, new: &Part<'_>) -> Result<bool, Error> {
    old.view.work.spend(1)?;
    match (&old.value.value, &new.value.value) {
        (Value::Reference(one), Value::Reference(two)) => Ok(one == two),
        (Value::Reference(_), _) => match readable(old.clone().followed())? {
            Some(old) if !old.is_stream() && old.value.as_reference().is_none() => same(&old, new),
            _ => Ok(false),
        },
        (_, Value::Reference(_)) => match readable(new.clone().followed())? {
            Some(new) if !new.is_stream() && new.value.as_reference().is_none() => same(old, &new),
            _ => Ok(false),
        },
        (Value::Array(one), Value::Array(two)) => {
            if one.len() != two.len() {
                return Ok(false);
            }
            for (one, two) in one.iter().zip(two) {
                if !same(&old.beside(one), &new.beside(two))? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Dictionary(one), Value::Dictionary(two)) => {
            if one.repeated().is_some() || two.repeated().is_some() {
                return Ok(one == two);
            }
            Ok(differences(old, new)?.is_empty())
        }
        (Value::String(one), Value::String(two)) => {
            Ok(one == two || old.view.decrypted(&old.holder, one)? == new.view.decrypted(&new.holder, two)?)
        }
        (one, two) => match (old.value.as_number(), new.value.as_number()) {
            (Some(one), Some(two)) => Ok(one.to_bits() == two.to_bits() || one == two),
            _ => Ok(one == two),
        },
    }
}

/// A key whose value differs, with the values as they are written.
pub(super) struct Difference<'w> {
    pub(super) key: Vec<u8>,
    pub(super) old: Option<Part<'w>>,
    pub(super) new: Option<Part<'w>>,
}

/// The entries of two dictionaries that differ, in the order of their keys.
pub(super) fn differences<'w>(old: &Part<'w>, new: &Part<'w>) -> Result<Vec<Difference<'w>>, Error> {
    let (one, two) = (entries(old), entries(new));
    let (mut one, mut two) = (one.into_iter().peekable(), two.into_iter().peekable());
    let mut differing = Vec::new();
    loop {
        let next = match (one.peek(), two.peek()) {
            (None, None) => return Ok(differing),
            (Some(first), Some(second)) => first.key.cmp(&second.key),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
        };
        let first = if next.is_le() { one.next() } else { None };
        let second = if next.is_ge() { two.next() } else { None };
        let key = first.or(second).map(|entry| entry.key.clone()).unwrap_or_default();
        let old = first.map(|entry| old.beside(&entry.value));
        let new = second.map(|entry| new.beside(&entry.value));
        let is_same = match (&old, &new) {
            (Some(old), Some(new)) => same(old, new)?,
            _ => false,
        };
        if !is_same {
            differing.push(Difference { key, old, new });
        }
    }
}

/// Entries in the order of their keys; a null is no entry, and of repeated keys the last counts.
fn entries<'p>(part: &'p Part<'_>) -> Vec<&'p Entry> {
    let Some(dictionary) = part.dictionary() else { return Vec::new() };
    let mut entries: Vec<_> = dictionary.entries.iter().rev().collect();
    entries.sort_by(|one, two| one.key.cmp(&two.key));
    entries.dedup_by(|later, first| later.key == first.key);
    entries.retain(|entry| entry.value.value != Value::Null);
    entries
}

/// Whether two streams have the same data, as they are encoded.
fn same_data(old: &Part<'_>, new: &Part<'_>) -> Result<bool, Error> {
    let span = |part: &Part<'_>| readable(part.view.data_span(&part.holder).map(Some));
    let (Some(one), Some(two)) = (span(old)?, span(new)?) else { return Ok(false) };
    let work = old.view.work;
    let source = &work.file.source;
    if one.end - one.start == two.end - two.start {
        work.spend(one.end - one.start)?;
        if source.is_same(one, two)? {
            return Ok(true);
        }
    }
    if !work.file.is_encrypted() {
        return Ok(false);
    }
    // The same data, encrypted twice, are other bytes. The filters were found the same.
    let data = |part: &Part<'_>| readable(part.view.stream(&part.holder).map(Some));
    let Some(old) = data(old)? else { return Ok(false) };
    let Some(new) = data(new)? else { return Ok(false) };
    Ok(old == new)
}
