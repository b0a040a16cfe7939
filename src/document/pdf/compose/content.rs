//! What stands on a page: text, paths, pictures, and what is shown on many pages alike.

use crate::document::ofd::{Figure, Ink, Outline};
use crate::document::pdf::compose::{FontId, ImageId, TemplateId};
use crate::units::Mm;

/// What stands on a page or a template, from the bottom to the top.
///
/// Coordinates count from the upper left corner, y downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    pub(super) objects: Vec<Object>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Text(Text),
    Figure(Figure),
    Image { image: ImageId, area: [f64; 4] },
    Template { template: TemplateId, at: (f64, f64) },
    Clipped(Outline, Content),
}

impl Content {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Content::default()
    }

    /// Adds a line of text.
    pub fn text(&mut self, text: Text) -> &mut Self {
        self.add(Object::Text(text))
    }

    /// Adds a path.
    pub fn figure(&mut self, figure: Figure) -> &mut Self {
        self.add(Object::Figure(figure))
    }

    /// Adds a picture, stretched to its area.
    pub fn image(&mut self, image: ImageId, left: Mm, top: Mm, width: Mm, height: Mm) -> &mut Self {
        self.add(Object::Image { image, area: [left.0, top.0, width.0, height.0] })
    }

    /// Adds a template with its upper left corner at a place.
    pub fn template(&mut self, template: TemplateId, left: Mm, top: Mm) -> &mut Self {
        self.add(Object::Template { template, at: (left.0, top.0) })
    }

    /// Adds what of other content lies within an outline.
    pub fn clipped(&mut self, outline: Outline, content: Content) -> &mut Self {
        self.add(Object::Clipped(outline, content))
    }

    /// How many objects there are; clipped content counts as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    fn add(&mut self, object: Object) -> &mut Self {
        self.objects.push(object);
        self
    }
}

/// A line of text.
///
/// Without [`Text::advances`] the font says how far characters are from each other.
///
/// ```
/// # fn demo(content: &mut eseal::pdf::Content, font: eseal::pdf::FontId) {
/// use eseal::Mm;
/// use eseal::pdf::{Ink, Text};
///
/// content.text(Text::new("示例市人民政府", font, Mm(7.76)).at(Mm(50.0), Mm(60.0)).ink(Ink::rgb(255, 0, 0)));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a text is shown where it is given to"]
pub struct Text {
    pub(super) text: String,
    pub(super) font: FontId,
    pub(super) size: f64,
    pub(super) at: (f64, f64),
    pub(super) advances: Option<Vec<f64>>,
    pub(super) spacing: f64,
    pub(super) stretch: f64,
    pub(super) angle: f64,
    pub(super) is_vertical: bool,
    pub(super) is_bold: bool,
    pub(super) ink: Ink,
    pub(super) field: Option<String>,
}

impl Text {
    /// A line in a font; `size` is the side of the em square.
    pub fn new(text: impl Into<String>, font: FontId, size: Mm) -> Self {
        Text {
            text: text.into(),
            font,
            size: size.0,
            at: (0.0, 0.0),
            advances: None,
            spacing: 0.0,
            stretch: 1.0,
            angle: 0.0,
            is_vertical: false,
            is_bold: false,
            ink: Ink::BLACK,
            field: None,
        }
    }

    /// Where the first character begins on its base line.
    pub fn at(mut self, left: Mm, baseline: Mm) -> Self {
        self.at = (left.0, baseline.0);
        self
    }

    /// How far each character but the last is from the next, in millimetres: not for scripts whose letters join.
    pub fn advances(mut self, advances: impl IntoIterator<Item = f64>) -> Self {
        self.advances = Some(advances.into_iter().collect());
        self
    }

    /// More room behind each character than the font gives, or less.
    pub fn spacing(mut self, spacing: Mm) -> Self {
        self.spacing = spacing.0;
        self
    }

    /// How wide characters are shown, 1 being as the font has them. Advances and spacing are not stretched.
    pub fn stretch(mut self, ratio: f64) -> Self {
        self.stretch = ratio;
        self
    }

    /// Turned around its beginning, in degrees against the clock.
    pub fn turned(mut self, degrees: f64) -> Self {
        self.angle = degrees;
        self
    }

    /// From top to bottom, upright: the advances, or the size where there are none, then lead downwards.
    pub fn vertical(mut self) -> Self {
        self.is_vertical = true;
        self
    }

    /// In bold: outlined by a thirtieth of the size as well as filled, for fonts that have no bold of their own.
    pub fn bold(mut self) -> Self {
        self.is_bold = true;
        self
    }

    /// Which field of the data it shows, for those who read it back: marked content (ISO 32000-2, 14.6).
    pub fn shows(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// In a colour other than black.
    pub fn ink(mut self, ink: Ink) -> Self {
        self.ink = ink;
        self
    }
}
