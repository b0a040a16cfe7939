//! What came after a signature (ISO 32000-2, 12.8.2.2).

use std::collections::{BTreeSet, HashSet};

use crate::document::pdf::field::{self, Form};
use crate::document::pdf::file::{View, Work, readable};
use crate::document::pdf::object::{Object, Reference};
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
        // The tree of fields can only be another where the later revision wrote one of its objects.
        let is_same_root = root(&work.view_of(revision)) == root(&work.view_of(revision + 1));
        if is_same_root && !work.file.chain.written_in(revision + 1).iter().any(|number| objects.contains(number)) {
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
        objects = form.objects;
    }
    Ok(findings)
}

fn root(view: &View<'_>) -> Option<Reference> {
    view.trailer()?.reference("Root")
}

/// The signatures that fields have for their values.
fn values(form: &Form) -> HashSet<Reference> {
    form.fields.iter().filter_map(|field| field.value.as_ref()?.as_reference()).collect()
}
