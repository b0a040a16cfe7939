//! What OFD.xml and Document.xml say (GB/T 33190-2016, 7).

use std::collections::BTreeMap;

use crate::document::ofd::description::numbers;
use crate::document::ofd::package::{Package, folder};
use crate::document::ofd::reach::DRAWN;
use crate::document::ofd::xml::{Element, Tree};
use crate::error::{Context, Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::limits::Limits;
use crate::units::Mm;

/// The entrance of every package.
pub(super) const ROOT: &str = "OFD.xml";

/// The documents of a package.
#[derive(Clone, Debug)]
pub(super) struct Structure {
    /// OFD.xml.
    pub(super) root: usize,
    /// At least one; the first is the one that is stamped.
    pub(super) bodies: Vec<Body>,
    pub(super) findings: Vec<Finding>,
}

/// One document of the package.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// Document.xml.
    pub(super) document: usize,
    /// Its folder.
    pub(super) folder: String,
    pub(super) pages: Vec<PagePart>,
    /// Pages, counted from zero, by their object ID.
    pub(super) page_ids: BTreeMap<String, usize>,
    /// The size of pages that do not say their own.
    size: Option<(Mm, Mm)>,
    /// Where the list of signatures is said to be.
    pub(super) signatures: Option<String>,
    pub(super) versions: Vec<String>,
    /// Where the picture is that stands for the document in lists (`DocInfo/Cover`).
    pub(super) cover: Option<String>,
}

/// A page as Document.xml lists it.
#[derive(Clone, Debug)]
pub(super) struct PagePart {
    pub(super) id: String,
    pub(super) location: String,
    pub(super) content: Option<usize>,
}

impl PagePart {
    /// The page's own file, if it is there.
    pub(super) fn content(&self) -> Option<usize> {
        self.content
    }
}

impl Structure {
    pub(super) fn read(package: &Package, limits: &Limits) -> Result<Self, Error> {
        let root = package
            .find(ROOT)
            .ok_or_else(|| Error::malformed("the package has no file OFD.xml at its root, so it is no OFD document"))?;
        let mut structure = Structure { root: root.index, bodies: Vec::new(), findings: Vec::new() };
        if !root.exact {
            let detail =
                format!("the package's entrance is called {}, which not every reader finds", package.path(root.index));
            structure.findings.push(Finding::note(checks::DOCUMENT_STRUCTURE, detail));
        }
        let bytes = package.unfold(root.index)?;
        let tree = Tree::read(&bytes, limits).context(package.path(root.index))?;
        let bodies: Vec<_> = tree.rooted("OFD").context("/OFD.xml")?.all("DocBody").collect();
        for (number, body) in bodies.iter().enumerate() {
            match structure.body(*body, package, limits) {
                Ok(body) => structure.bodies.push(body),
                Err(error) if number == 0 => return Err(explain(package, error)),
                Err(error) => structure.findings.push(Finding::fail(
                    checks::DOCUMENT_STRUCTURE,
                    format!("document {} of the package cannot be read: {error}", number.saturating_add(1)),
                )),
            }
        }
        if structure.bodies.is_empty() {
            return Err(Error::malformed("/OFD.xml names no document (DocBody)"));
        }
        if bodies.len() > 1 {
            structure.findings.push(Finding::note(
                checks::DOCUMENT_STRUCTURE,
                format!("the package holds {} documents; pages are counted in each of them anew", bodies.len()),
            ));
        }
        Ok(structure)
    }

    fn body(&self, body: Element<'_>, package: &Package, limits: &Limits) -> Result<Body, Error> {
        let location = body.only("DocRoot").context("/OFD.xml")?.map_or("", Element::text);
        let document = package
            .locate("", location)
            .ok_or_else(|| Error::malformed(format!("/OFD.xml names the document \"{location}\", which is not there")))?
            .index;
        if self.bodies.iter().any(|other| other.document == document) {
            return Err(Error::malformed(format!("/OFD.xml names the document \"{location}\" twice")));
        }
        let signatures =
            body.only("Signatures").context("/OFD.xml")?.map(Element::text).filter(|text| !text.is_empty());
        let listed = body.all("Versions").flat_map(|versions| versions.all("Version").collect::<Vec<_>>());
        let versions = listed.filter_map(|version| version.attribute("BaseLoc")).map(str::to_owned).collect();
        let cover = body.first("DocInfo").and_then(|info| info.first("Cover"));
        let bytes = package.unfold(document)?;
        let mut found = Body {
            document,
            folder: folder(package.path(document).trim_start_matches('/')).to_owned(),
            pages: Vec::new(),
            page_ids: BTreeMap::new(),
            size: None,
            signatures: signatures.map(str::to_owned),
            versions,
            cover: cover.map(|cover| cover.text().to_owned()),
        };
        let tree =
            Tree::outline(&bytes, limits, &["Outlines", "Bookmarks", "Actions"]).context(package.path(document))?;
        found
            .read(tree.rooted("Document").context(package.path(document))?, package, limits)
            .context(package.path(document))?;
        Ok(found)
    }

    /// How large a page of the first document is.
    pub(super) fn page_size(&self, page: usize, package: &Package, limits: &Limits) -> Result<(Mm, Mm), Error> {
        let body = self.first()?;
        let part = body.pages.get(page).ok_or_else(|| Error::malformed("the document has no such page"))?;
        let content = part.content.ok_or_else(|| {
            Error::malformed(format!(
                "page {} is said to be at \"{}\", which is not there",
                page.saturating_add(1),
                part.location
            ))
        })?;
        let bytes = package.unfold(content)?;
        let tree = Tree::outline(&bytes, limits, DRAWN).context(package.path(content))?;
        let own = size(tree.root()?.first("Area"));
        own.or(body.size).ok_or_else(|| {
            Error::malformed(format!("neither {} nor Document.xml says how large the page is", package.path(content)))
        })
    }

    /// The same documents, the first with its list of signatures at `path`.
    pub(super) fn naming_signatures(&self, path: &str) -> Self {
        let mut structure = self.clone();
        if let Some(first) = structure.bodies.first_mut() {
            first.signatures.get_or_insert_with(|| format!("/{path}"));
        }
        structure
    }

    /// Refuses a package to which files were added that pages lead to: another page would be shown then
    /// than was before.
    pub(super) fn require_same_pages(&self, package: &Package) -> Result<(), Error> {
        for body in &self.bodies {
            for page in &body.pages {
                let content = package.locate(&body.folder, &page.location).map(|located| located.index);
                if content != page.content {
                    let detail = format!(
                        "the page with the ID \"{}\" is said to be at \"{}\", where a file of the signature would be",
                        page.id, page.location
                    );
                    return Err(Error::new(ErrorKind::NotAllowed, detail));
                }
            }
        }
        Ok(())
    }

    pub(super) fn first(&self) -> Result<&Body, Error> {
        self.bodies.first().ok_or_else(|| Error::malformed("the package holds no document"))
    }
}

/// Names encryption where it is the likely cause.
fn explain(package: &Package, error: Error) -> Error {
    match package.find("Encryptions.xml") {
        Some(_) => {
            Error::unsupported("the package is encrypted (GM/T 0099, annex C); decrypt it first").caused_by(error)
        }
        None => error,
    }
}

impl Body {
    fn read(&mut self, root: Element<'_>, package: &Package, limits: &Limits) -> Result<(), Error> {
        self.size = size(root.first("CommonData").and_then(|data| data.first("PageArea")));
        for page in root.only("Pages")?.into_iter().flat_map(|pages| pages.all("Page")) {
            if self.pages.len() >= limits.pages {
                return Err(Error::too_large(format!("there are more than {} pages (Limits::pages)", limits.pages)));
            }
            let id = page.attribute("ID").unwrap_or_default().to_owned();
            let location = page.attribute("BaseLoc").unwrap_or_default().to_owned();
            let content = package.locate(&self.folder, &location).map(|located| located.index);
            if self.page_ids.insert(id.clone(), self.pages.len()).is_some() {
                return Err(Error::malformed(format!("two pages have the ID \"{id}\"")));
            }
            self.pages.push(PagePart { id, location, content });
        }
        Ok(())
    }
}

fn size(area: Option<Element<'_>>) -> Option<(Mm, Mm)> {
    let [_, _, width, height] = numbers(area?.first("PhysicalBox")?.text())?;
    (width > 0.0 && height > 0.0).then_some((Mm(width), Mm(height)))
}
