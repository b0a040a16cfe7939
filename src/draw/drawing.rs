//! A finished drawing: filled paths in one colour, in millimetres.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::finding::Finding;
use crate::font::Path;
use crate::font::Point;
use crate::units::Mm;

/// A seal, drawn: outlines only, exact to a ten-thousandth of a millimetre.
///
/// Each writer shows the very same outlines, so SVG, PNG, PDF and OFD lie on one another. The same
/// drawing gives the same bytes each time.
#[derive(Clone)]
pub struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) colour: Colour,
    pub(super) shapes: Vec<Shape>,
    pub(super) findings: Vec<Finding>,
}

/// One filled path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) path: Path,
    pub(super) rule: FillRule,
}

/// Which points lie inside a path that crosses itself or has holes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FillRule {
    NonZero,
    #[cfg_attr(not(feature = "svg"), allow(dead_code, reason = "emblems alone have it"))]
    EvenOdd,
}

/// A colour of 8 bits each of red, green and blue (sRGB).
///
/// ```
/// use eseal::draw::Colour;
///
/// assert_eq!("#FF0000".parse::<Colour>()?, Colour::RED);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// The red of seals. The rules say "red" without a number (GB/T 9704-2012, 7.3.5); programs that
    /// make seals write this one.
    pub const RED: Colour = Colour { red: 255, green: 0, blue: 0 };

    /// Black, for captions.
    pub const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }
}

impl FromStr for Colour {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| {
            Error::malformed(format!("\"{}\" is no colour: write it like #FF0000", text.escape_debug()))
        })?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Colour { red, green, blue })
    }
}

impl Drawing {
    pub(super) fn new(width: f64, height: f64, colour: Colour) -> Self {
        Drawing { width, height, colour, shapes: Vec::new(), findings: Vec::new() }
    }

    /// Adds a path. Its points are rounded here, once for all writers.
    pub(super) fn add(&mut self, path: &Path) {
        self.add_shape(&Shape { path: path.clone(), rule: FillRule::NonZero });
    }

    pub(super) fn add_shape(&mut self, shape: &Shape) {
        if shape.path.is_empty() {
            return;
        }
        let path = shape.path.map(|point| Point::new(rounded(point.x), rounded(point.y)));
        self.shapes.push(Shape { path, rule: shape.rule });
    }

    /// How wide it is.
    #[must_use]
    pub fn width(&self) -> Mm {
        Mm(self.width)
    }

    /// How high it is.
    #[must_use]
    pub fn height(&self) -> Mm {
        Mm(self.height)
    }

    /// Its one colour.
    #[must_use]
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// What there is to say about it: each rule that was looked at, whether it is kept and where it
    /// is written; and whether the characters are large enough to be read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Drawing { width, height, colour, shapes, .. } = self;
        write!(f, "Drawing({width} mm × {height} mm, {colour}, {} paths)", shapes.len())
    }
}

/// To a ten-thousandth of a millimetre: a hundredth of a dot at 2540 dpi. A negative nought becomes
/// a plain one, which no writer has to think of then.
fn rounded(length: f64) -> f64 {
    (length * 1e4).round() / 1e4 + 0.0
}

#[cfg(test)]
mod tests {
    use super::{Colour, rounded};

    #[test]
    fn colours_are_six_digits() {
        assert_eq!("#0a0B0c".parse::<Colour>().unwrap().to_string(), "#0A0B0C");
        for bad in ["FF0000", "#FF000", "#FF00000", "#GG0000", "#+F0000", "", "#红色"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
    }

    #[test]
    fn lengths_are_rounded_without_negative_nought() {
        assert_eq!(rounded(1.000_04), 1.0);
        assert!(rounded(-0.000_01).is_sign_positive());
    }
}
