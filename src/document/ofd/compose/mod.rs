//! Making OFD documents: pages of text, paths and pictures, and what belongs to them.
//!
//! What is written keeps the order and the attributes of the standard's schema (GB/T 33190-2016, annex A).
//! The same calls give the same bytes.

mod content;
mod extras;
mod files;
mod ink;
mod outline;
#[cfg(feature = "compose")]
mod overlay;
mod resources;
mod xml;

use std::sync::Arc;

use crate::document::ofd::Ofd;
use crate::document::ofd::compose::files::{Files, Numbers};
use crate::document::ofd::write;
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
pub(in crate::document) use crate::document::ofd::compose::outline::Step;
pub use crate::document::ofd::compose::resources::{
    ColourSpaceId, FontId, ImageId, NewColourSpace, NewFont, PageId, TemplateId,
};

#[cfg(feature = "compose")]
pub(super) use crate::document::ofd::compose::extras::{ROW, field_of};
#[cfg(feature = "compose")]
pub(crate) use crate::document::ofd::compose::overlay::Over;

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
    images: Vec<(PictureFormat, Arc<Vec<u8>>)>,
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
        if let Some(known) = self.images.iter().position(|(_, other)| **other == bytes) {
            return Ok(ImageId(known));
        }
        self.images.push((format, Arc::new(bytes)));
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
}
