//! Places that a document names: what a custom tag points at, and bookmarks (GB/T 33190-2016, 16 and 7.5).

use crate::document::ofd::Ofd;
use crate::document::ofd::description::numbers;
use crate::document::ofd::package::folder;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::sight::Slot;
use crate::error::{Context as _, Error, ErrorKind};
use crate::units::{Area, Mm, Page};

/// The place of the tag or the bookmark with this name.
pub(super) fn slot(ofd: &Ofd, name: &str) -> Result<Slot, Error> {
    let body = ofd.structure().first()?;
    let document = tree(ofd, body.document)?;
    let root = document.root()?;
    let area = match tagged(ofd, root, name)? {
        Some(area) => Some(area),
        None => bookmarked(ofd, root, name)?,
    };
    let area = area.ok_or_else(|| {
        Error::new(
            ErrorKind::Misuse,
            format!(
                "the document has no custom tag \"{name}\" that points at an object of a page, and no bookmark \
                 \"{name}\": name one that it has, or place the stamp by millimetres or a keyword"
            ),
        )
    })?;
    Ok(Slot { area, is_field: false })
}

fn tree(ofd: &Ofd, index: usize) -> Result<Tree, Error> {
    let package = ofd.package();
    Tree::read(&package.contents(index)?, ofd.limits()).context(package.path(index))
}

/// Custom tags give words of their own to objects of pages; a tag is known by its element's name or by an
/// attribute that names it.
fn tagged(ofd: &Ofd, root: Element<'_>, name: &str) -> Result<Option<Area>, Error> {
    let (package, body) = (ofd.package(), ofd.structure().first()?);
    let Some(list) = root.first("CustomTags").and_then(|node| package.locate(&body.folder, node.text())) else {
        return Ok(None);
    };
    let within = folder(package.path(list.index).trim_start_matches('/')).to_owned();
    let tags = tree(ofd, list.index)?;
    for file in tags.root()?.all("CustomTag").flat_map(|tag| tag.all("FileLoc").collect::<Vec<_>>()) {
        let Some(located) = package.locate(&within, file.text()) else { continue };
        let tree = tree(ofd, located.index)?;
        let mut references = Vec::new();
        collect(tree.root()?, name, false, &mut references);
        let mut area: Option<Area> = None;
        for (page, object) in references {
            // Objects on the page of the first count.
            let Some(found) = object_area(ofd, &page, &object)? else { continue };
            area = match area {
                Some(all) if all.page != found.page => Some(all),
                Some(all) => Some(all.union(&found)),
                None => Some(found),
            };
        }
        if area.is_some() {
            return Ok(area);
        }
    }
    Ok(None)
}

/// The pages and objects that the tag called `name`, or what is in it, refers to.
fn collect(node: Element<'_>, name: &str, is_within: bool, references: &mut Vec<(String, String)>) {
    let named = |attribute: &str| node.attribute(attribute) == Some(name);
    let is_within = is_within || node.name() == name || ["Name", "name", "ID", "TagName"].into_iter().any(named);
    if is_within && node.name() == "ObjectRef" {
        references.extend(node.attribute("PageRef").map(|page| (page.to_owned(), node.text().to_owned())));
    }
    node.children().for_each(|child| collect(child, name, is_within, references));
}

fn object_area(ofd: &Ofd, page: &str, object: &str) -> Result<Option<Area>, Error> {
    let body = ofd.structure().first()?;
    let Some(index) = body.page_ids.get(page).copied() else { return Ok(None) };
    let Some(content) = body.pages.get(index).and_then(|part| part.content()) else { return Ok(None) };
    let number = Page(u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX));
    let bytes = ofd.package().contents(content)?;
    let found = Tree::of_object(&bytes, ofd.limits(), object, "Boundary").context(ofd.package().path(content))?;
    let Some(tree) = found else { return Ok(None) };
    Ok(super::sight::boundary(tree.root()?, (0.0, 0.0), number))
}

/// A bookmark names a point, or with `FitR` a rectangle.
fn bookmarked(ofd: &Ofd, root: Element<'_>, name: &str) -> Result<Option<Area>, Error> {
    let body = ofd.structure().first()?;
    let marks = root.all("Bookmarks").flat_map(|marks| marks.all("Bookmark").collect::<Vec<_>>());
    let Some(place) = marks.filter(|mark| mark.attribute("Name") == Some(name)).find_map(|mark| mark.first("Dest"))
    else {
        return Ok(None);
    };
    let page = place.attribute("PageID").and_then(|id| body.page_ids.get(id).copied());
    let Some(index) = page else { return Ok(None) };
    let text = |key: &str| place.attribute(key).unwrap_or_default();
    let sides = match text("Type") {
        "FitR" => format!("{} {} {} {}", text("Left"), text("Top"), text("Right"), text("Bottom")),
        _ => format!("{0} {1} {0} {1}", text("Left"), text("Top")),
    };
    let Some([left, top, right, bottom]) = numbers(&sides) else { return Ok(None) };
    let page = Page(u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX));
    Ok(Some(Area { page, left: Mm(left), top: Mm(top), width: Mm(right - left), height: Mm(bottom - top) }))
}
