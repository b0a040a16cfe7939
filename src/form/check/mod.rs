//! Whether a template makes sense: told before anybody fills it in.

mod attributes;
mod bounds;
mod length;
mod names;
mod seen;
#[cfg(test)]
mod tests;
mod together;
mod tried;

pub(crate) use crate::form::check::names::within_limits;

use crate::finding::{Check, Finding, checks};
use crate::form::compiled::Compiled;
use crate::form::template::Sheet;

/// The checks of templates, in the order in which they are told.
const CHECKS: &[(Check, &str)] = &[
    (checks::FORM_TEMPLATE_IDENTITY, "identifier, names, version and category are good"),
    (checks::FORM_TEMPLATE_KEY, "every key is well formed and occurs once"),
    (checks::FORM_TEMPLATE_ATTRIBUTE, "every attribute goes with the kind of its field"),
    (checks::FORM_TEMPLATE_REFERENCE, "whatever is named is there"),
    (checks::FORM_TEMPLATE_EXPRESSION, "every expression and pattern can be read, and its parts go together"),
    (checks::FORM_TEMPLATE_CYCLE, "nothing depends on itself"),
    (checks::FORM_TEMPLATE_RANGE, "no range is empty"),
    (checks::FORM_TEMPLATE_DEFAULT, "every default is a value that the field takes"),
    (checks::FORM_TEMPLATE_PATTERN, "the options of every field meet its pattern"),
    (checks::FORM_TEMPLATE_VISIBILITY, "every field that has to be filled in can be seen"),
    (checks::FORM_TEMPLATE_CONTRADICTION, "no rules contradict each other"),
    (checks::FORM_TEMPLATE_LAYOUT, "every field is on the page"),
];

/// What has to be good before it can be told what is ever seen.
const BEFORE: &[Check] = &[
    checks::FORM_TEMPLATE_KEY,
    checks::FORM_TEMPLATE_ATTRIBUTE,
    checks::FORM_TEMPLATE_REFERENCE,
    checks::FORM_TEMPLATE_EXPRESSION,
];

/// What speaks against a template; for each check that found nothing, a finding that passes.
pub(crate) fn examine(sheet: &Sheet, compiled: &Compiled) -> Vec<Finding> {
    let mut found = Found { findings: Vec::new() };
    names::identity(sheet, &mut found);
    names::keys(sheet, &mut found);
    attributes::of_fields(sheet, &mut found);
    names::references(sheet, compiled, &mut found);
    expressions(sheet, compiled, &mut found);
    if let Some(circle) = &compiled.cycle {
        let detail = format!("{}: each needs the next", circle.join(" → "));
        found.fail(checks::FORM_TEMPLATE_CYCLE, detail);
    }
    bounds::of_fields(sheet, compiled, &mut found);
    // Of names that lead nowhere nothing can be tried out, and what would be told is the same mistake again.
    let is_broken = found.findings.iter().any(|finding| BEFORE.iter().any(|check| check.name() == finding.check));
    match is_broken {
        false => {
            let tried = tried::Tried::new(sheet, compiled);
            let never = seen::of_fields(&tried, &mut found);
            together::of_fields(&tried, &never, &mut found);
            together::of_rules(&tried, &never, &mut found);
        }
        true => {
            let detail = "cannot be told before what else was found is mended";
            for check in [checks::FORM_TEMPLATE_VISIBILITY, checks::FORM_TEMPLATE_CONTRADICTION] {
                found.findings.push(Finding::unknown(check, detail).not_needed());
            }
        }
    }
    crate::form::layout::examine(sheet, &mut |detail| found.fail(checks::FORM_TEMPLATE_LAYOUT, detail));
    for (check, good) in CHECKS {
        let told = found.findings.iter().any(|finding| finding.check == check.name());
        if !told {
            found.findings.push(Finding::pass(*check, *good));
        }
    }
    let place = |finding: &Finding| CHECKS.iter().position(|(check, _)| check.name() == finding.check);
    found.findings.sort_by_key(place);
    found.findings
}

struct Found {
    findings: Vec<Finding>,
}

impl Found {
    fn fail(&mut self, check: Check, detail: impl Into<String>) {
        self.findings.push(Finding::fail(check, detail));
    }

    fn note(&mut self, check: Check, detail: impl Into<String>) {
        self.findings.push(Finding::fail(check, detail).not_needed());
    }
}

/// Expressions that cannot be read, or whose parts do not go together.
fn expressions(sheet: &Sheet, compiled: &Compiled, found: &mut Found) {
    use crate::form::expression::{Sort, sort_of};
    for one in &compiled.unreadable {
        let detail = format!("{}, {}: {}", one.path, one.attribute, one.why);
        found.fail(checks::FORM_TEMPLATE_EXPRESSION, detail);
    }
    for (path, _, table) in crate::form::compiled::paths(sheet) {
        let Some(rules) = compiled.rules.get(&path) else { continue };
        let known = |name: &str| compiled.sort_seen(name, table);
        let own = match compiled.sorts.get(&path).copied() {
            Some(Sort::Span) => Sort::Day,
            other => other.unwrap_or(Sort::Any),
        };
        let wanted = [
            ("required-when", &rules.required, Sort::Flag),
            ("visible-when", &rules.visible, Sort::Flag),
            ("calculate", &rules.value, Sort::Any),
            ("min", &rules.min, own),
            ("max", &rules.max, own),
        ];
        for (attribute, expression, wanted) in wanted {
            let Some(expression) = expression else { continue };
            match sort_of(expression, &known) {
                Err(why) => {
                    found.fail(checks::FORM_TEMPLATE_EXPRESSION, format!("{path}, {attribute}: {why}"));
                }
                Ok(sort) if !sort.fits(wanted) => {
                    let detail = format!("{path}, {attribute}: {} is wanted, and it is {}", wanted.name(), sort.name());
                    found.fail(checks::FORM_TEMPLATE_EXPRESSION, detail);
                }
                Ok(Sort::Column(_) | Sort::Rows | Sort::Texts) if attribute == "calculate" => {
                    let detail = format!("{path}, {attribute}: a list is no value of a field");
                    found.fail(checks::FORM_TEMPLATE_EXPRESSION, detail);
                }
                Ok(_) => {}
            }
        }
    }
    for (rule, (when, holds)) in sheet.rules.iter().zip(&compiled.between) {
        for (attribute, expression) in [("when", when), ("holds", holds)] {
            let Some(expression) = expression else { continue };
            let sort = sort_of(expression, &|name| compiled.sort_seen(name, None));
            let why = match sort {
                Err(why) => why,
                Ok(sort) if !sort.fits(Sort::Flag) => format!("a condition is wanted, and it is {}", sort.name()),
                Ok(_) => continue,
            };
            found.fail(checks::FORM_TEMPLATE_EXPRESSION, format!("rule {}, {attribute}: {why}", rule.key));
        }
    }
}
