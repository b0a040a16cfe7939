//! What a template says about one field.

use serde::{Deserialize, Deserializer, Serialize};

use crate::units::{Area, Mm, Page};

/// What is filled in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    #[default]
    Line,
    /// Text of several lines.
    Text,
    /// A decimal number.
    Number,
    /// An amount of yuan, to the fen unless `decimals` says otherwise.
    Amount,
    /// A day.
    Date,
    /// From one day to another, both included.
    DateRange,
    /// A time of day.
    Time,
    /// One code of a few, all shown.
    Radio,
    /// Several codes of a few, all shown; without a code table, yes or no.
    Check,
    /// One code of many, the chosen one shown.
    Select,
    /// A code of a table with levels, such as regions.
    Cascade,
    /// A citizen's number (GB 11643-1999).
    CitizenNumber,
    /// A unified social credit code (GB 32100-2015).
    CreditCode,
    /// A telephone number.
    Phone,
    /// A place for a signature or a seal.
    Seal,
    /// A picture, PNG or JPEG.
    Image,
    /// A list of what is handed in with the form.
    Attachments,
    /// A table with rows that repeat.
    Table,
    /// Words of the form itself.
    Static,
    /// What follows from other fields.
    Calculated,
}

impl FieldKind {
    /// Whether a value goes with it.
    #[must_use]
    pub fn has_value(self) -> bool {
        !matches!(self, FieldKind::Seal | FieldKind::Static)
    }

    pub(crate) fn takes_codes(self) -> bool {
        matches!(self, FieldKind::Radio | FieldKind::Check | FieldKind::Select | FieldKind::Cascade)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, FieldKind::Line | FieldKind::Text | FieldKind::Phone)
    }

    /// Whether its values have an order, so that `min` and `max` mean something.
    pub(crate) fn is_ordered(self) -> bool {
        use FieldKind::{Amount, Calculated, Date, DateRange, Number, Time};
        matches!(self, Number | Amount | Date | DateRange | Time | Calculated)
    }
}

/// Who sees a field.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Filled in by whoever fills the form in.
    #[default]
    Filled,
    /// Shown and not filled in: it comes from elsewhere.
    Shown,
    /// Neither: it links the form to something else, and travels in its data.
    Hidden,
}

/// A field of a form or a column of one of its tables.
///
/// It is written in the template's JSON; here it is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Field {
    pub(crate) key: String,
    pub(crate) label: String,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) english: Option<String>,
    pub(crate) kind: FieldKind,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) role: Role,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) required: bool,
    /// Expressions.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) required_when: Option<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) visible_when: Option<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) calculate: Option<String>,
    #[serde(skip_serializing_if = "is_plain", deserialize_with = "expression")]
    pub(crate) min: Option<String>,
    #[serde(skip_serializing_if = "is_plain", deserialize_with = "expression")]
    pub(crate) max: Option<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) default: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) min_length: Option<usize>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) max_length: Option<usize>,
    /// A regular expression that the whole text has to meet.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) pattern: Option<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) decimals: Option<u32>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) unit: Option<String>,
    /// Shows an amount in words too (大写).
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) words: bool,
    /// The code table.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) codes: Option<String>,
    /// The workflow steps in which it may be changed; none named: all but those of `read-only`.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) edit: Vec<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) read_only: Vec<String>,
    /// Names in a source that it may be filled in from, the first that is there.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) prefill: Vec<String>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) columns: Vec<Field>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) min_rows: Option<usize>,
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) max_rows: Option<usize>,
    /// The words of a static text.
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) text: Option<String>,
    /// Where it is printed, for forms that are printed onto (套打).
    #[serde(skip_serializing_if = "is_plain")]
    pub(crate) at: Option<Position>,
}

/// Where something is printed: from the page's upper left corner, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Position {
    #[serde(default = "first_page", skip_serializing_if = "is_first")]
    pub(crate) page: u32,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Position {
    pub(crate) fn area(&self) -> Area {
        let [left, top, width, height] = [self.left, self.top, self.width, self.height].map(Mm);
        Area { page: Page(self.page), left, top, width, height }
    }
}

fn first_page() -> u32 {
    1
}

fn is_first(page: &u32) -> bool {
    *page == 1
}

fn is_plain<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// An expression, or a number that stands for itself.
fn expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(Some(text)),
        serde_json::Value::Number(number) => Ok(Some(number.to_string())),
        other => Err(serde::de::Error::custom(format!("{other} is no bound: write a number or an expression"))),
    }
}

impl Field {
    /// The key, by which data and rules name it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The Chinese name, as printed.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The English name, for messages; without one, the key.
    #[must_use]
    pub fn english(&self) -> &str {
        self.english.as_deref().unwrap_or(&self.key)
    }

    /// What is filled in.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        self.kind
    }

    /// Who sees it.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether it always has to be filled in (when it applies).
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The columns of a table.
    #[must_use]
    pub fn columns(&self) -> &[Field] {
        &self.columns
    }

    /// Where it is printed, for forms that are printed onto (套打).
    #[must_use]
    pub fn position(&self) -> Option<Area> {
        self.at.map(|position| position.area())
    }

    /// Whether it may be changed in this step of the workflow.
    #[must_use]
    pub fn is_editable_in(&self, step: &str) -> bool {
        let named = |steps: &[String]| steps.iter().any(|own| own == step);
        self.role == Role::Filled
            && self.kind.has_value()
            && self.kind != FieldKind::Calculated
            && (self.edit.is_empty() || named(&self.edit))
            && !named(&self.read_only)
    }

    /// How many decimals it takes at most: whole numbers have to say 0.
    pub(crate) fn most_decimals(&self) -> u32 {
        self.decimals.unwrap_or(if self.kind == FieldKind::Amount { 2 } else { 10 })
    }
}
