//! A field that was there: what filling it in may change.

use crate::document::change::{ChangeKind, ModificationLevel};
use crate::document::pdf::changes::compare::{Difference, Part};
use crate::document::pdf::changes::role::Role;
use crate::document::pdf::changes::rules::form::{Signature, is_scalar, is_visible};
use crate::document::pdf::changes::step::{At, Shows, Step, Touched};
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::object::{Object, Value};
use crate::error::Error;

impl<'w> Step<'_, 'w> {
    pub(in crate::document::pdf::changes) fn field(
        &mut self,
        at: At,
        old: &Part<'w>,
        new: &Part<'w>,
    ) -> Result<(), Error> {
        if new.dictionary().is_none() || new.is_stream() {
            let text = format!("the {} is no dictionary any more", self.field_name(at.number));
            self.refuse(at, ChangeKind::Form, text, Some(old), Some(new));
            return Ok(());
        }
        let is_signature = self.index.fields.get(&at.number).is_some_and(|node| node.kind.as_deref() == Some(b"Sig"));
        let is_signed = is_signature && self.is_signed(at.number)?;
        for difference in Self::differing(Some(old), Some(new))? {
            // Some programs mark a signed field as read-only when they save.
            if is_signed && !is_new_type(&difference) && !is_flags(&difference) {
                let key = String::from_utf8_lossy(&difference.key).into_owned();
                let text = format!("the {} was changed after it was signed: its /{key}", self.field_name(at.number));
                self.refuse(at, ChangeKind::Signature, text, difference.old.as_ref(), difference.new.as_ref());
                continue;
            }
            self.field_entry(at, &difference, is_signature, new)?;
        }
        Ok(())
    }

    fn field_entry(
        &mut self,
        at: At,
        difference: &Difference<'w>,
        is_signature: bool,
        whole: &Part<'w>,
    ) -> Result<(), Error> {
        let (old, new) = Self::followed(difference.old.clone(), difference.new.clone())?;
        let (one, two) = (old.as_ref(), new.as_ref());
        let key = String::from_utf8_lossy(&difference.key).into_owned();
        let is_fine = match difference.key.as_slice() {
            b"V" if is_signature => return self.sign(at, difference, whole),
            b"V" => return self.fill(at, difference, one, two),
            b"Kids" if one.is_some() && two.is_some() => return self.fields(at, one, two),
            b"Type" => is_new_type(difference),
            b"AP" if self.is_used_elsewhere(difference) => {
                let text = format!(
                    "/AP of the {} was changed, which something else than a field uses too",
                    self.field_name(at.number)
                );
                self.refuse(at, ChangeKind::Form, text, difference.old.as_ref(), difference.new.as_ref());
                return Ok(());
            }
            b"AP" => two.is_none_or(|two| two.dictionary().is_some() && !two.is_stream()),
            b"AS" => two.is_none_or(|two| two.value.as_name().is_some()),
            // How a border is to be drawn, like /DA, says nothing where there is an appearance.
            b"BS" => two.is_none_or(|two| two.dictionary().is_some() && !two.is_stream()),
            b"F" | b"Ff" | b"Q" | b"TI" => two.is_none_or(|two| two.value.as_integer().is_some()),
            b"DA" | b"M" => two.is_none_or(|two| two.value.as_string().is_some()),
            b"RV" => two.is_none_or(|two| two.value.as_string().is_some() || two.is_stream()),
            b"I" => two.is_none_or(|two| two.items().iter().all(|item| item.as_integer().is_some())),
            b"StructParent" => one.is_none() && two.is_some_and(|two| two.value.as_integer().is_some()),
            b"P" => one.is_none() && difference.new.as_ref().is_some_and(|new| self.is_page(&new.value)),
            _ => false,
        };
        let name = self.field_name(at.number);
        if !is_fine {
            let kind =
                if matches!(difference.key.as_slice(), b"A" | b"AA") { ChangeKind::Action } else { ChangeKind::Form };
            let (old, new) = (difference.old.as_ref(), difference.new.as_ref());
            self.refuse(at, kind, format!("/{key} of the {name} was changed, which is not filling it in"), old, new);
            return Ok(());
        }
        // Some lock a field when it is filled in, whatever other locks say.
        let is_harmless = matches!(difference.key.as_slice(), b"Type" | b"StructParent" | b"P" | b"Ff");
        let touched = if is_harmless { Touched::Nothing } else { self.touched(at.number) };
        let text = format!("/{key} of the {name} was changed");
        let level = match difference.key.as_slice() {
            b"Type" | b"StructParent" | b"P" => ModificationLevel::LtaUpdate,
            b"Ff" if is_signature => ModificationLevel::LtaUpdate,
            _ => ModificationLevel::FormFilling,
        };
        let shows = (matches!(difference.key.as_slice(), b"AP" | b"AS") && !is_signature).then_some(Shows::Appearance);
        let area = self.area_of_field(at.number);
        if let Some(record) = self.record_values(at, level, ChangeKind::FieldValue, text, one, two) {
            (record.touched, record.shows) = (touched, shows);
            record.change.area = area;
        }
        Ok(())
    }

    /// Whether an appearance that is given up for another is an object to which something leads that shows no
    /// field: there it stays what it was, so that the two part, as a shadow attack prepares it.
    fn is_used_elsewhere(&self, difference: &Difference<'w>) -> bool {
        let old = difference.old.as_ref().and_then(|old| old.value.as_reference());
        old.is_some_and(|old| self.index.is_shared_beyond_fields(old.number))
    }

    /// The value of a field that holds no signature.
    fn fill(
        &mut self,
        at: At,
        difference: &Difference<'w>,
        old: Option<&Part<'w>>,
        new: Option<&Part<'w>>,
    ) -> Result<(), Error> {
        let name = self.field_name(at.number);
        let shows_signature = |part: Option<&Part<'w>>| {
            part.is_some_and(|part| part.dictionary().is_some_and(|value| value.get("ByteRange").is_some()))
        };
        if shows_signature(old) || shows_signature(new) {
            let text = format!("the {name}, which is no signature field, got or lost a signature for its value");
            self.refuse(at, ChangeKind::Signature, text, difference.old.as_ref(), difference.new.as_ref());
            return Ok(());
        }
        let is_value = new.is_none_or(|new| {
            is_scalar(&new.value)
                || new.is_stream()
                || new.items().iter().all(|item| matches!(item.value, Value::String(_)))
        });
        if !is_value || new.is_some_and(|new| new.dictionary().is_some() && !new.is_stream()) {
            let text = format!("the {name} got a value that no field can have");
            self.refuse(at, ChangeKind::Form, text, old, new);
            return Ok(());
        }
        let text = format!("the {name} was filled in");
        let (touched, area) = (self.touched(at.number), self.area_of_field(at.number));
        let (level, kind) = (ModificationLevel::FormFilling, ChangeKind::FieldValue);
        if let Some(record) = self.record_values(at, level, kind, text, old, new) {
            (record.touched, record.shows) = (touched, Some(Shows::Value));
            record.change.area = area;
        }
        Ok(())
    }

    /// An empty signature field that was signed.
    fn sign(&mut self, at: At, difference: &Difference<'w>, whole: &Part<'w>) -> Result<(), Error> {
        let name = self.field_name(at.number);
        let (old, new) = (difference.old.as_ref(), difference.new.as_ref());
        let (None, Some(value)) = (old, new) else {
            let text = format!("the signature of the {name} was replaced or removed");
            self.refuse(at, ChangeKind::Signature, text, old, new);
            return Ok(());
        };
        let signature = match self.new_signature(&value.value)? {
            Ok(signature) => signature,
            Err(problem) => {
                self.refuse(at, ChangeKind::Signature, format!("the {name} was filled in and {problem}"), old, new);
                return Ok(());
            }
        };
        let widget = whole.dictionary().cloned().unwrap_or_default();
        let is_seen = is_visible(self, &widget)? || widget.get("Kids").is_some();
        let is_stamp = signature == Signature::TimeStamp;
        let level = if is_stamp && !is_seen { ModificationLevel::LtaUpdate } else { ModificationLevel::FormFilling };
        let kind = if is_stamp { ChangeKind::TimeStamp } else { ChangeKind::Signing };
        let what = if is_stamp { "got a document time stamp" } else { "was signed" };
        let touched = if level == ModificationLevel::LtaUpdate { Touched::Nothing } else { self.touched(at.number) };
        let page = self.places.page_of(self.index, at.number, self.new.work.limits.depth);
        let area = self.places.area_of(&self.new, &widget, page)?;
        if let Some(record) = self.record(at, level, kind, format!("the {name} {what}")) {
            record.touched = touched;
            record.change.area = area;
        }
        Ok(())
    }

    /// Whether a field had a signature for its value, its own or inherited.
    pub(in crate::document::pdf::changes) fn is_signed(&self, number: u32) -> Result<bool, Error> {
        let mut number = number;
        for _ in 0..self.old.work.limits.depth {
            let Some(node) = self.index.fields.get(&number) else { return Ok(false) };
            if has_value(&self.old, number)? {
                return Ok(true);
            }
            number = node.parent;
        }
        Ok(false)
    }

    fn is_page(&self, value: &Object) -> bool {
        value.as_reference().is_some_and(|page| self.index.has_role(page.number, Role::Page))
    }
}

fn has_value(view: &View<'_>, number: u32) -> Result<bool, Error> {
    let Some(reference) = view.work.file.chain.reference(number, view.revision) else { return Ok(false) };
    let field = readable(view.load(reference))?;
    Ok(field.as_ref().and_then(|field| field.dictionary()).is_some_and(|field| field.get("V").is_some()))
}

fn is_flags(difference: &Difference<'_>) -> bool {
    difference.key == b"Ff" && difference.new.as_ref().is_none_or(|new| new.value.as_integer().is_some())
}

/// That a field says what it is as an annotation changes nothing.
fn is_new_type(difference: &Difference<'_>) -> bool {
    let is_type = difference.key == b"Type" && difference.old.is_none();
    is_type && difference.new.as_ref().is_some_and(|new| new.value.as_name() == Some(b"Annot"))
}
