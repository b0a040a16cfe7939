//! Forms (ISO 32000-2, 12.7): what their fields say, how they look, how they are filled in.

#[cfg(feature = "compose")]
mod copy;
#[cfg(feature = "compose")]
mod draw;
#[cfg(feature = "compose")]
mod fill;
#[cfg(feature = "compose")]
mod flatten;
#[cfg(feature = "compose")]
pub(super) mod frame;
#[cfg(feature = "compose")]
pub(super) mod look;
#[cfg(feature = "compose")]
mod overlay;
mod read;
#[cfg(feature = "compose")]
mod value;

use serde::Serialize;

use crate::units::Area;

pub(super) use crate::document::pdf::form::read::fields;

#[cfg(feature = "compose")]
pub(super) use crate::document::pdf::form::fill::{draw_missing, fill, without_xfa};
#[cfg(feature = "compose")]
pub(super) use crate::document::pdf::form::flatten::flatten;
#[cfg(feature = "compose")]
pub(super) use crate::document::pdf::form::overlay::{Over, lay_over};
#[cfg(feature = "compose")]
pub use crate::document::pdf::form::value::FieldValue;

/// A field of a PDF form, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FormField {
    /// The full name: partial names from the root of the form on, joined by periods.
    pub name: String,
    /// What kind of field it is.
    pub kind: FieldKind,
    /// What it says: of a text field the text, of a list what is chosen, of a button the value of the one that is on.
    /// A field that says nothing has none, and so has a signature field.
    pub values: Vec<String>,
    /// What a reset makes it say.
    pub defaults: Vec<String>,
    /// What can be chosen: options of lists, values of buttons.
    pub options: Vec<FieldOption>,
    /// Whether whoever fills in the form may not change it.
    pub read_only: bool,
    /// Whether it has to be filled in.
    pub required: bool,
    /// Whether its text may have several lines, or several options may be chosen.
    pub multiple: bool,
    /// Whether a drop-down list takes other values than its options.
    pub editable: bool,
    /// Whether its characters stand in cells, as many as `max_length` says.
    pub comb: bool,
    /// The most characters that it may have.
    pub max_length: Option<usize>,
    /// What it is called where people see it.
    pub tool_tip: Option<String>,
    /// Whether it is a signature field with a signature, good or bad.
    pub signed: bool,
    /// Where it shows.
    pub widgets: Vec<FieldWidget>,
}

/// The kinds of fields (12.7.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldKind {
    /// Text that is written into it.
    Text,
    /// Text that is not to be seen, and not to be stored.
    Password,
    /// The name of a file that is to be sent with the form.
    File,
    /// A box that is ticked or not.
    CheckBox,
    /// Buttons of which one is on.
    Radio,
    /// A button that does something.
    PushButton,
    /// A list of options that opens.
    DropDown,
    /// A list of options that is open.
    List,
    /// Room for a signature.
    Signature,
    /// None that the standard knows.
    Unknown,
}

/// What can be chosen.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldOption {
    /// The value that the field has then.
    pub value: String,
    /// What people see.
    pub shown: String,
}

/// A place where a field shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldWidget {
    /// Where on which page; none when no page lists it.
    pub area: Option<Area>,
    /// Of a button, the value that it stands for.
    pub value: Option<String>,
    /// Whether it is drawn. What is not drawn looks different in every reader, or does not show at all.
    pub drawn: bool,
}
