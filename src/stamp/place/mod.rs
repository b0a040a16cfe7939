//! Where a stamp shows: by millimetres, by a word of the text, by a field of the form, by the rules for official
//! letters, across the edges of pages, where there is room.

mod check;
mod free;
mod keyword;
mod letter;
mod straddle;

use crate::document::{Document, Shown, Sight};
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::units::{Area, Mm, Page};

pub use crate::stamp::place::free::Free;
pub use crate::stamp::place::keyword::{Anchor, Keyword};
pub use crate::stamp::place::letter::{Letter, measures};
pub use crate::stamp::place::straddle::{Edge, Straddle};

pub(super) use crate::stamp::place::check::{refuse_broken, survey};

/// A place for a stamp; the document that is stamped says where that is.
///
/// All lengths are millimetres of the page as it is displayed. The picture has the size that the seal gives it.
///
/// ```
/// use eseal::place::{Corner, Edge, Keyword, Letter, Pages, Place, Straddle};
/// use eseal::{Mm, Page};
///
/// let exact = Place::at(Page(1), Mm(140.0), Mm(200.0));
/// let corner = Place::from_corner(Page(1), Corner::BottomRight, Mm(26.0), Mm(35.0));
/// let on_a_word = Place::from(Keyword::new("（盖章）").from_end(1));
/// let in_a_field = Place::slot("Signature1");
/// let by_the_rules = Place::from(Letter::single("示例市人民政府"));
/// let across_the_edge = Place::from(Straddle::new(Edge::Right));
/// let everywhere = Place::on_pages(Pages::all(), Corner::TopRight, Mm(10.0), Mm(10.0));
/// ```
#[derive(Clone, Debug)]
pub struct Place {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Corner(Pages, Corner, Mm, Mm),
    Centre(Page, Mm, Mm),
    Slot(String),
    Keyword(Keyword),
    Letter(Letter),
    Straddle(Straddle),
    Free(Free),
}

/// A corner of the page, and of the picture.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Corner {
    /// The upper left one.
    TopLeft,
    /// The upper right one.
    TopRight,
    /// The lower left one.
    BottomLeft,
    /// The lower right one.
    BottomRight,
}

/// Which pages of a document.
///
/// ```
/// use eseal::Page;
/// use eseal::place::Pages;
///
/// let sheets = Pages::from_to(Page(1), Page(9)).odd(); // printed on both sides
/// # let _ = sheets;
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct Pages {
    first: Page,
    last: Option<Page>,
    /// 0 for even pages, 1 for odd ones.
    remainder: Option<u32>,
}

impl Pages {
    /// All pages.
    pub fn all() -> Self {
        Pages { first: Page(1), last: None, remainder: None }
    }

    /// From one page to another, both included.
    pub fn from_to(first: Page, last: Page) -> Self {
        Pages { first, last: Some(last), remainder: None }
    }

    /// One page.
    pub fn only(page: Page) -> Self {
        Pages::from_to(page, page)
    }

    /// Of these the odd ones: the front sides where both sides are printed.
    pub fn odd(mut self) -> Self {
        self.remainder = Some(1);
        self
    }

    /// Of these the even ones.
    pub fn even(mut self) -> Self {
        self.remainder = Some(0);
        self
    }

    fn list(&self, count: usize) -> Result<Vec<Page>, Error> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let last = self.last.map_or(count, |last| last.0);
        if self.first.0 == 0 || self.first.0 > last || last > count {
            let first = self.first.0;
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("there are no pages {first} to {last}: the document has {count} pages, counted from 1"),
            ));
        }
        let wanted = |page: &u32| self.remainder.is_none_or(|remainder| page % 2 == remainder);
        Ok((self.first.0..=last).filter(wanted).map(Page).collect())
    }
}

impl Place {
    /// The picture's upper left corner, so far from the page's left and upper edge.
    #[must_use]
    pub fn at(page: Page, left: Mm, top: Mm) -> Self {
        Place::from_corner(page, Corner::TopLeft, left, top)
    }

    /// A corner of the picture, so far from the two edges that meet in the same corner of the page.
    #[must_use]
    pub fn from_corner(page: Page, corner: Corner, across: Mm, down: Mm) -> Self {
        Place::on_pages(Pages::only(page), corner, across, down)
    }

    /// The picture's centre, so far from the page's left and upper edge.
    #[must_use]
    pub fn centred(page: Page, left: Mm, top: Mm) -> Self {
        Place { kind: Kind::Centre(page, left, top) }
    }

    /// The same corner on each of these pages, by one signature.
    #[must_use]
    pub fn on_pages(pages: Pages, corner: Corner, across: Mm, down: Mm) -> Self {
        Place { kind: Kind::Corner(pages, corner, across, down) }
    }

    /// A place that the document names. In PDF the field of a form with this full name: an empty signature field
    /// is filled, and the picture shows where it is, as large as fits; on any other field the picture is centred.
    /// In OFD a custom tag that points at objects of a page, or a bookmark: the picture is centred on it.
    #[must_use]
    pub fn slot(name: impl Into<String>) -> Self {
        Place { kind: Kind::Slot(name.into()) }
    }
}

impl From<Keyword> for Place {
    fn from(keyword: Keyword) -> Self {
        Place { kind: Kind::Keyword(keyword) }
    }
}

impl From<Letter> for Place {
    fn from(letter: Letter) -> Self {
        Place { kind: Kind::Letter(letter) }
    }
}

impl From<Straddle> for Place {
    fn from(straddle: Straddle) -> Self {
        Place { kind: Kind::Straddle(straddle) }
    }
}

impl From<Free> for Place {
    fn from(free: Free) -> Self {
        Place { kind: Kind::Free(free) }
    }
}

/// Where a stamp would show, and what speaks against it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Placement {
    /// What would be seen: of a straddling seal each strip.
    pub areas: Vec<Area>,
    /// Whether each lies on its page, covers no other stamp and cuts no text, and whether the rules that place it
    /// are kept. A strict stamp is refused when one of these fails.
    pub findings: Vec<Finding>,
}

/// What came of the places of one stamp.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) shown: Vec<Shown>,
    /// The signature field that is to be filled.
    pub(super) field: Option<String>,
    /// Where that is.
    pub(super) field_area: Option<Area>,
    /// Words that are to be pressed: a seal lies upon the name and the date.
    pub(super) pressed: Vec<Area>,
    pub(super) findings: Vec<Finding>,
}

/// The document to be stamped, as the places see it, and the size of the picture.
pub(super) struct Ground<'d, D> {
    pub(super) document: &'d D,
    pub(super) width: Mm,
    pub(super) height: Mm,
}

impl<D> Ground<'_, D> {
    fn area(&self, page: Page, left: Mm, top: Mm) -> Area {
        Area { page, left, top, width: self.width, height: self.height }
    }

    fn centred(&self, page: Page, left: Mm, top: Mm) -> Shown {
        let (half_width, half_height) = (Mm(self.width.0 / 2.0), Mm(self.height.0 / 2.0));
        Shown::whole(self.area(page, left - half_width, top - half_height))
    }
}

impl<D: Document> Ground<'_, D> {
    /// Finds where all places are.
    pub(super) fn resolve(&self, places: &[Place]) -> Result<Resolved, Error> {
        let mut resolved = Resolved::default();
        places.iter().try_for_each(|place| self.add(place, &mut resolved))?;
        for shown in &resolved.shown {
            if shown.area.page.index().is_none() {
                return Err(Error::new(ErrorKind::Misuse, "there is no page 0: pages count from 1"));
            }
            shown.check()?;
        }
        Ok(resolved)
    }

    fn add(&self, place: &Place, resolved: &mut Resolved) -> Result<(), Error> {
        match &place.kind {
            Kind::Corner(pages, corner, across, down) => self.corners(*pages, *corner, (*across, *down), resolved)?,
            Kind::Centre(page, left, top) => resolved.shown.push(self.centred(*page, *left, *top)),
            Kind::Slot(name) => self.slot(name, resolved)?,
            Kind::Keyword(keyword) => keyword.resolve(self, resolved)?,
            Kind::Letter(letter) => letter.resolve(self, resolved)?,
            Kind::Straddle(straddle) => resolved.shown.extend(straddle.resolve(self)?),
            Kind::Free(free) => resolved.shown.push(free.resolve(self)?),
        }
        Ok(())
    }

    fn corners(
        &self,
        pages: Pages,
        corner: Corner,
        (across, down): (Mm, Mm),
        resolved: &mut Resolved,
    ) -> Result<(), Error> {
        // Of one page, measured from where all is measured from, nothing has to be known.
        if corner == Corner::TopLeft && pages.last == Some(pages.first) && pages.remainder.is_none() {
            resolved.shown.push(Shown::whole(self.area(pages.first, across, down)));
            return Ok(());
        }
        let pages = pages.list(self.document.count()?)?;
        for (page, (width, height)) in pages.iter().zip(self.document.sizes(&pages)?) {
            let left = match corner {
                Corner::TopLeft | Corner::BottomLeft => across,
                Corner::TopRight | Corner::BottomRight => width - across - self.width,
            };
            let top = match corner {
                Corner::TopLeft | Corner::TopRight => down,
                Corner::BottomLeft | Corner::BottomRight => height - down - self.height,
            };
            resolved.shown.push(Shown::whole(self.area(*page, left, top)));
        }
        Ok(())
    }

    fn slot(&self, name: &str, resolved: &mut Resolved) -> Result<(), Error> {
        let slot = self.document.slot(name)?;
        if !slot.is_field {
            let (left, top) = slot.area.centre();
            resolved.shown.push(self.centred(slot.area.page, left, top));
            return Ok(());
        }
        if let Some(other) = &resolved.field {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a stamp fills one signature field, not both \"{other}\" and \"{name}\""),
            ));
        }
        resolved.field = Some(name.to_owned());
        resolved.field_area = Some(slot.area);
        Ok(())
    }

    /// Looks at pages one after the other.
    fn look(&self, pages: &[Page], mut visit: impl FnMut(Sight) -> Result<(), Error>) -> Result<(), Error> {
        self.document.look(&mut pages.iter().copied(), &mut |sight| visit(sight).map(|()| true))
    }

    /// Looks at one page.
    fn look_at(&self, page: Page) -> Result<Sight, Error> {
        let mut seen = None;
        self.look(&[page], |sight| {
            seen = Some(sight);
            Ok(())
        })?;
        seen.ok_or_else(|| Error::new(ErrorKind::Misuse, format!("there is no {page}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;
    use crate::units::Page;

    #[test]
    fn pages_are_counted_from_one_and_refused_where_there_are_none() {
        let list = |pages: Pages| pages.list(5).map(|pages| pages.iter().map(|page| page.0).collect::<Vec<_>>());
        assert_eq!(list(Pages::all()).unwrap(), [1, 2, 3, 4, 5]);
        assert_eq!(list(Pages::all().odd()).unwrap(), [1, 3, 5]);
        assert_eq!(list(Pages::from_to(Page(2), Page(5)).even()).unwrap(), [2, 4]);
        for bad in [Pages::only(Page(0)), Pages::only(Page(6)), Pages::from_to(Page(4), Page(2))] {
            let error = list(bad).unwrap_err().to_string();
            assert!(error.contains("the document has 5 pages"), "{error}");
        }
    }
}
