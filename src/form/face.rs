//! What the pages show of a form's values.

use crate::compose;
use crate::form::codes::way_to;
use crate::form::field::{Field, FieldKind};
use crate::form::judge::ValidInstance;
use crate::form::layout::blank;
use crate::form::number::Number;
use crate::form::template::Template;
use crate::form::value::{HandedIn, Record, Value};

/// The values of the pages, by the keys of their fields.
pub(crate) fn values(valid: &ValidInstance<'_>) -> compose::Values {
    record(valid.template, valid.template.fields(), &valid.instance.values, true)
}

fn record(template: &Template, fields: &[Field], record: &Record, whole: bool) -> compose::Values {
    let mut shown = compose::Values::new();
    for field in fields.iter().filter(|field| field.kind != FieldKind::Seal) {
        let value = record.get(&field.key).filter(|value| !value.is_empty());
        shown = match (field.kind, value) {
            (FieldKind::Static, _) => shown.text(&field.key, field.text.clone().unwrap_or_default()),
            (FieldKind::Table, value) => {
                let rows = match value {
                    Some(Value::Rows(rows)) => rows.as_slice(),
                    _ => &[],
                };
                let rows = rows.iter().map(|row| self::record(template, &field.columns, row, false)).collect();
                shown.list(&field.key, rows)
            }
            (FieldKind::Image, Some(Value::Image(image))) => {
                shown.image(&field.key, image.bytes.clone()).hide(blank(&field.key))
            }
            // What has no picture shows nothing in its place.
            (FieldKind::Image, _) => shown.hide(&field.key),
            (FieldKind::Check, value) if field.codes.is_none() => {
                shown.flag(&field.key, value == Some(&Value::Flag(true)))
            }
            (FieldKind::Check, value) => {
                let codes = match value {
                    Some(Value::Codes(codes)) => codes.as_slice(),
                    _ => &[],
                };
                let names = codes.iter().map(|code| name(template, field, code)).collect();
                shown.choices(&field.key, names)
            }
            (_, value) => {
                let text = value.map(|value| words(template, field, value, whole)).unwrap_or_default();
                shown.text(&field.key, text)
            }
        };
    }
    shown
}

/// A code by its name; of several levels all.
fn name(template: &Template, field: &Field, code: &str) -> String {
    let way = way_to(template.sheet().table(field), code).unwrap_or_default();
    match field.kind {
        FieldKind::Cascade => way.iter().map(|entry| entry.name.as_str()).collect(),
        _ => way.last().map(|entry| entry.name.clone()).unwrap_or_default(),
    }
}

/// The words of a value. In the rows of tables they are short: the heading says the rest.
fn words(template: &Template, field: &Field, value: &Value, whole: bool) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(value) => number(field, *value, whole),
        Value::Day(day) if whole => day.chinese(),
        Value::Day(day) => day.to_string(),
        Value::Span(first, last) if whole => format!("{}至{}", first.chinese(), last.chinese()),
        Value::Span(first, last) => format!("{first}至{last}"),
        Value::Clock(clock) => clock.to_string(),
        Value::Flag(flag) => if *flag { "是" } else { "否" }.into(),
        Value::Code(code) => name(template, field, code),
        Value::Codes(codes) => codes.iter().map(|code| name(template, field, code)).collect::<Vec<_>>().join("、"),
        Value::Citizen(number) => number.to_string(),
        Value::Credit(code) => code.to_string(),
        Value::Files(files) => papers(files),
        Value::Image(_) | Value::Rows(_) | Value::Unread(_) => String::new(),
    }
}

fn number(field: &Field, value: Number, whole: bool) -> String {
    let of_yuan = field.unit.as_deref().is_some_and(|unit| unit.starts_with('元'));
    let is_amount = field.kind == FieldKind::Amount || field.words || of_yuan;
    let least = field.decimals.unwrap_or(if field.kind == FieldKind::Amount { 2 } else { 0 });
    let figures = value.shown(least, is_amount);
    let unit = if whole { field.unit.as_deref().unwrap_or(if is_amount { "元" } else { "" }) } else { "" };
    match value.in_words().filter(|_| field.words && whole) {
        Some(words) => format!("{figures}{unit}（大写：{words}）"),
        None => format!("{figures}{unit}"),
    }
}

fn papers(files: &[HandedIn]) -> String {
    let line = |(at, file): (usize, &HandedIn)| {
        let copies = file.copies.map(|copies| format!("（{copies}份）")).unwrap_or_default();
        format!("{}．{}{copies}", at.saturating_add(1), file.name)
    };
    files.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
