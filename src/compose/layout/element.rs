//! What stands at a place: on a page, on a canvas in the flow, or in a cell of a table.

use serde::{Deserialize, Serialize};

use crate::compose::colour::Colour;
use crate::compose::field::Entry;
use crate::compose::layout::style::{Run, StyleOf};
use crate::compose::layout::table::Table;

/// What can stand at a place.
///
/// A box is `[left, top, width, height]` in millimetres from the upper left corner of the page, canvas or cell. In a
/// cell it may be left out: the whole cell within its padding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Element {
    /// Text.
    Text(TextBlock),
    /// A table that has to fit its place.
    Table(Table),
    /// A picture.
    Image(Image),
    /// A QR code.
    Qr(Qr),
    /// A straight line.
    Line(Line),
    /// A rectangle of one line or more.
    Frame(Frame),
    /// A check box.
    Check(CheckMark),
    /// Lines and curves.
    Path(Curve),
    /// Where a seal goes.
    Seal(SealSlot),
}

/// Text in a box, or in the flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextBlock {
    /// Its name, in errors and for the caller who hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands; none in the flow.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// What it says; placeholders are filled in, a line feed begins a paragraph.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it says behind that, in pieces with styles of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// How it looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleOf>,
    /// The field that it shows. Without `text` and `runs` its value is the text; with them, all of it is tagged so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it can be filled in, where fields of a form are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// Room above, in the flow, in millimetres.
    #[serde(skip_serializing_if = "is_nought")]
    pub before: f64,
    /// Room below, in the flow, in millimetres.
    #[serde(skip_serializing_if = "is_nought")]
    pub after: f64,
    /// Whether it stays on one sheet with the beginning of what follows, in the flow.
    #[serde(skip_serializing_if = "is_false")]
    pub keep: bool,
}

/// A picture. One of `field` and `asset` says which.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Image {
    /// Its name, in errors and for the caller who hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// The field whose value it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The picture of [`Assets`](crate::compose::Assets) that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// What happens when its sides are of another ratio than the box.
    pub aspect: Aspect,
}

/// What happens when a picture's sides are of another ratio than its box.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// It is shown whole, in the middle, with room left at two sides.
    #[default]
    Contain,
    /// It is stretched.
    Stretch,
    /// It is an error when the ratios differ by more than two hundredths: photos of people.
    Error,
}

/// A QR code (GB/T 18284), black on white.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qr {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands, quiet zone included; of the longer side the middle is used.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// What it says; placeholders are filled in.
    pub text: String,
    /// How much of it may be damaged.
    #[serde(default)]
    pub level: CodeLevel,
    /// How many modules stay white around it; 4 by the standard.
    #[serde(default = "Qr::quiet")]
    pub quiet: u32,
    /// Its colour.
    #[serde(default)]
    pub colour: Colour,
}

impl Qr {
    const fn quiet() -> u32 {
        4
    }
}

/// How much of a code may be damaged: about 7, 15, 25 or 30 of a hundred.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub enum CodeLevel {
    /// 7 %.
    L,
    /// 15 %.
    #[default]
    M,
    /// 25 %.
    Q,
    /// 30 %.
    H,
}

/// A straight line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it begins, in millimetres to the right and downwards.
    pub from: [f64; 2],
    /// Where it ends.
    pub to: [f64; 2],
    /// How wide it is, in millimetres.
    #[serde(default = "thin")]
    pub width: f64,
    /// Its colour.
    #[serde(default)]
    pub colour: Colour,
    /// Lengths of dashes and gaps in turn, in millimetres; none for a solid line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dash: Vec<f64>,
}

/// A rectangle of one line or several, as licences have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its outer edge.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// Its lines, from the outside to the inside; one thin line by default.
    #[serde(default = "FrameLine::one")]
    pub lines: Vec<FrameLine>,
    /// The colour of its lines.
    #[serde(default)]
    pub colour: Colour,
    /// What it is filled with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Colour>,
}

/// A line of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameLine {
    /// How wide it is, in millimetres.
    pub width: f64,
    /// How far its outer edge is within that of the frame, in millimetres.
    #[serde(default)]
    pub inset: f64,
}

impl FrameLine {
    fn one() -> Vec<Self> {
        vec![FrameLine { width: thin(), inset: 0.0 }]
    }
}

/// A check box: a square, ticked when the field says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckMark {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands; a square in the middle of the box.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// The field that is looked at: a flag, a text, or choices.
    pub field: String,
    /// With a text or choices: the value for which it is ticked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// Its colour.
    #[serde(default)]
    pub colour: Colour,
}

/// Lines and curves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Steps in millimetres: `M x y`, `L x y`, `C x y x y x y` (cubic curve) and `Z`, all absolute.
    pub data: String,
    /// What it is filled with; crossings by the rule of winding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Colour>,
    /// The colour of the line along it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Colour>,
    /// How wide that is, in millimetres.
    #[serde(default = "thin")]
    pub width: f64,
}

/// Where a seal goes: an empty signature field in PDF, a named place in OFD. `Place::slot` with its name finds it in both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealSlot {
    /// Its name, which no other slot has: letters first, then letters, digits, `-` and `_`.
    pub name: String,
    /// Where it is.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
}

/// An area in the flow with elements at places of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canvas {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How high it is, in millimetres.
    pub height: f64,
    /// What stands on it, from its upper left corner.
    pub elements: Vec<Element>,
    /// Whether it stays on one sheet with the beginning of what follows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep: bool,
}

pub(super) const fn thin() -> f64 {
    0.25
}

pub(super) fn is_nought(value: &f64) -> bool {
    *value == 0.0
}

pub(super) fn is_false(value: &bool) -> bool {
    !value
}
