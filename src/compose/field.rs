//! Fields that can be filled in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compose::draft::Mark;
use crate::units::Mm;

/// A field that can be filled in: a form field in PDF where such are asked for, otherwise what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name. Buttons of one name belong together.
    pub name: String,
    /// What readers call it.
    pub label: Option<String>,
    /// What kind it is, and its value.
    pub kind: FieldKind,
    /// Left, top, width and height.
    pub area: [Mm; 4],
    /// The font of what is written into it, and its size.
    pub font: (Arc<str>, Mm),
    /// Whether it has to be filled in.
    pub is_required: bool,
    /// Whether it shows its value only.
    pub is_read_only: bool,
    /// What is drawn where the field is no form field.
    pub shown: Vec<Mark>,
}

/// A kind of field, with its value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Text.
    Text {
        /// What stands in it.
        value: String,
        /// Whether it has several lines.
        is_multiline: bool,
        /// How many characters it takes at most.
        most: Option<u32>,
    },
    /// A box that is ticked or not.
    Check {
        /// Whether it is ticked.
        is_on: bool,
    },
    /// One of several buttons.
    Radio {
        /// What choosing it means.
        value: String,
        /// Whether it is chosen.
        is_on: bool,
    },
    /// One of a list.
    Choice {
        /// What was chosen, or typed.
        value: String,
        /// What can be chosen.
        options: Vec<String>,
        /// Whether something else can be typed.
        is_open: bool,
    },
    /// Room for a note that is laid over the document later ([`Draft::keep_room`](crate::compose::Draft::keep_room)): a field in every PDF.
    Room,
}

/// How a text of a layout can be filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// What kind of field it is.
    pub kind: EntryKind,
    /// What readers call it; the field's name by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it has to be filled in.
    pub required: bool,
    /// Whether it shows its value only.
    pub read_only: bool,
    /// How many characters it takes at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// Kinds of fields that a layout asks for. Check boxes come of themselves: `check` elements and `{?field}` in texts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// One line of text.
    #[default]
    Text,
    /// Several lines of text.
    Lines,
    /// One of a list.
    Choice,
    /// One of a list, or something else that is typed.
    Open,
}
