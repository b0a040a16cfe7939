//! Ranges, defaults and patterns that contradict each other.

use crate::finding::checks;
use crate::form::check::Found;
use crate::form::check::length::lengths;
use crate::form::check::tried::constant;
use crate::form::codes::all;
use crate::form::compiled::{Compiled, Rules, paths};
use crate::form::expression::{Worth, ordered};
use crate::form::field::{Field, FieldKind};
use crate::form::json::Json;
use crate::form::read::read_alone;
use crate::form::template::Sheet;
use crate::form::value::Value;
use crate::form::wrong::{Limits, with_value};

pub(super) fn of_fields(sheet: &Sheet, compiled: &Compiled, found: &mut Found) {
    for (path, field, _) in paths(sheet) {
        let Some(rules) = compiled.rules.get(&path) else { continue };
        let (min, max) = (rules.min.as_ref().and_then(constant), rules.max.as_ref().and_then(constant));
        empty_range(&path, field, [&min, &max], found);
        options(sheet, &path, field, rules, found);
        default(sheet, &path, field, rules, [min, max], found);
    }
}

fn empty_range(path: &str, field: &Field, [min, max]: [&Option<Worth>; 2], found: &mut Found) {
    let check = checks::FORM_TEMPLATE_RANGE;
    if let (Some(min), Some(max)) = (min, max)
        && matches!(ordered(min, max), Ok(Some(order)) if order.is_gt())
    {
        found.fail(check, format!("{path}: min is more than max, so no value is good"));
    }
    let over = |least: Option<usize>, most: Option<usize>| least.zip(most).is_some_and(|(least, most)| least > most);
    if over(field.min_length, field.max_length) {
        found.fail(check, format!("{path}: min-length is more than max-length, so no text is good"));
    }
    if over(field.min_rows, field.max_rows) {
        found.fail(check, format!("{path}: min-rows is more than max-rows, so no number of rows is good"));
    }
    let taken = field.pattern.as_deref().filter(|_| field.kind.is_text()).and_then(lengths);
    if let Some((least, _)) = taken.filter(|(least, _)| field.max_length.is_some_and(|most| most < *least)) {
        let most = field.max_length.unwrap_or_default();
        found.fail(
            check,
            format!("{path}: its pattern takes {least} characters at least, and its max-length is {most}"),
        );
    }
    if let Some((_, Some(most))) = taken
        && let Some(least) = field.min_length.filter(|least| *least > most)
    {
        found
            .fail(check, format!("{path}: its pattern takes {most} characters at most, and its min-length is {least}"));
    }
    if field.max_length == Some(0) || field.max_rows == Some(0) {
        found.fail(check, format!("{path}: nothing at all may be filled in"));
    }
}

fn options(sheet: &Sheet, path: &str, field: &Field, rules: &Rules, found: &mut Found) {
    let Some(pattern) = rules.pattern.as_ref().filter(|_| field.kind.takes_codes()) else { return };
    let mut entries = Vec::new();
    all(sheet.table(field), &mut entries);
    let against: Vec<&str> =
        entries.iter().map(|entry| entry.code.as_str()).filter(|code| !pattern.is_match(code)).collect();
    if !against.is_empty() {
        let detail = format!("{path}: these options do not meet its pattern: {}", against.join(", "));
        found.fail(checks::FORM_TEMPLATE_PATTERN, detail);
    }
}

fn default(sheet: &Sheet, path: &str, field: &Field, rules: &Rules, bounds: [Option<Worth>; 2], found: &mut Found) {
    let Some(default) = &field.default else { return };
    if !field.kind.has_value() || matches!(field.kind, FieldKind::Calculated | FieldKind::Table | FieldKind::Image) {
        return;
    }
    let check = checks::FORM_TEMPLATE_DEFAULT;
    let json = Json::from_serde(default);
    let value = read_alone(&json, field, sheet.table(field));
    let value = value.unwrap_or(Value::Unread(crate::form::value::Unread(json)));
    let [min, max] = bounds;
    let limits = Limits { min, max, pattern: rules.pattern.as_ref(), table: sheet.table(field) };
    if value.is_empty() {
        found.fail(check, format!("{path}: the default is empty"));
    }
    for (_, (_, english)) in with_value(field, &value, &limits) {
        found.fail(check, format!("{path}: the default is no good value: {english}"));
    }
}
