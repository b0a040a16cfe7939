//! What is given for the face of a licence, beside its metadata.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// The values of a face by the keys of their items. `Debug` does not show texts, which may be somebody's number.
///
/// ```
/// use eseal::licence::Face;
///
/// let mut face = Face::new();
/// face.text("subject", "语文").text("level", "高级中学");
/// assert_eq!(face.keys().count(), 2);
/// ```
///
/// Serialised as an object: texts as they are, rows as lists of objects; pictures are left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Face {
    values: BTreeMap<String, FaceValue>,
}

/// A value.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum FaceValue {
    /// Text; days as `2025-03-01`.
    Text(String),
    /// A picture: the bytes of a PNG or JPEG file.
    Picture(Arc<[u8]>),
    /// The rows of a list.
    Rows(Vec<BTreeMap<String, String>>),
}

impl Face {
    /// No values yet.
    #[must_use]
    pub fn new() -> Self {
        Face::default()
    }

    /// A text.
    pub fn text(&mut self, key: impl Into<String>, text: impl Into<String>) -> &mut Self {
        self.insert(key, FaceValue::Text(text.into()))
    }

    /// A picture: PNG or JPEG.
    pub fn picture(&mut self, key: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> &mut Self {
        self.insert(key, FaceValue::Picture(bytes.into()))
    }

    /// The rows of a list, each with texts by the keys of its columns.
    pub fn rows(&mut self, key: impl Into<String>, rows: Vec<BTreeMap<String, String>>) -> &mut Self {
        self.insert(key, FaceValue::Rows(rows))
    }

    /// A value of any kind; one of the same key is replaced.
    pub fn insert(&mut self, key: impl Into<String>, value: FaceValue) -> &mut Self {
        self.values.insert(key.into(), value);
        self
    }

    /// The value of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&FaceValue> {
        self.values.get(key)
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Keys and values, by the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FaceValue)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl Serialize for Face {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.iter() {
            match value {
                FaceValue::Text(text) => map.serialize_entry(key, text)?,
                FaceValue::Rows(rows) => map.serialize_entry(key, rows)?,
                FaceValue::Picture(_) => {}
            }
        }
        map.end()
    }
}

impl FaceValue {
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, FaceValue::Text(text) if text.trim().is_empty())
    }
}

impl fmt::Debug for FaceValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaceValue::Text(text) => write!(f, "Text({} characters)", text.chars().count()),
            FaceValue::Picture(bytes) => write!(f, "Picture({} bytes)", bytes.len()),
            FaceValue::Rows(rows) => write!(f, "Rows({})", rows.len()),
        }
    }
}
