//! Code tables.

use serde::{Deserialize, Serialize};

/// One entry of a code table, and those below it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) below: Vec<Code>,
}

/// Entries of one level or of several.
pub(crate) type CodeTable = Vec<Code>;

/// The way to a code, from the highest level down.
pub(crate) fn way_to<'t>(table: &'t [Code], code: &str) -> Option<Vec<&'t Code>> {
    table.iter().find_map(|entry| {
        if entry.code == code {
            return Some(vec![entry]);
        }
        let mut way = way_to(&entry.below, code)?;
        way.insert(0, entry);
        Some(way)
    })
}

/// The code of an entry by its name, if one entry alone has that name.
pub(crate) fn named<'t>(table: &'t [Code], name: &str) -> Option<&'t str> {
    let mut found = Vec::new();
    collect_named(table, name, &mut found);
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn collect_named<'t>(table: &'t [Code], name: &str, found: &mut Vec<&'t str>) {
    for entry in table {
        if entry.name == name {
            found.push(entry.code.as_str());
        }
        collect_named(&entry.below, name, found);
    }
}

/// The code that a way of codes or names leads to.
pub(crate) fn by_way<'t>(table: &'t [Code], way: &[&str]) -> Option<&'t str> {
    let (first, rest) = way.split_first()?;
    let entry = table.iter().find(|entry| entry.code == *first || entry.name == *first)?;
    if rest.is_empty() { Some(&entry.code) } else { by_way(&entry.below, rest) }
}

/// Every entry of every level.
pub(crate) fn all<'t>(table: &'t [Code], found: &mut Vec<&'t Code>) {
    for entry in table {
        found.push(entry);
        all(&entry.below, found);
    }
}
