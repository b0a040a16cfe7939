//! What OFD.xml and Document.xml say, and which files are drawn from there (GB/T 33190-2016, 7).

use std::collections::BTreeMap;

use crate::document::ofd::description::numbers;
use crate::document::ofd::package::{Package, folder, resolve};
use crate::document::ofd::survey::Desk;
use crate::document::ofd::xml::{Element, Tree};
use crate::error::{Context, Error, ErrorKind};
use crate::finding::{Finding, checks};
use crate::limits::Limits;
use crate::units::Mm;

/// The entrance of every package.
pub(super) const ROOT: &str = "OFD.xml";
/// Elements whose insides name no file: drawn objects refer to resources by number.
const DRAWN: &[&str] = &["Content", "Appearance", "Actions"];

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
    versions: Vec<String>,
}

/// A page as Document.xml lists it.
#[derive(Clone, Debug)]
pub(super) struct PagePart {
    pub(super) id: String,
    location: String,
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
        let bytes = package.unfold(document)?;
        let mut found = Body {
            document,
            folder: folder(package.path(document).trim_start_matches('/')).to_owned(),
            pages: Vec::new(),
            page_ids: BTreeMap::new(),
            size: None,
            signatures: signatures.map(str::to_owned),
            versions,
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

/// What part a file plays in the package.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Role {
    Root,
    Document,
    Page,
    Template,
    Resource,
    Media,
    AnnotationList,
    Annotation,
    Attachment,
    Tag,
    Extension,
    Version,
    /// The list, a description, a value or a seal.
    Signature,
    Integrity,
}

impl Role {
    /// Whether what is seen on the pages comes from it.
    pub(super) fn is_drawn(self) -> bool {
        use Role::{Annotation, Document, Media, Page, Resource, Template};
        matches!(self, Document | Page | Template | Resource | Media | Annotation)
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            Role::Root => "the entrance",
            Role::Document => "a document",
            Role::Page => "a page",
            Role::Template => "a template page",
            Role::Resource => "a list of resources",
            Role::Media => "a font, a picture or a profile",
            Role::AnnotationList => "the list of annotations",
            Role::Annotation => "annotations",
            Role::Attachment => "an attachment",
            Role::Tag => "custom tags",
            Role::Extension => "an extension",
            Role::Version => "a version",
            Role::Signature => "a part of a signature",
            Role::Integrity => "the list of all files",
        }
    }
}

/// How often something was met, and the first instance.
#[derive(Debug, Default)]
struct Tally {
    count: usize,
    first: Option<String>,
}

impl Tally {
    fn add(&mut self, instance: impl FnOnce() -> String) {
        self.count = self.count.saturating_add(1);
        self.first.get_or_insert_with(instance);
    }
}

/// Every file that something leads to, with the part that it plays.
pub(super) struct Reach<'p> {
    desk: &'p Desk<'p>,
    package: &'p Package,
    limits: &'p Limits,
    pub(super) roles: BTreeMap<usize, Role>,
    /// Locations that led nowhere, pages among them, and parts that could not be read.
    dangling: Tally,
    missing_pages: Tally,
    unreadable: Tally,
}

impl<'p> Reach<'p> {
    /// Follows everything from OFD.xml on, signatures apart.
    pub(super) fn of(structure: &Structure, desk: &'p Desk<'p>, limits: &'p Limits) -> Self {
        let mut reach = Reach {
            desk,
            package: desk.package(),
            limits,
            roles: BTreeMap::new(),
            dangling: Tally::default(),
            missing_pages: Tally::default(),
            unreadable: Tally::default(),
        };
        reach.roles.insert(structure.root, Role::Root);
        for body in &structure.bodies {
            reach.document(body);
        }
        reach
    }

    /// What was odd on the way.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let check = checks::DOCUMENT_STRUCTURE;
        let mut findings = Vec::new();
        if let Tally { count, first: Some(first) } = &self.missing_pages {
            findings.push(Finding::fail(check, format!("pages without a file: {count}, such as {first}")));
        }
        if let Tally { count, first: Some(first) } = &self.unreadable {
            let detail =
                format!("files that cannot be read, so that what they lead to is not known: {count}, such as {first}");
            findings.push(Finding::unknown(check, detail));
        }
        if let Tally { count, first: Some(first) } = &self.dangling {
            let detail = format!("files that the document names and that are not there: {count}, such as {first}");
            findings.push(Finding::note(check, detail));
        }
        findings
    }

    fn document(&mut self, body: &Body) {
        self.roles.insert(body.document, Role::Document);
        for page in &body.pages {
            match page.content {
                Some(content) => self.page(content, Role::Page),
                None => {
                    self.missing_pages.add(|| format!("the one with the ID \"{}\", \"{}\"", page.id, page.location))
                }
            }
        }
        let skipped = &["Outlines", "Bookmarks", "Actions", "Pages"];
        self.within(body.document, skipped, |reach, folder, root| {
            for node in root.first("CommonData").into_iter().flat_map(Element::children) {
                match node.name() {
                    "PublicRes" | "DocumentRes" => reach.resource(folder, node.text()),
                    "TemplatePage" => {
                        if let Some(index) = reach.follow(folder, node.attribute("BaseLoc").unwrap_or_default()) {
                            reach.page(index, Role::Template);
                        }
                    }
                    _ => {}
                }
            }
            for (name, role) in [
                ("Annotations", Role::AnnotationList),
                ("Attachments", Role::Attachment),
                ("CustomTags", Role::Tag),
                ("Extensions", Role::Extension),
            ] {
                for node in root.all(name) {
                    reach.list(folder, node.text(), role);
                }
            }
        });
        for version in &body.versions {
            self.version(version);
        }
    }

    fn page(&mut self, index: usize, role: Role) {
        if !self.take(index, role) {
            return;
        }
        self.within(index, DRAWN, |reach, folder, root| {
            for node in root.all("PageRes") {
                reach.resource(folder, node.text());
            }
        });
    }

    fn resource(&mut self, folder: &str, location: &str) {
        let Some(index) = self.follow(folder, location) else { return };
        if !self.take(index, Role::Resource) {
            return;
        }
        self.within(index, DRAWN, |reach, folder, root| {
            let base = root.attribute("BaseLoc").unwrap_or_default();
            let inner = resolve(folder, base).unwrap_or_else(|| folder.to_owned());
            for group in root.children() {
                for node in group.children() {
                    let profile = node.attribute("Profile");
                    let files = node.all("FontFile").chain(node.all("MediaFile")).map(Element::text);
                    for location in files.chain(profile).filter(|location| !location.is_empty()) {
                        let at =
                            reach.package.locate(&inner, location).or_else(|| reach.package.locate(folder, location));
                        match at {
                            Some(located) => {
                                reach.take(located.index, Role::Media);
                            }
                            None => reach.dangle(folder, location),
                        }
                    }
                }
            }
        });
    }

    /// Annotations.xml, Attachments.xml, CustomTags.xml or Extensions.xml and what they list.
    fn list(&mut self, folder: &str, location: &str, role: Role) {
        let Some(index) = self.follow(folder, location) else { return };
        if !self.take(index, role) {
            return;
        }
        let inner = if role == Role::AnnotationList { Role::Annotation } else { role };
        self.within(index, &[], |reach, folder, root| {
            for node in root.children().flat_map(|node| node.children()) {
                let is_location = matches!(node.name(), "FileLoc" | "SchemaLoc" | "ExtendData");
                if let Some(index) = is_location.then(|| reach.follow(folder, node.text())).flatten() {
                    reach.take(index, inner);
                }
            }
        });
    }

    /// An earlier or later edition of the document, with the files that it lists.
    fn version(&mut self, location: &str) {
        let Some(index) = self.follow("", location) else { return };
        if !self.take(index, Role::Version) {
            return;
        }
        self.within(index, &[], |reach, folder, root| {
            let listed = root.all("FileList").flat_map(|list| list.all("File").collect::<Vec<_>>());
            for node in listed.chain(root.all("DocRoot")) {
                if let Some(index) = reach.follow(folder, node.text()) {
                    reach.take(index, Role::Version);
                }
            }
        });
    }

    fn follow(&mut self, folder: &str, location: &str) -> Option<usize> {
        let located = self.package.locate(folder, location);
        if located.is_none() {
            self.dangle(folder, location);
        }
        located.map(|located| located.index)
    }

    fn dangle(&mut self, folder: &str, location: &str) {
        self.dangling.add(|| format!("\"{location}\", from the folder /{folder}"));
    }

    /// Gives a file its role; whether it had none before.
    pub(super) fn take(&mut self, index: usize, role: Role) -> bool {
        match self.roles.get_mut(&index) {
            None => self.roles.insert(index, role).is_none(),
            // What is drawn once is drawn, whatever else lists it.
            Some(other) => {
                if role.is_drawn() && !other.is_drawn() && *other != Role::Root {
                    *other = role;
                    return true;
                }
                false
            }
        }
    }

    /// Reads a part and walks it; one that cannot be read is told.
    fn within(&mut self, index: usize, skipped: &[&str], walk: impl FnOnce(&mut Self, &str, Element<'_>)) {
        let path = self.package.path(index);
        let tree = self.desk.unfold(index).and_then(|bytes| Tree::outline(&bytes, self.limits, skipped));
        match tree.as_ref().map(Tree::root) {
            Ok(Ok(root)) => walk(self, folder(path.trim_start_matches('/')), root),
            Ok(Err(error)) => self.unreadable.add(|| format!("{path}: {error}")),
            Err(error) => self.unreadable.add(|| format!("{path}: {error}")),
        }
    }
}
