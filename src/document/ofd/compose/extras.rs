//! What belongs to a document beside its pages: annotations, attachments, tags, places to go to.

use crate::document::ofd::compose::content::Known;
use crate::document::ofd::compose::content::{Content, Item};
use crate::document::ofd::compose::files::PageNumbers;
use crate::document::ofd::compose::xml::{Part, numbers};
use crate::document::ofd::compose::{PageId, PageSize};
use crate::error::{Error, ErrorKind};
use crate::time::Time;
use crate::units::Mm;

/// What kind of annotation it is (GB/T 33190-2016, 15.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AnnotationKind {
    /// Emphasis.
    Highlight,
    /// A place to follow.
    Link,
    /// Drawn by hand.
    Path,
    /// A stamp without a signature: a picture, no seal.
    Stamp,
    /// A mark over or below the page.
    Watermark,
}

/// An annotation on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// Its kind.
    pub kind: AnnotationKind,
    /// Who made it.
    pub creator: String,
    /// When it was last changed; the day is written.
    pub changed: Time,
    /// What it says, for readers that list annotations.
    pub remark: Option<String>,
    /// Where it stands: left, top, width and height.
    pub area: [Mm; 4],
    /// What is seen, from the upper left corner of the area.
    pub appearance: Content,
}

impl Annotation {
    pub(super) fn write(&self, part: &mut Part, id: u32, known: &Known) -> Result<u32, Error> {
        let kind = match self.kind {
            AnnotationKind::Highlight => "Highlight",
            AnnotationKind::Link => "Link",
            AnnotationKind::Path => "Path",
            AnnotationKind::Stamp => "Stamp",
            AnnotationKind::Watermark => "Watermark",
        };
        let area = self.area.map(|value| value.0);
        let [_, _, width, height] = area;
        if !area.iter().all(|value| value.is_finite()) || width <= 0.0 || height <= 0.0 {
            let detail = format!("the annotation of {} has no place or no size", self.creator);
            return Err(Error::new(ErrorKind::Misuse, detail));
        }
        let own = id.to_string();
        let attributes =
            [("ID", own.as_str()), ("Type", kind), ("Creator", &self.creator), ("LastModDate", &day(self.changed))];
        part.open("Annot", &attributes);
        part.leaf_if("Remark", self.remark.as_deref());
        part.open("Appearance", &[("Boundary", &numbers(&area))]);
        let first = id.saturating_add(1);
        self.appearance.write(part, first, (0.0, 0.0), known)?;
        part.close();
        part.close();
        Ok(first.saturating_add(u32::try_from(self.appearance.len()).unwrap_or(u32::MAX)))
    }
}

/// A file that travels with the document (GB/T 33190-2016, 20).
#[derive(Clone, Debug, PartialEq)]
pub struct NewAttachment {
    /// What it is called.
    pub name: String,
    /// Its format, such as `xml`; also the ending of the file in the package.
    pub format: Option<String>,
    /// Its contents.
    pub contents: Vec<u8>,
    /// When it was made.
    pub created: Option<Time>,
    /// Whether readers show it in their list.
    pub is_visible: bool,
    /// What it is for.
    pub usage: Option<String>,
}

impl NewAttachment {
    /// A visible attachment.
    #[must_use]
    pub fn new(name: impl Into<String>, contents: impl Into<Vec<u8>>) -> Self {
        NewAttachment {
            name: name.into(),
            format: None,
            contents: contents.into(),
            created: None,
            is_visible: true,
            usage: None,
        }
    }

    /// The name of its file in the package: the caller's name may hold what no file name can.
    pub(super) fn file(&self, number: usize) -> String {
        let plain =
            |text: &&str| (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match self.format.as_deref().filter(plain) {
            Some(format) => format!("Attach_{number}.{}", format.to_ascii_lowercase()),
            None => format!("Attach_{number}.dat"),
        }
    }

    pub(super) fn write(&self, part: &mut Part, number: usize) {
        // Sizes are in kilobytes, and not rounded: 1024 is a power of two.
        #[expect(clippy::cast_precision_loss, reason = "attachments stay far below 2^52 bytes")]
        let size = (self.contents.len() as f64 / 1024.0).to_string();
        let id = format!("a{number}");
        let created = self.created.map(moment);
        let mut attributes = vec![("ID", id.as_str()), ("Name", &self.name)];
        attributes.extend(self.format.as_deref().map(|format| ("Format", format)));
        attributes.extend(created.as_deref().map(|created| ("CreationDate", created)));
        attributes.push(("Size", &size));
        if !self.is_visible {
            attributes.push(("Visible", "false"));
        }
        attributes.extend(self.usage.as_deref().map(|usage| ("Usage", usage)));
        part.open("Attachment", &attributes);
        part.leaf("FileLoc", &[], &self.file(number));
        part.close();
    }
}

/// A tag: it says what objects on the pages mean (GB/T 33190-2016, 16).
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    name: String,
    text: Option<String>,
    objects: Vec<(PageId, Item)>,
    children: Vec<Tag>,
}

impl Tag {
    /// A tag by its name, an XML name without a colon.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Tag { name: name.into(), text: None, objects: Vec::new(), children: Vec::new() }
    }

    /// What it says, where that is not to be looked up on the page.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// An object on a page that shows it.
    #[must_use]
    pub fn object(mut self, page: PageId, item: Item) -> Self {
        self.objects.push((page, item));
        self
    }

    /// A tag below it.
    #[must_use]
    pub fn child(mut self, child: Tag) -> Self {
        self.children.push(child);
        self
    }

    /// Writes the tree into a part of its own namespace; `depth` is bounded, since it comes from the caller.
    pub(super) fn write(&self, text: &mut String, pages: &PageNumbers, depth: usize) -> Result<(), Error> {
        let misuse = |detail: String| Error::new(ErrorKind::Misuse, format!("the tag \"{}\" {detail}", self.name));
        if !is_name(&self.name) {
            return Err(misuse("is no XML name: letters first, then letters, digits, - and _".into()));
        }
        if depth == 0 {
            return Err(misuse("is nested too deep for readers".into()));
        }
        text.push_str(&format!("<tag:{}>", self.name));
        if let Some(own) = &self.text {
            if own.chars().any(char::is_control) {
                return Err(misuse("has a control character in its text".into()));
            }
            text.push_str(&crate::document::ofd::xml::escape(own));
        }
        for (page, item) in &self.objects {
            let (page, object) = pages.object(*page, *item).ok_or_else(|| misuse("refers to no object".into()))?;
            text.push_str(&format!("<ofd:ObjectRef PageRef=\"{page}\">{object}</ofd:ObjectRef>"));
        }
        for child in &self.children {
            child.write(text, pages, depth.saturating_sub(1))?;
        }
        text.push_str(&format!("</tag:{}>", self.name));
        Ok(())
    }
}

/// The element that stands for a row of a list.
#[cfg(feature = "compose")]
pub(in crate::document::ofd) const ROW: &str = "Row";

impl Tag {
    /// A tag for a field of any name: what no XML name can have is written as `_xHHHH_`.
    #[cfg(feature = "compose")]
    pub(crate) fn of_field(name: &str) -> Self {
        let mut own = String::new();
        for (place, character) in name.char_indices() {
            let is_first = character.is_alphabetic() || character == '_';
            let is_good = is_first || place > 0 && (character.is_alphanumeric() || character == '-');
            let is_ours = character == '_' && name.get(place..).is_some_and(|rest| rest.starts_with("_x"));
            match is_good && !is_ours {
                true => own.push(character),
                false => own.push_str(&format!("_x{:04X}_", u32::from(character))),
            }
        }
        Tag::new(own)
    }

    /// A tag for a row of a list.
    #[cfg(feature = "compose")]
    pub(crate) fn row() -> Self {
        Tag::new(ROW)
    }
}

/// The name of the field that a tag is for.
#[cfg(feature = "compose")]
pub(in crate::document::ofd) fn field_of(tag: &str) -> String {
    let mut field = String::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("_x") {
        field.push_str(before);
        let code = after.split_once('_').filter(|(digits, _)| (4..=6).contains(&digits.len()));
        let known =
            code.and_then(|(digits, left)| Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, left)));
        match known {
            Some((character, left)) => {
                field.push(character);
                rest = left;
            }
            None => {
                field.push_str("_x");
                rest = after;
            }
        }
    }
    field + rest
}

/// A cautious subset of XML names.
fn is_name(name: &str) -> bool {
    let is_first = |character: char| character.is_alphabetic() || character == '_';
    let is_next = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    name.starts_with(is_first) && name.chars().all(is_next)
}

/// A place in the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Destination {
    /// The page.
    pub page: PageId,
    /// From its upper edge.
    pub top: Mm,
}

impl Destination {
    /// Writes `Dest`.
    pub(super) fn write(&self, part: &mut Part, pages: &PageNumbers) -> Result<(), Error> {
        let page = pages.page(self.page).ok_or_else(|| {
            Error::new(ErrorKind::Misuse, "a place to go to is on a page of another document".to_owned())
        })?;
        let (page, top) = (page.to_string(), numbers(&[self.top.0]));
        part.empty("Dest", &[("Type", "XYZ"), ("PageID", &page), ("Left", "0"), ("Top", &top)]);
        Ok(())
    }
}

/// A line of the table of contents that readers show beside the pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub to: Destination,
    /// Lines below it.
    pub children: Vec<Heading>,
}

impl Heading {
    pub(super) fn write(&self, part: &mut Part, pages: &PageNumbers, depth: usize) -> Result<(), Error> {
        if depth == 0 {
            return Err(Error::new(ErrorKind::Misuse, format!("the heading \"{}\" is nested too deep", self.title)));
        }
        part.open("OutlineElem", &[("Title", &self.title)]);
        for name in ["Actions", "Action", "Goto"] {
            part.open(name, if name == "Action" { &[("Event", "CLICK")] } else { &[] });
        }
        self.to.write(part, pages)?;
        (0..3).for_each(|_| part.close());
        for child in &self.children {
            child.write(part, pages, depth.saturating_sub(1))?;
        }
        part.close();
        Ok(())
    }
}

/// `PageArea` or `Area`.
pub(super) fn write_area(part: &mut Part, name: &'static str, (width, height): PageSize) -> Result<(), Error> {
    if !width.is_positive() || !height.is_positive() {
        return Err(Error::new(ErrorKind::Misuse, format!("a page of {width} × {height} shows nothing")));
    }
    part.open(name, &[]);
    part.leaf("PhysicalBox", &[], &numbers(&[0.0, 0.0, width.0, height.0]));
    part.close();
    Ok(())
}

/// `2025-03-01` in China, as `xs:date`.
pub(super) fn day(time: Time) -> String {
    moment(time).split('T').next().unwrap_or_default().to_owned()
}

/// `2025-03-01T08:00:00` in China, as `xs:dateTime`.
fn moment(time: Time) -> String {
    let parts = time.plus_seconds(8 * 3600).parts();
    let (hour, minute, second) = parts.to_hms();
    let (year, month, day) = (parts.year(), u8::from(parts.month()), parts.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}
