//! Which files of a package something leads to, and the part that each plays (GB/T 33190-2016, 7).

use std::collections::{BTreeMap, BTreeSet};

use crate::document::ofd::package::{Package, folder, resolve};
use crate::document::ofd::structure::{Body, Structure};
use crate::document::ofd::survey::Desk;
use crate::document::ofd::xml::{Element, Tree};
use crate::finding::{Finding, checks};
use crate::limits::Limits;

/// Elements whose insides name no file: drawn objects refer to resources by number.
pub(super) const DRAWN: &[&str] = &["Content", "Appearance", "Actions"];
/// The same of Document.xml.
const APART: &[&str] = &["Outlines", "Bookmarks", "Actions"];

/// What part a file plays in the package.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Role {
    Root,
    Cover,
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
            Role::Cover => "the cover",
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
    /// What was walked, and as what: a file that is listed as two things leads on as both.
    walked: BTreeSet<(usize, Role, bool)>,
    /// Whether what is followed belongs to another edition of a document, which readers show when asked to.
    is_edition: bool,
    /// Of the parts that were read, whether each could be a document by what is in it.
    pub(super) documents: BTreeMap<usize, bool>,
    /// Locations that led nowhere, pages among them, and parts that could not be read.
    dangling: Tally,
    missing_pages: Tally,
    unreadable: Tally,
}

impl<'p> Reach<'p> {
    fn new(desk: &'p Desk<'p>, limits: &'p Limits) -> Self {
        Reach {
            desk,
            package: desk.package(),
            limits,
            roles: BTreeMap::new(),
            walked: BTreeSet::new(),
            is_edition: false,
            documents: BTreeMap::new(),
            dangling: Tally::default(),
            missing_pages: Tally::default(),
            unreadable: Tally::default(),
        }
    }

    /// Follows everything from OFD.xml on, signatures apart.
    pub(super) fn of(structure: &Structure, desk: &'p Desk<'p>, limits: &'p Limits) -> Self {
        let mut reach = Reach::new(desk, limits);
        reach.roles.insert(structure.root, Role::Root);
        for body in &structure.bodies {
            reach.document(body);
        }
        reach
    }

    /// Follows what one of the documents leads to.
    pub(super) fn of_body(body: &Body, desk: &'p Desk<'p>, limits: &'p Limits) -> Self {
        let mut reach = Reach::new(desk, limits);
        reach.document(body);
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
        // The pages are known; the list may be long.
        let skipped = &[APART, &["Pages"]].concat();
        self.within(body.document, skipped, |reach, folder, root| reach.parts(folder, root));
        if let Some(cover) = body.cover.as_deref().filter(|cover| !cover.is_empty())
            && let Some(index) = self.follow("", cover)
        {
            self.take(index, Role::Cover);
        }
        for version in &body.versions {
            self.is_edition = true;
            self.version(version);
            self.is_edition = false;
        }
    }

    /// What Document.xml names beside its pages.
    fn parts(&mut self, folder: &str, root: Element<'_>) {
        for node in root.all("CommonData").flat_map(|data| data.children().collect::<Vec<_>>()) {
            match node.name() {
                "PublicRes" | "DocumentRes" => self.resource(folder, node.text()),
                "TemplatePage" => {
                    if let Some(index) = self.follow(folder, node.attribute("BaseLoc").unwrap_or_default()) {
                        self.page(index, Role::Template);
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
                self.list(folder, node.text(), role);
            }
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

    /// An earlier or later edition of the document, with the files that it lists and those that its own document leads
    /// to (7.10).
    fn version(&mut self, location: &str) {
        let Some(index) = self.follow("", location) else { return };
        if !self.take(index, Role::Version) {
            return;
        }
        self.within(index, &[], |reach, folder, root| {
            for node in root.all("FileList").flat_map(|list| list.all("File").collect::<Vec<_>>()) {
                if let Some(index) = reach.follow(folder, node.text()) {
                    reach.take(index, Role::Version);
                }
            }
            for node in root.all("DocRoot") {
                if let Some(index) = reach.follow(folder, node.text()) {
                    reach.edition(index);
                }
            }
        });
    }

    fn edition(&mut self, document: usize) {
        if !self.take(document, Role::Document) {
            return;
        }
        self.within(document, APART, |reach, folder, root| {
            for page in root.all("Pages").flat_map(|pages| pages.all("Page").collect::<Vec<_>>()) {
                if let Some(index) = reach.follow(folder, page.attribute("BaseLoc").unwrap_or_default()) {
                    reach.page(index, Role::Page);
                }
            }
            reach.parts(folder, root);
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

    /// Gives a file its role; whether it has to be walked as that.
    pub(super) fn take(&mut self, index: usize, role: Role) -> bool {
        let own = if self.is_edition { Role::Version } else { role };
        let known = self.roles.entry(index).or_insert(own);
        // What is drawn once is drawn, whatever else lists it.
        if own.is_drawn() && !known.is_drawn() && *known != Role::Root {
            *known = own;
        }
        self.walked.insert((index, role, self.is_edition))
    }

    /// Reads a part and walks it; one that cannot be read is told.
    fn within(&mut self, index: usize, skipped: &[&str], walk: impl FnOnce(&mut Self, &str, Element<'_>)) {
        let path = self.package.path(index);
        let tree = self.desk.unfold(index).and_then(|bytes| Tree::outline(&bytes, self.limits, skipped));
        match tree.as_ref().map(Tree::root) {
            Ok(Ok(root)) => {
                self.documents.insert(index, could_be_document(root));
                walk(self, folder(path.trim_start_matches('/')), root);
            }
            Ok(Err(error)) => self.unreadable.add(|| format!("{path}: {error}")),
            Err(error) => self.unreadable.add(|| format!("{path}: {error}")),
        }
    }
}

/// Whether a part is built like Document.xml; other formats have a root of that name too (ISO 20022).
pub(super) fn could_be_document(root: Element<'_>) -> bool {
    root.name() == "Document" && root.first("Pages").is_some()
}
