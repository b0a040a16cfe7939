//! Fields that have to be filled in and that nobody can ever see, or may ever write.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::checks;
use crate::form::check::Found;
use crate::form::check::tried::Tried;
use crate::form::compiled::{paths, seen_from};
use crate::form::field::{Field, Role};

/// Tells them, and answers all that are never seen.
pub(super) fn of_fields(tried: &Tried<'_>, found: &mut Found) -> BTreeSet<String> {
    let never = never_seen(tried);
    let check = checks::FORM_TEMPLATE_VISIBILITY;
    for (path, field, _) in paths(tried.sheet) {
        let required = field.required || field.required_when.is_some() || field.min_rows.is_some_and(|least| least > 0);
        match (never.contains(&path), required) {
            (true, true) => found.fail(check, format!("{path} has to be filled in, and its visible-when never holds")),
            (true, false) => found.note(check, format!("{path} is never seen: its visible-when never holds")),
            (false, true) if is_closed(tried, field) => {
                found.fail(check, format!("{path} has to be filled in, and no step may edit it"));
            }
            (false, _) => {}
        }
    }
    never
}

/// A field that is seen when another has a value is not seen when that one is not: whatever names what was learnt is
/// looked at again.
fn never_seen(tried: &Tried<'_>) -> BTreeSet<String> {
    let fields: Vec<_> = paths(tried.sheet).collect();
    let condition = |path: &str| tried.compiled.rules.get(path).and_then(|rules| rules.visible.as_ref());
    let mut named_by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (path, _, table)) in fields.iter().enumerate() {
        let names = condition(path).map(|condition| condition.names()).unwrap_or_default();
        let names = names.iter().map(|name| seen_from(name, *table)).chain(table.map(|table| table.key.clone()));
        names.for_each(|name| named_by.entry(name).or_default().push(at));
    }
    let mut never: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<usize> = (0..fields.len()).rev().collect();
    while let Some((path, _, table)) = open.pop().and_then(|at| fields.get(at)) {
        if never.contains(path) {
            continue;
        }
        let in_hidden_table = table.is_some_and(|table| never.contains(&table.key));
        if in_hidden_table || condition(path).is_some_and(|condition| !tried.can_hold(condition, *table, &never)) {
            never.insert(path.clone());
            open.extend(named_by.get(path).into_iter().flatten());
        }
    }
    never
}

/// Whether a value of it can come from nowhere: no step may edit it, and nothing fills it in.
fn is_closed(tried: &Tried<'_>, field: &Field) -> bool {
    let steps = &tried.sheet.steps;
    let is_asked = field.role == Role::Filled && field.kind.has_value() && !steps.is_empty();
    let is_given = field.default.is_some() || !field.prefill.is_empty();
    is_asked && !is_given && steps.iter().all(|step| !field.is_editable_in(&step.key))
}
