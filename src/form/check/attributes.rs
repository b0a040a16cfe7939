//! Whether a field's attributes go with its kind.

use crate::finding::checks;
use crate::form::check::Found;
use crate::form::compiled::paths;
use crate::form::field::{Field, FieldKind, Role};
use crate::form::prefill::takes_source;
use crate::form::template::Sheet;
use crate::form::unseen::has_unseen;

pub(super) fn of_fields(sheet: &Sheet, found: &mut Found) {
    for (path, field, table) in paths(sheet) {
        let mut wrong = wrong_with(field);
        if field.label.trim().is_empty() {
            wrong.push("it has no label");
        }
        if has_unseen(&field.label, false) {
            wrong.push("its label has characters that do not show");
        }
        if table.is_some() {
            wrong.extend(in_a_table(field));
        }
        if sheet.codes.get(field.codes.as_deref().unwrap_or_default()).is_some_and(Vec::is_empty) {
            wrong.push("its code table is empty");
        }
        for detail in wrong {
            found.fail(checks::FORM_TEMPLATE_ATTRIBUTE, format!("{path}: {detail}"));
        }
    }
}

fn wrong_with(field: &Field) -> Vec<&'static str> {
    use FieldKind::{
        Amount, Attachments, Calculated, Cascade, Check, Image, Number, Radio, Seal, Select, Static, Table,
    };
    let kind = field.kind;
    let rules: [(bool, &'static str); 16] = [
        (matches!(kind, Radio | Select | Cascade) && field.codes.is_none(), "it needs a code table (codes)"),
        (field.codes.is_some() && !kind.takes_codes(), "a code table goes with radio, check, select and cascade"),
        ((kind == Table) == field.columns.is_empty(), "a table has columns, and nothing else has"),
        ((kind == Calculated) != field.calculate.is_some(), "what is calculated has calculate, and nothing else has"),
        ((kind == Static) != field.text.is_some(), "static text has text, and nothing else has"),
        (
            field.pattern.is_some() && !kind.is_text() && !matches!(kind, Radio | Select),
            "a pattern goes with texts and codes",
        ),
        (
            (field.min.is_some() || field.max.is_some()) && !kind.is_ordered(),
            "min and max go with numbers, amounts, days and times",
        ),
        (
            (field.min_length.is_some() || field.max_length.is_some()) && !kind.is_text() && kind != Image,
            "lengths go with texts and pictures",
        ),
        (
            (field.min_rows.is_some() || field.max_rows.is_some()) && !matches!(kind, Table | Attachments | Check),
            "numbers of rows go with tables, attachments and check",
        ),
        (
            (field.decimals.is_some() || field.words) && !matches!(kind, Number | Amount | Calculated),
            "decimals and words go with numbers and amounts",
        ),
        (field.decimals.is_some_and(|decimals| decimals > 10), "more than 10 decimals are not kept"),
        (
            field.default.is_some() && (!kind.has_value() || matches!(kind, Calculated | Table | Image)),
            "there is no default for its kind",
        ),
        (field.required && (!kind.has_value() || kind == Calculated), "nothing of its kind can be required"),
        (
            field.required_when.is_some() && (!kind.has_value() || kind == Calculated),
            "nothing of its kind can be required",
        ),
        (!field.prefill.is_empty() && !takes_source(field), "nothing of its kind can be filled in from a source"),
        (
            matches!(kind, Seal | Static) && field.role != Role::Filled,
            "a place for a seal and static text are no data: they have no role",
        ),
    ];
    let edited = !field.edit.is_empty() && (field.role != Role::Filled || kind == Calculated || kind == Static);
    let at = field.at.is_some_and(|at| {
        let numbers = [at.left, at.top, at.width, at.height];
        numbers.iter().any(|number| !number.is_finite() || *number < 0.0)
            || at.width <= 0.0
            || at.height <= 0.0
            || at.page == 0
    });
    let further = [
        (edited, "what is not filled in cannot be edited in a step"),
        (at, "the place where it is printed is no rectangle of a page"),
    ];
    rules.into_iter().chain(further).filter(|(wrong, _)| *wrong).map(|(_, detail)| detail).collect()
}

fn in_a_table(field: &Field) -> Option<&'static str> {
    use FieldKind::{Attachments, Image, Seal, Static, Table};
    match field.kind {
        Table | Attachments | Image | Seal | Static => Some("a column cannot be of its kind"),
        _ if !field.edit.is_empty() || !field.read_only.is_empty() => {
            Some("steps are named at the table, not at its columns")
        }
        _ if !field.prefill.is_empty() => Some("a column cannot be filled in from a source"),
        _ => None,
    }
}
