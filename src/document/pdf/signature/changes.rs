//! What came after a signature (ISO 32000-2, 12.8.2.2).

use std::collections::{BTreeSet, HashSet};

use crate::document::Coverage;
use crate::document::pdf::field::{self, Field, Form};
use crate::document::pdf::file::{View, Work};
use crate::document::pdf::object::{Object, Reference};
use crate::document::pdf::page;
use crate::document::pdf::signature::{Group, Shown};
use crate::error::Error;
use crate::finding::{Finding, checks};

/// How many object numbers a sentence lists.
const LISTED: usize = 12;

/// What was added after the revision of `signed`, and whether it touched the signature itself.
pub(super) fn later_changes(
    newest: &View<'_>,
    signed: &View<'_>,
    group: &Group<'_>,
    shown: &Shown,
    coverage: Coverage,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let file = newest.work.file;
    let later = newest.revision.saturating_sub(signed.revision);
    if later > 0 {
        for field in &group.fields {
            findings.extend(changed_field(newest, signed, field, shown)?);
        }
    }
    if let Some(trailing) = file.trailing() {
        findings.push(fail(format!(
            "{} bytes that no signature protects follow the last revision, from byte {} on",
            trailing.end - trailing.start,
            trailing.start
        )));
    }
    if later > 0 {
        let changed = file.chain.changed_after(signed.revision);
        newest.work.spend(16 * changed.len() as u64)?;
        findings.push(Finding::unknown(
            checks::DOCUMENT_CHANGES,
            format!("{later} {} followed and changed {}", plural(later, "revision"), list(&changed)),
        ));
    } else if findings.is_empty() {
        findings.push(if coverage >= Coverage::Revision {
            Finding::pass(checks::DOCUMENT_CHANGES, "nothing was added after it")
        } else {
            Finding::unknown(checks::DOCUMENT_CHANGES, "what it does not protect may have changed")
        });
    }
    Ok(findings)
}

fn fail(text: String) -> Finding {
    Finding::fail(checks::DOCUMENT_CHANGES, text)
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

fn list(numbers: &[u32]) -> String {
    if numbers.is_empty() {
        return "no object".into();
    }
    let shown: Vec<String> = numbers.iter().take(LISTED).map(u32::to_string).collect();
    let more = numbers.len().saturating_sub(LISTED);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the {} {}{tail}", plural(numbers.len(), "object"), shown.join(", "))
}

/// Compares a field and its widgets with what they were when it was signed.
fn changed_field(newest: &View<'_>, signed: &View<'_>, field: &Field, shown: &Shown) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let own = [field.indirect.reference, field.holder];
    let objects: BTreeSet<Reference> = field.widgets.iter().copied().chain(own).collect();
    for reference in objects {
        let now = newest.load(reference)?;
        match signed.load(reference) {
            Ok(Some(then)) if now.as_ref().is_some_and(|now| now.object == then.object) => {}
            Ok(Some(_)) => findings.push(fail(format!(
                "the field \"{}\", object {reference}, was changed after it was signed",
                field.name
            ))),
            _ => findings.push(fail(format!(
                "the field \"{}\", object {reference}, was not there when the signature was made",
                field.name
            ))),
        }
    }
    for widget in field.widgets.iter().filter(|widget| !shown.contains_key(widget)) {
        if was_shown(signed, *widget)? {
            findings.push(fail(format!(
                "the annotation that shows the field \"{}\", object {widget}, was taken from its page after signing",
                field.name
            )));
        }
    }
    Ok(findings)
}

/// Whether a page listed the annotation.
fn was_shown(view: &View<'_>, widget: Reference) -> Result<bool, Error> {
    let then = view.load(widget)?;
    if let Some(page) = then.as_ref().and_then(|widget| widget.dictionary()?.reference("P")) {
        return Ok(page::annotations(view, page)?.contains(&widget));
    }
    for page in page::pages(view)? {
        if page::annotations(view, page.reference)?.contains(&widget) {
            return Ok(true);
        }
    }
    Ok(false)
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
        let Ok(form) = field::form(&work.view_of(revision)) else { continue };
        for field in form.fields.iter().filter(|field| field.is_signature()) {
            let Some(value) = field.value.as_ref().and_then(Object::as_reference) else { continue };
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
