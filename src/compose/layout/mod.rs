//! The layout language: what stands where on which page, as JSON.
//!
//! ```json
//! {
//!     "page": {"paper": "A4", "margins": {"top": 37, "right": 26, "bottom": 35, "left": 28}},
//!     "style": {"font": "fangsong", "size": "三号", "pitch": 10.2},
//!     "styles": {"title": {"font": "hei", "size": "小二", "align": "centre"}},
//!     "pages": [{
//!         "fixed": [{"kind": "text", "box": [28, 20, 156, 12], "text": "证明", "style": "title"}],
//!         "flow": [{"kind": "text", "text": "{holder}（{code}）系我单位职工。", "style": {"indent": 2}}]
//!     }],
//!     "every": [{"elements": [
//!         {"kind": "text", "box": [28, 270, 156, 6], "text": "第 {@page} 页 共 {@pages} 页", "style": {"align": "centre"}}
//!     ]}]
//! }
//! ```
//!
//! In texts `{name}` stands for a value, `{@page}` and `{@pages}` for the number of the page and of all pages, `{@row}`
//! for the number of the row in a group that repeats, `{?agree}` and `{?sex=女}` for a check box that is ticked when
//! the flag is set or the value is that, and `{{` for a brace. In a group that repeats, the row's own values come
//! first.

mod check;
mod element;
mod style;
mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::compose::layout::check::Fault;
pub use crate::compose::layout::element::{
    Aspect, Canvas, CheckMark, CodeLevel, Curve, Element, Frame, FrameLine, Image, Line, Qr, SealSlot, TextBlock,
};
pub use crate::compose::layout::style::{Align, Fit, Run, Style, StyleOf, Valign};
pub use crate::compose::layout::table::{Borders, Cell, Row, Table};

use crate::compose::colour::Colour;
use crate::compose::size::Size;
use crate::error::Error;

/// The JSON schema of the layout language (2020-12).
pub const SCHEMA: &str = include_str!("schema.json");

/// A description of pages. It is data: read it from JSON ([`Layout::from_json`]) or build it in code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// Paper and margins of all pages that do not say otherwise.
    pub page: PageSetup,
    /// The style that all others build on.
    pub style: Style,
    /// Styles by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub styles: BTreeMap<String, Style>,
    /// The pages, in their order; each goes on over as many sheets as its flow needs.
    pub pages: Vec<PageMaster>,
    /// What every page shows, or every but the first: headers, footers, borders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub every: Vec<Running>,
    /// A word over every page, below its content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Watermark>,
}

/// A page of the description.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageMaster {
    /// Its name, in errors and for the caller who hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Paper and margins, where they differ from the layout's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageSetup>,
    /// What stands at a place on the first sheet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<Element>,
    /// What follows one after the other between the margins, and continues on further sheets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<Block>,
    /// Where the flow begins on the first sheet, in millimetres from its upper edge; the upper margin by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_from: Option<f64>,
}

/// Paper and margins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageSetup {
    /// The paper.
    pub paper: Paper,
    /// Which way it lies.
    pub orientation: Orientation,
    /// What stays free around the flow.
    pub margins: Margins,
}

/// A4 upright with the margins of official documents (GB/T 9704-2012, 5.2.1).
impl Default for PageSetup {
    fn default() -> Self {
        PageSetup { paper: Paper::A4, orientation: Orientation::Portrait, margins: Margins::default() }
    }
}

/// A size of paper: `"A3"`, `"A4"`, `"A5"`, `"B5"` (ISO 216), or `{"width": 210, "height": 297}` in millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Paper {
    /// 297 mm × 420 mm.
    A3,
    /// 210 mm × 297 mm.
    #[default]
    A4,
    /// 148 mm × 210 mm.
    A5,
    /// 176 mm × 250 mm.
    B5,
    /// Another size, in millimetres.
    #[serde(untagged)]
    Own {
        /// The width when upright.
        width: f64,
        /// The height when upright.
        height: f64,
    },
}

/// Which way the paper lies.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// As the paper's size says.
    #[default]
    Portrait,
    /// Turned: width and height change places.
    Landscape,
}

/// Margins in millimetres. By default those of official documents: 37 above, 28 at the left, a type area of
/// 156 mm × 225 mm on A4 (GB/T 9704-2012, 5.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Margins {
    /// Above.
    pub top: f64,
    /// At the right.
    pub right: f64,
    /// Below.
    pub bottom: f64,
    /// At the left.
    pub left: f64,
}

impl Default for Margins {
    fn default() -> Self {
        Margins { top: 37.0, right: 26.0, bottom: 35.0, left: 28.0 }
    }
}

/// Elements that come again on many pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Running {
    /// On which pages.
    pub on: On,
    /// What they show.
    pub elements: Vec<Element>,
}

/// Pages by their place in the document.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// Every page.
    #[default]
    All,
    /// The first.
    First,
    /// Every page but the first.
    Rest,
    /// The last.
    Last,
    /// The first, third, fifth…
    Odd,
    /// The second, fourth, sixth…
    Even,
}

/// What can stand in the flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Block {
    /// A paragraph, or several.
    Text(TextBlock),
    /// A table; it breaks between rows.
    Table(Table),
    /// An area of a fixed height with elements at places of their own; it does not break.
    Canvas(Canvas),
    /// Blocks for each row of a list.
    Repeat(Repeat),
    /// Room.
    Space(Space),
    /// The next sheet begins here.
    Break,
}

/// Blocks that come once for each row of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// Its name, in errors and for the caller who hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field that holds the list.
    pub list: String,
    /// What each row shows.
    pub blocks: Vec<Block>,
}

/// Room in the flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// In millimetres.
    pub height: f64,
}

/// A word across every page, below its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watermark {
    /// What it says; placeholders are filled in.
    pub text: String,
    /// The name of its font; that of the layout's style by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// How large.
    #[serde(default = "Watermark::size")]
    pub size: Size,
    /// Its colour; grey by default.
    #[serde(default = "Watermark::colour")]
    pub colour: Colour,
    /// How much it hides, 0 to 1.
    #[serde(default = "Watermark::opacity")]
    pub opacity: f64,
    /// How far it is turned against the clock, in degrees.
    #[serde(default = "Watermark::angle")]
    pub angle: f64,
    /// How far it is from one to the next, to the right and downwards, in millimetres; once in the middle by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<[f64; 2]>,
}

impl Watermark {
    /// A word in grey, turned by 45°, once in the middle of each page.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Watermark {
            text: text.into(),
            font: None,
            size: Self::size(),
            colour: Self::colour(),
            opacity: Self::opacity(),
            angle: Self::angle(),
            repeat: None,
        }
    }

    const fn size() -> Size {
        Size(42.0)
    }

    const fn colour() -> Colour {
        Colour(128, 128, 128)
    }

    const fn opacity() -> f64 {
        0.25
    }

    const fn angle() -> f64 {
        45.0
    }
}

impl PageSetup {
    /// Width and height in millimetres, as the paper lies.
    pub(super) fn size(&self) -> Result<(f64, f64), Error> {
        let (width, height) = match self.paper {
            Paper::A3 => (297.0, 420.0),
            Paper::A4 => (210.0, 297.0),
            Paper::A5 => (148.0, 210.0),
            Paper::B5 => (176.0, 250.0),
            Paper::Own { width, height } => (width, height),
        };
        // PDF readers show nothing beyond 14 400 points (ISO 32000-1, annex C).
        if ![width, height].iter().all(|side| (1.0..=5000.0).contains(side)) {
            return Err(Error::malformed(format!("paper of {width} mm × {height} mm is none: give 1 to 5000")));
        }
        Ok(match self.orientation {
            Orientation::Portrait => (width, height),
            Orientation::Landscape => (height, width),
        })
    }
}

impl Layout {
    /// Reads a layout from JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with line and column where it is not of [`SCHEMA`];
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) above 16 MiB.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let json = json.as_ref();
        if json.len() > MOST_BYTES {
            return Err(Error::too_large(format!(
                "the layout has {} bytes; {MOST_BYTES} are read at most",
                json.len()
            )));
        }
        // Lists would be taken for objects whose entries come in their order.
        if !json.trim_ascii_start().starts_with(b"{") {
            return Err(Error::malformed("the layout is no JSON object: it begins with {"));
        }
        serde_json::from_slice(json)
            .map_err(|source| Error::malformed(format!("the layout cannot be read: {source}")).caused_by(source))
    }
}

/// The largest layout, a volume of two hundred forms, has some hundred kilobytes.
const MOST_BYTES: usize = 16 << 20;
