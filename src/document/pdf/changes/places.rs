//! Where changed objects show.

use std::collections::HashMap;

use crate::document::pdf::changes::index::Index;
use crate::document::pdf::file::View;
use crate::document::pdf::object::Dictionary;
use crate::document::pdf::page::{PageNode, Rectangle};
use crate::error::Error;
use crate::units::{Area, Page};

/// The pages of the newest revision, by the numbers of their objects.
pub(super) struct Places<'w> {
    view: View<'w>,
    pages: &'w [PageNode],
    by_number: HashMap<u32, usize>,
}

impl<'w> Places<'w> {
    pub(super) fn new(view: View<'w>, pages: &'w [PageNode]) -> Self {
        let by_number = pages.iter().enumerate().map(|(index, page)| (page.reference.number, index)).rev().collect();
        Places { view, pages, by_number }
    }

    fn page(&self, number: u32) -> Option<Page> {
        let index = self.by_number.get(&number)?;
        u32::try_from(index.checked_add(1)?).ok().map(Page)
    }

    /// The page to which an object belongs: it itself, the one that lists it, or one above it.
    pub(super) fn page_of(&self, index: &Index, number: u32, depth: usize) -> Option<Page> {
        index.above(number, depth).find_map(|above| {
            let listing = index.shown.get(&above).copied();
            self.page(above).or_else(|| self.page(listing?))
        })
    }

    /// Where an annotation shows; nothing when it has no extent, or a page that is not known.
    pub(super) fn area_of(
        &self,
        view: &View<'_>,
        annotation: &Dictionary,
        page: Option<Page>,
    ) -> Result<Option<Area>, Error> {
        let named = annotation.reference("P").and_then(|page| self.page(page.number));
        let Some(page) = page.or(named) else { return Ok(None) };
        let Some(node) = page.index().and_then(|index| self.pages.get(index)) else { return Ok(None) };
        match extent(view, annotation)? {
            Some(rectangle) => Ok(Some(node.geometry(&self.view)?.area(page, &rectangle))),
            None => Ok(None),
        }
    }
}

/// The rectangle of an annotation that has an area.
pub(super) fn extent(view: &View<'_>, annotation: &Dictionary) -> Result<Option<Rectangle>, Error> {
    let Some(rectangle) = annotation.get("Rect") else { return Ok(None) };
    let rectangle = Rectangle::of(view, rectangle)?;
    Ok(rectangle.filter(|rectangle| rectangle.width() > 0.0 && rectangle.height() > 0.0))
}
