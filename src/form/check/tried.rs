//! Whether a condition can hold at all, tried out.
//!
//! Each field in it takes every value that makes a difference to it: the codes of its table; the numbers, days and texts
//! that the condition names, and as many between and beyond them as fields are compared. That is all there is to try
//! where fields are compared as they are; what is calculated from one, and whatever else cannot be tried out, may hold.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::form::codes::{Code, all};
use crate::form::compiled::{Compiled, paths, seen_from};
use crate::form::expression::{Expression, Function, Operator, Scope, Sort, TODAY, Trouble, Worth};
use crate::form::field::{Field, FieldKind};
use crate::form::number::Number;
use crate::form::template::Sheet;
use crate::time::Day;

/// Combinations that are tried out for one condition.
const MOST_TRIED: usize = 20_000;

/// Parts of expressions that are looked at for one template: about a second of work.
const WORK: usize = 300_000;

/// A template whose conditions are tried out.
pub(super) struct Tried<'s> {
    pub(super) sheet: &'s Sheet,
    pub(super) compiled: &'s Compiled,
    fields: BTreeMap<String, &'s Field>,
    left: Cell<usize>,
}

impl<'s> Tried<'s> {
    pub(super) fn new(sheet: &'s Sheet, compiled: &'s Compiled) -> Self {
        let fields = paths(sheet).map(|(path, field, _)| (path, field)).collect();
        Tried { sheet, compiled, fields, left: Cell::new(WORK) }
    }

    /// Whether some form makes the condition hold that stands at the form, or at a column of a table; fields that are
    /// never seen have no value.
    pub(super) fn can_hold(&self, condition: &Expression, table: Option<&Field>, never: &BTreeSet<String>) -> bool {
        let mut constants = Vec::new();
        collect_constants(condition, &mut constants);
        let (mut odd, mut pinned) = (BTreeSet::new(), BTreeMap::new());
        collect_odd(condition, &mut odd);
        collect_pinned(condition, &mut pinned);
        // A column in all its rows has no one value.
        let names: Vec<String> = condition.names().into_iter().filter(|name| !name.contains('.')).collect();
        let mut tried: Vec<(String, Vec<Worth>)> = Vec::new();
        for name in &names {
            let seen = seen_from(name, table);
            let values = match pinned.get(name) {
                _ if never.contains(&seen) => Some(vec![Worth::Nothing]),
                Some(worth) if odd.contains(name) => Some(vec![worth.clone()]),
                _ => self.values_of(&seen, &constants, names.len(), odd.contains(name)),
            };
            tried.extend(values.map(|values| (name.clone(), values)));
        }
        let combinations = tried.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len()));
        let Some(combinations) = combinations.filter(|combinations| *combinations <= MOST_TRIED) else { return true };
        let work = combinations.saturating_mul(size(condition));
        let Some(left) = self.left.get().checked_sub(work) else { return true };
        self.left.set(left);
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

    /// The values that make a difference; none when they cannot be told, as of a field that is calculated with.
    fn values_of(&self, path: &str, constants: &[Worth], names: usize, is_odd: bool) -> Option<Vec<Worth>> {
        let field = self.fields.get(path)?;
        let sort = *self.compiled.sorts.get(path)?;
        let mut values = vec![Worth::Nothing];
        if sort == Sort::Flag {
            values.extend([Worth::Flag(false), Worth::Flag(true)]);
            return Some(values);
        }
        if is_odd {
            return None;
        }
        match (field.kind, sort) {
            (FieldKind::Radio | FieldKind::Select | FieldKind::Cascade, _) => {
                let mut entries = Vec::new();
                all(self.sheet.table(field), &mut entries);
                // Of codes that the condition does not name, a few stand for all.
                let is_named =
                    |code: &str| constants.iter().any(|one| matches!(one, Worth::Text(text) if text == code));
                let (named, others): (Vec<&Code>, Vec<&Code>) =
                    entries.into_iter().partition(|entry| is_named(&entry.code));
                let standing = named.into_iter().chain(others.into_iter().take(names));
                values.extend(standing.map(|entry| Worth::Text(entry.code.clone())));
            }
            (_, Sort::Number) => values.extend(numbers(constants, names).into_iter().map(Worth::Number)),
            (_, Sort::Day) => values.extend(days(constants, names).into_iter().map(Worth::Day)),
            (_, Sort::Text) => values.extend(texts(constants, names).into_iter().map(Worth::Text)),
            _ => return None,
        }
        Some(values)
    }
}

/// The numbers of a condition, with so many between and beyond them.
fn numbers(constants: &[Worth], many: usize) -> BTreeSet<Number> {
    let known: BTreeSet<Number> =
        constants.iter().filter_map(|one| if let Worth::Number(number) = one { Some(*number) } else { None }).collect();
    let steps = || (1..=many).map(Number::count);
    let mut found = known.clone();
    let (first, last) = (known.first().copied().unwrap_or(Number::ZERO), known.last().copied().unwrap_or(Number::ZERO));
    found.extend([first, last]);
    found.extend(steps().filter_map(|step| first.minus(step)));
    found.extend(steps().filter_map(|step| last.plus(step)));
    for (low, high) in known.iter().zip(known.iter().skip(1)) {
        let step = high.minus(*low).and_then(|gap| gap.by(Number::count(many.saturating_add(1))));
        found.extend(step.into_iter().flat_map(|step| steps().filter_map(move |at| low.plus(step.times(at)?))));
    }
    found
}

/// The days of a condition, with so many before and behind each.
fn days(constants: &[Worth], many: usize) -> BTreeSet<Day> {
    let many = i64::try_from(many).unwrap_or(i64::MAX);
    let mut known: Vec<Day> =
        constants.iter().filter_map(|one| if let Worth::Day(day) = one { Some(*day) } else { None }).collect();
    if known.is_empty() {
        known.extend(Day::new(2000, 1, 1).ok());
    }
    known.iter().flat_map(|day| (-many..=many).filter_map(move |at| day.checked_plus_days(at))).collect()
}

/// The texts of a condition, with so many before, between and behind them.
fn texts(constants: &[Worth], many: usize) -> BTreeSet<String> {
    let known = constants.iter().filter_map(|one| if let Worth::Text(text) = one { Some(text.as_str()) } else { None });
    let mut found: BTreeSet<String> = BTreeSet::new();
    for text in known.chain(["", "\u{10FFFF}"]) {
        found.extend((0..=many).map(|at| format!("{text}{}", "\u{1}".repeat(at))));
    }
    found.remove("");
    found
}

/// Fields of which something is calculated, so that not only what they are compared with makes a difference.
fn collect_odd(expression: &Expression, found: &mut BTreeSet<String>) {
    use Operator as O;
    let is_atom = |one: &Expression| matches!(one, Expression::Name(_)) || one.names().is_empty();
    match expression {
        Expression::Two(O::And | O::Or, left, right) => {
            collect_odd(left, found);
            collect_odd(right, found);
        }
        Expression::Not(inner) => collect_odd(inner, found),
        Expression::Two(
            O::Equal | O::Unequal | O::Less | O::AtMost | O::More | O::AtLeast | O::In | O::NotIn,
            left,
            right,
        ) if is_atom(left)
            && (is_atom(right) || matches!(&**right, Expression::List(all) if all.iter().all(is_atom))) => {}
        Expression::Call(Function::Empty, all) if all.iter().all(is_atom) => {}
        Expression::Name(_) => {}
        other => found.extend(other.names()),
    }
}

/// Fields that have to be one value for the condition to hold.
fn collect_pinned(expression: &Expression, found: &mut BTreeMap<String, Worth>) {
    match expression {
        Expression::Two(Operator::And, left, right) => {
            collect_pinned(left, found);
            collect_pinned(right, found);
        }
        Expression::Two(Operator::Equal, left, right) => {
            let (name, value) = match (&**left, &**right) {
                (Expression::Name(name), value) | (value, Expression::Name(name)) => (name, constant(value)),
                _ => return,
            };
            if let Some(value) = value {
                found.entry(name.clone()).or_insert(value);
            }
        }
        _ => {}
    }
}

/// The worth of an expression that reads no field.
pub(super) fn constant(expression: &Expression) -> Option<Worth> {
    let given = BTreeMap::new();
    let worth = known_worth(expression, &given)?;
    (!matches!(worth, Worth::Nothing)).then_some(worth)
}

/// How many parts an expression has.
fn size(expression: &Expression) -> usize {
    let below = match expression {
        Expression::Not(one) | Expression::Minus(one) => size(one),
        Expression::Two(_, left, right) => size(left).saturating_add(size(right)),
        Expression::List(all) | Expression::Call(_, all) => all.iter().map(size).sum(),
        _ => 0,
    };
    below.saturating_add(1)
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
