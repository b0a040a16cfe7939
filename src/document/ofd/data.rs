//! Data in a document: metadata, attachments, tags (GB/T 33190-2016, 7.4, 16 and 20).
//!
//! Whoever asks for it has to know that the document was found valid: the door is [`Verified`](crate::Verified).

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::document::ofd::Ofd;
#[cfg(feature = "compose")]
use crate::document::ofd::compose::{ROW, field_of};
use crate::document::ofd::description::{Description, List, numbers};
use crate::document::ofd::package::folder;
use crate::document::ofd::xml::{Element, Tree};
use crate::document::page_index;
use crate::error::{Context, Error, ErrorKind};
use crate::units::{Area, Mm, Page};

/// The most objects that the tags of one document may refer to.
const MOST_TAGS: usize = 200_000;

/// What `DocInfo` says about a document.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Metadata {
    /// `DocID`.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// Names and values (`CustomData`), in their order. A name may occur again.
    pub custom_data: Vec<(String, String)>,
}

impl Metadata {
    /// The value of a name that occurs once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Mismatch`] when the name is not there, or has several values: one reader would take the
    /// first, another the last.
    pub fn custom_value(&self, name: &str) -> Result<&str, Error> {
        let mut values = self.custom_data.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(Error::new(ErrorKind::Mismatch, format!("the document has no CustomData \"{name}\""))),
            (Some(_), Some(_)) => {
                let detail = format!("the document has several CustomData \"{name}\", and which counts is not said");
                Err(Error::new(ErrorKind::Mismatch, detail))
            }
        }
    }
}

/// A file that travels with a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attachment<'d> {
    /// What it is called.
    pub name: String,
    /// Its format, as written.
    pub format: Option<String>,
    /// Whether readers show it in their list.
    pub is_visible: bool,
    /// What it is for, as written.
    pub usage: Option<String>,
    /// Where it lies in the package.
    pub path: String,
    ofd: &'d Ofd,
    index: usize,
}

impl<'d> Attachment<'d> {
    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.ofd.package().entry(self.index).map_or(0, |entry| entry.size())
    }

    /// Its contents.
    ///
    /// # Errors
    ///
    /// When they cannot be unfolded.
    pub fn contents(&self) -> Result<Cow<'d, [u8]>, Error> {
        self.ofd.package().unfold(self.index)
    }
}

/// A tag, with the words of the objects that it refers to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TagNode {
    /// Its name, without a prefix.
    pub name: String,
    /// What it says itself.
    pub text: String,
    /// The words of the text objects that it refers to, one after the other.
    pub shown: String,
    /// On which pages these are.
    pub pages: Vec<Page>,
    /// What stands below it.
    pub children: Vec<TagNode>,
}

impl TagNode {
    /// The tag that a way of names leads to, such as `["Buyer", "BuyerName"]`, by the first at each step.
    #[must_use]
    pub fn descend(&self, names: &[&str]) -> Option<&TagNode> {
        names.iter().try_fold(self, |node, name| node.children.iter().find(|child| child.name == *name))
    }
}

/// A text object of a page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextRun {
    /// What it says.
    pub text: String,
    /// The area that it says it takes, in millimetres of the page.
    pub area: Area,
}

impl Ofd {
    /// The text objects of a page and of its templates, in the order in which the page has them.
    pub(crate) fn text(&self, page: Page) -> Result<Vec<TextRun>, Error> {
        let body = self.structure().first()?;
        let index = page_index(page, body.pages.len())?;
        let content = body.pages.get(index).and_then(|page| page.content);
        let content = content.ok_or_else(|| Error::malformed(format!("{page} is said to be where no file is")))?;
        let document = self.part(body.document)?;
        let common = document.root()?.first("CommonData");
        let templates: Vec<_> = common.into_iter().flat_map(|data| data.all("TemplatePage")).collect();
        let sheet = self.part(content)?;
        let root = sheet.root()?;
        let mut runs = Vec::new();
        for wanted in root.all("Template").filter_map(|node| node.attribute("TemplateID")) {
            let found = templates.iter().find(|template| template.attribute("ID") == Some(wanted));
            let location = found.and_then(|template| template.attribute("BaseLoc")).unwrap_or_default();
            if let Some(located) = self.package().locate(&body.folder, location) {
                written(self.part(located.index)?.root()?, page, &mut runs);
            }
        }
        written(root, page, &mut runs);
        Ok(runs)
    }

    /// Whether a signature protects OFD.xml, where the metadata stand.
    pub(crate) fn protects_metadata(&self) -> Result<bool, Error> {
        let (package, structure) = (self.package(), self.structure());
        let Some(location) = &structure.first()?.signatures else { return Ok(false) };
        let Some(located) = package.locate("", location) else { return Ok(false) };
        let list = List::read(package, located.index, self.limits())?;
        let path = package.path(located.index);
        for entry in &list.entries {
            let location = entry.location.as_deref().unwrap_or_default();
            let Some(one) = package.locate(folder(path.trim_start_matches('/')), location) else { continue };
            if Description::read(package, one.index, self.limits())?.protects(structure.root) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn metadata(&self) -> Result<Metadata, Error> {
        let tree = self.part(self.structure().root)?;
        let body = tree.rooted("OFD")?.first("DocBody");
        let Some(info) = body.and_then(|body| body.first("DocInfo")) else { return Ok(Metadata::default()) };
        let said = |name: &str| Ok::<_, Error>(info.only(name)?.map(|node| node.text().to_owned()));
        let listed = info.only("CustomDatas")?.into_iter().flat_map(|list| list.all("CustomData"));
        let named = |node: Element<'_>| (node.attribute("Name").unwrap_or_default().to_owned(), node.text().to_owned());
        Ok(Metadata {
            id: said("DocID")?,
            title: said("Title")?,
            author: said("Author")?,
            created: said("CreationDate")?,
            custom_data: listed.map(named).collect(),
        })
    }

    pub(crate) fn attachments(&self) -> Result<Vec<Attachment<'_>>, Error> {
        let mut found = Vec::new();
        for (tree, folder) in self.lists("Attachments")? {
            for node in tree.root()?.all("Attachment") {
                let own = |name| node.attribute(name).map(str::to_owned);
                let name = own("Name").unwrap_or_default();
                let location = node.only("FileLoc")?.map_or("", Element::text);
                let located = self.package().locate(&folder, location).ok_or_else(|| {
                    Error::malformed(format!(
                        "the attachment \"{name}\" is said to be at \"{location}\", where no file is"
                    ))
                })?;
                found.push(Attachment {
                    name,
                    format: own("Format"),
                    is_visible: node.attribute("Visible") != Some("false"),
                    usage: own("Usage"),
                    path: self.package().path(located.index),
                    ofd: self,
                    index: located.index,
                });
            }
        }
        Ok(found)
    }

    /// Each tree of tags with the convention that it follows.
    pub(crate) fn tags(&self) -> Result<Vec<(String, TagNode)>, Error> {
        let mut words = Words { ofd: self, pages: BTreeMap::new(), left: MOST_TAGS };
        let mut found = Vec::new();
        for (tree, folder) in self.lists("CustomTags")? {
            for node in tree.root()?.all("CustomTag") {
                let kind = node.attribute("TypeID").or(node.attribute("NameSpace")).unwrap_or_default().to_owned();
                let location = node.only("FileLoc")?.map_or("", Element::text);
                let located = self.package().locate(&folder, location).ok_or_else(|| {
                    Error::malformed(format!("the tags \"{kind}\" are said to be at \"{location}\", where no file is"))
                })?;
                let tree = self.part(located.index)?;
                found.push((kind, words.tag(tree.root()?)?));
            }
        }
        Ok(found)
    }

    /// What the pages say of fields of the data, each with the way to it (`members.0.name`), by the tags of a convention.
    #[cfg(feature = "compose")]
    pub(crate) fn shown_fields(&self, namespace: &str) -> Result<Vec<(String, String)>, Error> {
        let mut fields = Vec::new();
        for (kind, tree) in self.tags()?.into_iter().filter(|(kind, _)| kind == namespace) {
            drop(kind);
            tree.children.iter().for_each(|child| shown(child, "", &mut fields));
        }
        Ok(fields)
    }

    /// The parts of this kind that Document.xml names, with their folders.
    fn lists(&self, name: &str) -> Result<Vec<(Tree, String)>, Error> {
        let body = self.structure().first()?;
        let document = self.part(body.document)?;
        let mut found = Vec::new();
        for node in document.rooted("Document")?.all(name) {
            let located = self.package().locate(&body.folder, node.text()).ok_or_else(|| {
                Error::malformed(format!("Document.xml names {name} at \"{}\", where no file is", node.text()))
            })?;
            let path = self.package().path(located.index);
            found.push((self.part(located.index)?, folder(path.trim_start_matches('/')).to_owned()));
        }
        Ok(found)
    }

    pub(super) fn part(&self, index: usize) -> Result<Tree, Error> {
        let bytes = self.package().unfold(index)?;
        Tree::read(&bytes, self.limits()).context(self.package().path(index))
    }
}

/// The fields of a tag and of those below; the XML is bounded in its depth where it is read.
#[cfg(feature = "compose")]
fn shown(tag: &TagNode, before: &str, fields: &mut Vec<(String, String)>) {
    let way = format!("{before}{}", field_of(&tag.name));
    let is_list = !tag.children.is_empty() && tag.children.iter().all(|child| child.name == ROW);
    if is_list {
        for (number, row) in tag.children.iter().enumerate() {
            row.children.iter().for_each(|child| shown(child, &format!("{way}.{number}."), fields));
        }
        return;
    }
    if tag.children.is_empty() || !tag.shown.is_empty() {
        fields.push((way.clone(), tag.shown.clone()));
    }
    tag.children.iter().for_each(|child| shown(child, &format!("{way}."), fields));
}

/// The text objects below, with their places.
fn written(node: Element<'_>, page: Page, runs: &mut Vec<TextRun>) {
    for child in node.children().filter(|child| child.attribute("Visible") != Some("false")) {
        match child.name() {
            "TextObject" => {
                let text: String = child.all("TextCode").map(Element::whole_text).collect();
                if let Some(boundary) = child.attribute("Boundary").and_then(numbers) {
                    let [left, top, width, height] = boundary.map(Mm);
                    runs.push(TextRun { text, area: Area { page, left, top, width, height } });
                }
            }
            "Content" | "Layer" | "PageBlock" => written(child, page, runs),
            _ => {}
        }
    }
}

/// The words of pages, by the numbers of their objects.
struct Words<'o> {
    ofd: &'o Ofd,
    /// Pages by their numbers; `None` for those that are not there.
    pages: BTreeMap<String, Option<Written>>,
    left: usize,
}

/// Which page it is, and the words of its text objects by their numbers.
struct Written {
    page: Page,
    words: BTreeMap<String, String>,
}

impl Words<'_> {
    /// The XML is bounded in its depth where it is read.
    fn tag(&mut self, node: Element<'_>) -> Result<TagNode, Error> {
        let mut tag = TagNode {
            name: node.name().to_owned(),
            text: node.text().to_owned(),
            shown: String::new(),
            pages: Vec::new(),
            children: Vec::new(),
        };
        for child in node.children() {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                Error::too_large(format!("the document has more than {MOST_TAGS} tags and references"))
            })?;
            if child.name() != "ObjectRef" {
                tag.children.push(self.tag(child)?);
                continue;
            }
            let page = child.attribute("PageRef").unwrap_or_default();
            if let Some(written) = self.page(page)? {
                tag.shown.push_str(written.words.get(child.text()).map_or("", String::as_str));
                if !tag.pages.contains(&written.page) {
                    tag.pages.push(written.page);
                }
            }
        }
        Ok(tag)
    }

    fn page(&mut self, id: &str) -> Result<Option<&Written>, Error> {
        if !self.pages.contains_key(id) {
            let read = self.read(id)?;
            self.pages.insert(id.to_owned(), read);
        }
        Ok(self.pages.get(id).and_then(Option::as_ref))
    }

    fn read(&self, id: &str) -> Result<Option<Written>, Error> {
        let body = self.ofd.structure().first()?;
        let Some(index) = body.page_ids.get(id) else { return Ok(None) };
        let Some(content) = body.pages.get(*index).and_then(|page| page.content) else { return Ok(None) };
        let number = u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX);
        let tree = self.ofd.part(content)?;
        let mut words = BTreeMap::new();
        let layers = tree.root()?.first("Content");
        layers.into_iter().for_each(|content| collect(content, &mut words));
        Ok(Some(Written { page: Page(number), words }))
    }
}

/// The words of all text objects below.
fn collect(node: Element<'_>, words: &mut BTreeMap<String, String>) {
    for child in node.children() {
        match child.name() {
            "TextObject" => {
                let text: String = child.all("TextCode").map(Element::whole_text).collect();
                words.extend(child.attribute("ID").map(|id| (id.to_owned(), text)));
            }
            "Layer" | "PageBlock" => collect(child, words),
            _ => {}
        }
    }
}
