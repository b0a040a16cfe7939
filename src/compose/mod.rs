//! Pages described once and painted twice: as PDF and as OFD, in the same places to a tenth of a millimetre.
//!
//! # How to use it
//!
//! 1. Give the fonts and the fixed pictures their names: [`Assets`].
//! 2. Read a page description: [`Layout::from_json`]. Its language is published as [`SCHEMA`]. Ask
//!    [`Layout::check`] whether it and the data fit each other.
//! 3. Put the data into [`Values`]: text, flags, choices, pictures, lists of further values. What is not to be seen
//!    this time is hidden there, by its `id` ([`Values::hide`]).
//! 4. For one document call [`Layout::draft`]; for many make a [`Prepared`] once, and call [`Prepared::draft`] for
//!    each record. Either gives a [`Draft`].
//! 5. Give the draft what no page shows: [`Draft::data`], [`Draft::attach`], [`Draft::title`] and so on.
//! 6. Paint it: [`Draft::to_pdf`], [`Draft::to_ofd`]. What comes out is read as every other document, and can be
//!    stamped: each seal element is a place for [`Place::slot`](crate::Place::slot), by its name, in both formats.
//!
//! 7. For annotated copies (加注件): [`Overlay`], laid over a draft ([`Draft::lay_over`]), or over a sealed PDF that kept
//!    room for it ([`Draft::keep_room`], [`Overlay::on_pdf`]).
//!
//! More is told in the manual, [`composing`](crate::manual::composing).
//!
//! A draft can also be made by hand, without a layout: [`Draft::new`], [`Draft::page`], and then words, lines,
//! frames, pictures, fields and seal slots with [`Sheet`].
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(all(feature = "pdf", feature = "ofd"))] {
//! use eseal::compose::{Assets, Layout, PdfOptions, Values};
//! use eseal::draw::Font;
//!
//! let song = Font::read(include_bytes!("../../testdata/fonts/FormSong.otf"), 0)?;
//! let assets = Assets::new().font("song", song);
//! let layout = Layout::from_json(
//!     r#"{
//!         "style": {"font": "song", "size": "三号"},
//!         "pages": [{"fixed": [
//!             {"kind": "text", "id": "name", "box": [30, 40, 150, 10], "text": "姓名：{name}"},
//!             {"kind": "seal", "name": "issuer", "box": [140, 220, 42, 42]}
//!         ]}]
//!     }"#,
//! )?;
//! assert!(layout.check(&["name"]).is_empty());
//! let mut draft = layout.draft(&assets, &Values::new().text("name", "示例"))?;
//! draft.id("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081").title("示例");
//! let (pdf, ofd) = (draft.to_pdf(&PdfOptions::default())?, draft.to_ofd()?);
//! assert_eq!((pdf.page_count()?, ofd.page_count()), (1, 1));
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! All lengths are millimetres from the upper left corner of the page, y downwards; sizes of type are points or the
//! names of the trade (三号). Text that does not fit is an error that names the element, the field and the text;
//! nothing is ever cut off.

mod assets;
mod colour;
#[cfg(feature = "licence")]
mod contents;
mod draft;
mod field;
mod layout;
mod ofd;
mod overlay;
mod pdf;
mod plan;
mod prepared;
mod shapes;
mod size;
mod stock;
mod tags;
mod text;
mod values;
mod watermark;
mod words;

#[cfg(test)]
mod tests;

pub use crate::compose::assets::Assets;
pub use crate::compose::colour::Colour;
pub use crate::compose::draft::{Attachment, Draft, Mark, PdfFields, PdfOptions, Photo, Sheet};
pub use crate::compose::field::{Entry, EntryKind, Field, FieldKind};
pub use crate::compose::layout::{
    Align, Aspect, Block, Borders, Canvas, Cell, CheckMark, CodeLevel, Curve, Element, Fault, Fit, Frame, FrameLine,
    Image, Layout, Line, Margins, On, Orientation, PageMaster, PageSetup, Paper, Qr, Repeat, Row, Run, Running, SCHEMA,
    SealSlot, Space, Style, StyleOf, Table, TextBlock, Valign, Watermark,
};
pub use crate::compose::overlay::Overlay;
#[cfg(feature = "licence")]
pub(crate) use crate::compose::overlay::ROOM;
pub use crate::compose::prepared::Prepared;
pub use crate::compose::size::Size;
pub use crate::compose::values::{Value, Values};
pub use crate::compose::words::Words;
pub use crate::font::Font;
