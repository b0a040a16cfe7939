//! The pages: their order, their size as displayed, and where on them a rectangle shows
//! (ISO 32000-2, 7.7.3 and 14.11.2).

use std::collections::HashSet;
use std::rc::Rc;

use crate::document::page_index;
use crate::document::pdf::file::{View, readable};
use crate::document::pdf::object::{Dictionary, Object, Reference};
use crate::error::{Error, ErrorKind};
use crate::units::{Area, Mm, Page};

/// A page of the tree with what it inherits.
#[derive(Clone, Debug)]
pub(super) struct PageNode {
    pub(super) reference: Reference,
    inherited: Inherited,
}

#[derive(Clone, Debug, Default)]
struct Inherited {
    /// `/Resources` of a node above.
    resources: Option<Rc<Object>>,
    media: Option<Rectangle>,
    crop: Option<Rectangle>,
    rotate: Option<i64>,
}

/// A rectangle in a page's own coordinates: left, lower, right, upper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rectangle {
    pub(super) left: f64,
    pub(super) lower: f64,
    pub(super) right: f64,
    pub(super) upper: f64,
}

impl Rectangle {
    /// Of four numbers that name two opposite corners (7.9.5).
    pub(super) fn of(view: &View<'_>, object: &Object) -> Result<Option<Self>, Error> {
        let object = view.follow(object)?;
        let Some(items) = object.as_array() else { return Ok(None) };
        let mut numbers = Vec::with_capacity(4);
        for item in items.iter().take(5) {
            numbers.extend(view.follow(item)?.as_number().filter(|number| number.is_finite()));
        }
        let [x1, y1, x2, y2] = numbers.as_slice() else { return Ok(None) };
        Ok(Some(Rectangle { left: x1.min(*x2), lower: y1.min(*y2), right: x1.max(*x2), upper: y1.max(*y2) }))
    }

    /// Its corners, in no certain order.
    pub(super) fn corners(&self) -> [(f64, f64); 4] {
        let Rectangle { left, lower, right, upper } = *self;
        [(left, lower), (right, lower), (left, upper), (right, upper)]
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.upper - self.lower
    }

    fn intersection(&self, other: &Self) -> Option<Self> {
        let both = Rectangle {
            left: self.left.max(other.left),
            lower: self.lower.max(other.lower),
            right: self.right.min(other.right),
            upper: self.upper.min(other.upper),
        };
        (both.width() > 0.0 && both.height() > 0.0).then_some(both)
    }
}

/// How a page is displayed: which part of it, turned how, in which unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometry {
    visible: Rectangle,
    /// Clockwise quarter turns.
    pub(super) turns: u8,
    /// Points in one unit of the page.
    unit: f64,
}

impl Geometry {
    /// Width and height as displayed.
    pub(super) fn size(&self) -> (Mm, Mm) {
        let (width, height) = (self.mm(self.visible.width()), self.mm(self.visible.height()));
        if self.turns.is_multiple_of(2) { (width, height) } else { (height, width) }
    }

    fn mm(&self, units: f64) -> Mm {
        Mm::from_points(units * self.unit)
    }

    fn units(&self, length: Mm) -> f64 {
        length.to_points() / self.unit
    }

    /// A point that is displayed `right` and `down` from the upper left corner, in the page's own
    /// coordinates.
    fn inward(&self, right: f64, down: f64) -> (f64, f64) {
        let Rectangle { left, lower, right: far, upper } = self.visible;
        match self.turns {
            0 => (left + right, upper - down),
            1 => (left + down, lower + right),
            2 => (far - right, lower + down),
            _ => (far - down, upper - right),
        }
    }

    /// The reverse of `inward`.
    fn outward(&self, x: f64, y: f64) -> (f64, f64) {
        let Rectangle { left, lower, right, upper } = self.visible;
        match self.turns {
            0 => (x - left, upper - y),
            1 => (y - lower, x - left),
            2 => (right - x, y - lower),
            _ => (upper - y, right - x),
        }
    }

    /// The transformation from the page's own coordinates to millimetres as displayed, as `[a b c d e f]`.
    pub(super) fn matrix(&self) -> [f64; 6] {
        let to = |point: (f64, f64)| {
            let (right, down) = self.outward(point.0, point.1);
            (self.mm(right).0, self.mm(down).0)
        };
        let (origin, right, up) = (to((0.0, 0.0)), to((1.0, 0.0)), to((0.0, 1.0)));
        [right.0 - origin.0, right.1 - origin.1, up.0 - origin.0, up.1 - origin.1, origin.0, origin.1]
    }

    /// Where an area lies in the page's own coordinates.
    pub(super) fn rectangle(&self, area: &Area) -> Rectangle {
        let (left, top) = (self.units(area.left), self.units(area.top));
        let (x1, y1) = self.inward(left, top);
        let (x2, y2) = self.inward(left + self.units(area.width), top + self.units(area.height));
        Rectangle { left: x1.min(x2), lower: y1.min(y2), right: x1.max(x2), upper: y1.max(y2) }
    }

    /// Where a rectangle of the page shows.
    pub(super) fn area(&self, page: Page, rectangle: &Rectangle) -> Area {
        let (x1, y1) = self.outward(rectangle.left, rectangle.lower);
        let (x2, y2) = self.outward(rectangle.right, rectangle.upper);
        Area {
            page,
            left: self.mm(x1.min(x2)),
            top: self.mm(y1.min(y2)),
            width: self.mm((x1 - x2).abs()),
            height: self.mm((y1 - y2).abs()),
        }
    }
}

impl PageNode {
    /// The page's resources, own or inherited.
    pub(super) fn resources(&self, view: &View<'_>, page: &Dictionary) -> Result<Dictionary, Error> {
        let own = page.get("Resources").or(self.inherited.resources.as_deref());
        match own {
            Some(resources) => Ok(view.follow(resources)?.as_dictionary().cloned().unwrap_or_default()),
            None => Ok(Dictionary::default()),
        }
    }

    /// How the page is displayed.
    pub(super) fn geometry(&self, view: &View<'_>) -> Result<Geometry, Error> {
        // US Letter stands in for a missing MediaBox, as it does in the viewers that show such a page.
        const LETTER: Rectangle = Rectangle { left: 0.0, lower: 0.0, right: 612.0, upper: 792.0 };
        let is_page = |media: &Rectangle| [media.width(), media.height()].iter().all(|side| *side > 0.0 && *side < 1e9);
        let media = self.inherited.media.filter(is_page).unwrap_or(LETTER);
        let crop = self.inherited.crop.unwrap_or(media);
        let page = view.load(self.reference)?;
        let unit = match page.as_ref().and_then(|page| page.dictionary()) {
            Some(dictionary) => view.get(dictionary, "UserUnit")?.and_then(|unit| unit.as_number()),
            None => None,
        };
        Ok(Geometry {
            visible: media.intersection(&crop).unwrap_or(media),
            // Table 31: a multiple of 90; anything else is no rotation.
            turns: match self.inherited.rotate.unwrap_or(0).rem_euclid(360) {
                90 => 1,
                180 => 2,
                270 => 3,
                _ => 0,
            },
            unit: unit.filter(|unit| unit.is_finite() && *unit > 0.0).unwrap_or(1.0),
        })
    }
}

impl Inherited {
    fn with(&self, view: &View<'_>, node: &Dictionary) -> Result<Self, Error> {
        let rectangle = |key: &str| match node.get(key) {
            Some(value) => Rectangle::of(view, value),
            None => Ok(None),
        };
        let rotate = view.get(node, "Rotate")?.and_then(|rotate| rotate.as_number()).map(|rotate| rotate as i64);
        Ok(Inherited {
            resources: node
                .get("Resources")
                .filter(|_| node.get("Kids").is_some())
                .map_or_else(|| self.resources.clone(), |own| Some(Rc::new(own.clone()))),
            media: rectangle("MediaBox")?.or(self.media),
            crop: rectangle("CropBox")?.or(self.crop),
            rotate: rotate.or(self.rotate),
        })
    }
}

/// The pages in their order. The tree is walked; what its nodes say about its size is not believed.
///
/// A page that is listed twice is two pages, as viewers show it; a node above the pages that is
/// reached twice is refused, for the tree could be endless.
pub(super) fn pages(view: &View<'_>) -> Result<Vec<PageNode>, Error> {
    match pages_as_found(view)? {
        (pages, None) => Ok(pages),
        (_, Some(fault)) => Err(fault),
    }
}

/// The pages up to the first fault of the tree, and that fault.
pub(super) fn pages_as_found(view: &View<'_>) -> Result<(Vec<PageNode>, Option<Error>), Error> {
    let mut pages = Vec::new();
    match walk(view, &mut pages) {
        Err(error) if error.ends_the_work() => Err(error),
        walked => Ok((pages, walked.err())),
    }
}

fn walk(view: &View<'_>, pages: &mut Vec<PageNode>) -> Result<(), Error> {
    let catalog = view.catalog()?;
    let root = catalog.dictionary().and_then(|catalog| catalog.reference("Pages"));
    let root = root.ok_or_else(|| Error::malformed("the catalog has no /Pages that refers to the page tree"))?;
    let mut visited = HashSet::new();
    let mut open = vec![(root, Inherited::default(), 0_usize)];
    while let Some((reference, inherited, depth)) = open.pop() {
        if depth > view.work.limits.depth {
            return Err(Error::too_large(format!("the page tree is deeper than {} levels", view.work.limits.depth)));
        }
        let node = view.load(reference)?;
        if node.is_none() && reference != root {
            // A reference to nothing is null (7.3.10), and null is no page; viewers leave it out.
            view.note(reference, "the page tree lists it, and it does not exist");
            continue;
        }
        let dictionary = node.as_ref().and_then(|node| node.dictionary()).ok_or_else(|| {
            Error::malformed(format!("the page tree refers to object {reference}, which is missing or no dictionary"))
        })?;
        if let Some(key) = dictionary.repeated() {
            return Err(Error::malformed(format!("object {reference} of the page tree has the key /{key} twice")));
        }
        let inherited = inherited.with(view, dictionary)?;
        match view.get(dictionary, "Kids")? {
            Some(_) if !visited.insert(reference) => {
                return Err(Error::malformed(format!("the page tree reaches its node {reference} twice")));
            }
            Some(kids) => {
                let kids = kids.as_array().unwrap_or_default();
                if kids.len().saturating_add(open.len()) > view.work.limits.pages.saturating_mul(2) {
                    return Err(too_many(view));
                }
                for kid in kids.iter().rev() {
                    let kid = kid.as_reference().ok_or_else(|| {
                        Error::malformed(format!("a kid in object {reference} of the page tree is no reference"))
                    })?;
                    open.push((kid, inherited.clone(), depth + 1));
                }
            }
            None => pages.push(PageNode { reference, inherited }),
        }
        if pages.len() > view.work.limits.pages {
            return Err(too_many(view));
        }
    }
    Ok(())
}

fn too_many(view: &View<'_>) -> Error {
    Error::too_large(format!("the document has more than {} pages", view.work.limits.pages))
}

/// A page that stands in the document more than once.
pub(super) fn repeated(pages: &[PageNode]) -> Option<Reference> {
    let mut known = HashSet::new();
    pages.iter().map(|page| page.reference).find(|page| !known.insert(*page))
}

/// The page with this number.
pub(super) fn page(pages: &[PageNode], page: Page) -> Result<&PageNode, Error> {
    let index = page_index(page, pages.len())?;
    pages.get(index).ok_or_else(|| Error::new(ErrorKind::Misuse, format!("there is no {page}")))
}

/// What one annotation in a list costs, as much as so many bytes: pages may share long lists.
const ANNOTATION: u64 = 64;

/// The annotations of a page that are referred to.
pub(super) fn annotations(view: &View<'_>, page: Reference) -> Result<Vec<Reference>, Error> {
    let Some(page) = readable(view.load(page))? else { return Ok(Vec::new()) };
    let Some(dictionary) = page.dictionary() else { return Ok(Vec::new()) };
    let annotations = readable(view.get(dictionary, "Annots"))?;
    let items = annotations.as_ref().and_then(|annotations| annotations.as_array()).unwrap_or_default();
    view.work.spend(ANNOTATION.saturating_mul(items.len() as u64))?;
    Ok(items.iter().filter_map(Object::as_reference).collect())
}

#[cfg(test)]
mod tests {
    use super::{Geometry, Rectangle};
    use crate::units::{Area, Mm, Page};

    #[test]
    fn areas_go_in_and_out_on_turned_pages() {
        let visible = Rectangle { left: 10.0, lower: 20.0, right: 110.0, upper: 220.0 };
        let area = Area {
            page: Page(1),
            left: Mm::from_points(5.0),
            top: Mm::from_points(7.0),
            width: Mm::from_points(30.0),
            height: Mm::from_points(40.0),
        };
        let expected = [
            (15.0, 173.0, 45.0, 213.0),
            (17.0, 25.0, 57.0, 55.0),
            (75.0, 27.0, 105.0, 67.0),
            (63.0, 185.0, 103.0, 215.0),
        ];
        for (turns, (left, lower, right, upper)) in (0..4).zip(expected) {
            let geometry = Geometry { visible, turns, unit: 1.0 };
            let found = geometry.rectangle(&area);
            for (one, two) in [(found.left, left), (found.lower, lower), (found.right, right), (found.upper, upper)] {
                assert!((one - two).abs() < 1e-9, "{turns}: {found:?}");
            }
            let back = geometry.area(Page(1), &found);
            assert!((back.left.0 - area.left.0).abs() < 1e-9 && (back.top.0 - area.top.0).abs() < 1e-9, "{back}");
            assert!((back.width.0 - area.width.0).abs() < 1e-9);
        }
    }

    #[test]
    fn units_of_the_page_scale() {
        let visible = Rectangle { left: 0.0, lower: 0.0, right: 36.0, upper: 72.0 };
        let (width, height) = Geometry { visible, turns: 3, unit: 2.0 }.size();
        assert_eq!((width, height), (Mm(50.8), Mm(25.4)));
    }
}
