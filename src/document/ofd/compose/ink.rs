//! Colours, and how lines are drawn (GB/T 33190-2016, 8.2 and 8.3).

use crate::document::ofd::compose::ColourSpaceId;
use crate::document::ofd::compose::xml::{Part, number, numbers};
use crate::error::{Error, ErrorKind};

/// A colour: its components in a colour space, and how opaque it is.
///
/// ```
/// use eseal::ofd::Ink;
///
/// let seal_red = Ink::rgb(255, 0, 0);
/// let shade = Ink::rgb(128, 128, 128).alpha(96);
/// # let _ = (seal_red, shade);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Ink {
    values: Vec<u8>,
    space: Option<ColourSpaceId>,
    alpha: u8,
}

impl Ink {
    /// Black.
    pub const BLACK: Ink = Ink { values: Vec::new(), space: None, alpha: 255 };

    /// Red, green and blue, 0 to 255 (sRGB).
    #[must_use]
    pub fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Ink { values: vec![red, green, blue], space: None, alpha: 255 }
    }

    /// Components in a colour space of the document, 0 to 255 each.
    #[must_use]
    pub fn within(space: ColourSpaceId, values: &[u8]) -> Self {
        Ink { values: values.to_vec(), space: Some(space), alpha: 255 }
    }

    /// How opaque it is: 0 cannot be seen, 255 hides what is below.
    #[must_use]
    pub fn alpha(mut self, alpha: u8) -> Self {
        self.alpha = alpha;
        self
    }

    /// Red, green, blue and how opaque it is; nothing for components in a colour space of an OFD document.
    #[cfg(feature = "compose")]
    pub(in crate::document) fn as_rgb(&self) -> Option<([u8; 3], u8)> {
        match (self.space, self.values.as_slice()) {
            (None, []) => Some(([0; 3], self.alpha)),
            (None, [red, green, blue]) => Some(([*red, *green, *blue], self.alpha)),
            _ => None,
        }
    }

    /// `spaces` are the document's colour spaces: identifiers and how many components each has.
    pub(super) fn write(&self, part: &mut Part, name: &'static str, spaces: &[(u32, usize)]) -> Result<(), Error> {
        let misuse = |detail: String| Err(Error::new(ErrorKind::Misuse, detail));
        let space = match self.space {
            None => None,
            Some(id) => match spaces.get(id.0) {
                Some((_, count)) if *count != self.values.len() => {
                    return misuse(format!("a colour has {} components, its space {count}", self.values.len()));
                }
                Some((number, _)) => Some(number.to_string()),
                None => return misuse("a colour is in a space of another document".to_owned()),
            },
        };
        let values = match self.values.as_slice() {
            [] => "0 0 0".to_owned(),
            values => values.iter().map(u8::to_string).collect::<Vec<_>>().join(" "),
        };
        let alpha = self.alpha.to_string();
        let mut attributes = vec![("Value", values.as_str())];
        attributes.extend(space.as_deref().map(|space| ("ColorSpace", space)));
        if self.alpha != 255 {
            attributes.push(("Alpha", &alpha));
        }
        part.empty(name, &attributes);
        Ok(())
    }
}

/// How lines end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Cap {
    /// At the end point.
    #[default]
    Butt,
    /// In a half circle around it.
    Round,
    /// Half the line's width behind it.
    Square,
}

/// How lines meet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Join {
    /// In a point.
    #[default]
    Miter,
    /// In an arc.
    Round,
    /// In a cut corner.
    Bevel,
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width in millimetres, above zero.
    pub width: f64,
    /// How it ends.
    pub cap: Cap,
    /// How it meets the next.
    pub join: Join,
    /// Lengths of dashes and gaps in turn, in millimetres; none for a solid line.
    pub dashes: Vec<f64>,
}

impl Stroke {
    /// A solid line.
    #[must_use]
    pub fn new(ink: Ink, width: f64) -> Self {
        Stroke { ink, width, cap: Cap::Butt, join: Join::Miter, dashes: Vec::new() }
    }

    /// The attributes of the graphic unit.
    pub(super) fn attributes(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let is_length = |value: &f64| value.is_finite() && *value >= 0.0;
        let is_drawn = is_length(&self.width) && self.width > 0.0 && self.dashes.iter().all(is_length);
        if !is_drawn {
            let detail =
                format!("a line of the width {} with the dashes {:?} cannot be drawn", self.width, self.dashes);
            return Err(Error::new(ErrorKind::Misuse, detail));
        }
        let mut attributes = vec![("LineWidth", number(self.width))];
        match self.cap {
            Cap::Butt => {}
            Cap::Round => attributes.push(("Cap", "Round".to_owned())),
            Cap::Square => attributes.push(("Cap", "Square".to_owned())),
        }
        match self.join {
            Join::Miter => {}
            Join::Round => attributes.push(("Join", "Round".to_owned())),
            Join::Bevel => attributes.push(("Join", "Bevel".to_owned())),
        }
        if !self.dashes.is_empty() {
            attributes.push(("DashPattern", numbers(&self.dashes)));
        }
        Ok(attributes)
    }
}
