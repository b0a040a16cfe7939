//! Tables.

use serde::{Deserialize, Serialize};

use crate::compose::colour::Colour;
use crate::compose::field::Entry;
use crate::compose::layout::element::{Element, is_false, is_nought, thin};
use crate::compose::layout::style::{Run, StyleOf};

/// A table.
///
/// Cells fill a row from left to right; places that a cell of an earlier row reaches into are passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// At a place: left, top, width and height. The width has to be that of the columns, and the rows have to fit
    /// the height. None in the flow.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// How wide the columns are, in millimetres.
    pub columns: Vec<f64>,
    /// The rows.
    pub rows: Vec<Row>,
    /// How many rows from the first on are shown again on every further sheet.
    #[serde(default)]
    pub header: usize,
    /// Its lines.
    #[serde(default)]
    pub borders: Borders,
    /// What stays free in each cell: at left and right, above and below, in millimetres.
    #[serde(default = "Table::padding")]
    pub padding: [f64; 2],
    /// How its texts look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleOf>,
    /// Room above, in the flow, in millimetres.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub before: f64,
    /// Room below, in the flow, in millimetres.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub after: f64,
    /// Whether its end stays on one sheet with the beginning of what follows, in the flow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep: bool,
}

impl Table {
    const fn padding() -> [f64; 2] {
        [1.0, 0.8]
    }
}

/// The lines of a table, by their widths in millimetres; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Borders {
    /// Around it.
    pub outer: f64,
    /// Between cells.
    pub inner: f64,
    /// Their colour.
    pub colour: Colour,
}

impl Default for Borders {
    fn default() -> Self {
        Borders { outer: 0.5, inner: thin(), colour: Colour::BLACK }
    }
}

/// A row of a table, or one for each row of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    /// Its name, in errors and for the caller who hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How high it is at least, in millimetres.
    pub height: f64,
    /// Whether it is never higher than that.
    #[serde(skip_serializing_if = "is_false")]
    pub fixed: bool,
    /// The field that holds a list: the row then comes once for each of its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<String>,
    /// Up to how many rows are filled with blank ones, when it repeats.
    #[serde(skip_serializing_if = "is_none")]
    pub least: usize,
    /// Its cells, from left to right.
    pub cells: Vec<Cell>,
    /// How its texts look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleOf>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cell {
    /// Its name, in errors and for the caller who hides what it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How many columns it takes.
    #[serde(skip_serializing_if = "is_one")]
    pub columns: usize,
    /// How many rows it takes.
    #[serde(skip_serializing_if = "is_one")]
    pub rows: usize,
    /// What it says; placeholders are filled in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it says behind that, in pieces with styles of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// How it looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleOf>,
    /// The field that it shows, as with [`TextBlock::field`](crate::compose::TextBlock::field).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it can be filled in, where fields of a form are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// What else stands in it, from its upper left corner: pictures, codes, check boxes, seals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Element>,
    /// What it is filled with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<Colour>,
    /// The widths of its lines above, at the right, below and at the left, where they differ from the table's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub borders: Option<[f64; 4]>,
}

impl Default for Cell {
    fn default() -> Self {
        Cell {
            id: None,
            columns: 1,
            rows: 1,
            text: String::new(),
            runs: Vec::new(),
            style: None,
            field: None,
            entry: None,
            elements: Vec::new(),
            fill: None,
            borders: None,
        }
    }
}

fn is_one(count: &usize) -> bool {
    *count == 1
}
