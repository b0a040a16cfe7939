//! A template's expressions and patterns, read once; and the order in which its fields are calculated.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::{Regex, RegexBuilder};

use crate::form::expression::{Expression, Sort, parse};
use crate::form::field::{Field, FieldKind};
use crate::form::template::Sheet;

/// Characters that a pattern may have, and bytes that it may take once it is read.
const PATTERN: (usize, usize) = (1024, 64 << 10);

/// The expressions of a field.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) required: Option<Expression>,
    pub(crate) visible: Option<Expression>,
    pub(crate) value: Option<Expression>,
    pub(crate) min: Option<Expression>,
    pub(crate) max: Option<Expression>,
    pub(crate) pattern: Option<Regex>,
}

/// An expression that could not be read: whose, which, why.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) path: String,
    pub(crate) attribute: &'static str,
    pub(crate) why: String,
}

/// What was made of a template.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// By path: `key`, or `table.key` for columns.
    pub(crate) rules: BTreeMap<String, Rules>,
    /// The conditions and what has to hold, in the order of the template's rules.
    pub(crate) between: Vec<(Option<Expression>, Option<Expression>)>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// Paths, each behind those that its value depends on; without those on a cycle.
    pub(crate) order: Vec<String>,
    /// A cycle, from a path back to itself.
    pub(crate) cycle: Option<Vec<String>>,
    pub(crate) sorts: BTreeMap<String, Sort>,
}

/// Each field and each column with its path.
pub(crate) fn paths(sheet: &Sheet) -> impl Iterator<Item = (String, &Field, Option<&Field>)> {
    sheet.fields.iter().flat_map(|field| {
        let own = std::iter::once((field.key.clone(), field, None));
        own.chain(
            field.columns.iter().map(move |column| (format!("{}.{}", field.key, column.key), column, Some(field))),
        )
    })
}

impl Compiled {
    pub(crate) fn of(sheet: &Sheet) -> Self {
        let mut compiled = Compiled::default();
        for (path, field, _) in paths(sheet) {
            let rules = compiled.read(&path, field);
            compiled.rules.insert(path, rules);
        }
        for rule in &sheet.rules {
            let path = format!("rule {}", rule.key);
            let when = compiled.expression(&path, "when", rule.when.as_deref());
            let holds = compiled.expression(&path, "holds", Some(&rule.holds));
            compiled.between.push((when, holds));
        }
        compiled.arrange(sheet);
        compiled.sort(sheet);
        compiled
    }

    fn read(&mut self, path: &str, field: &Field) -> Rules {
        let pattern = field.pattern.as_deref().and_then(|pattern| {
            let read = regex(pattern);
            read.map_err(|why| self.unreadable(path, "pattern", why)).ok()
        });
        Rules {
            required: self.expression(path, "required-when", field.required_when.as_deref()),
            visible: self.expression(path, "visible-when", field.visible_when.as_deref()),
            value: self.expression(path, "calculate", field.calculate.as_deref()),
            min: self.expression(path, "min", field.min.as_deref()),
            max: self.expression(path, "max", field.max.as_deref()),
            pattern,
        }
    }

    fn expression(&mut self, path: &str, attribute: &'static str, text: Option<&str>) -> Option<Expression> {
        parse(text?).map_err(|why| self.unreadable(path, attribute, why)).ok()
    }

    fn unreadable(&mut self, path: &str, attribute: &'static str, why: String) {
        self.unreadable.push(Unreadable { path: path.to_owned(), attribute, why });
    }

    /// Sorts of fields by their kinds; of calculated ones by their expressions, each behind those that it uses.
    fn sort(&mut self, sheet: &Sheet) {
        let mut calculated = BTreeMap::new();
        for (path, field, table) in paths(sheet) {
            match sort_of_kind(sheet, field) {
                Some(sort) => drop(self.sorts.insert(path, sort)),
                None if field.kind == FieldKind::Calculated => drop(calculated.insert(path, table)),
                None => {}
            }
        }
        for path in &self.order {
            let Some(table) = calculated.get(path) else { continue };
            let Some(value) = self.rules.get(path).and_then(|rules| rules.value.as_ref()) else { continue };
            let sort = crate::form::expression::sort_of(value, &|name| self.sort_seen(name, *table));
            if let Ok(sort) = sort
                && sort != Sort::Any
            {
                self.sorts.insert(path.clone(), sort);
            }
        }
    }

    /// The sort of a name as it is seen from inside a table, or from outside.
    pub(crate) fn sort_seen(&self, name: &str, table: Option<&Field>) -> Option<Sort> {
        let within = table.and_then(|table| self.sorts.get(&format!("{}.{name}", table.key)));
        within.or_else(|| self.sorts.get(name)).copied()
    }

    /// What each value depends on: its calculation, and whether it is seen.
    fn arrange(&mut self, sheet: &Sheet) {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, _, table) in paths(sheet) {
            let Some(rules) = self.rules.get(&path) else { continue };
            let own = needs.entry(path.clone()).or_default();
            for expression in [&rules.value, &rules.visible].into_iter().flatten() {
                own.extend(expression.names().into_iter().map(|name| seen_from(&name, table)));
            }
            // A column is there when its table is.
            own.extend(table.map(|table| table.key.clone()));
        }
        let mut walk = Walk { needs: &needs, done: BTreeSet::new(), way: Vec::new(), order: Vec::new(), cycle: None };
        needs.keys().for_each(|path| walk.visit(path));
        (self.order, self.cycle) = (walk.order, walk.cycle);
    }
}

/// A name in a column's expression is a column of the same table before it is a field.
pub(crate) fn seen_from(name: &str, table: Option<&Field>) -> String {
    match table {
        Some(table) if table.columns.iter().any(|column| column.key == name) => format!("{}.{name}", table.key),
        _ => name.to_owned(),
    }
}

struct Walk<'n> {
    needs: &'n BTreeMap<String, BTreeSet<String>>,
    done: BTreeSet<String>,
    way: Vec<String>,
    order: Vec<String>,
    cycle: Option<Vec<String>>,
}

impl Walk<'_> {
    /// Depth first, without recursion: a chain of calculated fields may be as long as the template.
    fn visit(&mut self, from: &str) {
        let mut open = vec![(from.to_owned(), false)];
        while let Some((path, finished)) = open.pop() {
            if finished {
                self.way.pop();
                if self.done.insert(path.clone()) {
                    self.order.push(path);
                }
                continue;
            }
            if self.done.contains(&path) {
                continue;
            }
            if let Some(begin) = self.way.iter().position(|own| *own == path) {
                let circle = self.way.iter().skip(begin).cloned().chain([path]);
                self.cycle.get_or_insert_with(|| circle.collect());
                continue;
            }
            self.way.push(path.clone());
            open.push((path.clone(), true));
            let needed = self.needs.get(&path).into_iter().flatten();
            open.extend(needed.filter(|name| self.needs.contains_key(*name)).map(|name| (name.clone(), false)));
        }
    }
}

fn sort_of_kind(sheet: &Sheet, field: &Field) -> Option<Sort> {
    use FieldKind::{
        Amount, Attachments, Calculated, Cascade, Check, CitizenNumber, CreditCode, Date, DateRange, Image, Line,
        Number, Phone, Radio, Seal, Select, Static, Table, Text, Time,
    };
    Some(match field.kind {
        Line | Text | Phone | Radio | Select | Cascade | CitizenNumber | CreditCode => Sort::Text,
        Number | Amount => Sort::Number,
        Date => Sort::Day,
        DateRange => Sort::Span,
        Time => Sort::Clock,
        Check if sheet.table(field).is_empty() => Sort::Flag,
        Check => Sort::Texts,
        Table | Attachments | Image => Sort::Rows,
        Calculated | Seal | Static => return None,
    })
}

/// Reads a pattern that the whole of a text has to meet.
fn regex(pattern: &str) -> Result<Regex, String> {
    let (longest, largest) = PATTERN;
    if pattern.chars().count() > longest {
        return Err(format!("it is longer than {longest} characters"));
    }
    let whole = format!("^(?:{pattern})$");
    RegexBuilder::new(&whole).size_limit(largest).build().map_err(|error| error.to_string())
}
