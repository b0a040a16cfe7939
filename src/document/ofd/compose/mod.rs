//! Making OFD documents: pages of text, paths and pictures, and what belongs to them.
//!
//! What is written keeps the order and the attributes of the standard's schema (GB/T 33190-2016, annex A).
//! The same calls give the same bytes.

mod content;
mod extras;
mod ink;
mod outline;
#[cfg(feature = "compose")]
mod overlay;
mod xml;

use std::sync::Arc;

use crate::document::ofd::Ofd;
use crate::document::ofd::compose::extras::{day, write_area};
use crate::document::ofd::compose::xml::Part;
use crate::document::ofd::write::{self, Contents, Packed};
use crate::error::{Context, Error, ErrorKind};
use crate::limits::Limits;
use crate::picture::PictureFormat;
use crate::time::Time;
use crate::units::Mm;

pub use crate::document::ofd::compose::content::{Content, Figure, Item, Text};
pub use crate::document::ofd::compose::extras::{Annotation, AnnotationKind, Destination, Heading, NewAttachment, Tag};
pub use crate::document::ofd::compose::ink::{Cap, Ink, Join, Stroke};
pub use crate::document::ofd::compose::outline::Outline;

#[cfg(feature = "compose")]
pub(super) use crate::document::ofd::compose::extras::{ROW, field_of};
#[cfg(feature = "compose")]
pub(crate) use crate::document::ofd::compose::overlay::Over;

use crate::document::ofd::compose::content::Known;

/// How deep headings and tags may be nested.
const DEPTH: usize = 32;

type PageSize = (Mm, Mm);

/// An OFD document in the making.
///
/// ```
/// use eseal::ofd::{Content, NewOfd, NewFont, Text};
/// use eseal::Mm;
///
/// let mut letter = NewOfd::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
/// letter.title("示例").custom_data("ZZBS", "1.2.156.3005.2.1");
/// let song = letter.font(NewFont::named("宋体"))?;
/// let mut page = Content::new();
/// page.text(Text::new("示例市人民政府", song, Mm(7.76)).at(Mm(80.0), Mm(40.0)));
/// letter.page(page);
/// let letter = letter.finish()?;
/// assert_eq!(letter.page_count(), 1);
/// # Ok::<(), eseal::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NewOfd {
    id: String,
    size: PageSize,
    title: Option<String>,
    author: Option<String>,
    subject: Option<String>,
    created: Option<Time>,
    custom_data: Vec<(String, String)>,
    fonts: Vec<NewFont>,
    spaces: Vec<NewColourSpace>,
    images: Vec<(PictureFormat, Vec<u8>)>,
    templates: Vec<Sheet>,
    pages: Vec<Sheet>,
    annotations: Vec<(PageId, Annotation)>,
    attachments: Vec<NewAttachment>,
    tags: Vec<(String, Tag)>,
    headings: Vec<Heading>,
    bookmarks: Vec<(String, Destination)>,
}

/// A page or a template.
#[derive(Clone, Debug)]
struct Sheet {
    content: Content,
    size: Option<PageSize>,
    /// The templates below and above a page.
    below: Vec<TemplateId>,
    above: Vec<TemplateId>,
}

/// A font of a document, for [`Text`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FontId(usize);

#[cfg(feature = "compose")]
impl FontId {
    /// The font at a place, where fonts are given as a list.
    pub(crate) fn of(place: usize) -> Self {
        FontId(place)
    }
}

/// A picture of a document, for [`Content::image`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ImageId(usize);

/// A colour space of a document, for [`Ink::within`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ColourSpaceId(usize);

/// A template of a document, for [`NewOfd::page_on`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TemplateId(usize);

/// A page of a document in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageId(usize);

/// A font to be used in a document (GB/T 33190-2016, 11.1).
#[derive(Clone, Debug, PartialEq)]
pub struct NewFont {
    name: String,
    family: Option<String>,
    file: Option<Vec<u8>>,
    /// The file compressed, where that was done once for many documents.
    packed: Option<Arc<Packed>>,
}

impl NewFont {
    /// A font that readers are to have, such as `宋体`: what they lack they replace. For documents that are
    /// to look the same everywhere, embed it.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        NewFont { name: name.into(), family: None, file: None, packed: None }
    }

    /// A font whose file travels in the package: TrueType or OpenType, taken as it is. Whoever writes many
    /// documents embeds a subset.
    #[must_use]
    pub fn embedded(name: impl Into<String>, file: impl Into<Vec<u8>>) -> Self {
        NewFont { name: name.into(), family: None, file: Some(file.into()), packed: None }
    }

    /// The family it belongs to; without one, its own name.
    #[must_use]
    pub fn family(mut self, family: impl Into<String>) -> Self {
        self.family = Some(family.into());
        self
    }

    /// Compresses the file now, as small as it gets: for a font that many documents embed. Clones share it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when its file is neither TrueType nor OpenType, or there is none.
    pub fn packed(mut self) -> Result<Self, Error> {
        let file = self.file.as_deref().filter(|_| self.ending().is_some());
        let file = file.ok_or_else(|| self.unusable())?;
        self.packed = Some(Arc::new(Packed::of(file)?));
        // Its first bytes tell what it is.
        self.file = self.file.as_ref().and_then(|file| file.get(..4)).map(<[u8]>::to_vec);
        Ok(self)
    }

    fn unusable(&self) -> Error {
        Error::unsupported(format!(
            "the file of the font \"{}\" is neither TrueType nor OpenType; take a font out of a collection first",
            self.name
        ))
    }

    /// Writes `Font`; gives the name of its file, if it has one.
    fn write(&self, part: &mut Part, id: u32, number: usize) -> Option<String> {
        let id = id.to_string();
        let family = self.family.as_ref().unwrap_or(&self.name);
        let attributes = [("ID", id.as_str()), ("FontName", &self.name), ("FamilyName", family)];
        let Some(ending) = self.ending() else {
            part.empty("Font", &attributes);
            return None;
        };
        let file = format!("Font_{number}.{ending}");
        part.open("Font", &attributes);
        part.leaf("FontFile", &[], &file);
        part.close();
        Some(file)
    }

    fn contents(&self) -> Contents {
        match &self.packed {
            Some(packed) => Contents::Packed(Arc::clone(packed)),
            None => Contents::Plain(self.file.clone().unwrap_or_default()),
        }
    }

    fn ending(&self) -> Option<&'static str> {
        match self.file.as_deref()? {
            [b'O', b'T', b'T', b'O', ..] => Some("otf"),
            [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] => Some("ttf"),
            _ => None,
        }
    }
}

/// A colour space (GB/T 33190-2016, 8.3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct NewColourSpace {
    kind: &'static str,
    components: usize,
    profile: Option<Vec<u8>>,
}

impl NewColourSpace {
    /// One component, 0 for black.
    #[must_use]
    pub fn grey() -> Self {
        NewColourSpace { kind: "GRAY", components: 1, profile: None }
    }

    /// Red, green and blue.
    #[must_use]
    pub fn rgb() -> Self {
        NewColourSpace { kind: "RGB", components: 3, profile: None }
    }

    /// Cyan, magenta, yellow and black, for print.
    #[must_use]
    pub fn cmyk() -> Self {
        NewColourSpace { kind: "CMYK", components: 4, profile: None }
    }

    /// By an ICC profile, which travels in the package.
    #[must_use]
    pub fn profile(mut self, icc: impl Into<Vec<u8>>) -> Self {
        self.profile = Some(icc.into());
        self
    }
}

impl NewOfd {
    /// A document without pages. `id` is its `DocID`, by the standard a UUID of 32 hexadecimal digits; it is
    /// the caller's, so that the same calls give the same bytes. The size is that of pages that do not say
    /// their own.
    #[must_use]
    pub fn new(id: impl Into<String>, width: Mm, height: Mm) -> Self {
        NewOfd {
            id: id.into(),
            size: (width, height),
            title: None,
            author: None,
            subject: None,
            created: None,
            custom_data: Vec::new(),
            fonts: Vec::new(),
            spaces: Vec::new(),
            images: Vec::new(),
            templates: Vec::new(),
            pages: Vec::new(),
            annotations: Vec::new(),
            attachments: Vec::new(),
            tags: Vec::new(),
            headings: Vec::new(),
            bookmarks: Vec::new(),
        }
    }

    /// The document's title.
    pub fn title(&mut self, title: impl Into<String>) -> &mut Self {
        self.title = Some(title.into());
        self
    }

    /// Who wrote it.
    pub fn author(&mut self, author: impl Into<String>) -> &mut Self {
        self.author = Some(author.into());
        self
    }

    /// What it is about.
    pub fn subject(&mut self, subject: impl Into<String>) -> &mut Self {
        self.subject = Some(subject.into());
        self
    }

    /// When it was made; the day is written, as China counts it.
    pub fn created(&mut self, time: Time) -> &mut Self {
        self.created = Some(time);
        self
    }

    /// A name and a value (`CustomData`). Names may occur again. They stand in OFD.xml, so that only a
    /// signature which protects that file protects them, as those of this crate do.
    pub fn custom_data(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.custom_data.push((name.into(), value.into()));
        self
    }

    /// A font.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when its file is neither TrueType nor OpenType; a collection is split first.
    pub fn font(&mut self, font: NewFont) -> Result<FontId, Error> {
        if font.file.is_some() && font.ending().is_none() {
            return Err(font.unusable());
        }
        self.fonts.push(font);
        Ok(FontId(self.fonts.len().saturating_sub(1)))
    }

    /// A colour space.
    pub fn colour_space(&mut self, space: NewColourSpace) -> ColourSpaceId {
        self.spaces.push(space);
        ColourSpaceId(self.spaces.len().saturating_sub(1))
    }

    /// A picture: PNG or JPEG, taken as it is. The same bytes are written once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when it is neither.
    pub fn image(&mut self, bytes: impl Into<Vec<u8>>) -> Result<ImageId, Error> {
        let bytes = bytes.into();
        let format = PictureFormat::sniff(&bytes);
        let Some(format @ (PictureFormat::Png | PictureFormat::Jpeg)) = format else {
            return Err(Error::unsupported("the picture is neither PNG nor JPEG: convert it to PNG"));
        };
        if let Some(known) = self.images.iter().position(|(_, other)| *other == bytes) {
            return Ok(ImageId(known));
        }
        self.images.push((format, bytes));
        Ok(ImageId(self.images.len().saturating_sub(1)))
    }

    /// A template: what many pages show alike.
    pub fn template(&mut self, content: Content) -> TemplateId {
        self.templates.push(Sheet { content, size: None, below: Vec::new(), above: Vec::new() });
        TemplateId(self.templates.len().saturating_sub(1))
    }

    /// A page of the document's size.
    pub fn page(&mut self, content: Content) -> PageId {
        self.page_on(content, &[], &[])
    }

    /// A page with templates below and above its own content.
    pub fn page_on(&mut self, content: Content, below: &[TemplateId], above: &[TemplateId]) -> PageId {
        self.pages.push(Sheet { content, size: None, below: below.to_vec(), above: above.to_vec() });
        PageId(self.pages.len().saturating_sub(1))
    }

    /// Gives the page that was added last a size of its own.
    pub fn sized(&mut self, width: Mm, height: Mm) -> &mut Self {
        if let Some(page) = self.pages.last_mut() {
            page.size = Some((width, height));
        }
        self
    }

    /// Adds an annotation.
    pub fn annotate(&mut self, page: PageId, annotation: Annotation) -> &mut Self {
        self.annotations.push((page, annotation));
        self
    }

    /// Adds an attachment.
    pub fn attach(&mut self, attachment: NewAttachment) -> &mut Self {
        self.attachments.push(attachment);
        self
    }

    /// Adds a tree of tags; the namespace says by which convention, and stands in `TypeID` (the standard's
    /// text) and `NameSpace` (its schema) both.
    pub fn tag(&mut self, namespace: impl Into<String>, tag: Tag) -> &mut Self {
        self.tags.push((namespace.into(), tag));
        self
    }

    /// Adds a line to the table of contents.
    pub fn heading(&mut self, heading: Heading) -> &mut Self {
        self.headings.push(heading);
        self
    }

    /// Gives a place a name.
    pub fn bookmark(&mut self, name: impl Into<String>, to: Destination) -> &mut Self {
        self.bookmarks.push((name.into(), to));
        self
    }

    /// Writes the document, and reads it as every other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when there is no page, when something refers to what is not there, or when a
    /// number or a text cannot be written; [`ErrorKind::TooLarge`] when it exceeds the default limits.
    pub fn finish(&self) -> Result<Ofd, Error> {
        if self.pages.is_empty() {
            return Err(Error::new(ErrorKind::Misuse, "a document has at least one page: call NewOfd::page first"));
        }
        let mut files = Files { list: Vec::new() };
        let numbers = Numbers::give(self)?;
        self.write_entrance(&mut files)?;
        self.write_document(&mut files, &numbers)?;
        self.write_resources(&mut files, &numbers)?;
        for (number, template) in self.templates.iter().enumerate() {
            let first = numbers.templates.get(number).map_or(0, |(_, first)| *first);
            files.add(format!("Doc_0/Tpls/Tpl_{number}/Content.xml"), self.write_sheet(template, first, &numbers)?);
        }
        for (number, page) in self.pages.iter().enumerate() {
            let first = numbers.pages.0.get(number).map_or(0, |(_, first, _)| *first);
            files.add(format!("Doc_0/Pages/Page_{number}/Content.xml"), self.write_sheet(page, first, &numbers)?);
        }
        self.write_annotations(&mut files, &numbers)?;
        self.write_attachments(&mut files)?;
        self.write_tags(&mut files, &numbers)?;
        let limits = Limits::default();
        Ofd::of(write::compose(&files.list, &limits)?, &limits).context("the document that was composed")
    }

    fn write_entrance(&self, files: &mut Files) -> Result<(), Error> {
        if self.id.trim().is_empty() {
            return Err(Error::new(ErrorKind::Misuse, "a document needs a DocID: a UUID of 32 hexadecimal digits"));
        }
        let mut part = Part::new("OFD", &[("Version", "1.0"), ("DocType", "OFD")]);
        part.open("DocBody", &[]);
        part.open("DocInfo", &[]);
        part.leaf("DocID", &[], &self.id);
        part.leaf_if("Title", self.title.as_deref());
        part.leaf_if("Author", self.author.as_deref());
        part.leaf_if("Subject", self.subject.as_deref());
        part.leaf_if("CreationDate", self.created.map(day).as_deref());
        part.leaf("Creator", &[], "eseal");
        part.leaf("CreatorVersion", &[], env!("CARGO_PKG_VERSION"));
        if !self.custom_data.is_empty() {
            part.open("CustomDatas", &[]);
            for (name, value) in &self.custom_data {
                part.leaf("CustomData", &[("Name", name)], value);
            }
            part.close();
        }
        part.close();
        part.leaf("DocRoot", &[], "Doc_0/Document.xml");
        files.add("OFD.xml".to_owned(), part.finish()?);
        Ok(())
    }

    fn write_document(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        let mut part = Part::new("Document", &[]);
        part.open("CommonData", &[]);
        part.leaf("MaxUnitID", &[], &numbers.highest.to_string());
        write_area(&mut part, "PageArea", self.size)?;
        if self.has_public_resources() {
            part.leaf("PublicRes", &[], "PublicRes.xml");
        }
        if !self.images.is_empty() {
            part.leaf("DocumentRes", &[], "DocumentRes.xml");
        }
        for (number, (id, _)) in numbers.templates.iter().enumerate() {
            let location = format!("Tpls/Tpl_{number}/Content.xml");
            part.empty("TemplatePage", &[("ID", &id.to_string()), ("BaseLoc", &location)]);
        }
        part.close();
        part.open("Pages", &[]);
        for (number, (id, ..)) in numbers.pages.0.iter().enumerate() {
            let location = format!("Pages/Page_{number}/Content.xml");
            part.empty("Page", &[("ID", &id.to_string()), ("BaseLoc", &location)]);
        }
        part.close();
        if !self.headings.is_empty() {
            part.open("Outlines", &[]);
            self.headings.iter().try_for_each(|heading| heading.write(&mut part, &numbers.pages, DEPTH))?;
            part.close();
        }
        if !self.bookmarks.is_empty() {
            part.open("Bookmarks", &[]);
            for (name, to) in &self.bookmarks {
                part.open("Bookmark", &[("Name", name)]);
                to.write(&mut part, &numbers.pages)?;
                part.close();
            }
            part.close();
        }
        for (name, is_there, location) in [
            ("Annotations", !self.annotations.is_empty(), "Annots/Annotations.xml"),
            ("CustomTags", !self.tags.is_empty(), "Tags/CustomTags.xml"),
            ("Attachments", !self.attachments.is_empty(), "Attachs/Attachments.xml"),
        ] {
            if is_there {
                part.leaf(name, &[], location);
            }
        }
        files.add("Doc_0/Document.xml".to_owned(), part.finish()?);
        Ok(())
    }

    fn has_public_resources(&self) -> bool {
        !self.fonts.is_empty() || !self.spaces.is_empty()
    }

    fn write_resources(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.has_public_resources() {
            let mut part = Part::new("Res", &[("BaseLoc", "Res")]);
            let mut own = Vec::new();
            self.write_spaces(&mut part, &mut own, numbers);
            self.write_fonts(&mut part, &mut own, numbers);
            files.add("Doc_0/PublicRes.xml".to_owned(), part.finish()?);
            files.list.append(&mut own);
        }
        if !self.images.is_empty() {
            let mut part = Part::new("Res", &[("BaseLoc", "Res")]);
            let mut own = Vec::new();
            part.open("MultiMedias", &[]);
            for (number, ((format, bytes), id)) in self.images.iter().zip(&numbers.known.images).enumerate() {
                let (word, ending) = if *format == PictureFormat::Jpeg { ("JPEG", "jpg") } else { ("PNG", "png") };
                let file = format!("Image_{number}.{ending}");
                part.open("MultiMedia", &[("ID", &id.to_string()), ("Type", "Image"), ("Format", word)]);
                part.leaf("MediaFile", &[], &file);
                part.close();
                own.push((format!("Doc_0/Res/{file}"), Contents::Plain(bytes.clone())));
            }
            files.add("Doc_0/DocumentRes.xml".to_owned(), part.finish()?);
            files.list.append(&mut own);
        }
        Ok(())
    }

    fn write_spaces(&self, part: &mut Part, own: &mut Vec<(String, Contents)>, numbers: &Numbers) {
        if self.spaces.is_empty() {
            return;
        }
        part.open("ColorSpaces", &[]);
        for (number, (space, (id, _))) in self.spaces.iter().zip(&numbers.known.spaces).enumerate() {
            let (id, file) = (id.to_string(), format!("Profile_{number}.icc"));
            let mut attributes = vec![("ID", id.as_str()), ("Type", space.kind), ("BitsPerComponent", "8")];
            if let Some(profile) = &space.profile {
                attributes.push(("Profile", &file));
                own.push((format!("Doc_0/Res/{file}"), Contents::Plain(profile.clone())));
            }
            part.empty("ColorSpace", &attributes);
        }
        part.close();
    }

    fn write_fonts(&self, part: &mut Part, own: &mut Vec<(String, Contents)>, numbers: &Numbers) {
        if self.fonts.is_empty() {
            return;
        }
        part.open("Fonts", &[]);
        for (number, (font, id)) in self.fonts.iter().zip(&numbers.known.fonts).enumerate() {
            if let Some(file) = font.write(part, *id, number) {
                own.push((format!("Doc_0/Res/{file}"), font.contents()));
            }
        }
        part.close();
    }

    /// A page or a template; its layer has the number before its first object's.
    fn write_sheet(&self, sheet: &Sheet, first: u32, numbers: &Numbers) -> Result<Vec<u8>, Error> {
        let mut part = Part::new("Page", &[]);
        for (templates, order) in [(&sheet.below, "Background"), (&sheet.above, "Foreground")] {
            for template in templates {
                let id = numbers.templates.get(template.0).map(|(id, _)| id.to_string());
                let id =
                    id.ok_or_else(|| Error::new(ErrorKind::Misuse, "a page stands on a template of another document"))?;
                part.empty("Template", &[("TemplateID", &id), ("ZOrder", order)]);
            }
        }
        if let Some(size) = sheet.size {
            write_area(&mut part, "Area", size)?;
        }
        part.open("Content", &[]);
        part.open("Layer", &[("ID", &first.saturating_sub(1).to_string())]);
        sheet.content.write(&mut part, first, (0.0, 0.0), &numbers.known)?;
        part.finish()
    }

    fn write_annotations(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.annotations.is_empty() {
            return Ok(());
        }
        let misuse = || Error::new(ErrorKind::Misuse, "an annotation is on a page of another document");
        let mut list = Part::new("Annotations", &[]);
        let mut parts = Vec::new();
        let mut next = numbers.annotations;
        if self.annotations.iter().any(|(page, _)| page.0 >= self.pages.len()) {
            return Err(misuse());
        }
        for number in 0..self.pages.len() {
            let mut own = self.annotations.iter().filter(|(page, _)| page.0 == number).peekable();
            if own.peek().is_none() {
                continue;
            }
            let mut part = Part::new("PageAnnot", &[]);
            for (_, annotation) in own {
                next = annotation.write(&mut part, next, &numbers.known)?;
            }
            let id = numbers.pages.page(PageId(number)).ok_or_else(misuse)?;
            list.open("Page", &[("PageID", &id.to_string())]);
            list.leaf("FileLoc", &[], &format!("Page_{number}/Annotation.xml"));
            list.close();
            parts.push((format!("Doc_0/Annots/Page_{number}/Annotation.xml"), Contents::Plain(part.finish()?)));
        }
        files.add("Doc_0/Annots/Annotations.xml".to_owned(), list.finish()?);
        files.list.append(&mut parts);
        Ok(())
    }

    fn write_attachments(&self, files: &mut Files) -> Result<(), Error> {
        if self.attachments.is_empty() {
            return Ok(());
        }
        let mut list = Part::new("Attachments", &[]);
        for (number, attachment) in self.attachments.iter().enumerate() {
            attachment.write(&mut list, number);
        }
        files.add("Doc_0/Attachs/Attachments.xml".to_owned(), list.finish()?);
        for (number, attachment) in self.attachments.iter().enumerate() {
            files.add(format!("Doc_0/Attachs/{}", attachment.file(number)), attachment.contents.clone());
        }
        Ok(())
    }

    fn write_tags(&self, files: &mut Files, numbers: &Numbers) -> Result<(), Error> {
        if self.tags.is_empty() {
            return Ok(());
        }
        let mut list = Part::new("CustomTags", &[]);
        let mut parts = Vec::new();
        for (number, (namespace, tag)) in self.tags.iter().enumerate() {
            let file = format!("Tag_{number}.xml");
            list.open("CustomTag", &[("TypeID", namespace), ("NameSpace", namespace)]);
            list.leaf("FileLoc", &[], &file);
            list.close();
            let mut text = String::new();
            tag.write(&mut text, &numbers.pages, DEPTH)?;
            // The root declares both prefixes.
            let declared = format!(
                " xmlns:ofd=\"{}\" xmlns:tag=\"{}\">",
                xml::NAMESPACE,
                crate::document::ofd::xml::escape(namespace)
            );
            let text = text.replacen('>', &declared, 1);
            let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
            parts.push((format!("Doc_0/Tags/{file}"), Contents::Plain(text.into_bytes())));
        }
        files.add("Doc_0/Tags/CustomTags.xml".to_owned(), list.finish()?);
        files.list.append(&mut parts);
        Ok(())
    }
}

/// The files of the package, in their order.
struct Files {
    list: Vec<(String, Contents)>,
}

impl Files {
    fn add(&mut self, name: String, contents: Vec<u8>) {
        self.list.push((name, Contents::Plain(contents)));
    }
}

/// The numbers of a document's objects, which share one space (GB/T 33190-2016, 7.3).
struct Numbers {
    known: Known,
    /// Of each template its own, and that of its first object.
    templates: Vec<(u32, u32)>,
    pages: PageNumbers,
    /// The first annotation's.
    annotations: u32,
    highest: u32,
}

/// Of each page its own number, that of its first object, and how many it has.
struct PageNumbers(Vec<(u32, u32, usize)>);

impl PageNumbers {
    fn page(&self, page: PageId) -> Option<u32> {
        self.0.get(page.0).map(|(id, ..)| *id)
    }

    fn object(&self, page: PageId, item: Item) -> Option<(u32, u32)> {
        let (id, first, count) = self.0.get(page.0)?;
        let at = u32::try_from(item.0).ok().filter(|_| item.0 < *count)?;
        Some((*id, first.checked_add(at)?))
    }
}

impl Numbers {
    fn give(document: &NewOfd) -> Result<Self, Error> {
        let mut next = 1_u32;
        let mut take = |count: usize| {
            let first = next;
            let after = u32::try_from(count).ok().and_then(|count| next.checked_add(count));
            next = after.ok_or_else(|| Error::too_large("the document has more objects than it can number"))?;
            Ok::<_, Error>(first)
        };
        let mut known = Known::default();
        for space in &document.spaces {
            known.spaces.push((take(1)?, space.components));
        }
        for _ in &document.fonts {
            known.fonts.push(take(1)?);
        }
        for _ in &document.images {
            known.images.push(take(1)?);
        }
        // Each sheet and its layer have numbers before those of its objects.
        let mut templates = Vec::new();
        for template in &document.templates {
            let own = take(template.content.len().saturating_add(2))?;
            templates.push((own, own.saturating_add(2)));
        }
        let mut pages = Vec::new();
        for page in &document.pages {
            let own = take(page.content.len().saturating_add(2))?;
            pages.push((own, own.saturating_add(2), page.content.len()));
        }
        let objects = document.annotations.iter().map(|(_, one)| one.appearance.len().saturating_add(1));
        let annotations = take(objects.sum())?;
        Ok(Numbers { known, templates, pages: PageNumbers(pages), annotations, highest: next.saturating_sub(1) })
    }
}
