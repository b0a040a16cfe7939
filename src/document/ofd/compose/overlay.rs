//! Words laid over every page of a document that is there already: annotations in files of their own.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::ofd::Ofd;
use crate::document::ofd::compose::NewFont;
use crate::document::ofd::compose::content::{Content, Known};
use crate::document::ofd::compose::extras::{Annotation, AnnotationKind};
use crate::document::ofd::compose::xml::Part;
use crate::document::ofd::description::List;
use crate::document::ofd::write::{ZipTime, rewrite};
use crate::document::ofd::xml::{Element, Tree, escape};
use crate::error::{Context as _, Error, ErrorKind};
use crate::time::Time;
use crate::units::{Mm, Page};

/// What is laid over a document.
pub(crate) struct Over<'o> {
    /// Who does it, and when.
    pub(crate) creator: &'o str,
    pub(crate) time: Time,
    /// What it says, for those who cannot see it.
    pub(crate) said: &'o str,
    pub(crate) fonts: &'o [NewFont],
    /// What is drawn on each page, from its upper left corner.
    pub(crate) contents: Vec<Content>,
}

/// What stands before `Annotations` in Document.xml, and before `DocumentRes` in its common data (GB/T 33190-2016, 7.5).
const BEFORE_ANNOTATIONS: [&str; 7] =
    ["CommonData", "Pages", "Outlines", "Permissions", "Actions", "VPreferences", "Bookmarks"];
const BEFORE_RESOURCES: [&str; 4] = ["MaxUnitID", "PageArea", "PublicRes", "DocumentRes"];

impl Ofd {
    /// Lays words over every page. Only a document without signatures can take them: what a signature protects of a
    /// package is all of it, and the list of annotations with it.
    pub(crate) fn lay_over(&self, over: Over<'_>) -> Result<Ofd, Error> {
        self.refuse_signed()?;
        let (package, body) = (self.package(), self.structure().first()?);
        let path = package.path(body.document);
        let bytes = package.unfold(body.document)?;
        let tree = Tree::read(&bytes, self.limits()).context(&path)?;
        tree.editable().context(&path)?;
        let root = tree.rooted("Document").context(&path)?;
        if root.first("Annotations").is_some() {
            return Err(Error::unsupported("the document has annotations already, to which no others are added"));
        }
        let named = |name: &str| within(&body.folder, name);
        let mut next = highest(root).context(&path)?;
        let mut added = Vec::new();
        let mut resources = Part::new("Res", &[("BaseLoc", "Note")]);
        let mut known = Known::default();
        resources.open("Fonts", &[]);
        for (place, font) in over.fonts.iter().enumerate() {
            next = next.saturating_add(1);
            known.fonts.push(next);
            let file = font.write(&mut resources, next, place);
            added.extend(
                file.map(|file| (named(&format!("Annots/Note/{file}")), font.file.clone().unwrap_or_default())),
            );
        }
        added.push((named("Annots/NoteRes.xml"), resources.finish()?));
        let mut list = Part::new("Annotations", &[]);
        for (index, content) in over.contents.into_iter().enumerate() {
            let number = Page(u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX));
            let page = body.pages.get(index).ok_or_else(|| Error::misuse(format!("the document has no {number}")))?;
            let (width, height) = self.page_size(number)?;
            let mut part = Part::new("PageAnnot", &[]);
            let annotation = Annotation {
                kind: AnnotationKind::Watermark,
                creator: over.creator.to_owned(),
                changed: over.time,
                remark: Some(over.said.to_owned()),
                area: [Mm(0.0), Mm(0.0), width, height],
                appearance: content,
            };
            next = annotation.write(&mut part, next.saturating_add(1), &known).context(number)?.saturating_sub(1);
            let file = format!("Note/Page_{index}.xml");
            list.open("Page", &[("PageID", &page.id)]);
            list.leaf("FileLoc", &[], &file);
            list.close();
            added.push((named(&format!("Annots/{file}")), part.finish()?));
        }
        added.push((named("Annots/NoteAnnotations.xml"), list.finish()?));
        for (name, _) in &added {
            if package.find(name).is_some() {
                return Err(Error::unsupported(format!("the package has a file /{name} already")));
            }
        }
        let changed = edited(&bytes, root, next).context(&path)?;
        let changed = BTreeMap::from([(body.document, changed)]);
        let package = rewrite(package, &changed, &added, ZipTime::of(over.time), self.limits())?;
        Ofd::of(package, self.limits())
    }

    fn refuse_signed(&self) -> Result<(), Error> {
        let package = self.package();
        for body in &self.structure().bodies {
            let Some(located) = body.signatures.as_ref().and_then(|list| package.locate("", list)) else { continue };
            if !List::read(package, located.index, self.limits())?.entries.is_empty() {
                let detail = "the document is signed, and its signature protects all files, so that words over its \
                              pages would break it: make the copy anew from its data, sealed by whoever makes it";
                return Err(Error::new(ErrorKind::NotAllowed, detail));
            }
        }
        Ok(())
    }
}

/// The highest number of an object.
fn highest(root: Element<'_>) -> Result<u32, Error> {
    let text = root.first("CommonData").and_then(|data| data.first("MaxUnitID")).map(Element::text);
    let number = text.and_then(|text| text.trim().parse::<u32>().ok()).filter(|number| *number < u32::MAX / 2);
    number.ok_or_else(|| Error::malformed("MaxUnitID is no number that others could follow"))
}

/// Document.xml with the new resources, the new list and the new highest number.
fn edited(bytes: &[u8], root: Element<'_>, highest: u32) -> Result<Vec<u8>, Error> {
    let missing = |what: &str| Error::malformed(format!("{what} is missing or empty"));
    let data = root.first("CommonData").ok_or_else(|| missing("CommonData"))?;
    let number = data.first("MaxUnitID").and_then(Element::inside).ok_or_else(|| missing("MaxUnitID"))?;
    let resources = after(data, &BEFORE_RESOURCES).ok_or_else(|| missing("CommonData"))?;
    let annotations = after(root, &BEFORE_ANNOTATIONS).ok_or_else(|| missing("Document"))?;
    let prefix = escape(root.prefix());
    let element = |name: &str, text: &str| format!("<{prefix}{name}>{text}</{prefix}{name}>");
    let mut edits: Vec<(Range<usize>, String)> = vec![
        (number, highest.to_string()),
        (resources..resources, element("DocumentRes", "Annots/NoteRes.xml")),
        (annotations..annotations, element("Annotations", "Annots/NoteAnnotations.xml")),
    ];
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut out = bytes.to_vec();
    for (range, text) in edits {
        out.splice(range, text.into_bytes());
    }
    Ok(out)
}

/// Where the last of the elements with these names ends.
fn after(parent: Element<'_>, names: &[&str]) -> Option<usize> {
    parent.children().filter(|child| names.contains(&child.name())).map(|child| child.span().end).max()
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
