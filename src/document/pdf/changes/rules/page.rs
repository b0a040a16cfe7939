//! Pages: nothing of what they draw may change, only the annotations upon them.

use std::collections::HashSet;

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::{Difference, Part, same};
use crate::document::pdf::changes::role::Role;
use crate::document::pdf::changes::rules::catalog::done;
use crate::document::pdf::changes::step::{At, Listed, Step, Touched, Upon};
use crate::document::pdf::file::readable;
use crate::document::pdf::object::Dictionary;
use crate::error::Error;

/// The types that are made to cover or to replace what a page shows.
const COVERS: [&[u8]; 4] = [b"FreeText", b"Stamp", b"Redact", b"Watermark"];

/// The types that hide nothing, unless they bring a drawing of their own.
const MARKS: [&[u8]; 8] = [b"Caret", b"Highlight", b"Link", b"Popup", b"Squiggly", b"StrikeOut", b"Text", b"Underline"];

/// What a page inherits from the nodes above it (table 31).
const INHERITED: [&[u8]; 4] = [b"MediaBox", b"CropBox", b"Rotate", b"Resources"];

/// Actions that only lead to another place.
const LEADING: [&[u8]; 3] = [b"GoTo", b"URI", b"Named"];

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn page(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        for difference in Self::differing(Some(old), Some(new))? {
            let (before, after) = Self::followed(difference.old.clone(), difference.new.clone())?;
            let (one, two) = (before.as_ref(), after.as_ref());
            let text = format!("/{} of the page was {}", name(&difference.key), done(one, two));
            match difference.key.as_slice() {
                b"Annots" => self.annotations(at, one, two)?,
                b"Tabs" if two.is_some_and(|two| two.value.as_name().is_some()) => {
                    let is_new = one.is_none();
                    let level = if is_new { ModificationLevel::LtaUpdate } else { ModificationLevel::Annotations };
                    self.record_values(at, level, ChangeKind::Annotation, text, one, two);
                }
                b"AA" => self.refuse(at, ChangeKind::Action, text, one, two),
                key if one.is_none() && INHERITED.contains(&key) && self.is_inherited(old, &difference)? => {
                    let text = format!("the page itself says now what it inherited, its /{key}", key = name(key));
                    self.record_values(at, ModificationLevel::LtaUpdate, ChangeKind::Page, text, None, two);
                }
                _ => self.refuse(at, ChangeKind::Page, text, difference.old.as_ref(), difference.new.as_ref()),
            }
        }
        Ok(())
    }

    /// Whether an entry that a page got is the one that it inherited: some writers copy those down.
    fn is_inherited(&self, page: &Part<'w>, difference: &Difference<'w>) -> Result<bool, Error> {
        let Some(new) = &difference.new else { return Ok(false) };
        let mut node = page.clone();
        for _ in 0..self.old.work.limits.depth {
            let Some(parent) = readable(node.get("Parent"))? else { return Ok(false) };
            if let Some(inherited) = parent.raw(&name(&difference.key)) {
                return same(&inherited, new);
            }
            node = parent;
        }
        Ok(false)
    }

    /// The list of annotations of a page.
    pub(in crate::document::pdf::changes) fn annotations(
        &mut self,
        at: At,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let what = (ChangeKind::Annotation, "a page's list of annotations");
        let Some(Listed { gone, fresh, .. }) = self.listed(at, what, old, new)? else { return Ok(()) };
        for item in &gone {
            self.annotation_gone(at, item)?;
        }
        for item in &fresh {
            self.annotation_new(at, item)?;
        }
        if gone.is_empty() && self.is_reordered(old, new)? {
            let text = "the annotations of a page were put in another order";
            self.record(at, ModificationLevel::Annotations, ChangeKind::Annotation, text);
        }
        Ok(())
    }

    /// Whether those that were there stand in another order, or more often.
    fn is_reordered(&self, old: Option<&Part<'w>>, new: Option<&Part<'w>>) -> Result<bool, Error> {
        let (Some(old), Some(new)) = (old, new) else { return Ok(false) };
        let mut before = old.items().iter().map(|item| old.beside(item)).peekable();
        let references: HashSet<_> = old.items().iter().filter_map(|item| item.as_reference()).collect();
        for item in new.items().iter().map(|item| new.beside(item)) {
            let is_next = match before.peek() {
                Some(expected) => same(expected, &item)?,
                None => false,
            };
            if is_next {
                before.next();
            } else if item.value.as_reference().is_some_and(|reference| references.contains(&reference)) {
                return Ok(true);
            }
        }
        Ok(before.next().is_some())
    }

    fn annotation_gone(&mut self, at: At, item: &Part<'w>) -> Result<(), Error> {
        let number = item.value.as_reference().map_or(0, |reference| reference.number);
        let old = readable(item.clone().followed())?;
        let subtype = old.as_ref().and_then(|old| old.name("Subtype")).unwrap_or_default().to_vec();
        if subtype == b"Widget" || self.index.fields.contains_key(&number) {
            let text = format!("the annotation that shows the {} was taken from its page", self.field_name(number));
            self.refuse(at, ChangeKind::Form, text, Some(item), None);
            return Ok(());
        }
        if self.index.has_role(number, Role::Signature) {
            let text = "a part of what a signature shows was taken from its page";
            self.refuse(at, ChangeKind::Signature, text, Some(item), None);
            return Ok(());
        }
        let text = format!("an annotation of the type /{} was removed", String::from_utf8_lossy(&subtype));
        let (level, kind) = (ModificationLevel::Annotations, ChangeKind::Annotation);
        self.record_values(at, level, kind, text, old.as_ref(), None);
        Ok(())
    }

    fn annotation_new(&mut self, at: At, item: &Part<'w>) -> Result<(), Error> {
        let number = item.value.as_reference().map_or(0, |reference| reference.number);
        if let Some(node) = self.index.fields.get(&number) {
            // A new field, which was judged as such, has to show somewhere.
            if node.born < self.new.revision && !self.was_unshown(number) {
                let text = format!("the annotation that shows the {} was put on a page", self.field_name(number));
                self.refuse(at, ChangeKind::Form, text, None, Some(item));
            }
            return Ok(());
        }
        let Some(new) = readable(item.clone().followed())? else {
            // What refers to nothing shows nothing.
            return Ok(());
        };
        let dictionary = new.dictionary().cloned().unwrap_or_default();
        let subtype = String::from_utf8_lossy(dictionary.name("Subtype").unwrap_or_default()).into_owned();
        if dictionary.name("Subtype") == Some(b"Widget") || dictionary.get("FT").is_some() {
            let text = "a page got a widget that belongs to no field of the form";
            self.refuse(at, ChangeKind::Form, text, None, Some(&new));
            return Ok(());
        }
        let has_role = item.value.as_reference().is_some_and(|reference| {
            self.was_there(reference) && self.index.is_reached(number) && !self.index.has_role(number, Role::Annotation)
        });
        if has_role || !is_harmless(self, &dictionary)? {
            let text = format!("an annotation of the type /{subtype} was added that brings an action or an old object");
            self.refuse(at, ChangeKind::Action, text, None, Some(&new));
            return Ok(());
        }
        self.note_annotation(at, format!("an annotation of the type /{subtype} was added"), None, &new)
    }

    /// Whether a field's widget was on no page before.
    fn was_unshown(&self, number: u32) -> bool {
        !self.index.shown.contains_key(&number)
    }

    /// Notes what became of an annotation, and where it shows.
    fn note_annotation(&mut self, at: At, text: String, old: Option<&Part<'w>>, new: &Part<'w>) -> Result<(), Error> {
        let dictionary = new.dictionary().cloned().unwrap_or_default();
        let page = self.places.page_of(self.index, at.number, self.new.work.limits.depth);
        // The window of a note is no part of the page.
        let area = match dictionary.name("Subtype") {
            Some(b"Popup") => None,
            _ => self.places.area_of(&self.new, &dictionary, page)?,
        };
        let covers = dictionary.name("Subtype").is_some_and(|subtype| COVERS.contains(&subtype)) && area.is_some();
        let (level, kind) = (ModificationLevel::Annotations, ChangeKind::Annotation);
        let is_indirect = new.value.span == new.holder.object.span;
        let object = is_indirect.then(|| new.holder.reference.to_string());
        if let Some(record) = self.record_values(at, level, kind, text, old, Some(new)) {
            record.change.area = area;
            record.change.object = object.or(record.change.object.take());
            if covers {
                record.touched = Touched::Cover;
            }
            if dictionary.get("AP").is_some() || !dictionary.name("Subtype").is_some_and(|one| MARKS.contains(&one)) {
                record.upon = Upon::Drawn;
            }
        }
        Ok(())
    }

    /// An annotation that shows no field.
    pub(in crate::document::pdf::changes) fn annotation(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        let dictionary = new.dictionary().cloned().unwrap_or_default();
        let was = String::from_utf8_lossy(old.name("Subtype").unwrap_or_default()).into_owned();
        if dictionary.name("Subtype") == Some(b"Widget") || dictionary.get("FT").is_some() {
            let text = format!("an annotation of the type /{was} was made a widget");
            self.refuse(at, ChangeKind::Form, text, Some(old), Some(new));
            return Ok(());
        }
        let is_led = Self::differing(Some(old), Some(new))?
            .iter()
            .all(|difference| !matches!(difference.key.as_slice(), b"A" | b"AA" | b"PA"));
        if !is_led && !is_harmless(self, &dictionary)? {
            let text = format!("the action of an annotation of the type /{was} was changed");
            self.refuse(at, ChangeKind::Action, text, Some(old), Some(new));
            return Ok(());
        }
        self.note_annotation(at, format!("an annotation of the type /{was} was changed"), Some(old), new)
    }
}

fn name(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}

/// Whether an annotation does nothing but lead to another place.
fn is_harmless(step: &Step<'_, '_>, annotation: &Dictionary) -> Result<bool, Error> {
    if annotation.get("AA").is_some() || annotation.get("PA").is_some() || annotation.repeated().is_some() {
        return Ok(false);
    }
    let Some(action) = annotation.get("A") else { return Ok(true) };
    let action = step.new.follow(action)?;
    let Some(action) = action.as_dictionary() else { return Ok(false) };
    let leads = action.name("S").is_some_and(|kind| LEADING.contains(&kind));
    Ok(leads && action.get("Next").is_none())
}
