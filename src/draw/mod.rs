//! Seal pictures that people recognise, drawn to the tenth of a millimetre, and a look at pictures
//! that come from elsewhere.
//!
//! [`Round`], [`Oval`] and [`Square`] describe a seal; [`Owner`] knows the sizes, edges and emblems
//! that rules prescribe. Drawing gives a [`Drawing`]: outlines that four writers show alike, as SVG,
//! PNG, PDF and OFD, and [`Drawing::findings`], which say what rule is kept or broken. Seals are drawn
//! crisp: no wear, no ink stains.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use eseal::PictureFormat;
//! use eseal::draw::{Font, Owner, Round};
//!
//! let song = Font::read(include_bytes!("../../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf"), 0)?;
//! let drawing = Round::of(Owner::LimitedCompany, "示例贸易有限责任公司").code("1101010000015").draw(&song)?;
//! assert_eq!(drawing.width(), eseal::Mm(40.0));
//!
//! let picture = drawing.to_picture(PictureFormat::Png, 600)?; // for `SealContent::picture`
//! assert_eq!(picture.width(), drawing.width());
//! # Ok(())
//! # }
//! ```
//!
//! All lengths are millimetres; drawings are measured from their upper left corner.

mod drawing;
#[cfg(feature = "svg")]
mod emblem;
mod inspect;
mod lint;
mod output;
mod oval;
mod round;
mod rules;
mod shapes;
mod sheet;
mod square;
mod text;
mod writing;

pub use crate::draw::drawing::{Colour, Drawing};
#[cfg(feature = "svg")]
pub use crate::draw::emblem::Emblem;
pub use crate::draw::inspect::{PictureReport, crop_to_ink, inspect, white_to_transparent};
pub use crate::draw::oval::Oval;
pub use crate::draw::round::Round;
pub use crate::draw::rules::{Form, Middle, Owner, Rule, Sizes};
pub use crate::draw::sheet::{Sheet, line_of_text};
pub use crate::draw::square::{Ending, Relief, Square};
pub use crate::font::Font;

/// The fonts of a seal: one for text, one for figures.
///
/// Seals of state organs have Song (宋体); the figures of invoice seals have Arial. A [`Font`] alone
/// serves for both.
///
/// ```
/// # fn example(song: eseal::draw::Font, arial: eseal::draw::Font) {
/// use eseal::draw::Fonts;
///
/// let fonts = Fonts::new(&song).figures(&arial);
/// # let _ = fonts;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Fonts {
    text: Font,
    figures: Font,
}

impl Fonts {
    /// One font for everything.
    #[must_use]
    pub fn new(text: &Font) -> Self {
        Fonts { text: text.clone(), figures: text.clone() }
    }

    /// Another font for numbers: the code at the lower rim, the taxpayer's identifier.
    #[must_use]
    pub fn figures(mut self, figures: &Font) -> Self {
        self.figures = figures.clone();
        self
    }

    /// The font of text.
    #[must_use]
    pub fn text(&self) -> &Font {
        &self.text
    }
}

impl From<&Font> for Fonts {
    fn from(font: &Font) -> Self {
        Fonts::new(font)
    }
}

impl From<&Fonts> for Fonts {
    fn from(fonts: &Fonts) -> Self {
        fonts.clone()
    }
}
