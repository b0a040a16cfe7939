//! Straddling seals (骑缝章): one picture cut across the edges of pages, so that none can be exchanged.

use crate::document::{Document, Shown};
use crate::error::{Error, ErrorKind};
use crate::stamp::place::{Ground, Pages};
use crate::units::{Area, Mm, Page};

/// A seal across the edges of pages: each page has one strip of it, and the fanned pages show the whole.
///
/// The pages are divided into as few groups as keep each strip three millimetres wide, evenly; each group has a
/// whole seal. One signature covers all strips, in OFD and in PDF. Strips stand at the same height (or, along the
/// upper and lower edge, at the same distance from the left) on pages of any size: by default in the middle of the
/// smallest.
///
/// ```
/// use eseal::Mm;
/// use eseal::place::{Edge, Pages, Straddle};
///
/// let usual = Straddle::new(Edge::Right);
/// let bound = Straddle::new(Edge::Left).along(Mm(60.0)).margin(Mm(2.0));
/// let printed_on_both_sides = Straddle::new(Edge::Right).pages(Pages::all().odd()).per_seal(10);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Straddle {
    edge: Edge,
    pages: Pages,
    along: Option<Mm>,
    margin: Mm,
    per_seal: Option<usize>,
}

/// An edge of the page.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Edge {
    /// The left one.
    Left,
    /// The right one.
    Right,
    /// The upper one.
    Top,
    /// The lower one.
    Bottom,
}

/// A narrower strip is lost in the cut of the paper.
const NARROWEST: f64 = 3.0;

impl Edge {
    fn is_upright(self) -> bool {
        matches!(self, Edge::Left | Edge::Right)
    }
}

impl Straddle {
    /// A seal across this edge of all pages.
    pub fn new(edge: Edge) -> Self {
        Straddle { edge, pages: Pages::all(), along: None, margin: Mm(0.0), per_seal: None }
    }

    /// Across these pages only. Where both sides of the paper are printed, take the odd ones.
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// How far down the edge the picture begins; along the upper and the lower edge, how far to the right.
    pub fn along(mut self, along: Mm) -> Self {
        self.along = Some(along);
        self
    }

    /// Moves the strips inwards, off the edge: for printers that leave a margin.
    pub fn margin(mut self, margin: Mm) -> Self {
        self.margin = margin;
        self
    }

    /// How many pages share one seal at most. A last page that would be alone joins the group before it.
    pub fn per_seal(mut self, pages: usize) -> Self {
        self.per_seal = Some(pages);
        self
    }

    pub(super) fn resolve<D: Document>(&self, ground: &Ground<'_, D>) -> Result<Vec<Shown>, Error> {
        let pages = self.pages.list(ground.document.count()?)?;
        if pages.len() < 2 {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!(
                    "a straddling seal needs two pages or more, and there is {}: stamp it at one place",
                    if pages.is_empty() { "none".into() } else { format!("only {}", pages.len()) }
                ),
            ));
        }
        let groups = self.groups(&pages, ground)?;
        let sizes = ground.document.sizes(&pages)?;
        let along = self.along_edge(&sizes, ground)?;
        let mut strips = Vec::with_capacity(pages.len());
        let mut sizes = sizes.into_iter();
        for group in groups {
            for (place, (page, size)) in group.iter().zip(sizes.by_ref()).enumerate() {
                let cut = Cut { place, of: group.len() };
                strips.push(self.strip(ground, *page, size, along, cut));
            }
        }
        Ok(strips)
    }

    fn groups<'p, D>(&self, pages: &'p [Page], ground: &Ground<'_, D>) -> Result<Vec<&'p [Page]>, Error> {
        let side = if self.edge.is_upright() { ground.width } else { ground.height };
        let size = match self.per_seal {
            Some(most @ ..2) => {
                let detail = format!("{most} pages cannot share a straddling seal: two or more can");
                return Err(Error::new(ErrorKind::Misuse, detail));
            }
            Some(most) => most,
            None => {
                // As even as can be: 20 pages and 14 strips at most are two groups of 10.
                let most = ((side.0 / NARROWEST).floor() as usize).max(2);
                pages.len().div_ceil(pages.len().div_ceil(most))
            }
        };
        Ok(joined(pages, pages.chunks(size).collect()))
    }

    /// Where along the edge the picture begins, which has to lie on every page.
    fn along_edge<D>(&self, sizes: &[(Mm, Mm)], ground: &Ground<'_, D>) -> Result<Mm, Error> {
        let is_upright = self.edge.is_upright();
        let side = if is_upright { ground.height } else { ground.width };
        let lengths = sizes.iter().map(|(width, height)| if is_upright { height.0 } else { width.0 });
        let shortest = lengths.fold(f64::INFINITY, f64::min);
        let along = self.along.unwrap_or(Mm((shortest - side.0) / 2.0));
        let fits = along.0 >= 0.0 && along.0 + side.0 <= shortest;
        if !fits || !self.margin.0.is_finite() || self.margin.0 < 0.0 {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!(
                    "a picture of {side} that begins {along} along the edge, {} off it, does not lie on every page: the \
                     shortest edge has {shortest:.2} mm",
                    self.margin
                ),
            ));
        }
        Ok(along)
    }

    /// The strip of one page. The part that shows ends at the edge, less the margin; the rest of the picture lies
    /// beyond what shows.
    fn strip<D>(&self, ground: &Ground<'_, D>, page: Page, (wide, high): (Mm, Mm), along: Mm, cut: Cut) -> Shown {
        let Ground { width, height, .. } = *ground;
        let side = if self.edge.is_upright() { width } else { height };
        // On the right and lower edge the first page has the first strip; on the others, seen from there, the last.
        let (from, to) = match self.edge {
            Edge::Right | Edge::Bottom => cut.ends(side),
            Edge::Left | Edge::Top => Cut { place: cut.of - 1 - cut.place, ..cut }.ends(side),
        };
        let begin = match self.edge {
            Edge::Right => wide - self.margin - to,
            Edge::Bottom => high - self.margin - to,
            Edge::Left | Edge::Top => self.margin - from,
        };
        let area = match self.edge.is_upright() {
            true => Area { page, left: begin, top: along, width, height },
            false => Area { page, left: along, top: begin, width, height },
        };
        let clip = match self.edge.is_upright() {
            true => Area { left: begin + from, width: to - from, ..area },
            false => Area { top: begin + from, height: to - from, ..area },
        };
        Shown { area, clip: Some(clip) }
    }
}

/// Which strip of how many.
#[derive(Clone, Copy)]
struct Cut {
    place: usize,
    of: usize,
}

impl Cut {
    /// Where it begins and ends; neighbours end and begin at the very same place.
    fn ends(self, side: Mm) -> (Mm, Mm) {
        let at = |place: usize| Mm(side.0 * place as f64 / self.of as f64);
        (at(self.place), at(self.place + 1))
    }
}

/// A group of one page is no group: it joins the one before.
fn joined<'p>(pages: &'p [Page], mut groups: Vec<&'p [Page]>) -> Vec<&'p [Page]> {
    if let [.., before, [_]] = groups.as_slice() {
        let last_two = pages.len() - before.len() - 1;
        groups.truncate(groups.len() - 2);
        groups.extend(pages.get(last_two..));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{Cut, joined};
    use crate::units::{Mm, Page};

    #[test]
    fn no_page_is_left_alone() {
        let groups = |count: u32, size: usize| {
            let pages: Vec<Page> = (1..=count).map(Page).collect();
            joined(&pages, pages.chunks(size).collect()).iter().map(|group| group.len()).collect::<Vec<_>>()
        };
        assert_eq!(groups(9, 4), [4, 5]);
        assert_eq!(groups(8, 4), [4, 4]);
        assert_eq!(groups(10, 4), [4, 4, 2]);
        assert_eq!(groups(2, 2), [2]);
    }

    #[test]
    fn strips_meet() {
        let mut end = Mm(0.0);
        for place in 0..6 {
            let (from, to) = Cut { place, of: 6 }.ends(Mm(40.0));
            assert_eq!(from, end);
            end = to;
        }
        assert_eq!(end, Mm(40.0));
    }
}
