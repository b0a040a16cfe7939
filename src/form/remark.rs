//! What is to be said of a value, in Chinese and English, with the field's name.

use std::fmt;

use serde::Serialize;

use crate::finding::{Check, Finding};

/// What was found about one value of an instance.
///
/// Nothing personal stands in it: citizens' numbers and other long figures are masked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Remark {
    /// The stable name of the check, such as `form.value.required`.
    pub check: &'static str,
    /// The field by its key, rows counted from 1: `members[3].id_number`. Empty for the form as a whole.
    pub path: String,
    /// The same in the words of the form: `家庭成员[3].身份证号`.
    pub label: String,
    /// For whoever fills the form in.
    pub chinese: String,
    /// The same in English.
    pub english: String,
    /// Whether the form cannot be taken like that. Otherwise it is told for information.
    pub needed: bool,
    #[serde(skip)]
    clause: Check,
}

impl Remark {
    pub(crate) fn new(check: Check, place: &Place, chinese: impl AsRef<str>, english: impl AsRef<str>) -> Self {
        let Place { path, label, english: name } = place;
        let (chinese, english) = (chinese.as_ref(), english.as_ref());
        Remark {
            check: check.name(),
            path: path.clone(),
            label: label.clone(),
            chinese: if label.is_empty() { chinese.to_owned() } else { format!("{label}：{chinese}") },
            english: if name.is_empty() { english.to_owned() } else { format!("{name}: {english}") },
            needed: true,
            clause: check,
        }
    }

    pub(crate) fn not_needed(mut self) -> Self {
        self.needed = false;
        self
    }

    /// The remark as a finding, with its English sentence and the path of the field.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let detail = match self.path.is_empty() {
            true => self.english.clone(),
            false => format!("{} [{}]", self.english, self.path),
        };
        let finding = Finding::fail(self.clause, detail);
        if self.needed { finding } else { finding.not_needed() }
    }

    /// Gives it the place of a row's column, which begins like the column's own.
    pub(crate) fn move_to(&mut self, from: &Place, to: &Place) {
        let moved = |text: &str, from: &str, to: &str| match text.strip_prefix(from) {
            Some(rest) => format!("{to}{rest}"),
            None => text.to_owned(),
        };
        self.chinese = moved(&self.chinese, &from.label, &to.label);
        self.english = moved(&self.english, &from.english, &to.english);
        (self.path, self.label) = (to.path.clone(), to.label.clone());
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.chinese, self.english)
    }
}

/// A field's name in three ways, with the rows that it lies in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) english: String,
}

impl Place {
    /// A field of the form.
    pub(crate) fn of(field: &crate::form::field::Field) -> Self {
        Place { path: field.key.clone(), label: field.label.clone(), english: field.english().to_owned() }
    }

    /// A row of a table, counted from nought here and from one for people.
    pub(crate) fn row(&self, index: usize) -> Self {
        let number = index.saturating_add(1);
        let numbered = |name: &str| format!("{name}[{number}]");
        Place { path: numbered(&self.path), label: numbered(&self.label), english: numbered(&self.english) }
    }

    /// A column in a row.
    pub(crate) fn column(&self, field: &crate::form::field::Field) -> Self {
        self.named(&field.key, &field.label, field.english())
    }

    /// Something below, such as a name that no field has.
    pub(crate) fn named(&self, key: &str, label: &str, english: &str) -> Self {
        let below = |own: &str, name: &str| if own.is_empty() { name.to_owned() } else { format!("{own}.{name}") };
        Place { path: below(&self.path, key), label: below(&self.label, label), english: below(&self.english, english) }
    }
}
