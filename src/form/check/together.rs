//! Rules that contradict each other, so that no form keeps them all.

use std::collections::BTreeSet;

use crate::finding::checks;
use crate::form::check::Found;
use crate::form::check::tried::Tried;
use crate::form::compiled::paths;
use crate::form::expression::{Expression, Function, Operator};

/// A field that has to be filled in only where it is not seen.
pub(super) fn of_fields(tried: &Tried<'_>, never: &BTreeSet<String>, found: &mut Found) {
    for (path, _, table) in paths(tried.sheet).filter(|(path, ..)| !never.contains(path)) {
        let Some(rules) = tried.compiled.rules.get(&path) else { continue };
        let (Some(required), Some(visible)) = (&rules.required, &rules.visible) else { continue };
        let both = and(visible.clone(), required.clone());
        if tried.can_hold(required, table, never) && !tried.can_hold(&both, table, never) {
            let detail = format!("{path} has to be filled in only when it is not seen: required-when and visible-when");
            found.fail(checks::FORM_TEMPLATE_CONTRADICTION, detail);
        }
    }
}

/// Rules between fields that no form keeps, alone or two together, within the ranges of the fields that they name.
pub(super) fn of_rules(tried: &Tried<'_>, never: &BTreeSet<String>, found: &mut Found) {
    let check = checks::FORM_TEMPLATE_CONTRADICTION;
    let rules = tried.sheet.rules.iter().zip(&tried.compiled.between);
    let mut kept: Vec<(&str, Expression, Option<&Expression>)> = Vec::new();
    for (rule, (when, holds)) in rules {
        let Some(holds) = holds else { continue };
        let asked = when.clone().map_or_else(|| holds.clone(), |when| and(when, holds.clone()));
        let applies = when.as_ref().is_none_or(|when| tried.can_hold(&within(tried, when), None, never));
        if !applies {
            continue;
        }
        if tried.can_hold(&within(tried, &asked), None, never) {
            kept.push((&rule.key, asked, when.as_ref()));
        } else {
            found.fail(check, format!("rule {}: no form keeps it when it applies", rule.key));
        }
    }
    for (at, (key, asked, when)) in kept.iter().enumerate() {
        let names = asked.names();
        for (other, also, too) in kept.iter().skip(at.saturating_add(1)) {
            if names.is_disjoint(&also.names()) {
                continue;
            }
            let apply = [*when, *too].into_iter().flatten().cloned().reduce(and);
            let together = apply.is_none_or(|apply| tried.can_hold(&within(tried, &apply), None, never));
            if together && !tried.can_hold(&within(tried, &and(asked.clone(), also.clone())), None, never) {
                found.fail(check, format!("rules {key} and {other}: no form keeps both when both apply"));
            }
        }
    }
}

/// The condition, and that each field that it names lies in its own range.
fn within(tried: &Tried<'_>, condition: &Expression) -> Expression {
    let mut all = condition.clone();
    for name in condition.names() {
        let Some(rules) = tried.compiled.rules.get(&name) else { continue };
        for (operator, bound) in [(Operator::AtLeast, &rules.min), (Operator::AtMost, &rules.max)] {
            let Some(bound) = bound.as_ref().filter(|bound| bound.names().is_empty()) else { continue };
            let own = || Expression::Name(name.clone());
            let lies = Expression::Two(operator, Box::new(own()), Box::new(bound.clone()));
            let empty = Expression::Call(Function::Empty, vec![own()]);
            all = and(all, Expression::Two(Operator::Or, Box::new(empty), Box::new(lies)));
        }
    }
    all
}

fn and(one: Expression, other: Expression) -> Expression {
    Expression::Two(Operator::And, Box::new(one), Box::new(other))
}
