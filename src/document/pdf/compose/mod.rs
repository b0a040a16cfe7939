//! Making PDF documents: pages of text, paths and pictures, forms, and what belongs to them.
//!
//! What is written is PDF 1.7 (ISO 32000-1) that keeps ISO 19005-3 (PDF/A-3b): all fonts are embedded, colours are
//! sRGB, and metadata say so. The same calls give the same bytes. Colours, lines and outlines are those of the maker of
//! OFD documents, so that one description serves both.

mod attachment;
mod content;
mod face;
mod field;
mod line;
mod metadata;
mod paint;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use pdf_writer::{Chunk, Ref, Settings};

use crate::deflate::zlib_small;
use crate::document::pdf::compose::metadata::Description;
use crate::document::pdf::compose::paint::{Known, paint};
use crate::document::pdf::{Pdf, appearance};
use crate::error::{Context as _, Error};
use crate::limits::Limits;
use crate::picture::{Picture, PictureFormat};
use crate::time::Time;
use crate::units::Mm;

pub use crate::document::pdf::compose::attachment::{NewAttachment, Relationship};
pub use crate::document::pdf::compose::content::{Content, Text};
pub use crate::document::pdf::compose::face::Typeface;
pub(super) use crate::document::pdf::compose::face::{Faces, Glyph, Part};
pub use crate::document::pdf::compose::field::NewField;
pub(super) use crate::document::pdf::compose::line::run;
pub(super) use crate::document::pdf::compose::metadata::DATA;
pub(super) use crate::document::pdf::compose::paint::{Numbers, Painted};
pub(super) use crate::document::pdf::compose::write::paint_alone;

type PageSize = (Mm, Mm);

/// A PDF document in the making.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use eseal::Mm;
/// use eseal::pdf::{Content, Font, NewPdf, Text, Typeface};
///
/// let song = Font::read(include_bytes!("../../../../testdata/fonts/NotoSerifCJKsc-Bold-subset.otf"), 0)?;
/// let mut letter = NewPdf::new("5f6e4b7a0c9d4e1f8a2b3c4d5e6f7081", Mm(210.0), Mm(297.0));
/// letter.title("示例").custom_data("ZZBS", "1.2.156.3005.2.1").created("2025-03-01T00:00:00Z".parse()?);
/// let song = letter.font(Typeface::of(&song));
/// let mut page = Content::new();
/// page.text(Text::new("示例市人民政府", song, Mm(7.76)).at(Mm(80.0), Mm(40.0)));
/// letter.page(page);
/// let letter = letter.finish()?;
/// assert_eq!(letter.page_count()?, 1);
/// # Ok(())
/// # }
/// ```
///
/// # Many documents alike
///
/// What they share is given first: typefaces that are [prepared](Typeface::prepared), pictures, templates. Each document
/// is then a clone with what is its own. A clone shares all that is large, and what was compressed once is copied.
///
/// ```
/// # fn make(song: &eseal::pdf::Font, names: &[&str]) -> Result<Vec<eseal::Pdf>, eseal::Error> {
/// use eseal::Mm;
/// use eseal::pdf::{Content, NewPdf, Text, Typeface};
///
/// let mut master = NewPdf::new("0", Mm(210.0), Mm(297.0));
/// let song = master.font(Typeface::prepared(song, "示例市人民政府姓名：张王李赵")?);
/// let mut fixed = Content::new();
/// fixed.text(Text::new("姓名：", song, Mm(5.0)).at(Mm(30.0), Mm(50.0)));
/// let fixed = master.template(fixed)?;
/// let documents = names.iter().enumerate().map(|(number, name)| {
///     let mut own = master.clone();
///     let mut page = Content::new();
///     page.text(Text::new(*name, song, Mm(5.0)).at(Mm(50.0), Mm(50.0)));
///     own.id(format!("{number:032x}")).page_on(page, &[fixed], &[]);
///     own.finish()
/// });
/// documents.collect()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct NewPdf {
    id: String,
    size: PageSize,
    description: Description,
    typefaces: Vec<Typeface>,
    images: Vec<Picture>,
    templates: Vec<Template>,
    pages: Vec<Sheet>,
    fields: Vec<NewField>,
    attachments: Vec<NewAttachment>,
}

/// What many pages show alike.
#[derive(Clone, Debug)]
struct Template {
    size: PageSize,
    content: Arc<Content>,
    /// Painted and compressed once, where all its characters are in prepared parts of typefaces.
    ready: Option<Arc<Painted>>,
}

#[derive(Clone, Debug)]
struct Sheet {
    content: Content,
    size: Option<PageSize>,
    below: Vec<TemplateId>,
    above: Vec<TemplateId>,
}

/// A font of a document, for [`Text`] and [`NewField`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FontId(pub(super) usize);

impl FontId {
    /// The font at a place, where fonts are given as a list.
    pub(crate) fn of(place: usize) -> Self {
        FontId(place)
    }
}

/// A picture of a document, for [`Content::image`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ImageId(usize);

/// A template of a document, for [`Content::template`] and [`NewPdf::page_on`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TemplateId(usize);

/// A page of a document in the making.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageId(usize);

impl PageId {
    /// Its number, for places that are told by number.
    #[must_use]
    pub fn page(self) -> crate::units::Page {
        crate::units::Page(u32::try_from(self.0).unwrap_or(u32::MAX).saturating_add(1))
    }
}

impl NewPdf {
    /// A document without pages. `id` tells it from all others: a UUID of 32 hexadecimal digits becomes the file's
    /// identifier as it is, of anything else a digest does. It is the caller's, so that the same calls give the same
    /// bytes. The size is that of pages that do not say their own.
    #[must_use]
    pub fn new(id: impl Into<String>, width: Mm, height: Mm) -> Self {
        NewPdf {
            id: id.into(),
            size: (width, height),
            description: Description::default(),
            typefaces: Vec::new(),
            images: Vec::new(),
            templates: Vec::new(),
            pages: Vec::new(),
            fields: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// Another identifier, for a clone.
    pub fn id(&mut self, id: impl Into<String>) -> &mut Self {
        self.id = id.into();
        self
    }

    /// The document's title, which viewers show in place of the file's name.
    pub fn title(&mut self, title: impl Into<String>) -> &mut Self {
        self.description.title = Some(title.into());
        self
    }

    /// Who wrote it.
    pub fn author(&mut self, author: impl Into<String>) -> &mut Self {
        self.description.author = Some(author.into());
        self
    }

    /// What it is about.
    pub fn subject(&mut self, subject: impl Into<String>) -> &mut Self {
        self.description.subject = Some(subject.into());
        self
    }

    /// When it was made, written as China's clocks show it.
    pub fn created(&mut self, time: Time) -> &mut Self {
        self.description.created = Some(time);
        self
    }

    /// The language of its text, such as `zh-CN`, for those who have it read out.
    pub fn language(&mut self, language: impl Into<String>) -> &mut Self {
        self.description.language = Some(language.into());
        self
    }

    /// A name and a value in the metadata. Names are XML names without a colon; they may occur again.
    pub fn custom_data(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.description.custom_data.push((name.into(), value.into()));
        self
    }

    /// A font.
    pub fn font(&mut self, typeface: Typeface) -> FontId {
        self.typefaces.push(typeface);
        FontId(self.typefaces.len().saturating_sub(1))
    }

    /// A picture: PNG, GIF or BMP, which keep their transparency, or JPEG, taken as it is. It is decoded here; the same
    /// bytes are written once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) when it is none of these or in printing inks,
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) when it does not decode,
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when it exceeds the default [`Limits`].
    pub fn image(&mut self, bytes: &[u8]) -> Result<ImageId, Error> {
        self.add_image(bytes, false)
    }

    /// The same for a picture that somebody has decoded already, so that it is known to be one.
    pub(crate) fn decoded_image(&mut self, bytes: &[u8]) -> Result<ImageId, Error> {
        self.add_image(bytes, true)
    }

    fn add_image(&mut self, bytes: &[u8], is_decoded: bool) -> Result<ImageId, Error> {
        if let Some(known) = self.images.iter().position(|known| known.bytes() == bytes) {
            return Ok(ImageId(known));
        }
        if matches!(PictureFormat::sniff(bytes), None | Some(PictureFormat::Svg | PictureFormat::Ofd)) {
            return Err(Error::unsupported("the picture is neither PNG, JPEG, GIF nor BMP: convert it to PNG"));
        }
        let picture = Picture::sniffed(bytes, Mm(1.0), Mm(1.0))?;
        if is_decoded {
            appearance::take_over(&picture)?;
        }
        // Decoded and compressed now, and kept beside the picture for all documents that show it.
        appearance::image_xobject(&picture, &Limits::default(), &mut chunk(), Ref::new(1)).context("the picture")?;
        self.images.push(picture);
        Ok(ImageId(self.images.len().saturating_sub(1)))
    }

    /// A template as large as the document's pages: what many pages show alike. It may show templates that were added
    /// before it.
    ///
    /// # Errors
    ///
    /// As [`NewPdf::finish`] for what stands on it.
    pub fn template(&mut self, content: Content) -> Result<TemplateId, Error> {
        let (width, height) = self.size;
        self.template_sized(content, width, height)
    }

    /// A template of a size of its own; what lies outside is not shown.
    ///
    /// # Errors
    ///
    /// As [`NewPdf::template`].
    pub fn template_sized(&mut self, content: Content, width: Mm, height: Mm) -> Result<TemplateId, Error> {
        check_size(width, height)?;
        let heights = self.template_heights();
        let known = Known { images: self.images.len(), templates: &heights };
        let mut faces = Faces::of(&self.typefaces);
        let mut painted = paint(&[&content], height.0, known, &mut faces)?;
        painted.stream = zlib_small(&painted.stream)?;
        let is_fixed = painted.used.fonts.iter().all(|part| part.is_fixed);
        let ready = is_fixed.then(|| Arc::new(painted));
        self.templates.push(Template { size: (width, height), content: Arc::new(content), ready });
        Ok(TemplateId(self.templates.len().saturating_sub(1)))
    }

    /// A page of the document's size.
    pub fn page(&mut self, content: Content) -> PageId {
        self.page_on(content, &[], &[])
    }

    /// A page with templates below and above its own content, in the upper left corner.
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

    /// Adds a field of a form.
    pub fn field(&mut self, field: NewField) -> &mut Self {
        self.fields.push(field);
        self
    }

    /// Adds a file that travels with the document.
    pub fn attach(&mut self, attachment: NewAttachment) -> &mut Self {
        self.attachments.push(attachment);
        self
    }

    /// Writes the document, and reads it as every other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) when there is no page, when something refers to what is not
    /// there, or when a number or a text cannot be written; [`ErrorKind::Mismatch`](crate::ErrorKind::Mismatch) when a
    /// font lacks characters or a field's value does not fit; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) when
    /// it exceeds the default [`Limits`].
    pub fn finish(&self) -> Result<Pdf, Error> {
        Pdf::read(self.write()?).context("the document that was composed")
    }
}

fn check_size(width: Mm, height: Mm) -> Result<(), Error> {
    // 3 to 14 400 points (ISO 19005-3, 6.1.13).
    let is_side = |side: Mm| side.0.is_finite() && (3.0..=14_400.0).contains(&side.to_points());
    if is_side(width) && is_side(height) {
        return Ok(());
    }
    Err(Error::misuse(format!("a page of {width} × {height} cannot be: its sides are 1.1 mm to 5 m long")))
}

fn chunk() -> Chunk {
    Chunk::with_settings(Settings { pretty: false })
}
