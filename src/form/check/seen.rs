//! Fields that have to be filled in and that nobody can ever see.
//!
//! Whether a condition can hold is tried out: each field in it takes every value that makes a difference to it –
//! the codes of its table; the numbers and days that the condition names, and those beside them. What cannot be
//! tried out may hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::checks;
use crate::form::check::Found;
use crate::form::codes::all;
use crate::form::compiled::{Compiled, paths, seen_from};
use crate::form::expression::{Expression, Operator, Scope, Sort, TODAY, Trouble, Worth};
use crate::form::field::{Field, FieldKind};
use crate::form::number::Number;
use crate::form::template::Sheet;
use crate::time::Day;

/// Combinations that are tried out for one condition.
const MOST_TRIED: usize = 20_000;

pub(super) fn of_fields(sheet: &Sheet, compiled: &Compiled, found: &mut Found) {
    let mut never: BTreeSet<String> = BTreeSet::new();
    // A field that is seen when another has a value is not seen when that one is not: until nothing new is learnt.
    loop {
        let before = never.len();
        for (path, _, table) in paths(sheet) {
            let visible = compiled.rules.get(&path).and_then(|rules| rules.visible.as_ref());
            let in_hidden_table = table.is_some_and(|table| never.contains(&table.key));
            if in_hidden_table || visible.is_some_and(|condition| !can_hold(sheet, compiled, condition, table, &never))
            {
                never.insert(path);
            }
        }
        if never.len() == before {
            break;
        }
    }
    for (path, field, _) in paths(sheet).filter(|(path, ..)| never.contains(path)) {
        let check = checks::FORM_TEMPLATE_VISIBILITY;
        let required = field.required || field.required_when.is_some() || field.min_rows.is_some_and(|least| least > 0);
        match required {
            true => found.fail(check, format!("{path} has to be filled in, and its visible-when never holds")),
            false => found.note(check, format!("{path} is never seen: its visible-when never holds")),
        }
    }
}

/// The worth of an expression that reads no field.
pub(super) fn constant(expression: &Expression) -> Option<Worth> {
    let given = BTreeMap::new();
    let worth = known_worth(expression, &given)?;
    (!matches!(worth, Worth::Nothing)).then_some(worth)
}

fn can_hold(
    sheet: &Sheet,
    compiled: &Compiled,
    condition: &Expression,
    table: Option<&Field>,
    never: &BTreeSet<String>,
) -> bool {
    let mut constants = Vec::new();
    collect_constants(condition, &mut constants);
    let mut tried: Vec<(String, Vec<Worth>)> = Vec::new();
    for name in condition.names() {
        let seen = seen_from(&name, table);
        if let Some(values) = values_of(sheet, compiled, &seen, &constants, never) {
            tried.push((name, values));
        }
    }
    let combinations = tried.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len()));
    let Some(combinations) = combinations.filter(|combinations| *combinations <= MOST_TRIED) else { return true };
    (0..combinations).any(|number| {
        let mut left = number;
        let mut given = BTreeMap::new();
        for (name, values) in &tried {
            let value = values.get(left % values.len().max(1)).cloned().unwrap_or(Worth::Nothing);
            left /= values.len().max(1);
            given.insert(name.as_str(), value);
        }
        truth(condition, &given) != Some(false)
    })
}

/// The values that make a difference; none when they cannot be told.
fn values_of(
    sheet: &Sheet,
    compiled: &Compiled,
    path: &str,
    constants: &[Worth],
    never: &BTreeSet<String>,
) -> Option<Vec<Worth>> {
    if path.contains('.') && !paths(sheet).any(|(own, _, table)| own == path && table.is_some()) {
        return None;
    }
    let (_, field, _) = paths(sheet).find(|(own, ..)| own == path)?;
    let mut values = vec![Worth::Nothing];
    if never.contains(path) {
        return Some(values);
    }
    if matches!(field.kind, FieldKind::Radio | FieldKind::Select | FieldKind::Cascade) {
        let mut entries = Vec::new();
        all(sheet.table(field), &mut entries);
        // Of codes that the condition does not name, one stands for all.
        let is_named = |code: &str| constants.iter().any(|one| matches!(one, Worth::Text(text) if text == code));
        values
            .extend(entries.iter().filter(|entry| is_named(&entry.code)).map(|entry| Worth::Text(entry.code.clone())));
        let other = entries.iter().find(|entry| !is_named(&entry.code));
        values.extend(other.map(|entry| Worth::Text(entry.code.clone())));
        return Some(values);
    }
    match compiled.sorts.get(path)? {
        Sort::Flag => values.extend([Worth::Flag(false), Worth::Flag(true)]),
        Sort::Number => {
            for number in
                constants.iter().filter_map(|one| if let Worth::Number(number) = one { Some(*number) } else { None })
            {
                let beside = [Some(number), number.minus(Number::whole(1)), number.plus(Number::whole(1))];
                values.extend(beside.into_iter().flatten().map(Worth::Number));
            }
        }
        Sort::Day => {
            for day in constants.iter().filter_map(|one| if let Worth::Day(day) = one { Some(*day) } else { None }) {
                values.extend(
                    [day.checked_plus_days(-1), Some(day), day.checked_plus_days(1)]
                        .into_iter()
                        .flatten()
                        .map(Worth::Day),
                );
            }
        }
        Sort::Text => {
            values.extend(constants.iter().filter(|one| matches!(one, Worth::Text(_))).cloned());
            values.push(Worth::Text("\u{1}".into()));
        }
        _ => return None,
    }
    Some(values)
}

fn collect_constants(expression: &Expression, found: &mut Vec<Worth>) {
    match expression {
        Expression::Number(number) => found.push(Worth::Number(*number)),
        Expression::Text(text) => found.push(Worth::Text(text.clone())),
        Expression::Not(one) | Expression::Minus(one) => collect_constants(one, found),
        Expression::Two(_, left, right) => {
            collect_constants(left, found);
            collect_constants(right, found);
        }
        Expression::List(all) => all.iter().for_each(|one| collect_constants(one, found)),
        Expression::Call(_, all) => {
            // A day is written as a call.
            found.extend(constant(expression));
            all.iter().for_each(|one| collect_constants(one, found));
        }
        Expression::Flag(_) | Expression::Name(_) | Expression::Column(..) => {}
    }
}

/// Whether a condition holds; nothing when that depends on what is not given.
fn truth(expression: &Expression, given: &BTreeMap<&str, Worth>) -> Option<bool> {
    match expression {
        Expression::Two(Operator::And, left, right) => match (truth(left, given), truth(right, given)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expression::Two(Operator::Or, left, right) => match (truth(left, given), truth(right, given)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Expression::Not(inner) => truth(inner, given).map(|holds| !holds),
        other => known_worth(other, given).map(|worth| worth.is_true()),
    }
}

fn known_worth(expression: &Expression, given: &BTreeMap<&str, Worth>) -> Option<Worth> {
    let known = expression.names().iter().all(|name| given.contains_key(name.as_str()));
    if !known || uses_today(expression) {
        return None;
    }
    expression.worth(&Given(given)).ok()
}

fn uses_today(expression: &Expression) -> bool {
    match expression {
        Expression::Name(name) => name == TODAY,
        Expression::Not(one) | Expression::Minus(one) => uses_today(one),
        Expression::Two(_, left, right) => uses_today(left) || uses_today(right),
        Expression::List(all) | Expression::Call(_, all) => all.iter().any(uses_today),
        _ => false,
    }
}

struct Given<'g>(&'g BTreeMap<&'g str, Worth>);

impl Scope for Given<'_> {
    /// Not asked for: what reads the day is not tried out.
    fn today(&self) -> Day {
        Day::of(crate::time::Time::from_unix_seconds(0))
    }

    fn name(&self, name: &str) -> Worth {
        self.0.get(name).cloned().unwrap_or(Worth::Nothing)
    }

    fn rows(&self, _: &str) -> usize {
        0
    }

    fn column(&self, _: &str, _: &str) -> Vec<Worth> {
        Vec::new()
    }

    fn spend(&self, _: usize) -> Result<(), Trouble> {
        Ok(())
    }
}
