//! Words on one line.

use std::sync::Arc;

use crate::compose::colour::Colour;
use crate::units::Mm;

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "words are shown where they are given to"]
pub struct Words {
    pub(super) text: String,
    pub(super) font: Arc<str>,
    pub(super) size: Mm,
    pub(super) at: (Mm, Mm),
    pub(super) colour: Colour,
    pub(super) opacity: f64,
    pub(super) stretch: f64,
    pub(super) spacing: Mm,
    pub(super) rotation: f64,
    pub(super) advances: Option<Vec<f64>>,
    pub(super) field: Option<Arc<str>>,
}

impl Words {
    /// Words in a font of the assets; `size` is the side of the em square.
    pub fn new(text: impl Into<String>, font: impl Into<Arc<str>>, size: Mm) -> Self {
        Words {
            text: text.into(),
            font: font.into(),
            size,
            at: (Mm(0.0), Mm(0.0)),
            colour: Colour::BLACK,
            opacity: 1.0,
            stretch: 1.0,
            spacing: Mm(0.0),
            rotation: 0.0,
            advances: None,
            field: None,
        }
    }

    /// Where the first character begins on its base line.
    pub fn at(mut self, left: Mm, baseline: Mm) -> Self {
        self.at = (left, baseline);
        self
    }

    /// In a colour other than black.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// How much it hides what is below, 0 to 1.
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity;
        self
    }

    /// How wide characters are, 1 as the font has them. What [`Words::advances`] says is not stretched.
    pub fn stretch(mut self, stretch: f64) -> Self {
        self.stretch = stretch;
        self
    }

    /// What is added behind each character.
    pub fn spacing(mut self, spacing: Mm) -> Self {
        self.spacing = spacing;
        self
    }

    /// How far it is turned around where it begins, against the clock, in degrees.
    pub fn rotation(mut self, degrees: f64) -> Self {
        self.rotation = degrees;
        self
    }

    /// How far each character but the last is from the next, in millimetres; by the font otherwise.
    pub fn advances(mut self, advances: impl IntoIterator<Item = f64>) -> Self {
        self.advances = Some(advances.into_iter().collect());
        self
    }

    /// The field that these words show, with rows of lists by their number: `name`, `members.0.name`.
    pub fn field(mut self, path: impl Into<Arc<str>>) -> Self {
        self.field = Some(path.into());
        self
    }

    /// How long the line is up to the beginning of its last character, and an em beyond.
    pub(super) fn length(&self) -> f64 {
        self.advances.as_ref().map_or(0.0, |advances| advances.iter().sum()) + self.size.0 * self.stretch
    }

    /// What they say.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the first character begins on its base line: from the left and the upper edge of the page.
    #[must_use]
    pub fn origin(&self) -> (Mm, Mm) {
        self.at
    }

    /// Where the last character begins, were the line not turned: from the page's left edge. Without advances of their
    /// own, where the first does.
    #[must_use]
    pub fn last_origin(&self) -> Mm {
        self.at.0 + Mm(self.advances.as_ref().map_or(0.0, |advances| advances.iter().sum()))
    }

    /// The side of the em square.
    #[must_use]
    pub fn em(&self) -> Mm {
        self.size
    }

    /// The name of the font.
    #[must_use]
    pub fn font_name(&self) -> &str {
        &self.font
    }

    /// The field that they show.
    #[must_use]
    pub fn shows(&self) -> Option<&str> {
        self.field.as_deref()
    }
}
