//! Whether a layout and the data fit each other.

use std::collections::BTreeSet;
use std::fmt;

use crate::compose::layout::Layout;
use crate::compose::plan::{Use, survey};

/// Something that does not fit.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// A field that nothing shows.
    NotShown {
        /// Its name.
        field: String,
    },
    /// A placeholder or an element that asks for a field which there is not.
    NoSuchField {
        /// Which element asks.
        element: String,
        /// What it asks for.
        field: String,
    },
    /// Something that is wrong whatever the data: a style that builds on itself, two seals of one name, a table whose
    /// cells do not fill its rows, a number that is none.
    Wrong {
        /// Where.
        element: String,
        /// What.
        detail: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotShown { field } => write!(f, "the layout shows the field \"{field}\" nowhere"),
            Fault::NoSuchField { element, field } => {
                write!(f, "{element} asks for \"{field}\", which no field is called")
            }
            Fault::Wrong { element, detail } => write!(f, "{element}: {detail}"),
        }
    }
}

impl Layout {
    /// Tells what does not fit: fields that nothing shows, placeholders that no field has, and whatever is wrong
    /// with the layout itself. `names` are those of all fields; of a group that repeats, its own name and
    /// `group.field` for each of the fields in it.
    #[must_use]
    pub fn check<S: AsRef<str>>(&self, names: &[S]) -> Vec<Fault> {
        let known: BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
        let (mut faults, uses) = survey(self);
        let mut shown = BTreeSet::new();
        let mut told = BTreeSet::new();
        for Use { label, field, lists } in uses {
            // As values are looked for: in the innermost list first.
            let ways = (0..=lists.len()).rev().map(|depth| {
                let mut way = lists.get(..depth).unwrap_or_default().join(".");
                if depth > 0 {
                    way.push('.');
                }
                way + &field
            });
            match ways.into_iter().find_map(|way| known.get(way.as_str()).copied()) {
                Some(way) => drop(shown.insert(way)),
                None if told.insert((label.clone(), field.clone())) => {
                    faults.push(Fault::NoSuchField { element: label, field });
                }
                None => {}
            }
        }
        let not_shown = known.iter().filter(|name| !shown.contains(**name));
        faults.extend(not_shown.map(|name| Fault::NotShown { field: (*name).to_owned() }));
        faults
    }
}
