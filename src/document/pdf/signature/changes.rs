//! What came after a signature (ISO 32000-2, 12.8.2.2).

use std::collections::{BTreeSet, HashSet};

use crate::document::pdf::field::{self, Form};
use crate::document::pdf::file::{View, Work, readable};
use crate::document::pdf::object::{Object, Reference, Value};
use crate::document::pdf::signature::Group;
use crate::error::Error;
use crate::finding::{Finding, checks};

/// Fields that show a signature although they were not there when it was made.
pub(super) fn later_fields(signed: &View<'_>, group: &Group<'_>) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for field in &group.fields {
        let own = [field.indirect.reference, field.holder];
        let objects: BTreeSet<Reference> = field.widgets.iter().copied().chain(own).collect();
        for reference in objects {
            if readable(signed.load(reference))?.is_none() {
                findings.push(fail(format!(
                    "the field \"{}\", object {reference}, was not there when the signature was made",
                    field.name
                )));
            }
        }
    }
    Ok(findings)
}

fn fail(text: String) -> Finding {
    Finding::fail(checks::DOCUMENT_CHANGES, text)
}

/// Signatures that earlier revisions had and the newest has no longer.
pub(super) fn removed_signatures(work: &Work<'_>, newest: &Form) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let mut present = values(newest);
    let mut objects = newest.objects.clone();
    for revision in (0..work.file.chain.newest()).rev() {
        // The tree of fields was walked whole already; it is walked again only where an older revision had
        // something that the later ones have not.
        let older = Older { view: work.view_of(revision), objects: &objects, present: &present };
        let is_same_root = root(&older.view) == root(&work.view_of(revision + 1));
        if is_same_root && !older.has_more(work.file.chain.written_in(revision + 1))? {
            continue;
        }
        let Some((form, _)) = readable(field::form_as_found(&work.view_of(revision)).map(Some))? else { continue };
        for field in form.fields.iter().filter(|field| field.is_signature()) {
            let Some(value) = field.value.as_deref().and_then(Object::as_reference) else { continue };
            if present.insert(value) {
                let name = &field.name;
                findings.push(fail(format!(
                    "the signature of the field \"{name}\", in revision {}, was removed later",
                    revision + 1
                )));
            }
        }
        objects.extend(form.objects);
    }
    Ok(findings)
}

/// A revision as it was before the next one, of which the form is known.
struct Older<'a, 'w> {
    view: View<'w>,
    /// The objects of the forms of all later revisions.
    objects: &'a HashSet<u32>,
    /// The signatures of which is known.
    present: &'a HashSet<Reference>,
}

impl Older<'_, '_> {
    /// Whether what the next revision wrote of the form led, before that, to an object or a signature that no
    /// later form has. Everything else of the form is what it was.
    fn has_more(&self, written: &[u32]) -> Result<bool, Error> {
        for number in written.iter().filter(|number| self.objects.contains(number)) {
            let Some(reference) = self.view.work.file.chain.reference(*number, self.view.revision) else { continue };
            match self.view.load(reference) {
                Err(error) if error.ends_the_work() => return Err(error),
                Err(_) => return Ok(true),
                Ok(None) => {}
                Ok(Some(indirect)) if self.leads_to_more(&indirect.object) => return Ok(true),
                Ok(Some(_)) => {}
            }
        }
        Ok(false)
    }

    /// The ways by which a walk of the form comes from one object to others, and to signatures.
    fn leads_to_more(&self, object: &Object) -> bool {
        let is_unknown = |reference: Reference| !self.objects.contains(&reference.number);
        match &object.value {
            Value::Reference(reference) => is_unknown(*reference),
            Value::Array(items) => items.iter().any(|item| item.as_reference().is_none_or(is_unknown)),
            Value::Dictionary(dictionary) => dictionary.entries.iter().any(|entry| match entry.key.as_slice() {
                b"V" => entry.value.as_reference().is_some_and(|value| !self.present.contains(&value)),
                b"Fields" | b"Kids" | b"AcroForm" => self.leads_to_more(&entry.value),
                _ => false,
            }),
            _ => false,
        }
    }
}

fn root(view: &View<'_>) -> Option<Reference> {
    view.trailer()?.reference("Root")
}

/// The signatures that fields have for their values.
fn values(form: &Form) -> HashSet<Reference> {
    form.fields.iter().filter_map(|field| field.value.as_ref()?.as_reference()).collect()
}
