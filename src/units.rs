//! Lengths and page numbers.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A length in millimetres.
///
/// Positions on a page are measured from the page's upper left corner as it is displayed (after the
/// page's own rotation), to the right and downwards.
///
/// ```
/// use eseal::Mm;
///
/// assert_eq!(Mm(42.0) + Mm(0.5), Mm(42.5));
/// assert_eq!(Mm(25.4).to_points(), 72.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mm(pub f64);

impl Mm {
    /// The length in PDF points: 72 to the inch of 25.4 mm (ISO 32000-2, 8.3.2.3).
    #[must_use]
    pub fn to_points(self) -> f64 {
        self.0 * 72.0 / 25.4
    }

    /// A length given in PDF points.
    #[must_use]
    pub fn from_points(points: f64) -> Self {
        Mm(points * 25.4 / 72.0)
    }

    /// Whether the number is finite and above zero, as the side of a picture has to be.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0.is_finite() && self.0 > 0.0
    }
}

impl Add for Mm {
    type Output = Mm;
    fn add(self, other: Mm) -> Mm {
        Mm(self.0 + other.0)
    }
}

impl Sub for Mm {
    type Output = Mm;
    fn sub(self, other: Mm) -> Mm {
        Mm(self.0 - other.0)
    }
}

impl fmt::Display for Mm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mm", self.0)
    }
}

/// A page's place in its document; the first page is `Page(1)`.
///
/// `Page(0)` names no page: whatever takes a page refuses it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Page(pub u32);

impl Page {
    /// The index counted from zero, or `None` for `Page(0)`.
    #[must_use]
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(1)?).ok()
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {}", self.0)
    }
}

/// A rectangle on a page: the distances of its upper left corner from the page's upper left corner
/// as displayed, and its sides, all in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The page.
    pub page: Page,
    /// From the page's left edge to the area's left edge.
    pub left: Mm,
    /// From the page's upper edge to the area's upper edge.
    pub top: Mm,
    /// The area's width.
    pub width: Mm,
    /// The area's height.
    pub height: Mm,
}

impl Area {
    /// The area's right side, from the page's left edge.
    #[must_use]
    pub fn right(&self) -> Mm {
        self.left + self.width
    }

    /// The area's lower side, from the page's upper edge.
    #[must_use]
    pub fn bottom(&self) -> Mm {
        self.top + self.height
    }

    /// The area's middle, from the page's left and upper edge.
    #[must_use]
    pub fn centre(&self) -> (Mm, Mm) {
        (Mm(self.left.0 + self.width.0 / 2.0), Mm(self.top.0 + self.height.0 / 2.0))
    }

    /// Whether the other area lies wholly within this one, on the same page.
    #[must_use]
    pub fn contains(&self, other: &Area) -> bool {
        self.page == other.page
            && self.left.0 <= other.left.0
            && self.top.0 <= other.top.0
            && self.right().0 >= other.right().0
            && self.bottom().0 >= other.bottom().0
    }

    /// Whether two areas of one page have more in common than a line.
    ///
    /// ```
    /// use eseal::{Area, Mm, Page};
    ///
    /// let seal = Area { page: Page(1), left: Mm(10.0), top: Mm(10.0), width: Mm(42.0), height: Mm(42.0) };
    /// assert!(seal.overlaps(&Area { left: Mm(40.0), ..seal }));
    /// assert!(!seal.overlaps(&Area { left: Mm(52.0), ..seal }), "side by side");
    /// ```
    #[must_use]
    pub fn overlaps(&self, other: &Area) -> bool {
        // A hundredth of a millimetre is rounding.
        const LEAST: f64 = 0.01;
        let wide = self.right().0.min(other.right().0) - self.left.0.max(other.left.0);
        let high = self.bottom().0.min(other.bottom().0) - self.top.0.max(other.top.0);
        self.page == other.page && wide > LEAST && high > LEAST
    }

    /// The smallest area that holds both; the page is this one's.
    pub(crate) fn union(&self, other: &Area) -> Area {
        let (left, top) = (self.left.0.min(other.left.0), self.top.0.min(other.top.0));
        let (right, bottom) = (self.right().0.max(other.right().0), self.bottom().0.max(other.bottom().0));
        Area { page: self.page, left: Mm(left), top: Mm(top), width: Mm(right - left), height: Mm(bottom - top) }
    }

    /// What both have in common.
    pub(crate) fn intersection(&self, other: &Area) -> Option<Area> {
        let (left, top) = (self.left.0.max(other.left.0), self.top.0.max(other.top.0));
        let (right, bottom) = (self.right().0.min(other.right().0), self.bottom().0.min(other.bottom().0));
        let both =
            Area { page: self.page, left: Mm(left), top: Mm(top), width: Mm(right - left), height: Mm(bottom - top) };
        (right >= left && bottom >= top).then_some(both)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Area { page, left, top, width, height } = self;
        write!(f, "{page}, {:.2} mm × {:.2} mm at {:.2} mm, {:.2} mm", width.0, height.0, left.0, top.0)
    }
}
