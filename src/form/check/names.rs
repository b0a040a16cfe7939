//! Names: the template's own, those of its parts, and those that its rules refer to.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::finding::checks;
use crate::form::check::Found;
use crate::form::codes::all;
use crate::form::compiled::{Compiled, paths, seen_from};
use crate::form::expression::{Expression, TODAY};
use crate::form::field::{Field, FieldKind};
use crate::form::template::Sheet;
use crate::form::unseen::has_unseen;

/// The most fields and columns a template may have, entries of its code tables, and rules between fields.
const MOST: (usize, usize, usize) = (2000, 20_000, 1000);

pub(super) fn identity(sheet: &Sheet, found: &mut Found) {
    let check = checks::FORM_TEMPLATE_IDENTITY;
    if !is_uuid(&sheet.id) {
        found.fail(check, "the id is no UUID, such as 3f0c9d2e-6a51-4a44-9a52-0d6b3c1f2a10");
    }
    if sheet.name.trim().is_empty() {
        found.fail(check, "the template has no name");
    }
    if sheet.version == 0 {
        found.fail(check, "versions count from 1");
    }
    if sheet.category.len() < 3 || sheet.category.iter().any(|level| level.trim().is_empty()) {
        found.fail(check, format!("the category has {} levels: three at least are wanted", sheet.category.len()));
    }
    if !is_key(&sheet.key) {
        found.fail(check, format!("the key \"{}\" is no name: {KEY}", sheet.key));
    }
    if sheet.fields.is_empty() {
        found.fail(check, "the template has no fields");
    }
}

/// Refuses what is too large to be looked at: each rule is tried against every field that it names.
pub(crate) fn within_limits(sheet: &Sheet) -> Result<(), Error> {
    let (most_fields, most_codes, most_rules) = MOST;
    let mut codes = Vec::new();
    sheet.codes.values().for_each(|table| all(table, &mut codes));
    for (count, most, what) in [
        (paths(sheet).count(), most_fields, "fields and columns"),
        (codes.len(), most_codes, "entries of code tables"),
        (sheet.rules.len(), most_rules, "rules"),
    ] {
        if count > most {
            return Err(Error::too_large(format!("the template has {count} {what}; the limit is {most}")));
        }
    }
    Ok(())
}

const KEY: &str = "a small letter first, then small letters, figures and _, 64 at most";

fn is_key(key: &str) -> bool {
    let first = key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    first
        && key.len() <= 64
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_uuid(id: &str) -> bool {
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && id.bytes().all(|byte| byte == b'-' || matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(super) fn keys(sheet: &Sheet, found: &mut Found) {
    let check = checks::FORM_TEMPLATE_KEY;
    let reserved = [TODAY, "true", "false", "and", "or", "not", "in"];
    let mut level = |what: &str, keys: Vec<&String>, outer: &BTreeSet<&String>| {
        let mut met = BTreeSet::new();
        for key in keys {
            if !is_key(key) {
                found.fail(check, format!("{what} \"{key}\": the key is no name: {KEY}"));
            } else if reserved.contains(&key.as_str()) {
                found.fail(check, format!("{what} \"{key}\": the word belongs to the language of rules"));
            }
            if !met.insert(key) {
                found.fail(check, format!("{what} \"{key}\" occurs twice"));
            }
            if outer.contains(key) {
                found.fail(check, format!("{what} \"{key}\" is called like a field outside of its table"));
            }
        }
    };
    let fields: BTreeSet<&String> = sheet.fields.iter().map(|field| &field.key).collect();
    let none = BTreeSet::new();
    level("field", sheet.fields.iter().map(|field| &field.key).collect(), &none);
    for table in sheet.fields.iter().filter(|field| !field.columns.is_empty()) {
        let what = format!("{}, column", table.key);
        level(&what, table.columns.iter().map(|column| &column.key).collect(), &fields);
    }
    level("step", sheet.steps.iter().map(|step| &step.key).collect(), &none);
    level("rule", sheet.rules.iter().map(|rule| &rule.key).collect(), &none);
    for (name, table) in &sheet.codes {
        let mut entries = Vec::new();
        all(table, &mut entries);
        let mut met = BTreeSet::new();
        for entry in entries {
            if entry.code.trim().is_empty() || entry.name.trim().is_empty() {
                found.fail(check, format!("code table \"{name}\": an entry has no code or no name"));
            } else if has_unseen(&entry.code, false) || has_unseen(&entry.name, false) {
                let code = entry.code.escape_debug();
                found.fail(
                    check,
                    format!("code table \"{name}\": the entry \"{code}\" has characters that do not show"),
                );
            } else if !met.insert(&entry.code) {
                found.fail(check, format!("code table \"{name}\": the code \"{}\" occurs twice", entry.code));
            }
        }
    }
}

pub(super) fn references(sheet: &Sheet, compiled: &Compiled, found: &mut Found) {
    let check = checks::FORM_TEMPLATE_REFERENCE;
    let kinds: BTreeMap<String, FieldKind> = paths(sheet).map(|(path, field, _)| (path, field.kind)).collect();
    for (path, field, table) in paths(sheet) {
        if let Some(name) = field.codes.as_ref().filter(|name| !sheet.codes.contains_key(*name)) {
            found.fail(check, format!("{path}: there is no code table \"{name}\""));
        }
        for step in field.edit.iter().chain(&field.read_only) {
            if !sheet.steps.iter().any(|own| own.key == *step) {
                found.fail(check, format!("{path}: there is no step \"{step}\""));
            }
        }
        let Some(rules) = compiled.rules.get(&path) else { continue };
        let all = [
            ("required-when", &rules.required),
            ("visible-when", &rules.visible),
            ("calculate", &rules.value),
            ("min", &rules.min),
            ("max", &rules.max),
        ];
        for (attribute, expression) in all {
            let Some(expression) = expression else { continue };
            let place = format!("{path}, {attribute}");
            named(&kinds, expression, table, &place, found);
        }
    }
    for (rule, (when, holds)) in sheet.rules.iter().zip(&compiled.between) {
        for (attribute, expression) in [("when", when), ("holds", holds)] {
            let Some(expression) = expression else { continue };
            named(&kinds, expression, None, &format!("rule {}, {attribute}", rule.key), found);
        }
        if let Some(field) = rule.field.as_ref().filter(|key| sheet.field(key).is_none()) {
            found.fail(check, format!("rule {}: there is no field \"{field}\"", rule.key));
        }
    }
}

fn named(
    kinds: &BTreeMap<String, FieldKind>,
    expression: &Expression,
    table: Option<&Field>,
    place: &str,
    found: &mut Found,
) {
    let check = checks::FORM_TEMPLATE_REFERENCE;
    for name in expression.names() {
        match kinds.get(&seen_from(&name, table)) {
            None => found.fail(check, format!("{place}: there is no field \"{name}\"")),
            Some(kind) if !kind.has_value() => found.fail(check, format!("{place}: \"{name}\" has no value")),
            Some(_) => {}
        }
    }
}
