//! What a record puts into a layout.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The values of a record by the names of their fields.
///
/// ```
/// use eseal::compose::Values;
///
/// let member = Values::new().text("name", "示例").flag("head", true);
/// let values = Values::new().text("address", "示例路 1 号").list("members", vec![member]);
/// assert!(values.get("members").is_some());
/// ```
///
/// What a layout asks for has to be here: an empty text for what stays blank, an empty list for what has no rows.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "values are shown by a layout"]
pub struct Values {
    values: BTreeMap<String, Value>,
    hidden: BTreeSet<String>,
}

/// A value of a field.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Text, as it is shown. A line feed begins a new line.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Those of several choices that were made; of one choice, [`Value::Text`].
    Choices(Vec<String>),
    /// A picture: the bytes of a PNG or JPEG file.
    Image(Arc<[u8]>),
    /// The rows of a group that repeats.
    List(Vec<Values>),
}

impl Values {
    /// No values yet.
    pub fn new() -> Self {
        Values::default()
    }

    /// With a text.
    pub fn text(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.with(name, Value::Text(text.into()))
    }

    /// With a yes or no.
    pub fn flag(self, name: impl Into<String>, is_set: bool) -> Self {
        self.with(name, Value::Flag(is_set))
    }

    /// With choices that were made.
    pub fn choices(self, name: impl Into<String>, chosen: Vec<String>) -> Self {
        self.with(name, Value::Choices(chosen))
    }

    /// With a picture: PNG or JPEG.
    pub fn image(self, name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.with(name, Value::Image(bytes.into()))
    }

    /// With the rows of a group that repeats.
    pub fn list(self, name: impl Into<String>, rows: Vec<Values>) -> Self {
        self.with(name, Value::List(rows))
    }

    /// With a value of any kind; one of the same name is replaced.
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.insert(name, value);
        self
    }

    /// Puts a value in; one of the same name is replaced.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// Leaves out what has this `id` in the layout, and all that is in it: an element, a block, a row, a page. In the
    /// values of a list's row it counts for that row.
    pub fn hide(mut self, id: impl Into<String>) -> Self {
        self.hidden.insert(id.into());
        self
    }

    /// Whether what has this `id` is left out.
    #[must_use]
    pub fn hides(&self, id: &str) -> bool {
        self.hidden.contains(id)
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
}

/// Texts may be somebody's number: they are not printed.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "Text({} characters)", text.chars().count()),
            Value::Flag(is_set) => write!(f, "Flag({is_set})"),
            Value::Choices(chosen) => write!(f, "Choices({} chosen)", chosen.len()),
            Value::Image(bytes) => write!(f, "Image({} bytes)", bytes.len()),
            Value::List(rows) => f.debug_tuple("List").field(rows).finish(),
        }
    }
}
